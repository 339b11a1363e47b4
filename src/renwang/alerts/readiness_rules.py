"""What is wrong with where warnings come from and with those that wait to go out. Values in, holes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from renwang.registers.readiness.rules import Found

SILENT_INTERVALS = 10
SILENT_AT_LEAST = timedelta(hours=1)
DRAFT_WAITS = timedelta(hours=24)
DRILLED_WITHIN = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class FeedSeen:
    """A feed that is watched: how often, and when it last worked."""

    key: str
    path: str
    label: str
    every: timedelta
    worked_at: datetime | None
    is_active: bool = True
    holds_empty: bool = False  # an empty list that nobody has believed yet


@dataclass(frozen=True, slots=True)
class DraftSeen:
    """Something that waits for a second person."""

    key: str
    path: str
    ref: str
    submitted_at: datetime


def find_feed_holes(feeds: Iterable[FeedSeen], now: datetime) -> list[Found]:
    """Find feeds that have not worked for ten intervals, or were stopped, or came empty."""
    found = []
    for one in feeds:
        params = {
            "name": one.label,
            "since": one.worked_at.date().isoformat() if one.worked_at else "–",
        }
        longest = max(one.every * SILENT_INTERVALS, SILENT_AT_LEAST)
        if not one.is_active:
            found.append(Found("alerts.feed_stopped", one.path, one.key, one.key, params))
        elif one.worked_at is None or one.worked_at < now - longest:
            found.append(Found("alerts.feed_silent", one.path, one.key, one.key, params))
        elif one.holds_empty:
            found.append(Found("alerts.feed_empty", one.path, one.key, one.key, params))
    return found


def find_drafts(drafts: Iterable[DraftSeen], now: datetime) -> list[Found]:
    """Find what has waited for a second person for more than a day."""
    return [
        Found(
            "alerts.draft_waits", one.path, one.key, one.key,
            {"ref": one.ref, "since": one.submitted_at.date().isoformat()},
        )
        for one in drafts
        if one.submitted_at < now - DRAFT_WAITS
    ]  # fmt: skip
