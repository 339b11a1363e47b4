"""How a sub-district's blocks are divided: communities, and grids in them. Connected, and on one bank where they can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from renwang.chain.invented.chance import share_out, within
from renwang.chain.invented.sizes import COMMUNITY_GRIDS_LOW, communities_of
from renwang.chain.invented.terrain import Cell

_COMMUNITY_GRIDS_HIGH = 30


@dataclass(frozen=True, slots=True)
class CommunityCells:
    """A community's grids, each a set of blocks, numbered from the north-west as the rule wants it.

    Source: CJ/T 349-2010, grids are numbered left to right and top to bottom.
    """

    grids: tuple[tuple[Cell, ...], ...]


def divide(cells: Sequence[Cell], bank: int, grids: int, draw: Random) -> list[CommunityCells]:
    """Divide blocks into communities and these into `grids` grids in all.

    `bank` is the row line of the river. Raises ValueError with fewer blocks than grids.
    """
    if len(cells) < grids:
        raise ValueError(f"{len(cells)} blocks cannot be {grids} grids")
    count = communities_of(grids)
    low = COMMUNITY_GRIDS_LOW if grids >= COMMUNITY_GRIDS_LOW * count else 1
    sizes = within(draw, grids, count, low, _COMMUNITY_GRIDS_HIGH)
    banks = [[c for c in cells if c[1] < bank], [c for c in cells if c[1] >= bank]]
    areas: list[tuple[list[Cell], int]] = []
    for side, of_side in _sides(banks, sizes):
        areas.extend(zip(split(side, of_side), of_side, strict=True))
    areas.sort(key=lambda area: _reading_order(area[0]))
    return [CommunityCells(_grids(area, size, bank)) for area, size in areas]


def _sides(banks: list[list[Cell]], sizes: list[int]) -> list[tuple[list[Cell], list[int]]]:
    """Give each bank its communities by its share of blocks; one community alone keeps both."""
    blocks = [len(side) for side in banks]
    wanted = sum(sizes) * blocks[0] / sum(blocks)
    south: list[int] = []
    north = sorted(sizes)
    while north and sum(south) + north[0] / 2 < wanted:
        south.append(north.pop(0))
    fits = all(sum(some) <= n for some, n in zip((south, north), blocks, strict=True))
    if not south or not north or not fits:
        return [([*banks[0], *banks[1]], sizes)]
    return [(banks[0], south), (banks[1], north)]


def _grids(area: list[Cell], count: int, bank: int) -> tuple[tuple[Cell, ...], ...]:
    banks = [[c for c in area if c[1] < bank], [c for c in area if c[1] >= bank]]
    shares = share_out(count, [len(side) for side in banks])
    together = any(
        bool(side) != bool(share) or len(side) < share
        for side, share in zip(banks, shares, strict=True)
    )
    parts = (
        split(area, [1] * count)
        if together
        else [
            part
            for side, n in zip(banks, shares, strict=True)
            if n
            for part in split(side, [1] * n)
        ]
    )
    return tuple(tuple(sorted(part)) for part in sorted(parts, key=_reading_order))


def _reading_order(cells: Sequence[Cell]) -> tuple[int, int]:
    """Order areas from the north-west: by bands three blocks deep, then from west to east."""
    column = sum(c for c, _ in cells) // len(cells)
    row = sum(r for _, r in cells) // len(cells)
    return (-(row // 3), column)


def split(cells: Sequence[Cell], weights: Sequence[int]) -> list[list[Cell]]:
    """Split a connected set of cells into connected parts by weight, halving along the longer side."""
    parts = _halve(list(cells), list(weights))
    return _mend(parts)


def _halve(cells: list[Cell], weights: list[int]) -> list[list[Cell]]:
    if len(weights) == 1:
        return [cells]
    middle = len(weights) // 2
    first, second = weights[:middle], weights[middle:]
    cut = round(len(cells) * sum(first) / sum(weights))
    cut = min(max(cut, len(first)), len(cells) - len(second))
    width = 1 + max(c for c, _ in cells) - min(c for c, _ in cells)
    height = 1 + max(r for _, r in cells) - min(r for _, r in cells)
    along = 0 if width >= height else 1
    cells.sort(key=lambda cell: (cell[along], cell[1 - along]))
    return [*_halve(cells[:cut], first), *_halve(cells[cut:], second)]


def _mend(parts: list[list[Cell]]) -> list[list[Cell]]:
    """Give pieces that a step in the border cut off to the neighbour they touch most."""
    owner = {cell: at for at, part in enumerate(parts) for cell in part}
    for at in range(len(parts)):
        pieces = sorted(_pieces({cell for cell, whose in owner.items() if whose == at}), key=len)
        for piece in pieces[:-1]:
            touching: dict[int, int] = {}
            for cell in piece:
                for near in _neighbours(cell):
                    if owner.get(near, at) != at:
                        touching[owner[near]] = touching.get(owner[near], 0) + 1
            if touching:
                best = max(sorted(touching), key=lambda other: touching[other])
                owner.update(dict.fromkeys(piece, best))
    return [[cell for cell in sorted(owner) if owner[cell] == at] for at in range(len(parts))]


def _pieces(cells: set[Cell]) -> list[list[Cell]]:
    pieces = []
    left = set(cells)
    while left:
        found = [min(left)]
        left.discard(found[0])
        for cell in found:
            for near in _neighbours(cell):
                if near in left:
                    left.discard(near)
                    found.append(near)
        pieces.append(found)
    return pieces


def _neighbours(cell: Cell) -> tuple[Cell, Cell, Cell, Cell]:
    column, row = cell
    return (column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)
