"""Read a place as dividing it anew sees it: its grids, what lies in them, and what lies between."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from django.db.models import Count, Q, Sum

from renwang.base.pure.geometry import Geometry
from renwang.base.pure.loading import on_first_use
from renwang.chain import tree
from renwang.chain.dividing import Barrier, Piece
from renwang.chain.models import Backdrop, Building, Household, Unit
from renwang.chain.rules import line_above

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


BARRIERS = {
    "water": Barrier.WATER,
    "avenue": Barrier.ROAD,
    "street": Barrier.STREET,
    "lane": Barrier.LANE,
}


@dataclass(frozen=True, slots=True)
class Divided:
    """A place with its grids. `spots` are the positions of each piece's buildings."""

    unit: Unit
    grids: dict[str, Unit]  # by reference, as they stand in the place
    pieces: list[Piece]
    things: dict[str, Any]  # what a piece is: a Unit or a Building
    barriers: list[tuple[Geometry, Barrier]]
    spots: dict[str, list[tuple[float, float]]] = field(default_factory=dict)


def read_divided(unit: Unit) -> Divided:
    """Read what a place is divided into; seven statements however much lies in it.

    Its grids are the units right below it. What goes to a grid as a whole is a
    unit below a grid, or a building right in it.
    """
    grids = {one.path: one for one in tree.current().filter(parent=unit).order_by("path")}
    groups = {
        one.path: one for one in tree.current().filter(parent__in=grids.values()).order_by("path")
    }
    doors = {
        key: (count, heads or 0)
        for key, count, heads in Household.objects.filter(building__path__under=unit.path)
        .values_list("building")
        .annotate(Count("pk"), Sum("heads"))
        .order_by()
    }
    things: dict[str, Any] = {}
    places: dict[str, str] = {}
    sums: dict[str, list[int]] = {}
    spots: dict[str, list[tuple[float, float]]] = {}
    for path, group in groups.items():
        things[group.ref], places[group.ref] = group, path
        sums[group.ref] = [0, 0, 0]
    for building in Building.objects.filter(path__under=unit.path).defer("footprint"):
        line = [*line_above(building.path), building.path]
        group = next((groups[path] for path in line if path in groups), None)
        if group is None and building.path not in grids:
            continue  # right in the place itself, in no grid
        key = group.ref if group else str(building.pk)
        if group is None:
            things[key], places[key] = building, building.path
        count, heads = doors.get(building.pk, (0, 0))
        total = sums.setdefault(key, [0, 0, 0])
        total[0], total[1] = total[0] + count, total[1] + heads
        total[2] += building.storeys * building.entrances
        if building.lon is not None and building.lat is not None:
            spots.setdefault(key, []).append((building.lon, building.lat))
    pieces = []
    for key, thing in things.items():
        above = next(
            grids[path] for path in [*line_above(places[key]), places[key]] if path in grids
        )
        pieces.append(Piece(key, thing.name, above.ref, _middle(spots.get(key, [])), *sums[key]))
    by_ref = {one.ref: one for one in grids.values()}
    return Divided(unit, by_ref, pieces, things, _barriers(unit), spots)


def _middle(spots: list[tuple[float, float]]) -> tuple[float, float] | None:
    if not spots:
        return None
    lons, lats = zip(*spots, strict=True)
    return sum(lons) / len(lons), sum(lats) / len(lats)


def _barriers(unit: Unit) -> list[tuple[Geometry, Barrier]]:
    here = Q(path__under=unit.path) | Q(path__in=line_above(unit.path))
    rows = Backdrop.objects.filter(here, kind__in=BARRIERS)
    if unit.west is not None:
        rows = rows.filter(
            east__gte=unit.west, west__lte=unit.east, north__gte=unit.south, south__lte=unit.north
        )
    return [
        (shapely.geometry.shape(orjson.loads(geometry)), BARRIERS[kind])
        for kind, geometry in rows.values_list("kind", "geometry")
    ]
