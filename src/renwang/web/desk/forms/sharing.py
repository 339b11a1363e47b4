"""Forms of sharing by agreement: its terms, why it ends, what passes between the two sides."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from renwang.cases.kind_rules import Kind, grouped
from renwang.cases.rules import WORDS_AT_MOST
from renwang.cases.sharing.rules import PURPOSE_AT_MOST, Mode
from renwang.cases.sharing.words import MODES, PARTS
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm

_BODY_HELP = _("Only where an organisation is the party and not the unit. A part of its name.")


class TermsForm(ReachForm):
    """What two sides agree on."""

    giver = PickField("units", label=_("Who shows"), help_text=UNIT_HELP)
    giver_body = PickField(
        "organisations", label=_("Organisation that shows"), required=False, help_text=_BODY_HELP
    )
    taker = forms.CharField(
        label=_("Who sees"),
        max_length=40,
        help_text=_("The code or reference of the other unit; it need not lie in your place."),
    )
    taker_body = forms.CharField(
        label=_("Organisation that sees"),
        max_length=40,
        required=False,
        help_text=_("Its reference. Then only its members see, and nobody else of the unit."),
    )
    place = PickField(
        "units", label=_("For which place"), required=False,
        help_text=_("Empty: the whole place of who shows."),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of case"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("None chosen: all of them."),
    )
    parts = forms.MultipleChoiceField(
        label=_("Shown beside words, kind, grid and state"),
        choices=list(PARTS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Who brought a case is never shown; for one case only with his consent."),
    )
    mode = forms.ChoiceField(
        label=_("What they may do"),
        choices=list(MODES.items()),
        initial=Mode.READ,
        widget=forms.RadioSelect,
    )
    purpose = forms.CharField(
        label=_("What it is for"),
        max_length=PURPOSE_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    from_on = forms.DateField(label=_("From"))
    until_on = forms.DateField(
        label=_("Until"),
        required=False,
        help_text=_("Without an end it is named every night as something to mend."),
    )

    def __init__(self, kinds: Mapping[str, Kind], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = grouped(kinds, get_language() or "en")


class ReasonForm(forms.Form):
    """Why an agreement is declined or ended."""

    words = forms.CharField(label=_("Why"), max_length=300)


class NoteForm(forms.Form):
    """A note that both sides read."""

    words = forms.CharField(
        label=_("Note for both sides"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class HandOverForm(forms.Form):
    """A part of a case for the other side."""

    words = forms.CharField(
        label=_("What they are to do"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=WORDS_AT_MOST,
    )
    kind = forms.ChoiceField(label=_("Kind"))

    def __init__(self, kinds: Mapping[str, Kind], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = grouped(kinds, get_language() or "en")
