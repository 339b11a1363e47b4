"""Take in receipts: from channels in batches, from a person one at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.chain import reach
from renwang.chain.models import Route
from renwang.outreach.models import Attempt, Call, Notice
from renwang.outreach.rules import (
    ACT_OF,
    CallState,
    NoticeState,
    NoticeWithdrawn,
    Order,
    Receipt,
    Taken,
    is_answer,
    moment_within,
    move,
    newly_reached,
)
from renwang.outreach.services.asking import ask_below
from renwang.outreach.services.tallying import SUMS, Deltas, take_turn
from renwang.outreach.setwise import in_chunks, update_rows


@dataclass(frozen=True, slots=True)
class Slip:
    """One receipt as it is handed in, naming its call by the call, the attempt or the provider's own id.

    `at` is when it happened, by the clock of whoever reports it. `via` is the
    channel, `person_id` who answered, `households` how many he says he told.
    """

    receipt: Receipt
    at: datetime
    via: str = ""
    call_id: int | None = None
    attempt_id: UUID | None = None
    provider_id: str = ""
    person_id: UUID | None = None
    households: int | None = None


@transaction.atomic
def record_receipts(batch: Sequence[Slip], *, by: Any, now: datetime) -> list[Taken]:
    """Take in many receipts at once, of any notices; say for each what became of it.

    May be given the same receipts again, and in any order: nothing is counted
    twice. Receipts for a notice that was withdrawn or has ended are kept too.
    """
    calls = _calls_named(batch)
    notice_of = _notices_of([call for call in calls if call is not None])
    by_notice: dict[UUID, list[int]] = defaultdict(list)
    for position, call in enumerate(calls):
        if call is not None and call in notice_of:
            by_notice[notice_of[call]].append(position)
    taken = [Taken.UNKNOWN] * len(batch)
    # Always in the order of their ids: two batches never wait for each other.
    for notice_id in sorted(by_notice):
        positions = by_notice[notice_id]
        named = [(calls[position], batch[position]) for position in positions]
        notice = take_turn(notice_id, receipts=len(positions))
        results = _record(notice, named, by=by, now=now)
        for position, result in zip(positions, results, strict=True):
            taken[position] = result
    return taken


def record_for_notice(
    notice: Notice, slips: Sequence[Slip], *, by: Any, now: datetime
) -> list[Taken]:
    """Take in receipts that name their calls, within a turn at their notice that the caller has taken."""
    return _record(notice, [(slip.call_id, slip) for slip in slips], by=by, now=now)


class NotAskedOfYou(PermissionError):
    """The call is neither for this person nor within his reach."""


@transaction.atomic
def answer_call(
    call_id: int,
    receipt: Receipt,
    *,
    by: reach.Viewer,
    now: datetime,
    via: str = "app",
    at: datetime | None = None,
    households_told: int | None = None,
) -> Call:
    """Let a person say that he has read, understood or carried on; or note it for somebody by telephone.

    Allowed to whoever is on the ladder of the post, and to whoever may answer
    at its place. `at` is when it happened, for an answer that was given
    without a signal. Refuses with `NotAskedOfYou`, and with `NoticeWithdrawn`
    if he answers to words that were taken back before.
    """
    call = Call.objects.select_related("notice").get(pk=call_id)
    if not may_answer(call, by):
        raise NotAskedOfYou(call.path)
    at = at or now
    notice = take_turn(call.notice_id, receipts=1)
    if notice.state == NoticeState.WITHDRAWN and at >= (notice.ended_at or at):
        raise NoticeWithdrawn(notice.ref)
    slip = Slip(receipt, at, via=via, call_id=call_id, person_id=by.id, households=households_told)
    _record(notice, [(call_id, slip)], by=by, now=now)
    call.refresh_from_db()
    return call


def may_answer(call: Call, by: reach.Viewer) -> bool:
    """Is this person asked, on the ladder of the post, or allowed to answer at its place?"""
    return (
        by.id == call.person_id
        or by.may("alerts.answer", call.path)
        or Route.objects.filter(post_id=call.post_id, person_id=by.id).exists()
    )


# --- whose receipts they are ------------------------------------------------


def _calls_named(batch: Sequence[Slip]) -> list[int | None]:
    attempts = [one.attempt_id for one in batch if one.call_id is None and one.attempt_id]
    providers = [one.provider_id for one in batch if one.call_id is None and one.provider_id]
    by_attempt: dict[UUID, int] = {}
    by_provider: dict[str, int] = {}
    for some in in_chunks(attempts):
        by_attempt.update(Attempt.objects.filter(pk__in=some).values_list("pk", "call_id"))
    for some in in_chunks(providers):
        found = Attempt.objects.filter(provider_id__in=some).exclude(provider_id="")
        by_provider.update(found.values_list("provider_id", "call_id"))
    return [
        one.call_id
        if one.call_id is not None
        else by_attempt.get(one.attempt_id or UUID(int=0), by_provider.get(one.provider_id))
        for one in batch
    ]


def _notices_of(calls: Sequence[int]) -> dict[int, UUID]:
    found: dict[int, UUID] = {}
    for some in in_chunks(calls):
        found.update(Call.objects.filter(pk__in=some).values_list("pk", "notice_id"))
    return found


# --- taking them in ---------------------------------------------------------

_COLUMN = {
    Receipt.SENT: "sent_at",
    Receipt.DELIVERED: "delivered_at",
    Receipt.READ: "read_at",
    Receipt.UNDERSTOOD: "understood_at",
    Receipt.CARRIED: "carried_at",
}
_SUM = {receipt: SUMS.index(receipt.value) for receipt in Receipt}
_SILENT, _COVERED = SUMS.index("silent"), SUMS.index("covered")


@dataclass(slots=True)
class _Row:
    """A call while a batch works on it; `had` and `changed` are kept beside the columns."""

    id: int
    path: str
    parent_path: str
    is_leaf: bool
    households: int
    asked_at: datetime | None
    state: str
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    understood_at: datetime | None
    carried_at: datetime | None
    covered: int
    turn_at: datetime | None = None
    send_at: datetime | None = None
    claimed_until: datetime | None = None
    due_at: datetime | None = None
    answered_by: UUID | None = None
    answered_via: str = ""
    had: frozenset[Receipt] = frozenset()
    changed: set[str] = field(default_factory=set)

    @property
    def sums_path(self) -> str:
        """Where its sums begin: a post at the bottom has none of its own."""
        return self.parent_path if self.is_leaf else self.path

    def put(self, column: str, value: Any) -> None:
        setattr(self, column, value)
        self.changed.add(column)


_READ = (
    "id", "path", "parent_path", "is_leaf", "households", "asked_at", "state",
    *_COLUMN.values(), "covered",
)  # fmt: skip


def _record(
    notice: Notice, named: Sequence[tuple[int | None, Slip]], *, by: Any, now: datetime
) -> list[Taken]:
    rows = _read_rows(notice, {call for call, _ in named if call is not None})
    deltas = Deltas(notice)
    taken, kept = [], []
    carried: list[str] = []
    carry_for = timedelta(seconds=notice.carry_for)
    for call_id, slip in named:
        row = rows.get(call_id) if call_id is not None else None
        if row is None:
            taken.append(Taken.UNKNOWN)
            continue
        new = newly_reached(slip.receipt, row.had)
        if not new:
            taken.append(Taken.REPEATED)
            continue
        at = moment_within(slip.at, since=notice.started_at, now=now)
        _advance(row, new, at, deltas)
        if is_answer(slip.receipt):
            _answer(row, slip, at, carry_for, deltas)
            if Receipt.CARRIED in new and not row.is_leaf:
                carried.append(row.path)
        kept.append([row.id, slip.receipt, at, slip.via, slip.person_id, slip.households])
        taken.append(Taken.RECORDED)
    _write_rows(rows.values())
    deltas.write()
    if carried and notice.order == Order.CASCADE and notice.state == NoticeState.STARTED:
        ask_below(notice, carried, now=now)
    if kept:
        journal.record(
            "outreach.receipts",
            notice,
            by=by,
            at=now,
            drill=notice.drill,
            count=len(kept),
            items=kept,
        )
    return taken


def _read_rows(notice: Notice, calls: Iterable[int]) -> dict[int, _Row]:
    rows: dict[int, _Row] = {}
    for some in in_chunks(sorted(calls)):
        for values in Call.objects.filter(pk__in=some, notice=notice).values_list(*_READ):
            row = rows[values[0]] = _Row(*values)
            row.had = frozenset(
                receipt for receipt, at in zip(Receipt, values[7:12], strict=True) if at is not None
            )
    return rows


def _advance(row: _Row, new: tuple[Receipt, ...], at: datetime, deltas: Deltas) -> None:
    for one in new:
        row.put(_COLUMN[one], at)
    row.had = row.had.union(new)
    deltas.add(row.sums_path, [(_SUM[one], 1) for one in new])


def _answer(row: _Row, slip: Slip, at: datetime, carry_for: timedelta, deltas: Deltas) -> None:
    """A human being answered: the ladder stops, and what he still owes is timed."""
    before = CallState(row.state)
    after = move(before, ACT_OF[slip.receipt])
    if "understood_at" in row.changed and not row.answered_via:
        row.put("answered_by", slip.person_id)
        row.put("answered_via", slip.via)
        deltas.answered(row.sums_path, slip.via, row.asked_at or at, at)
    if before is CallState.WAITING:
        row.put("asked_at", row.asked_at or at)
        row.put("turn_at", at)
    if after is not before:
        row.put("state", after.value)
    if after in (CallState.ASKING, CallState.CARRIED):
        row.put("send_at", None)
        row.put("claimed_until", None)
        row.put("due_at", at + carry_for if after is CallState.ASKING else None)
    if slip.receipt is Receipt.CARRIED:
        if before is CallState.SILENT:
            deltas.add(row.sums_path, [(_SILENT, -1)])
        told = row.households if slip.households is None else min(slip.households, row.households)
        if told > row.covered:
            deltas.add(row.sums_path, [(_COVERED, told - row.covered)])
            row.put("covered", told)


def _write_rows(rows: Iterable[_Row]) -> None:
    """Write what changed, one statement for all calls in which the same columns did."""
    groups: dict[tuple[str, ...], list[tuple]] = defaultdict(list)
    for row in rows:
        if row.changed:
            columns = tuple(sorted(row.changed))
            groups[columns].append((row.id, *(getattr(row, name) for name in columns)))
    for columns, values in groups.items():
        update_rows(Call, ("id",), columns, values)
