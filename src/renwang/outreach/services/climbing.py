"""Let the clock work: whoever has not answered in time is passed on from, rung by rung."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.chain.models import Route
from renwang.outreach import attempts
from renwang.outreach.errand_rules import ERRAND
from renwang.outreach.ladders import Rung, errand_ladders, ladders_of, serving
from renwang.outreach.models import Call, Notice
from renwang.outreach.resting import resting, resting_contacts
from renwang.outreach.rules import (
    Act,
    Ask,
    Bypass,
    CallState,
    Hold,
    NoticeState,
    Order,
    Plan,
    Remind,
    Rest,
    Step,
    Wait,
    freeze_plan,
    move,
    needs_a_hand,
    next_step,
)
from renwang.outreach.rules import Rung as RungOf
from renwang.outreach.services.asking import ask_below
from renwang.outreach.services.choosing import people_on_duty
from renwang.outreach.services.errands import call_next_level
from renwang.outreach.services.sharing import find_shared
from renwang.outreach.services.tallying import SUMS, Deltas, take_turn
from renwang.outreach.setwise import in_chunks, update_rows

BATCH = 2000

_SILENT, _VACANT = SUMS.index("silent"), SUMS.index("vacant")
_WRITTEN = (
    "state", "rung", "rank", "person_id", "contact_id", "channel", "tries", "send_at",
    "claimed_until", "due_at", "turn_at", "reminded_at", "bypassed_at", "plan", "quiet_until",
    "lap", "lap_at",
)  # fmt: skip


@dataclass(slots=True)
class _Due:
    """A call whose time is up, without the weight of a model: there may be a hundred thousand."""

    pk: int
    post_id: UUID
    path: str
    parent_path: str
    is_leaf: bool
    asked_at: datetime | None
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
    plan: str
    quiet_until: datetime | None
    lap: int
    lap_at: datetime | None


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
    ladders, quiet, on_duty = _look_at_ladders(notice, calls, now)
    terms = attempts.terms_of(notice)
    deltas = Deltas(notice)
    facts: list[list[Any]] = []
    passed_by: list[str] = []
    is_errand, is_passed_up = notice.kind == ERRAND, False
    for call in calls:
        ladder = ladders.get(call.post_id, [])
        duty = on_duty.get(call.post_id, set())
        standing = attempts.standing_of(call)
        step = next_step(standing, ladder, terms, now, quiet=quiet, on_duty=duty)
        if step is None:
            call.due_at = None  # no longer asking, so nothing is due
            continue
        sums_path = call.parent_path if call.is_leaf else call.path
        was_silent, was_vacant = call.state == CallState.SILENT, call.person_id is None
        _take(call, step, ladder, duty, now)
        if not isinstance(step, Rest):
            facts.append([call.pk, *_told(call, step)])
        silent = (call.state == CallState.SILENT) - was_silent
        vacant = (call.person_id is None) - was_vacant
        deltas.add(sums_path, [(_SILENT, silent), (_VACANT, vacant)])
        is_passed_up |= is_errand and isinstance(step, Bypass)
        if isinstance(step, Bypass) and not call.is_leaf:
            passed_by.append(call.path)
    asked = {call.person_id for call in calls if call.person_id and call.send_at == now}
    update_rows(Call, ("id",), _WRITTEN, [_to_write(call) for call in calls])
    deltas.write()
    find_shared(notice, asked)
    if passed_by and notice.order == Order.CASCADE:
        ask_below(notice, passed_by, now=now)
    if is_passed_up:
        call_next_level(notice, now)
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


def _look_at_ladders(
    notice: Notice, calls: Sequence[_Due], now: datetime
) -> tuple[dict[UUID, list[Rung]], dict[UUID | None, datetime], dict[UUID, set[UUID]]]:
    """Read the ladders, whose quiet hours count now, and who is on duty where a ladder is begun again."""
    posts = {call.post_id for call in calls}
    anew = {call.post_id for call in calls if call.state == CallState.SILENT}
    if notice.kind == ERRAND:
        ladders = errand_ladders(notice, now)
        contacts = {rung.contact_id for rungs in ladders.values() for rung in rungs}
        resting_ones = {} if notice.breaks_quiet else resting_contacts(contacts - {None}, now)
        on_duty = dict.fromkeys(anew, serving(notice.path, now)) if anew else {}
        return ladders, resting_ones, on_duty
    quiet = {} if notice.breaks_quiet else resting(Route.objects.filter(post_id__in=posts), now)
    return ladders_of(posts), quiet, people_on_duty(notice.path, now, anew) if anew else {}


def _take(
    call: _Due, step: Step, ladder: Sequence[Rung], on_duty: Collection[UUID], now: datetime
) -> None:
    match step:
        case Ask(rung=rung, turn_at=turn_at, due_at=due_at):
            plan = Plan.read(call.plan)
            if call.state == CallState.SILENT:
                call.state = move(CallState.SILENT, Act.AGAIN)
                call.lap, call.lap_at = call.lap + 1, now
                plan = freeze_plan(ladder, on_duty, again=True)
            call.state = move(CallState(call.state), Act.ASK)
            _turn_to(call, rung)
            call.plan = str(plan.asking(rung.contact_id))
            call.rung += 1
            call.channel = rung.channel
            call.turn_at, call.due_at, call.quiet_until = turn_at, due_at, None
            _queue(call, now)
        case Wait(rung=rung, due_at=due_at):
            call.state = move(CallState(call.state), Act.WAIT)
            _turn_to(call, rung)
            # Without a channel nobody takes it for something to do by hand in the meantime.
            call.channel, call.send_at, call.claimed_until = "", None, None
            call.turn_at = call.due_at = call.quiet_until = due_at
        case Remind(due_at=due_at):
            call.reminded_at, call.due_at = now, due_at
            if call.answered_by in (None, call.person_id):
                known = (one.channel for one in ladder if one.contact_id == call.contact_id)
                call.channel = call.channel or next(known, "")
                _queue(call, now)
        case Hold(turn_at=turn_at, due_at=due_at):
            call.turn_at, call.due_at = turn_at, due_at
        case Rest(due_at=due_at):
            call.due_at = due_at
        case Bypass(due_at=due_at):
            call.state = move(CallState(call.state), Act.BYPASS)
            call.bypassed_at = call.bypassed_at or now
            call.due_at = due_at
            call.send_at = call.claimed_until = call.quiet_until = None


def _turn_to(call: _Due, rung: RungOf) -> None:
    call.rank, call.person_id, call.contact_id = rung.rank, rung.person_id, rung.contact_id


def _queue(call: _Due, now: datetime) -> None:
    """Put the message into the queue, unless a person has to bring it."""
    call.tries = 0
    call.claimed_until = None
    by_hand = needs_a_hand(call.channel) or not call.channel
    call.send_at = None if by_hand else now


def _told(call: _Due, step: Step) -> list[Any]:
    """Write a step for the journal: its word, and whom it reaches by which contact until when."""
    word = type(step).__name__.lower()
    if isinstance(step, Bypass):
        return [word, call.rung]
    if isinstance(step, Ask) and call.lap and call.turn_at == call.lap_at:
        word = "again"
    return [word, call.rung, call.person_id, call.contact_id, call.channel, call.due_at]
