"""Borders drawn by hand: snap them, let neighbours follow, cut a grid by a line, and say what would be wrong.

Positions are WGS-84 degrees; distances are metres on the plane round the drawing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise
from math import cos, radians
from typing import TYPE_CHECKING, Any

from renwang.base.pure.loading import on_first_use
from renwang.chain.dividing.ground import METRES_PER_DEGREE
from renwang.chain.rules import Refusal

if TYPE_CHECKING:
    import numpy as np
    import shapely
    from shapely import ops
    from shapely.geometry.base import BaseGeometry
else:
    np = on_first_use("numpy")
    shapely = on_first_use("shapely")
    ops = on_first_use("shapely.ops")


SLIVER_M2 = 25.0
"""Smaller than this is an error of drawing and no ground of anybody's."""
_SAME_M2 = 1.0
_DETOUR = 1.5  # a border follows a street between two points on it, unless that is so much further
_REACH_M = 40.0  # by so much the ends of a cutting line are drawn out, for who did not quite reach the border


class CutsNothing(Refusal):
    """The line does not lead across the grid from border to border."""


class CutsTwice(Refusal):
    """The line parts the grid into more than two pieces."""


class Fault(StrEnum):
    """What can be wrong with borders."""

    CROSSES_ITSELF = "crosses_itself"
    IN_PIECES = "in_pieces"
    OVER_NEIGHBOUR = "over_neighbour"
    OUT_OF_PLACE = "out_of_place"
    BUILDING_BARE = "building_bare"  # in no grid
    BUILDING_TWICE = "building_twice"  # in two grids
    GROUP_CUT = "group_cut"  # a building group on both sides of a border
    GROUND_BARE = "ground_bare"  # ground in no grid; no building stands there

    @property
    def forbids(self) -> bool:
        """Bare ground is said and allowed; everything else has to be mended first."""
        return self is not Fault.GROUND_BARE


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing wrong: of which grids or what it is said, where it is seen, and how large it is."""

    fault: Fault
    names: tuple[str, ...]
    at: tuple[float, float] | None = None
    area_m2: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """A building as borders see it: its piece (a group, or itself), what it is called, and where it stands."""

    key: str
    name: str
    piece: str
    at: tuple[float, float]
    households: int = 0


class Plane:
    """Degrees to metres and back, round one place; right to a thousandth within a city."""

    def __init__(self, of: BaseGeometry):
        west, south, east, north = of.bounds
        lat = (south + north) / 2
        self._middle = np.array([(west + east) / 2, lat])
        self._factor = np.array([METRES_PER_DEGREE * cos(radians(lat)), METRES_PER_DEGREE])

    def to(self, shape: Any) -> Any:
        """Degrees to metres."""
        return shapely.transform(shape, lambda at: (at - self._middle) * self._factor)

    def back(self, shape: Any) -> Any:
        """Metres to degrees."""
        return shapely.transform(shape, lambda at: at / self._factor + self._middle)


def from_rings(rings: Sequence[Sequence[tuple[float, float]]]) -> BaseGeometry:
    """Make an area of rings, even-odd: a ring inside another one is a hole in it."""
    area: BaseGeometry = shapely.Polygon()
    for ring in rings:
        area = (
            shapely.symmetric_difference(area, shapely.Polygon(ring))
            if area
            else shapely.Polygon(ring)
        )
    return area


def to_rings(area: BaseGeometry) -> list[list[tuple[float, float]]]:
    """Give the rings of an area, open, the outer one of each part before its holes."""
    rings = []
    for part in shapely.get_parts(area):
        for ring in (part.exterior, *part.interiors):
            rings.append([(x, y) for x, y in shapely.get_coordinates(ring)[:-1].tolist()])
    return rings


def snap(
    area: BaseGeometry, lines: Sequence[Sequence[BaseGeometry]], tolerance_m: float
) -> BaseGeometry:
    """Draw the points of an area onto lines no further away than the tolerance.

    `lines` are groups, the most wanted first: neighbours' borders, streets,
    walls. A point goes to a corner of a line rather than onto its middle; and
    between two points on one line the border follows it.
    """
    groups = [[line for line in group if not line.is_empty] for group in lines]
    if tolerance_m <= 0 or not any(groups):
        return area
    plane = Plane(area)
    flat = [_Lines([plane.to(line) for line in group]) for group in groups if group]
    parts = [
        shapely.Polygon(
            _snapped(part.exterior, flat, tolerance_m),
            [_snapped(ring, flat, tolerance_m) for ring in part.interiors],
        )
        for part in shapely.get_parts(plane.to(area))
    ]
    drawn = shapely.union_all(parts) if all(one.is_valid for one in parts) else parts[0]
    return plane.back(drawn)


class _Lines:
    """Lines to snap to, found by nearness."""

    def __init__(self, shapes: Sequence[BaseGeometry]):
        self.lines = [
            line
            for shape in shapes
            for line in shapely.get_parts(shape.boundary if shape.area else shape).tolist()
            if line.length
        ]
        self.tree = shapely.STRtree(self.lines)

    def near(self, point: BaseGeometry, within: float) -> tuple[BaseGeometry, int] | None:
        """Give the place on the nearest line, a corner of it where one is in reach, and which line."""
        found = self.tree.query_nearest(point, max_distance=within)
        if not len(found):
            return None
        which = int(found[0])
        line = self.lines[which]
        corners = shapely.points(shapely.get_coordinates(line))
        away = shapely.distance(corners, point)
        if away.min() <= within:
            return corners[int(away.argmin())], which
        return line.interpolate(line.project(point)), which


def _snapped(ring: BaseGeometry, groups: Sequence[_Lines], within: float) -> Any:
    found: list[tuple[BaseGeometry, BaseGeometry | None]] = []
    for point in shapely.points(shapely.get_coordinates(ring)[:-1]):
        hit, line = point, None
        for group in groups:
            near = group.near(point, within)
            if near is not None:
                hit, line = near[0], group.lines[near[1]]
                break
        found.append((hit, line))
    corners: list[tuple[float, float]] = []
    for (here, line), (there, other) in pairwise([*found, found[0]]):
        corners.append((here.x, here.y))
        if line is not None and line is other:
            corners.extend(_along(line, here, there))
    return corners if len(corners) > 2 else shapely.get_coordinates(ring)


def _along(
    line: BaseGeometry, here: BaseGeometry, there: BaseGeometry
) -> list[tuple[float, float]]:
    """Give the corners of a line between two points on it, the shorter way round; none where that would be a detour."""
    start, end, length = line.project(here), line.project(there), line.length
    ways = [shapely.get_coordinates(ops.substring(line, start, end))]
    if line.is_ring:
        rims = (0.0, length) if start <= end else (length, 0.0)
        ways.append(
            np.concatenate(
                [
                    shapely.get_coordinates(ops.substring(line, start, rims[0])),
                    shapely.get_coordinates(ops.substring(line, rims[1], end))[1:],
                ]
            )
        )
    steps = [float(np.hypot(*np.diff(way, axis=0).T).sum()) for way in ways]
    if min(steps) > _DETOUR * here.distance(there):
        return []
    way = ways[steps.index(min(steps))]
    return [(x, y) for x, y in way[1:-1].tolist()]


def is_same(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Say whether two areas are one but for errors of rounding."""
    if not (one.is_valid and other.is_valid) or one.is_empty or other.is_empty:
        return False
    plane = Plane(one)
    return bool(plane.to(shapely.symmetric_difference(one, other)).area < _SAME_M2)


def let_follow(
    key: str, area: BaseGeometry, before: Mapping[str, BaseGeometry]
) -> dict[str, BaseGeometry]:
    """Let the neighbours of a redrawn grid follow: what it takes they give, what it leaves goes to whom it touches longest."""
    after = {other: shape for other, shape in before.items() if other != key}
    plane = Plane(shapely.union_all([area, *before.values()]))
    for other, shape in after.items():
        if shapely.intersects(shape, area):
            after[other] = _areas_of(shapely.difference(shape, area))
    if key in before:
        left = _areas_of(shapely.difference(before[key], area))
        for piece in shapely.get_parts(left):
            if plane.to(piece).area < SLIVER_M2 / 100:
                continue
            touching = {
                other: plane.to(shapely.intersection(shape.boundary, piece.boundary)).length
                for other, shape in after.items()
                if shapely.intersects(shape, piece)
            }
            heir = max(touching, key=lambda one: (touching[one], one), default=None)
            if heir is not None and touching[heir] > 0:
                after[heir] = _areas_of(shapely.union_all([after[heir], piece]))
    return {key: area, **after}


def _areas_of(shape: BaseGeometry) -> BaseGeometry:
    """Drop the lines and points that a difference leaves."""
    parts = [one for one in shapely.get_parts(shape) if one.geom_type == "Polygon"]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def cut(area: BaseGeometry, line: BaseGeometry) -> tuple[BaseGeometry, BaseGeometry]:
    """Cut an area in two by a line, the western (else northern) part first.

    Refuses with CutsNothing and CutsTwice.
    """
    plane = Plane(area)
    flat, across = plane.to(area), _drawn_out(plane.to(line))
    pieces = [
        piece
        for part in shapely.get_parts(flat)
        for piece in shapely.get_parts(ops.split(part, across)).tolist()
    ]
    before = len(shapely.get_parts(flat))
    real = [piece for piece in pieces if piece.area >= SLIVER_M2]
    if len(real) <= before or len(real) < 2:
        raise CutsNothing()
    if len(real) > 2:
        raise CutsTwice(count=len(real))
    slivers = [piece for piece in pieces if piece.area < SLIVER_M2]
    for piece in slivers:
        nearest = min(range(2), key=lambda at: real[at].distance(piece))
        real[nearest] = _areas_of(shapely.union_all([real[nearest], piece]))
    ordered = sorted(real, key=lambda one: (one.centroid.x, -one.centroid.y))
    first, second = (plane.back(one) for one in ordered)
    return first, second


def _drawn_out(line: BaseGeometry) -> BaseGeometry:
    points = shapely.get_coordinates(line)

    def beyond(end: Any, before: Any) -> Any:
        step = end - before
        length = float(np.hypot(*step)) or 1.0
        return end + step / length * _REACH_M

    return shapely.LineString(
        [beyond(points[0], points[1]), *points, beyond(points[-1], points[-2])]
    )


def find_wrong(
    areas: Mapping[str, BaseGeometry],
    names: Mapping[str, str],
    *,
    before: Mapping[str, BaseGeometry] | None = None,
    whole: BaseGeometry | None = None,
    spots: Sequence[Spot] = (),
    groups: Mapping[str, str] | None = None,
    only: frozenset[str] | None = None,
) -> list[Wrong]:
    """Say what is wrong with the borders of the grids of a place; nothing where every building lies in exactly one.

    `only` narrows to what concerns some grids. A grid may have as many pieces as
    `before`, and the ground that was in no grid before may stay so. `groups`
    names the building groups, which go to one grid as a whole.
    """
    if not areas:
        return []
    plane = Plane(shapely.union_all([one.envelope for one in areas.values()]))
    before = before or {}
    sound = {key: one for key, one in areas.items() if one.is_valid and not one.is_empty}
    wrong = [
        Wrong(Fault.CROSSES_ITSELF, (names[key],), _crossing(areas[key]))
        for key in areas
        if key not in sound and _concerns(only, key)
    ]
    for key, area in sound.items():
        if _concerns(only, key):
            wrong.extend(_of_one(names[key], area, before.get(key), whole, plane))
    for one, other in combinations(sound, 2):
        if _concerns(only, one) or _concerns(only, other):
            said = (names[one], names[other])
            common = shapely.intersection(sound[one], sound[other])
            wrong.extend(_ground(Fault.OVER_NEIGHBOUR, said, common, plane))
    if before:
        covered = shapely.union_all(list(sound.values()))
        bare = shapely.difference(shapely.union_all(list(before.values())), covered)
        wrong.extend(_ground(Fault.GROUND_BARE, (), bare, plane))
    return [*wrong, *_buildings(sound, names, spots, groups or {}, only)]


def _of_one(
    name: str,
    area: BaseGeometry,
    before: BaseGeometry | None,
    whole: BaseGeometry | None,
    plane: Plane,
) -> list[Wrong]:
    """Say what is wrong with one grid by itself: pieces, and what lies outside the place."""
    wrong = []
    pieces = [one for one in shapely.get_parts(area) if plane.to(one).area >= SLIVER_M2]
    usual = len(shapely.get_parts(before)) if before is not None else 1
    if len(pieces) > usual:
        least = min(pieces, key=lambda one: one.area)
        wrong.append(_said(Fault.IN_PIECES, (name,), least, plane))
    if whole is not None:
        out = shapely.difference(area, whole)
        if before is not None:  # surveys of grid and community differ; only what is new is said
            out = shapely.difference(out, shapely.buffer(before, 1e-7))
        wrong.extend(_ground(Fault.OUT_OF_PLACE, (name,), out, plane))
    return wrong


def _ground(fault: Fault, names: tuple[str, ...], where: BaseGeometry, plane: Plane) -> list[Wrong]:
    """Say something of a piece of ground, unless it is too small to be any."""
    area = _areas_of(where)
    return [_said(fault, names, area, plane)] if plane.to(area).area >= SLIVER_M2 else []


def place_spots(
    areas: Mapping[str, BaseGeometry], spots: Sequence[Spot]
) -> dict[str, tuple[str, ...]]:
    """Say in which areas each building stands; on a common border the first area has it."""
    found: dict[str, list[str]] = {spot.key: [] for spot in spots}
    if not spots or not areas:
        return dict.fromkeys(found, ())
    keys = sorted(areas)
    shapes = np.array([areas[key] for key in keys], object)
    points = shapely.points([spot.at for spot in spots])
    hits: dict[int, list[int]] = {}
    for at, which in zip(
        *shapely.STRtree(shapes).query(points, predicate="intersects").tolist(), strict=True
    ):
        hits.setdefault(at, []).append(which)
    for at, there in hits.items():
        real = [one for one in sorted(there) if shapely.contains_properly(shapes[one], points[at])]
        found[spots[at].key] = [keys[one] for one in (real or sorted(there)[:1])]
    return {key: tuple(there) for key, there in found.items()}


def _buildings(
    areas: Mapping[str, BaseGeometry],
    names: Mapping[str, str],
    spots: Sequence[Spot],
    groups: Mapping[str, str],
    only: frozenset[str] | None,
) -> list[Wrong]:
    wrong: list[Wrong] = []
    placed = place_spots(areas, spots)
    sides: dict[str, set[str]] = {}
    for spot in spots:
        there = placed[spot.key]
        if not there:
            wrong.append(Wrong(Fault.BUILDING_BARE, (spot.name,), spot.at))
        elif len(there) > 1:
            said = (spot.name, *(names[key] for key in there))
            wrong.append(Wrong(Fault.BUILDING_TWICE, said, spot.at))
        elif spot.piece in groups:
            sides.setdefault(spot.piece, set()).add(there[0])
    for piece, keys in sorted(sides.items()):
        if len(keys) > 1 and (only is None or keys & only):
            at = next(spot.at for spot in spots if spot.piece == piece)
            said = (groups[piece], *sorted(names[key] for key in keys))
            wrong.append(Wrong(Fault.GROUP_CUT, said, at))
    return wrong


def _concerns(only: frozenset[str] | None, key: str) -> bool:
    return only is None or key in only


def _said(fault: Fault, names: tuple[str, ...], where: BaseGeometry, plane: Plane) -> Wrong:
    point = shapely.point_on_surface(where)
    return Wrong(fault, names, (point.x, point.y), round(plane.to(where).area))


def _crossing(area: BaseGeometry) -> tuple[float, float] | None:
    if area.is_empty:
        return None
    reason = shapely.is_valid_reason(area)
    inside = reason.partition("[")[2].rstrip("]").split()
    return (float(inside[0]), float(inside[1])) if len(inside) == 2 else None
