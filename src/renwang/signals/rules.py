"""What becomes of a signal and of what sensors propose, and which signals speak of one thing. Values in, values out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from renwang.base.pure.geometry import distance_m


class Source(StrEnum):
    """Where a signal comes from."""

    PATROL = "patrol"
    RESIDENT = "resident"
    OFFICER = "officer"  # an information officer (信息员)
    ABOVE = "above"  # a higher authority, by hand or by its feed
    SENSOR = "sensor"


class SignalState(StrEnum):
    """Where a signal stands."""

    NEW = "new"  # here, but nobody has looked at it
    LINKED = "linked"  # one of several about the same matter
    ASSESSED = "assessed"
    PROPOSED = "proposed"  # a warning was asked for because of it
    REFERRED = "referred"  # the unit above owes an answer
    ASIDE = "aside"
    MET = "met"  # an official warning says what it said


class SignalAct(StrEnum):
    """What can happen to a signal."""

    RECEIVE = "receive"  # once more: the same report by another way
    LINK = "link"
    UNLINK = "unlink"
    ASSESS = "assess"
    PROPOSE = "propose"
    REFER = "refer"
    ANSWER = "answer"  # the unit above has answered
    PUT_ASIDE = "put_aside"
    REOPEN = "reopen"
    MEET = "meet"


class ProposalState(StrEnum):
    """Where a proposal of a trigger stands."""

    OPEN = "open"  # nobody has decided
    REPLACED = "replaced"  # a higher level was met before anybody decided
    DISMISSED = "dismissed"
    ASSESSED = "assessed"
    HANDED = "handed"  # given to whoever writes the warning


class ProposalAct(StrEnum):
    """What can happen to a proposal."""

    REPLACE = "replace"
    DISMISS = "dismiss"
    ASSESS = "assess"
    HAND_ON = "hand_on"


class ReferralState(StrEnum):
    """Where a referral stands."""

    OWED = "owed"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class ReferralAct(StrEnum):
    """What can happen to a referral."""

    CLIMB = "climb"  # silence takes it one level higher
    ANSWER = "answer"
    WITHDRAW = "withdraw"


# --- refusals ---------------------------------------------------------------


class SignalRefused(Exception):
    """Something that may not be done with a signal. `figures` fill the sentence in `words.py`."""

    def __init__(self, **figures: object) -> None:
        super().__init__(", ".join(f"{name}={value}" for name, value in figures.items()))
        self.figures = figures


class WordsMissing(SignalRefused):
    """A signal says something, or it is none."""


class ReasonMissing(SignalRefused):
    """What is put aside, dismissed or taken back is so for a reason."""


class NoticedInTheFuture(SignalRefused):
    """Nobody has noticed what is still to come; clocks may differ by ten minutes."""


class WasPutAside(SignalRefused):
    """It was put aside. Whoever wants to go on with it opens it again first."""


class NotPutAside(SignalRefused):
    """Only what was put aside, or was met by a warning, can be opened again."""


class NotInAMatter(SignalRefused):
    """It stands alone, so there is nothing to take it out of."""


class NothingOwed(SignalRefused):
    """No answer is owed for it."""


class NotAssessed(SignalRefused):
    """A warning is asked for on the ground of an assessment."""


class AnswerOwed(SignalRefused):
    """The unit above has been asked already and still owes the answer."""


class ProposalDecided(SignalRefused):
    """Somebody has decided about this proposal already, or a higher one took its place."""


class ReferralOver(SignalRefused):
    """The referral was answered or taken back."""


class SameMatter(SignalRefused):
    """The two are one matter already."""


class OneStory(SignalRefused):
    """What happened in a rehearsal is not mixed with what really happened."""


# --- the life of a signal ---------------------------------------------------

_NEW, _LINKED, _ASSESSED, _PROPOSED, _REFERRED, _ASIDE, _MET = SignalState

MOVES: dict[tuple[SignalState, SignalAct], SignalState] = {
    **{(state, SignalAct.RECEIVE): state for state in SignalState},
    (_NEW, SignalAct.LINK): _LINKED,
    (_NEW, SignalAct.ASSESS): _ASSESSED,
    (_NEW, SignalAct.REFER): _REFERRED,
    (_NEW, SignalAct.PUT_ASIDE): _ASIDE,
    (_NEW, SignalAct.MEET): _MET,
    (_LINKED, SignalAct.LINK): _LINKED,
    (_LINKED, SignalAct.UNLINK): _NEW,
    (_LINKED, SignalAct.ASSESS): _ASSESSED,
    (_LINKED, SignalAct.REFER): _REFERRED,
    (_LINKED, SignalAct.PUT_ASIDE): _ASIDE,
    (_LINKED, SignalAct.MEET): _MET,
    (_ASSESSED, SignalAct.LINK): _ASSESSED,
    (_ASSESSED, SignalAct.UNLINK): _NEW,  # what was said of the others was not said of it
    (_ASSESSED, SignalAct.ASSESS): _ASSESSED,
    (_ASSESSED, SignalAct.PROPOSE): _PROPOSED,
    (_ASSESSED, SignalAct.REFER): _REFERRED,
    (_ASSESSED, SignalAct.PUT_ASIDE): _ASIDE,
    (_ASSESSED, SignalAct.MEET): _MET,
    (_PROPOSED, SignalAct.LINK): _PROPOSED,
    (_PROPOSED, SignalAct.UNLINK): _NEW,
    (_PROPOSED, SignalAct.ASSESS): _PROPOSED,
    (_PROPOSED, SignalAct.PROPOSE): _PROPOSED,
    (_PROPOSED, SignalAct.REFER): _REFERRED,
    (_PROPOSED, SignalAct.PUT_ASIDE): _ASIDE,
    (_PROPOSED, SignalAct.MEET): _MET,
    (_REFERRED, SignalAct.LINK): _REFERRED,
    (_REFERRED, SignalAct.UNLINK): _NEW,
    (_REFERRED, SignalAct.ASSESS): _REFERRED,
    (_REFERRED, SignalAct.PROPOSE): _REFERRED,  # asking does not wait for the answer
    (_REFERRED, SignalAct.ANSWER): _ASSESSED,
    (_REFERRED, SignalAct.PUT_ASIDE): _ASIDE,
    (_REFERRED, SignalAct.MEET): _MET,
    (_ASIDE, SignalAct.REOPEN): _NEW,
    (_ASIDE, SignalAct.ANSWER): _ASIDE,
    (_ASIDE, SignalAct.MEET): _MET,  # it was right after all
    (_MET, SignalAct.LINK): _MET,
    (_MET, SignalAct.UNLINK): _NEW,
    (_MET, SignalAct.ASSESS): _MET,
    (_MET, SignalAct.PROPOSE): _PROPOSED,  # the warning is not enough here
    (_MET, SignalAct.REFER): _REFERRED,
    (_MET, SignalAct.ANSWER): _MET,
    (_MET, SignalAct.PUT_ASIDE): _ASIDE,
    (_MET, SignalAct.REOPEN): _NEW,
    (_MET, SignalAct.MEET): _MET,
}

_WHY_NOT: dict[SignalAct, type[SignalRefused]] = {
    SignalAct.UNLINK: NotInAMatter,
    SignalAct.PROPOSE: NotAssessed,
    SignalAct.REFER: AnswerOwed,
    SignalAct.ANSWER: NothingOwed,
    SignalAct.REOPEN: NotPutAside,
}

PROPOSAL_MOVES: dict[tuple[ProposalState, ProposalAct], ProposalState] = {
    (ProposalState.OPEN, ProposalAct.REPLACE): ProposalState.REPLACED,
    (ProposalState.OPEN, ProposalAct.DISMISS): ProposalState.DISMISSED,
    (ProposalState.OPEN, ProposalAct.ASSESS): ProposalState.ASSESSED,
    (ProposalState.OPEN, ProposalAct.HAND_ON): ProposalState.HANDED,
    (ProposalState.ASSESSED, ProposalAct.DISMISS): ProposalState.DISMISSED,
    (ProposalState.ASSESSED, ProposalAct.ASSESS): ProposalState.ASSESSED,
    (ProposalState.ASSESSED, ProposalAct.HAND_ON): ProposalState.HANDED,
    (ProposalState.HANDED, ProposalAct.ASSESS): ProposalState.HANDED,
    (ProposalState.REPLACED, ProposalAct.REPLACE): ProposalState.REPLACED,
    # What was decided stays decided when a higher level is met: the higher proposal is another one.
    (ProposalState.DISMISSED, ProposalAct.REPLACE): ProposalState.DISMISSED,
    (ProposalState.ASSESSED, ProposalAct.REPLACE): ProposalState.ASSESSED,
    (ProposalState.HANDED, ProposalAct.REPLACE): ProposalState.HANDED,
}

REFERRAL_MOVES: dict[tuple[ReferralState, ReferralAct], ReferralState] = {
    (ReferralState.OWED, ReferralAct.CLIMB): ReferralState.OWED,
    (ReferralState.OWED, ReferralAct.ANSWER): ReferralState.ANSWERED,
    (ReferralState.OWED, ReferralAct.WITHDRAW): ReferralState.WITHDRAWN,
}


def move(state: SignalState, act: SignalAct) -> SignalState:
    """Say where an act leads a signal, or refuse with what stands against it."""
    try:
        return MOVES[state, act]
    except KeyError:
        if state is SignalState.ASIDE:
            raise WasPutAside(state=state.value) from None
        raise _WHY_NOT[act](state=state.value) from None


def move_proposal(state: ProposalState, act: ProposalAct) -> ProposalState:
    """Say where an act leads a proposal. Refuses with `ProposalDecided`."""
    try:
        return PROPOSAL_MOVES[state, act]
    except KeyError:
        raise ProposalDecided(state=state.value) from None


def move_referral(state: ReferralState, act: ReferralAct) -> ReferralState:
    """Say where an act leads a referral. Refuses with `ReferralOver`."""
    try:
        return REFERRAL_MOVES[state, act]
    except KeyError:
        raise ReferralOver(state=state.value) from None


def check_reason(reason: str) -> str:
    """Give a reason back without blanks round it. Refuses with `ReasonMissing`."""
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


CLOCKS_DIFFER_BY = timedelta(minutes=10)


def check_report(words: str, noticed_at: datetime, now: datetime) -> None:
    """Refuse a report without words, or of what is still to come."""
    if not words.strip():
        raise WordsMissing
    if noticed_at > now + CLOCKS_DIFFER_BY:
        raise NoticedInTheFuture(at=noticed_at)


# --- which signals speak of one thing ----------------------------------------

NEAR_M = 1_500.0
NEAR_IN_TIME = timedelta(hours=12)
LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Sighting:
    """When, where and of what a signal speaks. Without a point its place alone counts."""

    key: str
    at: datetime
    path: str
    hazard: str  # empty where the reporter did not say
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another signal that may be about the same thing: how alike from 0 to 1, and how far apart."""

    key: str
    likeness: float
    metres: float | None
    apart: timedelta


def suggest_links(one: Sighting, others: Iterable[Sighting], *, limit: int = 5) -> list[Suggestion]:
    """Suggest which signals may be about the same thing as one, the likeliest first.

    Near in time, near in place and of the same hazard: each by itself can rule
    a pair out, none by itself makes it. A person links; this only suggests.
    """
    found = []
    for other in others:
        likeness, metres = _likeness(one, other)
        if likeness >= LIKELY and other.key != one.key:
            found.append(Suggestion(other.key, round(likeness, 3), metres, abs(other.at - one.at)))
    found.sort(key=lambda each: (-each.likeness, each.apart, each.key))
    return found[:limit]


def _likeness(one: Sighting, other: Sighting) -> tuple[float, float | None]:
    in_time = 1 - abs(one.at - other.at) / NEAR_IN_TIME
    place, metres = _nearness(one, other)
    if in_time <= 0 or place <= 0:
        return 0.0, metres
    if one.hazard and other.hazard:
        hazard = 1.0 if one.hazard == other.hazard else 0.0
    else:
        hazard = 0.6
    return hazard * (0.3 + 0.35 * in_time + 0.35 * place), metres


def _nearness(one: Sighting, other: Sighting) -> tuple[float, float | None]:
    if None not in (one.lon, one.lat, other.lon, other.lat):
        assert one.lon is not None and one.lat is not None
        assert other.lon is not None and other.lat is not None
        metres = distance_m(one.lon, one.lat, other.lon, other.lat)
        return 1 - metres / NEAR_M, metres
    if one.path == other.path:
        return 1.0, None
    if one.path.startswith(other.path) or other.path.startswith(one.path):
        return 0.6, None
    return 0.0, None


# --- referring upward ---------------------------------------------------------

SHORTEST_TERM, LONGEST_TERM = timedelta(minutes=5), timedelta(days=7)


class TermRefused(SignalRefused):
    """A term nobody could keep, or one so long that the question is forgotten."""


class NobodyAbove(SignalRefused):
    """There is no unit above this one at this node."""


def check_term(term: timedelta) -> None:
    """Refuse a term under five minutes or over a week."""
    if not SHORTEST_TERM <= term <= LONGEST_TERM:
        raise TermRefused(term=term)


def next_due(term: timedelta, rung: int, asked_at: datetime) -> datetime:
    """Say by when a level must have answered.

    The first level asked gets the whole term. What its silence cost is not
    given once more: each level above gets half of the one below, five minutes
    at the least.
    """
    return asked_at + max(term / (1 << rung), SHORTEST_TERM)
