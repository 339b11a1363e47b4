"""Doors from a table: building, door, how many live there, who carries warnings to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.base.tables import Column, Kind, TablePlan
from renwang.chain.imports.bulk import create_rows
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan, between
from renwang.chain.imports.places import Places
from renwang.chain.list_rules import (
    BuildingAmbiguous,
    BuildingUnknown,
    PlaceAmbiguous,
    PlaceUnknown,
)
from renwang.chain.models import Building, Household, Unit
from renwang.chain.rules import (
    Refusal,
)

_BATCH = 400
_FIELDS = ("heads", "storey")

# Nothing about who lives there: a list with names or ages is taken without those columns.
COLUMNS = (
    Column("building", ("楼栋", "Building", "楼栋编码", "楼栋名称"), required=True),
    Column(
        "door", ("门牌", "Door", "户号", "房号", "门牌号"), Kind.CODE, required=True, max_length=20
    ),
    Column("heads", ("人数", "Heads", "常住人数", "人口数"), Kind.INTEGER, check=between(0, 1000)),
    Column("storey", ("楼层", "Storey"), Kind.INTEGER, check=between(-20, 300)),
    Column("unit", ("叫应辖区", "Carried by", "叫应单位", "中心户", "联系户")),
)


class Houses:
    """The buildings in reach, by code or name."""

    def __init__(self, places: Places):
        rows = Building.objects.filter(unit__in=list(places.units)).defer("footprint")
        self.buildings = list(rows)
        self._called: dict[str, list[Building]] = {}
        for one in self.buildings:
            for text in {search_key(one.code), search_key(one.name)} - {""}:
                self._called.setdefault(text, []).append(one)
        self._places = places

    def find(self, text: str) -> Building:
        """Find a building by code, name, or unit and name: `石桥社区/1号楼`."""
        found = self._called.get(search_key(text), [])
        if not found and "/" in text:
            above, name = text.rsplit("/", 1)
            units = {unit.pk for unit in self._places.all_called(above)}
            found = [one for one in self._called.get(search_key(name), []) if one.unit_id in units]
        if not found:
            raise BuildingUnknown(building=text)
        if len(found) > 1:
            raise BuildingAmbiguous(building=text)
        return found[0]


def plan_households(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a file of doors. One is known by its building and what stands on the door."""
    places = Places(by, "homes.edit")
    houses = Houses(places)
    known = {
        f"{one.building_id}/{one.door}": one
        for one in Household.objects.filter(building__in=houses.buildings)
    }
    found: dict[str, Household] = {}
    doors: dict[str, tuple[Building, Unit | None]] = {}
    for row in draft.rows:
        try:
            building = houses.find(row.values["building"])
            said = row.values.get("unit")
            unit = places.find(said) if said else None
        except Refusal as refusal:
            place = isinstance(refusal, PlaceUnknown | PlaceAmbiguous)
            draft.refuse(row, "unit" if place else "building", refusal)
            continue
        key = f"{building.pk}/{row.values['door']}"
        if key in known:
            found[key] = known[key]
        doors.setdefault(key, (building, unit))
        values = {name: row.values.get(name) for name in ("door", *_FIELDS)}
        values["unit"] = places.key_of(unit) if unit else None
        draft.keep(row, key, values)
    existing = {
        key: {
            "door": one.door,
            **{name: getattr(one, name) for name in _FIELDS},
            "unit": places.key_of(places.units.get(one.unit_id)),
        }
        for key, one in found.items()
    }
    return draft.plan(existing), {"households": found, "doors": doors, "places": places}


def write_households(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Add new doors, change the heads and carriers of known ones."""
    places: Places = plan.found["places"]
    touched: set[str] = set()
    made = []
    for planned in plan.table.to_create:
        building, said = plan.found["doors"][planned.key[0]]
        unit = said or places.units[building.unit_id]
        touched.add(unit.path)
        heads, storey = planned.values.get("heads"), planned.values.get("storey")
        made.append(
            Household(
                id=uuid7(now),
                building=building,
                unit=unit,
                path=unit.path,
                door=planned.values["door"],
                heads=1 if heads is None else heads,
                storey=1 if storey is None else storey,
            )
        )
    create_rows(plan, made)
    changed = []
    for change in plan.table.to_update:
        one = plan.found["households"][change.key[0]]
        touched.add(one.path)
        for name in _FIELDS:
            setattr(one, name, change.after.get(name, getattr(one, name)))
        if "unit" in change.after:
            one.unit = places.find(change.after["unit"])
            one.path = one.unit.path
            touched.add(one.path)
        changed.append(one)
    Household.objects.bulk_update(changed, ["heads", "storey", "unit", "path"], batch_size=_BATCH)
    return touched


HOUSEHOLDS = ImportKind("households", COLUMNS, "homes.edit", plan_households, write_households)
