"""The readings that triggers look at, kept in memory between two looks so that only new ones are read.

Each process that evaluates has its own. A record is used again only where this
process was the last to judge its series; what came late makes it be read anew.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from renwang.base.pure.loading import on_first_use
from renwang.signals.models import Reading
from renwang.signals.window_rules import Floats, Record

if TYPE_CHECKING:
    import numpy as np
else:
    np = on_first_use("numpy")


MOST_READINGS = 4_000_000
"""Readings kept in memory by one process, 16 bytes each."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a look needs of a series: readings after `since`. `judged` is the count that says who judged last."""

    series_id: int
    since: datetime
    every: int
    judged: int
    is_late: bool = False


@dataclass(slots=True)
class _Held:
    record: Record
    since: float  # from which moment the record is complete
    judged: int


class Records:
    """Readings of series in memory, the least used dropped first."""

    def __init__(self, most: int = MOST_READINGS) -> None:
        self.most = most
        self._held: OrderedDict[int, _Held] = OrderedDict()
        self._count = 0

    def look(self, needs: Iterable[Need]) -> dict[int, Record]:
        """Give the believed readings of some series; two statements however many there are."""
        cold: list[Need] = []
        warm: list[Need] = []
        for need in needs:
            held = self._held.get(need.series_id)
            usable = (
                held is not None
                and held.judged == need.judged
                and not need.is_late
                and held.since <= need.since.timestamp()
            )
            (warm if usable else cold).append(need)
        starts = {need.series_id: need.since.timestamp() for need in cold}
        for need in warm:
            record = self._held[need.series_id].record
            starts[need.series_id] = (
                float(record.times[-1]) if len(record.times) else need.since.timestamp()
            )
        for group in (cold, warm):
            self._read(group, starts, is_cold=group is cold)
        found = {need.series_id: self._held[need.series_id].record for need in (*cold, *warm)}
        self._shrink()
        return found

    def judged(self, counts: Mapping[int, int]) -> None:
        """Note up to which count this process has judged series."""
        for series_id, count in counts.items():
            if series_id in self._held:
                self._held[series_id].judged = count

    def _read(self, needs: list[Need], starts: Mapping[int, float], *, is_cold: bool) -> None:
        if not needs:
            return
        first = min(starts[need.series_id] for need in needs)
        rows = Reading.objects.filter(
            series__in=[need.series_id for need in needs],
            at__gt=datetime.fromtimestamp(first, UTC) - timedelta(milliseconds=1),
            doubt=0,
        ).order_by("series_id", "at")
        times: dict[int, list[float]] = defaultdict(list)
        values: dict[int, list[float]] = defaultdict(list)
        for series_id, at, value in rows.values_list("series_id", "at", "value").iterator(5000):
            moment = at.timestamp()
            if moment > starts[series_id]:
                times[series_id].append(moment)
                values[series_id].append(value)
        for need in needs:
            self._keep(need, times[need.series_id], values[need.series_id], is_cold=is_cold)

    def _keep(self, need: Need, times: list[float], values: list[float], *, is_cold: bool) -> None:
        since = need.since.timestamp()
        new_times, new_values = np.array(times, np.float64), np.array(values, np.float64)
        held = self._held.pop(need.series_id, None)
        if held is not None:
            self._count -= len(held.record.times)
            if not is_cold:
                start = int(np.searchsorted(held.record.times, since, side="right"))
                new_times = np.concatenate((held.record.times[start:], new_times))
                new_values = np.concatenate((held.record.values[start:], new_values))
        record = Record(_fixed(new_times), _fixed(new_values), float(need.every))
        self._held[need.series_id] = _Held(record, since, need.judged)
        self._count += len(new_times)

    def _shrink(self) -> None:
        while self._count > self.most and len(self._held) > 1:
            _, held = self._held.popitem(last=False)
            self._count -= len(held.record.times)


def _fixed(array: Floats) -> Floats:
    array.setflags(write=False)
    return array
