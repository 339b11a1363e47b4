"""Forms about warnings: which one looks for, bringing one in, relaying it, putting it aside."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.alerts import cap
from renwang.alerts.finding import Wanted
from renwang.alerts.rules import (
    LONGEST,
    MOST_AGAIN,
    SHORTEST,
    AlertRefused,
    ColourTerms,
    check_terms,
)
from renwang.alerts.terms import as_terms
from renwang.alerts.words import explain
from renwang.chain.models import Unit
from renwang.outreach.rules import Order, Terms
from renwang.outreach.words import ORDERS
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm
from renwang.web.desk.templatetags.desk import SOURCES
from renwang.web.frame.tags.signs import COLOUR_WORDS

COLOURS = [(key if key != "unknown" else "none", word) for key, word in COLOUR_WORDS.items()]


class FilterForm(forms.Form):
    """Narrows the list of warnings; sent as GET."""

    q = forms.CharField(required=False, max_length=80)
    state = forms.CharField(required=False, max_length=12)
    colour = forms.ChoiceField(
        label=pgettext_lazy("of a warning", "Colour"),
        choices=[("", _("Any colour")), *COLOURS],
        required=False,
    )
    source = forms.ChoiceField(
        label=_("Came by"), choices=[("", _("Any way")), *SOURCES.items()], required=False
    )
    drills = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("Real warnings")), ("1", _("Rehearsals"))],
        required=False,
    )

    def wanted(self) -> Wanted:
        """Say what is looked for; nonsense in the address narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        return Wanted(
            said.get("q", "").strip(),
            said.get("state", ""),
            said.get("colour", ""),
            said.get("source", ""),
            bool(said.get("drills")),
        )


class ReceiveForm(forms.Form):
    """A warning as a file, as pasted text, or at an address that is looked at once."""

    file = forms.FileField(
        label=_("File"), required=False, help_text=_("A CAP file (XML), as it came.")
    )
    text = forms.CharField(
        label=_("Or the text itself"),
        required=False,
        strip=False,
        max_length=cap.ALERT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"}),
        help_text=_("Paste the whole message, from its first character to its last."),
    )
    url = forms.URLField(
        label=_("Or its address"),
        required=False,
        assume_scheme="https",
        help_text=_("Looked at once, now. To watch an address, add it as a feed."),
    )

    def clean_file(self) -> Any:
        """Refuse early what is larger than any warning."""
        file = self.cleaned_data["file"]
        if file and file.size > cap.FEED_LIMIT:
            raise forms.ValidationError(_("The file is larger than any warning."))
        return file

    def clean(self) -> dict[str, Any]:
        """Exactly one of the three ways is used."""
        said = super().clean()
        given = [name for name in ("file", "text", "url") if said.get(name)]
        if not given and not self.errors:
            raise forms.ValidationError(_("Choose a file, paste the text, or give an address."))
        if len(given) > 1:
            raise forms.ValidationError(_("Give the warning in one way only."))
        return said


class DismissForm(forms.Form):
    """Why a warning is not for this node."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class ChooseForm(ReachForm):
    """A unit in which a warning applies, by a person's decision."""

    unit = PickField("units", label=_("Unit"), help_text=UNIT_HELP)


class TermsForm(forms.Form):
    """How long people get, and in which order they are told."""

    order = forms.ChoiceField(
        label=pgettext_lazy("of telling the levels", "Order"),
        widget=forms.RadioSelect,
        choices=[(o.value, ORDERS[o]) for o in Order],
    )
    contact_for = forms.IntegerField(
        label=_("Time for one contact"),
        min_value=SHORTEST,
        max_value=LONGEST,
        help_text=_("Seconds before the next contact of the same person is tried."),
    )
    person_for = forms.IntegerField(
        label=_("Time for one person"),
        min_value=SHORTEST,
        max_value=LONGEST,
        help_text=_("Seconds before a deputy is asked."),
    )
    carry_for = forms.IntegerField(
        label=_("Time to carry it on"),
        min_value=SHORTEST,
        max_value=LONGEST,
        help_text=_("Seconds from “understood” to “carried on” before a reminder goes out."),
    )
    again_every = forms.IntegerField(
        label=_("Call again every"),
        min_value=0,
        max_value=LONGEST,
        required=False,
        help_text=_(
            "Seconds after which everybody of a silent post is called again until a human being answers; 0 for never."
        ),
    )
    again_times = forms.IntegerField(
        label=_("Call again at most"),
        min_value=0,
        max_value=MOST_AGAIN,
        required=False,
        help_text=_("How many times; 0 for until the warning ends."),
    )
    breaks_quiet = forms.BooleanField(
        label=_("Wakes people in their quiet hours"),
        required=False,
        help_text=_("Without it, whoever rests is called when his rest ends, and others before."),
    )

    @classmethod
    def of(cls, terms: ColourTerms, *args: Any, **kwargs: Any) -> "TermsForm":
        """Make the form with terms as they are."""
        initial = {name: getattr(terms, name) for name in cls.base_fields}
        return cls(*args, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Ask the rule whether anybody could keep these terms."""
        said = super().clean()
        if not self.errors:
            try:
                check_terms(self.terms())
            except AlertRefused as refusal:
                raise forms.ValidationError(explain(refusal)) from None
        return said

    def terms(self) -> ColourTerms:
        """Give what was entered as terms of a colour."""
        said = {name: self.cleaned_data[name] for name in TermsForm.base_fields}
        numbers = {name: said[name] or 0 for name in ("again_every", "again_times")}
        return ColourTerms(**{**said, **numbers})


class RelayForm(TermsForm):
    """From which unit a warning is carried down, in which language, with which local note."""

    note = forms.CharField(
        label=_("Local note"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Up to 300 characters, always shown apart from the signed words: where the shelter is, whom to ring. "
            "The signed words themselves cannot be changed."
        ),
    )
    unit = forms.ChoiceField(label=_("Carried down from"), widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language of the words"), required=False)

    field_order = ("unit", "language", "note", "order", "contact_for", "person_for", "carry_for")

    def __init__(
        self,
        units: Sequence[Unit],
        languages: Sequence[str],
        terms: ColourTerms,
        *args: Any,
        **kw: Any,
    ):
        kw["initial"] = {
            **{name: getattr(terms, name) for name in TermsForm.base_fields},
            **kw.get("initial", {}),
        }
        super().__init__(*args, **kw)
        # Whether to call again, and whom to wake, belongs to the colour and not to one relay.
        self._standard = terms
        for name in ("again_every", "again_times", "breaks_quiet"):
            del self.fields[name]
        self._units = {str(unit.pk): unit for unit in units}
        self.fields["unit"].choices = [(key, unit.name) for key, unit in self._units.items()]
        self.fields["unit"].initial = next(iter(self._units), None)
        self.fields["language"].choices = [(one, one) for one in languages]
        if len(languages) < 2:
            del self.fields["language"]
        self.order_fields(self.field_order)

    def terms(self) -> ColourTerms:
        """Give what was entered, and what belongs to the colour."""
        said = {
            name: self.cleaned_data[name] for name in TermsForm.base_fields if name in self.fields
        }
        return replace(self._standard, **said)

    def chosen_unit(self) -> Unit:
        """Give the unit that was chosen."""
        return self._units[self.cleaned_data["unit"]]

    def chosen_terms(self, standard: ColourTerms) -> Terms | None:
        """Give the terms where they differ from those of the colour; None keeps those."""
        own = self.terms()
        if own == standard:
            return None
        return as_terms(own)
