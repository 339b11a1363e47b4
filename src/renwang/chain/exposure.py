"""Who and what is exposed in an area: sums from the chain, set-wise, and nothing about anybody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet, Sum

from renwang.base.pure.geometry import Geometry
from renwang.base.pure.loading import on_first_use
from renwang.chain.models import Building, Household, Organisation, Tally, Unit
from renwang.chain.reach import Viewer

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


@dataclass(frozen=True, slots=True)
class Exposed:
    """Sums over an area. For whole units, head-counts are those declared where no doors are kept."""

    units: int = 0
    households: int = 0
    residents: int = 0
    buildings: int = 0
    organisations: dict[str, int] = field(default_factory=dict)  # by kind
    places: tuple[str, ...] = ()  # the topmost units by name; empty for an area that was drawn

    def as_kept(self) -> dict[str, Any]:
        """Give the form in which it stays with an assessment, as it was counted then."""
        return {**asdict(self), "places": list(self.places)}


def exposed_in_units(viewer: Viewer, units: Iterable[Unit]) -> Exposed:
    """Count who and what is in some units and all below them; two statements, however large they are.

    What the viewer may not see (`chain.see`) is left out.
    """
    tops: dict[str, Unit] = {}
    for unit in sorted(units, key=lambda one: one.path):
        if viewer.may("chain.see", unit.path) and not any(unit.path.startswith(p) for p in tops):
            tops[unit.path] = unit
    if not tops:
        return Exposed()
    sums = Tally.objects.filter(unit__in=list(tops.values())).aggregate(
        *(Sum(name) for name in ("units", "households", "residents", "buildings"))
    )
    here = Q(pk__in=[])
    for path in tops:
        here |= Q(path__under=path)
    return Exposed(
        sums["units__sum"] or 0,
        sums["households__sum"] or 0,
        sums["residents__sum"] or 0,
        sums["buildings__sum"] or 0,
        _by_kind(Organisation.objects.filter(here, ended_on=None)),
        tuple(unit.name for unit in tops.values()),
    )


def exposed_in_area(viewer: Viewer, area: Geometry) -> Exposed:
    """Count the buildings and organisations whose point lies in an area, and the doors behind; four statements.

    Buildings without a point are not counted: where few have one, count the units.
    """
    buildings = _inside(Building.objects.filter(viewer.scope("chain.see")), area)
    doors = Household.objects.filter(building__in=buildings).aggregate(
        Count("pk"), Sum("heads"), units=Count("unit", distinct=True)
    )
    standing = Organisation.objects.filter(viewer.scope("chain.see"), ended_on=None)
    seats = _inside(standing, area)
    return Exposed(
        doors["units"],
        doors["pk__count"],
        doors["heads__sum"] or 0,
        len(buildings),
        _by_kind(Organisation.objects.filter(pk__in=seats)),
    )


def _inside(rows: QuerySet[Any], area: Geometry) -> list[Any]:
    west, south, east, north = area.bounds
    near = rows.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    points = list(near.values_list("pk", "lon", "lat"))
    if not points:
        return []
    shapely.prepare(area)
    inside = shapely.contains_xy(area, [one[1] for one in points], [one[2] for one in points])
    return [one[0] for one, is_in in zip(points, inside, strict=True) if is_in]


def _by_kind(rows: QuerySet[Organisation]) -> dict[str, int]:
    return dict(rows.order_by().values_list("kind").annotate(Count("pk")))
