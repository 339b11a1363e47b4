"""Propose how departments' divisions of a place become one: the grids, who looks after them, and where old numbers lead."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from renwang.base.pure.geometry import Geometry
from renwang.base.pure.loading import on_first_use
from renwang.chain import boundaries, tree
from renwang.chain.dividing import pair_up
from renwang.chain.models import Building, Holding, Unit
from renwang.chain.rules import Refusal, line_above
from renwang.chain.selectors.dividing import Divided, read_divided
from renwang.chain.structures import Level, structure
from renwang.registers.claims.comparing_rules import Listed, same_people
from renwang.registers.claims.merging_rules import (
    Candidate,
    Part,
    Staffing,
    Why,
    map_numbers,
    propose_staff,
)
from renwang.registers.claims.models import Worker
from renwang.registers.claims.selectors import Compared, read_compared

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


NEW = "new-"
"""Before the key of the department's grid after which a new grid is founded."""


class NothingToMerge(Refusal):
    """No department claims a grid in the place."""


class NoGridLevel(Refusal):
    """The units below the place would be no grids."""


@dataclass(frozen=True, slots=True)
class GridPlan:
    """One grid of the division that would be: one that stands, or a new one after a department's."""

    key: str  # reference of the standing grid, or NEW and the key of the claim
    name: str
    households: int
    unit: Unit | None
    staffing: Staffing


@dataclass(frozen=True, slots=True)
class MergePlan:
    """The one division of a place as proposed. `basis` names the department whose grids are followed, "" for those that stand."""

    compared: Compared
    divided: Divided
    basis: str
    level: Level
    grids: list[GridPlan]
    placed: dict[str, str]  # piece to grid, as it would be
    moves: dict[str, str]  # of the pieces that change
    loose: dict[str, tuple[Building, str]]  # buildings in no grid, and the grid they go to
    left: dict[str, Counter[str]]  # grids that nothing stays in, with where it goes
    parts: list[Part]
    nowhere: list[str]  # claims that lead to no grid
    people: dict[str, Candidate] = field(default_factory=dict)  # everybody on a roster here
    workers: dict[str, Worker] = field(default_factory=dict)  # by key of a person


def propose_merger(unit: Unit, basis: str = "") -> MergePlan:
    """Propose one division for a place from what departments claim in it.

    Refuses with NothingToMerge and NoGridLevel. The statements do not grow with
    what lies in the place.
    """
    level = _grid_level(unit)
    compared = read_compared(unit, with_borders=True)
    if not compared.claims:
        raise NothingToMerge(name=unit.name)
    divided = read_divided(unit)
    pieces = _Pieces(unit, compared, divided)
    if basis in compared.departments:
        wanted = pieces.after(basis)
    else:
        basis, wanted = "", {key: grid for key, grid in pieces.standing.items() if grid}
    placed = {**pieces.standing, **wanted}
    homes = {
        key: (home.households, placed.get(pieces.of_home.get(key, ""), ""))
        if key in compared.ground.here
        else (home.households, home.grid)
        for key, home in compared.ground.homes.items()
    }
    claims = {key: claim.homes for key, claim in compared.covers.items()}
    grids = _grids(divided, compared, placed, basis)
    shapes = _shapes(divided, compared, grids)
    parts, nowhere = map_numbers(claims, homes, _areas(compared, shapes, claims))
    people, workers, of_grid = _people(compared, homes)
    staffing = {
        one.grid: one
        for one in propose_staff(list(grids), of_grid, _standing(divided, compared, of_grid))
    }
    sums: Counter[str] = Counter()
    for key in compared.ground.here:
        sums[homes[key][1]] += homes[key][0]
    return MergePlan(
        compared=compared,
        divided=divided,
        basis=basis,
        level=level,
        grids=[
            GridPlan(key, name, sums[key], divided.grids.get(key), staffing[key])
            for key, name in grids.items()
        ],
        placed=placed,
        moves={
            key: grid
            for key, grid in placed.items()
            if key in divided.things and grid != pieces.standing[key]
        },
        loose={
            key: (building, placed[key]) for key, building in pieces.loose.items() if placed[key]
        },
        left=_left(divided, pieces.standing, placed) if basis else {},
        parts=parts,
        nowhere=nowhere,
        people=people,
        workers=workers,
    )


def _grid_level(unit: Unit) -> Level:
    """Return the level right below a place, which must be one of grids."""
    levels = structure(unit.structure).levels
    rank = tree.level_of(unit).rank
    below = next((level for level in levels if level.rank > rank), None)
    if below is None or not below.is_grid:
        raise NoGridLevel(name=unit.name)
    return below


class _Pieces:
    """What goes to a grid as a whole, and in which grid it stands; "" for a building in none."""

    def __init__(self, unit: Unit, compared: Compared, divided: Divided):
        self.compared = compared
        self.divided = divided
        self.loose = {
            str(one.pk): one for one in Building.objects.filter(unit=unit).defer("footprint")
        }
        self.standing = {piece.key: piece.grid for piece in divided.pieces}
        self.standing |= dict.fromkeys(self.loose, "")
        groups = {
            thing.path: key for key, thing in divided.things.items() if isinstance(thing, Unit)
        }
        ground = compared.ground
        self.of_home: dict[str, str] = {}
        for home in ground.here:
            path = ground.paths[home]
            line = [*line_above(path), path]
            group = next((groups[one] for one in line if one in groups), None)
            self.of_home[home] = group or str(ground.buildings[home])

    def after(self, department: str) -> dict[str, str]:
        """Place each piece in the grid that follows the department's: where most of its households are claimed."""
        weights: dict[str, Counter[str]] = defaultdict(Counter)
        homes = self.compared.homes
        for key, claim in self.compared.covers.items():
            if claim.department == department:
                for home in sorted(claim.homes & self.compared.ground.here):
                    weights[self.of_home[home]][key] += 1 + 100 * homes[home].households
        claimed = {
            piece: min(found, key=lambda key: (-found[key], self.compared.covers[key].number, key))
            for piece, found in weights.items()
        }
        pieces = sorted(claimed)
        old = sorted({grid for grid in self.standing.values() if grid})
        new = sorted(set(claimed.values()))
        placed = [one for one in pieces if self.standing[one]]
        continues = pair_up(
            [old.index(self.standing[one]) for one in placed],
            [new.index(claimed[one]) for one in placed],
            [weights[one][claimed[one]] for one in placed],
        )
        called = {
            claim: old[continues[at]] if at in continues else NEW + claim
            for at, claim in enumerate(new)
        }
        return {piece: called[claim] for piece, claim in claimed.items()}


def _grids(
    divided: Divided, compared: Compared, placed: Mapping[str, str], basis: str
) -> dict[str, str]:
    """Name the grids that there would be: those that stand and keep something, then the new ones."""
    kept = set(placed.values())
    grids = {ref: grid.name for ref, grid in divided.grids.items() if not basis or ref in kept}
    founded = {key: compared.claims[key.removeprefix(NEW)] for key in kept - grids.keys() - {""}}
    for key, claim in sorted(founded.items(), key=lambda one: one[1].number):
        grids[key] = claim.name or claim.number
    return grids


def _left(
    divided: Divided, standing: Mapping[str, str], placed: Mapping[str, str]
) -> dict[str, Counter[str]]:
    kept = set(placed.values())
    left: dict[str, Counter[str]] = {ref: Counter() for ref in divided.grids if ref not in kept}
    for piece, grid in standing.items():
        if grid in left:
            left[grid][placed[piece]] += 1
    return left


def _shapes(
    divided: Divided, compared: Compared, grids: Mapping[str, str]
) -> dict[str, Geometry | None]:
    return {
        key: compared.shapes.get(key.removeprefix(NEW))
        if key.startswith(NEW)
        else boundaries.geometry_of(divided.grids[key].boundary)
        for key in grids
    }


def _areas(
    compared: Compared, shapes: Mapping[str, Geometry | None], claims: Mapping[str, Any]
) -> dict[str, dict[str, float]]:
    """Measure, of drawn grids with nothing in them, what they have in common with each grid of the place."""
    return {
        key: {
            grid: area
            for grid, shape in shapes.items()
            if shape is not None and (area := shapely.intersection(drawn, shape).area) > 0
        }
        for key, drawn in compared.shapes.items()
        if not claims[key]
    }


def _people(
    compared: Compared, homes: Mapping[str, tuple[int, str]]
) -> tuple[dict[str, Candidate], dict[str, Worker], dict[str, list[Candidate]]]:
    """Say of everybody on a roster how many households of which grid are his today."""
    everybody: dict[str, Candidate] = {}
    workers: dict[str, Worker] = {}
    of_grid: dict[str, list[Candidate]] = defaultdict(list)
    for group in same_people(compared.listed):
        key = key_of(group)
        covered = {home for one in group for home in compared.covers[one.claim].homes}
        sums: Counter[str] = Counter()
        for home in covered:
            count, grid = homes[home]
            sums[grid] += count
        names = {compared.covers[one.claim].department for one in group}
        departments = tuple(sorted(compared.departments[one].name for one in names))
        spare = all(one.is_backup for one in group)
        everybody[key] = Candidate(
            key, group[0].name, sum(sums.values()), departments, stands_in=spare
        )
        workers[key] = compared.workers[group[0].key]
        for grid, count in sums.items():
            if grid and count:
                of_grid[grid].append(
                    Candidate(key, group[0].name, count, departments, stands_in=spare)
                )
    return everybody, workers, of_grid


def key_of(group: Sequence[Listed]) -> str:
    """Name one person: as one of the chain where he is in it, else by his first line on a roster."""
    person = next((one.person for one in group if one.person), "")
    return f"p-{person}" if person else f"w-{min(one.key for one in group)}"


def _standing(
    divided: Divided, compared: Compared, of_grid: Mapping[str, Sequence[Candidate]]
) -> dict[str, list[Candidate]]:
    """Read who holds the post that answers for each grid, and who stands in; one statement."""
    refs: dict[UUID, str] = {grid.pk: ref for ref, grid in divided.grids.items()}
    rows = (
        Holding.objects.filter(
            post__unit__in=list(refs), post__answers=True, post__ended_on=None, is_current=True
        )
        .select_related("person", "post")
        .order_by("rank")
    )
    found: dict[str, list[Candidate]] = {ref: [] for ref in refs.values()}
    for one in rows:
        line = found[refs[one.post.unit_id]]
        if one.rank > 0 and not line:
            line.append(Candidate("", "", 0))  # deputies of a vacant post
        key = f"p-{one.person_id}"
        known = next(
            (other for other in of_grid.get(refs[one.post.unit_id], ()) if other.key == key), None
        )
        line.append(
            Candidate(
                key,
                one.person.name,
                known.households if known else 0,
                known.departments if known else (),
                Why.STANDS_IN if one.rank else Why.STAYS,
            )
        )
    return found
