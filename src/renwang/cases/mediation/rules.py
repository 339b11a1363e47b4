"""The life of a mediation: asked for, consented to, sat over, agreed, kept. States and acts in one table. Pure.

Nobody is mediated without his consent, which he may take back at any time
with one act. What is said in confidence is for the mediator it was said to.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from renwang.chain.rules import Refusal

ABOUT_AT_MOST = 200
WORDS_AT_MOST = 4_000
CONTACT_AT_MOST = 120
PARTIES_AT_MOST = 8
POINTS_AT_MOST = 20
FOLLOW_MONTHS = (1, 3)
FOLLOW_TERM = timedelta(days=7)
LONGEST_SESSION = timedelta(hours=8)
SUSPENDED_AT_MOST = timedelta(days=183)
KEPT_FOR = timedelta(days=365)
"""How long sealed words stay after the end, so that an agreement can still be looked up."""


class State(StrEnum):
    """Where a mediation stands."""

    ASKED = "asked"  # not every party has consented
    CONSENTED = "consented"  # nobody is named to mediate
    NAMED = "named"  # no session was set
    MEETING = "meeting"
    SUSPENDED = "suspended"  # until a day
    AGREED = "agreed"  # every party has signed
    FOLLOWED = "followed"  # asked after one month whether it is kept
    ENDED = "ended"


class Act(StrEnum):
    """What can happen to a mediation."""

    ADD_PARTY = "add_party"
    CONSENT = "consent"  # one party; the last one completes it
    COMPLETE = "complete"  # by the node, in the same moment
    NAME = "name"  # a mediator, or another one
    MEET = "meet"  # a session is set
    TELL = "tell"  # a position or an offer is told in confidence
    WRITE = "write"  # the points of the agreement
    SIGN = "sign"  # one party; the last one makes it agreed
    AGREE = "agree"  # by the node, in the same moment
    SUSPEND = "suspend"
    RESUME = "resume"
    FOLLOW = "follow"  # it is kept
    REOPEN = "reopen"  # it is not kept: they sit together again
    FAIL = "fail"
    WITHDRAW = "withdraw"  # a party takes his consent back
    ALLOW = "allow"  # a party lets it be handed on
    REFER = "refer"


class End(StrEnum):
    """How a mediation has ended."""

    SETTLED = "settled"
    NOT_SETTLED = "not_settled"
    WITHDRAWN = "withdrawn"  # by a party
    REFERRED = "referred"


class Body(StrEnum):
    """To whom a mediation can be handed on."""

    COMMITTEE = "committee"  # 人民调解委员会
    COURT = "court"
    POLICE = "police"


class Quarrel(StrEnum):
    """What a quarrel is about; also what a mediator is skilled in."""

    NEIGHBOURS = "neighbours"
    NOISE = "noise"
    LEAK = "leak"
    PARKING = "parking"
    PROPERTY = "property"  # with the company that manages the buildings
    FAMILY = "family"
    SUPPORT = "support"  # of the old and of children
    MONEY = "money"
    LABOUR = "labour"
    DAMAGE = "damage"
    LAND = "land"
    OTHER = "other"


class How(StrEnum):
    """How somebody consented, or signed."""

    PAPER = "paper"
    PERSON = "person"  # to a person of ours
    TELEPHONE = "telephone"


class Said(StrEnum):
    """What is told in confidence."""

    POSITION = "position"
    OFFER = "offer"


class Kept(StrEnum):
    """Whether an agreement is kept."""

    YES = "yes"
    PARTLY = "partly"  # it goes on being kept; nobody asks to sit together again
    NO = "no"


# --- refusals ---------------------------------------------------------------


class MediationRefused(Refusal):
    """Something that may not be done in a mediation. Its parameters fill the sentence in `words.py`."""


class NotNow(MediationRefused):
    """This cannot be done to a mediation that stands where it stands."""


class WordsMissing(MediationRefused):
    """What is there to be said is missing."""


class WordsTooLong(MediationRefused):
    """It is longer than anybody reads."""


class PartyMissing(MediationRefused):
    """A quarrel has two parties at least."""


class TooManyParties(MediationRefused):
    """With so many parties nobody can sit together."""


class ConsentMissing(MediationRefused):
    """A party has not consented, has taken it back, or his consent has run out."""


class ConsentOver(MediationRefused):
    """A consent holds until a day that is still to come."""


class NotTheMediator(MediationRefused):
    """Only whoever is named to mediate does this."""


class NotNeutral(MediationRefused):
    """He stands too near to one of the parties, or has answered the case."""


class NamedHimself(MediationRefused):
    """Nobody names himself to mediate, or to sit beside."""


class EnteredHimself(MediationRefused):
    """Whoever enters a party does not enter himself: he would read what that party tells."""


class NotAMaster(MediationRefused):
    """Who still learns does not mediate; who sits beside learns from this master."""


class SessionRefused(MediationRefused):
    """A session begins in the future, ends after it begins, and lasts some hours at most."""


class Taken(MediationRefused):
    """The mediator or the station has another session then."""


class NotYetOver(MediationRefused):
    """What has not taken place was not held."""


class PointsMissing(MediationRefused):
    """An agreement has points, each saying who does what."""


class SignedAlready(MediationRefused):
    """What a party has signed is not altered; the others sign it, or a new one is written by all."""


class DateRefused(MediationRefused):
    """A mediation is suspended until a day to come, half a year away at most."""


class NotYetDue(MediationRefused):
    """It is asked after one month and after three, not earlier."""


class BodyMissing(MediationRefused):
    """It is said to whom it is handed on."""


class ApprenticeUnwanted(MediationRefused):
    """A party does not want an apprentice beside the mediator."""


class MediatorKnown(MediationRefused):
    """He is in the register of mediators already."""


class MasterMissing(MediationRefused):
    """A master is somebody else, who mediates himself."""


class CaseMediated(MediationRefused):
    """A mediation of this case goes on already."""


# --- the life of a mediation ------------------------------------------------

_BEFORE = (State.ASKED, State.CONSENTED, State.NAMED, State.MEETING, State.SUSPENDED)
_WITH_MEDIATOR = (State.NAMED, State.MEETING, State.SUSPENDED)


def _table() -> dict[tuple[State, Act], State]:
    moves: dict[tuple[State, Act], State] = {
        (State.ASKED, Act.ADD_PARTY): State.ASKED,
        (State.CONSENTED, Act.ADD_PARTY): State.ASKED,
        (State.ASKED, Act.COMPLETE): State.CONSENTED,
        (State.CONSENTED, Act.NAME): State.NAMED,
        (State.NAMED, Act.MEET): State.MEETING,
        (State.MEETING, Act.MEET): State.MEETING,
        (State.MEETING, Act.WRITE): State.MEETING,
        (State.MEETING, Act.SIGN): State.MEETING,
        (State.MEETING, Act.AGREE): State.AGREED,
        (State.NAMED, Act.SUSPEND): State.SUSPENDED,
        (State.MEETING, Act.SUSPEND): State.SUSPENDED,
        (State.SUSPENDED, Act.RESUME): State.MEETING,
        (State.AGREED, Act.FOLLOW): State.FOLLOWED,
        (State.FOLLOWED, Act.FOLLOW): State.ENDED,
        (State.AGREED, Act.REOPEN): State.MEETING,
        (State.FOLLOWED, Act.REOPEN): State.MEETING,
    }
    for state in _BEFORE:
        moves[state, Act.CONSENT] = state
        moves[state, Act.WITHDRAW] = State.ENDED
    for state in _WITH_MEDIATOR:
        moves[state, Act.NAME] = state
        moves[state, Act.TELL] = state
        moves[state, Act.FAIL] = State.ENDED
    for state in (*_BEFORE, State.AGREED, State.FOLLOWED):
        moves[state, Act.ALLOW] = state
        moves[state, Act.REFER] = State.ENDED
    return moves


MOVES: Mapping[tuple[State, Act], State] = _table()
LIVE = frozenset(State) - {State.ENDED}


def move(state: State, act: Act) -> State:
    """Say where an act leads a mediation. Refuses with `NotNow`."""
    try:
        return MOVES[state, act]
    except KeyError:
        raise NotNow(state=state.value, act=act.value) from None


def acts_in(state: State) -> frozenset[Act]:
    """Name what can be done in a state."""
    return frozenset(act for at, act in MOVES if at is state)


# --- consent ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Consent:
    """What one party has said to being mediated. Nothing said: `at` is None."""

    at: datetime | None = None
    until: date | None = None
    withdrawn_at: datetime | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is given, not taken back and not run out on a day."""
        in_time = self.until is None or day <= self.until
        return self.at is not None and self.withdrawn_at is None and in_time


def all_consent(consents: Collection[Consent], day: date) -> bool:
    """Say whether two parties at least are there and every one consents on a day."""
    return len(consents) >= 2 and all(one.holds_on(day) for one in consents)


def require_consent(consents: Collection[Consent], day: date) -> None:
    """Let the deed go on where every party consents. Refuses with `PartyMissing` and `ConsentMissing`."""
    if len(consents) < 2:
        raise PartyMissing
    if not all_consent(consents, day):
        raise ConsentMissing


def check_until(until: date | None, day: date) -> None:
    """Refuse a consent that would be over already, with `ConsentOver`."""
    if until is not None and until < day:
        raise ConsentOver


# --- what is said -----------------------------------------------------------


def check_words(words: str, at_most: int = WORDS_AT_MOST) -> str:
    """Give words back without blanks round them. Refuses with `WordsMissing` and `WordsTooLong`."""
    words = words.strip()
    if not words:
        raise WordsMissing
    if len(words) > at_most:
        raise WordsTooLong(most=at_most)
    return words


@dataclass(frozen=True, slots=True)
class Point:
    """One point of an agreement: who does what, by when."""

    what: str
    who: str
    by_when: date | None = None


def check_points(points: Iterable[Point]) -> list[Point]:
    """Give the points back that say who does what. Refuses with `PointsMissing` and `WordsTooLong`."""
    kept = [one for one in points if one.what.strip() or one.who.strip()]
    if not kept or any(not one.what.strip() or not one.who.strip() for one in kept):
        raise PointsMissing
    if len(kept) > POINTS_AT_MOST or any(len(one.what) > 500 or len(one.who) > 120 for one in kept):
        raise WordsTooLong(most=500)
    return kept


# --- sessions and dates -----------------------------------------------------


def check_session(start: datetime, end: datetime, now: datetime) -> None:
    """Refuse a session in the past, or without a length one can sit through, with `SessionRefused`."""
    if start < now or not timedelta(0) < end - start <= LONGEST_SESSION:
        raise SessionRefused


def clash(start: datetime, end: datetime, others: Iterable[tuple[datetime, datetime]]) -> bool:
    """Say whether a session overlaps another one; one that begins when the other ends does not."""
    return any(start < until and begin < end for begin, until in others)


def check_suspension(until: date, today: date) -> None:
    """Refuse to suspend until a day that is past or too far, with `DateRefused`."""
    if not today < until <= today + SUSPENDED_AT_MOST:
        raise DateRefused


def follow_on(agreed: date, months: int) -> date:
    """Say on which day it is asked whether an agreement is kept: the same day of the month, or its last."""
    month = agreed.month - 1 + months
    year, month = agreed.year + month // 12, month % 12 + 1
    for day in range(agreed.day, 27, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return date(year, month, min(agreed.day, 28))


# --- figures ----------------------------------------------------------------

FEWEST = 5
"""A figure of fewer could be recognised by whoever knows the street."""


def shown(number: int) -> int | None:
    """Give a figure that may be shown; None for one that is withheld because it is small. Nothing is no secret."""
    return number if number == 0 or number >= FEWEST else None


def shown_row(numbers: Iterable[int]) -> list[int | None]:
    """Give the figures that stand beside their sum: where one alone would be withheld it could be worked out, so the next smallest goes too."""
    found = list(numbers)
    small = [at for at, one in enumerate(found) if 0 < one < FEWEST]
    if len(small) == 1:
        others = [at for at, one in enumerate(found) if one >= FEWEST]
        if others:
            small.append(min(others, key=lambda at: found[at]))
    return [None if at in small else one for at, one in enumerate(found)]
