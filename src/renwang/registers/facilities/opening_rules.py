"""When a facility is open: hours on working days, at weekends and in an emergency. Pure."""

from dataclasses import dataclass
from datetime import datetime

from renwang.base.pure.hours import NotHours, end_of, read_hours
from renwang.registers.facilities.rules import HoursRefused

ALWAYS, NEVER = "always", "none"
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours as they were said: `09:00-17:30`, `always`, `none`; empty where nobody has said."""

    weekdays: str = ""
    weekends: str = ""
    emergency: str = ""


def check_hours(text: str) -> str:
    """Give hours back as they are kept. Refuses with `HoursRefused`."""
    text = text.strip().lower()
    if text in ("", ALWAYS, NEVER):
        return text
    try:
        return str(read_hours(text))
    except NotHours:
        raise HoursRefused(text=text) from None


def is_open(opening: Opening, at: datetime, *, in_emergency: bool) -> bool | None:
    """Say whether it is open at a moment, given in the zone of the place; None where nobody has said its hours.

    In an emergency the hours of an emergency hold, where there are any. Hours
    past midnight belong to the day on which they begin, and are read for the
    day of the moment.
    """
    usual = opening.weekends if at.weekday() >= _SATURDAY else opening.weekdays
    said = (opening.emergency or usual) if in_emergency else usual
    if not said:
        return None
    if said in (ALWAYS, NEVER):
        return said == ALWAYS
    hours = read_hours(said)
    return hours is not None and end_of(hours, at) is not None
