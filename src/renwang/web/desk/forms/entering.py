"""The form for a warning that came as words only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.alerts.plain_text import LONGEST
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm
from renwang.web.frame.tags.signs import COLOUR_WORDS

COLOURS = [(key, word) for key, word in COLOUR_WORDS.items() if key != "unknown"]


class EnterForm(ReachForm):
    """What the words say, filled in as far as they say it; the words stay as they came."""

    words = forms.CharField(
        label=_("The words as they came"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("People hear exactly these. Change nothing but slips of copying."),
    )
    headline = forms.CharField(label=_("Headline"), max_length=120)
    issuer = forms.CharField(label=_("Who issued it"), max_length=120)
    issued_at = forms.DateTimeField(label=_("When it was issued"))
    ends_at = forms.DateTimeField(
        label=_("When it ends"),
        required=False,
        help_text=_("Leave it empty if the words do not say."),
    )
    hazard = forms.CharField(
        label=_("Hazard"), max_length=40, required=False, help_text=_("As in: rainstorm, heat.")
    )
    colour = forms.ChoiceField(
        label=pgettext_lazy("of a warning", "Colour"),
        choices=[("", _("No colour")), *COLOURS],
        required=False,
    )
    unit = PickField("units", label=_("Where it applies"), help_text=UNIT_HELP)
    is_lifted = forms.BooleanField(
        label=_("It lifts a warning instead of giving one"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """An end comes after the beginning."""
        said = super().clean()
        begins, ends = said.get("issued_at"), said.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", _("It ends before it begins."))
        return said
