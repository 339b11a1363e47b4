"""How a step of a run is ticked on the telephone: one tap, or a few words where it went otherwise."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from renwang.registers.procedures.run_rules import How
from renwang.registers.procedures.runs import HOWS
from renwang.registers.procedures.services import Said


class TickForm(forms.Form):
    """How a step was done. The id was made with the page, so that sending it twice is one tick."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    how = forms.ChoiceField(
        label=_("How was it done?"),
        choices=list(HOWS.items()),
        initial=How.DONE,
        widget=forms.RadioSelect,
        required=False,
    )
    reason = forms.CharField(label=_("Why otherwise, or late?"), max_length=300, required=False)
    words = forms.CharField(label=_("What shows it"), max_length=1000, required=False)
    figure = forms.DecimalField(
        label=_("The figure"),
        max_digits=14,
        decimal_places=3,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
    photo = forms.FileField(
        label=_("Photograph"),
        required=False,
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}
        ),
        help_text=_("Position and device are left out of it."),
    )

    def said(self, number: int, photo: bytes) -> Said:
        """Give what was said of a step."""
        one: dict[str, Any] = self.cleaned_data
        how = How(one["how"] or How.DONE)
        return Said(one["id"], number, how, one["reason"], one["words"], one["figure"], photo)
