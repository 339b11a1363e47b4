"""The life of a duty, what it must say before it holds, and which of several holds at a place.

Values in; a value or a named refusal out. The sentences for the refusals are in `words.py`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from renwang.chain.rules import Refusal

WORDS_AT_MOST = 2_000
HAZARD_AT_MOST = 40
HELPERS_AT_MOST = 40


class Phase(StrEnum):
    """When in the course of a hazard a duty is called for; each has one leader."""

    PREVENT = "prevent"  # 预防
    PREPARE = "prepare"  # 准备
    RESPOND = "respond"  # 响应
    RECOVER = "recover"  # 恢复


class DutyState(StrEnum):
    """Where a duty stands. Whether an approved one holds today its dates say: see `standing`."""

    DRAFT = "draft"
    PROPOSED = "proposed"  # those named read it and say what they think
    OBJECTED = "objected"  # somebody named does not agree, and has had no answer
    APPROVED = "approved"
    SUPERSEDED = "superseded"  # a later one took its place
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DISCARDED = "discarded"  # never approved


class Act(StrEnum):
    """What can happen to a duty."""

    EDIT = "edit"
    PROPOSE = "propose"
    COMMENT = "comment"
    OBJECT = "object"
    SETTLE = "settle"  # the last open objection was answered or taken back
    RETURN = "return"
    APPROVE = "approve"
    TAKE_OVER = "take_over"  # it holds already by a document that others issued
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    DISCARD = "discard"


class Standing(StrEnum):
    """A duty as people ask for it: its state, and of an approved one whether it holds at a moment."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    OBJECTED = "objected"
    COMING = "coming"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DISCARDED = "discarded"


# --- refusals ---------------------------------------------------------------


class DutyRefused(Refusal):
    """Something that may not be done with a duty."""


class DutyNotNow(DutyRefused):
    """An act that has no place in the state the duty is in."""

    def __init__(self, state: DutyState, act: Act) -> None:
        super().__init__(state=state.value, act=act.value)
        self.state = state
        self.act = act


class OwnDuty(DutyRefused):
    """Whoever wrote any of its words cannot also be the one who approves it."""


class HazardMissing(DutyRefused):
    """No hazard is named."""


class LeaderMissing(DutyRefused):
    """Nobody would lead."""


class LeaderEnded(DutyRefused):
    """The post that would lead has been closed."""


class TaskMissing(DutyRefused):
    """It does not say what the leader answers for."""


class DutyTooLong(DutyRefused):
    """A text is longer than anybody reads in an emergency."""


class HelperTwice(DutyRefused):
    """One post or organisation is named twice, or helps itself."""


class HelperUnclear(DutyRefused):
    """A helper is either a post or an organisation."""


class EndsTooEarly(DutyRefused):
    """It would end on or before the day it begins."""


class OverAlready(DutyRefused):
    """Its last day lies in the past."""


class SecondLeader(DutyRefused):
    """Another duty already holds for this hazard and phase at this place; only its successor may follow."""


class SupersededAlready(DutyRefused):
    """Another one has taken its place; follow that one."""


class WhyMissing(DutyRefused):
    """A return, an end, an objection or its answer must say why."""


class NotNamedThere(DutyRefused):
    """Only those it names, and those who keep the list, say something about a duty."""


class ObjectionSettled(DutyRefused):
    """The objection has been answered already."""


class DocumentMissing(DutyRefused):
    """What holds without an approval here must name the document by which it holds."""


# --- the life of a duty -----------------------------------------------------

_D, _P, _O, _A, _S, _W, _E, _G = DutyState

MOVES: Mapping[tuple[DutyState, Act], DutyState] = {
    (_D, Act.EDIT): _D,
    (_D, Act.PROPOSE): _P,
    (_D, Act.TAKE_OVER): _A,
    (_D, Act.DISCARD): _G,
    (_P, Act.EDIT): _D,  # other words than those that were read
    (_P, Act.COMMENT): _P,
    (_P, Act.OBJECT): _O,
    (_P, Act.RETURN): _D,
    (_P, Act.APPROVE): _A,
    (_P, Act.DISCARD): _G,
    (_O, Act.EDIT): _D,
    (_O, Act.COMMENT): _O,
    (_O, Act.OBJECT): _O,
    (_O, Act.SETTLE): _P,
    (_O, Act.RETURN): _D,
    (_O, Act.DISCARD): _G,
    (_A, Act.COMMENT): _A,  # what shows only when it is lived by
    (_A, Act.SUPERSEDE): _S,
    (_A, Act.WITHDRAW): _W,
    (_A, Act.EXPIRE): _E,
}

OPEN = frozenset({_D, _P, _O})
"""States in which nobody answers by it yet."""


def move(state: DutyState, act: Act) -> DutyState:
    """Say where an act leads, or refuse with `DutyNotNow` or `SupersededAlready`."""
    try:
        return MOVES[state, act]
    except KeyError:
        if state is _S and act is Act.SUPERSEDE:
            raise SupersededAlready from None
        raise DutyNotNow(state, act) from None


def acts_in(state: DutyState) -> frozenset[Act]:
    """Name what can be done in a state."""
    return frozenset(act for at, act in MOVES if at is state)


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when a duty holds; the end is no longer part of it, None has none."""

    since: datetime
    until: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        """Say whether a moment lies within."""
        return self.since <= at and (self.until is None or at < self.until)

    def meets(self, other: "Span") -> bool:
        """Say whether there is a moment that lies within both."""
        starts = max(self.since, other.since)
        return self.holds_at(starts) and other.holds_at(starts)


def standing(
    state: DutyState, since: datetime | None, until: datetime | None, now: datetime
) -> Standing:
    """Say how a duty stands at a moment. `since` and `until` are given once it was approved."""
    if state is not DutyState.APPROVED:
        return Standing(state.value)
    if since is None or now < since:
        return Standing.COMING
    return Standing.IN_FORCE if Span(since, until).holds_at(now) else Standing.EXPIRED


# --- what it must say -------------------------------------------------------


def check_days(from_on: date | None, until_on: date | None) -> None:
    """Refuse a duty that ends on or before the day it begins."""
    if from_on is not None and until_on is not None and until_on <= from_on:
        raise EndsTooEarly(on=from_on)


def check_texts(hazard: str, texts: Iterable[str]) -> None:
    """Refuse a duty against nothing, and texts that nobody would read."""
    if not hazard.strip():
        raise HazardMissing
    if len(hazard) > HAZARD_AT_MOST or any(len(text) > WORDS_AT_MOST for text in texts):
        raise DutyTooLong(limit=WORDS_AT_MOST)


def check_helpers(leader: str | None, helpers: Sequence[tuple[str | None, str | None]]) -> None:
    """Refuse a helper who is nobody, or two at once; who is named twice; who would help himself.

    Each helper is (key of a post, key of an organisation), one of them None.
    """
    if any((post is None) == (organisation is None) for post, organisation in helpers):
        raise HelperUnclear
    if len(set(helpers)) < len(helpers) or len(helpers) > HELPERS_AT_MOST:
        raise HelperTwice
    if leader is not None and (leader, None) in helpers:
        raise HelperTwice


def check_whole(leader: str | None, is_closed: bool, sole: str) -> None:
    """Refuse to propose a duty in which nobody leads or nothing is to be done."""
    if leader is None:
        raise LeaderMissing
    if is_closed:
        raise LeaderEnded
    if not sole.strip():
        raise TaskMissing


def check_reason(reason: str) -> None:
    """Refuse to hand back, to end or to object without saying why."""
    if not reason.strip():
        raise WhyMissing


def check_document(document: str) -> None:
    """Refuse to take over what no document bears out."""
    if not document.strip():
        raise DocumentMissing


def check_author(writers: Collection[str], hand: str | None) -> None:
    """Refuse the approving hand where it has written any of the words; the node itself has none."""
    if hand is not None and hand in writers:
        raise OwnDuty


def span_of(begins: datetime | None, ends: datetime | None, now: datetime) -> Span:
    """Say from when until when a duty holds that is approved now; nothing is approved for the past.

    `begins` and `ends` are the beginnings of its first day and of the day
    after its last, None where none was given. Refuses with `OverAlready`.
    """
    since = max(begins, now) if begins is not None else now
    if ends is not None and ends <= since:
        raise OverAlready
    return Span(since, ends)


@dataclass(frozen=True, slots=True)
class Rival:
    """Another duty for the same hazard and phase at the same place."""

    ref: str
    leader: str  # title of the post; empty where nobody leads
    span: Span


def check_one_leader(span: Span, others: Iterable[Rival]) -> None:
    """Refuse to let a duty hold beside another one of the same hazard, phase and place."""
    for other in others:
        if span.meets(other.span):
            raise SecondLeader(ref=other.ref, leader=other.leader or "–")


def state_when_proposed(open_objections: int) -> DutyState:
    """Say where a proposal stands: what was objected before is not forgotten by changing the words."""
    proposed = move(DutyState.DRAFT, Act.PROPOSE)
    return move(proposed, Act.OBJECT) if open_objections else proposed


# --- which of several holds -------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim:
    """A duty that holds at a place or above it."""

    path: str  # of the place it was made for
    since: datetime
    ref: str
    is_general: bool = False  # for all hazards


def order_claims(claims: Iterable[Claim]) -> list[Claim]:
    """Put those that hold at one place into order: the nearest first, of those the earliest.

    What was made for the very hazard goes before what was made for all, also
    from above: who knows a landslide leads in a landslide. A duty of the
    sub-district holds in its communities unless one of them has its own. Two
    of the same place contradict each other; until that is mended the earlier
    one is answered by, so that everybody gets the same answer.
    """
    return sorted(claims, key=lambda one: (one.is_general, -len(one.path), one.since, one.ref))


def rivals_of(ordered: Sequence[Claim]) -> list[Claim]:
    """Give those that contradict the first one: made for the same place, and as much for the very hazard."""
    first = (ordered[0].path, ordered[0].is_general)
    return [one for one in ordered[1:] if (one.path, one.is_general) == first]
