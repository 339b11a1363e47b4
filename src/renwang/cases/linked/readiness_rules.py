"""What is wrong with linked systems. Values in, holes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from renwang.registers.readiness.rules import Found

SILENT_INTERVALS = 10
SILENT_AT_LEAST = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class SystemSeen:
    """A linked system: what is exchanged with it, and when that last worked."""

    key: str
    path: str
    label: str
    every: timedelta
    worked_at: datetime | None
    added_at: datetime
    is_active: bool = True
    is_used: bool = True  # anything is exchanged
    unmapped: int = 0


def find_system_holes(systems: Iterable[SystemSeen], now: datetime) -> list[Found]:
    """Find systems that are silent, were paused, or bring what nobody has mapped."""
    found = []
    for one in systems:
        since = one.worked_at.date().isoformat() if one.worked_at else "–"
        params = {"name": one.label, "since": since, "count": one.unmapped}
        longest = max(one.every * SILENT_INTERVALS, SILENT_AT_LEAST)
        last = one.worked_at or one.added_at
        if not one.is_active:
            found.append(Found("linked.paused", one.path, one.key, one.key, params))
        elif one.is_used and last < now - longest:
            found.append(Found("linked.silent", one.path, one.key, one.key, params))
        if one.unmapped:
            found.append(Found("linked.unmapped", one.path, one.key, one.key, params))
    return found
