"""Sharing by agreement (横向共享): which cases one side shows another, for what, until when, and by whose hands. Pure.

Nobody sees sideways without a written agreement. It is one way: a giver shows,
a taker sees. Both sides say yes, by two people; either ends it at any time.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from renwang.chain.rules import Refusal

PURPOSE_AT_MOST = 500
LONGEST = timedelta(days=3 * 366)


class Part(StrEnum):
    """What of a case is shown beside its words, kind, grid and state, which always are. Never who brought it."""

    PLACE = "place"  # where exactly, and the position
    PHOTOS = "photos"
    STORY = "story"  # what was done, step by step
    ANSWERS = "answers"


class Mode(StrEnum):
    """What the taker may do."""

    READ = "read"
    TAKE_PART = "take_part"  # write notes, be handed a part of a case


class Standing(StrEnum):
    """Where an agreement stands."""

    PROPOSED = "proposed"  # one side has said yes
    COMING = "coming"  # both have; its day has not come
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    DECLINED = "declined"
    ENDED = "ended"


class SharingRefused(Refusal):
    """Something that may not be done with an agreement. Its parameters fill the sentence in `words.py`."""


class SharedWithItself(SharingRefused):
    """The two sides are one, or one sees the other anyway."""


class PlaceNotTheirs(SharingRefused):
    """Nobody shares what lies outside his own place."""


class PurposeMissing(SharingRefused):
    """It does not say what it is for."""


class PeriodRefused(SharingRefused):
    """It ends before it begins, or is over already, or runs for more than three years."""


class KindNotThere(SharingRefused):
    """There is no such kind of case."""


class SameHandForBoth(SharingRefused):
    """Two sides are two people."""


class NotProposed(SharingRefused):
    """It waits for nobody's yes."""


class EndedAlready(SharingRefused):
    """It is over."""


class NotShared(SharingRefused):
    """No agreement in force covers this case."""


class OnlyToRead(SharingRefused):
    """The agreement lets them read and no more."""


class ConsentMissing(SharingRefused):
    """How a reporter can be reached is passed on only with his consent, for this one case."""


@dataclass(frozen=True, slots=True)
class Period:
    """From which day until which; without an end it holds until somebody ends it, and is named every night."""

    from_on: date
    until_on: date | None = None


def check_period(period: Period, today: date) -> None:
    """Refuse a time that cannot be. With `PeriodRefused`."""
    until = period.until_on
    if until is None:
        return
    if until < period.from_on or until < today or until - period.from_on > LONGEST:
        raise PeriodRefused


def check_sides(giver: str, taker: str, place: str) -> None:
    """Refuse sides of which one sees the other anyway, and a place that is not the giver's; all are paths."""
    if giver.startswith(taker) or taker.startswith(giver):
        raise SharedWithItself
    if not place.startswith(giver):
        raise PlaceNotTheirs


def check_kinds(wanted: Iterable[str], known: Collection[str]) -> list[str]:
    """Give the kinds in their order, each once; none means all. Refuses with `KindNotThere`."""
    found = list(dict.fromkeys(wanted))
    for one in found:
        if one not in known:
            raise KindNotThere(key=one)
    return found


def check_purpose(purpose: str) -> str:
    """Give the purpose back. Refuses with `PurposeMissing`."""
    purpose = purpose.strip()
    if not purpose or len(purpose) > PURPOSE_AT_MOST:
        raise PurposeMissing(most=PURPOSE_AT_MOST)
    return purpose


def standing(
    period: Period, *, both: bool, is_declined: bool, is_ended: bool, today: date
) -> Standing:
    """Say where an agreement stands on a day."""
    if is_declined:
        return Standing.DECLINED
    if is_ended:
        return Standing.ENDED
    if not both:
        return Standing.PROPOSED
    if today < period.from_on:
        return Standing.COMING
    if period.until_on is not None and today > period.until_on:
        return Standing.EXPIRED
    return Standing.IN_FORCE


OPEN_ENDED_FOR = timedelta(days=365)
EXPIRES_WITHIN = timedelta(days=14)
WAITS_FOR = timedelta(days=7)
"""How long an agreement may wait for the other side before it is named as a hole."""


class Gap(StrEnum):
    """What is wrong with an agreement."""

    NO_END = "no_end"
    EXPIRED = "expired"
    EXPIRES = "expires"
    WAITS = "waits"
    IDLE = "idle"  # a year in force and nobody has looked


EXPIRED_SHOWN = timedelta(days=30)


def gaps(
    period: Period, stands: Standing, *, proposed_on: date, has_looks: bool, today: date
) -> list[Gap]:
    """Name what is wrong with an agreement on a day."""
    found = []
    until = period.until_on
    if stands is Standing.PROPOSED and today - proposed_on > WAITS_FOR:
        found.append(Gap.WAITS)
    if stands is Standing.EXPIRED and until is not None and today - until <= EXPIRED_SHOWN:
        found.append(Gap.EXPIRED)
    if stands is Standing.IN_FORCE:
        if until is None:
            found.append(Gap.NO_END)
        elif until - today <= EXPIRES_WITHIN:
            found.append(Gap.EXPIRES)
        if not has_looks and today - period.from_on > OPEN_ENDED_FOR:
            found.append(Gap.IDLE)
    return found
