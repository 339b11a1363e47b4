"""Let the clock work: whoever has not answered in time is passed on from, rung by rung."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.chain.models import Route
from renwang.outreach import attempts
from renwang.outreach.models import Call
from renwang.outreach.rules import (
    Act,
    Ask,
    Bypass,
    CallState,
    Hold,
    NoticeState,
    Order,
    Remind,
    Step,
    move,
    needs_a_hand,
    next_step,
)
from renwang.outreach.services.asking import ask_below
from renwang.outreach.services.tallying import SUMS, Deltas, take_turn
from renwang.outreach.setwise import in_chunks, update_rows

BATCH = 2000

_SILENT, _VACANT = SUMS.index("silent"), SUMS.index("vacant")
_WRITTEN = (
    "state", "rung", "rank", "person_id", "contact_id", "channel", "tries", "send_at",
    "claimed_until", "due_at", "turn_at", "reminded_at", "bypassed_at",
)  # fmt: skip


@dataclass(slots=True)
class _Due:
    """A call whose time is up, without the weight of a model: there may be a hundred thousand."""

    pk: int
    post_id: UUID
    path: str
    parent_path: str
    is_leaf: bool
    understood_at: datetime | None
    answered_by: UUID | None
    state: str
    rung: int
    rank: int
    person_id: UUID | None
    contact_id: UUID | None
    channel: str
    tries: int
    send_at: datetime | None
    claimed_until: datetime | None
    due_at: datetime | None
    turn_at: datetime | None
    reminded_at: datetime | None
    bypassed_at: datetime | None


class _Rung(NamedTuple):
    rung: int
    rank: int
    person_id: UUID | None
    contact_id: UUID | None
    channel: str


_READ = tuple(field.name for field in fields(_Due))
_to_write = attrgetter("pk", *_WRITTEN)


def climb_calls(now: datetime, *, drill: UUID | None = None, by: Any = "node:outreach") -> int:
    """Take every call whose time is up one step further; return how many were.

    Live calls, or those of one rehearsal by its own clock. Any number of
    processes may run it at once: a call is taken from the state it was read
    in, and only by whoever has the turn at its notice.
    """
    taken = 0
    running = attempts.running_notices(now, drill)
    for notice in list(running.order_by("pk").values_list("pk", flat=True)):
        # Once more after every round: whoever is asked by it may be due at once.
        while due := _due_now(notice, now):
            count = sum(_climb_batch(notice, some, now, by) for some in in_chunks(due, BATCH))
            if not count:
                break
            taken += count
    return taken


def _due_now(notice_id: UUID, now: datetime) -> list[int]:
    """Find all that is due in one go: looked for batch by batch, PostgreSQL sorts the rest for every one."""
    due = Call.objects.filter(notice=notice_id, due_at__lte=now)
    return list(due.order_by("due_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def _climb_batch(notice_id: UUID, due: Sequence[int], now: datetime, by: Any) -> int:
    notice = take_turn(notice_id)
    if notice.state != NoticeState.STARTED:
        return 0
    # Others may have answered, or taken the step, before the turn was ours.
    still = Call.objects.filter(pk__in=due, due_at__lte=now).order_by("due_at", "pk")
    calls = [_Due(*values) for values in still.values_list(*_READ)]
    routes = _routes_of(calls)
    terms = attempts.terms_of(notice)
    deltas = Deltas(notice)
    facts: list[list[Any]] = []
    passed_by: list[str] = []
    for call in calls:
        step = next_step(attempts.standing_of(call), routes[call.post_id], terms, now)
        if step is None:
            call.due_at = None  # no longer asking, so nothing is due
            continue
        if call.person_id is None and isinstance(step, Ask):
            deltas.add(call.parent_path if call.is_leaf else call.path, [(_VACANT, -1)])
        _take(call, step, now)
        facts.append([call.pk, *_told(call, step)])
        if isinstance(step, Bypass):
            deltas.add(call.parent_path if call.is_leaf else call.path, [(_SILENT, 1)])
            if not call.is_leaf:
                passed_by.append(call.path)
    update_rows(Call, ("id",), _WRITTEN, [_to_write(call) for call in calls])
    deltas.write()
    if passed_by and notice.order == Order.CASCADE:
        ask_below(notice, passed_by, now=now)
    if facts:
        journal.record(
            "outreach.climbed",
            notice,
            by=by,
            at=now,
            drill=notice.drill,
            count=len(facts),
            items=facts,
        )
    return len(calls)


def _routes_of(calls: Sequence[_Due]) -> dict[UUID, list[_Rung]]:
    """Read the ladders as they are now: who was appointed since the start is asked as well."""
    ladders: dict[UUID, list[_Rung]] = defaultdict(list)
    rungs = Route.objects.filter(post_id__in={call.post_id for call in calls})
    found = rungs.order_by("post_id", "rung").values_list("post_id", *_Rung._fields)
    for post_id, *values in found:
        ladders[post_id].append(_Rung(*values))
    return ladders


def _take(call: _Due, step: Step, now: datetime) -> None:
    match step:
        case Ask(rung=rung, turn_at=turn_at, due_at=due_at):
            call.state = move(CallState(call.state), Act.ASK)
            call.rung, call.rank = rung.rung, rung.rank
            call.person_id, call.contact_id = rung.person_id, rung.contact_id
            call.channel = rung.channel
            call.turn_at, call.due_at = turn_at, due_at
            _queue(call, now)
        case Remind(due_at=due_at):
            call.reminded_at, call.due_at = now, due_at
            if call.answered_by in (None, call.person_id):
                _queue(call, now)
        case Hold(turn_at=turn_at, due_at=due_at):
            call.turn_at, call.due_at = turn_at, due_at
        case Bypass():
            call.state = move(CallState(call.state), Act.BYPASS)
            call.bypassed_at = now
            call.due_at = call.send_at = call.claimed_until = None


def _queue(call: _Due, now: datetime) -> None:
    """Put the message into the queue, unless a person has to bring it."""
    call.tries = 0
    call.claimed_until = None
    call.send_at = None if needs_a_hand(call.channel) else now


def _told(call: _Due, step: Step) -> list[Any]:
    """Write a step for the journal: its word, and whom it reaches by which contact until when."""
    word = type(step).__name__.lower()
    if isinstance(step, Bypass):
        return [word, call.rung]
    return [word, call.rung, call.person_id, call.contact_id, call.channel, call.due_at]
