"""Let a hole stand until a day, from above and with a reason; take that back."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain import tree
from renwang.chain.reach import Viewer, require
from renwang.registers.readiness.models import Hole, Waiver
from renwang.registers.readiness.rules import (
    AlreadyWaived,
    HoleGone,
    NotFromAbove,
    Severity,
    check_waiver,
    may_waive,
)
from renwang.registers.readiness.selectors import visible_to
from renwang.registers.readiness.services.asking import ask_menders
from renwang.registers.readiness.services.checking import take_turn

By = Viewer | str


def may_let_stand(viewer: Viewer, path: str) -> bool:
    """Say whether somebody may let holes of a place stand: only from above it, or at the very top of the node."""
    held = viewer.places.get("readiness.waive", ())
    return bool(held) and may_waive(held, path, _top_of(path))


def _top_of(path: str) -> str:
    """Give the topmost place of the node on the line of a place: where it begins, or the place itself."""
    start = path.find("/", 1)
    return path[: start + 1]


@transaction.atomic
def waive_hole(hole_id: int, reason: str, until_on: date, *, by: By, now: datetime) -> Waiver:
    """Let a hole stand through a day; it stays on the list, marked, and counts again by itself when the day is over.

    Refuses with `NotInReach`, `NotFromAbove`, `WaiverReasonMissing`,
    `WaiverReasonTooLong`, `WaiverEndsWrong`, `AlreadyWaived` and `HoleGone`.
    """
    take_turn(now)
    found = visible_to(by) if isinstance(by, Viewer) else Hole.objects.all()
    hole = found.filter(pk=hole_id).first()
    if hole is None or hole.gone_at is not None:
        raise HoleGone
    require(by, "readiness.waive", at=hole.path)
    if isinstance(by, Viewer) and not may_let_stand(by, hole.path):
        raise NotFromAbove
    if hole.waived_until is not None and hole.waived_until > now:
        raise AlreadyWaived
    severity = Severity(hole.severity)
    reason = check_waiver(reason, until_on, today=tree.today(now), severity=severity)
    until_at = tree.beginning_of(until_on + timedelta(days=1))
    waiver = Waiver.objects.create(
        id=uuid7(now),
        check_key=hole.check_key,
        subject=hole.subject,
        path=hole.path,
        severity=hole.severity,
        sees=hole.sees,
        reason=reason,
        until_at=until_at,
        by=by.id if isinstance(by, Viewer) else None,
        at=now,
    )
    Hole.objects.filter(pk=hole.pk).update(waived_until=until_at)
    _record("readiness.waived", waiver, by, now, reason=reason, until=until_on)
    ask_menders([hole.path], now=now)
    return waiver


@transaction.atomic
def end_waiver(waiver_id: UUID, *, by: By, now: datetime) -> Waiver:
    """Take back that a hole may stand; whoever could have allowed it may. Refuses with `HoleGone` and `NotInReach`."""
    take_turn(now)
    waiver = Waiver.objects.filter(pk=waiver_id).first()
    if waiver is None:
        raise HoleGone
    require(by, "readiness.waive", at=waiver.path)
    standing = Waiver.objects.filter(pk=waiver_id, ended_at=None, until_at__gt=now)
    person = by.id if isinstance(by, Viewer) else None
    if not standing.update(ended_at=now, ended_by=person):
        raise HoleGone
    same = Hole.objects.filter(check_key=waiver.check_key, subject=waiver.subject, gone_at=None)
    same.update(waived_until=None)
    _record("readiness.waiver_ended", waiver, by, now)
    ask_menders([waiver.path], now=now)
    return waiver


def _record(verb: str, waiver: Waiver, by: By, now: datetime, **facts: Any) -> None:
    journal.record(
        verb, waiver, by=by, at=now, check=waiver.check_key, about=waiver.subject, **facts
    )
