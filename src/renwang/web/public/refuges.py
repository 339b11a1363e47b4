"""Where one can go: shelters, gathering points, service centres, first aid; with a sketch that needs no script."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from renwang.chain.models import Unit
from renwang.registers.facilities.kinds import known_terms
from renwang.registers.facilities.naming import say, say_kind, say_tier
from renwang.registers.facilities.opening_rules import ALWAYS, NEVER
from renwang.registers.facilities.rules import State
from renwang.registers.facilities.selectors.public import Refuge, refuges_at, spots_of
from renwang.web.public.places import FRESH_FOR, place_of
from renwang.web.public.sketching import Frame

WIDE, HIGH, EDGE = 640, 420, 24  # of the sketch, in its own units


@dataclass(frozen=True, slots=True)
class Sketch:
    """A drawing of a place with numbers on it: its outline as SVG paths, and a mark for each number."""

    outline: list[str]
    marks: list[tuple[int, str, bool]]  # number, where it is moved to, whether one can go there


@require_safe
def show_refuges(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything at a place that one can go to, what is open for people first."""
    place = place_of(ref)
    found = refuges_at(place.path, request.now)
    context = {
        "place": place,
        "here": _("Where to go"),
        "refuges": [_told(n, one) for n, one in enumerate(found, 1)],
        "sketch": sketch_of(place, found),
    }
    response = render(request, "public/refuges.html", context)
    response["Cache-Control"] = (
        "no-cache" if request.viewer else f"public, max-age={FRESH_FOR // 2}"
    )
    return response


def _told(number: int, one: Refuge) -> dict[str, Any]:
    terms = known_terms()
    figure = terms.figures[one.binding.figure] if one.binding else None
    return {
        "number": number if one.lon is not None else None,
        "one": one,
        "kind": say_tier(one.tier) if one.tier else say_kind(one.kind.key),
        "standing": _standing(one),
        "hours": _hours(one),
        "source": say(figure.source) if figure else "",
        "figure": f"{say(figure.names)} {figure.value:g}" if figure else "",
    }


def _standing(one: Refuge) -> tuple[str, str]:
    """Say in a word whether one can go there now, and its tone."""
    if not one.is_usable:
        words = (
            _("Cannot be used now") if one.state is State.OUT_OF_ORDER else _("Closed for a time")
        )
        return words, "bad"
    if one.is_opened:
        return _("Open: takes people in now"), "good"
    if one.is_open is None:
        return _("Hours not known"), "neutral"
    return (_("Open now"), "info") if one.is_open else (_("Closed at this hour"), "neutral")


def _hours(one: Refuge) -> list[tuple[str, str]]:
    named = (
        (pgettext("opening hours", "Working days"), one.hours.weekdays),
        (_("Weekends"), one.hours.weekends),
        (pgettext("opening hours", "In an emergency"), one.hours.emergency),
    )
    words = {ALWAYS: _("day and night"), NEVER: pgettext("opening hours", "closed")}
    return [(label, words.get(text, text)) for label, text in named if text]


def sketch_of(place: Unit, refuges: Sequence[Refuge]) -> Sketch | None:
    """Draw the outline of a place and where things are in it; None where nothing has a position."""
    spots = [
        (n, one) for n, one in spots_of(refuges) if one.lon is not None and one.lat is not None
    ]
    if not spots:
        return None
    rings = _rings(place.boundary)
    corners = [spot for ring in rings for spot in ring]
    corners += [(one.lon or 0.0, one.lat or 0.0) for _n, one in spots]
    frame = Frame(
        min(x for x, _y in corners), min(y for _x, y in corners),
        max(x for x, _y in corners), max(y for _x, y in corners), WIDE, HIGH, EDGE,
    )  # fmt: skip
    at = frame.at

    outline = ["M" + "L".join("{} {}".format(*at(*spot)) for spot in ring) + "Z" for ring in rings]
    marks = [
        (n, "translate({} {})".format(*at(one.lon or 0.0, one.lat or 0.0)), one.is_usable)
        for n, one in spots
    ]
    return Sketch(outline, marks)


def _rings(boundary: str) -> list[list[tuple[float, float]]]:
    if not boundary:
        return []
    shape = orjson.loads(boundary)
    parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return [[(spot[0], spot[1]) for spot in part[0]] for part in parts]
