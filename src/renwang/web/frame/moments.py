"""Times as people say them: how long ago, how long still, at what hour.

The script on the page goes on counting with the same words and thresholds;
`tests/frontend/vectors/ago.json` pins both.
"""

from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
SOON = 45
WEEK = 7 * DAY


def span_words() -> dict[str, Any]:
    """Return the sentences for spans: [one, many] per unit, for the past, the future and the overdue."""
    return _span_words(get_language())


@cache
def _span_words(_language: str | None) -> dict[str, Any]:
    return {
        "now": _("just now"),
        "past": {
            "minute": [_("{n} minute ago"), _("{n} minutes ago")],
            "hour": [_("{n} hour ago"), _("{n} hours ago")],
            "day": [_("{n} day ago"), _("{n} days ago")],
        },
        "left": {
            "minute": [_("{n} minute left"), _("{n} minutes left")],
            "hour": [_("{n} hour left"), _("{n} hours left")],
            "day": [_("{n} day left"), _("{n} days left")],
        },
        "late": {
            "minute": [_("{n} minute late"), _("{n} minutes late")],
            "hour": [_("{n} hour late"), _("{n} hours late")],
            "day": [_("{n} day late"), _("{n} days late")],
        },
        "due": _("due now"),
    }


def measure(seconds: float) -> tuple[str, int]:
    """Cut a span to its largest unit: ("minute", 3). At least one minute."""
    span = abs(seconds)
    if span < HOUR:
        return "minute", max(1, int(span // MINUTE))
    if span < DAY:
        return "hour", int(span // HOUR)
    return "day", int(span // DAY)


def _say(words: dict[str, list[str]], seconds: float) -> str:
    unit, n = measure(seconds)
    return words[unit][0 if n == 1 else 1].format(n=n)


def ago(then: datetime, now: datetime) -> str | None:
    """Say how long ago something was. None: more than a week, or in the future; say the moment instead."""
    seconds = (now - then).total_seconds()
    if seconds < -SOON or seconds >= WEEK:
        return None
    words = span_words()
    return words["now"] if seconds < SOON else _say(words["past"], seconds)


def due(deadline: datetime, now: datetime) -> tuple[str, bool]:
    """Say how long a deadline still leaves, or by how much it was missed, and whether it was."""
    seconds = (deadline - now).total_seconds()
    words = span_words()
    if abs(seconds) < SOON:
        return words["due"], seconds < 0
    return _say(words["left" if seconds > 0 else "late"], seconds), seconds < 0


def say_moment(moment: datetime, now: datetime | None = None) -> str:
    """Write a moment as people there write it, in the node's zone; the year only when it is another one."""
    local = timezone.localtime(moment).replace(second=0, microsecond=0, tzinfo=None)
    same_year = now is not None and timezone.localtime(now).year == local.year
    return _written(local, same_year, get_language())


@lru_cache(maxsize=2048)
def _written(local: datetime, same_year: bool, language: str | None) -> str:
    """Write a minute once for each language: a list's times are often the same few."""
    pattern = (
        pgettext("date format without year", "j M, H:i")
        if same_year
        else pgettext("date format with year", "j M Y, H:i")
    )
    return str(date_format(local, pattern))
