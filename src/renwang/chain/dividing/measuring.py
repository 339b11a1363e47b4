"""How good a division is: balance of work, contiguity, compactness, what its borders cut, what a change costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from typing import TYPE_CHECKING

from renwang.base.pure.loading import on_first_use
from renwang.chain.dividing.ground import Barrier, Ground, Whole

if TYPE_CHECKING:
    import numpy as np
    import shapely
else:
    np = on_first_use("numpy")
    shapely = on_first_use("shapely")


@dataclass(frozen=True, slots=True)
class Measures:
    """A division in numbers.

    `over` and `under` are the worst deviations of a grid's work from the mean of its
    community, as shares (0.03 is 3 %). `broken` counts grids that do not hang
    together. `compactness` is the median of 4πA/P² over the grids' hulls
    (Polsby and Popper 1991; 1 is a circle). `cut` is the number of pairs of
    neighbours that a border parts, `cost` what they cost, `over_water` the grids
    that lie on both sides of water.
    """

    grids: int
    over: float
    under: float
    broken: int
    compactness: float
    cut: int
    cost: int
    over_water: int

    @property
    def worst(self) -> float:
        """The worst deviation, on either side."""
        return max(self.over, self.under)


def measure(ground: Ground, labels: Sequence[int]) -> Measures:
    """Measure a division; `labels` names the grid of each building, a grid lies in one community."""
    label = np.asarray(labels, np.int64)
    names, grid = np.unique(label, return_inverse=True)
    grid = grid.reshape(-1)
    loads = np.bincount(grid, ground.work, len(names))
    home = np.zeros(len(names), np.int64)
    home[grid] = ground.communities
    sums = {one: loads[home == one].mean() for one in np.unique(home).tolist()}
    shares = loads / np.array([sums[one] for one in home.tolist()]) - 1 if len(names) else loads
    a, b = ground.edges[:, 0], ground.edges[:, 1]
    parted = grid[a] != grid[b]
    wet = ~parted & (ground.barriers == Barrier.WATER)
    return Measures(
        grids=len(names),
        over=float(max(0.0, shares.max(initial=0.0))),
        under=float(max(0.0, -shares.min(initial=0.0))),
        broken=_broken(ground, grid, len(names)),
        compactness=_compactness(ground, grid, len(names)),
        cut=int(parted.sum()),
        cost=int(ground.costs[parted].sum()),
        over_water=len(np.unique(grid[a[wet]])),
    )


def pair_up(before: Sequence[int], after: Sequence[int], work: Sequence[int]) -> dict[int, int]:
    """Say which old grid each new one continues, so that as little work as possible changes hands.

    Pairs are taken by the work they share, the most first; a new grid that continues
    none is left out.
    """
    shared: Counter[tuple[int, int]] = Counter()
    for old, new, load in zip(before, after, work, strict=True):
        shared[old, new] += load
    continues: dict[int, int] = {}
    taken: set[int] = set()
    for (old, new), _load in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0])):
        if new not in continues and old not in taken:
            continues[new] = old
            taken.add(old)
    return continues


def _broken(ground: Ground, grid: Whole, count: int) -> int:
    leader = list(range(len(ground)))

    def find(one: int) -> int:
        while leader[one] != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    within = grid[ground.edges[:, 0]] == grid[ground.edges[:, 1]]
    for a, b in ground.edges[within].tolist():
        leader[find(a)] = find(b)
    pieces = Counter(grid[one] for one in {find(one) for one in range(len(ground))})
    return sum(1 for one in range(count) if pieces[one] > 1)


def _compactness(ground: Ground, grid: Whole, count: int) -> float:
    if not count:
        return 0.0
    order = np.argsort(grid, kind="stable")
    spots = shapely.multipoints(ground.at[order], indices=grid[order])
    hulls = shapely.convex_hull(spots)
    area, edge = shapely.area(hulls), shapely.length(hulls)
    real = area > 0
    if not real.any():
        return 0.0
    return float(np.median(4 * pi * area[real] / edge[real] ** 2))
