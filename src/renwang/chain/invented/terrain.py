"""The ground of an invented place: a bent lattice of streets, a river along one line of it, outlines.

Blocks are the cells of a lattice of straight streets. `Ground.position` bends
the whole plane smoothly, and with it streets, river and every border, so that
the river meanders and the streets follow it. Units are sets of cells; two
neighbours walk along the same edges, hence no gap and no overlap, exactly.

The place lies in the open North Pacific, outside every country: no real
warning area, boundary or address can ever fall on it, and nothing real is
implied. Positions are WGS-84 degrees.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from renwang.chain.invented.chance import draws, mixed, noise
from renwang.chain.invented.names import Stems, road_name

LON, LAT = 160.0, 30.0
_METRES_PER_LON, _METRES_PER_LAT = 96_486.0, 110_852.0  # of a degree, at 30 degrees north

Cell = tuple[int, int]  # column, row; south-west corner of a block
Point = tuple[float, float]  # longitude, latitude
Ring = list[Point]

_MARGIN = 3  # lines beyond the outermost tile, for steps in the outline and for the view
_QUAY = 13.0  # metres of road and green on either bank
_LINE_WIDTHS = (28.0, 9.0, 15.0, 9.0)  # avenue, lane, street, lane
_STEPS = (-1, 0, 0, 1)


@dataclass(frozen=True, slots=True)
class Street:
    """A line of the lattice as people know it."""

    name: str
    wide: bool
    width_m: float


@dataclass(frozen=True, slots=True)
class Block:
    """What is left of a cell between its streets, in plane metres before bending."""

    west: float
    south: float
    east: float
    north: float


class Ground:
    """The lattice under a whole invented place; tiles are the cells of its sub-districts."""

    def __init__(self, seed: int, across: int, up: int, columns: int, rows: int):
        """Lay `across` × `up` tiles of `columns` × `rows` blocks."""
        self.seed, self.across, self.up, self.columns, self.rows = seed, across, up, columns, rows
        draw = draws(seed, "ground")
        self.bank = max(1, (rows * 2 + 2) // 5)  # the river's line, counted inside each tile
        self._rivers = [68.0 if tile % 3 == up // 2 % 3 else 16.0 for tile in range(up)]
        self._xs = _lines(draw, across * columns, lambda line: 0.0)
        self._ys = _lines(draw, up * rows, self.river_width)
        leaning = 0.08 + draw.randrange(100) / 500
        self._cos = (1 - leaning * leaning) / (1 + leaning * leaning)
        self._sin = 2 * leaning / (1 + leaning * leaning)
        self._middle = (self._xs[len(self._xs) // 2], self._ys[len(self._ys) // 2])
        stems = Stems(draw)
        self._columns = [_street(stems, draw, line) for line in range(len(self._xs))]
        self._rows = [_street(stems, draw, line) for line in range(len(self._ys))]
        self.river_name = stems.next() + "河"

    def river_width(self, line: int) -> float:
        """Say how wide the water along a row line is; 0 where the line is a street."""
        tile, inside = divmod(line, self.rows)
        return self._rivers[tile] if inside == self.bank and 0 <= tile < self.up else 0.0

    def column_street(self, line: int) -> Street:
        """The street along a column line."""
        return self._columns[line + _MARGIN]

    def row_street(self, line: int) -> Street:
        """The street along a row line; along a river it is the quay."""
        return self._rows[line + _MARGIN]

    def x(self, line: float) -> float:
        """Plane metres of a column line, or of a place between two."""
        return _between(self._xs, line + _MARGIN)

    def y(self, line: float) -> float:
        """Plane metres of a row line, or of a place between two."""
        return _between(self._ys, line + _MARGIN)

    def bend(self, x: float, y: float) -> tuple[float, float]:
        """Bend a place of the straight plane; metres east and north of the middle.

        The waves are long against their height, so the plane never folds.
        """
        x, y = x - self._middle[0], y - self._middle[1]
        seed = self.seed
        bent_y = (
            y + 165 * noise(seed + 1, x / 950, y / 4800) + 16 * noise(seed + 2, x / 420, y / 420)
        )
        bent_x = (
            x + 110 * noise(seed + 3, x / 2600, y / 1500) + 14 * noise(seed + 4, x / 430, y / 430)
        )
        return bent_x * self._cos - bent_y * self._sin, bent_x * self._sin + bent_y * self._cos

    def position(self, x: float, y: float) -> Point:
        """Give the longitude and latitude of a place of the straight plane."""
        return degrees(*self.bend(x, y))

    def corner(self, column: float, row: float) -> Point:
        """Give the position of a crossing, or of a place along a line."""
        return self.position(self.x(column), self.y(row))

    def block(self, cell: Cell) -> Block:
        """Give what the streets and the river leave of a cell."""
        column, row = cell
        return Block(
            self._xs[column + _MARGIN] + self._columns[column + _MARGIN].width_m / 2,
            self._ys[row + _MARGIN] + self._half_row(row),
            self._xs[column + 1 + _MARGIN] - self._columns[column + 1 + _MARGIN].width_m / 2,
            self._ys[row + 1 + _MARGIN] - self._half_row(row + 1),
        )

    def tile_of(self, cell: Cell) -> tuple[int | None, int | None]:
        """Say which tile a cell belongs to, None outside all; borders step by a block here and there."""
        column, row = cell
        return (
            _tile(column, self.columns, self.across, lambda border: self._step(1, border, row, self.rows, self.up)),
            _tile(row, self.rows, self.up, lambda border: self._step(2, border, column, self.columns, self.across)),
        )  # fmt: skip

    def cells(self, tile: tuple[int, int]) -> list[Cell]:
        """List a tile's cells."""
        left, bottom = tile[0] * self.columns, tile[1] * self.rows
        return [
            (column, row)
            for column in range(left - 1, left + self.columns + 1)
            for row in range(bottom - 1, bottom + self.rows + 1)
            if self.tile_of((column, row)) == tile
        ]

    def _half_row(self, line: int) -> float:
        water = self.river_width(line)
        return water / 2 + _QUAY if water else self._rows[line + _MARGIN].width_m / 2

    def _step(self, way: int, border: int, along: int, length: int, tiles: int) -> int:
        # Straight near the corners, where two borders meet, and in a small place: a step there
        # could cut a tile in two.
        tile, inside = divmod(along, length)
        if min(self.columns, self.rows) < 7:
            return 0
        if not 0 <= tile < tiles or not 2 <= inside < length - 2:
            return 0
        return _STEPS[mixed(self.seed, way, border, tile, inside // 3) % len(_STEPS)]


def degrees(east: float, north: float) -> Point:
    """Turn metres from the middle of the place into degrees, to a centimetre."""
    return round(LON + east / _METRES_PER_LON, 7), round(LAT + north / _METRES_PER_LAT, 7)


def _lines(draw: Random, cells: int, water: Callable[[int], float]) -> list[float]:
    lines = [0.0]
    for line in range(-_MARGIN, cells + _MARGIN):
        room = (water(line) + water(line + 1)) / 2
        lines.append(lines[-1] + draw.randint(98, 158) + room)
    return lines


def _between(lines: list[float], at: float) -> float:
    low = min(int(at // 1), len(lines) - 2)
    return lines[low] + (lines[low + 1] - lines[low]) * (at - low)


def _street(stems: Stems, draw: Random, line: int) -> Street:
    width = _LINE_WIDTHS[(line - _MARGIN) % 4]
    return Street(road_name(stems.next(), draw, wide=width > 20), width > 20, width)


def _tile(at: int, length: int, tiles: int, step: Callable[[int], int]) -> int | None:
    home = at // length
    for tile in (home - 1, home, home + 1):
        low, high = tile * length + step(tile), (tile + 1) * length + step(tile + 1)
        if 0 <= tile < tiles and low <= at < high:
            return tile
    return None


# --- outlines ----------------------------------------------------------------


def outline(ground: Ground, cells: Iterable[Cell]) -> list[Ring]:
    """Walk round a connected set of cells: the outer ring first, anticlockwise, then holes, clockwise."""
    onward: dict[Cell, list[Cell]] = {}
    for start, end in _edges(set(cells)):
        onward.setdefault(start, []).append(end)
    rings = []
    while onward:
        rings.append(_walk(onward))
    rings.sort(key=lambda ring: -_twice_area(ring))
    return [_drawn(ground, ring) for ring in rings]


def _edges(cells: set[Cell]) -> list[tuple[Cell, Cell]]:
    edges = []
    for column, row in sorted(cells):
        if (column, row - 1) not in cells:
            edges.append(((column, row), (column + 1, row)))
        if (column + 1, row) not in cells:
            edges.append(((column + 1, row), (column + 1, row + 1)))
        if (column, row + 1) not in cells:
            edges.append(((column + 1, row + 1), (column, row + 1)))
        if (column - 1, row) not in cells:
            edges.append(((column, row + 1), (column, row)))
    return edges


def _walk(onward: dict[Cell, list[Cell]]) -> list[Cell]:
    first = min(onward)
    ring, came, here = [first], first, _leave(onward, first, 0)
    while here != first:
        ring.append(here)
        ends = onward[here]
        at = 0
        if (
            len(ends) == 2
        ):  # two cells touch at a corner only: turn right, so that a hole stays a ring of its own
            right = (here[0] + here[1] - came[1], here[1] - here[0] + came[0])
            at = ends.index(right)
        came, here = here, _leave(onward, here, at)
    return ring


def _leave(onward: dict[Cell, list[Cell]], here: Cell, at: int) -> Cell:
    ends = onward[here]
    end = ends.pop(at)
    if not ends:
        del onward[here]
    return end


def _twice_area(ring: list[Cell]) -> int:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*ring, ring[0]]))


def _drawn(ground: Ground, ring: list[Cell]) -> Ring:
    points = []
    for (column, row), (to_column, to_row) in pairwise([*ring, ring[0]]):
        points.append(ground.corner(column, row))
        points.append(ground.corner((column + to_column) / 2, (row + to_row) / 2))
    return [*points, points[0]]
