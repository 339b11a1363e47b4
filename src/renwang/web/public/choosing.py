"""Choose where something is: by name, down the list to the building, or by touching the sketch of a place; all without script."""

from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from renwang.chain.models import Unit
from renwang.chain.selectors import public as places
from renwang.chain.selectors.drawing import LAYERS, backdrop_of, drawn_units
from renwang.web.public.places import FRESH_FOR, place_of
from renwang.web.public.sketching import SHOWN, Frame, Sketch, draw, frame_round, lines_of, touched

MOST_OUTLINES = 60
MOST_NAMED = 80


@require_safe
def choose_place(request: HttpRequest) -> HttpResponse:
    """Choose where it is: by name, or down the list of places to the building."""
    words = request.GET.get("q", "").strip()[:80]
    place = place_of(request.GET["in"]) if request.GET.get("in") else None
    tops = places.public_tops() if place is None and not words else []
    if place is None and len(tops) == 1:
        place = tops[0]
    found = places.find_public_places(words) if words else []
    houses = places.find_public_buildings(words) if words else []
    if len(found) + len(houses) == 1:
        return redirect(
            *(("public:report", found[0].ref) if found else ("public:report_here", houses[0].pk))
        )
    below = places.public_children(place) if place else tops
    if place and not below and not request.GET.get("in"):
        return redirect("public:report", place.ref)
    context = {
        "words": words,
        "place": place,
        "above": place.parent if place and place.parent_id else None,
        "below": below,
        "found": found,
        "buildings": houses or (places.public_buildings(place) if place and not below else []),
        "shown": SHOWN,
        "sketched": place is not None and not below and frame_of(place) is not None,
    }
    return render(request, "public/report_where.html", context)


def frame_of(place: Unit) -> Frame | None:
    """Give the part of the earth that the sketch of a place shows: its border, else its buildings; None where neither is known."""
    if place.west is not None and place.east is not None:
        return Frame(place.west, place.south or 0.0, place.east, place.north or 0.0)
    found = places.public_buildings(place)
    return frame_round((one.lon, one.lat) for one in found if one.lon is not None)


def spot_touched(request: HttpRequest, place: Unit) -> tuple[float, float] | None:
    """Read where the sketch of a place was touched on the way here; None where it was not."""
    x, y = request.GET.get("spot.x", ""), request.GET.get("spot.y", "")
    return touched(x, y, frame_of(place)) if x and y else None


@require_safe
def give_sketch(request: HttpRequest, ref: str) -> HttpResponse:
    """Give the sketch of a place as a picture: its border, what lies under it, its buildings by name."""
    place = place_of(ref)
    frame = frame_of(place)
    if frame is None:
        raise Http404(ref)
    shapes: list[dict[str, Any]] = [
        orjson.loads(one.boundary) for one in drawn_units(place.path, most=MOST_OUTLINES)
    ]
    houses = [
        (one.name, (one.lon, one.lat))
        for one in places.public_buildings(place)[:MOST_NAMED]
        if one.lon is not None and one.lat is not None
    ]
    drawn = draw(Sketch(frame, shapes, list(_backdrop(place, frame)), houses))
    response = HttpResponse(drawn, content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={FRESH_FOR}"
    return response


def _backdrop(place: Unit, frame: Frame) -> Any:
    for layer in LAYERS:
        for one in orjson.loads(backdrop_of(place.path, layer))["features"]:
            spots = [spot for line in lines_of(one["geometry"]) for spot in line]
            if _meets(frame, spots):
                yield one["properties"]["kind"], one["geometry"]


def _meets(frame: Frame, spots: list[tuple[float, float]]) -> bool:
    """Whether the box round some positions meets a frame."""
    return bool(spots) and (
        min(x for x, _y in spots) <= frame.east
        and max(x for x, _y in spots) >= frame.west
        and min(y for _x, y in spots) <= frame.north
        and max(y for _x, y in spots) >= frame.south
    )
