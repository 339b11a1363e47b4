"""What may be relayed, by whom, and what becomes of a warning. Values in, values out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256


class AlertState(StrEnum):
    """Where a warning stands at this node."""

    RECEIVED = "received"  # here, but nobody has decided about it
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DISMISSED = "dismissed"


class Source(StrEnum):
    """How a warning came in."""

    FILE = "file"
    PASTE = "paste"
    FEED = "feed"
    API = "api"
    DRILL = "drill"
    DESK = "desk"  # written and issued on this node


class Act(StrEnum):
    """What can happen to a warning: it comes, is decided about, or ends."""

    RECEIVE = "receive"  # once more: the same warning by another way
    RELAY = "relay"
    UPDATE = "update"  # another one replaces it
    CANCEL = "cancel"  # another one takes it back
    EXPIRE = "expire"
    DISMISS = "dismiss"


# --- refusals ---------------------------------------------------------------


class AlertRefused(Exception):
    """Something that may not be done with a warning. The sentences are in `words.py`."""


class AlertExpired(AlertRefused):
    """Its time is over: carrying it down would frighten people for nothing."""


class AlertSuperseded(AlertRefused):
    """A later one has taken its place, and only that may be carried down."""


class AlertCancelled(AlertRefused):
    """Whoever issued it has taken it back."""


class AlertInForce(AlertRefused):
    """It has been carried down already; only its issuer can end it now."""


class AlreadyRelayed(AlertRefused):
    """It has been relayed to this place, to one above it, or to one in it."""


class AlertElsewhere(AlertRefused):
    """Its area has no place in common with the place it should be relayed in."""


class NotForRelay(AlertRefused):
    """A test, a draft or an exercise is not said to real people; an acknowledgement to nobody."""


class NotAWarning(AlertRefused):
    """It is the answer of another node to a message, and says nothing itself."""


class MayNotOriginate(AlertRefused):
    """Only county level and above may issue an actual warning; lower levels relay."""


class WordsMissing(AlertRefused):
    """It has no words that could be said."""


# --- the life of a warning --------------------------------------------------

_RE, _IN, _SU, _CA, _EX, _DI = AlertState

MOVES: dict[tuple[AlertState, Act], AlertState] = {
    **{(state, Act.RECEIVE): state for state in AlertState},
    (_RE, Act.RELAY): _IN,
    (_RE, Act.UPDATE): _SU,
    (_RE, Act.CANCEL): _CA,
    (_RE, Act.EXPIRE): _EX,
    (_RE, Act.DISMISS): _DI,
    (_IN, Act.RELAY): _IN,  # another place relays it as well
    (_IN, Act.UPDATE): _SU,
    (_IN, Act.CANCEL): _CA,
    (_IN, Act.EXPIRE): _EX,
    (_SU, Act.UPDATE): _SU,
    (_SU, Act.CANCEL): _SU,  # what took its place is cancelled under its own name
    (_SU, Act.EXPIRE): _SU,
    (_CA, Act.UPDATE): _CA,
    (_CA, Act.CANCEL): _CA,
    (_CA, Act.EXPIRE): _CA,
    (_EX, Act.UPDATE): _SU,
    (_EX, Act.CANCEL): _CA,
    (_EX, Act.EXPIRE): _EX,
    (_DI, Act.RELAY): _IN,  # somebody sees that it does concern us
    (_DI, Act.UPDATE): _SU,
    (_DI, Act.CANCEL): _CA,
    (_DI, Act.EXPIRE): _EX,
    (_DI, Act.DISMISS): _DI,
}

_WHY_NOT: dict[AlertState, type[AlertRefused]] = {
    _IN: AlertInForce,
    _SU: AlertSuperseded,
    _CA: AlertCancelled,
    _EX: AlertExpired,
}


def move(state: AlertState, act: Act) -> AlertState:
    """Say where an act leads, or refuse with what stands against it."""
    try:
        return MOVES[state, act]
    except KeyError:
        raise _WHY_NOT[state](state.value) from None


# --- relaying ---------------------------------------------------------------

ACTUAL = "Actual"
EXERCISE = "Exercise"
_SAID = frozenset({"Alert", "Update", "Cancel"})


@dataclass(frozen=True, slots=True)
class Relayable:
    """What a warning says of itself, as far as relaying depends on it."""

    state: AlertState
    status: str
    msg_type: str
    expires_at: datetime | None
    has_words: bool = True


def check_relay(alert: Relayable, *, now: datetime, in_drill: bool) -> AlertState:
    """Say which state a relay leads to, or refuse.

    Real people hear of actual warnings only; in a drill nobody real is
    reached, so exercises may be carried as well. A cancel may be carried after
    its own time: the all-clear is never too late.
    """
    if alert.msg_type not in _SAID:
        raise NotForRelay(alert.msg_type)
    if alert.status != ACTUAL and not (in_drill and alert.status == EXERCISE):
        raise NotForRelay(alert.status)
    if not alert.has_words:
        raise WordsMissing
    if is_expired(alert.expires_at, now) and alert.msg_type != "Cancel":
        raise AlertExpired(alert.state.value)
    return move(alert.state, Act.RELAY)


def may_follow_by_itself(earlier: str, later: str) -> bool:
    """Say whether a later warning of the same sender may end an earlier one without a person's word.

    By the standings of their signatures: a good one always; none only where
    the earlier bore no good one either; one that is there but wrong never, or
    anybody could take a warning back.
    """
    return later == "valid" or (later == "unsigned" and earlier != "valid")


def is_expired(expires_at: datetime | None, now: datetime) -> bool:
    """Is its time over? Without an end it never is."""
    return expires_at is not None and expires_at <= now


CLOCKS_DIFFER_BY = timedelta(minutes=10)


def is_post_dated(sent: datetime, now: datetime) -> bool:
    """Does it come from the future, by more than two clocks may differ?"""
    return sent > now + CLOCKS_DIFFER_BY


# --- which alert is meant ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class AlertName:
    """The three keys by which one warning names another."""

    sender: str
    identifier: str
    sent: datetime

    @property
    def digest(self) -> str:
        """A name for the thread that begins with this warning."""
        moment = self.sent.astimezone(UTC).isoformat(timespec="seconds")
        return sha256(f"{self.sender},{self.identifier},{moment}".encode()).hexdigest()


def thread_of(own: AlertName, refers_to: Iterable[AlertName]) -> str:
    """Name the thread of a warning by the earliest one that it refers to, or by itself."""
    return min(refers_to, key=lambda name: name.sent, default=own).digest


# --- lists that come empty --------------------------------------------------

EMPTY_FOR = timedelta(minutes=10)


def is_doubtful(warnings: int, holds: int) -> bool:
    """Is a whole list that names no warning doubtful? Where it would lift something it is.

    A broken source and a clear sky look the same: a table with its heading and
    no row. One that names anything at all is believed at its word.
    """
    return warnings == 0 and holds > 0


def may_believe(
    since: datetime | None, now: datetime, *, confirmed: bool, every: timedelta
) -> bool:
    """May an empty list be believed: a person said so, or it has been empty for ten minutes and two looks?

    `since` is when it came empty for the first time, None for now.
    """
    return confirmed or (since is not None and now >= since + max(EMPTY_FOR, every))


# --- how long people get ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class ColourTerms:
    """Seconds to answer, and the order in which the levels are told; `together` is everybody at once."""

    order: str
    contact_for: int
    person_for: int
    carry_for: int
    again_every: int = 0  # where nobody answered, all are called again so often; 0 for never
    again_times: int = 0  # at most so many times; 0 for until the end
    breaks_quiet: bool = False  # it wakes also who is in his quiet hours


DEFAULT_TERMS: dict[str, ColourTerms] = {
    # A person who is not reached is called again until he answers, in five minutes at most:
    # so the practice of counties with good experience of it (叫应), taken here for red.
    "red": ColourTerms("together", 120, 300, 600, 300, 0, breaks_quiet=True),
    "orange": ColourTerms("together", 180, 600, 1200, 600, 0, breaks_quiet=True),
    "yellow": ColourTerms("cascade", 600, 1800, 3600, 3600, 3),
    "blue": ColourTerms("cascade", 900, 3600, 7200),
    "": ColourTerms("cascade", 600, 1800, 3600),  # a warning without a colour: as yellow
}
SHORTEST, LONGEST = 10, 86_400
SHORTEST_AGAIN, MOST_AGAIN = 60, 100


class TermRefused(AlertRefused):
    """A term too short to answer in or longer than a day, shorter for a person than for a contact, or calling too often."""


def check_terms(terms: ColourTerms) -> None:
    """Refuse terms nobody could keep with `TermRefused`."""
    spans = (terms.contact_for, terms.person_for, terms.carry_for)
    if not all(SHORTEST <= span <= LONGEST for span in spans):
        raise TermRefused("span")
    if terms.person_for < terms.contact_for:
        raise TermRefused("person_for")
    if terms.again_every and not SHORTEST_AGAIN <= terms.again_every <= LONGEST:
        raise TermRefused("again_every")
    if not 0 <= terms.again_times <= MOST_AGAIN:
        raise TermRefused("again_times")
    if terms.order not in ("cascade", "together"):
        raise TermRefused("order")


# --- division codes ---------------------------------------------------------

_DEPTHS = (2, 4, 6, 9, 12)


def plain_code(text: str) -> str | None:
    """Reduce a division code to its digits without the zeros that only pad it; None if it is none.

    `500105000000`, `500105` and ` 500105 ` are one district. Two digits name a
    province, four a prefecture, six a county, nine a street, twelve a community.
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and 2 <= len(digits) <= 12):
        return None
    if len(digits) not in _DEPTHS:
        return None
    for depth, above in zip(reversed(_DEPTHS), (*reversed(_DEPTHS[:-1]), 0), strict=True):
        if len(digits) == depth and above and not digits[above:].strip("0"):
            digits = digits[:above]
    return digits if digits.strip("0") else None


def code_spellings(code: str) -> tuple[str, ...]:
    """Give every way in which a plain code is written: as it is, and padded to each greater depth."""
    return (code, *(code.ljust(depth, "0") for depth in _DEPTHS if depth > len(code)))


def codes_above(code: str) -> tuple[str, ...]:
    """Give the codes of the divisions in which a plain code lies, nearest first."""
    return tuple(code[:depth] for depth in reversed(_DEPTHS) if depth < len(code))
