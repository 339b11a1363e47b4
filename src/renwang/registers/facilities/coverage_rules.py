"""Who can walk to a facility, and whether he finds room: straight lines times a detour, water only over bridges. Pure.

The method is plain so that it can be explained to whoever lives there:

1. The walk to a facility is the straight line times a factor for detours. A
   line that crosses water is no walk; whoever must cross it goes straight to a
   bridge, over it, and straight on. More than one bridge on one walk is not tried.
2. A facility serves whoever lives within its own walking distance.
3. Places are given out by nearness: the shortest walk of all comes first. Who
   finds the nearest one full goes to the next within his reach. Each building
   looks at the sixteen nearest facilities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, inf, radians
from typing import TYPE_CHECKING, TypeAlias

from renwang.base.pure.loading import on_first_use

if TYPE_CHECKING:
    import numpy as np
    import shapely
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry
else:
    np = on_first_use("numpy")
    shapely = on_first_use("shapely")


Whole: TypeAlias = "NDArray[np.int64]"
Real: TypeAlias = "NDArray[np.float64]"
Flags: TypeAlias = "NDArray[np.bool_]"

NEAREST = 16
METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km
SHORE_M = 1.0  # what touches the shore by less has not crossed
QUAY_M = 4.0  # so far from the water a bridge begins and ends
_AT_ONCE = 100_000  # walks that are looked at together


@dataclass(frozen=True, slots=True)
class Site:
    """A usable facility: where it is, how far one walks to it, how many fit; None where nobody knows."""

    lon: float
    lat: float
    walk_m: float
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """What came out, building by building and site by site.

    `walk_m` is infinite and `site` -1 for a building beyond the reach of all;
    `placed` are its people who find room, `taken` the places taken at each site.
    """

    walk_m: Real
    site: Whole
    placed: Whole
    taken: Whole

    @property
    def beyond(self) -> Flags:
        """Which buildings lie beyond the reach of all."""
        flags: Flags = self.site < 0
        return flags


@dataclass(frozen=True, slots=True)
class Ground:
    """Water that nobody walks through, and the streets that may lead over it; WGS-84."""

    water: Sequence[BaseGeometry] = ()
    streets: Sequence[BaseGeometry] = ()


def reach(
    homes: Sequence[tuple[float, float]],
    people: Sequence[int],
    sites: Sequence[Site],
    *,
    detour: float,
    ground: Ground | None = None,
) -> Reached:
    """Find for each building the nearest site that serves it, and give out the places.

    `homes` are WGS-84 positions (longitude, latitude). Raises ValueError where
    homes and people differ in number, or the detour is less than 1.
    """
    if len(homes) != len(people):
        raise ValueError("every home has a number of people")
    if detour < 1:
        raise ValueError("nobody walks less than the straight line")
    count = len(homes)
    if not count or not sites:
        nobody = np.zeros(count, np.int64)
        return Reached(np.full(count, inf), nobody - 1, nobody, np.zeros(len(sites), np.int64))
    degrees = np.array([*homes, *((one.lon, one.lat) for one in sites)], np.float64)
    middle = degrees.mean(axis=0)
    scale = np.array([METRES_PER_DEGREE * cos(radians(float(middle[1]))), METRES_PER_DEGREE])
    spots = (degrees - middle) * scale
    at, stands = spots[:count], spots[count:]
    far = np.array([one.walk_m for one in sites]) / detour
    home, site, line_m = _within(at, stands, far)
    wet = _Wet(ground or Ground(), middle, scale)
    if wet:
        dry = wet.is_dry(at[home], stands[site])
        over = wet.over_bridges(at, stands, far)
        home, site, line_m = (
            np.concatenate([one[dry], other])
            for one, other in zip((home, site, line_m), over, strict=True)
        )
    order = np.lexsort((site, home, line_m))
    home, site, walk_m = home[order], site[order], line_m[order] * detour
    nearest = np.full(count, -1, np.int64)
    shortest = np.full(count, inf)
    first_home, first = np.unique(home, return_index=True)
    nearest[first_home], shortest[first_home] = site[first], walk_m[first]
    placed, taken = _give_out(home, site, people, [one.places for one in sites])
    return Reached(shortest, nearest, placed, taken)


def _within(at: Real, stands: Real, far: Real) -> tuple[Whole, Whole, Real]:
    """Pair each home with the sites whose straight reach it lies in, the nearest few of each."""
    tree = shapely.STRtree(shapely.points(stands))
    found: list[tuple[Whole, Whole, Real]] = []
    widest = float(far.max())
    for start in range(0, len(at), _AT_ONCE // 10):
        some = at[start : start + _AT_ONCE // 10]
        home, site = tree.query(shapely.points(some), predicate="dwithin", distance=widest)
        line_m = np.hypot(*(some[home] - stands[site]).T)
        near = line_m <= far[site]
        home, site, line_m = home[near], site[near], line_m[near]
        order = np.lexsort((site, line_m, home))
        home, site, line_m = home[order], site[order], line_m[order]
        _one, begins, many = np.unique(home, return_index=True, return_counts=True)
        rank = np.arange(len(home)) - np.repeat(begins, many)
        few = rank < NEAREST
        found.append((home[few] + start, site[few], line_m[few]))
    homes, sites, lines = zip(*found, strict=True)
    return np.concatenate(homes), np.concatenate(sites), np.concatenate(lines)


def _give_out(
    home: Whole, site: Whole, people: Sequence[int], places: Sequence[int | None]
) -> tuple[Whole, Whole]:
    """Give out places along walks that come in the order of their length."""
    left = list(people)
    free = [one or 0 for one in places]
    has_room = np.array([bool(one) for one in free])
    useful = has_room[site] if len(site) else np.zeros(0, np.bool_)
    for one, there in zip(home[useful].tolist(), site[useful].tolist(), strict=True):
        go = min(left[one], free[there])
        if go:
            left[one] -= go
            free[there] -= go
    placed = np.array(people, np.int64) - np.array(left, np.int64)
    taken = np.array([one or 0 for one in places], np.int64) - np.array(free, np.int64)
    return placed, taken


class _Wet:
    """The water between homes and sites, in metres, and the bridges over it."""

    def __init__(self, ground: Ground, middle: Real, scale: Real):
        water = _flat(ground.water, middle, scale)
        shrunk = shapely.buffer(water, -SHORE_M)
        self._tree = shapely.STRtree(shrunk[~shapely.is_empty(shrunk)])
        self.ends, self.spans = self._bridges(water, _flat(ground.streets, middle, scale))

    def __bool__(self) -> bool:
        return len(self._tree) > 0

    def _bridges(
        self, water: NDArray[np.object_], streets: NDArray[np.object_]
    ) -> tuple[Real, Real]:
        """Find where a street leads over water: its two ends on land, and how long it is between."""
        ends: list[tuple[tuple[float, float], tuple[float, float]]] = []
        spans: list[float] = []
        if len(water) and len(streets):
            wide = shapely.union_all(shapely.buffer(water, QUAY_M))
            pieces = shapely.get_parts(shapely.intersection(streets, wide))
            pieces = pieces[~shapely.is_empty(pieces)]
            for piece in pieces[shapely.get_type_id(pieces) == shapely.GeometryType.LINESTRING]:
                first, last = piece.coords[0][:2], piece.coords[-1][:2]
                land = [
                    not len(self._tree.query(shapely.Point(one), "intersects"))
                    for one in (first, last)
                ]
                wet = len(self._tree.query(piece, "intersects")) > 0
                if wet and all(land):
                    ends.append((first, last))
                    spans.append(float(piece.length))
        return np.array(ends, np.float64).reshape(-1, 2, 2), np.array(spans, np.float64)

    def is_dry(self, one: Real, other: Real) -> Flags:
        """Say of each straight walk whether it crosses no water."""
        dry = np.ones(len(one), np.bool_)
        for start in range(0, len(one), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            lines = shapely.linestrings(np.stack([one[part], other[part]], axis=1))
            crossing, _which = self._tree.query(lines, predicate="intersects")
            dry[start + np.unique(crossing)] = False
        return dry

    def over_bridges(self, at: Real, stands: Real, far: Real) -> tuple[Whole, Whole, Real]:
        """Walk from each home over one bridge to the sites beyond it, as far as those serve."""
        homes: list[Whole] = []
        sites: list[Whole] = []
        lines: list[Real] = []
        if len(self.spans):
            widest = float(far.max())
            tree, beside = (
                shapely.STRtree(shapely.points(at)),
                shapely.STRtree(shapely.points(stands)),
            )
            for (first, last), span in zip(self.ends, self.spans, strict=True):
                for here, there in ((first, last), (last, first)):
                    near, to_site = self._from(beside, stands, here, widest - span)
                    behind, to_home = self._from(tree, at, there, widest - span)
                    line_m = to_site[:, None] + span + to_home[None, :]
                    which, home = np.nonzero(line_m <= far[near][:, None])
                    homes.append(behind[home])
                    sites.append(near[which])
                    lines.append(line_m[which, home])
        if not homes:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        return np.concatenate(homes), np.concatenate(sites), np.concatenate(lines)

    def _from(
        self, tree: shapely.STRtree, spots: Real, end: Real, within_m: float
    ) -> tuple[Whole, Real]:
        """Find what can be walked to from the end of a bridge without crossing water, and how far it is."""
        if within_m <= 0:
            return np.zeros(0, np.int64), np.zeros(0)
        found = tree.query(shapely.Point(end), predicate="dwithin", distance=within_m)
        found = found[self.is_dry(np.broadcast_to(end, (len(found), 2)), spots[found])]
        return found, np.hypot(*(spots[found] - end).T)


def _flat(shapes: Sequence[BaseGeometry], middle: Real, scale: Real) -> NDArray[np.object_]:
    array = np.empty(len(shapes), object)
    array[:] = list(shapes)
    flat: NDArray[np.object_] = shapely.transform(array, lambda spots: (spots - middle) * scale)
    return flat


# --- sums -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sum:
    """How a place is served: of its households and people, how many lie beyond reach, and how many find no room."""

    households: int = 0
    people: int = 0
    beyond_households: int = 0
    beyond_people: int = 0
    placed: int = 0  # people who find room within their reach
    farthest_m: float = 0.0  # the longest walk of those within reach

    @property
    def within_people(self) -> int:
        """People who live within reach, whether or not there is room for them."""
        return self.people - self.beyond_people

    @property
    def unplaced(self) -> int:
        """People within reach for whom there is no room."""
        return self.within_people - self.placed

    @property
    def worst_first(self) -> tuple[float, int]:
        """What a table is sorted by: the largest share beyond reach or without room, then the most people."""
        missing = self.people - self.placed
        share = self.beyond_people / self.people if self.people else 0.0
        return (-share, -missing)


def sum_up(
    groups: Sequence[int],
    count: int,
    households: Sequence[int],
    people: Sequence[int],
    found: Reached,
) -> list[Sum]:
    """Add up what came out by group; `groups` gives each building's, from 0 to `count`, -1 for none."""
    label = np.asarray(groups, np.int64)
    inside = label >= 0
    label = label[inside]
    doors, heads = np.asarray(households)[inside], np.asarray(people)[inside]
    beyond, placed = found.beyond[inside], found.placed[inside]
    walk = np.where(beyond, 0.0, found.walk_m[inside])
    farthest = np.zeros(count)
    np.maximum.at(farthest, label, walk)

    def total(values: NDArray[np.int64]) -> list[int]:
        return [round(one) for one in np.bincount(label, weights=values, minlength=count).tolist()]

    columns = zip(
        total(doors), total(heads), total(doors * beyond), total(heads * beyond), total(placed),
        farthest.tolist(), strict=True,
    )  # fmt: skip
    return [Sum(*column) for column in columns]
