"""Who can walk to which facility, and where there is no room: read once for a place, asked for every service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import orjson
from django.db.models import Count, Q, QuerySet, Sum

from renwang.base.pure.loading import on_first_use
from renwang.chain.dividing import Barrier
from renwang.chain.models import Backdrop, Building, Household, Unit
from renwang.chain.reach import Viewer
from renwang.chain.rules import line_above
from renwang.chain.selectors.dividing import BARRIERS
from renwang.registers.facilities.coverage_rules import (
    METRES_PER_DEGREE,
    Ground,
    Reached,
    Site,
    reach,
    sum_up,
)
from renwang.registers.facilities.coverage_rules import Sum as SumOf
from renwang.registers.facilities.kinds import ROOMS, Kind, Terms, known_terms
from renwang.registers.facilities.models import Facility
from renwang.registers.facilities.naming import SHELTERS
from renwang.registers.facilities.rules import USABLE

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


_STREETS = [key for key, barrier in BARRIERS.items() if barrier is not Barrier.WATER]
_WATER = [key for key, barrier in BARRIERS.items() if barrier is Barrier.WATER]


Box = tuple[float, float, float, float]  # west, south, east, north; degrees


@dataclass(frozen=True, slots=True)
class Homes:
    """The buildings of a place that have a position, each with its doors and heads; `lost` have none."""

    keys: list[object]
    paths: list[str]
    spots: list[tuple[float, float]]
    doors: list[int]
    heads: list[int]
    lost: int = 0  # households in buildings whose position nobody knows

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class Standing:
    """A usable facility that people walk to, with the places it has; None where that is not known."""

    ref: str
    name: str
    kind: str
    path: str
    site: Site
    step_free: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A place in the table of coverage."""

    unit: Unit
    sum: SumOf


@dataclass(frozen=True, slots=True)
class Covered:
    """How a place is served by one service; `rows` are the places below it, the worst first."""

    service: str
    homes: Homes
    standing: list[Standing]
    reached: Reached
    total: SumOf
    rows: list[Row] = field(default_factory=list)

    @property
    def has_places(self) -> bool:
        """Whether the service takes people in, so that room can run out."""
        return any(one.site.places is not None for one in self.standing)

    @property
    def unknown(self) -> list[Standing]:
        """Facilities whose room nobody knows; they take nobody in until somebody says."""
        return [one for one in self.standing if one.site.places is None]


class Area:
    """A place as coverage sees it: its homes, the facilities round it, the water in it. Each is read when first asked for."""

    def __init__(self, path: str, terms: Terms | None = None):
        self.path = path
        self.terms = terms or known_terms()
        self._reached: dict[tuple[str, bool], tuple[list[Standing], Reached]] = {}

    @cached_property
    def homes(self) -> Homes:
        """Its buildings; two statements."""
        return read_homes(self.path)

    @cached_property
    def box(self) -> Box | None:
        """The rectangle in which anything can lie that anybody here walks to or over; None where nobody lives."""
        far = max(
            (self.terms.walk_m(kind, tier) or 0)
            for kind in self.terms.kinds.values()
            for tier in (self.terms.tiers if kind.has_tiers else ("",))
        )
        return _box(self.homes.spots, far)

    @cached_property
    def standing(self) -> list[Standing]:
        """Every usable facility that anybody here could walk to, in whichever place it lies; one statement."""
        if self.box is None:
            return []
        rows = _in(self.box).values(*_COLUMNS)
        return [one for one in map(self._stands, rows) if one is not None]

    @cached_property
    def ground(self) -> Ground:
        """The water in it, with the streets that may lead over; one statement."""
        return read_ground(self.path, self.box) if self.box else Ground()

    def _stands(self, row: Mapping[str, object]) -> Standing | None:
        kind = self.terms.kinds.get(str(row["kind"]))
        walk_m = self.terms.walk_m(kind, str(row["tier"])) if kind else None
        if kind is None or walk_m is None:
            return None
        places = self.terms.capacity(kind, given_of(row)).people if kind.needs else None
        site = Site(float(str(row["lon"])), float(str(row["lat"])), walk_m, places)
        fittings = row["fittings"]
        step_free = isinstance(fittings, dict) and fittings.get("step_free") is True
        return Standing(
            str(row["ref"]), str(row["name"]), kind.key, str(row["path"]), site, step_free
        )

    def serving(self, service: str, *, step_free: bool = False) -> list[Standing]:
        """Give the facilities that give a service: those of a kind, or all that take people in."""
        kinds = kinds_of(self.terms, service)
        return [
            one for one in self.standing if one.kind in kinds and (one.step_free or not step_free)
        ]

    def reach(self, service: str, *, step_free: bool = False) -> tuple[list[Standing], Reached]:
        """Find who can walk to a service, and who finds room; worked out once."""
        if (service, step_free) not in self._reached:
            found = self.serving(service, step_free=step_free)
            reached = reach(
                self.homes.spots,
                self.homes.heads,
                [one.site for one in found],
                detour=self.terms.detour,
                ground=self.ground if found else Ground(),
            )
            self._reached[service, step_free] = found, reached
        return self._reached[service, step_free]

    def cover(self, service: str, units: Sequence[Unit] = ()) -> Covered:
        """Say how the place, and each of some places in it, is served."""
        found, reached = self.reach(service)
        homes = self.homes
        whole = sum_up([0] * len(homes), 1, homes.doors, homes.heads, reached)[0]
        sums = self.sums(units, reached)
        rows = [Row(unit, one) for unit, one in zip(units, sums, strict=True)]
        rows.sort(key=lambda row: row.sum.worst_first)
        return Covered(service, homes, found, reached, whole, rows)

    def sums(self, units: Sequence[Unit], reached: Reached) -> list[SumOf]:
        """Add up by places; a home belongs to the first of them that it lies in."""
        at = {unit.path: number for number, unit in enumerate(units)}
        known: dict[str, int] = {}
        labels = []
        for path in self.homes.paths:
            if path not in known:
                line = [*line_above(path), path]
                known[path] = next((at[one] for one in line if one in at), -1)
            labels.append(known[path])
        return sum_up(labels, len(units), self.homes.doors, self.homes.heads, reached)


def kinds_of(terms: Terms, service: str) -> frozenset[str]:
    """Name the kinds that give a service."""
    if service == SHELTERS:
        return frozenset(kind.key for kind in terms.sheltering)
    return frozenset({service})


def given_of(row: Mapping[str, object]) -> dict[str, float]:
    """Give what a facility has, as its capacity is counted from it."""
    amounts = row["amounts"]
    given = (
        {key: float(value) for key, value in amounts.items()} if isinstance(amounts, dict) else {}
    )
    rooms = row["rooms_m2"]
    return given | ({ROOMS: float(rooms)} if isinstance(rooms, float | int) else {})


_COLUMNS = (
    "ref", "name", "kind", "tier", "path", "lon", "lat", "amounts", "rooms_m2", "fittings",
)  # fmt: skip


def _box(spots: Sequence[tuple[float, float]], far_m: float) -> Box | None:
    if not spots:
        return None
    lons, lats = zip(*spots, strict=True)
    # Degrees of longitude are shorter: twice as many of them reach as far up to 60° of latitude.
    up = far_m / METRES_PER_DEGREE
    return min(lons) - 2 * up, min(lats) - up, max(lons) + 2 * up, max(lats) + up


def _in(box: Box) -> QuerySet[Facility]:
    west, south, east, north = box
    usable = sorted(state.value for state in USABLE)
    found = Facility.objects.filter(state__in=usable, lon__range=(west, east))
    return found.filter(lat__range=(south, north)).order_by("pk")


def read_homes(path: str) -> Homes:
    """Read the buildings at and below a place with how many live there; two statements."""
    counted = {
        key: (doors, heads or 0)
        for key, doors, heads in Household.objects.filter(building__path__under=path)
        .values_list("building_id")
        .annotate(Count("pk"), Sum("heads"))
        .order_by()
    }
    homes = Homes([], [], [], [], [])
    lost = 0
    rows = Building.objects.filter(path__under=path).order_by("path", "pk")
    for key, own, lon, lat in rows.values_list("pk", "path", "lon", "lat").iterator():
        doors, heads = counted.get(key, (0, 0))
        if not doors:
            continue
        if lon is None or lat is None:
            lost += doors
            continue
        homes.keys.append(key)
        homes.paths.append(own)
        homes.spots.append((lon, lat))
        homes.doors.append(doors)
        homes.heads.append(heads)
    return Homes(homes.keys, homes.paths, homes.spots, homes.doors, homes.heads, lost)


def read_ground(path: str, box: Box) -> Ground:
    """Read the water of a place and the streets over it; one statement."""
    west, south, east, north = box
    here = Q(path__under=path) | Q(path__in=line_above(path))
    rows = Backdrop.objects.filter(
        here, kind__in=[*_WATER, *_STREETS], east__gte=west, west__lte=east, north__gte=south,
        south__lte=north,
    )  # fmt: skip
    water, streets = [], []
    for kind, geometry in rows.values_list("kind", "geometry"):
        (water if kind in _WATER else streets).append(
            shapely.geometry.shape(orjson.loads(geometry))
        )
    return Ground(water, streets)


def coverage_of(viewer: Viewer, unit: Unit, service: str, units: Sequence[Unit]) -> Covered | None:
    """Say how a place that the viewer may see, and places in it, are served; None where he may not. Four statements."""
    if not viewer.may("facilities.see", unit.path):
        return None
    return Area(unit.path).cover(service, units)


def services_of(terms: Terms) -> list[str]:
    """Name what coverage can be asked of: shelters of any kind, then each kind that people walk to."""
    kinds: list[Kind] = [kind for kind in terms.kinds.values() if kind.serves or kind.has_tiers]
    return [SHELTERS, *(kind.key for kind in kinds)]
