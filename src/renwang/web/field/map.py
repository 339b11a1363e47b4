"""The map of my place, kept on the phone: its grids and buildings, and where something waits for me. No names of anybody."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from renwang.cases.selectors import taken_by
from renwang.chain.selectors.drawing import drawn_units
from renwang.outreach import carrying
from renwang.registers.care import finding as care
from renwang.registers.risks.selectors import measures_of, to_recheck
from renwang.response.fieldwork.drawing import Drawn, drawn_buildings
from renwang.web.frame.gates import may

MOST_UNITS, MOST_BUILDINGS = 60, 600

SIGNS: Mapping[str, tuple[Any, str]] = {
    "calls": (_("Warnings to carry on"), "field:home"),
    "doors": (_("Doors due"), "field:doors"),
    "cases": (_("Cases"), "field:cases"),
    "risks": (_("Risks"), "field:risks"),
}
"""What waits on the map, and the page that says more."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Something that waits somewhere: of which kind, at which unit or building."""

    kind: str
    path: str
    building: Any = None


@require_safe
@may("chain.see")
def show_map(request: HttpRequest) -> HttpResponse:
    """Show my place; the table beside the map says the same, and is there without script."""
    places = _places(request)
    rows = [one for one in places if any(one["waits"].values())]
    rest = [one for one in places if not any(one["waits"].values())]
    context = {
        "signs": [(key, word) for key, (word, _page) in SIGNS.items()],
        "rows": [_row(one) for one in [*rows, *rest]],
        "map": _island(),
        "is_drawn": any(one["geometry"] for one in places),
    }
    return render(request, "field/map.html", context)


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    counts = [
        (number, word, reverse(page))
        for key, (word, page) in SIGNS.items()
        if (number := one["waits"][key])
    ]
    return {"name": one["name"], "kind": one["kind"], "counts": counts}


def _island() -> dict[str, Any]:
    return {
        "units": {"url": reverse("field:map_data")},
        "states": [
            {"key": "waits", "word": str(_("Something waits here")), "tone": "attention", "pattern": "stripes"},
            {"key": "quiet", "word": str(_("Nothing waits here")), "tone": "idle", "pattern": "none"},
        ],
    }  # fmt: skip


@require_safe
@may("chain.see")
def give_data(request: HttpRequest) -> HttpResponse:
    """Give the same as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "geometry": orjson.Fragment(one["geometry"].encode()),
            "properties": {
                "id": one["id"],
                "name": one["name"],
                "kind": one["kind"],
                "state": "waits" if any(one["waits"].values()) else "quiet",
                "note": " · ".join(f"{word} {n}" for n, word, _page in _row(one)["counts"]),
                "waits": one["waits"],
            },
        }
        for one in _places(request)
        if one["geometry"]
    ]
    content = {"type": "FeatureCollection", "features": features}
    answer = HttpResponse(orjson.dumps(content), content_type="application/geo+json")
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _places(request: HttpRequest) -> list[dict[str, Any]]:
    """Gather grids and buildings of the viewer's place, each with how much waits there."""
    viewer = request.viewer
    spots = list(_spots(request))
    units = drawn_units(viewer.top, most=MOST_UNITS) if viewer.top else []
    houses = drawn_buildings(viewer, most=MOST_BUILDINGS)
    at_house = Counter((one.kind, one.building) for one in spots if one.building is not None)
    drawn = [Drawn(one.id, one.path, one.name, one.boundary) for one in units]
    return [
        *(_place("grid", one, _counts_in(one.path, spots)) for one in drawn),
        *(
            _place("building", one, {kind: at_house[kind, one.id] for kind in SIGNS})
            for one in houses
        ),
    ]


def _counts_in(path: str, spots: Iterable[Spot]) -> dict[str, int]:
    counts = Counter(one.kind for one in spots if one.path.startswith(path))
    return {kind: counts[kind] for kind in SIGNS}


def _place(kind: str, one: Drawn, waits: dict[str, int]) -> dict[str, Any]:
    return {
        "id": str(one.id), "kind": kind, "name": one.name, "geometry": one.geometry, "waits": waits,
    }  # fmt: skip


def _spots(request: HttpRequest) -> Iterable[Spot]:
    viewer = request.viewer
    for call in carrying.asked_of(viewer):
        yield Spot("calls", call.path)
    for door in care.doors_of(viewer, request.now):
        if door.is_due or door.in_round:
            home = door.entry.household
            yield Spot("doors", door.entry.path, home.building_id if home else None)
    if viewer.may("cases.handle"):
        for case in taken_by(viewer):
            yield Spot("cases", case.path, case.building_id)
    if viewer.may("risks.report"):
        for risk in [one.risk for one in measures_of(viewer)] + to_recheck(viewer):
            yield Spot("risks", risk.path)
