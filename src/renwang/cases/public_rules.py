"""What anybody may know of a case that is not his: that something is the matter there, a day later, and roughly where. Pure.

Where a home could be betrayed nothing is told at all: only kinds that happen
in public places are listed. Nobody's words are ever shown, nor which building,
nor any photograph.
"""

from datetime import datetime, timedelta

LISTED_AFTER = timedelta(hours=24)
"""Whoever stood there yesterday is no longer known by it."""

DECIMALS = 3
"""Of a degree: some hundred metres, more than one house and less than a quarter."""


def listed_until(now: datetime) -> datetime:
    """Give the moment up to which a case must have come in to be listed."""
    return now - LISTED_AFTER


def blur(degrees: float | None) -> float | None:
    """Give a longitude or latitude as exactly as anybody may know it."""
    return None if degrees is None else round(degrees, DECIMALS)
