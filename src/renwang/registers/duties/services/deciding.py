"""Decide about a duty that somebody else wrote: approve, hand back, end; take over what holds already."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from renwang.base import journal
from renwang.chain import reach, tree
from renwang.chain.models import Unit
from renwang.registers.duties.models import Duty
from renwang.registers.duties.rules import (
    Act,
    DutyState,
    Rival,
    Span,
    check_author,
    check_document,
    check_one_leader,
    check_reason,
    check_whole,
    move,
    span_of,
)


@transaction.atomic
def approve_duty(duty_id: UUID, *, by: Any, now: datetime) -> Duty:
    """Let a duty hold that one has not written; what it supersedes ends when it begins.

    Refuses with `OwnDuty` whoever wrote any of its words, with `SecondLeader`
    where another one holds for the same hazard, phase and place, with
    `LeaderEnded`, `OverAlready`, `SupersededAlready`, `DutyNotNow` and
    `reach.NotInReach`.
    """
    duty = _held(duty_id, by)
    duty.state = move(DutyState(duty.state), Act.APPROVE)
    hand = getattr(by, "id", None)
    check_author(duty.writers, str(hand) if hand else None)
    leader = duty.leader
    is_closed = leader is not None and leader.ended_on is not None
    check_whole(str(leader.pk) if leader else None, is_closed, duty.sole)
    span = span_of(_begin(duty.from_on), _begin(duty.until_on), now)
    check_one_leader(span, _rivals(duty))
    duty.held_from, duty.held_until = span.since, span.until
    duty.approved_by, duty.approved_at, duty.changed_at = hand, now, now
    duty.save(
        update_fields=[
            "state", "held_from", "held_until", "approved_by", "approved_at", "changed_at",
        ]
    )  # fmt: skip
    supersede(duty, by=by, now=now)
    journal.record(
        "duties.approved",
        duty,
        by=by,
        at=now,
        held_from=span.since,
        held_until=span.until,
        writers=[f"person:{one}" for one in duty.writers],
    )
    return duty


@transaction.atomic
def return_duty(duty_id: UUID, *, by: Any, now: datetime, reason: str) -> Duty:
    """Hand a proposal back to whoever wrote it, saying why. Refuses with `WhyMissing` and `DutyNotNow`."""
    duty = _held(duty_id, by)
    duty.state = move(DutyState(duty.state), Act.RETURN)
    check_reason(reason)
    duty.proposed_at, duty.ending, duty.changed_at = None, reason[:300], now
    duty.save(update_fields=["state", "proposed_at", "ending", "changed_at"])
    journal.record("duties.returned", duty, by=by, at=now, reason=duty.ending)
    return duty


@transaction.atomic
def withdraw_duty(duty_id: UUID, *, by: Any, now: datetime, reason: str) -> Duty:
    """End a duty before its time, saying why. Whoever answered by it until now did so rightly.

    One that has not begun yet never holds, and what it would have superseded
    goes on. Refuses with `WhyMissing` and `DutyNotNow`.
    """
    duty = _held(duty_id, by)
    duty.state = move(DutyState(duty.state), Act.WITHDRAW)
    check_reason(reason)
    _let_go_on(duty)
    duty.held_until = max(now, duty.held_from or now)
    duty.ending, duty.changed_at = reason[:300], now
    duty.save(update_fields=["state", "held_until", "ending", "changed_at"])
    journal.record(
        "duties.withdrawn", duty, by=by, at=now, reason=duty.ending, held_until=duty.held_until
    )
    return duty


@transaction.atomic
def take_over_duty(duty_id: UUID, *, by: Any, now: datetime, document: str) -> Duty:
    """Enter that a duty holds already by a document others issued, from the day it names.

    What two documents say against each other is taken over as it is and shown
    as a contradiction: the list must say what is so before it can be mended.
    Refuses with `DocumentMissing`, `OverAlready`, `DutyNotNow` and `reach.NotInReach`.
    """
    duty = _held(duty_id, by)
    taken_over(duty, document, by=by, now=now)
    duty.save()
    supersede(duty, by=by, now=now)
    journal.record(
        "duties.taken_over", duty, by=by, at=now, document=duty.document,
        held_from=duty.held_from, held_until=duty.held_until,
    )  # fmt: skip
    return duty


def taken_over(duty: Duty, document: str, *, by: Any, now: datetime) -> None:
    """Let a draft hold by a document, without saving it."""
    duty.state = move(DutyState(duty.state), Act.TAKE_OVER)
    check_document(document)
    span = span_of(_begin(duty.from_on), _begin(duty.until_on), now)
    duty.held_from, duty.held_until = min(span.since, _begin(duty.from_on) or now), span.until
    duty.document = document[:500]
    duty.approved_by, duty.approved_at, duty.changed_at = getattr(by, "id", None), now, now


def supersede(duty: Duty, *, by: Any, now: datetime) -> None:
    """Let what a duty supersedes end where it begins, in the caller's transaction."""
    if duty.supersedes_id is None:
        return
    old = Duty.objects.select_for_update(of=("self",)).get(pk=duty.supersedes_id)
    if old.state != DutyState.APPROVED:
        # What ended by itself or by word since is followed, not superseded; a second successor is refused.
        if old.state == DutyState.SUPERSEDED:
            move(DutyState(old.state), Act.SUPERSEDE)
        return
    begins = duty.held_from or now
    if old.held_until is None or old.held_until > begins:
        old.held_until = max(begins, old.held_from or begins)
    if begins <= now:
        old.state = move(DutyState(old.state), Act.SUPERSEDE)
    old.changed_at = now
    old.save(update_fields=["state", "held_until", "changed_at"])
    journal.record(
        "duties.superseded", old, by=by, at=now, by_duty=duty.ref, held_until=old.held_until
    )


def _let_go_on(duty: Duty) -> None:
    """Give back its own end to what a duty would have superseded that never began."""
    old = duty.supersedes
    if old is None or old.state != DutyState.APPROVED or old.held_until != duty.held_from:
        return
    Duty.objects.filter(pk=old.pk).update(held_until=_begin(old.until_on))


def _rivals(duty: Duty) -> list[Rival]:
    """Read what else holds, now or later, in the same cell, but for what is superseded."""
    others = Duty.objects.filter(
        Q(held_until=None) | Q(held_until__gt=F("held_from")),
        unit=duty.unit_id,
        hazard=duty.hazard,
        phase=duty.phase,
        held_from__isnull=False,
    ).exclude(pk__in=[duty.pk, duty.supersedes_id or duty.pk])
    return [
        Rival(ref, title or "", Span(since, until))
        for ref, title, since, until in others.values_list(
            "ref", "leader__title", "held_from", "held_until"
        )
    ]


def _held(duty_id: UUID, by: Any) -> Duty:
    """Take a duty and its place until the transaction ends; only for who may decide there.

    The place is taken first: of two who approve at once for one cell, the
    second sees what the first has let hold.
    """
    place = Duty.objects.values_list("unit_id", flat=True).get(pk=duty_id)
    tree.locked(Unit(pk=place))
    rows = Duty.objects.select_for_update(of=("self",))
    duty = rows.select_related("leader", "unit", "supersedes").get(pk=duty_id)
    reach.require(by, "duties.approve", at=duty.path)
    return duty


def _begin(day: date | None) -> datetime | None:
    return tree.beginning_of(day) if day is not None else None
