"""What departments' divisions say of one place, set beside each other: overlaps, gaps, doubles.

Values in, findings out. A *home* is what is counted whole: a building, or one
door of it where a department has parted the building by doors.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

SAME = 0.9
"""From this part of their households in common, grids of two departments are one and the same place."""


class Finding(StrEnum):
    """What can be found; in the order in which it is shown."""

    GAP = "gap"  # homes in no grid of a department
    OVERLAP = "overlap"  # homes, or an area, in two grids of one department
    OUTSIDE = "outside"  # a grid with homes beyond the place that it names
    EMPTY = "empty"  # a grid with nothing in it
    NO_WORKER = "no_worker"
    TWO_WORKERS = "two_workers"
    ON_TWO_ROSTERS = "on_two_rosters"  # one person, several departments
    IN_TWO_GRIDS = "in_two_grids"  # one person, several grids of one department
    SAME_NAME = "same_name"  # perhaps one person: the name, but not the number
    SAME_PLACE = "same_place"  # grids of different departments that are one place
    KNOWN = "known"  # on a roster, and in the chain already


@dataclass(frozen=True, slots=True)
class Home:
    """A building or a door: how many households, and the chain's grid it lies in (empty for none)."""

    key: str
    name: str
    households: int
    grid: str = ""
    at: tuple[float, float] | None = None  # longitude, latitude


@dataclass(frozen=True, slots=True)
class Claimed:
    """A department's grid with the homes that it covers; `outside` are homes beyond the place it names."""

    key: str
    department: str
    number: str
    name: str
    homes: frozenset[str]
    outside: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on a department's roster; `person` is the key of the same one in the chain, if he is there."""

    key: str
    name: str
    phone: str
    claim: str
    is_backup: bool = False
    person: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: which grids, which homes and how many households, which people of which rosters."""

    kind: Finding
    departments: tuple[str, ...]
    claims: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()
    households: int = 0
    people: tuple[str, ...] = ()
    area_m2: int = 0


def compare(
    homes: Sequence[Home],
    claims: Sequence[Claimed],
    listed: Sequence[Listed] = (),
    areas: Mapping[tuple[str, str], int] | None = None,
    beyond: Sequence[Home] = (),
) -> list[Found]:
    """Find what is wrong or double in departments' divisions of one place.

    `areas` are square metres that two grids of one department have in common;
    `beyond` are homes outside the place that a grid reaches all the same.
    """
    counts = {home.key: home.households for home in (*homes, *beyond)}
    return [
        *_gaps(homes, claims),
        *_overlaps(claims, counts, areas or {}),
        *_of_each(claims, counts),
        *_workers(claims, listed),
        *_doubles(claims, listed),
        *_same_places(claims, counts),
    ]


def _gaps(homes: Sequence[Home], claims: Sequence[Claimed]) -> Iterable[Found]:
    covered: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        covered[claim.department] |= claim.homes
    for department in sorted(covered):
        bare = [home for home in homes if home.key not in covered[department]]
        if bare:
            yield Found(
                Finding.GAP,
                (department,),
                homes=tuple(home.key for home in bare),
                households=sum(home.households for home in bare),
            )


def _overlaps(
    claims: Sequence[Claimed], counts: Mapping[str, int], areas: Mapping[tuple[str, str], int]
) -> Iterable[Found]:
    by_key = {claim.key: claim for claim in claims}
    common: dict[tuple[str, str], list[str]] = defaultdict(list)
    for home, keys in _by_home(claims).items():
        for pair in combinations(sorted(keys), 2):
            if by_key[pair[0]].department == by_key[pair[1]].department:
                common[pair].append(home)
    for pair in sorted({*common, *areas}):
        shared = sorted(common.get(pair, ()))
        yield Found(
            Finding.OVERLAP,
            (by_key[pair[0]].department,),
            pair,
            tuple(shared),
            sum(counts[home] for home in shared if home in counts),
            area_m2=areas.get(pair, 0),
        )


def _by_home(claims: Sequence[Claimed]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for claim in claims:
        for home in claim.homes:
            found[home].append(claim.key)
    return found


def _of_each(claims: Sequence[Claimed], counts: Mapping[str, int]) -> Iterable[Found]:
    for claim in claims:
        if claim.outside:
            yield Found(
                Finding.OUTSIDE,
                (claim.department,),
                (claim.key,),
                tuple(sorted(claim.outside)),
                sum(counts.get(home, 0) for home in claim.outside),
            )
        elif not claim.homes:
            yield Found(Finding.EMPTY, (claim.department,), (claim.key,))


def _workers(claims: Sequence[Claimed], listed: Sequence[Listed]) -> Iterable[Found]:
    has_roster = {claim.department for claim in claims if any(x.claim == claim.key for x in listed)}
    by_claim: dict[str, list[Listed]] = defaultdict(list)
    for one in listed:
        by_claim[one.claim].append(one)
    for claim in claims:
        if claim.department not in has_roster:
            continue
        first = [one.key for one in by_claim[claim.key] if not one.is_backup]
        if not first:
            yield Found(Finding.NO_WORKER, (claim.department,), (claim.key,))
        elif len(first) > 1:
            yield Found(Finding.TWO_WORKERS, (claim.department,), (claim.key,), people=tuple(first))


def same_people(listed: Sequence[Listed]) -> list[list[Listed]]:
    """Group those who are one person: by the telephone, and where one has none by the name.

    Two with one name and different telephones stay two; a name without a
    telephone joins those of that name only where they are one person.
    """
    groups: dict[str, list[Listed]] = {}
    bare: list[Listed] = []
    owner = {one.phone: one.person for one in listed if one.phone and one.person}
    for one in listed:
        key = one.person or owner.get(one.phone) or one.phone
        if key:
            groups.setdefault(key, []).append(one)
        else:
            bare.append(one)
    by_name: dict[str, set[str]] = defaultdict(set)
    for key, group in groups.items():
        for one in group:
            by_name[one.name].add(key)
    for one in bare:
        keys = by_name[one.name]
        key = next(iter(keys)) if len(keys) == 1 else f"name:{one.name}"
        groups.setdefault(key, []).append(one)
    return [groups[key] for key in sorted(groups)]


def _doubles(claims: Sequence[Claimed], listed: Sequence[Listed]) -> Iterable[Found]:
    by_key = {claim.key: claim for claim in claims}
    here = [one for one in listed if one.claim in by_key]
    groups = same_people(here)
    for group in groups:
        keys = tuple(sorted({one.claim for one in group}))
        departments = tuple(sorted({by_key[key].department for key in keys}))
        people = tuple(one.key for one in group)
        if len(departments) > 1:
            yield Found(Finding.ON_TWO_ROSTERS, departments, keys, people=people)
        elif len(keys) > 1:
            yield Found(Finding.IN_TWO_GRIDS, departments, keys, people=people)
        if any(one.person for one in group):
            yield Found(Finding.KNOWN, departments, keys, people=people)
    yield from _namesakes(by_key, groups)


def _namesakes(
    by_key: Mapping[str, Claimed], groups: Sequence[Sequence[Listed]]
) -> Iterable[Found]:
    by_name: dict[str, list[Sequence[Listed]]] = defaultdict(list)
    for group in groups:
        for name in sorted({one.name for one in group}):
            by_name[name].append(group)
    for _name, same in sorted(by_name.items()):
        if len(same) > 1:
            people = [one for group in same for one in group]
            keys = tuple(sorted({one.claim for one in people}))
            departments = tuple(sorted({by_key[key].department for key in keys}))
            yield Found(
                Finding.SAME_NAME, departments, keys, people=tuple(one.key for one in people)
            )


def _same_places(claims: Sequence[Claimed], counts: Mapping[str, int]) -> Iterable[Found]:
    by_key = {claim.key: claim for claim in claims}
    weights = {claim.key: weight_of(claim.homes, counts) for claim in claims}
    common: dict[tuple[str, str], int] = defaultdict(int)
    for home, keys in _by_home(claims).items():
        for pair in combinations(sorted(keys), 2):
            if by_key[pair[0]].department != by_key[pair[1]].department:
                common[pair] += max(1, counts.get(home, 0))
    for (one, other), shared in sorted(common.items()):
        if shared >= SAME * (weights[one] + weights[other] - shared):
            homes = by_key[one].homes & by_key[other].homes
            yield Found(
                Finding.SAME_PLACE,
                tuple(sorted((by_key[one].department, by_key[other].department))),
                (one, other),
                households=sum(counts.get(home, 0) for home in homes),
            )


def weight_of(homes: Collection[str], counts: Mapping[str, int]) -> int:
    """Say how much homes weigh: their households, and one where nobody is known to live."""
    return sum(max(1, counts.get(home, 0)) for home in homes)
