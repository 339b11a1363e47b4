"""Between the ladder and the sending loop: what may go out now, and what became of each try.

The sending loop claims calls from `sendable`, inserts an `Attempt`, hands the
message to a channel and reports back with `note_sent` or `note_failed`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from renwang.base.jobs import unclaimed
from renwang.outreach.models import Attempt, Call, Notice
from renwang.outreach.rules import (
    CallState,
    NoticeState,
    Order,
    Plan,
    Standing,
    Terms,
    due_after_sending,
    next_try,
)
from renwang.outreach.services.sharing import spoken_for
from renwang.outreach.services.tallying import SUMS, Deltas, take_turn
from renwang.outreach.setwise import update_rows

HOLD_FOR = timedelta(minutes=5)
"""An attempt that has been under way for longer is lost, and holds nobody back any more."""

LONGEST_LEASE = HOLD_FOR
"""No message is claimed for longer: the slowest channel's time and what is added to it are less."""

_SENT = SUMS.index("sent")


def live_notices(drill: UUID | None) -> QuerySet[Notice]:
    """Notices under way: those of real life, or those of one rehearsal."""
    return Notice.objects.filter(state=NoticeState.STARTED, drill=drill)


def running_notices(now: datetime, drill: UUID | None) -> QuerySet[Notice]:
    """Those of them whose time is not over: nobody is asked after it."""
    return live_notices(drill).filter(Q(ends_at=None) | Q(ends_at__gt=now))


def sendable(now: datetime, *, drill: UUID | None = None) -> QuerySet[Call]:
    """Calls whose message waits and is due, that nobody has claimed and nothing holds back."""
    notices = list(running_notices(now, drill).values_list("pk", "sequence"))
    calls = Call.objects.filter(
        unclaimed(now, LONGEST_LEASE),
        notice__in=[pk for pk, _ in notices],
        send_at__lte=now,
    )
    if any(sequence > 1 for _, sequence in notices):
        calls = calls.filter(~Exists(_going_out(now, drill)))
    return calls.order_by("send_at")


def may_send(call: Call, *, now: datetime) -> bool:
    """May this message go out? Not while an earlier one of its thread is going out to the same person."""
    return Call.objects.filter(~Exists(_going_out(now, call.notice.drill)), pk=call.pk).exists()


def _going_out(now: datetime, drill: UUID | None) -> QuerySet[Attempt]:
    return Attempt.objects.filter(
        outcome=Attempt.Outcome.SENDING,
        begun_at__gt=now - HOLD_FOR,
        person_id=OuterRef("person_id"),
        notice__thread=OuterRef("notice__thread"),
        notice__drill=drill,  # not an OuterRef: no NULL equals another
        notice__sequence__lt=OuterRef("notice__sequence"),
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """A channel took the message. That is not yet a receipt."""

    attempt_id: UUID
    at: datetime
    provider_id: str = ""
    is_shortened: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A channel did not take the message; `retry` where trying again may help."""

    attempt_id: UUID
    at: datetime
    trouble: str
    retry: bool


def note_sent(attempt: Attempt, *, provider_id: str, at: datetime) -> None:
    """Record that a channel took one message."""
    note_outcomes([Sent(attempt.pk, at, provider_id)])


def note_failed(attempt: Attempt, *, trouble: str, at: datetime, retry: bool) -> None:
    """Record that a channel did not take one message.

    With `retry` it is tried again a little later, as long as the rung has time;
    else, or when no time is left, the ladder goes on at once.
    """
    note_outcomes([Failed(attempt.pk, at, trouble, retry)])


def note_outcomes(outcomes: Sequence[Sent | Failed]) -> None:
    """Record what became of many attempts. One that has ended already is left as it is.

    Each notice is one transaction of its own, so that a batch over many never waits on itself.
    """
    by_id = {one.attempt_id: one for one in outcomes}
    notices = Attempt.objects.filter(pk__in=list(by_id)).values_list("notice_id", flat=True)
    for notice_id in sorted(set(notices)):
        _note_for_notice(notice_id, by_id)


@transaction.atomic
def _note_for_notice(notice_id: UUID, outcomes: dict[UUID, Sent | Failed]) -> None:
    notice = take_turn(notice_id)
    under_way = Attempt.objects.filter(
        pk__in=list(outcomes), notice=notice_id, outcome=Attempt.Outcome.SENDING
    )
    attempts = list(under_way.select_related("call"))
    deltas = Deltas(notice)
    ended: list[tuple] = []
    calls = Call.objects.in_bulk({pk for one in attempts for pk in spoken_for(one.also)})
    for attempt in attempts:
        call = calls.setdefault(attempt.call_id, attempt.call)
        outcome = outcomes[attempt.pk]
        is_present = call.rung == attempt.rung and call.contact_id == attempt.contact_id
        others = [calls[pk] for pk in spoken_for(attempt.also) if _is_for(attempt, calls[pk])]
        if isinstance(outcome, Sent):
            provider, short = outcome.provider_id[:120], outcome.is_shortened
            ended.append((attempt.pk, "sent", "", provider, short, outcome.at))
            _sent(call, outcome, notice, is_present, deltas)
            for other in others:
                _sent(other, outcome, notice, True, deltas)
        else:
            again = _failed(call, outcome, is_present)
            word = "later" if again else "failed"
            ended.append((attempt.pk, word, outcome.trouble[:300], "", False, outcome.at))
            for other in others:
                _failed(other, outcome, True)
    told = ("outcome", "trouble", "provider_id", "is_shortened", "ended_at")
    update_rows(Attempt, ("id",), told, ended)
    columns = ("sent_at", "send_at", "claimed_until", "due_at", "tries")
    rows = [
        (c.pk, c.sent_at, c.send_at, c.claimed_until, c.due_at, c.tries) for c in calls.values()
    ]
    update_rows(Call, ("id",), columns, rows)
    deltas.write()


def _is_for(attempt: Attempt, call: Call) -> bool:
    """Is somebody still asked, for another post, by the very contact that an attempt went to?"""
    same = call.person_id == attempt.person_id and call.contact_id == attempt.contact_id
    return same and call.send_at is not None


def _sent(call: Call, outcome: Sent, notice: Notice, is_present: bool, deltas: Deltas) -> None:
    if call.sent_at is None:
        call.sent_at = outcome.at
        deltas.add(call.parent_path if call.is_leaf else call.path, [(_SENT, 1)])
    if is_present:
        call.send_at = call.claimed_until = None
        # Who has understood is no longer timed by the contact but by his carrying on.
        if call.due_at is not None and call.understood_at is None:
            call.due_at = due_after_sending(standing_of(call), terms_of(notice), outcome.at)


def _failed(call: Call, outcome: Failed, is_present: bool) -> bool:
    """Set when it is tried again, or let the ladder go on at once; say which."""
    if not is_present or call.send_at is None:
        return False
    call.claimed_until = None
    again = next_try(call.tries, outcome.at, call.due_at) if outcome.retry else None
    call.tries += 1
    call.send_at = again
    if again is None and call.due_at is not None and call.understood_at is None:
        call.due_at = min(call.due_at, outcome.at)
    return again is not None


def standing_of(call: Any) -> Standing:
    """Read a call, or what has its columns, as the ladder needs it."""
    return Standing(
        state=CallState(call.state),
        person_id=call.person_id,
        turn_at=call.turn_at,
        due_at=call.due_at,
        contact_id=call.contact_id,
        plan=Plan.read(call.plan),
        understood_at=call.understood_at,
        reminded_at=call.reminded_at,
        is_unsent=call.send_at is not None and call.tries == 0,
        quiet_until=call.quiet_until,
        lap=call.lap,
        lap_at=call.lap_at or call.asked_at,
    )


def terms_of(notice: Notice) -> Terms:
    """Read a notice's terms."""
    return Terms(
        Order(notice.order),
        notice.contact_for,
        notice.person_for,
        notice.carry_for,
        notice.again_every,
        notice.again_times,
        notice.breaks_quiet,
    )
