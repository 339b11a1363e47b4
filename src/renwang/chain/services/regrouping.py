"""Carry out another division of a place: what lies in its grids goes to the grids that a person has decided on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.loading import on_first_use
from renwang.chain import boundaries, tree
from renwang.chain.dividing.cells import areas
from renwang.chain.models import Building, Unit
from renwang.chain.reach import Viewer, require
from renwang.chain.rules import Refusal
from renwang.chain.selectors.dividing import Divided, read_divided
from renwang.chain.services.division import move_unit
from renwang.chain.services.homes import change_building
from renwang.chain.services.units import set_boundary

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


By = Viewer | str


class PieceGone(Refusal):
    """Something that was to go to another grid lies there no longer, or the grid is none of this place."""


class NothingMoves(Refusal):
    """Every piece stays in its grid."""


@transaction.atomic
def regroup(
    *,
    unit: Unit,
    moves: Mapping[str, str],
    by: By,
    now: datetime,
    on: date | None = None,
    reason: str = "",
    draws: bool = True,
) -> Unit:
    """Move units and buildings between the grids of a place from a day on, and draw the grids anew.

    `moves` names the grid (its reference) of each piece (see `read_divided`) that
    changes. Each is a dated move like any other, so an old number still finds the
    new place. Where the grids that gained or lost something are all drawn, their
    borders follow, unless somebody draws them himself (`draws` False). Refuses with
    NothingMoves, PieceGone, and as `move_unit` does.
    """
    require(by, "chain.edit", at=unit.path)
    unit = tree.locked(unit)
    standing = read_divided(unit)
    before = {piece.key: piece.grid for piece in standing.pieces}
    wanted = {key: grid for key, grid in moves.items() if before.get(key) != grid}
    if not wanted:
        raise NothingMoves(name=unit.name)
    for key, grid in wanted.items():
        if key not in before or grid not in standing.grids:
            raise PieceGone(name=key if key not in before else grid)
    for key, grid in sorted(wanted.items()):
        _hand_over(standing.things[key], standing.grids[grid], by, now, on, reason)
    touched = {*wanted.values(), *(before[key] for key in wanted)}
    if draws:
        _draw(standing, {**before, **wanted}, touched, by, now, on, reason)
    journal.record(
        "chain.regrouped",
        unit,
        by=by,
        at=now,
        on=on or tree.today(now),
        name=unit.name,
        pieces=len(wanted),
        moves=[
            {"name": standing.things[key].name, "from": before[key], "to": grid}
            for key, grid in sorted(wanted.items())
        ],
        reason=reason,
    )
    return unit


def _hand_over(thing: Any, grid: Unit, by: By, now: datetime, on: date | None, reason: str) -> None:
    if isinstance(thing, Building):
        change_building(building=thing, unit=grid, by=by, now=now)
    else:
        move_unit(unit=thing, parent=grid, by=by, now=now, on=on, reason=reason)


def _draw(
    standing: Divided,
    placed: Mapping[str, str],
    touched: set[str],
    by: By,
    now: datetime,
    on: date | None,
    reason: str,
) -> None:
    """Share what the touched grids covered out among them anew: to each what lies nearest to its buildings (Voronoi).

    Grids that nothing came to or went from keep their border to the metre.
    """
    drawn = {ref: boundaries.geometry_of(standing.grids[ref].boundary) for ref in sorted(touched)}
    owners = {
        spot: placed[key]
        for key in sorted(standing.spots)
        if placed[key] in touched
        for spot in standing.spots[key]
    }
    if not owners or not all(drawn.values()):
        return
    for ref, area in areas(owners, shapely.union_all(list(drawn.values()))).items():
        boundary = shapely.geometry.mapping(area)
        set_boundary(
            unit=standing.grids[ref], boundary=boundary, by=by, now=now, on=on, reason=reason
        )
