"""Shapes drawn or typed by a person, in the datum he names, kept in WGS-84."""

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from renwang.base.pure.datum import Datum, NotAPosition, convert
from renwang.base.pure.geometry import (
    BoundaryFault,
    BoundaryRefused,
    CircleRefused,
    check_boundary,
    circle,
)

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_FAULTS = {
    BoundaryFault.RING_TOO_SHORT: _("A polygon has three corners at least."),
    BoundaryFault.CROSSES_ITSELF: _("The line crosses itself. Give the corners in order."),
    BoundaryFault.OUTSIDE_THE_WORLD: _("A corner lies outside the world. Longitude comes first."),
    BoundaryFault.NO_AREA: _("The corners enclose nothing."),
}


class ShapeRefused(ValueError):
    """Coordinates that make no shape; `sentence` says why."""

    def __init__(self, sentence: Any):
        super().__init__(str(sentence))
        self.sentence = sentence


def read_polygon(text: str, datum: Datum) -> dict[str, Any]:
    """Read corners, one on a line, longitude first; raise `ShapeRefused`."""
    return keep_polygon([_position(line, datum) for line in text.splitlines() if line.strip()])


def keep_polygon(given: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Make a shape of corners in WGS-84, longitude first; raise `ShapeRefused`."""
    corners = [(round(lon, 6), round(lat, 6)) for lon, lat in given]
    if corners and corners[0] != corners[-1]:
        corners.append(corners[0])
    shape = {"type": "Polygon", "coordinates": [[list(one) for one in corners]]}
    try:
        check_boundary(shape)
    except BoundaryRefused as refused:
        raise ShapeRefused(_FAULTS.get(refused.fault, _FAULTS[BoundaryFault.NO_AREA])) from None
    return shape


def read_circle(centre: str, radius_m: float | None, datum: Datum) -> dict[str, Any]:
    """Read a circle; raise `ShapeRefused`."""
    if not centre.strip() or not radius_m:
        raise ShapeRefused(_("A circle needs a centre and a radius."))
    return keep_circle(*_position(centre, datum), radius_m)


def keep_circle(lon: float, lat: float, radius_m: float) -> dict[str, Any]:
    """Make a shape of a circle in WGS-84; raise `ShapeRefused`."""
    try:
        circle(lon, lat, radius_m)
    except (CircleRefused, NotAPosition):
        raise ShapeRefused(_("No circle can be drawn there.")) from None
    return {"type": "Circle", "centre": [lon, lat], "radius_m": float(radius_m)}


def _position(line: str, datum: Datum) -> tuple[float, float]:
    figures = _NUMBER.findall(line)
    if len(figures) != 2:
        raise ShapeRefused(_("Give two numbers: longitude, then latitude."))
    try:
        lon, lat = convert(float(figures[0]), float(figures[1]), datum, Datum.WGS84)
    except NotAPosition:
        raise ShapeRefused(_FAULTS[BoundaryFault.OUTSIDE_THE_WORLD]) from None
    return round(lon, 6), round(lat, 6)
