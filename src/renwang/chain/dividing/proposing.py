"""Propose another division of a place: what lies in its grids, weighed, cut anew and set beside what there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from renwang.chain.dividing.ground import Barrier, Ground, lay_out
from renwang.chain.dividing.measuring import Measures, measure, pair_up
from renwang.chain.dividing.parting import CannotDivide, divide, rebalance

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much in the work of a grid; a place's own choice, the defaults are only a beginning.

    A door has to be passed, a person takes time, a storey has stairs.
    """

    door: int = 3
    person: int = 1
    storey: int = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """What goes to a grid as a whole: a unit below it (a building group), or a building right in it.

    `at` is longitude and latitude in WGS-84; None where nothing of it has a position.
    """

    key: str
    name: str
    grid: str
    at: tuple[float, float] | None
    doors: int = 0
    people: int = 0
    storeys: int = 0

    def work(self, weights: Weights) -> int:
        """What it is to look after; at least 1."""
        load = weights.door * self.doors + weights.person * self.people
        return max(1, load + weights.storey * self.storeys)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A division beside the one there is. `placed` names the grid of each piece, as before where it has no position.

    `new` are the names of grids that continue none there is, `left` those that nothing is
    left in. `moved_work` is what gets another grid worker.
    """

    placed: Mapping[str, str]
    before: Measures
    after: Measures
    work: Mapping[str, int]  # by grid, as proposed
    total_work: int
    moved_work: int
    new: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    moves: Mapping[str, str] = field(default_factory=dict)  # piece to grid, of those that change


def propose(
    pieces: Sequence[Piece],
    grids: int,
    *,
    weights: Weights,
    barriers: Sequence[tuple[BaseGeometry, Barrier]] = (),
    afresh: bool = False,
) -> Proposal:
    """Divide pieces into so many grids.

    Where there are so many already, as little as possible changes hands; with
    `afresh`, or for another number, the ground is divided anew, and each new grid
    continues the old one it shares most work with. Refuses with CannotDivide where
    fewer pieces have a position than grids are wanted.
    """
    located = [piece for piece in pieces if piece.at is not None]
    if not located:
        raise CannotDivide(0, 0, grids)
    ground = _ground(located, weights, barriers)
    names = sorted({piece.grid for piece in pieces})
    old = [names.index(piece.grid) for piece in located]
    if len(set(old)) == grids and not afresh:
        labels = rebalance(ground, old).tolist()
        called = dict(enumerate(names))
    else:
        labels = divide(ground, {0: grids}).tolist()
        called = _called(names, pair_up(old, labels, ground.work.tolist()), set(labels))
    placed = {piece.key: piece.grid for piece in pieces}
    placed |= {piece.key: called[new] for piece, new in zip(located, labels, strict=True)}
    return weigh(pieces, placed, weights=weights, barriers=barriers)


def _called(names: Sequence[str], continues: Mapping[int, int], labels: set[int]) -> dict[int, str]:
    """Name new grids after those they continue, then after those that nothing continues, then by numbers of their own."""
    called = {new: names[before] for new, before in continues.items()}
    free = [name for name in names if name not in called.values()]
    more = 0
    for new in sorted(labels - set(called)):
        if free:
            called[new] = free.pop(0)
        else:
            more += 1
            called[new] = f"+{more}"
    return called


def weigh(
    pieces: Sequence[Piece],
    placed: Mapping[str, str],
    *,
    weights: Weights,
    barriers: Sequence[tuple[BaseGeometry, Barrier]] = (),
) -> Proposal:
    """Set a division that somebody has drawn or changed by hand beside the one there is."""
    located = [piece for piece in pieces if piece.at is not None]
    ground = _ground(located, weights, barriers)
    names = sorted({*placed.values(), *(piece.grid for piece in pieces)})
    before = [names.index(piece.grid) for piece in located]
    after = [names.index(placed[piece.key]) for piece in located]
    loads = ground.work.tolist()
    work = dict.fromkeys(names, 0)
    for grid, load in zip(after, loads, strict=True):
        work[names[grid]] += load
    standing = {piece.grid for piece in pieces}
    return Proposal(
        placed=placed,
        before=measure(ground, before),
        after=measure(ground, after),
        work=work,
        total_work=sum(loads),
        moved_work=sum(load for a, b, load in zip(before, after, loads, strict=True) if a != b),
        new=tuple(sorted(set(placed.values()) - standing)),
        left=tuple(sorted(standing - set(placed.values()))),
        moves={piece.key: placed[piece.key] for piece in pieces if placed[piece.key] != piece.grid},
    )


def _ground(
    located: Sequence[Piece], weights: Weights, barriers: Sequence[tuple[BaseGeometry, Barrier]]
) -> Ground:
    return lay_out(
        [piece.at for piece in located if piece.at is not None],
        [piece.work(weights) for piece in located],
        barriers=barriers,
    )
