"""Hours of the day that come back every day, such as those in which nobody should be woken."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

_WRITTEN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–—~至]\s*([01]?\d|2[0-3]):([0-5]\d)")
NONE = "none"


class NotHours(ValueError):
    """The text names no hours from one time of day to another, such as 22:00-07:00."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From a time of day up to, but without, another one; past midnight where that is earlier."""

    begin: time
    end: time

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"


def read_hours(text: str) -> Hours | None:
    """Read hours as people write them; None for "none" and for nothing. Refuses with `NotHours`."""
    text = text.strip()
    if text in ("", NONE):
        return None
    found = _WRITTEN.fullmatch(text.replace("：", ":"))
    if found is None:
        raise NotHours(text)
    first, second, third, fourth = map(int, found.groups())
    hours = Hours(time(first, second), time(third, fourth))
    if hours.begin == hours.end:
        raise NotHours(text)
    return hours


def end_of(hours: Hours, at: datetime) -> datetime | None:
    """Say when the hours end that hold at a moment, given in the zone of the place; None outside them."""
    clock = at.time().replace(tzinfo=None)
    if hours.begin < hours.end:
        if not hours.begin <= clock < hours.end:
            return None
        day = at.date()
    elif clock >= hours.begin:
        day = at.date() + timedelta(days=1)
    elif clock < hours.end:
        day = at.date()
    else:
        return None
    return datetime.combine(day, hours.end, at.tzinfo)
