"""What is late calls somebody: inspections that are overdue, defects that were not mended in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from renwang.base import journal
from renwang.base.pure.loading import on_first_use
from renwang.chain.models import Holding, Unit, UnitChange
from renwang.chain.selectors.history import successors
from renwang.outreach.services import Waiting
from renwang.outreach.services.errands import ask_errands
from renwang.registers.facilities.models import Defect, Facility, Stock
from renwang.registers.facilities.rules import DefectState, State
from renwang.registers.facilities.services.keeping import local_day
from renwang.registers.facilities.waiting import (
    waiting_defect,
    waiting_inspection,
)

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


BY = "node:facilities"
AT_ONCE = 200


@transaction.atomic
def call_for_late(now: datetime) -> int:
    """Call people to what is late and nobody was called to yet; return how much that is.

    Each is claimed by its row, so that two workers never call twice for one. One fact for all.
    """
    today = local_day(now)
    due = Facility.objects.filter(called_at=None, inspect_due_on__lt=today)
    due = due.exclude(state=State.GONE).order_by("inspect_due_on", "pk")
    looks = _claim(due.values(*_LOOKED), Facility, now)
    late = Defect.objects.filter(called_at=None, due_on__lt=today, state=DefectState.OPEN)
    late = late.exclude(facility__state=State.GONE).order_by("due_on", "pk")
    broken = _claim(late.values(*_MENDED), Defect, now)
    people = _people({row["post_id"] for row in (*looks, *broken)} - {None})
    inspections = [
        waiting_inspection(
            row["pk"], row["ref"], row["name"], _where(row), row["inspect_due_on"],
            first=people.get(row["post_id"], ()),
        )
        for row in looks
    ]  # fmt: skip
    defects = [
        waiting_defect(
            row["pk"], row["facility__ref"], row["facility__name"], _where(row), row["words"],
            row["due_on"], is_grave=row["is_grave"], first=people.get(row["post_id"], ()),
        )
        for row in broken
    ]  # fmt: skip
    return _call(inspections, defects, now)


_LOOKED = ("pk", "ref", "name", "path", "post_id", "post__path", "inspect_due_on")
_MENDED = (
    "pk", "facility__ref", "facility__name", "path", "post_id", "post__path", "words", "due_on",
    "is_grave",
)  # fmt: skip


def _people(posts: Collection[Any]) -> dict[Any, list[UUID]]:
    """Give who holds each post and who deputises, in order; one statement, none where there is no post."""
    found: dict[Any, list[UUID]] = defaultdict(list)
    if posts:
        held = Holding.objects.filter(post__in=posts, post__ended_on=None, is_current=True)
        for post, person in held.order_by("rank").values_list("post_id", "person_id"):
            found[post].append(person)
    return found


def _claim(rows: Any, model: Any, now: datetime) -> list[dict[str, Any]]:
    """Take what nobody else has taken meanwhile."""
    return [
        row
        for row in rows[:AT_ONCE]
        if model.objects.filter(pk=row["pk"], called_at=None).update(called_at=now)
    ]


def _call(inspections: list[Waiting], defects: list[Waiting], now: datetime) -> int:
    errands = ask_errands([*inspections, *defects], now=now)
    if errands:
        journal.record(
            "facilities.called", errands[0], by=BY, at=now, place="",
            inspections=len(inspections), defects=len(defects),
            errands=[[str(one.pk), one.ref, one.path] for one in errands],
        )  # fmt: skip
    return len(errands)


def _where(row: dict[str, Any]) -> str:
    """Say where the ladder begins: where its post is, else where it lies."""
    return str(row["post__path"] or row["path"])


def follow_division(now: datetime) -> int:
    """Let every facility, and what is broken there, lie where its unit lies today; return how many rows moved.

    Where its unit is no more, it lies in the one that took its place: of several, the one round its position.
    """
    moved = sum(_follow_successor(key, now) for key in _homeless()[:AT_ONCE])
    own = Unit.objects.filter(pk=OuterRef("unit_id"), ended_on=None).exclude(path=OuterRef("path"))
    moved += Facility.objects.filter(Exists(own)).update(path=Subquery(own.values("path")))
    there = Facility.objects.filter(pk=OuterRef("facility_id")).exclude(path=OuterRef("path"))
    for kept in (Defect, Stock):
        moved += kept.objects.filter(Exists(there)).update(path=Subquery(there.values("path")))
    return moved


def _homeless() -> Any:
    took = UnitChange.objects.filter(before=OuterRef("unit_id"), after__isnull=False)
    gone = Facility.objects.filter(Exists(took), unit__ended_on__isnull=False)
    return gone.order_by("pk").values_list("pk", flat=True)


@transaction.atomic
def _follow_successor(key: Any, now: datetime) -> int:
    facility = Facility.objects.select_for_update(of=("self",)).get(pk=key)
    found = successors(facility.unit, local_day(now))
    if not found:
        return 0
    unit = next((one for one in found if _lies_in(facility, one)), found[0])
    facility.unit, facility.path = unit, unit.path
    facility.save(update_fields=["unit", "path"])
    return 1


def _lies_in(facility: Facility, unit: Unit) -> bool:
    if facility.lon is None or facility.lat is None or not unit.boundary:
        return False
    area = shapely.geometry.shape(orjson.loads(unit.boundary))
    return bool(shapely.intersects_xy(area, facility.lon, facility.lat))
