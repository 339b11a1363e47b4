"""Forms about signals: looking for them, bringing one in, judging, referring upward."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.signals.models import (
    CATEGORIES,
    CONFIDENCES,
    EVENT_LEVELS,
    RESPONSE_LEVELS,
    SIGNAL_STATES,
    SOURCES,
    WARNING_LEVELS,
)
from renwang.signals.rules import SignalState, Source
from renwang.signals.scale_rules import (
    Category,
    Confidence,
    EventLevel,
    Judgement,
    ResponseLevel,
    WarningLevel,
)
from renwang.signals.words import HAZARDS
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm


class FilterForm(forms.Form):
    """Narrows the inbox; sent as GET."""

    source = forms.ChoiceField(
        label=_("Brought by"), choices=[("", _("Anybody")), *SOURCES.items()], required=False
    )
    hazard = forms.ChoiceField(
        label=_("Hazard"), choices=[("", _("Any hazard")), *HAZARDS], required=False
    )

    def wanted(self) -> dict[str, Any]:
        """Say what is looked for; nonsense in the address narrows nothing."""
        self.is_valid()
        source = self.cleaned_data.get("source")
        return {
            "sources": [Source(source)] if source else [],
            "hazard": self.cleaned_data.get("hazard", ""),
        }


STATES = {key.value: (key,) for key in SIGNAL_STATES}
STATES["waiting"] = (SignalState.NEW, SignalState.LINKED)


class SignalForm(ReachForm):
    """A sign of trouble that somebody brought to the desk."""

    words = forms.CharField(
        label=_("In his own words"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        help_text=_("As it was said. Nobody changes it afterwards; notes go beside it."),
    )
    source = forms.ChoiceField(
        label=_("Brought by"),
        choices=[(k, v) for k, v in SOURCES.items() if k != Source.SENSOR],
        initial=Source.RESIDENT,
    )
    hazard = forms.ChoiceField(
        label=_("Hazard"), choices=[("", _("Cannot be said yet")), *HAZARDS], required=False
    )
    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    place = forms.CharField(label=_("Where exactly"), max_length=200, required=False)
    noticed_at = forms.DateTimeField(
        label=_("Noticed at"), required=False, help_text=_("Leave it empty for now.")
    )
    call_back = forms.CharField(
        label=_("Whom to call back"),
        max_length=80,
        required=False,
        help_text=_("Only if he wants to hear what becomes of it."),
    )


class ReasonForm(forms.Form):
    """A deed that needs a reason."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class NoteForm(forms.Form):
    """A note beside a signal."""

    words = forms.CharField(
        label=_("A note beside it"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )


class MeetForm(forms.Form):
    """Which official warning says the same."""

    warning = forms.CharField(label=_("Number of the official warning"), max_length=40)


class AssessForm(ReachForm):
    """What a matter comes to. The three scales are three questions."""

    category = forms.ChoiceField(label=_("Kind of event"), choices=list(CATEGORIES.items()))
    hazard = forms.CharField(label=_("Hazard"), max_length=40, required=False)
    nature = forms.CharField(
        label=_("What it is"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )
    likely_harm = forms.CharField(
        label=_("Likely harm"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )
    unit = PickField(
        "units",
        label=_("Who and what is exposed: count in"),
        required=False,
        help_text=_(
            "Households, residents, buildings and organisations are counted from the chain."
        ),
    )
    event_level = forms.ChoiceField(
        label=_("Event level"), choices=[("", _("None yet")), *EVENT_LEVELS.items()], required=False
    )
    warning_level = forms.ChoiceField(
        label=_("Warning level"),
        choices=[("", pgettext_lazy("warning level", "None")), *WARNING_LEVELS.items()],
        required=False,
        help_text=_("Only for natural disasters, accidents and public-health events."),
    )
    response_level = forms.ChoiceField(
        label=_("Response level recommended"),
        choices=[("", pgettext_lazy("response level", "None")), *RESPONSE_LEVELS.items()],
        required=False,
    )
    confidence = forms.ChoiceField(
        label=_("How sure"), choices=list(CONFIDENCES.items()), initial=Confidence.UNKNOWN
    )
    reason = forms.CharField(
        label=_("On what ground"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )

    def judgement(self) -> Judgement:
        """Give what was concluded."""
        said = self.cleaned_data
        return Judgement(
            category=Category(said["category"]),
            nature=said["nature"],
            likely_harm=said["likely_harm"],
            reason=said["reason"],
            confidence=Confidence(said["confidence"]),
            hazard=said["hazard"],
            event_level=EventLevel(said["event_level"]) if said["event_level"] else None,
            warning_level=WarningLevel(said["warning_level"]) if said["warning_level"] else None,
            response_level=ResponseLevel(said["response_level"])
            if said["response_level"]
            else None,
        )


class ReferForm(forms.Form):
    """A question to the unit above."""

    question = forms.CharField(
        label=_("Question"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    term = forms.TypedChoiceField(
        label=_("Answer owed within"),
        choices=[
            (15 * 60, _("15 minutes")),
            (30 * 60, _("30 minutes")),
            (3600, _("1 hour")),
            (4 * 3600, _("4 hours")),
            (24 * 3600, _("1 day")),
        ],
        initial=3600,
        coerce=lambda seconds: timedelta(seconds=int(seconds)),
        help_text=_("Silence takes the question one level higher."),
    )


class AnswerForm(forms.Form):
    """The answer to a question from below."""

    answer = forms.CharField(
        label=_("Answer"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000
    )
