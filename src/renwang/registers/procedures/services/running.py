"""Run a procedure: start, hand over, break off, take up again, remark, end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain import reach
from renwang.chain.models import Person, Unit
from renwang.chain.reach import viewer_of
from renwang.registers.procedures.models import Procedure, Run, RunEvent, Tick
from renwang.registers.procedures.rules import (
    Act,
    EditionState,
    ProcedureNotNow,
    check_reason,
    move,
)
from renwang.registers.procedures.run_rules import (
    HandedToNobody,
    How,
    Outcome,
    RunAct,
    RunState,
    Ticked,
    check_end,
    move_run,
    steps_left,
)

RUNS = "procedures.run"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a procedure is run: for real or as an exercise, against which hazard, in which words."""

    is_exercise: bool = False
    hazard: str = ""
    reason: str = ""


@transaction.atomic
def start_run(
    run_id: UUID, procedure_id: UUID, unit: Unit, occasion: Occasion, *, by: Any, now: datetime
) -> Run:
    """Begin to carry a procedure out at a place, by the edition in force.

    The id was made with the page: pressing twice is one run. It may be run at
    the procedure's place and everywhere below. Refuses with `ProcedureNotNow`
    and `reach.NotInReach`.
    """
    reach.require(by, RUNS, at=unit.path)
    known = Run.objects.filter(pk=run_id).first()
    if known is not None:
        return known
    procedure = Procedure.objects.get(pk=procedure_id)
    edition = procedure.editions.filter(state=EditionState.IN_FORCE).first()
    if edition is None:
        raise ProcedureNotNow(EditionState.WITHDRAWN, Act.RUN)
    move(EditionState(edition.state), Act.RUN)
    if not unit.path.startswith(procedure.path):
        raise reach.NotInReach(RUNS, unit.path)
    run = Run.objects.create(
        id=run_id, ref=next_reference("X", now), procedure=procedure, edition=edition, unit=unit,
        path=unit.path, is_exercise=occasion.is_exercise, hazard=occasion.hazard[:40],
        reason=occasion.reason[:300], holder_id=getattr(by, "id", None), started_at=now,
        touched_at=now,
    )  # fmt: skip
    note(run, "start", by=by, now=now, words=run.reason)
    journal.record(
        "procedures.run_started", run, by=by, at=now, procedure=procedure.ref,
        edition=edition.number, is_exercise=run.is_exercise, hazard=run.hazard, reason=run.reason,
    )  # fmt: skip
    return run


@transaction.atomic
def hand_over_run(run_id: UUID, to: Person, *, by: Any, now: datetime, words: str = "") -> Run:
    """Put a run into another person's hands. Refuses with `HandedToNobody` who may not run it there."""
    run = held_run(run_id, by)
    move_run(RunState(run.state), RunAct.HAND_OVER)
    if to.pk == run.holder_id or not viewer_of(to, now).may(RUNS, run.path):
        raise HandedToNobody
    run.holder = to
    touch(run, now)
    note(run, RunAct.HAND_OVER, by=by, now=now, words=words, to=to.pk)
    journal.record(
        "procedures.run_handed_over", run, by=by, at=now, to=f"person:{to.pk}", words=words
    )
    return run


@transaction.atomic
def break_off_run(run_id: UUID, reason: str, *, by: Any, now: datetime) -> Run:
    """Stop for now, saying why; it can be taken up again. Refuses with `ProcedureReasonMissing` and `RunNotNow`."""
    run = held_run(run_id, by)
    run.state = move_run(RunState(run.state), RunAct.BREAK_OFF)
    check_reason(reason)
    touch(run, now)
    note(run, RunAct.BREAK_OFF, by=by, now=now, words=reason)
    journal.record("procedures.run_broken_off", run, by=by, at=now, words=reason)
    return run


@transaction.atomic
def resume_run(run_id: UUID, *, by: Any, now: datetime) -> Run:
    """Take a run up again where it was left; whoever does has it in hand, and limits count from now.

    Refuses with `RunNotNow`.
    """
    run = held_run(run_id, by)
    run.state = move_run(RunState(run.state), RunAct.RESUME)
    run.resumed_at = now
    run.holder_id = getattr(by, "id", None) or run.holder_id
    touch(run, now)
    note(run, RunAct.RESUME, by=by, now=now)
    journal.record("procedures.run_resumed", run, by=by, at=now)
    return run


@transaction.atomic
def remark_on_run(
    run_id: UUID, words: str, *, by: Any, now: datetime, number: int | None = None
) -> Run:
    """Write something beside a run or one of its steps, also when it is over. Refuses with `ProcedureReasonMissing`."""
    run = held_run(run_id, by)
    move_run(RunState(run.state), RunAct.REMARK)
    check_reason(words)
    touch(run, now)
    note(run, RunAct.REMARK, by=by, now=now, words=words, number=number)
    journal.record("procedures.run_remarked", run, by=by, at=now, words=words, number=number)
    return run


@transaction.atomic
def end_run(
    run_id: UUID, outcome: Outcome, words: str, *, by: Any, now: datetime, why_left: str = ""
) -> Run:
    """End a run and say what came of it. Steps that are open are left out for the reason given.

    Ended twice with the same outcome is once. Refuses with `StepsLeft`,
    `OutcomeUnexplained` and `RunNotNow`.
    """
    run = held_run(run_id, by)
    if run.state == RunState.ENDED and (run.outcome, run.words) == (outcome, words.strip()):
        return run
    state = move_run(RunState(run.state), RunAct.END)
    left = steps_left(run.edition.step_list, ticked(run))
    check_end(left, why_left, words, outcome)
    Tick.objects.bulk_create(
        Tick(
            id=uuid7(now), run=run, number=number, how=How.SKIPPED, reason=why_left[:300],
            done_at=now, by=getattr(by, "id", None), at=now,
        )
        for number in left
    )  # fmt: skip
    run.state, run.outcome, run.words, run.ended_at = state, outcome, words.strip()[:2000], now
    touch(run, now)
    note(run, RunAct.END, by=by, now=now, words=run.words)
    journal.record(
        "procedures.run_ended", run, by=by, at=now, outcome=outcome, words=run.words,
        left_out=left, why_left=why_left, is_exercise=run.is_exercise,
    )  # fmt: skip
    return run


# --- what every deed begins and ends with -----------------------------------------


def held_run(run_id: UUID, by: Any) -> Run:
    """Take a run until the transaction ends; for who may run things there, and for who has it in hand."""
    rows = Run.objects.select_for_update(of=("self",)).select_related("edition", "procedure")
    run = rows.get(pk=run_id)
    if run.holder_id is None or getattr(by, "id", None) != run.holder_id:
        reach.require(by, RUNS, at=run.path)
    return run


def ticked(run: Run) -> list[Ticked]:
    """Give the ticks that stand, as the rules see them."""
    rows = run.ticks.filter(stands=True).values_list("number", "how", "done_at", "reason")
    return [Ticked(number, How(how), at, reason) for number, how, at, reason in rows]


def touch(run: Run, now: datetime) -> None:
    """Save a run at whose hands something happened."""
    run.touched_at = now
    run.save()


def note(
    run: Run,
    what: str,
    *,
    by: Any,
    now: datetime,
    words: str = "",
    number: int | None = None,
    to: UUID | None = None,
) -> RunEvent:
    """Keep what happened beside the ticks."""
    return RunEvent.objects.create(
        run=run, what=what, number=number, words=words[:2000], to=to,
        by=getattr(by, "id", None), at=now,
    )  # fmt: skip
