"""What becomes of a risk: found, judged, mended or referred upward, checked again by another person. Pure.

Nothing is parked: whatever is not over waits for one next step, of somebody,
by a moment (`next_step_due`). When that moment passes, the level above hears of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from renwang.chain.rules import Refusal

if TYPE_CHECKING:
    from renwang.registers.risks.scale_rules import Terms


class Source(StrEnum):
    """By whom a risk was found."""

    PATROL = "patrol"
    RESIDENT = "resident"
    EXPERT = "expert"
    SURVEY = "survey"  # a census or another survey
    WORKSHOP = "workshop"
    SIGNAL = "signal"  # it grew out of a signal or a matter


class State(StrEnum):
    """Where a risk stands."""

    FOUND = "found"  # nobody has judged it
    OPEN = "open"  # judged; to be solved here
    REFERRED = "referred"  # the level above owes an answer
    RECTIFIED = "rectified"  # said to be mended; another person must look
    ACCEPTED = "accepted"  # lived with until a day
    CLOSED = "closed"  # mended, and seen to be
    DISMISSED = "dismissed"  # judged to be no risk


class Act(StrEnum):
    """What can happen to a risk."""

    JUDGE = "judge"
    DISMISS = "dismiss"
    MEASURE = "measure"  # plan, finish or give up a measure
    REFER = "refer"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    EXPIRE = "expire"  # the acceptance has run out
    RECTIFY = "rectify"
    CONFIRM = "confirm"  # another person has looked: it is mended
    SEND_BACK = "send_back"  # another person has looked: it is not
    REOPEN = "reopen"
    CLIMB = "climb"  # the next step is late; the level above hears of it


class SurveyKind(StrEnum):
    """What kind of looking round a survey was."""

    ASSESSMENT = "assessment"  # by experts
    WORKSHOP = "workshop"  # with residents
    ROUND = "round"  # a patrol
    CENSUS = "census"  # 普查


class ReferralState(StrEnum):
    """Where a question to the level above stands."""

    OWED = "owed"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


# --- refusals ---------------------------------------------------------------


class RiskRefused(Refusal):
    """Something that may not be done with a risk. Its parameters fill the sentence in `words.py`."""


class NotNow(RiskRefused):
    """This cannot be done to a risk that stands where it stands."""


class WordsMissing(RiskRefused):
    """What is there to be said is missing."""


class FoundInTheFuture(RiskRefused):
    """Nobody has found what is still to come; clocks may differ by ten minutes."""


class SameHandTwice(RiskRefused):
    """Whoever mended it, or said so, is not the one who checks it."""


class MeasureOver(RiskRefused):
    """The measure was done, or given up."""


class DueInThePast(RiskRefused):
    """A measure is due today or later."""


class EvidenceMissing(RiskRefused):
    """What was done is said in a sentence."""


class MeasuresOpen(RiskRefused):
    """A risk is mended when its measures are done or given up."""


class TermRefused(RiskRefused):
    """A term nobody could keep, or one so long that the question is forgotten."""


class NobodyAbove(RiskRefused):
    """There is no unit above this one at this node."""


class ReferralOver(RiskRefused):
    """The question was answered or taken back."""


# --- the life of a risk -------------------------------------------------------

MOVES: dict[tuple[State, Act], State] = {
    (State.FOUND, Act.JUDGE): State.OPEN,
    (State.FOUND, Act.DISMISS): State.DISMISSED,
    (State.FOUND, Act.CLIMB): State.FOUND,
    (State.OPEN, Act.JUDGE): State.OPEN,
    (State.OPEN, Act.DISMISS): State.DISMISSED,
    (State.OPEN, Act.MEASURE): State.OPEN,
    (State.OPEN, Act.REFER): State.REFERRED,
    (State.OPEN, Act.ACCEPT): State.ACCEPTED,
    (State.OPEN, Act.RECTIFY): State.RECTIFIED,
    (State.OPEN, Act.CLIMB): State.OPEN,
    (State.REFERRED, Act.JUDGE): State.REFERRED,
    (State.REFERRED, Act.MEASURE): State.REFERRED,  # what can be done meanwhile is done
    (State.REFERRED, Act.ANSWER): State.OPEN,
    (State.REFERRED, Act.WITHDRAW): State.OPEN,
    (State.REFERRED, Act.CLIMB): State.REFERRED,
    (State.RECTIFIED, Act.CONFIRM): State.CLOSED,
    (State.RECTIFIED, Act.SEND_BACK): State.OPEN,
    (State.RECTIFIED, Act.CLIMB): State.RECTIFIED,
    (State.ACCEPTED, Act.JUDGE): State.OPEN,  # it is looked at anew, so it is no longer accepted
    (State.ACCEPTED, Act.MEASURE): State.ACCEPTED,
    (State.ACCEPTED, Act.RECTIFY): State.RECTIFIED,
    (State.ACCEPTED, Act.EXPIRE): State.OPEN,
    (State.CLOSED, Act.REOPEN): State.OPEN,
    (State.DISMISSED, Act.REOPEN): State.FOUND,
}
OVER = frozenset({State.CLOSED, State.DISMISSED})
LIVE = frozenset(State) - OVER


def move(state: State, act: Act) -> State:
    """Say where an act leads a risk. Refuses with `NotNow`."""
    try:
        return MOVES[state, act]
    except KeyError:
        raise NotNow(state=state.value, act=act.value) from None


def check_words(words: str) -> str:
    """Give words back without blanks round them. Refuses with `WordsMissing`."""
    if not words.strip():
        raise WordsMissing
    return words.strip()


CLOCKS_DIFFER_BY = timedelta(minutes=10)


def check_found_at(found_at: datetime, now: datetime) -> None:
    """Refuse what was found in the future."""
    if found_at > now + CLOCKS_DIFFER_BY:
        raise FoundInTheFuture(at=found_at)


def check_other_hand(hand: object, hands: Collection[object]) -> None:
    """Let only somebody check who had no hand in mending. Refuses with `SameHandTwice`.

    The node's own parts are one hand: what one of them mended none of them checks.
    """
    if hand in hands:
        raise SameHandTwice


# --- what is owed next, and by when ---------------------------------------------

SHORTEST_TERM, LONGEST_TERM = timedelta(hours=1), timedelta(days=30)
LONGEST_RUNG = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides by when something must happen next."""

    state: State
    since: datetime  # when the last step was made
    measures: int = 0  # done, undone and given up
    undone: Sequence[datetime] = ()  # the moments at which measures still to do are due
    answer_due: datetime | None = None
    accepted_until: datetime | None = None


def next_step_due(standing: Standing, terms: "Terms") -> datetime | None:
    """Say by when the next step must have been made; None only for what is over.

    What was judged wants measures; measures want to be done; what is done wants
    to be said; what is said wants to be checked; an acceptance ends.
    """
    state, since = standing.state, standing.since
    if state in OVER:
        return None
    if state is State.FOUND:
        return since + terms.judge
    if state is State.RECTIFIED:
        return since + terms.recheck
    if state is State.REFERRED and standing.answer_due is not None:
        return standing.answer_due
    if state is State.ACCEPTED and standing.accepted_until is not None:
        return standing.accepted_until
    if standing.undone:
        return min(standing.undone)
    return since + (terms.declare if standing.measures else terms.plan)


def check_term(term: timedelta) -> None:
    """Refuse a term for an answer under an hour or over thirty days."""
    if not SHORTEST_TERM <= term <= LONGEST_TERM:
        raise TermRefused


def next_rung_due(term: timedelta, rung: int, now: datetime) -> datetime:
    """Say by when the next level above must have seen to it, after silence has climbed `rung` levels.

    What silence cost is not given once more: each level above gets half of the
    one below, three days at the most and an hour at the least.
    """
    return now + min(max(term / (1 << rung), SHORTEST_TERM), LONGEST_RUNG)
