"""What the functions of a condition say about a series at a moment, and how far that can be trusted.

A window of length w at moment t is (t − w, t]. What is missing is never taken
for zero: a value says whether the readings cover its window (`is_whole`) and
whether it is known at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from renwang.base.pure.loading import on_first_use
from renwang.signals.expression_rules import Call
from renwang.signals.fault_rules import SILENT_AFTER

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
else:
    np = on_first_use("numpy")


COVERED = 0.8
"""The share of the expected readings from which a window counts as covered."""

Floats: TypeAlias = "npt.NDArray[np.float64]"


@dataclass(frozen=True, slots=True)
class Record:
    """The believed readings of one series in the order of time; `every` is 0 for one that reports when it likes."""

    times: Floats  # seconds since 1970
    values: Floats
    every: float = 0.0

    @classmethod
    def of(cls, readings: Iterable[tuple[datetime, float]], every: timedelta) -> Record:
        """Put readings in order; of two for one moment the first stays."""
        kept: dict[float, float] = {}
        for at, value in readings:
            kept.setdefault(at.timestamp(), value)
        times = sorted(kept)
        return cls(
            np.array(times, dtype=np.float64),
            np.array([kept[at] for at in times], dtype=np.float64),
            every.total_seconds(),
        )


@dataclass(frozen=True, slots=True)
class Value:
    """What a function gave: a number or a truth (1 or 0), and on what it rests.

    `number` is None where nothing can be said. `is_whole` is False where
    readings are missing, so that the truth may be worse, never better.
    """

    number: float | None
    is_whole: bool
    count: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Look:
    """The readings in the window of one call at one moment."""

    call: Call
    record: Record
    moment: float
    start: int  # of the first reading in the window
    end: int  # after the last one

    @property
    def values(self) -> Floats:
        return self.record.values[self.start : self.end]

    @property
    def count(self) -> int:
        return self.end - self.start

    @property
    def is_fresh(self) -> bool:
        """Has the series spoken lately? One that reports when it likes always has."""
        if not self.record.every:
            return True
        last = self.record.times[self.end - 1] if self.end else -np.inf
        return bool(self.moment - last <= self.record.every * SILENT_AFTER)

    @property
    def is_covered(self) -> bool:
        """Are so many readings here as the window should have?"""
        expected = self.call.window.total_seconds() * COVERED
        return self.is_fresh and (
            not self.record.every or self.count * self.record.every >= expected
        )


def measure(call: Call, record: Record, at: datetime) -> Value:
    """Say what a call gives at a moment."""
    moment = at.timestamp()
    end = int(np.searchsorted(record.times, moment, side="right"))
    start = max(end - 1, 0)
    if call.window:
        since = moment - call.window.total_seconds()
        start = int(np.searchsorted(record.times, since, side="right"))
    look = _Look(call, record, moment, start, end)
    number, is_whole = _MEASURES[call.function](look)
    return Value(
        None if number is None else float(number),
        is_whole,
        look.count,
        _moment(record.times[start]) if look.count else None,
        _moment(record.times[end - 1]) if look.count else None,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)


_Measured = tuple[float | None, bool]


def _sum(look: _Look) -> _Measured:
    """Amounts add up; what is missing can only make it more."""
    return float(look.values.sum()), look.is_covered


def _mean(look: _Look) -> _Measured:
    return (float(look.values.mean()), look.is_covered) if look.count else (None, False)


def _min(look: _Look) -> _Measured:
    return (float(look.values.min()), look.is_covered) if look.count else (None, False)


def _max(look: _Look) -> _Measured:
    return (float(look.values.max()), look.is_covered) if look.count else (None, False)


def _counted(look: _Look) -> _Measured:
    return float(look.count), look.is_fresh


def _last(look: _Look) -> _Measured:
    return (float(look.values[-1]), look.is_fresh) if look.count else (None, False)


def _change(look: _Look) -> _Measured:
    """From the reading that stood when the window began to the newest one.

    Nothing can be said while the readings span less than half of the window.
    """
    spanned = _spanned(look)
    return (None, False) if spanned is None else (spanned[0], look.is_fresh)


def _rate(look: _Look) -> _Measured:
    """The same for each hour that lies between the two."""
    spanned = _spanned(look)
    return (None, False) if spanned is None else (spanned[0] / spanned[1] * 3600, look.is_fresh)


def _spanned(look: _Look) -> tuple[float, float] | None:
    times, values = look.record.times, look.record.values
    window = look.call.window.total_seconds()
    first = look.start
    if first and look.moment - times[first - 1] <= 1.5 * window:
        first -= 1
    if look.end - first < 2:
        return None
    seconds = float(times[look.end - 1] - times[first])
    if seconds < window / 2:
        return None
    return float(values[look.end - 1] - values[first]), seconds


def _above(look: _Look) -> _Measured:
    return _throughout(look, look.values > _limit(look))


def _below(look: _Look) -> _Measured:
    return _throughout(look, look.values < _limit(look))


def _limit(look: _Look) -> float:
    return 0.0 if look.call.limit is None else look.call.limit


def _throughout(look: _Look, holds: npt.NDArray[np.bool_]) -> _Measured:
    """Has it held for the whole window? One reading that says no is enough; a yes needs the window full of them.

    The value that stood when the window began counts as well.
    """
    if not holds.all():
        return 0.0, look.is_fresh
    if not look.count or not look.is_fresh:
        return None, False
    if not look.start:
        # It has not been watched for so long; a whole window of readings is enough all the same.
        return (1.0, True) if look.record.every and look.is_covered else (None, False)
    before = float(look.record.values[look.start - 1])
    stood = before > _limit(look) if look.call.function == "above" else before < _limit(look)
    return (1.0 if stood else 0.0), True


_MEASURES: Mapping[str, Callable[[_Look], _Measured]] = {
    "sum": _sum,
    "mean": _mean,
    "min": _min,
    "max": _max,
    "count": _counted,
    "last": _last,
    "change": _change,
    "rate": _rate,
    "above": _above,
    "below": _below,
}
