"""Borders of grids: draw one, cut a grid by a line, see before and after; every building in exactly one grid; codes (C2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from renwang.base.pure.geometry import Geometry
from renwang.base.tables import Column as FileColumn
from renwang.base.tables import Kind
from renwang.chain import boundaries, selectors
from renwang.chain.dividing.borders import Wrong
from renwang.chain.models import Unit
from renwang.chain.reach import require
from renwang.chain.rules import Refusal
from renwang.chain.selectors.lying import Astray, Checked, Stray, check_lying
from renwang.chain.services.borders import (
    BorderPlan,
    CutPlan,
    cut_grid,
    draw_borders,
    plan_borders,
    plan_cut,
)
from renwang.chain.services.coding import CodePlan, assign_codes, next_code, plan_codes
from renwang.chain.words import ASTRAY, say_border
from renwang.web.desk import lists, maps
from renwang.web.desk.forms.borders import BorderForm, CodesForm, CutForm, written
from renwang.web.desk.unit_pages import crumbs_of
from renwang.web.frame import tables
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import done, may, sent_form, sentence_of

SHOWN = 300
_COLUMNS = [
    tables.Column(gettext_lazy("Building")),
    tables.Column(gettext_lazy("What is wrong")),
    tables.Column(gettext_lazy("Written under")),
    tables.Column(gettext_lazy("Stands in")),
    tables.Column(gettext_lazy("What can be done")),
]
_EXPORTED = (
    FileColumn("name", ("楼栋", "Building")),
    FileColumn("what", ("问题", "What is wrong")),
    FileColumn("grid", ("登记网格", "Written under")),
    FileColumn("stands", ("所在网格", "Stands in")),
    FileColumn("lon", ("经度", "Longitude"), Kind.DECIMAL),
    FileColumn("lat", ("纬度", "Latitude"), Kind.DECIMAL),
)


@takes(1 << 20)
@require_http_methods(["GET", "POST"])
@may("chain.edit")
def draw_border(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a grid's border to be redrawn; sent, show what it would do; confirmed, draw it."""
    grid = _grid(request, ref)
    shape = boundaries.geometry_of(grid.boundary)
    form = BorderForm(sent_form(request), initial={"points": written(shape) if shape else ""})
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            if "sure" in request.POST:
                draw_borders(
                    grid=grid, by=request.viewer, now=request.now, **form.drawing(dated=True)
                )
                return done(request, _("The border was drawn."), "desk:unit", grid.ref)
            plan = plan_borders(grid, **form.drawing())
            context = _looked(grid, plan)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
            context["wrong"] = [_wrong(one) for one in getattr(refusal, "wrong", ())]
    context |= _about(grid, form, _("Draw the border"), _editor(grid, shape, "ring"))
    return render(request, "desk/units/border.html", context, status=422 if form.errors else 200)


def _looked(grid: Unit, plan: BorderPlan) -> dict[str, Any]:
    """Say what a new border would do; `snapped` are its points as they would be drawn."""
    area = plan.areas.get(grid.ref) or boundaries.geometry_of(grid.boundary)
    return {
        "plan": plan,
        "wrong": [_wrong(one) for one in plan.wrong],
        "moved": [(plan.divided.things[key].name, to) for key, to in plan.moves.items()],
        "snapped": written(area) if area else "",
    }


@takes(1 << 20)
@require_http_methods(["GET", "POST"])
@may("chain.edit")
def cut(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a grid to be cut along a line; sent, show both parts; confirmed, split it."""
    grid = _grid(request, ref)
    names = {f"name_{number}": f"{grid.name}-{number}" for number in (1, 2)}
    form = CutForm(sent_form(request), initial=names)
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        acting = {"by": request.viewer, "now": request.now}
        try:
            if "sure" in request.POST:
                made = cut_grid(grid=grid, codes=_next_codes(grid), **acting, **form.cutting())
                return done(request, _("The grid was split."), "desk:unit", made[0].ref)
            context = _parted(form, plan_cut(grid, form.drawn()))
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    context |= _about(grid, form, _("Cut along a line"), _editor(grid, None, "line"))
    return render(request, "desk/units/cut.html", context, status=422 if form.errors else 200)


def _parted(form: CutForm, plan: CutPlan) -> dict[str, Any]:
    """Say what each part of a grid would hold."""
    names = (form.cleaned_data["name_1"], form.cleaned_data["name_2"])
    return {
        "cut": plan,
        "wrong": [_wrong(one) for one in plan.wrong],
        "parts": [
            (name, len(plan.takes[at]), plan.households[at], plan.work[at])
            for at, name in enumerate(names)
        ],
    }


def _next_codes(grid: Unit) -> tuple[str, str]:
    """The next codes of the scheme for both parts; the old one still leads to them."""
    first = next_code(grid.parent, grid.level) if grid.parent else ""
    if not first or not first.isdigit():
        return "", ""
    return first, f"{int(first) + 1:0{len(first)}}"


def _grid(request: HttpRequest, ref: str) -> Unit:
    grid = lists.unit_at(request, ref)
    require(request.viewer, "chain.edit", at=grid.path)
    if grid.parent is not None:
        require(request.viewer, "chain.edit", at=grid.parent.path)
    return grid


def _about(grid: Unit, form: Any, title: str, editor: dict[str, Any] | None) -> dict[str, Any]:
    line = [*crumbs_of(selectors.ancestors(grid), grid.name)[:-1]]
    here = (grid.name, reverse("desk:unit", args=[grid.ref]))
    return {
        "unit": grid,
        "form": form,
        "title": title,
        "map": editor,
        "crumbs": [*line, here, (title, "")],
    }


def _wrong(one: Wrong) -> dict[str, Any]:
    what, remedy = say_border(one.fault, one.names)
    return {"what": what, "remedy": remedy, "at": one.at, "forbids": one.fault.forbids}


def _editor(grid: Unit, shape: Geometry | None, draws: str) -> dict[str, Any] | None:
    """Compose the map on which a border or a line is drawn: the grids round it, and what is edited."""
    place = grid.parent
    if place is None or (shape is None and not grid.boundary and place.west is None):
        return None
    states = [
        {"key": "here", "word": grid.name, "tone": "info", "pattern": "none"},
        {"key": "beside", "word": _("Neighbours"), "tone": "idle", "pattern": "none"},
        {"key": "home", "word": _("Buildings"), "tone": "idle", "pattern": "solid"},
    ]
    address = reverse("desk:unit_borders_map", args=[grid.ref])
    props = maps.island_of(address, states, top=place.path) | {"edits": draws}
    box = grid if grid.west is not None else place
    if box.west is not None:
        props["bounds"] = [box.west, box.south, box.east, box.north]
    return props


@require_GET
@may("chain.see")
def show_beside(request: HttpRequest, ref: str) -> HttpResponse:
    """Give a grid, its neighbours and the buildings of their place as GeoJSON."""
    grid = lists.unit_at(request, ref)
    place = grid.parent or grid
    features = [
        _feature(str(one.pk), one.name, "here" if one.pk == grid.pk else "beside", orjson.Fragment(one.boundary.encode()))
        for one in selectors.visible_to(request.viewer).filter(parent=place, ended_on=None)
        if one.boundary
    ]  # fmt: skip
    rows = selectors.buildings_visible_to(request.viewer).filter(path__under=place.path)
    for key, name, lon, lat in rows.exclude(lon=None).values_list("pk", "name", "lon", "lat"):
        point = {"type": "Point", "coordinates": [lon, lat]}
        features.append(_feature(str(key), name, "home", point))
    return maps.as_features(features)


def _feature(key: str, name: str, state: str, geometry: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {"id": key, "name": name, "state": state, "note": ""},
    }


# --- every building in exactly one grid ---------------------------------------------------


@require_GET
@may("homes.see")
def show_lying(request: HttpRequest, ref: str) -> HttpResponse:
    """Show which buildings of a place do not lie in exactly one grid, as list and map, or as a file."""
    unit = lists.unit_at(request, ref)
    require(request.viewer, "homes.see", at=unit.path)
    checked = check_lying(unit)
    kind = request.GET.get("kind", "")
    wanted = [one for one in checked.strays if not kind or one.astray == kind]
    if lists.is_export(request):
        rows: Iterator[Mapping[str, Any]] = (_row_of(one) for one in wanted)
        return lists.as_file(request, "buildings-astray", _EXPORTED, rows)
    context = {
        "unit": unit,
        "checked": checked,
        "rows": [(one, *ASTRAY[one.astray]) for one in wanted[:SHOWN]],
        "more": max(0, len(wanted) - SHOWN),
        "crumbs": crumbs_of(selectors.ancestors(unit), unit.name),
        "table": _frame(request, checked),
        "map": _strays_map(unit, checked),
        "may_edit": request.viewer.may("chain.edit", unit.path),
        "may_place": request.viewer.may("homes.edit", unit.path),
    }
    return render(request, "desk/units/lying.html", context)


def _frame(request: HttpRequest, checked: Checked) -> tables.Table:
    """Frame the list of what is astray, with a chip for each kind that there is."""
    counts = {one.value: 0 for one in Astray}
    for stray in checked.strays:
        counts[stray.astray.value] += 1
    options = [(one.value, ASTRAY[one][0]) for one in Astray if counts[one.value]]
    chips = tables.chips_of(request, "kind", options, counts)
    return tables.table_of(request, _COLUMNS, sort="", chips=chips, exports=lists.EXPORTS)


def _row_of(one: Stray) -> dict[str, Any]:
    return {
        "name": one.name,
        "what": str(ASTRAY[one.astray][0]),
        "grid": one.grid.name if one.grid else "",
        "stands": "、".join(unit.name for unit in one.stands),
        "lon": one.at[0] if one.at else None,
        "lat": one.at[1] if one.at else None,
    }


def _strays_map(unit: Unit, checked: Checked) -> dict[str, Any] | None:
    drawn = [one for one in checked.grids if one.boundary]
    if not drawn:
        return None
    tones = {"bad": "cross", "attention": "stripes", "info": "dots"}
    states = [{"key": "grid", "word": _("Grids"), "tone": "idle", "pattern": "none"}]
    for key in Astray:
        if any(one.astray is key and one.at for one in checked.strays):
            word, tone, _remedy = ASTRAY[key]
            states.append(
                {"key": key.value, "word": str(word), "tone": tone, "pattern": tones[tone]}
            )
    address = reverse("desk:unit_lying_map", args=[unit.ref])
    return maps.island_of(address, states, top=unit.path)


@require_GET
@may("homes.see")
def show_lying_map(request: HttpRequest, ref: str) -> HttpResponse:
    """Give the grids of a place, and the buildings that are astray, as GeoJSON."""
    unit = lists.unit_at(request, ref)
    require(request.viewer, "homes.see", at=unit.path)
    checked = check_lying(unit)
    features = [
        _feature(str(one.pk), one.name, "grid", orjson.Fragment(one.boundary.encode()))
        for one in checked.grids
        if one.boundary
    ]
    for stray in checked.strays:
        if stray.at:
            point = {"type": "Point", "coordinates": list(stray.at)}
            features.append(_feature(str(stray.key), stray.name, stray.astray.value, point))
    return maps.as_features(features)


# --- codes ---------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may("chain.edit")
def give_codes(request: HttpRequest, ref: str) -> HttpResponse:
    """Show which codes the grids of a place would get by a scheme; confirmed, give them."""
    unit = lists.unit_at(request, ref)
    require(request.viewer, "chain.edit", at=unit.path)
    form = CodesForm(_asked(request))
    context: dict[str, Any] = {
        "unit": unit,
        "form": form,
        "crumbs": crumbs_of(selectors.ancestors(unit), unit.name),
    }
    if form.is_valid():
        key, afresh, dated = form.asked()
        try:
            if request.method == "POST":
                acting = {"by": request.viewer, "now": request.now}
                assign_codes(unit=unit, key=key, afresh=afresh, **acting, **dated)
                return done(request, _("The codes were given."), "desk:unit", unit.ref)
            context |= _coded(plan_codes(unit, key=key, afresh=afresh))
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    answer = 422 if form.errors and request.method == "POST" else 200
    return render(request, "desk/units/codes.html", context, status=answer)


def _coded(plan: CodePlan) -> dict[str, Any]:
    """Say which codes the grids have, and would get."""
    return {
        "plan": plan,
        "rows": [(one, plan.given.get(one.ref, "")) for one in plan.grids],
        "source": plan.scheme.source(get_language() or "en"),
    }


def _asked(request: HttpRequest) -> Any:
    """What the form is filled with: what was sent, what the address asks, else the node's own scheme."""
    if request.method == "POST":
        return request.POST
    return request.GET if "scheme" in request.GET else {"scheme": settings.RENWANG_GRID_CODES}
