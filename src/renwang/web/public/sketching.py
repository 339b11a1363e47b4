"""The sketch of a place on which a point is chosen by touching it: an SVG picture in a form, so that no script is needed. Pure.

A picture that is a button sends where it was touched. The same frame that
places things on the sketch reads that back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any
from xml.sax.saxutils import escape

WIDE, HIGH, EDGE = 640, 480, 16  # in the picture's own units
SHOWN = (288, 216)
"""Pixels in which the picture stands on the page: a browser says where it was touched in these, so they fit the smallest phone."""

DECIMALS = 4
"""Of a degree: about ten metres. A report needs no more, and a home is not told from the next one."""

Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """Which part of the earth a sketch shows, and how large."""

    west: float
    south: float
    east: float
    north: float
    wide: int = WIDE
    high: int = HIGH
    edge: int = EDGE

    @property
    def _narrow(self) -> float:
        return cos(radians((self.south + self.north) / 2))

    @property
    def _scale(self) -> float:
        return min(
            (self.wide - 2 * self.edge) / max((self.east - self.west) * self._narrow, 1e-4),
            (self.high - 2 * self.edge) / max(self.north - self.south, 1e-4),
        )

    def at(self, lon: float, lat: float) -> Spot:
        """Say where a position lies on the sketch."""
        return (
            round(
                self.wide / 2 + (lon - (self.west + self.east) / 2) * self._narrow * self._scale, 1
            ),
            round(self.high / 2 - (lat - (self.south + self.north) / 2) * self._scale, 1),
        )

    def back(self, x: float, y: float) -> Spot:
        """Say which position was touched, as closely as it is kept."""
        lon = (x - self.wide / 2) / (self._narrow * self._scale) + (self.west + self.east) / 2
        lat = (self.high / 2 - y) / self._scale + (self.south + self.north) / 2
        return round(lon, DECIMALS), round(lat, DECIMALS)


def frame_round(spots: Iterable[Spot]) -> Frame | None:
    """Give the frame round some positions; None where there are none, or one alone."""
    known = list(spots)
    if len(set(known)) < 2:
        return None
    return Frame(
        min(x for x, _y in known), min(y for _x, y in known),
        max(x for x, _y in known), max(y for _x, y in known),
    )  # fmt: skip


def touched(x: str, y: str, frame: Frame | None) -> Spot | None:
    """Read where a sketch was touched; None for what is no touch on it."""
    if frame is None or not all(one.isascii() and one.isdigit() and len(one) < 5 for one in (x, y)):
        return None
    across, down = int(x) / SHOWN[0], int(y) / SHOWN[1]
    return frame.back(across * WIDE, down * HIGH) if across <= 1 and down <= 1 else None


def lines_of(shape: Mapping[str, Any] | None) -> Iterator[Sequence[Spot]]:
    """Give the lines and outlines that a GeoJSON geometry consists of."""
    if not shape:
        return
    found: Any = shape.get("coordinates") or ()
    depth = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}
    for _level in range(2 - depth.get(shape.get("type", ""), 3)):
        found = [found]
    if shape.get("type") in depth:
        for part in found:
            for line in part:
                yield [(spot[0], spot[1]) for spot in line]


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a sketch shows: outlines of places, what lies under them, and buildings with their names."""

    frame: Frame
    outlines: Sequence[Mapping[str, Any]]
    backdrop: Sequence[tuple[str, Mapping[str, Any]]]  # kind and geometry
    houses: Sequence[tuple[str, Spot]]


_INKS = {
    "water": ("#bcd6ee", "#9dbfdd"), "green": ("#d8ead2", "none"), "avenue": ("none", "#f0c98a"),
    "street": ("none", "#d8d3c8"), "lane": ("none", "#e4e0d8"),
}  # fmt: skip
_WIDTHS = {"avenue": 7, "street": 5, "lane": 3}


def draw(sketch: Sketch) -> str:
    """Draw a sketch as SVG; its colours are its own, for it is a picture and not a page."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{HIGH}"'
        f' viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif">'
        f'<rect width="{WIDE}" height="{HIGH}" fill="#f7f5f0"/>'
    ]
    for kind, shape in sketch.backdrop:
        fill, ink = _INKS.get(kind, ("none", "#d8d3c8"))
        width = _WIDTHS.get(kind, 1)
        parts.extend(_drawn(sketch.frame, shape, f'fill="{fill}" stroke="{ink}"', width))
    for shape in sketch.outlines:
        parts.extend(_drawn(sketch.frame, shape, 'fill="none" stroke="#1c5d99"', 2.5))
    for name, spot in sketch.houses:
        x, y = sketch.frame.at(*spot)
        parts.append(
            f'<rect x="{x - 6:.1f}" y="{y - 6:.1f}" width="12" height="12" fill="#8a8478"/>'
            f'<text x="{x:.1f}" y="{y + 18:.1f}" font-size="12" text-anchor="middle"'
            f' fill="#33302a">{escape(name[:12])}</text>'
        )
    return "".join([*parts, "</svg>"])


def _drawn(frame: Frame, shape: Mapping[str, Any], look: str, width: float) -> Iterator[str]:
    for line in lines_of(shape):
        path = "L".join("{} {}".format(*frame.at(*spot)) for spot in line)
        yield f'<path d="M{path}" {look} stroke-width="{width}" stroke-linejoin="round"/>'
