"""The life of a case: what somebody brought, until he was answered. States and acts in one table. Pure.

There is no state for having been read. Whatever is not closed waits for one
next step, of somebody, by a moment (`clock_rules`); it ends only when the one
who spoke has been answered, or took back what he said.
"""

from collections.abc import Mapping
from enum import StrEnum

from renwang.chain.rules import Refusal

WORDS_AT_MOST = 4_000
ANSWER_AT_MOST = 4_000
CONTACT_AT_MOST = 120
PLACE_AT_MOST = 200


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"  # nobody has looked at what it is about
    SCREENED = "screened"  # kind and place are right; nobody has it yet
    ACCEPTED = "accepted"  # the reporter was told that we see to it
    ASSIGNED = "assigned"  # somebody is to do it, and has not begun
    IN_HAND = "in_hand"
    WAITING = "waiting"  # for the reporter, or for a date that he was told
    REFERRED = "referred"  # the level above, or another unit, owes an answer
    ANSWERED = "answered"  # the reporter has the answer and says what he thinks of it
    CONFIRMED = "confirmed"  # he says that it is settled; he may still think better of it
    REJECTED = "rejected"  # he says that it is not
    REOPENED = "reopened"  # back with who can act
    CLOSED = "closed"


class Act(StrEnum):
    """What can happen to a case."""

    SCREEN = "screen"  # somebody has looked: its kind and place are right, or were put right
    ACCEPT = "accept"
    ASSIGN = "assign"
    TAKE = "take"  # whoever is to do it begins
    ASK = "ask"  # the reporter is asked something
    POSTPONE = "postpone"  # it can only go on from a date, and why
    RESUME = "resume"  # the reporter has said more, or the date has come
    REFER = "refer"  # to the level above, or to another unit
    REPLY = "reply"  # who was asked has answered; it goes on
    RETURN = "return"  # 退单: it is not ours
    ARBITRATE = "arbitrate"  # a person says whose it is
    EXTEND = "extend"
    ANSWER = "answer"
    ADD = "add"  # the reporter says more
    CONFIRM = "confirm"
    REJECT = "reject"
    CALL_BACK = "call_back"  # he was rung and not reached
    REOPEN = "reopen"
    CLOSE = "close"
    WITHDRAW = "withdraw"  # the reporter takes it back
    MERGE = "merge"  # another case stands for it
    UNMERGE = "unmerge"
    CLIMB = "climb"  # nobody has kept the time; the level above hears of it


class End(StrEnum):
    """How a case has honestly ended."""

    DONE = "done"
    NOT_DONE = "not_done"  # and why
    NOT_OURS = "not_ours"  # and whose
    BY_ITSELF = "by_itself"
    DUPLICATE = "duplicate"  # of another case
    WITHDRAWN = "withdrawn"


ANSWERS = (End.DONE, End.NOT_DONE, End.NOT_OURS, End.BY_ITSELF)
"""The ends that an answer can have; the others come by acts of their own."""


class Via(StrEnum):
    """By which way a case came in."""

    WEB = "web"  # the public page
    FIELD = "field"
    TELEPHONE = "telephone"
    SMS = "sms"
    WALK_IN = "walk_in"
    PAPER = "paper"
    API = "api"


ENTERED_BY_STAFF = (Via.TELEPHONE, Via.WALK_IN, Via.SMS, Via.PAPER)


# --- refusals ---------------------------------------------------------------


class CaseRefused(Refusal):
    """Something that may not be done with a case. Its parameters fill the sentence in `words.py`."""


class NotNow(CaseRefused):
    """This cannot be done to a case that stands where it stands."""


class WordsMissing(CaseRefused):
    """What is there to be said is missing."""


class WordsTooLong(CaseRefused):
    """It is longer than anybody reads."""


class CameInTheFuture(CaseRefused):
    """Nobody has said what is still to be said; clocks may differ by ten minutes."""


class ReportedTooOften(CaseRefused):
    """So much came by this connection that the next has to wait."""


class NotAPerson(CaseRefused):
    """A field was filled in that no human being sees."""


class KindUnknown(CaseRefused):
    """No kind of case has this key."""


class EndMissing(CaseRefused):
    """An answer says how it ended: done, not done and why, not ours and whose, or by itself."""


class WhoseMissing(CaseRefused):
    """Whoever says that it is not ours says whose it is."""


class SameHandTwice(CaseRefused):
    """Whoever answered is not the one who asks whether it was an answer."""


class NobodyAbove(CaseRefused):
    """There is no unit above this one at this node."""


class AskedItself(CaseRefused):
    """Nobody refers a case to the one who has it."""


class MergedIntoItself(CaseRefused):
    """A case cannot stand for itself, nor for one that stands for it."""


class ReporterReachable(CaseRefused):
    """Silence ends a case only when the reporter was rung as often as is owed, or cannot be rung."""


class CodeUnknown(CaseRefused):
    """No case has this tracking code."""


class ReturnedTooFar(CaseRefused):
    """It was returned twice already: the arbiter decides, nobody returns it once more."""


class NotTheArbiter(CaseRefused):
    """It waits for no decision whose it is."""


class TooManyAtOnce(CaseRefused):
    """So many cases at once nobody has looked at."""


class UndoneTooLate(CaseRefused):
    """It was done too long ago, or undone already; what has gone on since would be lost."""


# --- the life of a case -----------------------------------------------------

_UNTAKEN = (State.RECEIVED, State.SCREENED, State.ACCEPTED, State.ASSIGNED, State.REOPENED)
_WORKED = (State.IN_HAND, State.WAITING, State.REFERRED)
_OPEN = (*_UNTAKEN, *_WORKED)  # somebody of ours owes the next step, or the reporter a word
_SAID = (State.ANSWERED, State.CONFIRMED)


def _table() -> dict[tuple[State, Act], State]:
    moves: dict[tuple[State, Act], State] = {
        (State.RECEIVED, Act.SCREEN): State.SCREENED,
        (State.WAITING, Act.RESUME): State.IN_HAND,
        (State.WAITING, Act.ADD): State.IN_HAND,  # what it waited for has come
        (State.REFERRED, Act.REPLY): State.IN_HAND,
        (State.SCREENED, Act.ARBITRATE): State.ASSIGNED,
        (State.ANSWERED, Act.ADD): State.ANSWERED,
        (State.ANSWERED, Act.ANSWER): State.ANSWERED,  # a better one, before he has said anything
        (State.ANSWERED, Act.CONFIRM): State.CONFIRMED,
        (State.ANSWERED, Act.REJECT): State.REJECTED,
        (State.ANSWERED, Act.CALL_BACK): State.ANSWERED,
        (State.ANSWERED, Act.CLOSE): State.CLOSED,  # rung as often as is owed, or nobody to ring
        (State.ANSWERED, Act.CLIMB): State.ANSWERED,  # nobody has rung him
        (State.CONFIRMED, Act.REJECT): State.REJECTED,
        (State.CONFIRMED, Act.ADD): State.CONFIRMED,
        (State.CONFIRMED, Act.CLOSE): State.CLOSED,
        (State.REJECTED, Act.REOPEN): State.REOPENED,  # by the node, in the same moment
        (State.CLOSED, Act.REOPEN): State.REOPENED,
        (State.CLOSED, Act.ADD): State.CLOSED,
        (State.CLOSED, Act.UNMERGE): State.SCREENED,
    }
    for state in (State.RECEIVED, State.SCREENED):
        moves[state, Act.ACCEPT] = State.ACCEPTED
    for state in (State.SCREENED, State.ACCEPTED, State.ASSIGNED, State.IN_HAND, State.REOPENED):
        moves[state, Act.ASSIGN] = State.ASSIGNED
    for state in _UNTAKEN:
        moves[state, Act.TAKE] = State.IN_HAND  # the reporter sees that somebody sees to it
    for state in (State.SCREENED, State.ACCEPTED, State.IN_HAND, State.REOPENED):
        moves[state, Act.ASK] = State.WAITING
    for state in (State.IN_HAND, State.REOPENED):
        moves[state, Act.POSTPONE] = State.WAITING
    for state in (State.ACCEPTED, State.ASSIGNED, State.IN_HAND, State.REOPENED):
        moves[state, Act.REFER] = State.REFERRED
        moves[state, Act.RETURN] = State.SCREENED
    for state in (State.REFERRED,):
        moves[state, Act.RETURN] = State.SCREENED
    for state in _OPEN:
        moves[state, Act.ANSWER] = State.ANSWERED  # what can be said at once is said at once
        moves[state, Act.EXTEND] = state
        moves[state, Act.CLIMB] = state
        moves[state, Act.WITHDRAW] = State.CLOSED
        moves[state, Act.MERGE] = State.CLOSED
        moves.setdefault((state, Act.ADD), state)
    return moves


MOVES: Mapping[tuple[State, Act], State] = _table()

LIVE = frozenset(State) - {State.CLOSED}
OWED = frozenset(_OPEN)
"""States in which the reporter has no answer."""


def move(state: State, act: Act) -> State:
    """Say where an act leads a case. Refuses with `NotNow`."""
    try:
        return MOVES[state, act]
    except KeyError:
        raise NotNow(state=state.value, act=act.value) from None


def acts_in(state: State) -> frozenset[Act]:
    """Name what can be done in a state."""
    return frozenset(act for at, act in MOVES if at is state)


# --- what is said -----------------------------------------------------------


def check_words(words: str, at_most: int = WORDS_AT_MOST) -> str:
    """Give words back without blanks round them. Refuses with `WordsMissing` and `WordsTooLong`."""
    words = words.strip()
    if not words:
        raise WordsMissing
    if len(words) > at_most:
        raise WordsTooLong(most=at_most)
    return words


def check_end(end: End | None, words: str, whose: str) -> None:
    """Refuse an answer that does not say how it ended, or whose it is where it is not ours.

    Why something was not done stands in the words, which may not be empty.
    """
    if end not in ANSWERS:
        raise EndMissing
    check_words(words, ANSWER_AT_MOST)
    if end is End.NOT_OURS and not whose.strip():
        raise WhoseMissing


def check_other_hand(hand: object, answerer: object) -> None:
    """Let only somebody ring the reporter who has not answered him. Refuses with `SameHandTwice`."""
    if hand is not None and hand == answerer:
        raise SameHandTwice


CALLS_OWED = 2
"""How often a silent reporter is rung, on different days, before silence ends a case."""


def may_end_in_silence(*, has_contact: bool, days_rung: int) -> bool:
    """Say whether silence may end a case: the reporter was rung on enough days, or left nothing to ring."""
    return not has_contact or days_rung >= CALLS_OWED


# --- how much comes by one connection ---------------------------------------

AT_MOST_IN_AN_HOUR = 30
"""Many homes share one address; in an emergency a whole building reports by one."""


def is_too_often(number: int) -> bool:
    """Have so many come by one connection within the hour that it must be a machine?"""
    return number > AT_MOST_IN_AN_HOUR
