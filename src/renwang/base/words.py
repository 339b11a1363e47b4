"""Say in plain words, in the reader's language, why a place or a span was refused, and how a journal is broken."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from renwang.base.pure.datum import NotAPosition, NotGeoJSON
from renwang.base.pure.geometry import BoundaryFault, BoundaryRefused, CircleRefused
from renwang.base.pure.spans import DayOutside, EndsBeforeItStarts
from renwang.base.verifying import Break

BOUNDARY_FAULTS: Mapping[BoundaryFault, Any] = {
    BoundaryFault.NOT_GEOJSON: _("The boundary is not valid GeoJSON."),
    BoundaryFault.NOT_AN_AREA: _("A boundary must be an area, not a point or a line."),
    BoundaryFault.OUTSIDE_THE_WORLD: _(
        "The boundary has a position beyond 180° of longitude or 90° of latitude. "
        "Longitude comes first."
    ),
    BoundaryFault.RING_TOO_SHORT: _("A ring of the boundary has fewer than four positions."),
    BoundaryFault.RING_NOT_CLOSED: _("A ring of the boundary does not end where it begins."),
    BoundaryFault.CROSSES_ITSELF: _("The boundary crosses itself."),
    BoundaryFault.PARTS_OVERLAP: _("Two parts of the boundary overlap."),
    BoundaryFault.HOLE_OUTSIDE: _("A hole of the boundary lies outside it."),
    BoundaryFault.NO_AREA: _("The boundary encloses nothing."),
}

# How the journal can be broken; `seq` is the first broken link.
BREAKS: Mapping[Break, Any] = {
    Break.ALTERED: _("Fact {seq} was altered after it was sealed, or one before it was put in."),
    Break.MISSING: _("Fact {seq} was taken out."),
    Break.INSERTED: _("Fact {seq} was put in after the end of the journal."),
    Break.REWRITTEN: _("Fact {seq} has another digest than expected: the journal was rewritten."),
    Break.CUT_SHORT: _("The journal was cut short: fact {seq} and those after it are missing."),
}

_AT = _("{sentence} See near longitude {lon}, latitude {lat}.")
_POSITION = _("Longitude {lon}, latitude {lat} is not a position on the Earth.")
_GEOJSON = _("This is not a valid GeoJSON geometry.")
_CIRCLE = _(
    "A circle of {radius_m} metres cannot be drawn here. It must be larger than nothing, at most "
    "2,000 km, and must not reach over a pole or the date line."
)
_SPAN = _("A span that begins on {from_on} cannot end on {until_on}; it must end later.")
_DAY = _("{day} does not lie inside the span, so the span cannot be cut there.")


def say_refusal(refused: Exception) -> Any:
    """Give the sentence for a refusal of `base.pure`, as a lazy string.

    Whatever else is given here is a mistake in the program and raises `TypeError`.
    """
    match refused:
        case BoundaryRefused(at=None):
            return BOUNDARY_FAULTS[refused.fault]
        case BoundaryRefused(at=(lon, lat)):
            sentence = BOUNDARY_FAULTS[refused.fault]
            return format_lazy(_AT, sentence=sentence, lon=_degrees(lon), lat=_degrees(lat))
        case NotAPosition():
            return format_lazy(_POSITION, lon=refused.lon, lat=refused.lat)
        case NotGeoJSON():
            return _GEOJSON
        case CircleRefused():
            return format_lazy(_CIRCLE, radius_m=f"{refused.radius_m:g}")
        case EndsBeforeItStarts():
            return format_lazy(_SPAN, from_on=refused.from_on, until_on=refused.until_on)
        case DayOutside():
            return format_lazy(_DAY, day=refused.day)
        case _:
            raise TypeError(f"no sentence for {type(refused).__name__}")


def _degrees(figure: float) -> str:
    return f"{figure:.6f}".rstrip("0").rstrip(".")
