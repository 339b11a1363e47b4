"""When a roll-call may be held, what its message says first, and what a contact has proved. Values in, values out."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ROLLCALL = "outreach.rollcall"
"""The kind of a notice that only asks whether a contact works; it carries no warning."""

TEST_MARK = "【联络测试】CONTACT TEST "
"""The first words of every roll-call, in both languages, so that nobody is alarmed."""

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=3)
RAREST = 366
PUT_OFF = timedelta(hours=1)
"""How much later a planned roll-call is tried again while a warning is being carried down."""


class RollCallRefused(Exception):
    """A roll-call that the rules do not allow; `params` are what its sentence names."""

    def __init__(self, **params: object) -> None:
        super().__init__(", ".join(f"{name}={value}" for name, value in params.items()))
        self.params = params


class WindowNotSensible(RollCallRefused):
    """People get less than five minutes to answer, or more than three days."""


class RhythmNotSensible(RollCallRefused):
    """The rhythm is less than a day or more than a year."""


class AlreadyCalling(RollCallRefused):
    """A roll-call is under way there, above it or below it."""


class NobodyToCall(RollCallRefused):
    """Nobody on the chain there has any contact."""


def check_window(window: timedelta) -> None:
    """Refuse a time to answer that is no use, with WindowNotSensible."""
    if not SHORTEST <= window <= LONGEST:
        raise WindowNotSensible(
            shortest=int(SHORTEST.total_seconds() // 60),
            longest=int(LONGEST.total_seconds() // 3600),
        )


def check_rhythm(days: int) -> None:
    """Refuse a rhythm below a day or beyond a year, with RhythmNotSensible."""
    if not 1 <= days <= RAREST:
        raise RhythmNotSensible(most=RAREST)


def next_moment(days: int, at: time, *, after: datetime, zone: ZoneInfo) -> datetime:
    """Give the next moment of a rhythm: so many days after a moment, at a time of day as clocks there show it."""
    day = after.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, at, tzinfo=zone)


def first_moment(at: time, *, after: datetime, zone: ZoneInfo) -> datetime:
    """Give the first such time of day after a moment: today still, or tomorrow."""
    today = datetime.combine(after.astimezone(zone).date(), at, tzinfo=zone)
    return today if today > after else next_moment(1, at, after=after, zone=zone)


# --- what a contact has proved ------------------------------------------------


class Proof(StrEnum):
    """What is known of a contact, worst first."""

    FAILED = "failed"  # it did not work when it was last used
    NEVER = "never"  # nobody has answered through it yet
    STALE = "stale"  # somebody did, but long ago
    WORKS = "works"


@dataclass(frozen=True, slots=True)
class Past:
    """When somebody last answered through a contact, and when it last did not work."""

    worked_at: datetime | None
    failed_at: datetime | None


def proof_of(past: Past, *, fresh_after: datetime) -> Proof:
    """Say what a contact has proved; what worked before `fresh_after` is stale.

    A failure counts until somebody answers through the contact again.
    """
    worked, failed = past.worked_at, past.failed_at
    if failed is not None and (worked is None or failed > worked):
        return Proof.FAILED
    if worked is None:
        return Proof.NEVER
    return Proof.WORKS if worked >= fresh_after else Proof.STALE


def is_alive(proof: Proof) -> bool:
    """May one still hope to reach somebody this way? Only what has failed is given up."""
    return proof is not Proof.FAILED
