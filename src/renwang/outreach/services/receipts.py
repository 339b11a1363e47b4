"""Take in receipts: from channels in batches, from a person one at a time."""

# ruff: noqa: S608 - names come from the models only; every value is a parameter.

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from renwang.base import journal
from renwang.chain import reach
from renwang.chain.models import Route
from renwang.outreach.errand_rules import ERRAND
from renwang.outreach.models import Attempt, Call, Notice
from renwang.outreach.rollcall_rules import ROLLCALL
from renwang.outreach.rules import (
    ACT_OF,
    STRENGTH,
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
    words_mark,
)
from renwang.outreach.services.asking import ask_below
from renwang.outreach.services.sharing import is_shared, open_calls_of
from renwang.outreach.services.tallying import SUMS, Deltas, take_turn
from renwang.outreach.setwise import (
    adapt,
    among,
    as_list,
    beside,
    in_chunks,
    read_moment,
    update_rows,
)
from renwang.outreach.waiting import waits_for


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
    taken = [Taken.UNKNOWN] * len(batch)
    # Always in the order of their ids: two batches never wait for each other.
    for notice_id in sorted(_notices_of([call for call in calls if call is not None])):
        notice = take_turn(notice_id)
        rows = _read_rows(notice, {call for call in calls if call is not None})
        positions = [at for at, call in enumerate(calls) if call in rows]
        named = [(calls[at], batch[at]) for at in positions]
        named += _for_his_other_posts(notice, rows, named)
        results = _record(notice, rows, named, by=by, now=now)
        for at, result in zip(positions, results, strict=False):
            taken[at] = result
    return taken


def record_for_notice(
    notice: Notice, slips: Sequence[Slip], *, by: Any, now: datetime
) -> list[Taken]:
    """Take in receipts that name their calls, within a turn at their notice that the caller has taken."""
    rows = _read_rows(notice, {slip.call_id for slip in slips if slip.call_id is not None})
    named = [(slip.call_id, slip) for slip in slips if slip.call_id in rows]
    others = _for_his_other_posts(notice, rows, named)
    return _record(notice, rows, [*named, *others], by=by, now=now)[: len(named)]


def _for_his_other_posts(
    notice: Notice, rows: dict[int | None, "_Row"], named: Sequence[tuple[int | None, Slip]]
) -> list[tuple[int | None, Slip]]:
    """Let what a person says for one of his posts count for all for which he is asked; two statements at most.

    A number of households belongs to the post for which it was given: the
    others have then understood, and no more. That a message reached him counts
    for whatever it spoke for.
    """
    if not is_shared(notice):
        return []
    mine = {call_id: slip for call_id, slip in named if slip.receipt is not Receipt.SENT}
    ids = [call_id for call_id in mine if call_id is not None]
    own = dict(Call.objects.filter(pk__in=ids).values_list("pk", "person_id"))
    of_person: dict[UUID, tuple[int, Slip]] = {}
    for call_id in ids:
        slip, person_id = mine[call_id], own.get(call_id)
        if person_id is not None and slip.person_id in (None, person_id):
            kept = of_person.get(person_id)
            if kept is None or STRENGTH[slip.receipt] > STRENGTH[kept[1].receipt]:
                of_person[person_id] = (call_id, slip)
    others = open_calls_of(notice, of_person).exclude(pk__in=ids)
    found: list[tuple[int | None, Slip]] = []
    for pk, person_id, state in others.values_list("pk", "person_id", "state"):
        slip = of_person[person_id][1]
        if state == CallState.WAITING and not is_answer(slip.receipt):
            continue
        if slip.receipt is Receipt.CARRIED and slip.households is not None:
            slip = replace(slip, receipt=Receipt.UNDERSTOOD)
        found.append((pk, replace(slip, call_id=pk, households=None)))
    rows.update(_read_rows(notice, {pk for pk, _ in found if pk is not None}))
    return found


class NotAskedOfYou(PermissionError):
    """The call is neither for this person nor within his reach; or the door, or the round, is of another call."""


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
    seen: str = "",
) -> Call:
    """Let a person say that he has read, understood or carried on; or note it for somebody by telephone.

    Allowed to whoever is on the ladder of the post, and to whoever may answer
    at its place. `at` is when it happened, for an answer that was given
    without a signal. `seen` is the mark of the words he had before him
    (`rules.words_mark`); where they are not the notice's, that is a fact of its own. Refuses with `NotAskedOfYou`, and with `NoticeWithdrawn`
    if he answers to words that were taken back before.
    """
    call = Call.objects.select_related("notice").get(pk=call_id)
    if not may_answer(call, by):
        raise NotAskedOfYou(call.path)
    at = at or now
    notice = take_turn(call.notice_id)
    if notice.state == NoticeState.WITHDRAWN and at >= (notice.ended_at or at):
        raise NoticeWithdrawn(notice.ref)
    slip = Slip(receipt, at, via=via, call_id=call_id, person_id=by.id, households=households_told)
    record_for_notice(notice, [slip], by=by, now=now)
    if seen and seen != words_mark(notice.words):
        journal.record(
            "outreach.other_words", notice, by=by, at=now, drill=notice.drill, call=call_id
        )
    call.refresh_from_db()
    return call


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a call sheet that was filled in by hand: whom it is about, what he said, when."""

    call_id: int
    receipt: Receipt
    at: datetime
    households: int | None = None


@transaction.atomic
def enter_sheet(
    notice_id: UUID, lines: Sequence[SheetLine], *, by: reach.Viewer, now: datetime
) -> list[Taken]:
    """Take in what was written on a call sheet while electronics were dead; all of it or nothing.

    Each answer keeps the time that stands on the paper. Entering a sheet again
    changes nothing. Refuses with `NotAskedOfYou` where one line is of a post
    out of reach, or of another notice.
    """
    if not lines:
        return []
    notice = take_turn(notice_id)
    paths = dict(
        Call.objects.filter(notice=notice, pk__in=[line.call_id for line in lines]).values_list(
            "pk", "path"
        )
    )
    for line in lines:
        path = paths.get(line.call_id, "")
        if not path or not by.may("alerts.answer", path):
            raise NotAskedOfYou(path)
    slips = [
        Slip(
            line.receipt,
            line.at,
            via="phone",
            call_id=line.call_id,
            person_id=by.id,
            households=line.households,
        )
        for line in lines
    ]
    return record_for_notice(notice, slips, by=by, now=now)


def may_answer(call: Call, by: reach.Viewer) -> bool:
    """Is this person asked, on the ladder of the post, or allowed to answer at its place?"""
    if call.notice.kind == ERRAND:
        return by.speaks("alerts.answer") and waits_for(by).filter(notice=call.notice_id).exists()
    if by.may("alerts.answer", call.path):
        return True
    return by.speaks("alerts.answer") and (
        by.id == call.person_id
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


def _notices_of(calls: Sequence[int]) -> set[UUID]:
    found: set[UUID] = set()
    key = Notice._meta.pk
    for some in in_chunks(calls):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT notice_id FROM {Call._meta.db_table} WHERE {among('id')}",
                [as_list(some)],
            )
            found.update(key.to_python(notice_id) for (notice_id,) in cursor.fetchall())
    return found


# --- taking them in ---------------------------------------------------------

_COLUMN = {
    Receipt.SENT: "sent_at",
    Receipt.DELIVERED: "delivered_at",
    Receipt.READ: "read_at",
    Receipt.UNDERSTOOD: "understood_at",
    Receipt.CARRIED: "carried_at",
}
_BIT = {receipt: 1 << strength for receipt, strength in STRENGTH.items()}
_SILENT, _COVERED = SUMS.index("silent"), SUMS.index("covered")


@dataclass(frozen=True, slots=True)
class _Gain:
    """What a receipt adds to a call that has some already."""

    columns: tuple[str, ...]
    sums: tuple[tuple[int, int], ...]
    had: int  # afterwards, as bits
    is_first_answer: bool


@cache
def _gain(receipt: Receipt, had: int) -> _Gain | None:
    """Ask the rule once for each of the few cases; None where a receipt adds nothing."""
    new = newly_reached(receipt, frozenset(one for one in Receipt if had & _BIT[one]))
    if not new:
        return None
    return _Gain(
        tuple(_COLUMN[one] for one in new),
        tuple((SUMS.index(one.value), 1) for one in new),
        had | sum(_BIT[one] for one in new),
        Receipt.UNDERSTOOD in new,
    )


class _Row:
    """A call while a batch works on it; `changes` is what will be written."""

    __slots__ = (
        "asked_at", "changes", "covered", "had", "households", "id", "is_leaf", "path",
        "state", "sums_path",
    )  # fmt: skip

    def __init__(self, values: tuple) -> None:
        (
            self.id, self.path, parent_path, self.is_leaf, self.households, self.covered,
            self.state, self.asked_at, self.had,
        ) = values  # fmt: skip
        # A post at the bottom has no sums of its own: they begin with the post above it.
        self.sums_path: str = parent_path if self.is_leaf else self.path
        self.changes: dict[str, Any] = {}


_HAD = " + ".join(
    f"CASE WHEN {column} IS NULL THEN 0 ELSE {_BIT[receipt]} END"
    for receipt, column in _COLUMN.items()
)
# Written as expressions, the flag and the moment come as they are stored: most are never looked at.
_SELECT = (
    "SELECT id, path, parent_path, CASE WHEN is_leaf THEN 1 ELSE 0 END, households, covered,"
    f" state, COALESCE(asked_at, NULL), {_HAD} FROM {Call._meta.db_table}"
)


def _read_rows(notice: Notice, calls: Iterable[int]) -> dict[int | None, _Row]:
    rows: dict[int | None, _Row] = {}
    key = adapt(Notice._meta.pk, notice.pk)
    for some in in_chunks(sorted(calls)):
        with connection.cursor() as cursor:
            cursor.execute(
                f"{_SELECT} WHERE {among('id')} AND {beside('notice_id')}",
                [as_list(some), key],
            )
            for values in cursor.fetchall():
                rows[values[0]] = _Row(values)
    return rows


_MEANT = {
    ROLLCALL: Receipt.CARRIED,  # there is nothing to carry on: any answer completes it
    ERRAND: Receipt.UNDERSTOOD,  # work is done when it is done: he says that he sees to it
}
"""What an answer means where nothing is carried down."""


def _record(
    notice: Notice,
    rows: dict[int | None, _Row],
    named: Sequence[tuple[int | None, Slip]],
    *,
    by: Any,
    now: datetime,
) -> list[Taken]:
    if meant := _MEANT.get(notice.kind):
        named = [
            (call_id, replace(slip, receipt=meant)) if is_answer(slip.receipt) else (call_id, slip)
            for call_id, slip in named
        ]
    deltas = Deltas(notice)
    taken: list[Taken] = []
    kept: list[list[Any]] = []
    carried: list[str] = []
    carry_for = timedelta(seconds=notice.carry_for)
    for call_id, slip in named:
        row = rows[call_id]
        receipt = slip.receipt
        gain = _gain(receipt, row.had)
        if gain is None:
            taken.append(Taken.REPEATED)
            continue
        at = moment_within(slip.at, since=notice.started_at, now=now)
        row.had = gain.had
        for column in gain.columns:
            row.changes[column] = at
        deltas.add(row.sums_path, gain.sums)
        if is_answer(receipt):
            if gain.is_first_answer:
                _first_answer(row, slip, at, deltas)
            _answer(row, slip, at, carry_for, deltas)
            if receipt == Receipt.CARRIED and not row.is_leaf:
                carried.append(row.path)
        kept.append([row.id, receipt, at, slip.via, slip.person_id, slip.households])
        taken.append(Taken.RECORDED)
    _write_rows(rows.values())
    deltas.write()
    if carried and notice.order == Order.CASCADE and notice.state == NoticeState.STARTED:
        ask_below(notice, carried, now=now)
    if kept:
        Notice.objects.filter(pk=notice.pk).update(receipts=F("receipts") + len(kept))
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


def _first_answer(row: _Row, slip: Slip, at: datetime, deltas: Deltas) -> None:
    row.changes["answered_by"] = slip.person_id
    row.changes["answered_via"] = slip.via
    deltas.answered(row.sums_path, slip.via, read_moment(row.asked_at) or at, at)


def _answer(row: _Row, slip: Slip, at: datetime, carry_for: timedelta, deltas: Deltas) -> None:
    """A human being answered: the ladder stops, and what he still owes is timed."""
    before, changes = row.state, row.changes
    after = move(before, ACT_OF[slip.receipt])
    if before == CallState.WAITING:
        row.asked_at = row.asked_at or at
        changes["asked_at"] = read_moment(row.asked_at)
        changes["turn_at"] = at
    if after != before:
        row.state = changes["state"] = after.value
    if after in (CallState.ASKING, CallState.CARRIED):
        changes["send_at"] = changes["claimed_until"] = None
        changes["due_at"] = at + carry_for if after is CallState.ASKING else None
    if slip.receipt == Receipt.CARRIED:
        if before == CallState.SILENT:
            deltas.add(row.sums_path, [(_SILENT, -1)])
        told = row.households if slip.households is None else min(slip.households, row.households)
        if told > row.covered:
            deltas.add(row.sums_path, [(_COVERED, told - row.covered)])
            row.covered = changes["covered"] = told


def _write_rows(rows: Iterable[_Row]) -> None:
    """Write what changed, one statement for all calls in which the same columns did."""
    groups: dict[tuple[str, ...], list[tuple]] = defaultdict(list)
    for row in rows:
        if row.changes:
            groups[tuple(row.changes)].append((row.id, *row.changes.values()))
    for columns, values in groups.items():
        update_rows(Call, ("id",), columns, values)
