"""Rooms of service centres from a table: each room a row, with what it is for in an emergency."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from renwang.base.pure.text import search_key
from renwang.base.tables import Column, Kind, TablePlan, TableRow
from renwang.chain.imports.bulk import create_rows
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan
from renwang.chain.imports.places import Places
from renwang.chain.list_rules import PlaceAmbiguous, PlaceUnknown
from renwang.chain.rules import Refusal
from renwang.registers.facilities.imports import by_name
from renwang.registers.facilities.kinds import known_terms, named
from renwang.registers.facilities.models import Facility, Room, Step
from renwang.registers.facilities.rules import FigureRefused, State
from renwang.registers.facilities.services.keeping import (
    RoomSaid,
    add_up_rooms,
    hand_of,
    room_columns,
)

COLUMNS = (
    Column("unit", ("所属辖区", "Unit", "所属社区", "所属网格", "辖区", "社区"), required=True),
    Column("centre", ("服务中心", "Service centre", "中心名称", "设施名称"), required=True),
    Column("name", ("房间", "Room", "房间名称", "功能室"), required=True, max_length=80),
    Column("use", ("日常用途", "Use", "用途"), required=True),
    Column("area_m2", ("面积（平方米）", "Area (m²)", "面积"), Kind.DECIMAL, required=True),
    Column("role", ("应急用途", "In an emergency", "应急功能")),
    Column("step_free", ("无台阶进出", "Step-free"), Kind.BOOLEAN),
    Column("holds", ("存放物资", "What is kept there", "物资"), max_length=300),
)
_FIELDS = ("use", "area_m2", "role", "step_free", "holds")


class CentreUnknown(Refusal):
    """There is no service centre of that name in the place."""


class UseUnknown(Refusal):
    """This node knows no such use of a room, and no such role."""


def headings(language: str) -> list[tuple[str, str, Kind]]:
    """Give the columns of an export: key, heading, kind."""
    return [(one.key, one.title(language), one.kind) for one in COLUMNS]


def row_of(room: Room) -> dict[str, Any]:
    """Give a room, with its facility and unit, as a row of an export."""
    terms, language = known_terms(), get_language() or "en"
    use, role = terms.uses.get(room.use), terms.roles.get(room.role)
    unit = room.facility.unit
    return {
        "unit": unit.code or unit.name,
        "centre": room.facility.name,
        "name": room.name,
        "use": named(use, language) if use else room.use,
        "area_m2": room.area_m2,
        "role": named(role.names, language) if role else room.role,
        "step_free": room.step_free,
        "holds": room.holds,
    }


def plan_rooms(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a file of rooms. One is known by its centre and its name."""
    places, terms = Places(by, "facilities.keep"), known_terms()
    uses, roles = by_name(terms.uses), by_name(terms.roles)
    kinds = [kind.key for kind in terms.kinds.values() if kind.has_rooms]
    here = Facility.objects.filter(unit__in=list(places.units), kind__in=kinds)
    centres = {(one.unit_id, search_key(one.name)): one for one in here.exclude(state=State.GONE)}
    rooms = {
        (one.facility_id, search_key(one.name)): one
        for one in Room.objects.filter(facility__in=list(here))
    }
    found: dict[str, Any] = {}
    for row in draft.rows:
        try:
            unit = places.find(row.values["unit"])
            centre = centres.get((unit.pk, search_key(row.values["centre"])))
            if centre is None:
                raise CentreUnknown(name=row.values["centre"])
            after = _values(row, uses, roles)
        except Refusal as refusal:
            draft.refuse(row, _column_of(refusal), refusal)
            continue
        key = f"{centre.pk}/{search_key(row.values['name'])}"
        found[key] = centre, rooms.get((centre.pk, search_key(row.values["name"])))
        draft.keep(row, key, after)
    existing = {
        key: {"name": room.name, **{name: getattr(room, name) for name in _FIELDS}}
        for key, (_centre, room) in found.items()
        if room is not None
    }
    return draft.plan(existing), found


def _values(row: TableRow, uses: Mapping[str, str], roles: Mapping[str, str]) -> dict[str, Any]:
    """Give a row as a room is compared and written. Refuses with `UseUnknown` and `FigureRefused`."""
    values = row.values
    for known, name in ((uses, "use"), (roles, "role")):
        if values.get(name) and search_key(values[name]) not in known:
            raise UseUnknown(use=values[name], column=name)
    said = RoomSaid(
        values["name"],
        uses[search_key(values["use"])],
        float(values["area_m2"]),
        roles[search_key(values["role"])] if values.get("role") else "none",
        values.get("step_free"),
        values.get("holds") or "",
    )
    columns = room_columns(said)
    if not values.get("role"):
        columns.pop("role")
    return {name: value for name, value in columns.items() if value not in (None, "")}


def _column_of(refusal: Refusal) -> str:
    if isinstance(refusal, PlaceUnknown | PlaceAmbiguous):
        return "unit"
    if isinstance(refusal, CentreUnknown):
        return "centre"
    if isinstance(refusal, UseUnknown):
        return str(refusal.params["column"])
    return "area_m2" if isinstance(refusal, FigureRefused) else "name"


def write_rooms(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Write new rooms and amend known ones; what a centre holds is counted anew."""
    made, changed, touched = [], [], {}
    last: dict[Any, int] = {}
    for planned in plan.table.to_create:
        centre, _room = plan.found[planned.key[0]]
        touched[centre.pk] = centre
        if centre.pk not in last:
            numbers = centre.rooms.order_by("-number").values_list("number", flat=True)
            last[centre.pk] = numbers.first() or 0
        last[centre.pk] += 1
        values = {"role": "none", **planned.values}
        values.pop("key", None)
        made.append(Room(facility=centre, number=last[centre.pk], **values))
    for change in plan.table.to_update:
        centre, room = plan.found[change.key[0]]
        touched[centre.pk] = centre
        for name, value in change.after.items():
            setattr(room, name, value)
        changed.append(room)
    create_rows(plan, made)
    Room.objects.bulk_update(changed, ["name", *_FIELDS], batch_size=500)
    told = {"file": plan.filename, "digest": plan.digest}
    for centre in touched.values():
        add_up_rooms(centre)
        Step.objects.create(facility=centre, act="import", facts=told, by=hand_of(by), at=now)
    return set()


ROOMS = ImportKind("rooms", COLUMNS, "facilities.keep", plan_rooms, write_rooms)
