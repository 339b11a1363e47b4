"""Forms about buildings and the doors in them: how many live behind each, and nothing about who."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.base.pure.datum import Datum
from renwang.web.desk.forms.units import DATUMS
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm


class BuildingForm(ReachForm):
    """What a building is called, where it stands, who answers for it."""

    name = forms.CharField(label=_("Name"), max_length=80)
    unit = PickField("units", label=_("Lies in"), help_text=UNIT_HELP)
    code = forms.CharField(label=pgettext_lazy("of a place", "Code"), max_length=40, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    storeys = forms.IntegerField(label=_("Storeys"), min_value=0, max_value=300, initial=1)
    entrances = forms.IntegerField(label=_("Entrances"), min_value=0, max_value=300, initial=1)
    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    datum = forms.ChoiceField(
        label=_("Measured in"), choices=DATUMS, initial=settings.RENWANG_INPUT_DATUM
    )

    def clean(self) -> dict[str, Any]:
        """Put the position together; half a position is none."""
        asked = super().clean() or self.cleaned_data
        lon, lat = asked.pop("lon", None), asked.pop("lat", None)
        if (lon is None) != (lat is None):
            self.add_error("lat", _("Give both longitude and latitude, or neither."))
        asked["position"] = (lon, lat) if lon is not None and lat is not None else None
        asked["datum"] = Datum(asked.get("datum", Datum.WGS84))
        return asked


class DoorForm(ReachForm):
    """A door: what is written on it, how many live behind it, who carries warnings to it."""

    door = forms.CharField(label=_("Door"), max_length=20)
    storey = forms.IntegerField(label=_("Storey"), min_value=-20, max_value=300, initial=1)
    heads = forms.IntegerField(
        label=_("How many live there"), min_value=0, max_value=1000, initial=1
    )
    unit = PickField(
        "units",
        label=_("Who carries warnings to it"),
        help_text=_("Empty: whoever answers for the building."),
        required=False,
    )


class HeadsForm(ReachForm):
    """How many live behind a door, and who carries warnings to it."""

    heads = forms.IntegerField(label=_("How many live there"), min_value=0, max_value=1000)
    unit = PickField("units", label=_("Who carries warnings to it"), help_text=UNIT_HELP)
