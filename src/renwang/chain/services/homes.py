"""Keep buildings and the doors in them: how many live behind each, and nothing about who."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from renwang.base import journal
from renwang.base.pure.datum import Datum, convert
from renwang.base.pure.geometry import representative_point
from renwang.base.pure.ids import uuid7
from renwang.chain import boundaries, tallies, tree
from renwang.chain.models import Building, Household, Unit
from renwang.chain.reach import Viewer, require
from renwang.chain.rules import Refusal, UnitHasEnded

By = Viewer | str


class BuildingCodeTaken(Refusal):
    """Another building has this code."""


class DoorTaken(Refusal):
    """The building already has a door of this name."""


class DoorsRemain(Refusal):
    """A building with doors cannot be taken down."""


@transaction.atomic
def add_building(
    *,
    unit: Unit,
    name: str,
    by: By,
    now: datetime,
    code: str = "",
    address: str = "",
    storeys: int = 1,
    entrances: int = 1,
    footprint: Mapping[str, Any] | None = None,
    position: tuple[float, float] | None = None,
    datum: Datum = Datum.WGS84,
) -> Building:
    """Add a building to a unit; its place is (longitude, latitude), or follows from its footprint.

    Refuses with BuildingCodeTaken, UnitHasEnded and BoundaryNotUsable.
    """
    require(by, "homes.edit", at=unit.path)
    _check_standing(unit)
    _check_code(code)
    building = Building(
        id=uuid7(now),
        unit=unit,
        path=unit.path,
        code=code,
        name=name,
        address=address,
        search=tree.search_of(name, code, address),
        storeys=storeys,
        entrances=entrances,
    )
    _put(building, footprint, position, datum)
    building.save(force_insert=True)
    tallies.refresh_tallies(unit.path)
    journal.record(
        "chain.building_added", building, by=by, at=now, name=name, code=code, unit=unit.ref
    )
    return building


@transaction.atomic
def change_building(
    *,
    building: Building,
    by: By,
    now: datetime,
    unit: Unit | None = None,
    footprint: Mapping[str, Any] | None = None,
    position: tuple[float, float] | None = None,
    datum: Datum = Datum.WGS84,
    **changes: Any,
) -> Building:
    """Change a building (`name`, `code`, `address`, `storeys`, `entrances`), or hand it to another unit.

    The doors whose warnings its old unit carried go along with it.
    """
    require(by, "homes.edit", at=building.path)
    building = Building.objects.select_for_update(of=("self",), no_key=True).get(pk=building.pk)
    unknown = set(changes) - {"name", "code", "address", "storeys", "entrances"}
    if unknown:
        raise TypeError(f"a building has no {', '.join(sorted(unknown))}")
    if changes.get("code", building.code) != building.code:
        _check_code(changes["code"])
    for name, value in changes.items():
        setattr(building, name, value)
    old = building.path
    if unit is not None and unit.pk != building.unit_id:
        require(by, "homes.edit", at=unit.path)
        _check_standing(unit)
        Household.objects.filter(building=building, unit=building.unit_id).update(
            unit=unit, path=unit.path
        )
        building.unit, building.path = unit, unit.path
    building.search = tree.search_of(building.name, building.code, building.address)
    _put(building, footprint, position, datum)
    building.save()
    if building.path != old:
        tallies.refresh_tallies(old, building.path)
    journal.record(
        "chain.building_changed",
        building,
        by=by,
        at=now,
        name=building.name,
        changed=sorted([*changes, *(["unit"] if building.path != old else [])]),
    )
    return building


@transaction.atomic
def remove_building(*, building: Building, by: By, now: datetime, reason: str = "") -> None:
    """Take a building without doors off the books. Refuses with DoorsRemain."""
    require(by, "homes.edit", at=building.path)
    if Household.objects.filter(building=building).exists():
        raise DoorsRemain(name=building.name)
    journal.record(
        "chain.building_removed", building, by=by, at=now, name=building.name, reason=reason
    )
    path = building.path
    Building.objects.filter(pk=building.pk).delete()
    tallies.refresh_tallies(path)


@transaction.atomic
def add_household(
    *,
    building: Building,
    door: str,
    by: By,
    now: datetime,
    heads: int = 1,
    storey: int = 1,
    unit: Unit | None = None,
) -> Household:
    """Add a door to a building; `unit` is who carries warnings to it, else the building's unit.

    Refuses with DoorTaken and UnitHasEnded.
    """
    unit = unit or building.unit
    require(by, "homes.edit", at=building.path)
    require(by, "homes.edit", at=unit.path)
    _check_standing(unit)
    if Household.objects.filter(building=building, door=door).exists():
        raise DoorTaken(door=door, name=building.name)
    household = Household.objects.create(
        id=uuid7(now),
        building=building,
        unit=unit,
        path=unit.path,
        door=door,
        storey=storey,
        heads=heads,
    )
    tallies.refresh_tallies(unit.path)
    # The journal cannot forget: it says that a door came to a building, not which and who is behind.
    journal.record("chain.household_added", building, by=by, at=now, name=building.name)
    return household


@transaction.atomic
def change_household(
    *,
    household: Household,
    by: By,
    now: datetime,
    heads: int | None = None,
    unit: Unit | None = None,
) -> Household:
    """Change how many live behind a door, or who carries warnings to it."""
    require(by, "homes.edit", at=household.path)
    household = Household.objects.select_for_update(of=("self",), no_key=True).get(pk=household.pk)
    old = household.path
    if unit is not None:
        require(by, "homes.edit", at=unit.path)
        _check_standing(unit)
        household.unit, household.path = unit, unit.path
    if heads is not None:
        household.heads = heads
    household.save()
    tallies.refresh_tallies(*{old, household.path})
    journal.record(
        "chain.household_changed", household.building, by=by, at=now, name=household.building.name
    )
    return household


@transaction.atomic
def remove_household(*, household: Household, by: By, now: datetime) -> None:
    """Take a door off the books."""
    require(by, "homes.edit", at=household.path)
    building, path = household.building, household.path
    Household.objects.filter(pk=household.pk).delete()
    tallies.refresh_tallies(path)
    journal.record("chain.household_removed", building, by=by, at=now, name=building.name)


def _put(
    building: Building,
    footprint: Mapping[str, Any] | None,
    position: tuple[float, float] | None,
    datum: Datum,
) -> None:
    if footprint is not None:
        drawing = boundaries.draw(footprint, datum)
        building.footprint = drawing.text
        building.lon, building.lat = representative_point(drawing.geometry)
    if position is not None:
        building.lon, building.lat = convert(*position, datum, Datum.WGS84)


def footprint_of(building: Building) -> dict[str, Any] | None:
    """Read a building's footprint as GeoJSON; None where it has none."""
    return orjson.loads(building.footprint) if building.footprint else None


def _check_standing(unit: Unit) -> None:
    if unit.ended_on is not None:
        raise UnitHasEnded(name=unit.name, on=unit.ended_on)


def _check_code(code: str) -> None:
    holder = Building.objects.filter(code=code).first() if code else None
    if holder:
        raise BuildingCodeTaken(code=code, name=holder.name)
