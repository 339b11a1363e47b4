"""Forms of dividing a place anew: into how many grids, what counts as work, and from when on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from renwang.chain.dividing import CannotDivide, Weights

MOST = 400


class DivideForm(forms.Form):
    """Into how many grids, and what a door, a person and a storey count; as it is and by default when nothing is asked."""

    grids = forms.IntegerField(label=_("Grids"), min_value=1, max_value=MOST)
    door = forms.IntegerField(label=_("A door counts"), min_value=0, max_value=100)
    person = forms.IntegerField(label=_("A person counts"), min_value=0, max_value=100)
    storey = forms.IntegerField(label=_("A storey to climb counts"), min_value=0, max_value=100)
    afresh = forms.BooleanField(label=_("From scratch"), required=False)

    def __init__(self, standing: int, asked: Any):
        usual = Weights()
        first = {
            "grids": max(1, standing),
            "door": usual.door,
            "person": usual.person,
            "storey": usual.storey,
        }
        said = {name: asked[name] for name in (*first, "afresh") if asked and name in asked}
        super().__init__({**first, **said})

    def weights(self) -> Weights:
        """What counts how much."""
        said = self.cleaned_data
        return Weights(said["door"], said["person"], said["storey"])

    def refuse(self, refusal: CannotDivide) -> None:
        """Say that there are fewer parts with a position than grids."""
        sentence = _(
            "Only {number} parts of this place have a position on the map, too few for {grids} grids."
        )
        self.add_error("grids", sentence.format(number=refusal.buildings, grids=refusal.grids))


class CarryOutForm(forms.Form):
    """From when on, and why."""

    on = forms.DateField(
        label=_("Since"), help_text=_("Today unless it was earlier."), required=False
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("The document or decision, as it should stand in the journal."),
        max_length=300,
        required=False,
    )
