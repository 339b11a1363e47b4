"""How several divisions become one: which old number leads where, and who looks after each grid of the one that stays.

Values in, a proposal out that explains itself; a person adjusts it and decides.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from renwang.chain.rules import Refusal

WHOLE = 10_000
MOST_BACKUPS = 3


class LooksAfterTwo(Refusal):
    """One person was chosen as the worker of two grids."""


class StandsInForHimself(Refusal):
    """The worker of a grid was chosen as his own back-up, or somebody twice."""


class Measured(StrEnum):
    """By what an old grid was shared out."""

    HOUSEHOLDS = "households"
    BUILDINGS = "buildings"  # nobody is known to live there
    AREA = "area"  # no building stands there


@dataclass(frozen=True, slots=True)
class Part:
    """The part of an old grid that lies in a grid of the one division; `share` in ten-thousandths."""

    claim: str
    grid: str
    households: int
    share: int
    by: Measured


def map_numbers(
    claims: Mapping[str, Collection[str]],
    homes: Mapping[str, tuple[int, str]],
    areas: Mapping[str, Mapping[str, float]] | None = None,
) -> tuple[list[Part], list[str]]:
    """Share each old grid out among the grids its homes lie in; name those that lead nowhere.

    `homes` gives the households and the grid of each home; one in no grid
    counts for nothing. By households; where nobody is known to live by
    buildings; where nothing stands by `areas`. The parts of one old grid are
    ten thousand together.
    """
    parts: list[Part] = []
    nowhere: list[str] = []
    for claim in sorted(claims):
        households: dict[str, int] = defaultdict(int)
        buildings: dict[str, int] = defaultdict(int)
        for home in claims[claim]:
            count, grid = homes.get(home, (0, ""))
            if grid:
                households[grid] += count
                buildings[grid] += 1
        weights: Mapping[str, float]
        if sum(households.values()):
            weights, by = {grid: n for grid, n in households.items() if n}, Measured.HOUSEHOLDS
        elif buildings:
            weights, by = buildings, Measured.BUILDINGS
        else:
            weights, by = (areas or {}).get(claim, {}), Measured.AREA
        shares = share_out(weights)
        if not shares:
            nowhere.append(claim)
        parts.extend(
            Part(claim, grid, households.get(grid, 0), share, by)
            for grid, share in sorted(shares.items(), key=lambda one: (-one[1], one[0]))
        )
    return parts, nowhere


def share_out(weights: Mapping[str, float]) -> dict[str, int]:
    """Share ten thousand out by weights, to the last one (largest remainders); what gets less than one is left out."""
    total = sum(weight for weight in weights.values() if weight > 0)
    if not total > 0:
        return {}
    exact = {key: WHOLE * weight / total for key, weight in weights.items() if weight > 0}
    shares = {key: int(value) for key, value in exact.items()}
    missing = WHOLE - sum(shares.values())
    for key in sorted(exact, key=lambda key: (shares[key] - exact[key], key))[:missing]:
        shares[key] += 1
    return {key: share for key, share in shares.items() if share}


class Why(StrEnum):
    """Why somebody is proposed for a grid."""

    STAYS = "stays"  # holds the post already
    KNOWS_MOST = "knows_most"  # looks after most of its households today
    STANDS_IN = "stands_in"  # is deputy already
    KNOWS_SOME = "knows_some"  # looks after some of its households today


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could look after a grid: of its households so many are his today, for these departments."""

    key: str
    name: str
    households: int
    departments: tuple[str, ...] = ()
    why: Why = Why.KNOWS_SOME
    stands_in: bool = False  # on every roster only as a back-up


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who looks after a grid, and who stands in for him, in order; `others` could as well."""

    grid: str
    worker: Candidate | None
    backups: tuple[Candidate, ...] = ()
    others: tuple[Candidate, ...] = ()

    @property
    def everybody(self) -> tuple[Candidate, ...]:
        """All who may be chosen, those proposed first."""
        return (*((self.worker,) if self.worker else ()), *self.backups, *self.others)


def propose_staff(
    grids: Sequence[str],
    familiar: Mapping[str, Sequence[Candidate]],
    standing: Mapping[str, Sequence[Candidate]],
) -> list[Staffing]:
    """Propose one worker and named back-ups for each grid.

    Whoever holds the post stays (`standing`, holder first, "" as key for a
    vacancy). Else it is the one who looks after most of the grid's households
    today, and nobody looks after two: the largest knowledge is placed first.
    Deputies stay in their order; then come those who know some of the
    households, up to three.
    """
    leads: dict[str, Candidate] = {}
    taken: set[str] = set()
    for grid in grids:
        holder = next(iter(standing.get(grid, ())), None)
        if holder is not None and holder.key:
            leads[grid] = holder
            taken.add(holder.key)
    wishes = sorted(
        (
            (-one.households, one.stands_in, grid, one.key, one)
            for grid in grids
            for one in familiar.get(grid, ())
        ),
        key=lambda wish: wish[:4],
    )
    for _known, _stands_in, grid, key, one in wishes:
        if grid not in leads and key not in taken:
            leads[grid] = Candidate(key, one.name, one.households, one.departments, Why.KNOWS_MOST)
            taken.add(key)
    return [_staffing(grid, leads.get(grid), familiar, standing) for grid in grids]


def _staffing(
    grid: str,
    worker: Candidate | None,
    familiar: Mapping[str, Sequence[Candidate]],
    standing: Mapping[str, Sequence[Candidate]],
) -> Staffing:
    met = {worker.key} if worker else set()
    backups: list[Candidate] = []
    others: list[Candidate] = []
    for one in standing.get(grid, ())[1:]:
        if one.key not in met:
            met.add(one.key)
            backups.append(one)
    for one in sorted(familiar.get(grid, ()), key=_familiarity):
        if one.key not in met:
            met.add(one.key)
            (backups if len(backups) < MOST_BACKUPS else others).append(one)
    return Staffing(grid, worker, tuple(backups), tuple(others))


def _familiarity(one: Candidate) -> tuple[int, bool, str]:
    return -one.households, one.stands_in, one.key


@dataclass(frozen=True, slots=True)
class Staffed:
    """What a person has decided for a grid: keys of the worker ("" for nobody yet) and of the back-ups in order."""

    worker: str
    backups: tuple[str, ...] = ()


def check_staff(
    staff: Mapping[str, Staffed], grids: Mapping[str, str], people: Mapping[str, str]
) -> None:
    """Refuse one worker for two grids, and a back-up who is the worker himself or named twice.

    `grids` and `people` are the names by which the refusal speaks of them.
    """
    leads: set[str] = set()
    for grid, chosen in staff.items():
        if chosen.worker and chosen.worker in leads:
            raise LooksAfterTwo(name=people.get(chosen.worker, ""), grid=grids.get(grid, grid))
        leads |= {chosen.worker} - {""}
        line = [key for key in (chosen.worker, *chosen.backups) if key]
        if len(set(line)) < len(line):
            twice = next(key for number, key in enumerate(line) if key in line[:number])
            raise StandsInForHimself(name=people.get(twice, ""), grid=grids.get(grid, grid))
