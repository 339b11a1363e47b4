"""Forms of rehearsals."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from renwang.response.scenario import scenarios
from renwang.response.services import FASTEST, INSTANTLY, SLOWEST
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm


class StartForm(ReachForm):
    """Which story is rehearsed where, and how fast."""

    scenario = forms.ChoiceField(label=_("Scenario"), widget=forms.RadioSelect)
    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    speed = forms.TypedChoiceField(
        label=_("Speed"),
        coerce=float,
        choices=[
            ("1", _("As in real life")),
            ("10", _("10 times as fast")),
            ("60", _("A minute in a second")),
            ("300", _("Five minutes in a second")),
            (str(INSTANTLY), _("As fast as it goes")),
        ],
        initial="60",
        help_text=_("The software is the same at every speed; only the clock runs faster."),
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        min_value=0,
        max_value=2**31 - 1,
        initial=1,
        help_text=_(
            "The same number gives the same story: the same people answer, and the same stay silent."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        found = scenarios().values()
        self.fields["scenario"].choices = [
            (one.key, f"{one.name(language)} – {one.says(language)}") for one in found
        ]
        if not self.initial.get("scenario"):
            self.fields["scenario"].initial = next((one.key for one in found), None)

    def clean_speed(self) -> float:
        """A speed outside what can be played is an address somebody made up."""
        speed = self.cleaned_data["speed"]
        if speed != INSTANTLY and not SLOWEST <= speed <= FASTEST:
            raise forms.ValidationError(_("Choose one of the speeds."))
        return speed
