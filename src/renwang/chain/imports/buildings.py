"""Buildings from a table: code, name, address, storeys, entrances, a point."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from renwang.base.pure.datum import Datum, NotAPosition, convert
from renwang.base.pure.ids import uuid7
from renwang.base.tables import Column, Kind, TablePlan
from renwang.chain import tree
from renwang.chain.imports.bulk import create_rows
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan, between
from renwang.chain.imports.places import Places
from renwang.chain.list_rules import PlaceAmbiguous, PlaceUnknown, PositionWrong
from renwang.chain.models import Building, Household
from renwang.chain.rules import Refusal
from renwang.chain.services.homes import BuildingCodeTaken

_FIELDS = ("code", "name", "address", "storeys", "entrances", "lon", "lat")

COLUMNS = (
    Column("code", ("楼栋编码", "Code", "编码", "编号"), Kind.CODE, max_length=40),
    Column("name", ("楼栋", "Building", "名称", "楼栋名称", "Name"), required=True, max_length=80),
    Column(
        "unit", ("所属辖区", "Unit", "所属单位", "所属网格", "网格", "楼栋党小组"), required=True
    ),
    Column("address", ("地址", "Address"), max_length=200),
    Column("storeys", ("层数", "Storeys", "楼层数"), Kind.INTEGER, check=between(0, 300)),
    Column("entrances", ("单元数", "Entrances", "门洞数"), Kind.INTEGER, check=between(0, 300)),
    Column("lon", ("经度", "Longitude", "lng"), Kind.DECIMAL),
    Column("lat", ("纬度", "Latitude"), Kind.DECIMAL),
)


def plan_buildings(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a file of buildings. One is known by its code, else by unit and name.

    Positions are in the node's declared datum (RENWANG_INPUT_DATUM).
    """
    places = Places(by, "homes.edit")
    known: dict[str, Building] = {}
    for one in Building.objects.filter(unit__in=list(places.units)).defer("footprint"):
        known[f"{one.unit_id}/{one.name}"] = one
        if one.code:
            known[one.code] = one
    codes = [row.values.get("code") or "-" for row in draft.rows]
    elsewhere = dict(
        Building.objects.filter(code__in=codes)
        .exclude(unit__in=list(places.units))
        .values_list("code", "name")
    )
    found: dict[str, Building] = {}
    for row in draft.rows:
        code = row.values.get("code") or ""
        try:
            unit = places.find(row.values["unit"])
            if code in elsewhere:
                raise BuildingCodeTaken(code=code, name=elsewhere[code])
            values = {**row.values, **_position(row.values), "unit": places.key_of(unit)}
        except Refusal as refusal:
            draft.refuse(row, _column_of(refusal), refusal)
            continue
        by_name = f"{unit.pk}/{row.values['name']}"
        key = code or by_name
        # A building without a code gets one when the list first brings it.
        named = known.get(by_name)
        one = known.get(key) or (named if named is not None and not named.code else None)
        if one is not None:
            found[key] = one
        draft.keep(row, key, values)
    existing = {
        key: {
            **{name: getattr(one, name) for name in _FIELDS},
            "unit": places.key_of(places.units[one.unit_id]),
        }
        for key, one in found.items()
    }
    return draft.plan(existing), {"buildings": found, "places": places}


def _position(values: Mapping[str, Any]) -> dict[str, float]:
    lon, lat = values.get("lon"), values.get("lat")
    if lon is None or lat is None:
        return {}
    datum = Datum(settings.RENWANG_INPUT_DATUM)
    try:
        east, north = convert(float(lon), float(lat), datum, Datum.WGS84)
    except NotAPosition:
        raise PositionWrong(lon=lon, lat=lat) from None
    return {"lon": round(east, 7), "lat": round(north, 7)}


def _column_of(refusal: Refusal) -> str:
    if isinstance(refusal, PlaceUnknown | PlaceAmbiguous):
        return "unit"
    return "lat" if isinstance(refusal, PositionWrong) else "code"


def write_buildings(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Add what is new, change what has changed; doors follow a building to its new unit."""
    places: Places = plan.found["places"]
    touched: set[str] = set()
    made = []
    for planned in plan.table.to_create:
        values = planned.values
        unit = places.find(values["unit"])
        touched.add(unit.path)
        made.append(
            Building(
                id=uuid7(now),
                unit=unit,
                path=unit.path,
                code=values.get("code") or "",
                name=values["name"],
                address=values.get("address") or "",
                search=_search(values),
                storeys=values.get("storeys") or 1,
                entrances=values.get("entrances") or 1,
                lon=values.get("lon"),
                lat=values.get("lat"),
            )
        )
    create_rows(plan, made)
    for change in plan.table.to_update:
        one = plan.found["buildings"][change.key[0]]
        touched.add(one.path)
        for name in _FIELDS:
            setattr(one, name, change.after.get(name, getattr(one, name)))
        if "unit" in change.after:
            unit = places.find(change.after["unit"])
            Household.objects.filter(building=one, unit=one.unit_id).update(
                unit=unit, path=unit.path
            )
            one.unit, one.path = unit, unit.path
            touched.add(one.path)
        one.search = _search({name: getattr(one, name) for name in _FIELDS})
        one.save(update_fields=["unit", "path", "search", *_FIELDS])
    return touched


def _search(values: Mapping[str, Any]) -> str:
    parts = (values.get(name) or "" for name in ("code", "address"))
    return tree.search_of(values["name"], *parts)


BUILDINGS = ImportKind("buildings", COLUMNS, "homes.edit", plan_buildings, write_buildings)
