"""Say in which datum a position is given, and convert it.

Renwang stores WGS-84, what satellites give. Chinese phones and maps send GCJ-02, which is shifted
by up to 720 m, and Baidu's send BD-09, shifted by 690 to 1,520 m; so a position is converted once,
at the door.

Source of the formulas: neither datum was ever published by its owner. GCJ-02 is the series that
was recovered in public and is carried in the same form by googollee/eviltransform and
wandergis/coordtransform (shift on the Krasovsky 1940 ellipsoid, identity outside a rectangle round
China); BD-09 is the second shift as wandergis/coordtransform gives it. Those projects undo the
shift by one approximate step, which errs by up to five metres. Here the shift is undone by
iteration until it stands still, so there and back differ by less than a millimetre.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from math import pi
from typing import TYPE_CHECKING, Any, TypeAlias

from renwang.base.pure.loading import on_first_use

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
else:
    np = on_first_use("numpy")


Points: TypeAlias = "npt.NDArray[np.float64]"


class Datum(StrEnum):
    """What the figures of a position are measured against."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class NotAPosition(ValueError):
    """A longitude beyond ±180°, a latitude beyond ±90°, or no finite number at all."""

    def __init__(self, lon: object, lat: object) -> None:
        super().__init__(f"not a position: longitude {lon!r}, latitude {lat!r}")
        self.lon = lon
        self.lat = lat


class NotGeoJSON(ValueError):
    """A value that should be a GeoJSON geometry and is not; `detail` says where it breaks."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"not a GeoJSON geometry: {detail}")
        self.detail = detail


# The rectangle in which the shift is applied (the same in every public source), in WGS-84 degrees.
# It is far wider than China, so its edge, where the shift stops dead, lies in no Chinese street.
WEST, EAST = 72.004, 137.8347
SOUTH, NORTH = 0.8293, 55.8271

_AXIS_M = 6378245.0  # Krasovsky 1940
_ECCENTRICITY_2 = 0.00669342162296594323
_BAIDU_WAVE = pi * 3000.0 / 180.0
_BAIDU_LON, _BAIDU_LAT = 0.0065, 0.006
_STILL_DEG = 1e-12  # a ten-thousandth of a millimetre
_EDGE_DEG = 1e-9  # what rounding may push a point over the rectangle's edge
_ROUNDS = 30

_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


def in_rectangle(lon: float, lat: float) -> bool:
    """Is this WGS-84 position in the rectangle where GCJ-02 differs from WGS-84?"""
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def convert(lon: float, lat: float, source: Datum, target: Datum) -> tuple[float, float]:
    """Convert one position, degrees in and out; refuses with `NotAPosition`."""
    done = convert_points([(lon, lat)], source, target)
    return float(done[0, 0]), float(done[0, 1])


def convert_points(
    points: Points | Iterable[tuple[float, float]], source: Datum, target: Datum
) -> Points:
    """Convert many positions at once: an array of (longitude, latitude), degrees in and out.

    Outside the rectangle all three are the same figures. In the strip of half a kilometre that
    the shift pushes over the rectangle's edge, one figure has two meanings; it is read as the
    shifted one.
    """
    given = np.array(points if isinstance(points, np.ndarray) else list(points), dtype=np.float64)
    given = given.reshape(-1, 2)
    good = np.isfinite(given).all(axis=1) & (np.abs(given) <= (180.0, 90.0)).all(axis=1)
    if not good.all():
        lon, lat = given[int(np.argmin(good))]
        raise NotAPosition(float(lon), float(lat))
    if source == target:
        return given
    earth = given if source is Datum.WGS84 else _unshift(given, source)
    return earth if target is Datum.WGS84 else _shift(earth, target)


def convert_geometry(geojson: Mapping[str, Any], source: Datum, target: Datum) -> dict[str, Any]:
    """Convert a GeoJSON geometry, Feature or FeatureCollection; everything else in it is kept.

    A third figure (height) stays as it is, and so does the order. A `bbox` member is dropped,
    because it would be wrong afterwards. Refuses with `NotGeoJSON` or `NotAPosition`.
    """
    pairs: list[tuple[float, float]] = []
    _visit(geojson, pairs.append)
    if not pairs:
        return _rebuild(geojson, iter(()))
    moved = convert_points(pairs, source, target)
    return _rebuild(geojson, iter(moved.tolist()))


def _shift(earth: Points, target: Datum) -> Points:
    inside = _inside(earth, 0.0)
    shifted = earth.copy()
    shifted[inside] = _forward(earth[inside], target)
    return shifted


def _unshift(given: Points, source: Datum) -> Points:
    """Find the WGS-84 positions whose shift lands on the given ones.

    The shift changes by at most 3 % over its own length, so each round leaves at most 3 % of the
    error of the round before. Farther than a degree from the rectangle nothing is shifted.
    """
    near = _inside(given, 1.0)
    wanted = given[near]
    found = wanted.copy()
    for _ in range(_ROUNDS):
        step = wanted - _forward(found, source)
        found += step
        if np.abs(step).max(initial=0.0) < _STILL_DEG:
            break
    answers = _inside(found, _EDGE_DEG)
    found[answers] = np.clip(found[answers], (WEST, SOUTH), (EAST, NORTH))
    # A figure inside the rectangle that nothing is shifted onto keeps the formula's answer.
    meant = answers | _inside(wanted, 0.0)
    earth = given.copy()
    earth[near] = np.where(meant[:, None], found, wanted)
    return earth


def _inside(points: Points, margin: float) -> npt.NDArray[np.bool_]:
    lon, lat = points[:, 0], points[:, 1]
    across = (lon >= WEST - margin) & (lon <= EAST + margin)
    return across & (lat >= SOUTH - margin) & (lat <= NORTH + margin)


def _forward(earth: Points, target: Datum) -> Points:
    mars = _to_gcj02(earth)
    return _to_bd09(mars) if target is Datum.BD09 else mars


def _to_gcj02(earth: Points) -> Points:
    x, y = earth[:, 0] - 105.0, earth[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (ripple + _waves(y, (20.0, 1), (40.0, 3), (160.0, 12), (320.0, 30))) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += (ripple + _waves(x, (20.0, 1), (40.0, 3), (150.0, 12), (300.0, 30))) * 2.0 / 3.0

    latitude = np.radians(earth[:, 1])
    squash = 1.0 - _ECCENTRICITY_2 * np.sin(latitude) ** 2
    meridian_m = _AXIS_M * (1.0 - _ECCENTRICITY_2) / squash**1.5
    parallel_m = _AXIS_M / np.sqrt(squash) * np.cos(latitude)
    lon = earth[:, 0] + np.degrees(east_m / parallel_m)
    return np.column_stack((lon, earth[:, 1] + np.degrees(north_m / meridian_m)))


def _waves(along: Points, *waves: tuple[float, int]) -> Points:
    total = np.zeros_like(along)
    for height, length in waves:
        total += height * np.sin(np.pi * along / length)
    return total


def _to_bd09(mars: Points) -> Points:
    x, y = mars[:, 0], mars[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU_WAVE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU_WAVE)
    return np.column_stack(
        (radius * np.cos(angle) + _BAIDU_LON, radius * np.sin(angle) + _BAIDU_LAT)
    )


def _visit(node: Any, take: Any) -> None:
    """Hand every position of a GeoJSON tree to `take`, in order."""
    if not isinstance(node, Mapping):
        raise NotGeoJSON("an object is missing")
    kind = node.get("type")
    if kind == "FeatureCollection":
        for part in _members(node, "features"):
            _visit(part, take)
    elif kind == "GeometryCollection":
        for part in _members(node, "geometries"):
            _visit(part, take)
    elif kind == "Feature":
        if node.get("geometry") is not None:
            _visit(node["geometry"], take)
    elif isinstance(kind, str) and kind in _DEPTHS:
        _visit_positions(_members(node, "coordinates"), _DEPTHS[kind], take)
    else:
        raise NotGeoJSON(f"unknown type {kind!r}")


def _members(node: Mapping[str, Any], name: str) -> list[Any] | tuple[Any, ...]:
    members = node.get(name)
    if not isinstance(members, list | tuple):
        raise NotGeoJSON(f"{name!r} is missing")
    return members


def _visit_positions(node: Any, depth: int, take: Any) -> None:
    if not isinstance(node, list | tuple):
        raise NotGeoJSON("coordinates are nested too shallowly")
    if depth:
        for part in node:
            _visit_positions(part, depth - 1, take)
        return
    if len(node) < 2 or not all(_is_number(figure) for figure in node[:2]):
        raise NotGeoJSON(f"a position has two numbers, not {node!r:.80}")
    take((float(node[0]), float(node[1])))


def _is_number(figure: object) -> bool:
    return isinstance(figure, int | float) and not isinstance(figure, bool)


def _rebuild(node: Mapping[str, Any], moved: Any) -> dict[str, Any]:
    built = {name: value for name, value in node.items() if name != "bbox"}
    for name in ("features", "geometries"):
        if node["type"] in ("FeatureCollection", "GeometryCollection") and name in node:
            built[name] = [_rebuild(part, moved) for part in node[name]]
    if node["type"] == "Feature" and node.get("geometry") is not None:
        built["geometry"] = _rebuild(node["geometry"], moved)
    if node["type"] in _DEPTHS:
        built["coordinates"] = _rebuild_positions(node["coordinates"], _DEPTHS[node["type"]], moved)
    return built


def _rebuild_positions(node: Any, depth: int, moved: Any) -> list[Any]:
    if depth:
        return [_rebuild_positions(part, depth - 1, moved) for part in node]
    return [*next(moved), *node[2:]]
