"""What a grid worker fills in about a risk: under a minute, one hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from renwang.base.pure.ids import uuid7
from renwang.chain.models import Unit
from renwang.registers.risks.naming import say_hazard

KINDS = (
    "electric_bike", "fire", "gas_leak", "unsafe_building", "waterlogging", "flood", "landslide",
    "traffic", "lift", "crowd",
)  # fmt: skip
"""What is met with on patrol; every other kind is said at the desk."""


class RiskForm(forms.Form):
    """A hidden danger: what, where, a picture. How bad it is is judged by others."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    hazard = forms.ChoiceField(
        label=_("What is it about?"), required=False, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("What do you see?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )
    photo = forms.FileField(
        label=_("Photograph"),
        required=False,
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}
        ),
        help_text=_("Position and device are left out of it."),
    )
    place = forms.CharField(
        label=_("Where exactly?"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    unit = forms.ChoiceField(label=_("In which of my places?"))
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)

    def __init__(self, places: Sequence[Unit], *args: Any, now: datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["hazard"].choices = [
            *((key, say_hazard(key)) for key in KINDS),
            ("", _("I cannot say")),
        ]
        self.fields["unit"].choices = [(one.ref, one.name) for one in places]
        self.fields["id"].initial = uuid7(now)
        if len(places) == 1:
            self.fields["unit"].initial = places[0].ref
            self.fields["unit"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Take half a position for none: a phone that gives one is no reason to send nothing."""
        said = super().clean() or self.cleaned_data
        if said.get("lon") is None or said.get("lat") is None:
            said["lon"] = said["lat"] = None
        return said

    def place_chosen(self, places: Sequence[Unit]) -> Unit:
        """Give the place that was chosen."""
        return next(one for one in places if one.ref == self.cleaned_data["unit"])


class LookForm(forms.Form):
    """What I see who go and look."""

    mended = forms.TypedChoiceField(
        label=_("Is it mended?"),
        choices=[("yes", _("It is mended")), ("no", _("It is not mended"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What do you see?"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )
