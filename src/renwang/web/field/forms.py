"""What a grid worker fills in: one hand, few fields."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from renwang.base.pure.ids import uuid7
from renwang.chain.models import Unit
from renwang.outreach.models import Round
from renwang.signals.words import HAZARDS

LARGEST = 100_000


class AnswerForm(forms.Form):
    """Understood, or carried on; how many households were told, where that is asked."""

    receipt = forms.ChoiceField(choices=[("understood", ""), ("carried", "")])
    households = forms.IntegerField(
        label=_("Households told"), required=False, min_value=0, max_value=LARGEST
    )
    seen = forms.CharField(required=False, max_length=16)  # the mark of the words on the page


class RoundForm(forms.Form):
    """A knock at one door, or a gong or loudspeaker round. The id was made with the page."""

    id = forms.UUIDField()
    kind = forms.ChoiceField(choices=Round.Kind.choices)
    household = forms.UUIDField(required=False)
    answered = forms.TypedChoiceField(
        choices=[("yes", _("Somebody opened")), ("no", _("Nobody opened"))],
        coerce=lambda said: said == "yes",
        required=False,
        empty_value=True,
    )
    households = forms.IntegerField(
        label=_("Households that heard it"), required=False, min_value=0, max_value=LARGEST
    )
    witness = forms.CharField(label=_("Witness"), required=False, max_length=80)


class ReportForm(forms.Form):
    """What somebody sees, in his own words; everything else can wait."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("What do you see?"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000
    )
    hazard = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[("", _("I cannot say")), *HAZARDS],
        required=False,
        widget=forms.RadioSelect,
    )
    place = forms.CharField(
        label=_("Where exactly?"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    unit = forms.ChoiceField(label=_("In which of my places?"))

    def __init__(self, places: Sequence[Unit], *args: Any, now: datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(one.ref, one.name) for one in places]
        self.fields["id"].initial = uuid7(now)
        if len(places) == 1:
            self.fields["unit"].initial = places[0].ref
            self.fields["unit"].widget = forms.HiddenInput()
