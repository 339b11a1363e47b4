"""Read what departments claim: a place with everything that is claimed in it, departments, and where old numbers lead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from renwang.base.pure.geometry import Geometry, area_m2
from renwang.base.pure.loading import on_first_use
from renwang.chain import boundaries
from renwang.chain.models import Building, Contact, Household, Unit
from renwang.chain.reach import Viewer
from renwang.chain.rules import line_above
from renwang.chain.selectors.history import successors
from renwang.chain.structures import structure
from renwang.registers.claims.comparing_rules import Claimed, Found, Home, Listed, compare
from renwang.registers.claims.models import (
    Claim,
    ClaimedHome,
    Department,
    Merger,
    OldNumber,
    Worker,
)

if TYPE_CHECKING:
    import numpy as np
    import shapely
else:
    np = on_first_use("numpy")
    shapely = on_first_use("shapely")


SMALLEST_M2 = 400
"""Surveys never agree to the metre: what two grids of one department share must be larger than this,"""
LEAST_SHARE = 0.01
"""and more than this part of the smaller one."""
_TELEPHONES = ("phone", "sms")


@dataclass(frozen=True, slots=True)
class Compared:
    """A place with what departments claim in it, and what is found when the claims are set beside each other."""

    unit: Unit
    above: list[Unit]  # the topmost first
    grids: dict[str, Unit]  # the chain's, by reference; their boundaries where they were asked for
    departments: dict[str, Department]  # by key, in the order of their names
    claims: dict[str, Claim]  # by key
    covers: dict[str, Claimed]  # the same, with the homes they cover
    homes: dict[str, Home]  # of the place
    ground: Ground  # the same with those beyond it that a claim reaches
    workers: dict[str, Worker]
    listed: list[Listed]
    shapes: dict[str, Geometry]
    found: list[Found]

    def counts(self) -> dict[str, int]:
        """The households of each home."""
        return {key: home.households for key, home in self.homes.items()}


def claims_visible_to(viewer: Viewer) -> QuerySet[Claim]:
    """Return the departments' grids at places that a viewer may see."""
    return Claim.objects.filter(viewer.scope("chain.see", "unit__path"))


def list_departments(viewer: Viewer, *, under: Unit | None = None) -> list[Department]:
    """List departments, each with `grids` and `people` counted as far as the viewer sees; two statements."""
    here = claims_visible_to(viewer)
    if under is not None:
        here = here.filter(unit__path__under=under.path)
    counted = {
        key: (grids, people)
        for key, grids, people in here.values_list("department")
        .annotate(Count("pk", distinct=True), Count("workers", distinct=True))
        .order_by()
    }
    found = list(Department.objects.filter(pk__in=counted).order_by("name"))
    for one in found:
        one.grids, one.people = counted[one.pk]
    return found


def department_of(viewer: Viewer, key: UUID) -> Department | None:
    """Find a department some of whose grids the viewer may see; None for any other."""
    seen = claims_visible_to(viewer).filter(department=key)
    return Department.objects.filter(pk__in=seen.values("department")).first()


def places_with_claims(viewer: Viewer) -> list[Unit]:
    """List the places that departments' grids name, each with `grids` and `departments` counted; two statements."""
    counted = {
        key: (grids, departments)
        for key, grids, departments in claims_visible_to(viewer)
        .values_list("unit")
        .annotate(Count("pk"), Count("department", distinct=True))
        .order_by()
    }
    found = list(Unit.objects.filter(pk__in=counted).defer("boundary").order_by("path"))
    for one in found:
        one.grids, one.departments = counted[one.pk]
    return found


def read_compared(unit: Unit, *, with_borders: bool = False) -> Compared:
    """Read a place and compare what departments claim in it; six statements at most, however much it is.

    `with_borders` reads the boundaries of the chain's grids too, which are large.
    """
    claims = {
        str(one.pk): one
        for one in Claim.objects.filter(
            Q(unit__path__under=unit.path) | Q(unit__path__in=line_above(unit.path))
        )
        .select_related("department", "unit")
        .defer("unit__boundary")
        .order_by("department__name", "number")
    }
    shapes = {
        key: shape
        for key, one in claims.items()
        if (shape := boundaries.geometry_of(one.boundary)) is not None
    }
    listed_homes = list(
        ClaimedHome.objects.filter(claim__in=[one.pk for one in claims.values()]).values_list(
            "claim", "building", "household"
        )
    )
    above, grids, ground = _ground(unit, shapes, listed_homes, with_borders)
    covers = _covers(claims, shapes, ground, listed_homes)
    # A grid of a wider place that reaches nowhere into this one is none of its business.
    claims = {
        key: one
        for key, one in claims.items()
        if one.unit.path.startswith(unit.path) or covers[key].homes & ground.here
    }
    homes = {key: home for key, home in ground.homes.items() if key in ground.here}
    workers = {
        str(one.pk): one
        for one in Worker.objects.filter(claim__in=[one.pk for one in claims.values()]).order_by(
            "name", "pk"
        )
    }
    listed = _listed(workers.values())
    departments = {str(one.department_id): one.department for one in claims.values()}
    found = compare(
        list(homes.values()),
        [covers[key] for key in claims],
        listed,
        _common_areas(claims, shapes),
        [home for key, home in ground.homes.items() if key not in ground.here],
    )
    return Compared(
        unit,
        above,
        {one.ref: one for one in grids},
        departments,
        claims,
        {key: covers[key] for key in claims},
        homes,
        ground,
        workers,
        listed,
        {key: shapes[key] for key in claims if key in shapes},
        found,
    )


def grids_of(unit: Unit) -> list[Unit]:
    """Return the chain's standing grids in a place; the place itself where it is one."""
    here = Unit.objects.filter(path__under=unit.path, level__in=_levels(unit), ended_on=None)
    return list(here.order_by("path"))


def _levels(unit: Unit) -> list[str]:
    return [level.key for level in structure(unit.structure).levels if level.is_grid]


@dataclass(frozen=True, slots=True)
class Ground:
    """The homes that claims cover, in a place and beyond it: to which building each belongs, and where that lies."""

    homes: dict[str, Home]
    buildings: dict[str, UUID]  # by home
    paths: dict[str, str]  # of the unit a home lies in, by home
    here: frozenset[str]  # those in the place

    def doors_of(self) -> dict[UUID, list[str]]:
        """The homes of each building."""
        found: dict[UUID, list[str]] = defaultdict(list)
        for home, building in self.buildings.items():
            found[building].append(home)
        return found


def _ground(
    unit: Unit,
    shapes: Mapping[str, Geometry],
    listed: Sequence[tuple[UUID, UUID, UUID | None]],
    with_borders: bool,
) -> tuple[list[Unit], list[Unit], Ground]:
    """Read the homes with the grids they lie in, and the units above the place; three statements.

    A building that somebody has parted by doors counts door by door.
    """
    wanted = Q(path__under=unit.path) | Q(pk__in={building for _claim, building, _door in listed})
    if shapes:
        west, south, east, north = shapely.total_bounds(list(shapes.values())).tolist()
        wanted |= Q(lon__range=(west, east), lat__range=(south, north))
    doors = Household.objects.filter(building=OuterRef("pk")).order_by().values("building")
    counted = Subquery(doors.annotate(found=Count("pk")).values("found"))
    rows = list(
        Building.objects.filter(wanted)
        .annotate(doors=Coalesce(counted, 0))
        .order_by("path", "name", "pk")
        .values_list("pk", "path", "name", "lon", "lat", "doors")
    )
    lines = {path: [*line_above(path), path] for _key, path, *_rest in rows}
    levels = _levels(unit)
    of_grids = Q(path__under=unit.path, ended_on=None)
    of_grids |= Q(path__in={one for line in lines.values() for one in line})
    top = line_above(unit.path)
    near = Unit.objects.filter(Q(of_grids, level__in=levels) | Q(path__in=top)).order_by("path")
    units = list(near if with_borders else near.defer("boundary"))
    grids = {one.path: one.ref for one in units if one.level in levels}
    above = [one for one in units if one.path in top]
    standing = [
        one
        for one in units
        if one.path.startswith(unit.path) and one.ended_on is None and one.level in levels
    ]
    parted = {building for _claim, building, door in listed if door}
    known: dict[UUID, tuple[str, str, tuple[float, float] | None]] = {}
    homes: dict[str, Home] = {}
    buildings: dict[str, UUID] = {}
    for key, path, name, lon, lat, number in rows:
        grid = next((grids[one] for one in lines[path] if one in grids), "")
        at = (lon, lat) if lon is not None and lat is not None else None
        known[key] = (name, grid, at)
        if key not in parted:
            homes[str(key)] = Home(str(key), name, number, grid, at)
            buildings[str(key)] = key
    if parted:
        for key, building, door in Household.objects.filter(
            building__in=[key for key in known if key in parted]
        ).values_list("pk", "building", "door"):
            name, grid, at = known[building]
            homes[str(key)] = Home(str(key), f"{name}/{door}", 1, grid, at)
            buildings[str(key)] = building
    path_of = {key: path for key, path, *_rest in rows}
    paths = {home: path_of[building] for home, building in buildings.items()}
    here = frozenset(home for home, path in paths.items() if path.startswith(unit.path))
    return above, standing, Ground(homes, buildings, paths, here)


def _covers(
    claims: Mapping[str, Claim],
    shapes: Mapping[str, Geometry],
    ground: Ground,
    listed: Sequence[tuple[UUID, UUID, UUID | None]],
) -> dict[str, Claimed]:
    """Say which homes each claim covers: those on its list, else those that lie in its drawing."""
    doors = ground.doors_of()
    named: dict[str, set[str]] = defaultdict(set)
    for claim, building, door in listed:
        keys = [str(door)] if door else doors.get(building, ())
        named[str(claim)] |= {key for key in keys if key in ground.homes}
    drawn = inside({key: one for key, one in shapes.items() if key not in named}, ground.homes)
    found = {}
    for key, one in claims.items():
        homes = frozenset(named[key] if key in named else drawn.get(key, ()))
        outside = {home for home in homes if not ground.paths[home].startswith(one.unit.path)}
        found[key] = Claimed(
            key, str(one.department_id), one.number, one.name, homes, frozenset(outside)
        )
    return found


def inside(shapes: Mapping[str, Geometry], homes: Mapping[str, Home]) -> dict[str, set[str]]:
    """Say which homes lie in which shapes; on a common border the first shape has it, so that none is doubled."""
    placed = [home for home in homes.values() if home.at is not None]
    keys = sorted(shapes)
    found: dict[str, set[str]] = defaultdict(set)
    if not placed or not keys:
        return found
    areas = np.array([shapes[key] for key in keys], object)
    points = shapely.points([home.at for home in placed])
    at, which = shapely.STRtree(areas).query(points, predicate="intersects")
    hits: dict[int, list[int]] = defaultdict(list)
    for point, shape in sorted(zip(at.tolist(), which.tolist(), strict=True)):
        hits[point].append(shape)
    for point, there in hits.items():
        real = [one for one in there if shapely.contains_properly(areas[one], points[point])]
        for shape in real or there[:1]:
            found[keys[shape]].add(placed[point].key)
    return found


def _common_areas(
    claims: Mapping[str, Claim], shapes: Mapping[str, Geometry]
) -> dict[tuple[str, str], int]:
    """Measure what grids of one department have in common on the ground, where it is more than an error of drawing."""
    by_department: dict[UUID, list[str]] = defaultdict(list)
    for key in sorted(shapes):
        if key in claims:
            by_department[claims[key].department_id].append(key)
    found: dict[tuple[str, str], int] = {}
    for keys in by_department.values():
        areas = np.array([shapes[key] for key in keys], object)
        pairs = shapely.STRtree(areas).query(areas, predicate="intersects").T.tolist()
        for one, other in pairs:
            if one < other:
                common = area_m2(shapely.intersection(areas[one], areas[other]))
                least = min(area_m2(areas[one]), area_m2(areas[other]))
                if common >= max(SMALLEST_M2, LEAST_SHARE * least):
                    found[keys[one], keys[other]] = round(common)
    return found


def _listed(workers: Collection[Worker]) -> list[Listed]:
    """Read rosters with the person of the chain whom a telephone belongs to; one statement."""
    phones = {one.phone for one in workers if one.phone}
    rows = Contact.objects.filter(
        kind__in=_TELEPHONES, address__in=phones, person__is_active=True
    ).values_list("address", "person", "person__name")
    owners: dict[str, dict[str, str]] = defaultdict(dict)
    for address, person, name in rows:
        owners[address][str(person)] = name
    listed = []
    for one in workers:
        known = owners.get(one.phone, {})
        # A telephone that several share says nothing alone; with the name it does.
        same = [key for key, name in known.items() if name == one.name]
        person = same[0] if len(same) == 1 else next(iter(known)) if len(known) == 1 else ""
        listed.append(
            Listed(str(one.pk), one.name, one.phone, str(one.claim_id), one.is_backup, person)
        )
    return listed


# --- old numbers ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Led:
    """Where an old number leads: the part of the old grid, and the units that stand there today."""

    department: str
    number: str
    name: str
    share: int  # in ten-thousandths of the old grid
    households: int
    since: date | None  # None for a code of our own
    units: tuple[Unit, ...]  # several where the grid was split since


def find_place(number: str, day: date, *, department: str = "") -> list[Led]:
    """Say where a number leads on a day: a department's old one, or a code that one of our grids has or had."""
    found = find_number(number, day, department=department)
    if department:
        return found
    own = tuple(successors(number, day))
    return [*([Led("", number, "", 10_000, 0, None, own)] if own else ()), *found]


def find_number(number: str, day: date, *, department: str = "", limit: int = 50) -> list[Led]:
    """Say which units stand on a day where a department's grid of a number once was, the largest part first.

    Needs no reach: numbers and names of places are no secret. An empty list
    means that no merger ever knew the number. Two statements, and some for
    each grid that has ended since.
    """
    rows = OldNumber.objects.filter(
        Q(until_on=None) | Q(until_on__gt=day), number=number, from_on__lte=day
    )
    if department:
        rows = rows.filter(department=department)
    rows = rows.select_related("unit").defer("unit__boundary").order_by("department", "-share")
    return [
        Led(
            one.department,
            one.number,
            one.name,
            one.share,
            one.households,
            one.from_on,
            tuple(successors(one.unit, day)) if one.unit.ended_on else (one.unit,),
        )
        for one in rows[:limit]
    ]


def numbers_of(unit: Unit) -> list[OldNumber]:
    """Return the old numbers that lead to a unit today, or into the place; one statement."""
    rows = OldNumber.objects.filter(unit__path__under=unit.path, until_on=None)
    return list(
        rows.select_related("unit")
        .defer("unit__boundary")
        .order_by("department", "number", "-share")
    )


def mergers_of(unit: Unit) -> list[Merger]:
    """Return the mergers of a place, the latest first."""
    return list(Merger.objects.filter(unit=unit).order_by("-on", "-at"))
