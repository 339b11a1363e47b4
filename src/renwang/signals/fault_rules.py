"""What is wrong with an instrument: silence, stuck values, jumps, wrong clocks, values beyond reason.

A doubtful reading is kept and not believed: triggers pass over it. A fault is
said only when doubt repeats, and taken back only when the instrument has been
well for a while, so that one bad reading neither raises nor hides anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from math import isfinite

from renwang.signals.rules import CLOCKS_DIFFER_BY


class FaultKind(StrEnum):
    """What can be wrong; the last is about a trigger, not an instrument."""

    SILENCE = "silence"
    STUCK = "stuck"
    SPIKE = "spike"
    RANGE = "range"
    CLOCK = "clock"
    TRIGGER = "trigger"


class Doubt(IntEnum):
    """Why a reading that is kept is not believed."""

    NONE = 0
    RANGE = 1
    SPIKE = 2


class WrongMoment(StrEnum):
    """Why a reading is not kept."""

    FUTURE = "future"
    TOO_OLD = "too_old"
    NOT_A_NUMBER = "not_a_number"


OPEN_AFTER: Mapping[FaultKind, int] = {
    FaultKind.RANGE: 2,
    FaultKind.SPIKE: 3,
    FaultKind.CLOCK: 2,
    FaultKind.STUCK: 1,
    FaultKind.SILENCE: 1,
}
CLOSE_AFTER: Mapping[FaultKind, int] = {
    FaultKind.RANGE: 5,
    FaultKind.SPIKE: 12,
    FaultKind.CLOCK: 5,
    FaultKind.STUCK: 1,
    FaultKind.SILENCE: 3,
}
SILENT_AFTER = 3.0
"""Intervals without a word before a series counts as silent."""

Streaks = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Character:
    """What is known beforehand of a series. None and 0 leave a check out."""

    every: timedelta = timedelta(0)
    low: float | None = None
    high: float | None = None
    jump: float | None = None
    stuck_for: timedelta = timedelta(0)
    resting: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a series stands: its newest reading, since when it has had that value, streaks per fault.

    A streak is (bad, good) and is kept only while there is something to count;
    a fault is open where `bad` has reached its limit.
    """

    last_at: datetime | None = None
    last_value: float | None = None
    changed_at: datetime | None = None
    streaks: Streaks = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """A fault that opens or closes, with the moment and the value that made it so."""

    kind: FaultKind
    is_open: bool
    at: datetime
    value: float | None


Kept = tuple[datetime, float, Doubt]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a batch of one series comes to: what is kept with its doubt, what is not, and what turned."""

    fresh: tuple[Kept, ...]  # newer than all that was there
    late: tuple[Kept, ...]  # what was there may hold the same moments
    repeated: int  # within the batch
    contradicted: int  # another value for a moment, within the batch; the first is kept
    refused: tuple[tuple[datetime, WrongMoment], ...]
    standing: Standing
    turns: tuple[Turn, ...]


def judge_readings(
    character: Character,
    standing: Standing,
    readings: Sequence[tuple[datetime, float]],
    *,
    now: datetime,
    kept_for: timedelta,
) -> Judged:
    """Judge a batch of readings of one series in the order of their moments.

    A reading that came late is kept; where the series stands is said by the
    newest one only. Of two for one moment the first in the batch is kept.
    """
    return _Bench(character, standing, now, kept_for).judge(readings)


class _Bench:
    """The readings of one batch, one after the other."""

    def __init__(
        self, character: Character, standing: Standing, now: datetime, kept_for: timedelta
    ) -> None:
        self.character = character
        self.latest, self.oldest, self.now = now + CLOCKS_DIFFER_BY, now - kept_for, now
        self.last_at, self.last_value = standing.last_at, standing.last_value
        self.changed_at = standing.changed_at
        self.streaks = dict(standing.streaks)
        self.turns: list[Turn] = []

    def judge(self, readings: Sequence[tuple[datetime, float]]) -> Judged:
        known = self.last_at
        fresh: list[Kept] = []
        late: list[Kept] = []
        refused: list[tuple[datetime, WrongMoment]] = []
        repeated = contradicted = 0
        before: tuple[datetime, float] | None = None
        for at, value in sorted(readings, key=_moment):
            wrong = self._wrong(at, value)
            if wrong is not None:
                refused.append((at, wrong))
                if wrong is not WrongMoment.NOT_A_NUMBER:
                    self._count(FaultKind.CLOCK, True, self.now, value)
            elif before is not None and at == before[0]:
                repeated += value == before[1]
                contradicted += value != before[1]
            else:
                before = (at, value)
                if known is not None and at <= known:
                    late.append((at, value, self._range(value)))
                else:
                    fresh.append((at, value, self._newer(at, value)))
        standing = Standing(self.last_at, self.last_value, self.changed_at, self.streaks)
        return Judged(
            tuple(fresh), tuple(late), repeated, contradicted, tuple(refused), standing,
            tuple(self.turns),
        )  # fmt: skip

    def _wrong(self, at: datetime, value: float) -> WrongMoment | None:
        if not isfinite(value):
            return WrongMoment.NOT_A_NUMBER
        if at > self.latest:
            return WrongMoment.FUTURE
        return WrongMoment.TOO_OLD if at < self.oldest else None

    def _range(self, value: float) -> Doubt:
        low, high = self.character.low, self.character.high
        outside = (low is not None and value < low) or (high is not None and value > high)
        return Doubt.RANGE if outside else Doubt.NONE

    def _newer(self, at: datetime, value: float) -> Doubt:
        """Judge a reading that is newer than all before it, and let the series stand there."""
        doubt = self._range(value)
        if doubt is Doubt.NONE and self._jumps(value):
            doubt = Doubt.SPIKE
        if self.streaks or doubt is not Doubt.NONE:
            for kind, sign in ((FaultKind.RANGE, Doubt.RANGE), (FaultKind.SPIKE, Doubt.SPIKE)):
                self._count(kind, doubt is sign, at, value)
            self._count(FaultKind.CLOCK, False, at, value)
            self._count(FaultKind.SILENCE, False, at, value)
        if doubt is Doubt.NONE:
            self._stand(at, value)
        elif (
            doubt is Doubt.SPIKE and self.streaks[FaultKind.SPIKE][0] >= OPEN_AFTER[FaultKind.SPIKE]
        ):
            # It stays up there: the world has moved, and what follows is measured from the new place.
            self._stand(at, value)
        else:
            self.last_at = at
        return doubt

    def _jumps(self, value: float) -> bool:
        step = self.character.jump
        return (
            step is not None and self.last_value is not None and abs(value - self.last_value) > step
        )

    def _stand(self, at: datetime, value: float) -> None:
        if value != self.last_value or self.changed_at is None:
            self.changed_at = at
        self.last_at, self.last_value = at, value
        limit = self.character.stuck_for
        if limit:
            stuck = value != self.character.resting and at - self.changed_at >= limit
            if stuck or FaultKind.STUCK in self.streaks:
                self._count(FaultKind.STUCK, stuck, at, value)

    def _count(self, kind: FaultKind, is_bad: bool, at: datetime, value: float | None) -> None:
        """Lengthen the streak of a kind, and note where it opens or closes a fault."""
        if not is_bad and kind not in self.streaks:
            return
        bad, good = self.streaks.get(kind, (0, 0))
        limit = OPEN_AFTER[kind]
        if is_bad:
            if bad == limit - 1:
                self.turns.append(Turn(kind, True, at, value))
            self.streaks[kind] = (min(bad + 1, limit), 0)
            return
        was_open = bad >= limit
        if good + 1 < CLOSE_AFTER[kind]:
            # Before it has opened, a good reading ends the row of bad ones.
            self.streaks[kind] = (bad if was_open else 0, good + 1)
            return
        del self.streaks[kind]
        if was_open:
            self.turns.append(Turn(kind, False, at, value))


def _moment(reading: tuple[datetime, float]) -> datetime:
    return reading[0]


def open_kinds(streaks: Streaks) -> set[FaultKind]:
    """Say which faults stand open by the streaks of a series."""
    return {
        FaultKind(kind) for kind, (bad, _) in streaks.items() if bad >= OPEN_AFTER[FaultKind(kind)]
    }


def silent_since(every: timedelta, heard_at: datetime | None, now: datetime) -> datetime | None:
    """Say since when a series is silent, by the node's clock; None where it is not, or need not speak.

    One that was never heard is not silent: it may not be there yet.
    """
    if not every or heard_at is None or now - heard_at <= every * SILENT_AFTER:
        return None
    return heard_at
