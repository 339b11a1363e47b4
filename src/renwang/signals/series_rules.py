"""What may be said of a series of readings."""

import re
from dataclasses import dataclass

from renwang.signals.rules import SignalRefused

_KEY = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}", re.ASCII)


class CodeTaken(SignalRefused):
    """Another sensor has this code."""


class KeyTaken(SignalRefused):
    """Another series has this key."""


class SeriesRefused(SignalRefused):
    """A series cannot be like that; `fault` says what is wrong: key, quantity, range, jump or span."""


@dataclass(frozen=True, slots=True)
class SeriesShape:
    """What is known of a series: what it measures, in which unit, how often, and what is plausible.

    `every` and `stuck_for` in seconds, 0 for not known. `jump` is the largest
    plausible step between two readings, `resting` a value that may last for
    ever without anything being stuck. `lines` are drawn with it: (value, words).
    """

    key: str
    quantity: str
    unit_of_measure: str
    every: int = 0
    low: float | None = None
    high: float | None = None
    jump: float | None = None
    stuck_for: int = 0
    resting: float | None = None
    outside: str = ""
    lines: tuple[tuple[float, str], ...] = ()


def check_series(shape: SeriesShape) -> None:
    """Refuse a series that makes no sense with `SeriesRefused`."""
    if not _KEY.fullmatch(shape.key):
        raise SeriesRefused(fault="key", key=shape.key)
    if not shape.quantity.strip():
        raise SeriesRefused(fault="quantity", key=shape.key)
    if shape.low is not None and shape.high is not None and shape.low >= shape.high:
        raise SeriesRefused(fault="range", key=shape.key)
    if shape.jump is not None and shape.jump <= 0:
        raise SeriesRefused(fault="jump", key=shape.key)
    if not 0 <= shape.every <= 7 * 86_400 or not 0 <= shape.stuck_for <= 31 * 86_400:
        raise SeriesRefused(fault="span", key=shape.key)
