"""Cases on a map with a table beside it, and those whose reporter is to be rung."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from renwang.cases import config
from renwang.cases.selectors import Spot, spots, to_ring
from renwang.chain.selectors.drawing import drawn_units
from renwang.chain.selectors.naming import topmost_units
from renwang.web.desk import lists, maps
from renwang.web.desk.cases import case_tabs, wanted_of
from renwang.web.desk.forms.cases import FilterForm
from renwang.web.frame import tables
from renwang.web.frame.gates import may

LOOKS: dict[str, tuple[Any, str]] = {
    "alarm": (gettext_lazy("Word of danger, not yet answered"), "red"),
    "late": (gettext_lazy("Overdue cases"), "orange"),
    "waiting": (gettext_lazy("Waits for an answer"), "waiting"),
    "answered": (gettext_lazy("Answered cases"), "judged"),
}
_RING = [
    tables.Column(gettext_lazy("Case")),
    tables.Column(gettext_lazy("Place")),
    tables.Column(gettext_lazy("Lies with")),
    tables.Column(gettext_lazy("To be rung by")),
]


@require_GET
@may("cases.see")
def show_map(request: HttpRequest) -> HttpResponse:
    """Show where cases lie, the most pressing first; the table beside the map says the same."""
    kinds = config.kinds()
    found, is_cut = spots(request.viewer, wanted_of(request, kinds), now=request.now)
    context = {
        "spots": found,
        "is_cut": is_cut,
        "looks": {key: word for key, (word, _sign) in LOOKS.items()},
        "signs": {key: sign for key, (_word, sign) in LOOKS.items()},
        "map": _props(request),
        "form": FilterForm(kinds, request.GET),
        "tabs": case_tabs(request, "map"),
        "is_narrowed": bool(request.GET),
    }
    return render(request, "desk/cases/map.html", context)


def _props(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET.urlencode()
    query = f"?{asked}" if asked else ""
    units = reverse("desk:cases_units") + query
    props: dict[str, Any] = {"units": {"url": units}, "states": []}
    if request.viewer.may("chain.see"):
        props = maps.island_of(units, [], top=_top(request))
    marked = [{"key": key, "word": str(word), "sign": sign} for key, (word, sign) in LOOKS.items()]
    return props | {"marks": {"url": reverse("desk:cases_marks") + query}, "marked": marked}


def _top(request: HttpRequest) -> str:
    under = lists.unit_asked(request)
    if under is not None:
        return under.path
    return next((unit.path for unit in topmost_units(request.viewer, "cases.see")), "")


@require_GET
@may("cases.see")
def give_marks(request: HttpRequest) -> HttpResponse:
    """Give what the map marks, as GeoJSON."""
    wanted = wanted_of(request, config.kinds())
    found, _is_cut = spots(request.viewer, wanted, now=request.now)
    return maps.as_features([_mark_of(one) for one in found if one.lon is not None])


def _mark_of(spot: Spot) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [spot.lon, spot.lat]},
        "properties": {
            "id": spot.key, "name": spot.unit_name, "state": spot.look,
            "note": spot.latest_ref if spot.number == 1 else "", "count": spot.number,
        },
    }  # fmt: skip


@require_GET
@may("cases.see")
def give_units(request: HttpRequest) -> HttpResponse:
    """Give the outlines of the places under the marks, as GeoJSON."""
    top = _top(request)
    units = drawn_units(top, most=maps.MOST_UNITS) if top else []
    return maps.as_features([maps.feature_of(unit, "", "") for unit in units])


@require_GET
@may("cases.handle")
def show_to_ring(request: HttpRequest) -> HttpResponse:
    """List whose reporters are to be rung; nobody is shown those whom he has answered himself."""
    page = lists.cut(
        request, lambda cursor, size: to_ring(request.viewer, cursor=cursor, size=size)
    )
    context = {
        "cases": page.items,
        "kinds": config.kinds(),
        "table": lists.frame_of(request, _RING, page, exports=[]),
        "tabs": case_tabs(request, "ring"),
    }
    return render(request, "desk/cases/ring.html", context)
