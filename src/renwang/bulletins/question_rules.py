"""The life of a question or a rumour that somebody brings, its clock, and which ones are alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from renwang.base.pure.likeness import likeness, pairs_of
from renwang.base.pure.text import search_key
from renwang.bulletins.rules import BulletinRefused

WORDS_AT_MOST = 1_000
CONTACT_AT_MOST = 120
ANSWER_WITHIN = timedelta(hours=24)
"""A question that nobody has answered for so long begins to climb."""

CLIMB_EVERY = timedelta(minutes=30)
LONGEST_WAIT = timedelta(days=7)
CONTACT_KEPT_FOR = timedelta(days=14)
"""After the answer: long enough to ring back twice."""
UNANSWERED_CONTACT_KEPT_FOR = timedelta(days=60)


class Kind(StrEnum):
    """What somebody brought: he asks, or he has heard."""

    QUESTION = "question"
    RUMOUR = "rumour"


class Finding(StrEnum):
    """What was found about a rumour."""

    TRUE = "true"
    FALSE = "false"
    PARTLY = "partly"
    UNKNOWN = "unknown"


class QuestionState(StrEnum):
    """Where a question stands."""

    ASKED = "asked"
    PENDING = "pending"  # not known yet; the next word is promised for a moment
    ANSWERED = "answered"  # whoever asked can read it
    PUBLISHED = "published"  # everybody can
    CORRECTING = "correcting"  # everybody still reads the old answer; a better one waits
    CORRECTED = "corrected"
    MERGED = "merged"  # another question stands for it
    ASIDE = "aside"


class QuestionAct(StrEnum):
    """What can happen to a question."""

    ANSWER = "answer"
    POSTPONE = "postpone"
    PUBLISH = "publish"
    RETRACT = "retract"  # it is no longer shown to everybody
    MERGE = "merge"
    UNMERGE = "unmerge"
    SET_ASIDE = "set_aside"
    TAKE_UP = "take_up"
    DENY = "deny"  # whoever asked says that it was no answer
    CONFIRM = "confirm"


class QuestionNotNow(BulletinRefused):
    """An act that has no place in the state the question is in."""

    def __init__(self, state: QuestionState, act: QuestionAct) -> None:
        super().__init__(f"{act.value} while {state.value}")
        self.state = state
        self.act = act


class NothingAsked(BulletinRefused):
    """There are no words in it."""


class AskedTooMuch(BulletinRefused):
    """It is longer than a question needs to be."""


class AskedTooOften(BulletinRefused):
    """So many questions came by this connection that the next has to wait."""


class NotAPerson(BulletinRefused):
    """A field was filled in that no human being sees."""


class NextWordTooLate(BulletinRefused):
    """The next word is promised for the past, or for later than anybody would wait."""


class FindingMissing(BulletinRefused):
    """An answer to a rumour must say what was found; one to a question has no finding."""


class NothingNewToPublish(BulletinRefused):
    """Everybody can read this answer already."""


class MergedIntoItself(BulletinRefused):
    """A question cannot stand for itself, nor for one that stands for it."""


_A, _N, _D, _P, _G, _C, _M, _S = QuestionState
_Q = QuestionAct

QUESTION_MOVES: Mapping[tuple[QuestionState, QuestionAct], QuestionState] = {
    (_A, _Q.ANSWER): _D,
    (_A, _Q.POSTPONE): _N,
    (_A, _Q.MERGE): _M,
    (_A, _Q.SET_ASIDE): _S,
    (_N, _Q.ANSWER): _D,
    (_N, _Q.POSTPONE): _N,  # kept word: the next word came, and it is still not known
    (_N, _Q.PUBLISH): _N,  # that it is not known yet may be said to everybody
    (_N, _Q.RETRACT): _N,
    (_N, _Q.MERGE): _M,
    (_N, _Q.SET_ASIDE): _S,
    (_D, _Q.ANSWER): _D,
    (_D, _Q.POSTPONE): _N,
    (_D, _Q.PUBLISH): _P,
    (_D, _Q.RETRACT): _D,
    (_D, _Q.MERGE): _M,
    (_D, _Q.DENY): _A,
    (_D, _Q.CONFIRM): _D,
    (_P, _Q.ANSWER): _G,
    (_P, _Q.POSTPONE): _N,
    (_P, _Q.RETRACT): _D,
    (_P, _Q.DENY): _P,
    (_P, _Q.CONFIRM): _P,
    (_G, _Q.ANSWER): _G,
    (_G, _Q.POSTPONE): _N,
    (_G, _Q.PUBLISH): _C,
    (_G, _Q.RETRACT): _D,
    (_G, _Q.DENY): _G,
    (_G, _Q.CONFIRM): _G,
    (_C, _Q.ANSWER): _G,
    (_C, _Q.POSTPONE): _N,
    (_C, _Q.RETRACT): _D,
    (_C, _Q.DENY): _C,
    (_C, _Q.CONFIRM): _C,
    (_M, _Q.UNMERGE): _A,
    (_S, _Q.TAKE_UP): _A,
}

RUNNING = frozenset({_A, _N})
"""States in which somebody waits for us."""
SAID = frozenset({_D, _P, _G, _C})


def move_question(state: QuestionState, act: QuestionAct) -> QuestionState:
    """Say where an act leads, or refuse with `QuestionNotNow`."""
    try:
        return QUESTION_MOVES[state, act]
    except KeyError:
        raise QuestionNotNow(state, act) from None


def question_acts_in(state: QuestionState) -> frozenset[QuestionAct]:
    """Name what can be done in a state."""
    return frozenset(act for at, act in QUESTION_MOVES if at is state)


# --- what is brought and what is said ---------------------------------------


def check_asking(words: str, contact: str = "") -> None:
    """Refuse what is empty or too long to be a question."""
    if not words.strip():
        raise NothingAsked
    if len(words) > WORDS_AT_MOST or len(contact) > CONTACT_AT_MOST:
        raise AskedTooMuch


def check_finding(kind: Kind, finding: Finding | None) -> None:
    """Refuse with `FindingMissing` where a rumour has no finding, or a question has one."""
    if (kind is Kind.RUMOUR) != (finding is not None):
        raise FindingMissing


def check_next_word(at: datetime, now: datetime) -> None:
    """Refuse with `NextWordTooLate` a moment that is over, or more than a week away."""
    if not now < at <= now + LONGEST_WAIT:
        raise NextWordTooLate


# --- the clock --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Climb:
    """A promise that was not kept: at which place it shows now, and when it climbs further."""

    rung: int
    path: str
    next_at: datetime | None  # None at the top: nobody stands above


def climb(path: str, due_at: datetime | None, rung: int, now: datetime) -> Climb | None:
    """Say how far an overdue question has climbed; None while it is in time, or nothing changed.

    The place itself hears of it when the time is over, and one level above for
    every further half hour, up to the top.
    """
    if due_at is None or now < due_at:
        return None
    steps = 1 + (now - due_at) // CLIMB_EVERY
    places = _above(path)
    reached = min(steps, len(places))
    if reached <= rung:
        return None
    next_at = due_at + reached * CLIMB_EVERY if reached < len(places) else None
    return Climb(reached, places[reached - 1], next_at)


def _above(path: str) -> list[str]:
    """Give a path and those above it, the nearest first: where it shows, rung by rung."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:number]) + "/" for number in range(len(parts), 0, -1)]


def contact_until(asked_at: datetime, answered_at: datetime | None) -> datetime:
    """Say when what one can be reached by is erased."""
    if answered_at is None:
        return asked_at + UNANSWERED_CONTACT_KEPT_FOR
    return answered_at + CONTACT_KEPT_FOR


def words_due(now: datetime, kept_for: timedelta) -> datetime:
    """Say up to which moment something must last have happened to a question for its words to be erased now."""
    return now - kept_for


# --- how many come by one connection ----------------------------------------

AT_MOST_IN_AN_HOUR = 20
"""Many homes share one address; a school's or a telephone company's shares thousands."""


def is_too_often(number: int) -> bool:
    """Have so many come by one connection within the hour that it must be a machine?"""
    return number > AT_MOST_IN_AN_HOUR


# --- which ones are alike ---------------------------------------------------


def question_key(words: str, texts: Sequence[Mapping[str, Any]]) -> str:
    """Fold what a question is found by: the words it was asked in, as far as they are kept, and the first answer text."""
    said = [words, *(f"{text['title']} {text['text']}" for text in texts[:1])]
    return search_key(" ".join(part for part in said if part))


ALIKE_FROM = 0.28


def most_alike(
    key: str, others: Iterable[tuple[int, str]], *, at_most: int = 6
) -> list[tuple[int, float]]:
    """Rank others by likeness to a key, the most alike first; `others` are (number, key)."""
    own = pairs_of(key)
    ranked = [(number, likeness(own, pairs_of(text))) for number, text in others]
    alike = [one for one in ranked if one[1] >= ALIKE_FROM]
    return sorted(alike, key=lambda one: (-one[1], one[0]))[:at_most]


def telling_pairs(key: str, *, at_most: int = 8) -> list[str]:
    """Choose pairs by which a database narrows the search: spread evenly over the words, repeatable."""
    pairs = sorted(pairs_of(key), key=key.find)
    step = max(1, len(pairs) // at_most)
    return pairs[::step][:at_most]
