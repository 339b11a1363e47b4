"""Which cases are about the same: alike in words, near in place and time. Pure.

Words are compared by pairs of neighbouring characters, which needs no list of
Chinese words; a place and a moment near by make up for words that differ.
"""

from array import array
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, exp, nan, radians
from typing import TYPE_CHECKING, Any

from renwang.base.pure.geometry import distance_m
from renwang.base.pure.likeness import likeness, pairs_of
from renwang.base.pure.loading import on_first_use

if TYPE_CHECKING:
    import numpy as np
else:
    np = on_first_use("numpy")

FROM = 0.34
LOOKED_BACK = timedelta(days=60)
AT_MOST = 8
_NEAR_M = 150.0
_NEAR = timedelta(days=14)
_WEIGHTS = (0.58, 0.24, 0.1, 0.08)  # of words, place, time and kind


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
    return _inside(one.path, other.path)


def sameness(one: Trace, other: Trace) -> float:
    """Say how likely two cases are about the same, from 0 to 1. Words weigh most; without any in common it is 0."""
    words = likeness(pairs_of(one.key), pairs_of(other.key))
    if not words:
        return 0.0
    when = exp(-abs((one.at - other.at) / _NEAR))
    what = 1.0 if one.kind and one.kind == other.kind else 0.0
    parts = (words, closeness(one, other), when, what)
    return sum(weight * part for weight, part in zip(_WEIGHTS, parts, strict=True))


# --- against many at once ---------------------------------------------------------

_DAY = 86_400.0
_METRES = 111_195.0  # of a degree of latitude


class Shelf:
    """Texts by their pairs of characters, so that a new one is held against thousands in less than a millisecond.

    Texts are put on it as they come in. It holds pairs and positions, no words.
    """

    def __init__(self) -> None:
        self.keys: list[Hashable] = []
        self._posted: dict[str, array[int]] = {}  # which texts have a pair
        self._sizes = array("I")
        self._days = array("d")
        self._places = array("I")
        self._kinds = array("I")
        self._lons, self._lats = array("d"), array("d")
        self._paths: dict[str, int] = {}
        self._known_kinds: dict[str, int] = {"": 0}

    def __len__(self) -> int:
        return len(self.keys)

    def put(self, key: Hashable, trace: Trace) -> None:
        """Put a text on the shelf."""
        number = len(self.keys)
        self.keys.append(key)
        pairs = pairs_of(trace.key)
        for pair in pairs:
            self._posted.setdefault(pair, array("I")).append(number)
        self._sizes.append(len(pairs))
        self._days.append(trace.at.timestamp() / _DAY)
        self._places.append(self._paths.setdefault(trace.path, len(self._paths)))
        self._kinds.append(self._known_kinds.setdefault(trace.kind, len(self._known_kinds)))
        positioned = trace.lon is not None and trace.lat is not None
        self._lons.append(trace.lon if positioned and trace.lon is not None else nan)
        self._lats.append(trace.lat if positioned and trace.lat is not None else nan)

    def most_alike(self, one: Trace, *, most: int = AT_MOST) -> list[tuple[Hashable, float]]:
        """Rank what may be about the same within sixty days, the likeliest first; as `sameness` does, to a hair."""
        pairs = pairs_of(one.key)
        lists = [self._posted[pair] for pair in pairs if pair in self._posted]
        if not lists:
            return []
        shared = np.bincount(
            np.concatenate([np.frombuffer(posted, dtype=np.uint32) for posted in lists])
        )
        near = np.flatnonzero(shared)
        apart = np.abs(np.frombuffer(self._days)[near] - one.at.timestamp() / _DAY)
        near, apart = near[apart <= LOOKED_BACK.days], apart[apart <= LOOKED_BACK.days]
        sizes = np.frombuffer(self._sizes, dtype=np.uint32)[near]
        parts = (
            2 * shared[near] / (len(pairs) + sizes),
            self._closeness(one, near),
            np.exp(-apart / _NEAR.days),
            np.frombuffer(self._kinds, dtype=np.uint32)[near]
            == (self._known_kinds.get(one.kind, -1) if one.kind else -1),
        )
        score = sum(weight * part for weight, part in zip(_WEIGHTS, parts, strict=True))
        likely = np.flatnonzero(score >= FROM)
        order = likely[np.argsort(-score[likely], kind="stable")][:most]
        return [(self.keys[near[at]], float(score[at])) for at in order]

    def _closeness(self, one: Trace, near: Any) -> Any:
        codes = np.array([_inside(one.path, path) for path in self._paths])
        found = codes[np.frombuffer(self._places, dtype=np.uint32)[near]]
        if one.lon is None or one.lat is None:
            return found
        north = (np.frombuffer(self._lats)[near] - one.lat) * _METRES
        east = (np.frombuffer(self._lons)[near] - one.lon) * _METRES * cos(radians(one.lat))
        metres = np.hypot(north, east)
        return np.where(np.isnan(metres), found, np.exp(-metres / _NEAR_M))


def _inside(one: str, other: str) -> float:
    if one == other:
        return 0.6
    return 0.4 if one.startswith(other) or other.startswith(one) else 0.0
