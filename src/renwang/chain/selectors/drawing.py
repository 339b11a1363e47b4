"""Boundaries as text, ready to be sent to a map: nothing is parsed that is only passed on."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Count, Q

from renwang.chain.models import Backdrop, Unit
from renwang.chain.rules import line_above

LAYERS = {
    "river": ("water", "green"),
    "streets": ("avenue", "street", "lane"),
}
"""Which kinds of backdrop are drawn as which layer of a map."""


_FIGURES = ("tally__units", "tally__posts", "tally__vacant", "tally__unreachable")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One unit as a map draws it; `boundary` is GeoJSON text."""

    id: UUID
    path: str
    name: str
    boundary: str
    units: int
    posts: int
    vacant: int
    unreachable: int


def drawn_units(top: str, *, most: int) -> list[Drawn]:
    """Give the units to draw below a place: of the deepest level that is drawn and has at most so many.

    The place itself where nothing below it is drawn. Two statements.
    """
    drawn = Unit.objects.filter(path__under=top, ended_on=None).exclude(boundary="")
    counts = dict(drawn.order_by().values_list("depth").annotate(Count("pk")))
    fitting = [depth for depth, number in counts.items() if number <= most]
    if not fitting:
        return []
    rows = drawn.filter(depth=max(fitting)).order_by("path")
    return [
        Drawn(key, path, name, boundary, *(figure or 0 for figure in figures))
        for key, path, name, boundary, *figures in rows.values_list(
            "pk", "path", "name", "boundary", *_FIGURES
        )
    ]


def backdrop_of(top: str, layer: str) -> bytes:
    """Give what lies under the units of a place on its map, as GeoJSON; one statement."""
    here = Q(path__under=top) | Q(path__in=line_above(top))
    rows = Backdrop.objects.filter(here, kind__in=LAYERS[layer]).order_by("pk")
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "geometry": orjson.Fragment(geometry.encode()),
            "properties": {"kind": kind, "name": name},
        }
        for kind, name, geometry in rows.values_list("kind", "name", "geometry")
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})
