"""Departments' grids from a table or a GeoJSON file, and back into one: each drawn, or given as a list of buildings or doors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from renwang.base.pure.datum import Datum
from renwang.base.pure.geometry import Geometry
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.base.tables import Column, Kind, TablePlan, TableRow
from renwang.chain import boundaries
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan
from renwang.chain.imports.features import DATUM, SHAPE, read_shape
from renwang.chain.imports.places import Places
from renwang.chain.list_rules import (
    BuildingAmbiguous,
    BuildingUnknown,
    DoorUnknown,
    NotAShape,
    PlaceAmbiguous,
    PlaceUnknown,
)
from renwang.chain.models import Building, Household, Unit
from renwang.chain.rules import Refusal
from renwang.registers.claims.models import Claim, ClaimedHome, Department

_BATCH = 400
_SEPARATORS = re.compile(r"[、,，;；\n]+")

COLUMNS = (
    Column("department", ("部门", "Department", "主管部门", "部门名称"), required=True, max_length=80),
    Column("kind", ("部门类别", "Kind of department", "网络类别", "条线"), max_length=40),
    Column(
        "number",
        ("部门网格编号", "Department's number", "网格编号", "网格编码", "编号", "编码", "code", "number"),
        Kind.CODE,
        required=True,
        max_length=40,
    ),
    Column("name", ("网格名称", "Name", "名称", "name"), max_length=120),
    Column("unit", ("所属辖区", "Unit", "所属社区", "社区", "辖区", "unit"), required=True),
    SHAPE,
    DATUM,
    Column("homes", ("楼栋清单", "Buildings or doors", "楼栋", "包含楼栋", "住户清单", "homes")),
)  # fmt: skip


class NothingClaimed(Refusal):
    """A grid is neither drawn nor given as a list of buildings."""


Home = tuple[UUID, UUID | None]  # building, and a door of it or the whole


class Homes:
    """The buildings and doors that a list can mean, by code, by name in a place, and with a door after a slash."""

    def __init__(self, rows: Sequence[TableRow], units: Sequence[Unit]):
        words = {word for row in rows for word in words_of(row.values.get("homes"))}
        names = {search_key(word) for word in words} | {search_key(_parted(w)[0]) for w in words}
        self._by_code: dict[str, Building] = {}
        self._by_name: dict[str, list[Building]] = {}
        for one in Building.objects.filter(unit__in=units).defer("footprint") if words else ():
            if one.code:
                self._by_code[search_key(one.code)] = one
            key = search_key(one.name)
            if key in names:
                self._by_name.setdefault(key, []).append(one)
        parted = [one for one in self._all() if any("/" in word for word in words)]
        self._doors: dict[tuple[UUID, str], UUID] = {}
        for start in range(0, len(parted), _BATCH):
            doors = Household.objects.filter(building__in=parted[start : start + _BATCH])
            for key, building, door in doors.values_list("pk", "building", "door"):
                self._doors[building, search_key(door)] = key

    def _all(self) -> list[Building]:
        return [*self._by_code.values(), *(one for same in self._by_name.values() for one in same)]

    def find(self, word: str, within: Unit) -> Home:
        """Find a building or a door. Refuses with BuildingUnknown, BuildingAmbiguous or DoorUnknown."""
        building = self._building(word, within)
        if building is not None:
            return building.pk, None
        name, door = _parted(word)
        building = self._building(name, within)
        if building is None or not door:
            raise BuildingUnknown(building=word)
        key = self._doors.get((building.pk, search_key(door)))
        if key is None:
            raise DoorUnknown(building=building.name, door=door)
        return building.pk, key

    def _building(self, word: str, within: Unit) -> Building | None:
        key = search_key(word)
        if key in self._by_code:
            return self._by_code[key]
        found = [
            one for one in self._by_name.get(key, ()) if one.path.startswith(within.path)
        ] or self._by_name.get(key, [])
        if len(found) > 1:
            raise BuildingAmbiguous(building=word)
        return found[0] if found else None


def words_of(text: str | None) -> list[str]:
    """Take a list of buildings or doors apart."""
    return [word.strip() for word in _SEPARATORS.split(text or "") if word.strip()]


def _parted(word: str) -> tuple[str, str]:
    name, _slash, door = word.rpartition("/")
    return (name.strip(), door.strip()) if name else (word, "")


class _Reader:
    """Judges the rows of a file of departments' grids."""

    def __init__(self, draft: Draft, by: By):
        self.draft = draft
        self.places = Places(by, "chain.edit")
        self.homes = Homes(draft.rows, list(self.places.units.values()))
        names = {row.values["department"] for row in draft.rows}
        claims = Claim.objects.filter(department__name__in=names).select_related("department")
        self.standing = {_key(one.department.name, one.number): one for one in claims}
        self.listed: dict[UUID, list[Home]] = {}
        for claim, building, household in ClaimedHome.objects.filter(
            claim__department__name__in=names
        ).values_list("claim", "building", "household"):
            self.listed.setdefault(claim, []).append((building, household))
        self.within: dict[Any, Geometry | None] = {}
        self.found: dict[str, dict[str, Any]] = {}

    def plan(self) -> tuple[TablePlan, Mapping[str, Any]]:
        for row in self.draft.rows:
            try:
                self._judge(row)
            except Refusal as refusal:
                self.draft.refuse(row, _column_of(refusal), refusal)
        existing = {
            key: self._stored(one["claim"])
            for key, one in self.found.items()
            if one["claim"] is not None
        }
        return self.draft.plan(existing), self.found

    def _judge(self, row: TableRow) -> None:
        values = row.values
        unit = self.places.find(values["unit"])
        key = _key(values["department"], values["number"])
        claim = self.standing.get(key)
        if claim is not None and claim.unit_id not in self.places.units:
            raise PlaceUnknown(place=values["unit"])
        homes = [self.homes.find(word, unit) for word in words_of(values.get("homes"))]
        drawn = self._drawing(values, unit) if values.get("shape") else None
        if claim is None and not homes and drawn is None:
            raise NothingClaimed()
        after: dict[str, Any] = {"unit": self.places.key_of(unit)}
        after |= {name: values[name] for name in ("name", "kind") if values.get(name)}
        if drawn is not None:
            after["shape"] = drawn
        if homes:
            after["homes"] = _written(homes)
        self.found[key] = {**values, "claim": claim, "unit": unit, "homes": homes}
        self.draft.keep(row, key, after)

    def _drawing(self, values: Mapping[str, Any], unit: Unit) -> str:
        datum = Datum(values.get("datum") or settings.RENWANG_INPUT_DATUM)
        if unit.pk not in self.within:
            text = Unit.objects.values_list("boundary", flat=True).get(pk=unit.pk)
            self.within[unit.pk] = boundaries.geometry_of(text)
        return boundaries.draw(read_shape(values["shape"]), datum, self.within[unit.pk]).text

    def _stored(self, claim: Claim) -> dict[str, Any]:
        return {
            "unit": self.places.key_of(self.places.units[claim.unit_id]),
            "name": claim.name,
            "kind": claim.department.kind,
            "shape": claim.boundary,
            "homes": _written(self.listed.get(claim.pk, [])),
        }


def _key(department: str, number: str) -> str:
    return f"{search_key(department)}/{search_key(number)}"


def _written(homes: Sequence[Home]) -> str:
    """Write homes so that the same ones read the same, in whatever order they came."""
    return " ".join(sorted({f"{building}/{door or ''}" for building, door in homes}))


def _column_of(refusal: Refusal) -> str:
    if isinstance(refusal, PlaceUnknown | PlaceAmbiguous):
        return "unit"
    if isinstance(refusal, BuildingUnknown | BuildingAmbiguous | DoorUnknown | NothingClaimed):
        return "homes"
    drawing = (
        NotAShape,
        boundaries.BoundaryNotUsable,
        boundaries.LiesOutside,
        boundaries.SwappedAxes,
        boundaries.OtherDatum,
    )
    return "shape" if isinstance(refusal, drawing) else "number"


def plan_claims(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a file of departments' grids. One is known by its department and number.

    A drawing is in the datum of its row, else in the node's (RENWANG_INPUT_DATUM).
    """
    return _Reader(draft, by).plan()


def write_claims(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Keep what departments claim; the chain itself is not touched."""
    rows = [*plan.table.to_create, *plan.table.to_update]
    departments = _departments([plan.found[row.key[0]] for row in rows], now)
    made, changed, emptied, listed = [], [], [], []
    for row in rows:
        one = plan.found[row.key[0]]
        after = row.after if hasattr(row, "after") else row.values
        claim = one["claim"] or Claim(id=uuid7(now), number=one["number"])
        claim.department = departments[search_key(one["department"])]
        claim.unit, claim.at = one["unit"], now
        claim.name = after.get("name", claim.name)
        claim.boundary = after.get("shape", claim.boundary)
        (changed if one["claim"] else made).append(claim)
        if "homes" in after:
            emptied.append(claim.pk)
            listed.extend(
                ClaimedHome(claim=claim, building_id=building, household_id=door)
                for building, door in dict.fromkeys(one["homes"])
            )
    Claim.objects.bulk_create(made, batch_size=_BATCH)
    Claim.objects.bulk_update(changed, ["department", "unit", "name", "boundary", "at"], _BATCH)
    for start in range(0, len(emptied), _BATCH):
        ClaimedHome.objects.filter(claim__in=emptied[start : start + _BATCH]).delete()
    ClaimedHome.objects.bulk_create(listed, batch_size=_BATCH)
    return set()


def _departments(rows: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, Department]:
    """Find the departments that are named, and enter those that nobody has named before."""
    found = {search_key(one.name): one for one in Department.objects.all()}
    for row in rows:
        key, kind = search_key(row["department"]), row.get("kind") or ""
        if key not in found:
            found[key] = Department.objects.create(id=uuid7(now), name=row["department"], kind=kind)
        elif kind and found[key].kind != kind:
            found[key].kind = kind
            found[key].save(update_fields=["kind"])
    return found


CLAIMS = ImportKind("claims", COLUMNS, "chain.edit", plan_claims, write_claims)
