"""Which shifts can stand in a roster. Values in; a value or a named refusal out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from renwang.base.pure.hours import NONE, NotHours, read_hours
from renwang.chain.rules import Refusal

LONGEST_SHIFT = timedelta(days=31)


class ShiftHasNoLength(Refusal):
    """A shift ends before, or when, it begins."""


class ShiftTooLong(Refusal):
    """A shift of more than a month is no duty but a post."""


class ShiftOverlaps(Refusal):
    """The person has a shift there already in a part of that time."""


class HoursNotUsable(Refusal):
    """The text names no hours of the day."""


def check_shift(
    from_at: datetime, until_at: datetime, others: Sequence[tuple[datetime, datetime]], *, name: str
) -> None:
    """Refuse a shift that cannot stand beside the others of the same person at the same place."""
    if until_at <= from_at:
        raise ShiftHasNoLength(name=name)
    if until_at - from_at > LONGEST_SHIFT:
        raise ShiftTooLong(name=name)
    if any(from_at < until and begin < until_at for begin, until in others):
        raise ShiftOverlaps(name=name)


def clean_hours(text: str) -> str:
    """Bring hours of rest into the form in which they are kept; "none" and nothing stay as they are."""
    text = text.strip()
    try:
        hours = read_hours(text)
    except NotHours:
        raise HoursNotUsable(hours=text) from None
    return str(hours) if hours is not None else (NONE if text else "")
