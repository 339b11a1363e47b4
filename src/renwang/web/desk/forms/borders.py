"""Forms of borders and grid codes: points of a border, a line to cut along, how far to snap, which scheme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from renwang.base.pure.datum import Datum, NotAPosition, convert_points
from renwang.base.pure.geometry import Geometry
from renwang.base.pure.loading import on_first_use
from renwang.chain.dividing.borders import from_rings, to_rings
from renwang.chain.schemes import schemes
from renwang.web.desk.forms.dividing import CarryOutForm
from renwang.web.desk.forms.units import DATUMS

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


MOST_POINTS = 5_000
SNAP_M = 8


class PointsField(forms.CharField):
    """Positions as they are typed or drawn: one a line, longitude first; a blank line begins another ring."""

    def __init__(self, least: int, draws: str, **kwargs: Any):
        self.least = least
        attributes = {"rows": 10, "class": "mono", "data-draws": draws, "spellcheck": "false"}
        super().__init__(widget=forms.Textarea(attrs=attributes), max_length=400_000, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Read the rings; every line that is no position is named."""
        rings: list[list[tuple[float, float]]] = [[]]
        lines = (super().to_python(value) or "").splitlines()
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                rings.append([])
                continue
            rings[-1].append(_position(line, number))
        found = [ring for ring in rings if ring]
        if sum(map(len, found)) > MOST_POINTS:
            raise forms.ValidationError(
                _("More points than anybody draws by hand. Bring in a file.")
            )
        if found and any(len(ring) < self.least for ring in found):
            sentence = _("At least {number} points are needed.")
            raise forms.ValidationError(sentence.format(number=self.least))
        return found


def _position(line: str, number: int) -> tuple[float, float]:
    parts = line.replace("，", ",").replace(",", " ").split()
    try:
        lon, lat = (float(part) for part in parts)
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise ValueError
    except ValueError:
        sentence = _("Line {number} is no position. Write longitude, latitude.")
        raise forms.ValidationError(sentence.format(number=number)) from None
    return lon, lat


def written(area: Geometry) -> str:
    """Write the rings of an area as the field reads them."""
    return "\n\n".join(
        "\n".join(f"{lon:.6f}, {lat:.6f}" for lon, lat in ring) for ring in to_rings(area)
    )


class BorderForm(CarryOutForm):
    """The border of a grid, point by point."""

    points = PointsField(
        3,
        "ring",
        label=_("Points of the border"),
        help_text=_(
            "One a line, longitude and latitude. A blank line begins another part or a hole."
        ),
    )
    datum = forms.ChoiceField(label=_("Drawn in"), choices=DATUMS, initial=Datum.WGS84.value)
    snap_m = forms.IntegerField(
        label=_("Snap within, m"),
        help_text=_("To neighbours' borders, streets and walls; 0 leaves every point where it is."),
        min_value=0,
        max_value=100,
        initial=SNAP_M,
    )
    follows = forms.BooleanField(label=_("The neighbours follow"), required=False, initial=True)

    def area(self) -> Geometry:
        """The area that is drawn, in WGS-84."""
        said = self.cleaned_data
        return from_rings([in_wgs84(ring, said["datum"]) for ring in said["points"]])

    def drawing(self, *, dated: bool = False) -> dict[str, Any]:
        """What is to be drawn, and how; with `dated` also from when on, and why."""
        names = ("snap_m", "follows", *(("on", "reason") if dated else ()))
        return {"area": self.area(), **{name: self.cleaned_data[name] for name in names}}


class CutForm(CarryOutForm):
    """A line along which a grid is cut, and what the parts are called."""

    line = PointsField(
        2,
        "line",
        label=_("Points of the line"),
        help_text=_("From border to border, one point a line."),
    )
    datum = forms.ChoiceField(label=_("Drawn in"), choices=DATUMS, initial=Datum.WGS84.value)
    name_1 = forms.CharField(label=_("Name of the western part"), max_length=120)
    name_2 = forms.CharField(label=_("Name of the eastern part"), max_length=120)

    def drawn(self) -> Geometry:
        """The line, in WGS-84."""
        said = self.cleaned_data
        return shapely.LineString(in_wgs84(said["line"][0], said["datum"]))

    def cutting(self) -> dict[str, Any]:
        """The line, what the parts are called, from when on, and why."""
        said = self.cleaned_data
        names = (said["name_1"], said["name_2"])
        return {"line": self.drawn(), "names": names, "on": said["on"], "reason": said["reason"]}


def in_wgs84(ring: Sequence[tuple[float, float]], datum: str) -> list[tuple[float, float]]:
    """Convert positions to WGS-84."""
    try:
        points = convert_points(list(ring), Datum(datum), Datum.WGS84)
    except NotAPosition:
        return list(ring)
    return [(float(lon), float(lat)) for lon, lat in points]


class CodesForm(CarryOutForm):
    """By which scheme, and whether grids that have a code get another one."""

    scheme = forms.ChoiceField(label=_("Scheme"))
    afresh = forms.BooleanField(
        label=_("Also those that have a code"),
        help_text=_("Their old codes still lead to them. No number is given twice."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.fields["scheme"].choices = [
            (key, one.name(language)) for key, one in schemes().items()
        ]
        self.order_fields(["scheme", "afresh", "on", "reason"])

    def asked(self) -> tuple[str, bool, dict[str, Any]]:
        """The scheme, whether all get a code, and from when on and why."""
        said = self.cleaned_data
        return said["scheme"], said["afresh"], {"on": said["on"], "reason": said["reason"]}
