"""Facilities are put on the list, changed, and their rooms written. What every deed begins and ends with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.base.references import next_reference
from renwang.chain.models import Post, Unit
from renwang.chain.reach import Viewer, require
from renwang.registers.facilities.kinds import Kind, known_terms
from renwang.registers.facilities.models import Facility, Room, Step
from renwang.registers.facilities.opening_rules import check_hours
from renwang.registers.facilities.rules import (
    FigureRefused,
    KindUnknown,
    NameMissing,
    TierUnknown,
    next_inspection,
)

By = Viewer | str


@dataclass(frozen=True, slots=True)
class Entered:
    """What is known of a facility. `amounts` are what is asked of its kind, `fittings` what it has or lacks."""

    kind: str
    name: str
    tier: str = ""
    code: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    post: Post | None = None
    amounts: Mapping[str, float] = field(default_factory=dict)
    fittings: Mapping[str, bool] = field(default_factory=dict)
    emergency_role: str = ""
    weekdays: str = ""
    weekends: str = ""
    emergency_hours: str = ""
    note: str = ""
    inspected_on: date | None = None  # as known when it was put on the list


@transaction.atomic
def enter_facility(entered: Entered, unit: Unit, *, by: By, now: datetime) -> Facility:
    """Put a facility on the list. It is ready until somebody says otherwise, and due to be looked at.

    Refuses with `NameMissing`, `KindUnknown`, `TierUnknown`, `FigureRefused`,
    `HoursRefused` and `reach.NotInReach`.
    """
    require(by, "facilities.keep", at=unit.path)
    columns, kind = columns_of(entered)
    today = local_day(now)
    facility = Facility(
        id=uuid7(now),
        ref=next_reference("E", now),
        unit=unit,
        path=unit.path,
        since=now,
        entered_on=today,
        inspected_on=entered.inspected_on,
        **columns,
    )
    rest(facility, kind)
    facility.save(force_insert=True)
    step(facility, "entered", by=by, now=now)
    journal.record(
        "facilities.entered", facility, by=by, at=now, name=facility.name, kind=kind.key,
        tier=facility.tier, code=facility.code, lon=facility.lon, lat=facility.lat,
        amounts=facility.amounts, fittings=facility.fittings, post_id=facility.post_id,
    )  # fmt: skip
    return facility


@transaction.atomic
def change_facility(
    facility_id: UUID, entered: Entered, unit: Unit, *, by: By, now: datetime
) -> Facility:
    """Change what is known of a facility, and where it is. What was known before stays in its story.

    Refuses as `enter_facility` does. Where it stands is not changed by this.
    """
    facility = locked(facility_id)
    require(by, "facilities.keep", at=facility.path)
    require(by, "facilities.keep", at=unit.path)
    columns, kind = columns_of(entered)
    before = {
        name: getattr(facility, name) for name in columns if name not in ("post", "search")
    } | {"unit": facility.unit_id, "post": facility.post_id}
    for name, value in columns.items():
        setattr(facility, name, value)
    facility.unit, facility.path = unit, unit.path
    rest(facility, kind)
    facility.save()
    facility.defects.update(path=unit.path)
    after = {name: getattr(facility, name) for name in before if name not in ("unit", "post")}
    after |= {"unit": facility.unit_id, "post": facility.post_id}
    changed = {
        name: [_plain(value), _plain(after[name])]
        for name, value in before.items()
        if value != after[name]
    }
    step(facility, "changed", by=by, now=now, changed=sorted(changed))
    journal.record("facilities.changed", facility, by=by, at=now, changed=changed)
    return facility


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def columns_of(entered: Entered) -> tuple[dict[str, Any], Kind]:
    """Check what is known and give it as columns. Refuses as `enter_facility` does."""
    terms = known_terms()
    kind = terms.kinds.get(entered.kind)
    if kind is None:
        raise KindUnknown(kind=entered.kind)
    name = entered.name.strip()
    if not name:
        raise NameMissing
    if kind.has_tiers != (entered.tier in terms.tiers) or (entered.tier and not kind.has_tiers):
        raise TierUnknown(tier=entered.tier)
    amounts = {key: check_amount(kind, key, value) for key, value in entered.amounts.items()}
    return {
        "kind": kind.key,
        "tier": entered.tier,
        "name": name[:120],
        "code": entered.code.strip(),
        "search": search_key(f"{name} {entered.address} {entered.code}")[:300],
        "address": entered.address.strip(),
        "lon": entered.lon,
        "lat": entered.lat,
        "post": entered.post,
        "amounts": amounts,
        "fittings": {key: one for key, one in entered.fittings.items() if key in kind.fittings},
        "emergency_role": entered.emergency_role.strip(),
        "weekdays": check_hours(entered.weekdays),
        "weekends": check_hours(entered.weekends),
        "emergency_hours": check_hours(entered.emergency_hours),
        "note": entered.note.strip(),
    }, kind


def check_amount(kind: Kind, key: str, value: float) -> float:
    """Give an amount back that is asked of a kind and is one. Refuses with `FigureRefused`."""
    if key not in kind.asks or not isfinite(value) or not 0 <= value < 1e9:
        raise FigureRefused(ask=key)
    return float(value)


# --- rooms ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoomSaid:
    """A room: its name, what it is used for, how large it is, and what it is for in an emergency."""

    name: str
    use: str
    area_m2: float
    role: str = "none"
    step_free: bool | None = None
    holds: str = ""


@transaction.atomic
def keep_room(
    facility_id: UUID, said: RoomSaid, *, by: By, now: datetime, number: int | None = None
) -> Room:
    """Write a room of a facility; the one of that number is written anew.

    Refuses with `NameMissing`, `FigureRefused`, `KindUnknown` and `reach.NotInReach`.
    """
    facility = locked(facility_id)
    require(by, "facilities.keep", at=facility.path)
    columns = room_columns(said)
    if number is None:
        last = facility.rooms.aggregate(last=Max("number"))["last"] or 0
        room = Room(facility=facility, number=last + 1, **columns)
    else:
        room = facility.rooms.get(number=number)
        for name, value in columns.items():
            setattr(room, name, value)
    room.save()
    add_up_rooms(facility)
    step(facility, "room", words=room.name, by=by, now=now, area_m2=room.area_m2, role=room.role)
    journal.record(
        "facilities.room_kept", facility, by=by, at=now, room=room.name, number=room.number,
        **{name: value for name, value in columns.items() if name != "name"},
    )  # fmt: skip
    return room


@transaction.atomic
def strike_room(facility_id: UUID, number: int, *, by: By, now: datetime) -> None:
    """Strike a room off. Refuses with `reach.NotInReach`."""
    facility = locked(facility_id)
    require(by, "facilities.keep", at=facility.path)
    room = facility.rooms.get(number=number)
    room.delete()
    add_up_rooms(facility)
    step(facility, "room_struck", words=room.name, by=by, now=now)
    journal.record("facilities.room_struck", facility, by=by, at=now, room=room.name, number=number)


def room_columns(said: RoomSaid) -> dict[str, Any]:
    """Check a room and give it as columns. Refuses with `NameMissing`, `KindUnknown` and `FigureRefused`."""
    terms = known_terms()
    if not said.name.strip():
        raise NameMissing
    if said.use not in terms.uses:
        raise KindUnknown(kind=said.use)
    if said.role not in terms.roles:
        raise KindUnknown(kind=said.role)
    if not isfinite(said.area_m2) or not 0 <= said.area_m2 < 1e6:
        raise FigureRefused(ask="area_m2")
    return {
        "name": said.name.strip()[:80],
        "use": said.use,
        "area_m2": float(said.area_m2),
        "role": said.role,
        "step_free": said.step_free,
        "holds": said.holds.strip()[:300],
    }


def add_up_rooms(facility: Facility) -> None:
    """Keep the area of the rooms that take people in, from which the capacity is counted."""
    roles = [key for key, role in known_terms().roles.items() if role.shelters]
    sums = facility.rooms.aggregate(
        rooms=Count("pk"), area=Sum("area_m2", filter=Q(role__in=roles), default=0.0)
    )
    facility.rooms_m2 = sums["area"] if sums["rooms"] else None
    facility.save(update_fields=["rooms_m2"])


# --- what every deed on a facility begins and ends with ---------------------------


def locked(facility_id: UUID) -> Facility:
    """Take a facility for a deed; nobody else changes it meanwhile."""
    return Facility.objects.select_for_update().get(pk=facility_id)


def hand_of(by: By) -> UUID | None:
    """Say whose hand does it: a person's id, None for a part of the node."""
    return by.id if isinstance(by, Viewer) else None


def local_day(now: datetime) -> date:
    """Give the day that it is in the node's zone."""
    return timezone.localdate(now, timezone.get_default_timezone())


def rest(facility: Facility, kind: Kind) -> None:
    """Say when a facility must be looked at next, by the rhythm of its kind."""
    every = known_terms().days(kind)
    facility.inspect_due_on = next_inspection(facility.inspected_on, facility.entered_on, every)


def step(
    facility: Facility, act: str, *, by: By, now: datetime, words: str = "", **facts: Any
) -> Step:
    """Write one step into the story of a facility."""
    return Step.objects.create(
        facility=facility, act=act, words=words, facts=facts, by=hand_of(by), at=now
    )
