"""A proposal explains itself: one sentence with the numbers that met it, in both languages of the node."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from renwang.signals.models import WARNING_LEVELS
from renwang.signals.scale_rules import WarningLevel

PHRASES: Mapping[str, Any] = {
    "sum": _("{name}: {value} in {window}"),
    "mean": _("{name}: {value} on average over {window}"),
    "min": _("{name}: never below {value} in {window}"),
    "max": _("{name}: up to {value} in {window}"),
    "rate": _("{name}: changing by {value} an hour, seen over {window}"),
    "change": _("{name}: changed by {value} in {window}"),
    "count": _("{name}: {count} readings in {window}"),
    "last": _("{name}: {value} now"),
    "above": _("{name}: above {limit} for {window}"),
    "below": _("{name}: below {limit} for {window}"),
}
_NOT_HELD: Mapping[str, Any] = {
    "above": _("{name}: not above {limit} throughout {window}"),
    "below": _("{name}: not below {limit} throughout {window}"),
}
_UNKNOWN = _("{name}: no readings")
_WHOLE = _("{place}, {at}: {numbers}. {trigger} proposes {level}.")


def explain_turn(
    trigger: str,
    label: str,
    place: str,
    level: WarningLevel,
    numbers: Sequence[Mapping[str, Any]],
    at: datetime,
) -> dict[str, str]:
    """Say what met a level, in every language of the node."""
    said = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            comma = "；" if language.startswith("zh") else "; "
            local = timezone.localtime(at, timezone.get_default_timezone())
            said[language] = str(_WHOLE).format(
                place=f"{place} · {label}" if label else place,
                at=f"{local:%Y-%m-%d %H:%M}",
                numbers=comma.join(explain_number(number) for number in numbers),
                trigger=trigger,
                level=WARNING_LEVELS[level],
            )
    return said


def explain_number(number: Mapping[str, Any]) -> str:
    """Say what one call gave, in the language of the moment."""
    phrase = PHRASES[number["function"]]
    if number["value"] is None:
        phrase = _UNKNOWN
    elif number["value"] == 0 and number["function"] in _NOT_HELD:
        phrase = _NOT_HELD[number["function"]]
    measure = number["unit_of_measure"]
    return str(phrase).format(
        name=number["sensor"],
        value=with_measure(number["value"], measure),
        limit=with_measure(number["limit"], measure),
        count=number["count"],
        window=say_span(number["window_s"]),
    )


def with_measure(value: float | None, measure: str) -> str:
    """Write a value with its unit: `52.4 mm`."""
    if value is None:
        return ""
    return (
        f"{round(value, 3):g} {measure}".strip() if abs(value) < 1e6 else f"{value:.0f} {measure}"
    )


def say_span(seconds: float) -> str:
    """Say a span as people do: 90 seconds, 10 minutes, 3 hours, 2 days."""
    whole = int(seconds)
    if whole and whole % 86_400 == 0:
        return ngettext("{n} day", "{n} days", whole // 86_400).format(n=whole // 86_400)
    if whole and whole % 3_600 == 0:
        return ngettext("{n} hour", "{n} hours", whole // 3_600).format(n=whole // 3_600)
    if whole and whole % 60 == 0:
        return ngettext("{n} minute", "{n} minutes", whole // 60).format(n=whole // 60)
    return ngettext("{n} second", "{n} seconds", whole).format(n=whole)
