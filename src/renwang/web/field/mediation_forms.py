"""Forms of a mediator on the way: a session, what a party tells, a signature, whether it is kept."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.cases.mediation.models import Party, Station
from renwang.cases.mediation.names import HOWS, KEPT, SAID
from renwang.cases.mediation.rules import WORDS_AT_MOST, How, Kept, Said

MINUTES = (30, 45, 60, 90, 120, 180)


class OfSessionForm(forms.Form):
    """Something that is said about one session."""

    session = forms.UUIDField(widget=forms.HiddenInput)


class SessionForm(forms.Form):
    """When and where the parties sit together next."""

    start_at = forms.DateTimeField(label=_("Begins"))
    minutes = forms.TypedChoiceField(
        label=_("Minutes"), choices=[(one, one) for one in MINUTES], coerce=int, initial=60
    )
    station = forms.ChoiceField(label=_("Station"), required=False)

    def __init__(self, stations: Sequence[Station], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.stations = {str(one.pk): one for one in stations}
        self.fields["station"].choices = [
            ("", "–"),
            *((key, one.name) for key, one in self.stations.items()),
        ]

    def clean(self) -> dict[str, Any]:
        """Add `when`: beginning, end and station, as the service takes them."""
        said = super().clean() or self.cleaned_data
        if "start_at" in said and "minutes" in said:
            said["when"] = {
                "start": said["start_at"],
                "end": said["start_at"] + timedelta(minutes=said["minutes"]),
                "station": self.stations.get(said.get("station", "")),
            }
        return said


class TellForm(forms.Form):
    """What a party told the mediator in his room."""

    kind = forms.TypedChoiceField(
        label=_("Position or offer"),
        choices=list(SAID.items()),
        coerce=Said,
        initial=Said.POSITION,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("In the party's own words"),
        max_length=WORDS_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )


class SignForm(forms.Form):
    """A party has signed."""

    party = forms.TypedChoiceField(label=_("Party"), coerce=UUID)
    how = forms.TypedChoiceField(
        label=pgettext_lazy("of a party", "How"), choices=list(HOWS.items()), coerce=How
    )

    def __init__(self, parties: Iterable[Party], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [(str(one.pk), one.letter) for one in parties]


class FollowForm(forms.Form):
    """Whether an agreement is kept."""

    kept = forms.TypedChoiceField(
        label=_("What the parties say"),
        choices=list(KEPT.items()),
        coerce=Kept,
        widget=forms.RadioSelect,
    )
