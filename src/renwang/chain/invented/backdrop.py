"""What lies under the units on a map: water, streets, parks. GeoJSON geometries in WGS-84."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from renwang.chain.invented.terrain import Cell, Ground, Point, Street

_HALVES = 2  # points drawn per block along a line


@dataclass(frozen=True, slots=True)
class Layer:
    """One thing on the map: its kind (`water`, `avenue`, `street`, `lane`, `green`), name and geometry."""

    kind: str
    name: str
    geometry: dict[str, Any]


def layers(
    ground: Ground, cells: Iterable[Cell], parks: Iterable[tuple[str, list[Point]]]
) -> list[Layer]:
    """Draw the river and streets of a set of cells; alone in the world, a little beyond its border."""
    columns, rows = sorted({c for c, _ in cells}), sorted({r for _, r in cells})
    beyond = 1 if ground.across == ground.up == 1 else 0
    left, right = columns[0] - beyond, columns[-1] + 1 + beyond
    bottom, top = rows[0] - beyond, rows[-1] + 1 + beyond
    found = [Layer("green", name, _polygon(ring)) for name, ring in parks]
    for line in range(bottom, top + 1):
        if water := ground.river_width(line):
            found.append(
                Layer("water", ground.river_name, _polygon(_band(ground, line, left, right, water)))
            )
            for bank in (-1, 1):
                edge = bank * (water / 2 + 6)
                found.append(
                    Layer("street", _bank_name(ground, bank), _row(ground, line, left, right, edge))
                )
        else:
            street = ground.row_street(line)
            found.append(Layer(_kind(street), street.name, _row(ground, line, left, right, 0.0)))
    for line in range(left, right + 1):
        street = ground.column_street(line)
        for low, high in _dry(ground, bottom, top, bridge=street.width_m > 12):
            found.append(Layer(_kind(street), street.name, _column(ground, line, low, high)))
    return found


def _bank_name(ground: Ground, bank: int) -> str:
    return ground.river_name + ("北" if bank > 0 else "南") + "滨路"


def _kind(street: Street) -> str:
    if street.wide:
        return "avenue"
    return "street" if street.width_m > 12 else "lane"


def _dry(ground: Ground, bottom: int, top: int, *, bridge: bool) -> list[tuple[int, int]]:
    """Cut a north-south line at each river, unless it has a bridge."""
    if bridge:
        return [(bottom, top)]
    cuts = [line for line in range(bottom + 1, top) if ground.river_width(line)]
    ends = [bottom, *cuts, top]
    return list(pairwise(ends))


def _row(ground: Ground, line: int, left: int, right: int, aside_m: float) -> dict[str, Any]:
    y = ground.y(line) + aside_m
    return _line(
        ground.position(ground.x(left + at / _HALVES), y)
        for at in range((right - left) * _HALVES + 1)
    )


def _column(ground: Ground, line: int, bottom: int, top: int) -> dict[str, Any]:
    """Draw a north-south line; where it ends at a river it ends at the quay."""
    x = ground.x(line)
    low = ground.y(bottom) + (
        ground.river_width(bottom) / 2 + 6 if ground.river_width(bottom) else 0
    )
    high = ground.y(top) - (ground.river_width(top) / 2 + 6 if ground.river_width(top) else 0)
    inner = [ground.y(bottom + at / _HALVES) for at in range(1, (top - bottom) * _HALVES)]
    return _line(ground.position(x, y) for y in (low, *(y for y in inner if low < y < high), high))


def _band(ground: Ground, line: int, left: int, right: int, width: float) -> list[Point]:
    """Draw a river along a line, wider and narrower by a fifth."""
    steps = range((right - left) * _HALVES + 1)
    south = [
        ground.position(
            ground.x(left + at / _HALVES), ground.y(line) - width * (0.5 - at % 3 * 0.04)
        )
        for at in steps
    ]
    north = [
        ground.position(
            ground.x(left + at / _HALVES), ground.y(line) + width * (0.5 - at % 4 * 0.03)
        )
        for at in steps
    ]
    return [*south, *reversed(north), south[0]]


def _line(points: Iterable[Point]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(point) for point in points]}


def _polygon(ring: list[Point]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in ring]]}
