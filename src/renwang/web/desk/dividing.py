"""Divide well: propose other grids for a place, look at them beside those there are, change them by hand, carry them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from renwang.base.pure.loading import on_first_use
from renwang.chain import boundaries, selectors
from renwang.chain.dividing import CannotDivide, Proposal, propose, weigh
from renwang.chain.dividing.cells import areas, cover
from renwang.chain.reach import require
from renwang.chain.rules import Refusal
from renwang.chain.selectors.dividing import Divided, read_divided
from renwang.chain.services.regrouping import regroup
from renwang.web.desk import lists
from renwang.web.desk.forms.dividing import CarryOutForm, DivideForm
from renwang.web.desk.unit_pages import crumbs_of
from renwang.web.frame.gates import done, may, sent_form, sentence_of

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


WIDE = 640  # units of the drawing


@require_http_methods(["GET", "POST"])
@may("chain.edit")
def show_division(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a proposal for a place; carry out what somebody has made of it."""
    unit = lists.unit_at(request, ref)
    require(request.viewer, "chain.edit", at=unit.path)
    standing = read_divided(unit)
    asked = DivideForm(len(standing.grids), request.GET or None)
    plan = _plan(standing, asked, request.POST)
    form = CarryOutForm(sent_form(request))
    if plan and request.POST.get("deed") == "adopt" and form.is_valid():
        acting = {**form.cleaned_data, "by": request.viewer, "now": request.now}
        try:
            regroup(unit=unit, moves=plan.moves, **acting)
        except Refusal as refusal:
            form.add_error(None, str(sentence_of(refusal)))
        else:
            return done(request, _("The grids were divided anew."), "desk:unit", unit.ref)
    page = _page(standing, plan) if plan else {}
    above = crumbs_of(selectors.ancestors(unit), unit.name)
    context = {"unit": unit, "asked": asked, "form": form, "crumbs": above, "plan": plan, **page}
    return render(request, "desk/units/divide.html", context, status=422 if form.errors else 200)


def _plan(standing: Divided, asked: DivideForm, sent: Mapping[str, str]) -> Proposal | None:
    """What is on the table: the node's proposal, or what somebody has made of it."""
    if not asked.is_valid() or not standing.grids:
        return None
    weights, barriers = asked.weights(), standing.barriers
    if sent:
        placed = {
            piece.key: wish
            if (wish := sent.get(f"to_{piece.key}")) in standing.grids
            else piece.grid
            for piece in standing.pieces
        }
        return weigh(standing.pieces, placed, weights=weights, barriers=barriers)
    try:
        return propose(
            standing.pieces,
            asked.cleaned_data["grids"],
            weights=weights,
            barriers=barriers,
            afresh=asked.cleaned_data["afresh"],
        )
    except CannotDivide as refusal:
        asked.refuse(refusal)
        return None


@dataclass(frozen=True, slots=True)
class Row:
    """A grid in the table: its work as it would be, and how far that is from the mean."""

    name: str
    work: int
    beside: str  # "+2.4 %"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure as it is and as it would be."""

    label: Any
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class Move:
    """A piece that changes grids, and to which."""

    key: str
    name: str
    before: str
    to: str


def _page(standing: Divided, plan: Proposal) -> dict[str, Any]:
    names = {ref: grid.name for ref, grid in standing.grids.items()}
    mean = plan.total_work / max(1, plan.after.grids)
    moves = [
        Move(piece.key, piece.name, names[piece.grid], plan.moves[piece.key])
        for piece in standing.pieces
        if piece.key in plan.moves
    ]
    return {
        "rows": [
            Row(names.get(ref, ref), plan.work[ref], f"{100 * (plan.work[ref] / mean - 1):+.1f} %")
            for ref in [*(ref for ref in names if ref in plan.work), *plan.new]
        ],
        "moves": moves,
        "grids": list(names.items()),
        "names": names,
        "lost": [piece.name for piece in standing.pieces if piece.at is None],
        "pictures": _pictures(standing, plan, names),
        "figures": _figures(plan),
        "may_adopt": bool(moves) and not plan.new,
    }


def _figures(plan: Proposal) -> list[Figure]:
    now, then = plan.before, plan.after
    return [
        Figure(_("Grids"), str(now.grids), str(then.grids)),
        Figure(
            _("Furthest from the mean"), f"{100 * now.worst:.1f} %", f"{100 * then.worst:.1f} %"
        ),
        Figure(_("Grids that do not hang together"), str(now.broken), str(then.broken)),
        Figure(_("Grids on both sides of water"), str(now.over_water), str(then.over_water)),
        Figure(_("Neighbours that a border parts"), str(now.cut), str(then.cut)),
        Figure(_("Roundness (1 is a circle)"), f"{now.compactness:.2f}", f"{then.compactness:.2f}"),
        Figure(
            _("Work that changes hands"), "–", f"{100 * plan.moved_work / plan.total_work:.1f} %"
        ),
    ]


@dataclass(frozen=True, slots=True)
class Shape:
    """An area in the drawing: an SVG path, where its name stands, and the name."""

    path: str
    x: float
    y: float
    name: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of a division: its grids, and what changes."""

    title: Any
    box: str  # of the view
    grids: list[Shape]
    moved: list[Shape]


def _pictures(standing: Divided, plan: Proposal, names: Mapping[str, str]) -> list[Picture]:
    """Draw the division as it is and as proposed; nothing where nobody knows where things stand."""
    before = {piece.key: piece.grid for piece in standing.pieces}
    spots = {spot: key for key in sorted(standing.spots) for spot in standing.spots[key]}
    if not spots:
        return []
    drawn = [boundaries.geometry_of(grid.boundary) for grid in standing.grids.values()]
    whole = shapely.union_all([one for one in drawn if one]) if any(drawn) else cover(list(spots))
    pieces = areas(spots, whole)
    west, south, east, north = whole.bounds
    wide = (east - west) * 0.86 or 1.0  # a degree of longitude is shorter, by as much at 30° north
    scale = WIDE / wide
    frame = (west, north, scale * 0.86, scale)

    def picture(title: Any, placed: Mapping[str, str]) -> Picture:
        grids: dict[str, list[Any]] = {}
        for key, area in pieces.items():
            grids.setdefault(placed[key], []).append(area)
        return Picture(
            title,
            f"-4 -4 {WIDE + 8} {(north - south) * scale + 8:.0f}",
            [
                _shape(shapely.union_all(own), names.get(ref, ref), frame)
                for ref, own in sorted(grids.items())
            ],
            [_shape(pieces[key], "", frame) for key in plan.moves if key in pieces],
        )

    return [picture(_("As it is"), before), picture(_("As proposed"), plan.placed)]


def _shape(area: Any, name: str, frame: tuple[float, float, float, float]) -> Shape:
    west, north, across, down = frame
    rings = []
    for part in shapely.get_parts(area):
        if part.geom_type != "Polygon":
            continue
        for ring in [part.exterior, *part.interiors]:
            points = [f"{(x - west) * across:.1f},{(north - y) * down:.1f}" for x, y in ring.coords]
            rings.append(f"M{' '.join(points)}Z")
    middle = shapely.point_on_surface(area)
    return Shape("".join(rings), (middle.x - west) * across, (north - middle.y) * down, name)
