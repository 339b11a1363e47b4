"""Tick the steps of a run, take a tick back, type in a sheet of paper, keep the photographs that show a step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.registers import photos
from renwang.registers.procedures.models import Run, Tick
from renwang.registers.procedures.rules import check_reason
from renwang.registers.procedures.run_rules import (
    How,
    NotTicked,
    RunAct,
    RunState,
    Ticked,
    begins_at,
    check_done_at,
    check_tick,
    due_at,
    late_by,
    move_run,
    step_at,
)
from renwang.registers.procedures.services.running import held_run, note, ticked, touch
from renwang.registers.procedures.step_rules import Step

_FOLDER = "procedures"

photos.keeps(_FOLDER, lambda keys: Tick.objects.filter(pk__in=keys).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of a step. `id` was made with the page: sent twice it is one tick."""

    id: UUID
    number: int
    how: How = How.DONE
    reason: str = ""
    words: str = ""
    figure: Decimal | None = None
    photo: bytes = b""
    done_at: datetime | None = None  # None for now
    hand: str = ""  # who did it, where it is typed in from paper


@dataclass(frozen=True, slots=True)
class Result:
    """What became of it: the tick, and whether it stands. Where somebody was faster, his stands and ours lies beside."""

    tick: Tick
    stands: bool
    other: Tick | None = None  # the one that stands instead


@transaction.atomic
def tick_step(run_id: UUID, said: Said, *, by: Any, now: datetime) -> Result:
    """Tick a step of a run. Of two who tick the same one the first stands; what the second said is kept beside it.

    Refuses with `StepUnknown`, `DeviationUnexplained`, `NumberMissing`,
    `NoteMissing`, `PhotoMissing`, `DoneBeforeStart`, `DoneInFuture`,
    `photos.TooLarge`, `photos.NotAPhoto`, `RunNotNow` and `reach.NotInReach`.
    """
    run = held_run(run_id, by)
    known = Tick.objects.filter(pk=said.id, run=run).first()
    if known is not None:
        return Result(known, known.stands)
    move_run(RunState(run.state), RunAct.TICK)
    standing = run.ticks.filter(number=said.number, stands=True).first()
    tick = _made(run, said, stands=standing is None, by=by, now=now)
    touch(run, now)
    if standing is None:
        _record(run, tick, by=by, now=now)
    else:
        note(run, RunAct.TICK, by=by, now=now, words=_as_words(tick), number=tick.number)
        journal.record(
            "procedures.tick_beside", run, by=by, at=now, number=tick.number, how=tick.how,
            reason=tick.reason, words=tick.words, done_at=tick.done_at,
        )  # fmt: skip
    return Result(tick, standing is None, standing)


@transaction.atomic
def take_back_tick(run_id: UUID, number: int, reason: str, *, by: Any, now: datetime) -> Run:
    """Let a step be open again that was ticked by mistake; what was ticked stays to be read.

    Refuses with `NotTicked`, `ProcedureReasonMissing` and `RunNotNow`.
    """
    run = held_run(run_id, by)
    move_run(RunState(run.state), RunAct.TAKE_BACK)
    check_reason(reason)
    if not run.ticks.filter(number=number, stands=True).update(stands=False):
        raise NotTicked(number=number)
    touch(run, now)
    note(run, RunAct.TAKE_BACK, by=by, now=now, words=reason, number=number)
    journal.record("procedures.tick_taken_back", run, by=by, at=now, number=number, words=reason)
    return run


@transaction.atomic
def enter_sheet(run_id: UUID, lines: Sequence[Said], *, by: Any, now: datetime) -> int:
    """Type in what stands on a sheet of paper; return how many steps were ticked by it.

    In the order of the times on it, so that limits count as they ran. What was
    ticked meanwhile stays. Refuses as `tick_step` does, and then nothing of the
    sheet is entered.
    """
    run = held_run(run_id, by)
    move_run(RunState(run.state), RunAct.TICK)
    taken = set(run.ticks.filter(stands=True).values_list("number", flat=True))
    new = [one for one in lines if one.number not in taken]
    for one in sorted(new, key=lambda one: (one.done_at or now, one.number)):
        tick = _made(run, one, stands=True, by=by, now=now, is_paper=True)
        _record(run, tick, by=by, now=now)
    if new:
        touch(run, now)
        journal.record(
            "procedures.sheet_entered", run, by=by, at=now, steps=[one.number for one in new]
        )
    return len(new)


def photo_bytes(tick: Tick) -> bytes | None:
    """Read the photograph of a tick; None where it has none, or its file is no longer there."""
    return photos.read(_FOLDER, tick.pk) if tick.photo else None


def _made(
    run: Run, said: Said, *, stands: bool, by: Any, now: datetime, is_paper: bool = False
) -> Tick:
    steps = run.edition.step_list
    step = step_at(steps, said.number)
    done_at = check_done_at(said.done_at or now, run.started_at, now)
    has_photo = bool(said.photo) or is_paper  # on paper it is seen by who types it in
    check_tick(
        step, said.how, said.reason, has_number=said.figure is not None, has_photo=has_photo,
        words=said.words,
    )  # fmt: skip
    before = ticked(run)
    tick = Tick(
        id=said.id, run=run, number=said.number, stands=stands, how=said.how,
        reason=said.reason.strip()[:300], words=said.words.strip()[:1000], figure=said.figure,
        done_at=done_at, is_paper=is_paper, hand=said.hand.strip()[:80],
        by=getattr(by, "id", None), at=now,
    )  # fmt: skip
    _measure(tick, run, steps, before)
    if said.photo:
        drawn = photos.redraw(said.photo)
        tick.photo = drawn.digest
        # Within the transaction: a row without its picture would be a hole; a picture without a row is only dust.
        photos.keep(_FOLDER, tick.pk, drawn)
    tick.save(force_insert=True)
    return tick


def _measure(tick: Tick, run: Run, steps: Sequence[Step], before: Sequence[Ticked]) -> None:
    """Say how long the step took, and by how much it was late; what was left out is never late."""
    begins = begins_at(tick.number, before, run.started_at, run.resumed_at)
    tick.took_minutes = max(0, int((tick.done_at - begins).total_seconds() // 60))
    if tick.how != How.SKIPPED:
        due = due_at(steps, tick.number, before, run.started_at, run.resumed_at)
        tick.late_minutes = late_by(tick.done_at, due)


def _record(run: Run, tick: Tick, *, by: Any, now: datetime) -> None:
    journal.record(
        "procedures.step_ticked", run, by=by, at=now, number=tick.number, how=tick.how,
        reason=tick.reason, words=tick.words, figure=tick.figure, done_at=tick.done_at,
        late_minutes=tick.late_minutes, photo=tick.photo, is_paper=tick.is_paper,
    )  # fmt: skip


def _as_words(tick: Tick) -> str:
    said = [
        tick.get_how_display(),
        tick.reason,
        tick.words,
        "" if tick.figure is None else str(tick.figure),
    ]
    return " · ".join(str(one) for one in said if one)
