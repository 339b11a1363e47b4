"""Who may write, approve and issue what, and the life of a draft. Values in, values out.

Sources: the two hands are the four-eyes rule of public alerting (the author
never approves); only county level and above issue warnings to the public.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from renwang.alerts.rules import AlertRefused, AlertState, MayNotOriginate


class Kind(StrEnum):
    """What is being written."""

    WARNING = "warning"  # an actual one to the public: county level and above
    ADVICE = "advice"  # below the official threshold, in everybody's right
    EXERCISE = "exercise"
    RELAY = "relay"  # of somebody else's warning, with a local note


class DraftState(StrEnum):
    """Where a draft stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    ISSUED = "issued"
    DROPPED = "dropped"


class DraftAct(StrEnum):
    """What can be done with a draft."""

    CHANGE = "change"
    SUBMIT = "submit"
    RETURN = "return"  # to its author, with a remark
    APPROVE = "approve"
    ISSUE = "issue"
    DROP = "drop"


class Follow(StrEnum):
    """What a later message does to an earlier one of ours."""

    UPDATE = "update"
    EXTEND = "extend"
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    CORRECT = "correct"
    LIFT = "lift"  # the danger is over
    TAKE_BACK = "take_back"  # it should never have gone out


# --- refusals ---------------------------------------------------------------


class SameHandTwice(AlertRefused):
    """Whoever wrote a word of it may not approve it."""


class NotSubmitted(AlertRefused):
    """It is still being written, so there is nothing to approve yet."""


class NotApproved(AlertRefused):
    """Nobody else has approved it yet."""


class AlreadyApproved(AlertRefused):
    """It is approved already; it waits to be issued."""


class AlreadySubmitted(AlertRefused):
    """It is submitted already; it waits for a second person."""


class AlreadyIssued(AlertRefused):
    """It has gone out; what it says can only be changed by a later message."""


class DraftDropped(AlertRefused):
    """It was put away and will not go out."""


class ChangedMeanwhile(AlertRefused):
    """Its words were changed since the person read them; he must read them again."""


class RemarkMissing(AlertRefused):
    """Whoever returns a draft says what is to be changed."""


class CannotFollow(AlertRefused):
    """What it should change is over, or is nothing of ours, or has been changed already."""


class DraftUnready(AlertRefused):
    """Something in it is missing or wrong; `faults` names all of it."""

    def __init__(self, faults: Collection["Fault"]):
        super().__init__(", ".join(faults))
        self.faults = tuple(faults)


class NoSigningKey(AlertRefused):
    """The node has no key, so what it issues could not be told from a forgery."""


# --- the life of a draft ----------------------------------------------------

_DR, _SU, _AP, _IS, _DP = DraftState

MOVES: Mapping[tuple[DraftState, DraftAct], DraftState] = {
    (_DR, DraftAct.CHANGE): _DR,
    (_DR, DraftAct.SUBMIT): _SU,
    (_DR, DraftAct.DROP): _DP,
    (_SU, DraftAct.CHANGE): _DR,  # what is changed must be submitted again
    (_SU, DraftAct.RETURN): _DR,
    (_SU, DraftAct.APPROVE): _AP,
    (_SU, DraftAct.DROP): _DP,
    (_AP, DraftAct.CHANGE): _DR,  # an approval is for these words and no others
    (_AP, DraftAct.RETURN): _DR,
    (_AP, DraftAct.ISSUE): _IS,
    (_AP, DraftAct.DROP): _DP,
}

_WHY_NOT: Mapping[tuple[DraftState, DraftAct], type[AlertRefused]] = {
    (_DR, DraftAct.RETURN): NotSubmitted,
    (_DR, DraftAct.APPROVE): NotSubmitted,
    (_DR, DraftAct.ISSUE): NotApproved,
    (_SU, DraftAct.SUBMIT): AlreadySubmitted,
    (_SU, DraftAct.ISSUE): NotApproved,
    (_AP, DraftAct.SUBMIT): AlreadyApproved,
    (_AP, DraftAct.APPROVE): AlreadyApproved,
    **{(_IS, act): AlreadyIssued for act in DraftAct},
    **{(_DP, act): DraftDropped for act in DraftAct},
}


def move_draft(state: DraftState, act: DraftAct) -> DraftState:
    """Say where an act leads, or refuse with what stands against it."""
    try:
        return MOVES[state, act]
    except KeyError:
        raise _WHY_NOT[state, act](state.value) from None


def can(state: DraftState, act: DraftAct) -> bool:
    """Is the act open in this state?"""
    return (state, act) in MOVES


def check_hands(authors: Iterable[str], approver: str) -> None:
    """Refuse with `SameHandTwice` whoever has written any of it."""
    if approver in set(authors):
        raise SameHandTwice


def check_unchanged(revision: int, seen: int | None) -> None:
    """Refuse with `ChangedMeanwhile` where somebody decides about words that he has not seen."""
    if seen is not None and seen != revision:
        raise ChangedMeanwhile


def check_kind(kind: Kind, *, level_may_originate: bool) -> None:
    """Refuse with `MayNotOriginate` an actual warning to the public from below county level."""
    if kind is Kind.WARNING and not level_may_originate:
        raise MayNotOriginate(kind.value)


# --- whether it can go out --------------------------------------------------

COLOURS = ("blue", "yellow", "orange", "red")  # from the mildest to the gravest


class Fault(StrEnum):
    """What keeps a draft from being submitted. The sentences are in `words.py`."""

    NO_TEXT = "no-text"
    NO_AREA = "no-area"
    NO_END = "no-end"
    OVER_ALREADY = "over-already"
    ENDS_BEFORE_IT_BEGINS = "ends-before-it-begins"
    NOBODY_TO_ASK = "nobody-to-ask"
    NO_COLOUR = "no-colour"
    COLOURED_ADVICE = "coloured-advice"
    CALLS_ITSELF_WARNING = "calls-itself-warning"
    OPEN_BLANK = "open-blank"
    NOT_GRAVER = "not-graver"
    NOT_MILDER = "not-milder"
    NOT_LONGER = "not-longer"
    NO_NOTE = "no-note"
    STRANGE_LETTERS = "strange-letters"


@dataclass(frozen=True, slots=True)
class Written:
    """What a draft says, as far as it decides whether it can go out."""

    kind: Kind
    colour: str
    has_text: bool  # headline, description and instruction in one language at least
    has_area: bool
    has_contact: bool
    begins_at: datetime | None
    ends_at: datetime | None
    headlines: tuple[str, ...] = ()
    open_blanks: tuple[str, ...] = ()
    note: str = ""
    follow: Follow | None = None
    colour_before: str = ""
    ends_before: datetime | None = None
    is_writable: bool = True  # no letters that the message could not carry


def faults_of(said: Written, *, now: datetime) -> tuple[Fault, ...]:
    """Name everything that keeps a draft from going out; nothing where it can."""
    strange = () if said.is_writable else (Fault.STRANGE_LETTERS,)
    if said.kind is Kind.RELAY:
        return strange if said.note.strip() else (Fault.NO_NOTE,)
    found = [
        *strange,
        *_faults_of_words(said),
        *(() if ends_what_it_follows(said.follow) else _faults_of_time(said, now)),
        *_faults_of_colour(said),
    ]
    if not said.has_area:
        found.append(Fault.NO_AREA)
    return tuple(found)


def _faults_of_words(said: Written) -> list[Fault]:
    found: list[Fault] = []
    if not said.has_text:
        found.append(Fault.NO_TEXT)
    if said.open_blanks:
        found.append(Fault.OPEN_BLANK)
    if not said.has_contact:
        found.append(Fault.NOBODY_TO_ASK)
    if said.kind is Kind.ADVICE and any(map(calls_itself_warning, said.headlines)):
        found.append(Fault.CALLS_ITSELF_WARNING)
    return found


def _faults_of_time(said: Written, now: datetime) -> list[Fault]:
    if said.ends_at is None:
        return [Fault.NO_END]
    if said.ends_at <= now:
        return [Fault.OVER_ALREADY]
    if said.begins_at is not None and said.ends_at <= said.begins_at:
        return [Fault.ENDS_BEFORE_IT_BEGINS]
    extends = said.follow is Follow.EXTEND and said.ends_before is not None
    if extends and said.ends_before is not None and said.ends_at <= said.ends_before:
        return [Fault.NOT_LONGER]
    return []


def _faults_of_colour(said: Written) -> list[Fault]:
    if said.kind is Kind.ADVICE:
        return [Fault.COLOURED_ADVICE] if said.colour else []
    if said.kind is Kind.WARNING and not said.colour and not ends_what_it_follows(said.follow):
        return [Fault.NO_COLOUR]
    step = gravity(said.colour) - gravity(said.colour_before)
    if said.follow is Follow.UPGRADE and step <= 0:
        return [Fault.NOT_GRAVER]
    if said.follow is Follow.DOWNGRADE and step >= 0:
        return [Fault.NOT_MILDER]
    return []


def gravity(colour: str) -> int:
    """Say how grave a colour is: 1 for blue to 4 for red, 0 for none."""
    return COLOURS.index(colour) + 1 if colour in COLOURS else 0


def is_writable(text: str) -> bool:
    """Can XML carry every letter of a text? Control characters and half letters it cannot."""
    return all(
        letter in "\n\t\r" or (letter >= " " and not "\ud800" <= letter <= "\udfff")
        for letter in text
        if letter not in "\ufffe\uffff"
    ) and not any(letter in text for letter in "\ufffe\uffff")


_WARNING_WORDS = ("红色预警", "橙色预警", "黄色预警", "蓝色预警", "预警信号")
_WARNING_ENDINGS = ("red warning", "orange warning", "yellow warning", "blue warning")


def calls_itself_warning(headline: str) -> bool:
    """Does a headline read as if it were an official warning?"""
    plain = headline.lower()
    return any(word in plain for word in (*_WARNING_WORDS, *_WARNING_ENDINGS))


# --- what may follow what we issued -----------------------------------------

_LIVE = frozenset({AlertState.RECEIVED, AlertState.IN_FORCE})


def ends_what_it_follows(follow: Follow | None) -> bool:
    """Does the later message end the earlier one for good?"""
    return follow in (Follow.LIFT, Follow.TAKE_BACK)


def follows_open(state: AlertState, colour: str) -> tuple[Follow, ...]:
    """Say what can still be done to something we issued, in the order of the buttons."""
    if state is AlertState.EXPIRED:
        return (Follow.CORRECT, Follow.TAKE_BACK)
    if state not in _LIVE:
        return ()
    found = [Follow.UPDATE, Follow.EXTEND]
    if 0 < gravity(colour) < len(COLOURS):
        found.append(Follow.UPGRADE)
    if gravity(colour) > 1:
        found.append(Follow.DOWNGRADE)
    return (*found, Follow.CORRECT, Follow.LIFT, Follow.TAKE_BACK)


def check_follow(follow: Follow, state: AlertState, colour: str) -> None:
    """Refuse with `CannotFollow` what cannot be done any more."""
    if follow not in follows_open(state, colour):
        raise CannotFollow(follow.value)
