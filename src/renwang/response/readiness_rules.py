"""What is wrong with rehearsals, and with the care list in numbers that name nobody. Values in, holes out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from renwang.registers.readiness.rules import Found

REHEARSED_WITHIN = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class RehearsedSeen:
    """A place whose people should rehearse: when they last did, there or above."""

    path: str
    name: str
    last_at: datetime | None = None


def find_unrehearsed(places: Iterable[RehearsedSeen], now: datetime) -> list[Found]:
    """Find places where no warning has been rehearsed for a year, or ever."""
    found = []
    for place in places:
        params = {"place": place.name}
        if place.last_at is None:
            found.append(Found("drills.never", place.path, place.path, place.path, params))
        elif place.last_at < now - REHEARSED_WITHIN:
            params |= {"since": place.last_at.date().isoformat()}
            found.append(Found("drills.long_ago", place.path, place.path, place.path, params))
    return found


CARE = ("unpaired", "late", "above", "stale", "ending", "doorless", "wants", "no_backup", "papers")
"""What can be wrong with the care list of a place, as counts; the keys of the checks."""


def find_care_holes(path: str, name: str, counts: Mapping[str, int]) -> list[Found]:
    """Find what is wrong with the care list of a place: one hole for each kind, with a number and no name."""
    return [
        Found(f"care.{key}", path, f"{path}{key}", path, {"place": name, "count": counts[key]})
        for key in CARE
        if counts.get(key)
    ]
