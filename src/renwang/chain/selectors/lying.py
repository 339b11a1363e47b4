"""Whether every building of a place lies in exactly one grid: by what is written, and by where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from renwang.base.pure.geometry import Geometry
from renwang.chain import boundaries, tree
from renwang.chain.dividing.borders import Spot, place_spots
from renwang.chain.models import Building, Unit
from renwang.chain.rules import line_above
from renwang.chain.structures import structure


class Astray(StrEnum):
    """What can be wrong with where a building lies; in the order in which it is shown."""

    NO_GRID = "no_grid"  # it is written under a place above the grids
    ELSEWHERE = "elsewhere"  # it stands in another grid than it is written under
    BETWEEN = "between"  # it stands in no grid's border
    TWICE = "twice"  # it stands in two grids' borders
    NO_POSITION = "no_position"  # nobody knows where it stands
    NOT_DRAWN = "not_drawn"  # its grid has no border


@dataclass(frozen=True, slots=True)
class Stray:
    """A building that does not lie in exactly one grid; `grid` is where it is written, `stands` in whose borders."""

    key: UUID
    name: str
    astray: Astray
    grid: Unit | None
    stands: tuple[Unit, ...] = ()
    at: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A place looked through: how many buildings there are, and which are astray."""

    unit: Unit
    grids: list[Unit]
    buildings: int
    strays: list[Stray]


def check_lying(unit: Unit) -> Checked:
    """Look through a place; two statements however much lies in it."""
    levels = [level.key for level in structure(unit.structure).levels if level.is_grid]
    grids = list(tree.current().filter(path__under=unit.path, level__in=levels).order_by("path"))
    by_path = {one.path: one for one in grids}
    by_ref = {one.ref: one for one in grids}
    areas: dict[str, Geometry] = {
        one.ref: shape
        for one in grids
        if (shape := boundaries.geometry_of(one.boundary)) is not None
    }
    rows = list(
        Building.objects.filter(path__under=unit.path)
        .order_by("path", "name", "pk")
        .values_list("pk", "path", "name", "lon", "lat")
    )
    spots = [
        Spot(str(key), name, "", (lon, lat))
        for key, _path, name, lon, lat in rows
        if lon is not None and lat is not None
    ]
    placed = place_spots(areas, spots)
    strays = []
    for key, path, name, lon, lat in rows:
        line = [*line_above(path), path]
        grid = next((by_path[one] for one in line if one in by_path), None)
        there = placed.get(str(key))
        found = _astray(grid, there, set(areas))
        if found is not None:
            at = (lon, lat) if there is not None else None
            stands = tuple(by_ref[ref] for ref in there or ())
            strays.append(Stray(key, name, found, grid, stands, at))
    order = list(Astray)
    strays.sort(key=lambda one: (order.index(one.astray), one.name))
    return Checked(unit, grids, len(rows), strays)


def _astray(grid: Unit | None, there: Sequence[str] | None, drawn: set[str]) -> Astray | None:
    if grid is None:
        return Astray.NO_GRID
    if there is None:
        return Astray.NO_POSITION if drawn else None
    if len(there) > 1:
        return Astray.TWICE
    if there and there[0] != grid.ref:
        return Astray.ELSEWHERE
    if not there and drawn:
        return Astray.BETWEEN if grid.ref in drawn else Astray.NOT_DRAWN
    return None
