"""What becomes of a facility: ready, limited, out of order, closed, gone; inspected on a rhythm; defects mended. Pure."""

from datetime import date, timedelta
from enum import StrEnum

from renwang.chain.rules import Refusal

FIRST_WITHIN = 30
"""Days within which a facility is inspected for the first time, where its rhythm gives longer."""

INSPECTION_TERM = timedelta(days=3)
"""How long whoever is called to an overdue inspection gets before the level above is called."""

DEFECT_TERM, GRAVE_TERM = timedelta(days=3), timedelta(days=1)
LONGEST_AWAY = 730  # days: further off nobody promises that anything works again


class State(StrEnum):
    """Where a facility stands."""

    READY = "ready"
    LIMITED = "limited"  # usable, not for everything
    OUT_OF_ORDER = "out"
    CLOSED = "closed"  # shut on purpose, for a time
    GONE = "gone"


class Act(StrEnum):
    """What can happen to where a facility stands."""

    LIMIT = "limit"
    BREAK = "break"
    CLOSE = "close"
    RESTORE = "restore"
    REMOVE = "remove"
    RETURN = "return"


class Verdict(StrEnum):
    """What an inspection comes to."""

    FIT = "fit"
    LIMITED = "limited"
    UNFIT = "unfit"


class DefectState(StrEnum):
    """Where a defect stands."""

    OPEN = "open"
    MENDED = "mended"
    DROPPED = "dropped"


class DefectAct(StrEnum):
    """What can happen to a defect."""

    ASSIGN = "assign"  # to another post, or for another day
    MEND = "mend"
    DROP = "drop"
    REOPEN = "reopen"


# --- refusals ---------------------------------------------------------------


class FacilityRefused(Refusal):
    """Something that may not be done with a facility. Its parameters fill the sentence in `words.py`."""


class NotNow(FacilityRefused):
    """This cannot be done to a facility that stands where it stands."""


class ReasonMissing(FacilityRefused):
    """Why is said in words."""


class ReturnMissing(FacilityRefused):
    """When it is expected to work again is said with it."""


class DayRefused(FacilityRefused):
    """A day in the past, or so far off that nobody can promise it."""


class DefectsOpen(FacilityRefused):
    """It is not ready while something grave is broken."""


class NotUsable(FacilityRefused):
    """Only what can be used is opened."""


class NotForPeople(FacilityRefused):
    """It takes nobody in, so there is nothing to open."""


class OpenAlready(FacilityRefused):
    """It was opened and not shut since."""


class NotOpen(FacilityRefused):
    """It was not opened."""


class InspectedInTheFuture(FacilityRefused):
    """Nobody has looked at anything tomorrow."""


class DefectOver(FacilityRefused):
    """The defect was mended, or given up; or it is still open."""


class NameMissing(FacilityRefused):
    """A facility is called something."""


class KindUnknown(FacilityRefused):
    """This node knows no such kind of facility."""


class TierUnknown(FacilityRefused):
    """A service centre belongs to a tier; nothing else does."""


class FigureRefused(FacilityRefused):
    """A figure that is no amount of anything, or one that is not asked of this kind."""


class HoursRefused(FacilityRefused):
    """Hours are written 09:00-17:30, `always` or `none`."""


# --- the life of a facility ---------------------------------------------------

MOVES: dict[tuple[State, Act], State] = {
    (State.READY, Act.LIMIT): State.LIMITED,
    (State.READY, Act.BREAK): State.OUT_OF_ORDER,
    (State.READY, Act.CLOSE): State.CLOSED,
    (State.READY, Act.REMOVE): State.GONE,
    (State.LIMITED, Act.LIMIT): State.LIMITED,  # for another reason, or until another day
    (State.LIMITED, Act.BREAK): State.OUT_OF_ORDER,
    (State.LIMITED, Act.CLOSE): State.CLOSED,
    (State.LIMITED, Act.RESTORE): State.READY,
    (State.LIMITED, Act.REMOVE): State.GONE,
    (State.OUT_OF_ORDER, Act.LIMIT): State.LIMITED,
    (State.OUT_OF_ORDER, Act.BREAK): State.OUT_OF_ORDER,
    (State.OUT_OF_ORDER, Act.CLOSE): State.CLOSED,
    (State.OUT_OF_ORDER, Act.RESTORE): State.READY,
    (State.OUT_OF_ORDER, Act.REMOVE): State.GONE,
    (State.CLOSED, Act.LIMIT): State.LIMITED,
    (State.CLOSED, Act.BREAK): State.OUT_OF_ORDER,
    (State.CLOSED, Act.CLOSE): State.CLOSED,
    (State.CLOSED, Act.RESTORE): State.READY,
    (State.CLOSED, Act.REMOVE): State.GONE,
    (State.GONE, Act.RETURN): State.READY,
}
USABLE = frozenset({State.READY, State.LIMITED})
STANDING = frozenset(State) - {State.GONE}
AWAY = frozenset({Act.BREAK, Act.CLOSE})
"""Acts after which it cannot be used; whoever does them says until when."""


def move(state: State, act: Act) -> State:
    """Say where an act leads a facility. Refuses with `NotNow`."""
    try:
        return MOVES[state, act]
    except KeyError:
        raise NotNow(state=state.value, act=act.value) from None


def check_reason(words: str) -> str:
    """Give a reason back without blanks round it. Refuses with `ReasonMissing`."""
    if not words.strip():
        raise ReasonMissing
    return words.strip()


def check_return(act: Act, expected_on: date | None, today: date) -> date | None:
    """Give the day on which it is expected back, which only what limits it has.

    Refuses with `ReturnMissing` where it goes out of use and nobody says until
    when, and with `DayRefused`.
    """
    if act not in AWAY and act is not Act.LIMIT:
        return None
    if expected_on is None:
        if act in AWAY:
            raise ReturnMissing
        return None
    return check_day(expected_on, today)


def check_day(day: date, today: date) -> date:
    """Give a day back that lies from today on and not too far off. Refuses with `DayRefused`."""
    if not today <= day <= today + timedelta(days=LONGEST_AWAY):
        raise DayRefused
    return day


def check_restored(grave_defects: int) -> None:
    """Refuse to call ready what has something grave broken in it, with `DefectsOpen`."""
    if grave_defects:
        raise DefectsOpen(number=grave_defects)


def check_opening(state: State, *, takes_people: bool, is_open: bool) -> None:
    """Refuse to open what takes nobody in, cannot be used, or is open.

    Refuses with `NotForPeople`, `NotUsable` and `OpenAlready`.
    """
    if not takes_people:
        raise NotForPeople
    if state not in USABLE:
        raise NotUsable
    if is_open:
        raise OpenAlready


# --- inspections ----------------------------------------------------------------

_SEEN: dict[Verdict, dict[State, State]] = {
    Verdict.FIT: {State.LIMITED: State.READY, State.OUT_OF_ORDER: State.READY},
    Verdict.LIMITED: {State.READY: State.LIMITED, State.OUT_OF_ORDER: State.LIMITED},
    Verdict.UNFIT: {State.READY: State.OUT_OF_ORDER, State.LIMITED: State.OUT_OF_ORDER},
}


def state_seen(state: State, verdict: Verdict, grave_defects: int) -> State:
    """Say where a facility stands once somebody has looked at it.

    What is closed on purpose stays closed, and what has something grave broken
    in it is not ready because somebody found it fit. What is gone cannot be
    inspected: refuses with `NotNow`.
    """
    if state is State.GONE:
        raise NotNow(state=state.value, act="inspect")
    after = _SEEN[verdict].get(state, state)
    return state if after is State.READY and grave_defects else after


def next_inspection(last: date | None, entered: date, every: int) -> date:
    """Say by which day a facility must be looked at again: so many days after the last look.

    One that nobody has looked at yet is due soon after it was put on the list.
    """
    if last is None:
        return entered + timedelta(days=min(every, FIRST_WITHIN))
    return last + timedelta(days=every)


def is_overdue(due: date | None, state: State, today: date) -> bool:
    """Say whether the day by which it must be looked at has passed; never for what is gone."""
    return state is not State.GONE and due is not None and due < today


# --- defects --------------------------------------------------------------------

DEFECT_MOVES: dict[tuple[DefectState, DefectAct], DefectState] = {
    (DefectState.OPEN, DefectAct.ASSIGN): DefectState.OPEN,
    (DefectState.OPEN, DefectAct.MEND): DefectState.MENDED,
    (DefectState.OPEN, DefectAct.DROP): DefectState.DROPPED,
    (DefectState.MENDED, DefectAct.REOPEN): DefectState.OPEN,
    (DefectState.DROPPED, DefectAct.REOPEN): DefectState.OPEN,
}


def move_defect(state: DefectState, act: DefectAct) -> DefectState:
    """Say where an act leads a defect. Refuses with `DefectOver`."""
    try:
        return DEFECT_MOVES[state, act]
    except KeyError:
        raise DefectOver(state=state.value, act=act.value) from None


def defect_due(found_on: date, *, is_grave: bool) -> date:
    """Say by when a defect is to be mended where nobody has said: a week if it is grave, else a month."""
    return found_on + timedelta(days=7 if is_grave else 30)
