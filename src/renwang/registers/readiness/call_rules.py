"""What is wrong with roll-calls, rosters, and work that waits. Values in, holes out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from renwang.registers.readiness.rules import Found

ROLLCALL_WITHIN = timedelta(days=90)
PLAN_LATE = timedelta(days=1)
ROSTER_AHEAD = timedelta(days=7)
ROSTER_USED = timedelta(days=30)
SILENT_TWICE = 2


@dataclass(frozen=True, slots=True)
class CalledSeen:
    """A place whose people are to be called by their names: when that happened last, from there or above."""

    path: str
    name: str
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlanSeen:
    """A rhythm of roll-calls, and when the next one should have been."""

    key: str
    path: str
    next_at: datetime


@dataclass(frozen=True, slots=True)
class WorkSeen:
    """Work that waits for a person."""

    key: str
    path: str
    ref: str
    due_at: datetime
    is_called: bool
    has_anybody: bool


@dataclass(frozen=True, slots=True)
class HopSeen:
    """How a post answered warnings lately."""

    post: str
    path: str
    title: str
    asked: int
    silent: int


def find_uncalled(places: Iterable[CalledSeen], now: datetime) -> list[Found]:
    """Find places where nobody has been called by a roll-call for too long, or ever."""
    found = []
    for place in places:
        if place.last_at is None:
            found.append(
                Found("calls.never_held", place.path, place.path, place.path, {"place": place.name})
            )
        elif place.last_at < now - ROLLCALL_WITHIN:
            params = {"place": place.name, "since": place.last_at.date().isoformat()}
            found.append(Found("calls.long_ago", place.path, place.path, place.path, params))
    return found


def find_late_plans(plans: Iterable[PlanSeen], now: datetime) -> list[Found]:
    """Find rhythms whose next roll-call should have been held."""
    return [
        Found("calls.put_off", one.path, one.key, "", {"since": one.next_at.date().isoformat()})
        for one in plans
        if one.next_at < now - PLAN_LATE
    ]


def find_waiting(work: Iterable[WorkSeen], now: datetime) -> list[Found]:
    """Find work that nobody can be called to, or that is late."""
    found = []
    for one in work:
        params = {"ref": one.ref, "since": one.due_at.date().isoformat()}
        if one.is_called and not one.has_anybody:
            found.append(Found("calls.for_nobody", one.path, one.key, one.key, params))
        elif one.due_at < now:
            found.append(Found("calls.work_late", one.path, one.key, one.key, params))
    return found


def find_silent(hops: Iterable[HopSeen]) -> list[Found]:
    """Find posts that have let warnings go by more than once."""
    return [
        Found(
            "calls.post_silent", one.path, one.post, one.post,
            {"post": one.title, "count": one.silent, "asked": one.asked},
        )
        for one in hops
        if one.silent >= SILENT_TWICE
    ]  # fmt: skip


def find_roster_gaps(
    path: str, name: str, shifts: Sequence[tuple[datetime, datetime]], now: datetime
) -> list[Found]:
    """Find the first time within a week in which nobody is on duty, where a roster is kept at all."""
    if not any(until > now - ROSTER_USED for _from, until in shifts):
        return []
    reached = now
    for begins, ends in sorted(shifts):
        if begins > reached:
            break
        reached = max(reached, ends)
    if reached >= now + ROSTER_AHEAD:
        return []
    params = {"place": name, "since": reached.isoformat(timespec="minutes")}
    return [Found("calls.roster_gap", path, path, path, params)]
