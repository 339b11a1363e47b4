"""Forms about mediations: asking for one, parties and consent, naming, sessions, confidence, agreement, the register."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.cases.mediation.models import Mediator, Party, Station
from renwang.cases.mediation.names import BODIES, ENDS, HOWS, KEPT, QUARRELS, SAID
from renwang.cases.mediation.rules import (
    ABOUT_AT_MOST,
    CONTACT_AT_MOST,
    WORDS_AT_MOST,
    Body,
    How,
    Kept,
    Point,
    Quarrel,
    Said,
    State,
)
from renwang.cases.mediation.services import Given, Practice, Room, Side
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm

STATES: dict[str, tuple[State, ...]] = {
    "waiting": (State.ASKED, State.CONSENTED),
    "going": (State.NAMED, State.MEETING, State.SUSPENDED),
    "agreed": (State.AGREED, State.FOLLOWED),
    "ended": (State.ENDED,),
}
ROWS = 6  # of points on one page
MINUTES = (30, 45, 60, 90, 120, 180)


class FilterForm(forms.Form):
    """Narrows the list; sent as GET."""

    quarrel = forms.ChoiceField(
        label=_("Kind of quarrel"),
        choices=[("", _("Any kind of quarrel")), *QUARRELS.items()],
        required=False,
    )
    end = forms.ChoiceField(
        label=_("Outcome"), choices=[("", _("Any outcome")), *ENDS.items()], required=False
    )

    def wanted(self) -> dict[str, str]:
        """Say what is looked for; nonsense in the address narrows nothing."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in ("quarrel", "end")}


class AskForm(ReachForm):
    """A mediation is asked for."""

    quarrel = forms.TypedChoiceField(
        label=_("Kind of quarrel"), choices=list(QUARRELS.items()), coerce=Quarrel
    )
    about = forms.CharField(
        label=_("What it is about"),
        max_length=ABOUT_AT_MOST,
        help_text=_("In one sentence, without a name and without a door."),
    )
    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    station = forms.ChoiceField(label=_("Station"), required=False)

    def __init__(self, viewer: Any, *args: Any, stations: Sequence[Station], **kwargs: Any):
        super().__init__(viewer, *args, **kwargs)
        self.stations = {str(one.pk): one for one in stations}
        self.fields["station"].choices = [
            ("", "–"),
            *((key, one.name) for key, one in self.stations.items()),
        ]

    def clean_station(self) -> Station | None:
        """Give the station."""
        return self.stations.get(self.cleaned_data["station"])


class PartyForm(ReachForm):
    """A party is entered."""

    name = forms.CharField(label=_("Who the party is"), max_length=CONTACT_AT_MOST)
    contact = forms.CharField(
        label=_("How to reach the party"), max_length=CONTACT_AT_MOST, required=False
    )
    home = PickField(
        "units",
        label=_("Lives in"),
        required=False,
        help_text=_("Only so that no mediator is named who lives or serves there."),
    )
    person = PickField(
        "people",
        label=_("Who it is among the people of the chain"),
        required=False,
        help_text=_("Then the party reads his own side here and may withdraw himself."),
    )

    def side(self) -> Side:
        """Give the party as entered."""
        said = self.cleaned_data
        return Side(said["name"], said["contact"], said["home"], said["person"])


class OfPartyForm(forms.Form):
    """Something that is said about one party."""

    party = forms.TypedChoiceField(label=_("Party"), coerce=UUID)

    def __init__(self, parties: Iterable[Party], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [(str(one.pk), one.letter) for one in parties]


class ConsentForm(OfPartyForm):
    """A party consents."""

    how = forms.TypedChoiceField(
        label=pgettext_lazy("of a party", "How"), choices=list(HOWS.items()), coerce=How
    )
    until = forms.DateField(label=_("Holds until"), required=False)
    attends = forms.BooleanField(
        label=_("An apprentice may sit beside the mediator"), required=False
    )
    reads = forms.BooleanField(label=_("and may read what is told in confidence"), required=False)

    def given(self) -> Given:
        """Give what was consented to."""
        said = self.cleaned_data
        return Given(said["how"], said["until"], said["attends"], said["reads"])


class MediatorForm(forms.Form):
    """One of the register, out of those suggested."""

    mediator = forms.TypedChoiceField(label=_("Mediator"), coerce=UUID)

    def __init__(self, choices: Sequence[tuple[str, str]], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["mediator"].choices = list(choices)


class NameForm(MediatorForm):
    """A mediator is named, and perhaps an apprentice."""

    apprentice = forms.TypedChoiceField(
        label=_("Apprentice beside the mediator"), coerce=UUID, empty_value=None, required=False
    )

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        learners: Sequence[tuple[str, str]],
        *args: Any,
        **kwargs: Any,
    ):
        super().__init__(choices, *args, **kwargs)
        self.fields["apprentice"].choices = [("", "–"), *learners]


class SessionForm(forms.Form):
    """A session is set."""

    start_at = forms.DateTimeField(
        label=_("Begins"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
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

    def session(self) -> dict[str, Any]:
        """Give when and where."""
        said = self.cleaned_data
        end = said["start_at"] + timedelta(minutes=said["minutes"])
        return {
            "start": said["start_at"],
            "end": end,
            "station": self.stations.get(said["station"]),
        }


class OfSessionForm(forms.Form):
    """Something that is said about one session."""

    session = forms.UUIDField(widget=forms.HiddenInput)


class ConfidenceForm(OfPartyForm):
    """What a party told the mediator."""

    kind = forms.TypedChoiceField(
        label=_("Position or offer"), choices=list(SAID.items()), coerce=Said
    )
    words = forms.CharField(
        label=_("What was told"),
        max_length=WORDS_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )


class PointsForm(forms.Form):
    """The points of an agreement."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for row in range(1, ROWS + 1):
            self.fields[f"what_{row}"] = forms.CharField(
                label=_("What is done"), max_length=500, required=False
            )
            self.fields[f"who_{row}"] = forms.CharField(
                label=_("Who does it"), max_length=120, required=False
            )
            self.fields[f"by_when_{row}"] = forms.DateField(label=_("By when"), required=False)

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """Give the bound fields, row by row."""
        names = ("what", "who", "by_when")
        return [
            tuple(self[f"{name}_{row}"] for name in names)  # type: ignore[misc]
            for row in range(1, ROWS + 1)
        ]

    def points(self) -> list[Point]:
        """Give the points as they were written, empty ones too."""
        said = self.cleaned_data
        return [
            Point(said[f"what_{row}"].strip(), said[f"who_{row}"].strip(), said[f"by_when_{row}"])
            for row in range(1, ROWS + 1)
        ]


class SignForm(OfPartyForm):
    """A party has signed."""

    how = forms.TypedChoiceField(
        label=pgettext_lazy("of a party", "How"), choices=list(HOWS.items()), coerce=How
    )


class SuspendForm(forms.Form):
    """A mediation rests."""

    until_on = forms.DateField(label=_("Rests until"))


class BodyForm(forms.Form):
    """It is handed on."""

    to = forms.TypedChoiceField(label=_("To whom"), choices=list(BODIES.items()), coerce=Body)


class AllowForm(OfPartyForm):
    """A party lets it be handed on."""

    to = forms.TypedChoiceField(
        label=_("To whom"),
        choices=[("", _("To nobody any more")), *BODIES.items()],
        coerce=Body,
        empty_value=None,
        required=False,
    )


class FollowForm(forms.Form):
    """Whether an agreement is kept."""

    kept = forms.TypedChoiceField(
        label=_("What the parties say"), choices=list(KEPT.items()), coerce=Kept
    )


class PracticeForm(forms.Form):
    """What somebody mediates, where he sits, beside whom he learns."""

    skills = forms.TypedMultipleChoiceField(
        label=_("Skilled in"),
        choices=list(QUARRELS.items()),
        coerce=Quarrel,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    stations = forms.MultipleChoiceField(
        label=_("Stations"), required=False, widget=forms.CheckboxSelectMultiple
    )
    master = forms.ChoiceField(label=_("Learns beside"), required=False)

    def __init__(
        self, *args: Any, stations: Sequence[Station], masters: Sequence[Mediator], **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.known_stations = {str(one.pk): one for one in stations}
        self.masters = {str(one.pk): one for one in masters}
        self.fields["stations"].choices = [
            (key, one.name) for key, one in self.known_stations.items()
        ]
        names = [(key, one.person.name) for key, one in self.masters.items()]
        self.fields["master"].choices = [("", _("Nobody: mediates alone")), *names]

    def practice(self) -> Practice:
        """Give it as entered."""
        said = self.cleaned_data
        stations = [self.known_stations[key] for key in said["stations"]]
        return Practice(said["skills"], stations, self.masters.get(said["master"]))


class MediatorEntryForm(ReachForm):
    """Who comes into the register, and where."""

    person = PickField("people", label=_("Person"))
    unit = PickField("units", label=_("Mediates in"), help_text=UNIT_HELP)


class StationForm(ReachForm):
    """A station."""

    name = forms.CharField(label=_("Name of the station"), max_length=80)
    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    place = forms.CharField(label=_("Where exactly"), max_length=120, required=False)
    hours = forms.CharField(label=_("Hours"), max_length=120, required=False)
    closed = forms.BooleanField(label=_("It is closed for good"), required=False)

    def room(self) -> Room:
        """Give it as entered."""
        said = self.cleaned_data
        return Room(said["name"], said["place"], said["hours"], said["closed"])
