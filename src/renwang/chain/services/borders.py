"""Draw borders of grids by hand, cut a grid by a line: looked at first, with every building in exactly one grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import orjson
from django.db import transaction
from django.db.models import Count, Q

from renwang.base.pure.geometry import Geometry, to_geojson
from renwang.base.pure.loading import on_first_use
from renwang.chain import boundaries, tree
from renwang.chain.dividing import Piece, Weights
from renwang.chain.dividing.borders import (
    Spot,
    Wrong,
    cut,
    find_wrong,
    is_same,
    let_follow,
    place_spots,
    snap,
)
from renwang.chain.models import Backdrop, Building, Household, Post, Unit
from renwang.chain.reach import Viewer, require
from renwang.chain.rules import Refusal, line_above
from renwang.chain.selectors.dividing import Divided, read_divided
from renwang.chain.services.division import Part, split_unit
from renwang.chain.services.regrouping import regroup
from renwang.chain.services.units import set_boundary

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


By = Viewer | str
_WAYS = ("avenue", "street", "lane", "water")


class BordersWrong(Refusal):
    """The borders cannot be drawn so; `wrong` says what and where."""

    def __init__(self, wrong: Sequence[Wrong], **params: object) -> None:
        super().__init__(**params)
        self.wrong = tuple(wrong)


class NotDrawn(Refusal):
    """The grid has no border yet."""


class BordersAsTheyWere(Refusal):
    """The new border is the old one."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a grid holds, before and after."""

    grid: Unit
    households: tuple[int, int]
    work: tuple[int, int]


@dataclass(frozen=True, slots=True)
class BorderPlan:
    """Borders as they would be: which grids change, what moves, what is wrong with it."""

    place: Unit
    divided: Divided
    areas: dict[str, Geometry]  # of the grids whose border changes
    moves: dict[str, str]
    wrong: list[Wrong]
    loads: list[Load]

    @property
    def forbidden(self) -> list[Wrong]:
        """What has to be mended first."""
        return [one for one in self.wrong if one.fault.forbids]


def plan_borders(
    grid: Unit, area: Geometry, *, snap_m: float = 0.0, follows: bool = True
) -> BorderPlan:
    """Say what a new border of a grid would do; nothing is written. The statements do not grow with the place.

    With `snap_m` its points go to neighbours' borders, streets and walls no
    further away; with `follows` the neighbours give and take what is needed.
    """
    place = grid.parent
    if place is None:
        raise NotDrawn(name=grid.name)
    divided = read_divided(place)
    before = _drawn(divided)
    if snap_m > 0 and area.is_valid:
        area = snap(area, _lines(place, divided, grid.ref, before), snap_m)
    after = (
        let_follow(grid.ref, area, before)
        if follows and area.is_valid
        else {**before, grid.ref: area}
    )
    spots = _spots(place, divided)
    said = {
        "names": {ref: one.name for ref, one in divided.grids.items()},
        "whole": boundaries.geometry_of(place.boundary),
        "spots": spots,
        "groups": {key: one.name for key, one in divided.things.items() if isinstance(one, Unit)},
    }
    changed = {
        ref: shape
        for ref, shape in after.items()
        if ref not in before or not is_same(shape, before[ref])
    }
    touched = frozenset({grid.ref, *changed})
    known = {(one.fault, one.names) for one in find_wrong(before, before=before, **said)}
    wrong = [
        one
        for one in find_wrong(after, before=before, only=touched, **said)
        if (one.fault, one.names) not in known
    ]
    moves = (
        _moves(divided, spots, after, touched) if not any(w.fault.forbids for w in wrong) else {}
    )
    return BorderPlan(place, divided, changed, moves, wrong, _loads(divided, moves, touched))


@transaction.atomic
def draw_borders(
    *,
    grid: Unit,
    area: Geometry,
    by: By,
    now: datetime,
    snap_m: float = 0.0,
    follows: bool = True,
    on: date | None = None,
    reason: str = "",
) -> BorderPlan:
    """Draw a grid's border by hand from a day on; buildings go to the grid in which they then stand.

    Refuses with BordersWrong (what and where), BordersAsTheyWere, and as
    `set_boundary` and `regroup` do.
    """
    require(by, "chain.edit", at=grid.path)
    if grid.parent is not None:
        require(by, "chain.edit", at=grid.parent.path)
        tree.locked(grid.parent)
    plan = plan_borders(tree.locked(grid), area, snap_m=snap_m, follows=follows)
    if plan.forbidden:
        raise BordersWrong(plan.forbidden, name=grid.name, count=len(plan.forbidden))
    if not plan.areas:
        raise BordersAsTheyWere(name=grid.name)
    acting: dict[str, Any] = {"by": by, "now": now, "on": on, "reason": reason}
    if plan.moves:
        regroup(unit=plan.place, moves=plan.moves, draws=False, **acting)
    for ref, shape in plan.areas.items():
        boundary = to_geojson(shape)
        set_boundary(unit=plan.divided.grids[ref], boundary=boundary, **acting)
    return plan


@dataclass(frozen=True, slots=True)
class CutPlan:
    """A grid cut in two: the areas, what lies in each, how many households and how much work."""

    grid: Unit
    areas: tuple[Geometry, Geometry]
    takes: tuple[tuple[str, ...], tuple[str, ...]]  # keys of pieces
    things: dict[str, Any]
    households: tuple[int, int]
    work: tuple[int, int]
    wrong: list[Wrong]


def plan_cut(grid: Unit, line: Geometry) -> CutPlan:
    """Say what cutting a grid by a line would do. Refuses with NotDrawn, CutsNothing and CutsTwice."""
    area = boundaries.geometry_of(grid.boundary)
    if area is None or grid.parent is None:
        raise NotDrawn(name=grid.name)
    divided = read_divided(grid.parent)
    sides = dict(zip(("1", "2"), cut(area, line), strict=True))
    own = {piece.key: piece for piece in divided.pieces if piece.grid == grid.ref}
    spots = [spot for spot in _spots(grid.parent, divided) if spot.piece in own]
    groups = {
        key: one.name for key, one in divided.things.items() if key in own and isinstance(one, Unit)
    }
    wrong = [
        one
        for one in find_wrong(sides, {"1": "1", "2": "2"}, spots=spots, groups=groups)
        if one.fault == "group_cut"
    ]
    side = _side_of(spots, sides)
    takes = tuple(
        tuple(key for key in sorted(own) if side.get(key, "1") == number) for number in sides
    )
    usual = Weights()
    return CutPlan(
        grid,
        (sides["1"], sides["2"]),
        (takes[0], takes[1]),
        {key: divided.things[key] for key in own},
        tuple(sum(own[key].doors for key in some) for some in takes),  # type: ignore[arg-type]
        tuple(sum(own[key].work(usual) for key in some) for some in takes),  # type: ignore[arg-type]
        wrong,
    )


@transaction.atomic
def cut_grid(
    *,
    grid: Unit,
    line: Geometry,
    names: tuple[str, str],
    by: By,
    now: datetime,
    codes: tuple[str, str] = ("", ""),
    on: date | None = None,
    reason: str = "",
) -> list[Unit]:
    """Split a grid along a line; the part with more households takes its posts.

    Refuses with BordersWrong where the line goes through a building group, and
    as `plan_cut` and `split_unit` do.
    """
    require(by, "chain.edit", at=grid.parent.path if grid.parent else "/")
    plan = plan_cut(tree.locked(grid), line)
    if plan.wrong:
        raise BordersWrong(plan.wrong, name=grid.name, count=len(plan.wrong))
    posts = tuple(Post.objects.filter(unit=grid, ended_on=None))
    larger = 0 if plan.households[0] >= plan.households[1] else 1
    all_doors = sum(plan.households) or 1
    first = round(grid.households * plan.households[0] / all_doors)
    heads = round(grid.residents * plan.households[0] / all_doors)
    declared = ((first, heads), (grid.households - first, grid.residents - heads))
    parts = [
        Part(
            names[number],
            codes[number],
            units=tuple(plan.things[key] for key in keys if isinstance(plan.things[key], Unit)),
            buildings=tuple(
                plan.things[key] for key in keys if isinstance(plan.things[key], Building)
            ),
            posts=posts if number == larger else (),
            households=declared[number][0],
            residents=declared[number][1],
            boundary=to_geojson(plan.areas[number]),
        )
        for number, keys in enumerate(plan.takes)
    ]
    return split_unit(unit=grid, parts=parts, by=by, now=now, on=on, reason=reason)


def united_boundary(units: Sequence[Unit]) -> dict[str, Any] | None:
    """Give the area that units cover together; None where one of them is not drawn."""
    shapes = [boundaries.geometry_of(unit.boundary) for unit in units]
    if not shapes or not all(shapes):
        return None
    whole = shapely.make_valid(shapely.union_all(shapes))
    parts = [one for one in shapely.get_parts(whole) if one.geom_type == "Polygon"]
    return to_geojson(shapely.union_all(parts)) if parts else None


# --- reading ---------------------------------------------------------------------------


def _drawn(divided: Divided) -> dict[str, Geometry]:
    return {
        ref: shape
        for ref, one in divided.grids.items()
        if (shape := boundaries.geometry_of(one.boundary)) is not None
    }


def _spots(place: Unit, divided: Divided) -> list[Spot]:
    """Read the buildings of a place with the piece that each belongs to; two statements."""
    groups = {one.path: key for key, one in divided.things.items() if isinstance(one, Unit)}
    doors = dict(
        Household.objects.filter(building__path__under=place.path)
        .values_list("building")
        .annotate(Count("pk"))
        .order_by()
    )
    spots = []
    rows = Building.objects.filter(path__under=place.path, lon__isnull=False, lat__isnull=False)
    for key, path, name, lon, lat in rows.values_list("pk", "path", "name", "lon", "lat"):
        line = [*line_above(path), path]
        piece = next((groups[one] for one in line if one in groups), str(key))
        spots.append(Spot(str(key), name, piece, (lon, lat), doors.get(key, 0)))
    return spots


def _lines(
    place: Unit, divided: Divided, ref: str, before: Mapping[str, Geometry]
) -> list[list[Geometry]]:
    """Read what a border may be drawn along, the most wanted first; two statements."""
    neighbours = [shape for key, shape in before.items() if key != ref]
    whole = boundaries.geometry_of(place.boundary)
    if whole is not None:
        neighbours.append(whole)
    here = Q(path__under=place.path) | Q(path__in=line_above(place.path))
    ways = Backdrop.objects.filter(here, kind__in=_WAYS)
    if place.west is not None:
        ways = ways.filter(
            east__gte=place.west,
            west__lte=place.east,
            north__gte=place.south,
            south__lte=place.north,
        )
    walls = Building.objects.filter(path__under=place.path).exclude(footprint="")
    return [
        neighbours,
        _read(ways.values_list("geometry", flat=True)),
        _read(walls.values_list("footprint", flat=True)),
    ]


def _read(texts: Any) -> list[Geometry]:
    return [shapely.geometry.shape(orjson.loads(text)) for text in texts]


def _side_of(spots: Sequence[Spot], areas: Mapping[str, Geometry]) -> dict[str, str]:
    """Say in which area each piece lies: that with most of its households, of equals the first."""
    placed = place_spots(areas, spots)
    weights: dict[str, Counter[str]] = {}
    for spot in spots:
        for area in placed[spot.key]:
            weights.setdefault(spot.piece, Counter())[area] += 1 + spot.households
    return {
        piece: min(found, key=lambda one: (-found[one], one)) for piece, found in weights.items()
    }


def _moves(
    divided: Divided, spots: Sequence[Spot], areas: Mapping[str, Geometry], touched: frozenset[str]
) -> dict[str, str]:
    """Say which pieces go to another grid: those of the touched grids that now stand in another touched one."""
    side = _side_of(spots, areas)
    return {
        piece.key: side[piece.key]
        for piece in divided.pieces
        if piece.key in side
        and side[piece.key] != piece.grid
        and piece.grid in touched
        and side[piece.key] in touched
    }


def _loads(divided: Divided, moves: Mapping[str, str], touched: frozenset[str]) -> list[Load]:
    usual = Weights()

    def sums(ref: str, of: Any) -> tuple[int, int]:
        return (
            sum(of(piece) for piece in divided.pieces if piece.grid == ref),
            sum(of(piece) for piece in divided.pieces if moves.get(piece.key, piece.grid) == ref),
        )

    def work(piece: Piece) -> int:
        return piece.work(usual)

    return [
        Load(grid, sums(ref, lambda piece: piece.doors), sums(ref, work))
        for ref, grid in divided.grids.items()
        if ref in touched
    ]
