"""Maps of the desk: which units are drawn, in which state, over which water and streets."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from renwang.chain.selectors.drawing import LAYERS, Drawn, backdrop_of, drawn_units
from renwang.outreach.board import standing_of, sums_at
from renwang.outreach.models import Notice
from renwang.web.desk.templatetags.desk import STANDINGS
from renwang.web.frame.gates import may
from renwang.web.frame.tags.receipts import share

MOST_UNITS = 700
"""More shapes than that say less than the level above them."""

MANY = 10
"""From one in so many units that cannot be called on, a place is in a bad state."""


def coverage_states() -> list[dict[str, str]]:
    """The states of a unit while a warning is carried down: key, word, tone and pattern."""
    return [
        {"key": key.value, "word": str(word), "tone": tone, "pattern": pattern}
        for key, (word, tone, pattern) in STANDINGS.items()
    ]


def ordinary_states() -> list[dict[str, str]]:
    """The states of a unit in ordinary time: whether everybody in it could be called."""
    return [
        {"key": "ready", "word": _("Can be called"), "tone": "good", "pattern": "solid"},
        {"key": "vacant", "word": _("Posts are vacant"), "tone": "info", "pattern": "dots"},
        {
            "key": "few",
            "word": _("Less than a tenth cannot be called"),
            "tone": "attention",
            "pattern": "stripes",
        },
        {
            "key": "many",
            "word": _("A tenth or more cannot be called"),
            "tone": "bad",
            "pattern": "cross",
        },
        {"key": "empty", "word": _("No posts yet"), "tone": "idle", "pattern": "none"},
    ]


def readiness(*, units: int, posts: int, vacant: int, unreachable: int) -> tuple[str, str]:
    """Say how a unit with all below it stands in ordinary time: the key of its state, and the figure in words.

    A unit has one post that answers for it, so `unreachable` posts are so many
    of its `units`: one of them in a whole community does not make it red.
    """
    if not posts:
        return "empty", ""
    if unreachable:
        words = _("{n} of {all} cannot be called").format(n=unreachable, all=units)
        return ("many" if unreachable * MANY >= units else "few"), words
    if vacant:
        return "vacant", _("{n} of {all} posts vacant").format(n=vacant, all=posts)
    return "ready", ""


def area_states() -> list[dict[str, str]]:
    """The states of a unit on the map of a warning's area."""
    return [
        {
            "key": "inside",
            "word": _("The warning applies"),
            "tone": "attention",
            "pattern": "stripes",
        },
        {
            "key": "area",
            "word": _("Area as drawn in the warning"),
            "tone": "info",
            "pattern": "none",
        },
        {"key": "outside", "word": _("Not in the area"), "tone": "idle", "pattern": "none"},
    ]


def island_of(
    units: str, states: Sequence[Mapping[str, str]], *, top: str, every: int = 0
) -> dict[str, Any]:
    """Compose what the map island is given; with `every` it asks again every so many seconds."""
    props: dict[str, Any] = {"units": {"url": units}, "states": list(states)}
    for layer in LAYERS:
        address = reverse("desk:backdrop", args=[layer])
        props[layer] = {"url": f"{address}?{urlencode({'at': top})}"}
    if every:
        props |= {"live": units, "every": every}
    return props


def relay_units(notice: Notice, top: str) -> list[dict[str, Any]]:
    """Draw the units below the top of a relay, each in the state of its coverage."""
    units = drawn_units(top, most=MOST_UNITS)
    sums = sums_at(notice, [unit.path for unit in units])
    features = []
    for unit in units:
        found = sums.get(unit.path)
        note = (
            f"{share(found.covered, found.households)}% · {found.carried}/{found.posts}"
            if found
            else ""
        )
        state = standing_of(found).value if found else "waiting"
        features.append(feature_of(unit, state, note))
    return features


def ordinary_units(top: str) -> list[dict[str, Any]]:
    """Draw the units below a place as they stand in ordinary time."""
    features = []
    for unit in drawn_units(top, most=MOST_UNITS):
        state, note = readiness(
            units=unit.units, posts=unit.posts, vacant=unit.vacant, unreachable=unit.unreachable
        )
        features.append(feature_of(unit, state, note))
    return features


def area_units(
    top: str, places: Iterable[str], areas: Sequence[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Draw the units below a place, those a warning applies to apart, and the areas as they came."""
    inside = tuple(places)
    features = []
    for unit in drawn_units(top, most=MOST_UNITS):
        state = "inside" if unit.path.startswith(inside) else "outside"
        features.append(feature_of(unit, state, ""))
    for number, (words, geometry) in enumerate(areas):
        if geometry:
            features.append(
                {
                    "type": "Feature",
                    "geometry": orjson.Fragment(geometry.encode()),
                    "properties": {
                        "id": f"area-{number}",
                        "name": words,
                        "state": "area",
                        "note": "",
                    },
                }
            )
    return features


def feature_of(unit: Drawn, state: str, note: str) -> dict[str, Any]:
    """Give a unit as the map draws it, in a state and with a note."""
    return {
        "type": "Feature",
        # The text of the boundary goes through as it is: a city's map is not parsed to be written again.
        "geometry": orjson.Fragment(unit.boundary.encode()),
        "properties": {"id": str(unit.id), "name": unit.name, "state": state, "note": note},
    }


def as_features(features: Sequence[Mapping[str, Any]]) -> HttpResponse:
    """Answer with GeoJSON."""
    content = {"type": "FeatureCollection", "features": features}
    return HttpResponse(orjson.dumps(content), content_type="application/geo+json")


@may("chain.see")
def show_backdrop(request: HttpRequest, layer: str) -> HttpResponse:
    """Give a map its water or its streets; they hardly ever change, so the browser keeps them for an hour."""
    top = request.GET.get("at", "")
    if layer not in LAYERS or not top.startswith("/"):
        raise Http404(layer)
    return HttpResponse(
        backdrop_of(top, layer),
        content_type="application/geo+json",
        headers={"Cache-Control": "private, max-age=3600"},
    )
