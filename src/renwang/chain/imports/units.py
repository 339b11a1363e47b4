"""Units and grids from a table: code, name, level, the unit above, head-counts, a point."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.base.tables import Column, Kind, TablePlan, TableRow
from renwang.chain import tree
from renwang.chain.imports.bulk import Founding, in_tree_order
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan, between
from renwang.chain.imports.places import Places
from renwang.chain.list_rules import (
    LevelFixed,
    LevelUnknown,
    ParentMissing,
    StructureUnknown,
)
from renwang.chain.models import Unit, UnitChange
from renwang.chain.reach import Viewer
from renwang.chain.rules import (
    CodeTaken,
    LevelOrderBroken,
    Refusal,
    WouldCircle,
    check_code,
    find_circle,
)
from renwang.chain.structures import Level, Structure, structure, structures

_CODE = Column(
    "code", ("编码", "Code", "代码", "编号", "区划代码", "网格编码"), Kind.CODE, max_length=32
)
_NAME = Column("name", ("名称", "Name", "单位名称", "网格名称"), required=True, max_length=120)
_PARENT = Column(
    "parent",
    ("上级", "Parent", "上级编码", "上级名称", "上级辖区", "所属辖区", "所属单位", "所属社区"),
)
_HOUSEHOLDS = Column("households", ("户数", "Households"), Kind.INTEGER, check=between(0, 10**8))
_RESIDENTS = Column(
    "residents", ("人数", "Residents", "人口", "人口数"), Kind.INTEGER, check=between(0, 10**9)
)
_LON = Column("lon", ("经度", "Longitude", "lng"), Kind.DECIMAL)
_LAT = Column("lat", ("纬度", "Latitude"), Kind.DECIMAL)

UNIT_COLUMNS = (
    _CODE,
    _NAME,
    Column("level", ("层级", "Level", "级别", "类型")),
    _PARENT,
    Column("structure", ("结构", "Structure", "体系")),
    _HOUSEHOLDS,
    _RESIDENTS,
    _LON,
    _LAT,
)
GRID_COLUMNS = (_CODE, _NAME, _PARENT, _HOUSEHOLDS, _RESIDENTS, _LON, _LAT)

_IN_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")
_WRITTEN = ("name", "code", "parent", "households", "residents", "lon", "lat")


@dataclass(slots=True)
class _Place:
    """A unit as the file will leave it: its key, its level, where it hangs."""

    row: TableRow
    key: str
    unit: Unit | None  # the standing one
    parent: str  # key; empty for a root
    parent_unit: Unit | None  # where the parent stands already
    structure: Structure
    level: Level


class _Reader:
    """Judges the rows of a file against the standing tree and against each other."""

    def __init__(self, draft: Draft, by: By, grids: bool):
        self.draft, self.by, self.grids = draft, by, grids
        self.places = Places(by, "chain.edit")
        self.places_of: dict[str, _Place] = {}
        self.doubles: list[tuple[TableRow, str]] = []
        self.waiting = self._keys()
        self.taken = dict(
            Unit.objects.filter(
                ended_on=None, code__in=[row.values.get("code") for row in draft.rows]
            ).values_list("code", "name")
        )

    def plan(self) -> tuple[TablePlan, Mapping[str, Any]]:
        parent_of = {key: self._parent_key(row) for key, row in self.waiting.items()}
        circle = find_circle(parent_of)
        while circle:
            for key in circle:
                row = self.waiting.pop(key)
                del parent_of[key]
                self.draft.refuse(row, "parent", WouldCircle(name=row.values["name"]))
            circle = find_circle(parent_of)
        for key in in_tree_order(parent_of):
            row = self.waiting[key]
            try:
                place = self._judge(row, key, parent_of[key])
            except Refusal as refusal:
                self.draft.refuse(row, _column_of(refusal, row), refusal)
                continue
            self.places_of[key] = place
            self.draft.keep(row, place.key, self._values(place))
        for row, key in self.doubles:
            self.draft.keep(row, self.places_of[key].key if key in self.places_of else key, {})
        self._check_moves()
        rows = {place.key: place for place in self.places_of.values()}
        standing = {key: place.unit for key, place in rows.items() if place.unit is not None}
        existing = {key: self._stored(unit) for key, unit in standing.items()}
        found: dict[str, Any] = {"units": standing, "places": self.places, "rows": rows}
        return self.draft.plan(existing), found

    def _keys(self) -> dict[str, TableRow]:
        """Name each row; a second row of the same name waits for the plan, which names both."""
        keys: dict[str, TableRow] = {}
        for row in self.draft.rows:
            key = row.values.get("code") or "/".join(
                part for part in (row.values.get("parent"), row.values["name"]) if part
            )
            if key in keys:
                self.doubles.append((row, key))
            else:
                keys[key] = row
        return keys

    def _parent_key(self, row: TableRow) -> str:
        text = row.values.get("parent") or ""
        if text in self.waiting:
            return text
        if text in self.places.by_code:
            return text
        named = [
            key
            for key, other in self.waiting.items()
            if other is not row and search_key(other.values["name"]) == search_key(text)
        ]
        return named[0] if len(named) == 1 and not self.places.all_called(text) else text

    def _judge(self, row: TableRow, key: str, parent: str) -> _Place:
        values = row.values
        code = values.get("code") or ""
        check_code(code)
        above = self.places_of.get(parent)
        parent_unit = self.places.find(parent) if parent and above is None else None
        if above is not None:
            parent_unit = above.unit
        unit = self._standing(code, values["name"], parent_unit)
        if unit is None and code in self.taken:
            raise CodeTaken(code=code, name=self.taken[code])
        if unit is not None and not parent:
            parent_unit = self.places.units.get(unit.parent_id)
            parent = self.places.key_of(parent_unit)
        elif above is not None or parent_unit is not None:
            parent = above.key if above else self.places.key_of(parent_unit)
        if unit is None and not parent and isinstance(self.by, Viewer):
            raise ParentMissing(name=values["name"])
        chain = self._structure(values, unit, above, parent_unit)
        level = self._level(values, chain, unit, above, parent_unit)
        rank = above.level.rank if above else _rank(parent_unit)
        if rank is not None and level.rank <= rank:
            name = above.row.values["name"] if above else parent_unit.name
            raise LevelOrderBroken(name=values["name"], parent=name)
        known = self.places.key_of(unit) if unit is not None else key
        return _Place(row, known, unit, parent, parent_unit, chain, level)

    def _standing(self, code: str, name: str, parent: Unit | None) -> Unit | None:
        if code:
            return self.places.by_code.get(code)
        return self.places.child(parent, name) if parent else None

    def _structure(
        self,
        values: Mapping[str, Any],
        unit: Unit | None,
        above: _Place | None,
        parent: Unit | None,
    ) -> Structure:
        wanted = values.get("structure")
        if wanted:
            for one in structures().values():
                if search_key(wanted) in map(search_key, (one.key, *one.names.values())):
                    return one
            raise StructureUnknown(structure=wanted)
        if unit is not None:
            return structure(unit.structure)
        if above is not None:
            return above.structure
        if parent is not None:
            return structure(parent.structure)
        raise StructureUnknown(structure="")

    def _level(
        self,
        values: Mapping[str, Any],
        chain: Structure,
        unit: Unit | None,
        above: _Place | None,
        parent: Unit | None,
    ) -> Level:
        wanted = values.get("level")
        standing = structure(unit.structure).level(unit.level) if unit is not None else None
        if self.grids:
            found = next((level for level in chain.levels if level.is_grid), None)
        elif wanted:
            found = _level_called(chain, wanted)
        elif standing is not None:
            return standing
        else:
            rank = above.level.rank if above else _rank(parent)
            below = 0 if rank is None else rank + 1
            found = chain.levels[below] if below < len(chain.levels) else None
        if found is None:
            raise LevelUnknown(level=wanted or "")
        if standing is not None and standing.key != found.key:
            raise LevelFixed(name=unit.name)
        return found

    def _values(self, place: _Place) -> dict[str, Any]:
        values = dict(place.row.values)
        kept = {name: values[name] for name in _WRITTEN if name in values}
        kept["parent"] = place.parent
        for name in ("lon", "lat"):
            if isinstance(kept.get(name), Decimal):
                kept[name] = float(kept[name])
        return kept

    def _stored(self, unit: Unit) -> dict[str, Any]:
        stored = {name: getattr(unit, name) for name in _WRITTEN if name != "parent"}
        return {**stored, "parent": self.places.key_of(self.places.units.get(unit.parent_id))}

    def _check_moves(self) -> None:
        """Refuse rows that together with what stands would close a circle."""
        parents = {
            self.places.key_of(unit): self.places.key_of(parent)
            for unit, parent in self.places.parents()
            if parent is not None
        }
        parents.update(
            {place.key: place.parent for place in self.places_of.values() if place.parent}
        )
        circle = set(find_circle(parents) or ())
        for place in self.places_of.values():
            if place.key in circle:
                row = place.row
                self.draft.refuse(row, "parent", WouldCircle(name=row.values["name"]))


def _rank(unit: Unit | None) -> int | None:
    return tree.level_of(unit).rank if unit is not None else None


def _level_called(chain: Structure, text: str) -> Level | None:
    """Find the level by its key or name, with or without what the name says in brackets."""
    wanted = search_key(text)
    for level in chain.levels:
        names = (level.key, *level.names.values())
        bare = (_IN_BRACKETS.sub("", name) for name in names)
        if wanted in map(search_key, (*names, *bare)):
            return level
    return None


def _column_of(refusal: Refusal, row: TableRow) -> str:
    if isinstance(refusal, LevelUnknown | LevelFixed | LevelOrderBroken):
        return "level" if row.values.get("level") else "parent"
    if isinstance(refusal, StructureUnknown):
        return "structure"
    return "code" if "code" in refusal.params else "parent"


def plan_units(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a file of units."""
    return _Reader(draft, by, grids=False).plan()


def plan_grids(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a file of grids: units of the level that their structure calls a grid."""
    return _Reader(draft, by, grids=True).plan()


def write_units(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Found what is new, then rename, recount and move what has changed."""
    rows: Mapping[str, _Place] = plan.found["rows"]
    standing: dict[str, Unit] = dict(plan.found["units"])
    places: Places = plan.found["places"]
    founding = Founding(now, tree.today(now))
    new = {planned.key[0]: planned.values for planned in plan.table.to_create}
    for key in in_tree_order({key: rows[key].parent for key in new}):
        values, place = new[key], rows[key]
        parent = _find_parent(place.parent, standing, places)
        unit = founding.add(
            name=values["name"],
            code=values.get("code") or "",
            structure=place.structure.key,
            level=place.level.key,
            parent=parent,
            position=place.row.number,
            households=values.get("households") or 0,
            residents=values.get("residents") or 0,
        )
        unit.lon, unit.lat = values.get("lon"), values.get("lat")
        standing[key] = unit
    touched = {unit.path for unit in founding.write()}
    for change in plan.table.to_update:
        unit = standing[change.key[0]]
        touched.add(unit.path)
        _change(unit, change.after, now)
        if "parent" in change.after:
            parent = _find_parent(change.after["parent"], standing, places)
            _move(unit, parent, now)
            touched.add(unit.path)
    return touched


def _find_parent(key: str, standing: Mapping[str, Unit], places: Places) -> Unit | None:
    return (standing.get(key) or places.find(key)) if key else None


def _change(unit: Unit, after: Mapping[str, Any], now: datetime) -> None:
    today = tree.today(now)
    for name in _WRITTEN:
        if name in after and name != "parent":
            setattr(unit, name, after[name])
    unit.search = tree.search_of(unit.name, unit.code)
    unit.save(update_fields=["search", *(name for name in _WRITTEN if name != "parent")])
    if {"name", "code"} & set(after):
        tree.write_version(unit, today)
        _remember(UnitChange.Kind.RENAME, unit, now)


def _move(unit: Unit, parent: Unit | None, now: datetime) -> None:
    unit.refresh_from_db(fields=["path", "parent"])
    if parent is not None:
        parent.refresh_from_db(fields=["path"])
    tree.hang([unit], parent, tree.today(now))
    _remember(UnitChange.Kind.MOVE, unit, now)


def _remember(kind: str, unit: Unit, now: datetime) -> None:
    change = UnitChange.objects.create(id=uuid7(now), kind=kind, on=tree.today(now))
    change.before.set([unit])
    change.after.set([unit])


UNITS = ImportKind("units", UNIT_COLUMNS, "chain.edit", plan_units, write_units)
GRIDS = ImportKind("grids", GRID_COLUMNS, "chain.edit", plan_grids, write_units)
