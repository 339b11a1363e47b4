"""Cut a ground into grids: METIS proposes, small moves mend what it leaves.

METIS (Karypis and Kumar 1998) cuts each community apart with few and cheap
borders, each part in one piece, and bounds how much a part may be over the
mean. What is too light, or in pieces after all, is mended here by moving single
buildings along the borders, never so that a grid falls apart.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from renwang.base.pure.loading import on_first_use
from renwang.chain.dividing.ground import Ground, Whole

if TYPE_CHECKING:
    import numpy as np
else:
    np = on_first_use("numpy")


TOLERANCE = 0.03
TRIES = 3
_ROUNDS = 4_000  # moves at most in one community; a division of 40 grids needs a few dozen


class CannotDivide(ValueError):
    """A community that cannot be cut into so many grids, because it has fewer buildings than that."""

    def __init__(self, community: int, buildings: int, grids: int):
        super().__init__(f"{buildings} buildings make no {grids} grids")
        self.community, self.buildings, self.grids = community, buildings, grids


def divide(
    ground: Ground,
    grids: Mapping[int, int],
    *,
    tolerance: float = TOLERANCE,
    tries: int = TRIES,
    seed: int = 0,
) -> Whole:
    """Cut each community into so many grids; returns the grid of each building, numbered from 0 through all.

    No border of a community is crossed. The work of each grid is within
    `tolerance` of its community's mean where single buildings allow it: one
    building of more work than a grid should have does not. The best of `tries`
    attempts is kept, by balance first and by what the borders cost then. The same
    ground, numbers and seed give the same division. Refuses with CannotDivide.
    """
    labels = np.zeros(len(ground), np.int64)
    base = 0
    for community in sorted(grids):
        here = np.flatnonzero(ground.communities == community)
        count = grids[community]
        if not 1 <= count <= len(here):
            raise CannotDivide(community, len(here), count)
        part = _Part(ground, here)
        best: tuple[tuple[float, int], Whole] | None = None
        for attempt in range(tries):
            found = part.cut(count, tolerance, seed + attempt)
            if best is None or found[0] < best[0]:
                best = found
            if count == 1:
                break
        assert best is not None
        labels[here] = base + best[1]
        base += count
    return labels


def rebalance(ground: Ground, labels: Sequence[int], *, tolerance: float = TOLERANCE) -> Whole:
    """Even out a division that stands, by as few moves along its borders as that takes.

    Every grid goes on, in one piece, within its community. Where the grids are too
    different for small moves the balance stays short of the tolerance.
    """
    found = np.asarray(labels, np.int64).copy()
    for community in np.unique(ground.communities).tolist():
        here = np.flatnonzero(ground.communities == community)
        names, grid = np.unique(found[here], return_inverse=True)
        moves = _Moves(_Part(ground, here), grid.reshape(-1).tolist(), len(names), tolerance)
        moves.join_pieces()
        moves.balance()
        found[here] = names[np.array(moves.grid, np.int64)]
    return found


class _Part:
    """One community: its graph in the form METIS takes, and as lists for the moves."""

    def __init__(self, ground: Ground, here: Whole):
        local = np.full(len(ground), -1, np.int64)
        local[here] = np.arange(len(here))
        inside = (local[ground.edges[:, 0]] >= 0) & (local[ground.edges[:, 1]] >= 0)
        edges, costs = local[ground.edges[inside]], ground.costs[inside]
        ends = np.concatenate([edges[:, 0], edges[:, 1]])
        others = np.concatenate([edges[:, 1], edges[:, 0]])
        order = np.argsort(ends, kind="stable")
        self.work = ground.work[here]
        self.starts = np.concatenate(
            [[0], np.cumsum(np.bincount(ends, minlength=len(here)))]
        ).astype(np.int64)
        self.others = others[order]
        self.costs = np.concatenate([costs, costs])[order]
        others_list, costs_list = self.others.tolist(), self.costs.tolist()
        bounds = self.starts.tolist()
        self.near = [
            list(zip(others_list[a:b], costs_list[a:b], strict=True)) for a, b in pairwise(bounds)
        ]

    def cut(self, count: int, tolerance: float, seed: int) -> tuple[tuple[float, int], Whole]:
        """Return one division of it, with what is wrong with it: excess over the tolerance, cost of the borders."""
        if count == 1:
            return (0.0, 0), np.zeros(len(self.work), np.int64)
        moves = _Moves(self, _metis(self, count, tolerance, seed), count, tolerance)
        moves.join_pieces()
        moves.balance()
        labels = np.array(moves.grid, np.int64)
        source = np.repeat(np.arange(len(self.work)), np.diff(self.starts))
        cost = int(self.costs[labels[source] != labels[self.others]].sum()) // 2
        return (moves.excess(), cost), labels


def _metis(part: _Part, count: int, tolerance: float, seed: int) -> list[int]:
    """Ask METIS. Imported here, because only a division needs it."""
    import pymetis

    options: Any = pymetis.Options(
        contig=True, seed=seed, ufactor=max(1, int(tolerance * 1000)), numbering=0
    )
    found = pymetis.part_graph(
        count,
        adjacency=pymetis.CSRAdjacency(part.starts, part.others),
        vweights=part.work,
        eweights=part.costs,
        options=options,
    )
    return list(map(int, found.vertex_part))


class _Moves:
    """A division of one community while single buildings change hands along its borders."""

    def __init__(self, part: _Part, grid: list[int], count: int, tolerance: float):
        self.near, self.work, self.grid = part.near, part.work.tolist(), grid
        self.count = count
        self.members: list[set[int]] = [set() for _ in range(count)]
        self.loads = [0] * count
        for one, of in enumerate(grid):
            self.members[of].add(one)
            self.loads[of] += self.work[one]
        mean = sum(self.loads) / count
        self.low, self.high, self.mean = mean * (1 - tolerance), mean * (1 + tolerance), mean

    def excess(self) -> float:
        """How far the loads lie outside the tolerance, all grids together, as a share of the mean."""
        return sum(map(self._outside, self.loads)) / self.mean

    def join_pieces(self) -> None:
        """Give every piece of a grid but the heaviest to the neighbour it has most to do with."""
        for of in range(self.count):
            pieces = sorted(self._pieces(of), key=lambda piece: (self._sum(piece), min(piece)))
            for piece in pieces[:-1]:
                ties: dict[int, int] = {}
                for one in piece:
                    for other, cost in self.near[one]:
                        if self.grid[other] != of:
                            ties[self.grid[other]] = ties.get(self.grid[other], 0) + cost
                if ties:
                    heir = max(ties, key=lambda key: (ties[key], -key))
                    for one in piece:
                        self._move(one, heir)
        for of in range(self.count):
            if not self.members[of]:
                self._refound(of)

    def balance(self) -> None:
        """Move buildings between neighbours until every grid is within the tolerance or nothing helps."""
        seen: set[tuple[int, int, int]] = set()
        for _round in range(_ROUNDS):
            wrong = [of for of in range(self.count) if self._outside(self.loads[of]) > 0]
            if not wrong:
                return
            wrong.sort(key=lambda of: (-self._outside(self.loads[of]), of))
            if not any(self._relieve(of, seen) for of in wrong) and not any(
                map(self._pass_on, wrong)
            ):
                return

    # --- one move -------------------------------------------------------------

    def _relieve(self, of: int, seen: set[tuple[int, int, int]]) -> bool:
        """Make the best single move into or out of a grid; a move is never made twice between the same two."""
        is_heavy = self.loads[of] > self.high
        candidates = []
        for one in self.members[of]:
            for other, _cost in self.near[one]:
                across = self.grid[other]
                if across == of:
                    continue
                move = (one, of, across) if is_heavy else (other, across, of)
                if move not in seen:
                    candidates.append(move)
        ranked = sorted({(self._badness(*move), move) for move in candidates})
        for badness, (one, source, target) in ranked:
            if badness[0] >= 0:
                return False
            if len(self.members[source]) > 1 and self._holds_without(one, source):
                seen.add((one, source, target))
                self._move(one, target)
                return True
        return False

    def _pass_on(self, of: int) -> bool:
        """Let work flow through the grids between to the nearest one that has too little, or from one that has too much.

        For where every single move would only shift the trouble next door. Taken back
        unless the loads are closer to the mean afterwards.
        """
        line = self._line_to_room(of)
        want = abs(self.loads[of] - self.mean)
        before = self._spread(line)
        made: list[tuple[int, int]] = []
        for source, target in pairwise(line):
            one = self._crossing(source, target, want)
            if one is None:
                break
            made.append((one, source))
            self._move(one, target)
        if len(made) == len(line) - 1 and self._spread(line) < before:
            return True
        for one, source in reversed(made):
            self._move(one, source)
        return False

    def _line_to_room(self, of: int) -> list[int]:
        """Give the grids that work flows through, first to last; only `of` itself where there is no way."""
        sign = 1 if self.loads[of] > self.mean else -1
        came: dict[int, int | None] = {of: None}
        waiting = deque([of])
        while waiting:
            grid = waiting.popleft()
            if grid != of and sign * (self.loads[grid] - self.mean) < 0:
                line = [grid]
                while (before := came[line[-1]]) is not None:
                    line.append(before)
                return line[::-1] if sign > 0 else line
            around = {
                self.grid[other] for one in self.members[grid] for other, _c in self.near[one]
            }
            for other in sorted(around - came.keys()):
                came[other] = grid
                waiting.append(other)
        return [of]

    def _crossing(self, source: int, target: int, want: float) -> int | None:
        """Choose the building that goes over a border: of about so much work, and the grid left in one piece."""
        ranked = sorted(
            (abs(self.work[one] - want), self._badness(one, source, target)[1], one)
            for one in self.members[source]
            if any(self.grid[other] == target for other, _cost in self.near[one])
        )
        for _far, _border, one in ranked:
            if len(self.members[source]) > 1 and self._holds_without(one, source):
                return one
        return None

    def _spread(self, line: Sequence[int]) -> float:
        return sum((self.loads[of] - self.mean) ** 2 for of in line)

    def _badness(self, one: int, source: int, target: int) -> tuple[float, int]:
        """How a move changes balance, then borders; below 0 is better.

        Squares of the deviations, so that what one grid has too much passes
        through its neighbours to where there is room.
        """
        load, a, b = self.work[one], self.loads[source] - self.mean, self.loads[target] - self.mean
        change = (a - load) ** 2 + (b + load) ** 2 - a * a - b * b
        border = 0
        for other, cost in self.near[one]:
            if self.grid[other] == source:
                border += cost
            elif self.grid[other] == target:
                border -= cost
        return change, border

    def _holds_without(self, one: int, of: int) -> bool:
        """Say whether a grid stays in one piece when a building leaves it."""
        ends = [other for other, _cost in self.near[one] if self.grid[other] == of]
        if len(ends) < 2:
            return True
        wanted, seen, waiting = set(ends[1:]), {one, ends[0]}, [ends[0]]
        while waiting and wanted:
            for other, _cost in self.near[waiting.pop()]:
                if other not in seen and self.grid[other] == of:
                    seen.add(other)
                    wanted.discard(other)
                    waiting.append(other)
        return not wanted

    def _move(self, one: int, target: int) -> None:
        source = self.grid[one]
        self.members[source].discard(one)
        self.members[target].add(one)
        self.loads[source] -= self.work[one]
        self.loads[target] += self.work[one]
        self.grid[one] = target

    def _refound(self, of: int) -> None:
        """Found a grid that has nothing with a building of the heaviest that can spare one."""
        for rich in sorted(range(self.count), key=lambda key: (-self.loads[key], key)):
            for one in sorted(self.members[rich]):
                if len(self.members[rich]) > 1 and self._holds_without(one, rich):
                    self._move(one, of)
                    return

    def _outside(self, load: float) -> float:
        return max(0.0, load - self.high, self.low - load)

    def _sum(self, piece: set[int]) -> int:
        return sum(self.work[one] for one in piece)

    def _pieces(self, of: int) -> list[set[int]]:
        left, found = set(self.members[of]), []
        while left:
            first = min(left)
            piece, waiting = {first}, [first]
            while waiting:
                for other, _cost in self.near[waiting.pop()]:
                    if other in left and other not in piece:
                        piece.add(other)
                        waiting.append(other)
            left -= piece
            found.append(piece)
        return found
