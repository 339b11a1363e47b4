"""Running a procedure: what can be done with a run, what a tick must say, what is late, what to learn from many.

A step's time runs from the end of the step before it, however these were
ticked, and from when the run was taken up again. Nobody is ranked: figures are
of steps, never of people. Values in; a value or a named refusal out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from renwang.registers.procedures.rules import ProcedureRefused
from renwang.registers.procedures.step_rules import Evidence, Step

CLOCKS_APART = timedelta(minutes=5)
"""A telephone's clock may be ahead of the node's by so much."""


class RunState(StrEnum):
    """Where a run stands."""

    UNDER_WAY = "under_way"
    BROKEN_OFF = "broken_off"  # to be taken up again, or not
    ENDED = "ended"


class RunAct(StrEnum):
    """What can be done with a run."""

    TICK = "tick"
    TAKE_BACK = "take_back"
    REMARK = "remark"
    HAND_OVER = "hand_over"
    BREAK_OFF = "break_off"
    RESUME = "resume"
    END = "end"


class How(StrEnum):
    """How a step was done."""

    DONE = "done"
    OTHERWISE = "otherwise"  # done, but not as it is written
    SKIPPED = "skipped"


class Outcome(StrEnum):
    """What came of a run."""

    REACHED = "reached"
    PARTLY = "partly"
    MISSED = "missed"


# --- refusals ---------------------------------------------------------------


class RunNotNow(ProcedureRefused):
    """An act that has no place in the state the run is in."""

    def __init__(self, state: RunState, act: RunAct) -> None:
        super().__init__(state=state.value, act=act.value)
        self.state = state
        self.act = act


class StepUnknown(ProcedureRefused):
    """The procedure has no such step."""


class DeviationUnexplained(ProcedureRefused):
    """Whoever leaves out a step, or does it otherwise, says why."""


class NumberMissing(ProcedureRefused):
    """The step asks for a figure."""


class NoteMissing(ProcedureRefused):
    """The step asks for words that show it."""


class PhotoMissing(ProcedureRefused):
    """The step asks for a photograph."""


class DoneBeforeStart(ProcedureRefused):
    """A step cannot have been done before the run began."""


class DoneInFuture(ProcedureRefused):
    """A step cannot have been done at a time to come."""


class StepsLeft(ProcedureRefused):
    """Steps are open, and nobody said why they are left out; params: their numbers."""


class OutcomeUnexplained(ProcedureRefused):
    """What came of it is said in words."""


class NotTicked(ProcedureRefused):
    """The step was not ticked, or its tick was taken back already."""


class HandedToNobody(ProcedureRefused):
    """It can be handed only to somebody who may run it there."""


# --- the life of a run ----------------------------------------------------------

_U, _B, _E = RunState

MOVES: Mapping[tuple[RunState, RunAct], RunState] = {
    (_U, RunAct.TICK): _U,
    (_U, RunAct.TAKE_BACK): _U,
    (_U, RunAct.REMARK): _U,
    (_U, RunAct.HAND_OVER): _U,
    (_U, RunAct.BREAK_OFF): _B,
    (_U, RunAct.END): _E,
    (_B, RunAct.REMARK): _B,
    (_B, RunAct.HAND_OVER): _B,
    (_B, RunAct.RESUME): _U,
    (_B, RunAct.END): _E,
    (_E, RunAct.REMARK): _E,  # what was understood only afterwards
}


def move_run(state: RunState, act: RunAct) -> RunState:
    """Say where an act leads, or refuse with `RunNotNow`."""
    try:
        return MOVES[state, act]
    except KeyError:
        raise RunNotNow(state, act) from None


def acts_of(state: RunState) -> frozenset[RunAct]:
    """Name what can be done in a state."""
    return frozenset(act for at, act in MOVES if at is state)


# --- ticks ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ticked:
    """A tick that stands: which step, how, and when it was done."""

    number: int
    how: How
    done_at: datetime
    reason: str = ""


def step_at(steps: Sequence[Step], number: int) -> Step:
    """Give a step by its number from 1. Refuses with `StepUnknown`."""
    if not 1 <= number <= len(steps):
        raise StepUnknown(number=number)
    return steps[number - 1]


def check_tick(
    step: Step, how: How, reason: str, *, has_number: bool, has_photo: bool, words: str
) -> None:
    """Refuse a deviation without a reason, and a step done without what shows it."""
    if how is not How.DONE:
        if not reason.strip():
            raise DeviationUnexplained
        return
    if step.evidence is Evidence.NUMBER and not has_number:
        raise NumberMissing
    if step.evidence is Evidence.PHOTO and not has_photo:
        raise PhotoMissing
    if step.evidence is Evidence.NOTE and not words.strip():
        raise NoteMissing


def check_done_at(done_at: datetime, started_at: datetime, now: datetime) -> datetime:
    """Refuse a time before the run began and one to come; a clock a little ahead is put right."""
    if done_at < started_at:
        raise DoneBeforeStart
    if done_at > now + CLOCKS_APART:
        raise DoneInFuture
    return min(done_at, now)


def begins_at(
    number: int, ticks: Iterable[Ticked], started_at: datetime, resumed_at: datetime | None
) -> datetime:
    """Say when a step's time begins: with the last end of the steps before it."""
    ends = [one.done_at for one in ticks if one.number < number]
    return max([started_at, *([resumed_at] if resumed_at else []), *ends])


def due_at(
    steps: Sequence[Step],
    number: int,
    ticks: Iterable[Ticked],
    started_at: datetime,
    resumed_at: datetime | None,
) -> datetime | None:
    """Say by when a step is to be done; None where it has no limit."""
    minutes = step_at(steps, number).minutes
    if minutes is None:
        return None
    return begins_at(number, ticks, started_at, resumed_at) + timedelta(minutes=minutes)


def late_by(done_at: datetime, due: datetime | None) -> int:
    """Give the whole minutes by which something was late, a begun one counted; 0 where it was in time."""
    if due is None or done_at <= due:
        return 0
    return -int((due - done_at).total_seconds() // 60)


def steps_left(steps: Sequence[Step], ticks: Iterable[Ticked]) -> list[int]:
    """Number the steps that nobody has ticked."""
    ticked = {one.number for one in ticks}
    return [number for number in range(1, len(steps) + 1) if number not in ticked]


def check_end(left: Sequence[int], why_left: str, words: str, outcome: Outcome) -> None:
    """Refuse to end with open steps and no reason for them, and to miss the aim without a word."""
    if left and not why_left.strip():
        raise StepsLeft(numbers="、".join(map(str, left)))
    if outcome is not Outcome.REACHED and not words.strip():
        raise OutcomeUnexplained


# --- what many runs teach --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TickSeen:
    """A tick of an ended run, without whose it was."""

    number: int
    how: How
    late_minutes: int
    took_minutes: int


@dataclass(frozen=True, slots=True)
class StepTally:
    """What became of one step in all ended runs of an edition."""

    number: int
    runs: int
    done: int
    otherwise: int
    skipped: int
    late: int
    usual_minutes: int | None  # the middle one; None where it was never done

    @property
    def deviating(self) -> int:
        """How often it was left out or done otherwise."""
        return self.otherwise + self.skipped

    @property
    def is_often_otherwise(self) -> bool:
        """Whether at least half of three runs or more deviated: then the step is wrong, not the people."""
        return self.runs >= 3 and self.deviating * 2 >= self.runs


def tally_steps(steps: int, ticks: Iterable[TickSeen]) -> list[StepTally]:
    """Sum up, step by step, how it went."""
    seen: dict[int, list[TickSeen]] = {number: [] for number in range(1, steps + 1)}
    for one in ticks:
        if one.number in seen:
            seen[one.number].append(one)
    return [
        StepTally(
            number,
            len(found),
            sum(one.how is How.DONE for one in found),
            sum(one.how is How.OTHERWISE for one in found),
            sum(one.how is How.SKIPPED for one in found),
            sum(one.late_minutes > 0 for one in found),
            _middle([one.took_minutes for one in found if one.how is not How.SKIPPED]),
        )
        for number, found in seen.items()
    ]


def _middle(minutes: Sequence[int]) -> int | None:
    return round(median(minutes)) if minutes else None
