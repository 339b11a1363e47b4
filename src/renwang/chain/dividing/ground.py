"""The ground of a division: which buildings are neighbours, and how much it costs to draw a border between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import cos, pi
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

FAR = 6  # times the usual distance of neighbours: further apart two buildings are joined only for need
METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km


class Barrier(IntEnum):
    """What lies between two neighbours; the higher, the more natural a border is there."""

    NOTHING = 0
    LANE = 1
    STREET = 2
    ROAD = 3
    WATER = 4


# What a border costs between two buildings with this between them. Only the proportions matter:
# a compound is worth five ordinary borders, a main road a quarter of one.
COSTS = {
    Barrier.NOTHING: 8,
    Barrier.LANE: 6,
    Barrier.STREET: 4,
    Barrier.ROAD: 2,
    Barrier.WATER: 1,
}
COMPOUND = 40


@dataclass(frozen=True, slots=True)
class Ground:
    """Buildings with their work, and the edges between neighbours.

    `at` is n × 2 in metres, `work` n whole numbers of at least 1, `communities`
    n labels. `edges` is m × 2 indices with i < j, both in one community;
    `costs` what a border across each costs; `barriers` what lies between.
    """

    at: Real
    work: Whole
    communities: Whole
    edges: Whole
    costs: Whole
    barriers: Whole

    def __len__(self) -> int:
        return len(self.work)


def lay_out(
    places: Sequence[tuple[float, float]],
    work: Sequence[int],
    *,
    communities: Sequence[int] | None = None,
    compounds: Sequence[int] | None = None,
    barriers: Sequence[tuple[BaseGeometry, Barrier]] = (),
) -> Ground:
    """Lay out buildings at WGS-84 positions (longitude, latitude) with their work.

    Neighbours are those of the Delaunay triangulation within one community.
    Nobody is a neighbour across water or far away, except by as few and short
    bridges as hold a community together. Buildings of one compound (a label; below 0 means none)
    are dear to part. Raises ValueError when the sequences differ in length.
    """
    count = len(places)
    area = np.zeros(count, np.int64) if communities is None else np.asarray(communities, np.int64)
    estate = np.full(count, -1, np.int64) if compounds is None else np.asarray(compounds, np.int64)
    load = np.maximum(1, np.asarray(work, np.int64))
    if not count == len(load) == len(area) == len(estate):
        raise ValueError("places, work, communities and compounds are not of one length")
    degrees = np.asarray(places, np.float64).reshape(-1, 2)
    at, scale = _metres(degrees)
    edges, is_spare = _neighbours(at, area)
    between = _between(at, edges, barriers, scale)
    kept = _hold_together(at, edges, is_spare | (between == Barrier.WATER))
    edges, between = edges[kept], between[kept]
    costs = np.array([COSTS[one] for one in Barrier], np.int64)[between]
    same = (estate[edges[:, 0]] == estate[edges[:, 1]]) & (estate[edges[:, 0]] >= 0)
    costs[same] = COMPOUND
    return Ground(at, load, area, edges, costs, between)


def _metres(degrees: Real) -> tuple[Real, tuple[Real, Real]]:
    """Flatten degrees into metres around their middle: right to a thousandth within a city."""
    if not len(degrees):
        return degrees, (np.zeros(2), np.ones(2))
    middle = degrees.mean(axis=0)
    factor = np.array([METRES_PER_DEGREE * cos(middle[1] * pi / 180), METRES_PER_DEGREE])
    return (degrees - middle) * factor, (middle, factor)


def _neighbours(at: Real, area: Whole) -> tuple[Whole, NDArray[np.bool_]]:
    """Join neighbours of one community; says of each edge whether it is only for need.

    Those are the edges that only a community's own triangulation has, across what
    others have in between, and those much longer than usual: at its rim
    buildings far from one another would pass for neighbours.
    """
    spots, first, spot_of = np.unique(at, axis=0, return_index=True, return_inverse=True)
    # Several buildings at one spot hang on the first of their community there.
    heads, head_of = np.unique(
        np.column_stack([spot_of.reshape(-1), area]), axis=0, return_inverse=True
    )
    lead = np.full(len(heads), len(at), np.int64)
    np.minimum.at(lead, head_of.reshape(-1), np.arange(len(at)))
    near = _ordered(np.column_stack([lead[head_of.reshape(-1)], np.arange(len(at))]))
    wide = first[_triangulate(spots)]
    wide = _ordered(wide[area[wide[:, 0]] == area[wide[:, 1]]])
    own = [near]
    for label in np.unique(area):
        here = lead[heads[:, 1] == label]
        here = here[np.lexsort((at[here, 1], at[here, 0]))]
        own.append(here[_triangulate(at[here])])
    edges = _ordered(np.concatenate([*own, wide]))
    keys = edges[:, 0] * len(at) + edges[:, 1]
    usual = np.isin(keys, [*(wide @ [len(at), 1]), *(near @ [len(at), 1])])
    lengths = np.hypot(*(at[edges[:, 0]] - at[edges[:, 1]]).T)
    far = lengths > FAR * np.median(lengths[usual]) if usual.any() else lengths < 0
    return edges, ~usual | far


def _ordered(edges: Whole) -> Whole:
    """Name each pair once, the lower first; nobody is his own neighbour."""
    pairs = np.sort(edges.reshape(-1, 2), axis=1)
    return np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)


def _triangulate(spots: Real) -> Whole:
    """Return the Delaunay edges of different spots, which come sorted; along the line where all lie on one."""
    if len(spots) < 2:
        return np.empty((0, 2), np.int64)
    lines = shapely.get_parts(
        shapely.delaunay_triangles(shapely.multipoints(spots), only_edges=True)
    )
    ends = shapely.get_coordinates(lines)
    if len(spots) == 2 or len(ends) != 2 * len(lines) or not len(lines):
        row = np.arange(len(spots))
        return np.column_stack([row[:-1], row[1:]])
    known = {spot: at for at, spot in enumerate(map(tuple, spots.tolist()))}
    return np.array([known[end] for end in map(tuple, ends.tolist())], np.int64).reshape(-1, 2)


def _between(
    at: Real,
    edges: Whole,
    barriers: Sequence[tuple[BaseGeometry, Barrier]],
    scale: tuple[Real, Real],
) -> Whole:
    """Say for each edge the strongest barrier that it crosses."""
    strongest = np.zeros(len(edges), np.int64)
    if not barriers or not len(edges):
        return strongest
    middle, factor = scale
    kinds = np.array([kind for _shape, kind in barriers], np.int64)
    shapes = shapely.transform(
        np.array([shape for shape, _kind in barriers], object), lambda c: (c - middle) * factor
    )
    steps = shapely.linestrings(at[edges])
    crossing, which = shapely.STRtree(shapes).query(steps, predicate="intersects")
    np.maximum.at(strongest, crossing, kinds[which])
    return strongest


def _hold_together(at: Real, edges: Whole, spare: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Drop the spare edges, but for the shortest that join what would fall apart (Kruskal 1956)."""
    leader = list(range(len(at)))

    def find(one: int) -> int:
        while leader[one] != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    for a, b in edges[~spare].tolist():
        leader[find(a)] = find(b)
    kept = ~spare
    spares = np.flatnonzero(spare)
    lengths = np.hypot(*(at[edges[spares, 0]] - at[edges[spares, 1]]).T)
    for edge in spares[np.argsort(lengths, kind="stable")].tolist():
        a, b = find(int(edges[edge, 0])), find(int(edges[edge, 1]))
        if a != b:
            leader[a] = b
            kept[edge] = True
    return kept
