"""Boundaries of units: take them in, in any datum, and see whether they can be where they claim to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from renwang.base.pure.datum import Datum, NotAPosition, NotGeoJSON, convert_geometry
from renwang.base.pure.geometry import (
    BoundaryFault,
    BoundaryRefused,
    Geometry,
    bbox,
    check_boundary,
    from_geojson,
    representative_point,
)
from renwang.base.pure.loading import on_first_use
from renwang.chain.models import Unit
from renwang.chain.rules import Refusal

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


# Neighbouring surveys never agree to the metre, and a district drawn at a city's scale differs
# from the community's own drawing; less than half inside is another place.
_INSIDE = 0.5
# What a wrong datum costs: the shift of some 500 m moves this much more of a place out of its parent.
_BETTER = 0.02
_PLACES = 6  # decimal places kept: a tenth of a metre


class BoundaryNotUsable(Refusal):
    """The drawing is no area, crosses itself, or is not GeoJSON; `fault` says which."""


class LiesOutside(Refusal):
    """The boundary lies outside the unit above."""


class SwappedAxes(Refusal):
    """Latitude and longitude are the wrong way round: swapped, the boundary would fit."""


class OtherDatum(Refusal):
    """The boundary would fit the unit above better if it were given in another datum."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A judged boundary in WGS-84, as the columns of a unit keep it."""

    text: str
    geometry: Geometry

    def put_on(self, unit: Unit) -> None:
        """Set a unit's boundary, box and label point; the caller saves."""
        unit.boundary = self.text
        unit.west, unit.south, unit.east, unit.north = bbox(self.geometry)
        unit.lon, unit.lat = representative_point(self.geometry)


COLUMNS = ("boundary", "west", "south", "east", "north", "lon", "lat")


def draw(
    geojson: Mapping[str, Any], datum: Datum = Datum.WGS84, within: Geometry | None = None
) -> Drawing:
    """Take in a boundary: convert it to WGS-84 and judge it, also against the unit above.

    Refuses with BoundaryNotUsable, LiesOutside, SwappedAxes or OtherDatum.
    """
    geometry = _geometry(geojson, datum)
    if within is not None:
        _check_inside(geojson, datum, geometry, within)
    plain = shapely.geometry.mapping(geometry)
    return Drawing(orjson.dumps(_rounded(plain)).decode(), geometry)


def geometry_of(boundary: str) -> Geometry | None:
    """Read a stored boundary; None where there is none."""
    return from_geojson(orjson.loads(boundary)) if boundary else None


def _geometry(geojson: Mapping[str, Any], datum: Datum) -> Geometry:
    try:
        return _judged(convert_geometry(geojson, datum, Datum.WGS84))
    except BoundaryRefused as refused:
        raise BoundaryNotUsable(fault=refused.fault) from refused
    except NotAPosition as refused:
        raise BoundaryNotUsable(fault=BoundaryFault.OUTSIDE_THE_WORLD) from refused
    except NotGeoJSON as refused:
        raise BoundaryNotUsable(fault=BoundaryFault.NOT_GEOJSON) from refused


def _judged(geojson: Mapping[str, Any]) -> Geometry:
    """Judge a boundary; parts that touch along an edge or overlap are one area all the same.

    Public maps draw enclaves and islands that way. What each part covers is
    clear, so what they cover together is clear too; any other fault is refused.
    """
    try:
        return check_boundary(geojson)
    except BoundaryRefused as refused:
        if refused.fault is not BoundaryFault.PARTS_OVERLAP:
            raise
        whole = shapely.union_all(shapely.get_parts(from_geojson(geojson)))
        return check_boundary(shapely.geometry.mapping(whole))


def _check_inside(
    geojson: Mapping[str, Any], datum: Datum, geometry: Geometry, within: Geometry
) -> None:
    share = _share(geometry, within)
    if share < _INSIDE:
        swapped = shapely.transform(from_geojson(geojson), lambda xy: xy[:, ::-1])
        if _share(swapped, within) >= _INSIDE:
            raise SwappedAxes()
    others = {}
    for other in Datum:
        if other is not datum and share < 1 - _BETTER:
            others[other] = _share(_geometry(geojson, other), within)
    best = max(others, key=lambda other: others[other], default=None)
    if best is not None and others[best] >= share + _BETTER and others[best] >= 1 - _BETTER:
        raise OtherDatum(declared=datum.value, fits=best.value)
    if share < _INSIDE:
        raise LiesOutside()


def _share(geometry: Geometry, within: Geometry) -> float:
    """How much of a place lies in another one, 0 to 1; their figures are near each other, so flat will do."""
    if not geometry.is_valid or not geometry.area > 0:
        return 0.0
    return float(geometry.intersection(within).area / geometry.area)


def _rounded(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {name: _rounded(value) for name, value in node.items()}
    if isinstance(node, list | tuple):
        return [_rounded(part) for part in node]
    return round(node, _PLACES) if isinstance(node, float) else node
