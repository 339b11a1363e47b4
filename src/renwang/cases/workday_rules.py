"""Working days of a place: which days people work, and what a term of working days means. Pure.

The calendar is data: every year the State Council Office announces holidays
and the weekend days worked in exchange (调休), other countries have others, and
a village has market days. Where a year is not in it, weekends alone are free,
and `covers` says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from renwang.chain.rules import Refusal

DAY = timedelta(days=1)
LONGEST = 400  # days that are looked through for a working day


class CalendarRefused(Refusal):
    """A calendar that cannot be used; `fault` says what is wrong with it, `at` where."""


class NeverWorked(Refusal):
    """The calendar has no working day for longer than a year."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked, and when the working day ends."""

    weekend: frozenset[int]  # 0 is Monday
    holidays: frozenset[date]
    worked: frozenset[date]  # weekend days on which people work
    closes: time
    zone: tzinfo
    years: frozenset[int]  # those of which somebody has said the holidays

    def is_worked(self, day: date) -> bool:
        """Say whether people work on a day. A day worked in exchange counts before a holiday."""
        if day in self.worked:
            return True
        return day not in self.holidays and day.weekday() not in self.weekend

    def covers(self, day: date) -> bool:
        """Say whether the holidays of the day's year are known at all."""
        return day.year in self.years


def read_calendar(body: Mapping[str, Any], zone: tzinfo) -> Calendar:
    """Read a calendar from its JSON form. Refuses with `CalendarRefused`."""
    try:
        weekend = frozenset(int(one) for one in body["weekend"])
        hour, minute = (int(part) for part in str(body["closes"]).split(":"))
        closes = time(hour, minute)
        years = frozenset(int(one) for one in body["years"])
        holidays = frozenset(_days(body["holidays"]))
        worked = frozenset(_days(body["worked"]))
    except (KeyError, TypeError, ValueError) as trouble:
        raise CalendarRefused(fault="shape", at=str(trouble)) from None
    if not weekend <= set(range(7)) or len(weekend) > 6:
        raise CalendarRefused(fault="weekend", at="")
    if both := holidays & worked:
        raise CalendarRefused(fault="both", at=str(min(both)))
    if strays := {day.year for day in holidays | worked} - years:
        raise CalendarRefused(fault="year", at=str(min(strays)))
    return Calendar(weekend, holidays, worked, closes, zone, years)


def _days(written: Iterable[str]) -> Iterable[date]:
    """Read days and spans of days, `2026-10-01` or `2026-10-01/2026-10-07`."""
    for one in written:
        first, _slash, last = str(one).partition("/")
        day, end = date.fromisoformat(first), date.fromisoformat(last or first)
        if not day <= end <= day + timedelta(days=60):
            raise ValueError(one)
        while day <= end:
            yield day
            day += DAY


def day_of(calendar: Calendar, at: datetime) -> date:
    """Return the day it is at the place."""
    return at.astimezone(calendar.zone).date()


def next_worked(calendar: Calendar, after: date, number: int) -> date:
    """Return the `number`-th working day after a day. Refuses with `NeverWorked`."""
    day, left = after, number
    for _step in range(LONGEST + number * 7):
        if left <= 0:
            return day
        day += DAY
        left -= calendar.is_worked(day)
    if left <= 0:
        return day
    raise NeverWorked


def count_worked(calendar: Calendar, after: date, until: date) -> int:
    """Count the working days after a day, up to and with another one; none where that lies before."""
    return sum(
        calendar.is_worked(after + step * DAY)
        for step in range(1, max(0, (until - after).days) + 1)
    )


def end_of_work(calendar: Calendar, day: date) -> datetime:
    """Return the moment at which work ends on a day."""
    return datetime.combine(day, calendar.closes, calendar.zone)


def due_after(calendar: Calendar, begun_at: datetime, days: int) -> datetime:
    """Say when a term of working days is over: at the end of work on the last of them.

    The day on which it begins does not count (民法典 art. 201), nor does any
    that is not worked. A term of no days ends with the work of the same day,
    or of the next one that is worked where that is over.
    """
    day = day_of(calendar, begun_at)
    if days > 0:
        return end_of_work(calendar, next_worked(calendar, day, days))
    if calendar.is_worked(day) and begun_at < end_of_work(calendar, day):
        return end_of_work(calendar, day)
    return end_of_work(calendar, next_worked(calendar, day, 1))


def resumed(
    calendar: Calendar, *, due_at: datetime, paused_at: datetime, resumed_at: datetime
) -> datetime:
    """Say when a term ends that stood still: it has as many working days left as when it was stopped.

    Never earlier than it would have ended without standing still.
    """
    left = count_worked(calendar, day_of(calendar, paused_at), day_of(calendar, due_at))
    return max(due_at, due_after(calendar, max(resumed_at, paused_at), left))
