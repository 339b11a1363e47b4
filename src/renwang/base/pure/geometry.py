"""Areas and points on the map: read, judge, measure and find them.

Geometry is stored as GeoJSON (RFC 7946: WGS-84, longitude first) and computed with Shapely, so no
system library is needed. Distances are metres on a sphere of the Earth's mean radius, which errs
by at most 0.6 % against the ellipsoid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from math import asin, cos, isfinite, pi, radians, sin, sqrt
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeAlias, TypeVar

from renwang.base.pure.datum import NotAPosition, NotGeoJSON
from renwang.base.pure.loading import on_first_use

if TYPE_CHECKING:
    import numpy as np
    import shapely
    from shapely.geometry.base import BaseGeometry
else:
    np = on_first_use("numpy")
    shapely = on_first_use("shapely")


Geometry: TypeAlias = "BaseGeometry"
K = TypeVar("K")

EARTH_RADIUS_M = 6_371_008.8  # mean radius R1 of WGS-84
_LARGEST_CIRCLE_M = 2_000_000.0


class BBox(NamedTuple):
    """The rectangle round a geometry, in degrees."""

    west: float
    south: float
    east: float
    north: float


class BoundaryFault(StrEnum):
    """Why a geometry cannot be the boundary of a place."""

    NOT_GEOJSON = "not_geojson"
    NOT_AN_AREA = "not_an_area"
    OUTSIDE_THE_WORLD = "outside_the_world"
    RING_TOO_SHORT = "ring_too_short"
    RING_NOT_CLOSED = "ring_not_closed"
    CROSSES_ITSELF = "crosses_itself"
    PARTS_OVERLAP = "parts_overlap"
    HOLE_OUTSIDE = "hole_outside"
    NO_AREA = "no_area"


class BoundaryRefused(ValueError):
    """A boundary that cannot be used: the fault, and where on the map it was seen, if anywhere."""

    def __init__(self, fault: BoundaryFault, at: tuple[float, float] | None = None) -> None:
        super().__init__(f"{fault.value} at {at}" if at else fault.value)
        self.fault = fault
        self.at = at


class CircleRefused(ValueError):
    """A circle without a size, larger than 2,000 km, or reaching over a pole or the date line."""

    def __init__(self, lon: float, lat: float, radius_m: float) -> None:
        super().__init__(f"no circle of {radius_m} m can be drawn round {lon}, {lat}")
        self.radius_m = radius_m


def from_geojson(geojson: Mapping[str, Any]) -> Geometry:
    """Build a geometry from a GeoJSON geometry or Feature; refuses with `NotGeoJSON`."""
    if not isinstance(geojson, Mapping):
        raise NotGeoJSON("an object is missing")
    if geojson.get("type") == "Feature":
        return from_geojson(geojson.get("geometry") or {})
    try:
        return shapely.geometry.shape(geojson)
    except (
        shapely.errors.ShapelyError,
        AttributeError,
        IndexError,
        KeyError,
        TypeError,
        ValueError,
    ) as trouble:
        raise NotGeoJSON(str(trouble)) from trouble


def to_geojson(geometry: Geometry) -> dict[str, Any]:
    """Write a geometry as a GeoJSON object made of plain lists, ready for storage."""
    return _plain(shapely.geometry.mapping(geometry))  # type: ignore[no-any-return]


def check_boundary(geojson: Mapping[str, Any]) -> Geometry:
    """Judge the boundary of a place and give its geometry; refuses with `BoundaryRefused`.

    It must be a Polygon or MultiPolygon with closed rings that neither cross nor overlap. A fault
    is refused, not mended: what a mended boundary would contain, only its owner can say.
    """
    if isinstance(geojson, Mapping) and geojson.get("type") == "Feature":
        return check_boundary(geojson.get("geometry") or {})
    polygons = _polygons(geojson)
    for ring in (ring for polygon in polygons for ring in polygon):
        _check_ring(ring)
    geometry = from_geojson(geojson)
    if not geometry.is_valid:
        raise _why_invalid(geometry)
    if geometry.is_empty or not geometry.area > 0:
        raise BoundaryRefused(BoundaryFault.NO_AREA)
    return geometry


def unite_parts(geojson: Mapping[str, Any]) -> dict[str, Any]:
    """Unite the parts of a MultiPolygon that overlap or share an edge; else give it back as it is.

    Published boundaries often have this fault (`PARTS_OVERLAP`). Unlike a crossing it can be
    mended without guessing, because together the parts mean one area. Every part must be sound
    by itself, or it is refused with `BoundaryRefused`.
    """
    try:
        return to_geojson(check_boundary(geojson))
    except BoundaryRefused as refused:
        if refused.fault is not BoundaryFault.PARTS_OVERLAP:
            raise
    geometry = from_geojson(geojson)
    return to_geojson(shapely.union_all(list(geometry.geoms)))


def bbox(geometry: Geometry) -> BBox:
    """Give the rectangle round a geometry, degrees; an empty one is refused with `NotGeoJSON`."""
    if geometry.is_empty:
        raise NotGeoJSON("an empty geometry has no place")
    return BBox(*(float(bound) for bound in geometry.bounds))


def representative_point(geometry: Geometry) -> tuple[float, float]:
    """Give a point (longitude, latitude) that is surely inside, where a label can stand."""
    if geometry.is_empty:
        raise NotGeoJSON("an empty geometry has no place")
    point = geometry.representative_point()
    return float(point.x), float(point.y)


def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Measure the great-circle distance of two positions in metres (haversine)."""
    north, other_north = radians(lat), radians(other_lat)
    across = sin(radians(other_lon - lon) / 2) ** 2
    up = sin((other_north - north) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(up + cos(north) * cos(other_north) * across)))


def area_m2(geometry: Geometry) -> float:
    """Measure the area in square metres; 0 for points and lines.

    Computed in the equal-area cylinder (longitude, sine of latitude), which keeps areas exactly
    anywhere on the sphere, so a grid and a province are measured alike.
    """
    return float(shapely.transform(geometry, _equal_area).area)


def circle(lon: float, lat: float, radius_m: float, *, corners: int = 96) -> Geometry:
    """Draw a circle as a polygon, just outside it, so that nobody in the circle is left out.

    Refuses with `NotAPosition` or `CircleRefused`.
    """
    if not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise NotAPosition(lon, lat)
    if not (isfinite(radius_m) and 0 < radius_m <= _LARGEST_CIRCLE_M):
        raise CircleRefused(lon, lat, radius_m)
    # A straight edge of the map bends inwards on the sphere: the wider the circle and the nearer
    # to the pole, the more. The second factor makes up for it.
    reach = radius_m / EARTH_RADIUS_M
    reach *= (1 + (reach / cos(radians(lat))) ** 2 / corners) / cos(pi / corners)
    north = radians(lat)
    if abs(north) + reach >= pi / 2:
        raise CircleRefused(lon, lat, radius_m)
    bearing = np.linspace(0.0, 2 * pi, corners, endpoint=False)
    lats = np.arcsin(sin(north) * cos(reach) + cos(north) * sin(reach) * np.cos(bearing))
    turn = np.arctan2(
        np.sin(bearing) * sin(reach) * cos(north), cos(reach) - sin(north) * np.sin(lats)
    )
    lons = lon + np.degrees(turn)
    if lons.min() < -180 or lons.max() > 180:
        raise CircleRefused(lon, lat, radius_m)
    return shapely.Polygon(np.column_stack((lons, np.degrees(lats)))[::-1])


class PlaceIndex(Generic[K]):
    """Finds which of many places a point or an area touches, from memory.

    Built once from (key, geometry) pairs; answers keep the order of the pairs. A point on a common
    border belongs to both neighbours: better warned twice than not at all.
    """

    def __init__(self, items: Iterable[tuple[K, Geometry]]) -> None:
        pairs = [(key, geometry) for key, geometry in items if not geometry.is_empty]
        self._keys: list[K] = [key for key, _ in pairs]
        self._geometries = [geometry for _, geometry in pairs]
        self._tree = shapely.STRtree(self._geometries)

    def __len__(self) -> int:
        return len(self._keys)

    def containing(self, lon: float, lat: float) -> list[K]:
        """Name the places that a position lies in."""
        return self.intersecting(shapely.Point(lon, lat))

    def intersecting(self, geometry: Geometry) -> list[K]:
        """Name the places that share at least a point with a geometry."""
        hits = self._tree.query(geometry, predicate="intersects")
        return [self._keys[hit] for hit in sorted(hits.tolist())]

    def containing_each(self, points: Sequence[tuple[float, float]]) -> list[list[K]]:
        """Answer `containing` for many positions in one pass."""
        found: list[list[K]] = [[] for _ in points]
        if not points:
            return found
        asked, hits = self._tree.query(shapely.points(points), predicate="intersects")
        for point, hit in sorted(zip(asked.tolist(), hits.tolist(), strict=True)):
            found[point].append(self._keys[hit])
        return found

    def nearest(self, lon: float, lat: float) -> tuple[K, float] | None:
        """Name the place nearest to a position and its distance in metres; None if there is none.

        Nearness is judged on the map round the position, so it is meant for a city, not the globe.
        """
        if not self._keys:
            return None
        stretch = cos(radians(lat))
        point = shapely.Point(lon, lat)
        near, away_deg = self._tree.query_nearest(point, return_distance=True)
        # Degrees of longitude are shorter than those of latitude: whatever lies within the longer
        # reach may still be the nearer one on the ground.
        reach_deg = float(away_deg[0]) / max(stretch, 0.01)
        candidates = self._tree.query(point, predicate="dwithin", distance=reach_deg)
        hits = sorted({*near.tolist(), *candidates.tolist()})
        metres = [(self._metres(hit, point), hit) for hit in hits]
        away_m, hit = min(metres)
        return self._keys[hit], away_m

    def _metres(self, hit: int, point: Geometry) -> float:
        stretch = cos(radians(point.y))
        flat = shapely.transform(self._geometries[hit], lambda xy: xy * (stretch, 1.0))
        away: float = flat.distance(shapely.Point(point.x * stretch, point.y))
        return radians(away) * EARTH_RADIUS_M


def _equal_area(points: Any) -> Any:
    x = EARTH_RADIUS_M * np.radians(points[:, 0])
    return np.column_stack((x, EARTH_RADIUS_M * np.sin(np.radians(points[:, 1]))))


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {name: _plain(value) for name, value in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(part) for part in node]
    return node


def _polygons(geojson: Any) -> list[Any]:
    if not isinstance(geojson, Mapping) or not isinstance(geojson.get("type"), str):
        raise BoundaryRefused(BoundaryFault.NOT_GEOJSON)
    coordinates = geojson.get("coordinates")
    if geojson["type"] not in ("Polygon", "MultiPolygon"):
        raise BoundaryRefused(BoundaryFault.NOT_AN_AREA)
    polygons = [coordinates] if geojson["type"] == "Polygon" else coordinates
    if not isinstance(polygons, list | tuple):
        raise BoundaryRefused(BoundaryFault.NOT_GEOJSON)
    for polygon in polygons:
        if not isinstance(polygon, list | tuple) or not all(
            isinstance(ring, list | tuple) for ring in polygon
        ):
            raise BoundaryRefused(BoundaryFault.NOT_GEOJSON)
    if not any(polygons):
        raise BoundaryRefused(BoundaryFault.NO_AREA)
    return list(polygons)


def _check_ring(ring: Sequence[Any]) -> None:
    for position in ring:
        if not isinstance(position, list | tuple) or len(position) < 2:
            raise BoundaryRefused(BoundaryFault.NOT_GEOJSON)
        lon, lat = position[:2]
        if not all(isinstance(x, int | float) and not isinstance(x, bool) for x in (lon, lat)):
            raise BoundaryRefused(BoundaryFault.NOT_GEOJSON)
        if not (isfinite(lon) and isfinite(lat)):
            raise BoundaryRefused(BoundaryFault.OUTSIDE_THE_WORLD)
        if abs(lon) > 180 or abs(lat) > 90:
            raise BoundaryRefused(BoundaryFault.OUTSIDE_THE_WORLD, (lon, lat))
    if len(ring) < 4:
        raise BoundaryRefused(BoundaryFault.RING_TOO_SHORT, _first(ring))
    if tuple(ring[0][:2]) != tuple(ring[-1][:2]):
        raise BoundaryRefused(BoundaryFault.RING_NOT_CLOSED, _first(ring))


def _first(ring: Sequence[Any]) -> tuple[float, float] | None:
    return (float(ring[0][0]), float(ring[0][1])) if ring else None


# The words of GEOS (IsValidOp), which come with the place: "Self-intersection[106.5 29.5]".
_GEOS_FAULTS = {
    "Hole lies outside shell": BoundaryFault.HOLE_OUTSIDE,
    "Nested shells": BoundaryFault.PARTS_OVERLAP,
    "Duplicate Rings": BoundaryFault.PARTS_OVERLAP,
    "Too few points in geometry component": BoundaryFault.NO_AREA,
}


def _why_invalid(geometry: Geometry) -> BoundaryRefused:
    reason, _, place = shapely.is_valid_reason(geometry).partition("[")
    at = tuple(float(figure) for figure in place.rstrip("]").split()[:2])
    fault = _GEOS_FAULTS.get(reason.strip(), BoundaryFault.CROSSES_ITSELF)
    parts = list(getattr(geometry, "geoms", [geometry]))
    if fault is BoundaryFault.CROSSES_ITSELF:
        if any(not part.convex_hull.area > 0 for part in parts):
            fault = BoundaryFault.NO_AREA
        elif len(parts) > 1 and all(part.is_valid for part in parts):
            fault = BoundaryFault.PARTS_OVERLAP
    return BoundaryRefused(fault, (at[0], at[1]) if len(at) == 2 else None)
