"""What a grid worker fills in about a facility: a look at it in three taps, something that is broken."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from renwang.base.pure.ids import uuid7
from renwang.registers.facilities.kinds import Kind
from renwang.registers.facilities.models import VERDICTS
from renwang.registers.facilities.naming import say
from renwang.registers.facilities.rules import Verdict
from renwang.registers.facilities.services import Broken, Looked


class NearForm(forms.Form):
    """Where I stand."""

    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)

    def position(self) -> tuple[float, float] | None:
        """Give the position that was taken; None for none, half of one, and nonsense."""
        if not self.is_valid():
            return None
        lon, lat = self.cleaned_data["lon"], self.cleaned_data["lat"]
        return None if lon is None or lat is None else (lon, lat)


class LookForm(forms.Form):
    """A look at a facility. What is amiss is ticked; everything else was well."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label=_("How is it?"), choices=list(VERDICTS.items()), widget=forms.RadioSelect
    )
    amiss = forms.MultipleChoiceField(
        label=_("Tick what is not so"), required=False, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        label=_("What do you see?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )
    broken = forms.CharField(
        label=_("What has to be mended?"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_grave = forms.BooleanField(label=_("It cannot be used while this is broken"), required=False)
    photo = forms.FileField(
        label=_("Photograph"),
        required=False,
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}
        ),
        help_text=_("Position and device are left out of it."),
    )

    def __init__(self, kind: Kind | None, *args: Any, now: datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.keys = [check.key for check in kind.checks] if kind else []
        self.fields["amiss"].choices = [
            (check.key, say(check.names)) for check in (kind.checks if kind else ())
        ]
        self.fields["id"].initial = uuid7(now)

    def looked(self) -> Looked:
        """Give what was seen, as the service takes it."""
        said = self.cleaned_data
        broken = said["broken"].strip()
        return Looked(
            verdict=Verdict(said["verdict"]),
            words=said["words"],
            checks={key: key not in said["amiss"] for key in self.keys},
            broken=[Broken(broken, said["is_grave"])] if broken else [],
            outside=f"field:{said['id']}",
        )
