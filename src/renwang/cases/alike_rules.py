"""Which cases are about the same: alike in words, near in place and time. Pure.

Words are compared by pairs of neighbouring characters, which needs no list of
Chinese words; a place and a moment near by make up for words that differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp

from renwang.base.pure.geometry import distance_m
from renwang.base.pure.likeness import likeness, pairs_of

FROM = 0.34
LOOKED_BACK = timedelta(days=60)
AT_MOST = 8
_NEAR_M = 150.0
_NEAR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Trace:
    """What a case is compared by: its folded words, its unit, its position, its kind, and when it came."""

    key: str  # words folded for searching
    path: str
    at: datetime
    kind: str = ""
    lon: float | None = None
    lat: float | None = None


def closeness(one: Trace, other: Trace) -> float:
    """Say how near two places are: 1 the same spot, 0.6 the same unit without positions, down to 0."""
    if None not in (one.lon, one.lat, other.lon, other.lat):
        assert one.lon is not None and one.lat is not None
        assert other.lon is not None and other.lat is not None
        return exp(-distance_m(one.lon, one.lat, other.lon, other.lat) / _NEAR_M)
    if one.path == other.path:
        return 0.6
    inside = one.path.startswith(other.path) or other.path.startswith(one.path)
    return 0.4 if inside else 0.0


def sameness(one: Trace, other: Trace, pairs: frozenset[str] | None = None) -> float:
    """Say how likely two cases are about the same, from 0 to 1. Words weigh most; without any in common it is 0."""
    words = likeness(pairs if pairs is not None else pairs_of(one.key), pairs_of(other.key))
    if not words:
        return 0.0
    when = exp(-abs((one.at - other.at) / _NEAR))
    what = 1.0 if one.kind and one.kind == other.kind else 0.0
    return 0.58 * words + 0.24 * closeness(one, other) + 0.1 * when + 0.08 * what


def most_alike(one: Trace, others: Iterable[tuple[int, Trace]]) -> list[tuple[int, float]]:
    """Rank cases that may be about the same, the likeliest first; `others` are (number, trace)."""
    pairs = pairs_of(one.key)
    ranked = [(number, sameness(one, trace, pairs)) for number, trace in others]
    likely = [pair for pair in ranked if pair[1] >= FROM]
    return sorted(likely, key=lambda pair: (-pair[1], pair[0]))[:AT_MOST]
