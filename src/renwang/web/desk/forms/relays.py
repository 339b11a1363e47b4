"""Forms of the alert board: an answer that was given to a person, a round on foot, taking words back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from renwang.base.pure.ids import uuid7
from renwang.outreach.models import Call, Round
from renwang.outreach.rules import Receipt
from renwang.outreach.services import SheetLine


class AnswerForm(forms.Form):
    """What somebody said when he was rung or met."""

    receipt = forms.ChoiceField(
        label=gettext_lazy("What was said"),
        widget=forms.RadioSelect,
        choices=[
            (Receipt.UNDERSTOOD.value, gettext_lazy("Has understood and will carry it on")),
            (Receipt.CARRIED.value, gettext_lazy("Has carried it on")),
        ],
        initial=Receipt.UNDERSTOOD.value,
    )
    households = forms.IntegerField(
        label=gettext_lazy("Households told"), min_value=0, required=False
    )
    via = forms.ChoiceField(
        label=gettext_lazy("How you heard it"),
        widget=forms.RadioSelect,
        choices=[
            ("phone", pgettext_lazy("way of answering", "By telephone")),
            ("desk", pgettext_lazy("way of answering", "At the desk")),
            ("knock", pgettext_lazy("way of answering", "At the door")),
            ("neighbour", pgettext_lazy("way of answering", "Through a neighbour")),
        ],
        initial="phone",
    )

    def __init__(self, call: Call, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if call.households:
            self.fields["households"].max_value = call.households
            self.fields["households"].help_text = _(
                "This post tells {n} households itself. Leave it empty when all were told."
            ).format(n=call.households)
        else:
            del self.fields["households"]

    def clean(self) -> dict[str, Any]:
        """Households are told only by who has carried the words on."""
        said = super().clean()
        if said.get("receipt") != Receipt.CARRIED.value:
            said["households"] = None
        said.setdefault("households", None)
        return said


class RoundForm(forms.Form):
    """A knock, a gong or a loudspeaker round."""

    round_id = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of round"), widget=forms.RadioSelect, choices=Round.Kind.choices
    )
    households = forms.IntegerField(label=gettext_lazy("Households that heard it"), min_value=0)
    answered = forms.BooleanField(
        label=gettext_lazy("Somebody opened or answered"), required=False, initial=True
    )
    witness = forms.CharField(
        label=gettext_lazy("Witness"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Who can confirm the round: a neighbour, a colleague."),
    )
    at = forms.DateTimeField(
        label=gettext_lazy("When it was made"),
        required=False,
        help_text=gettext_lazy("Leave it empty for just now."),
    )

    def __init__(self, call: Call, *args: Any, now: Any = None, **kwargs: Any):
        super().__init__(*args, prefix="round", **kwargs)
        self._now = now
        if now is not None:
            self.fields["round_id"].initial = uuid7(now)
        self.fields["kind"].initial = Round.Kind.LOUDSPEAKER
        self.fields["households"].initial = call.households or 1
        self.fields["households"].max_value = max(call.households, 1)

    def clean_at(self) -> Any:
        """A round that is still to come has not been made."""
        at = self.cleaned_data["at"]
        if at and self._now and at > self._now + timedelta(minutes=5):
            raise forms.ValidationError(
                _("This is still to come. Give the time at which it was made.")
            )
        return at


class WithdrawForm(forms.Form):
    """Why the words are taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It is kept in the journal and shown to whoever opens the warning."),
    )


class SheetForm(forms.Form):
    """A call sheet typed back in: for each post what it said, when, and how many households it told."""

    def __init__(self, calls: Sequence[Call], *args: Any, now: datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.calls, self.now = calls, now
        for call in calls:
            self.fields[f"said-{call.pk}"] = forms.ChoiceField(
                label=_("What {unit} said").format(unit=call.unit_name),
                choices=[
                    ("", "–"),
                    (Receipt.UNDERSTOOD.value, _("Has understood")),
                    (Receipt.CARRIED.value, _("Has carried it on")),
                ],
                required=False,
            )
            self.fields[f"at-{call.pk}"] = forms.DateTimeField(
                label=_("When {unit} said it").format(unit=call.unit_name), required=False
            )
            if call.households:
                self.fields[f"told-{call.pk}"] = forms.IntegerField(
                    label=_("Households that {unit} told").format(unit=call.unit_name),
                    min_value=0,
                    max_value=call.households,
                    required=False,
                )
        for name, one in self.fields.items():
            # The table's headings are no labels to a screen reader inside a cell.
            one.widget.attrs |= {"aria-label": one.label, "class": "input"}
            if name.startswith("at-"):
                one.widget.input_type = "datetime-local"
                one.widget.format = "%Y-%m-%dT%H:%M"

    def clean(self) -> dict[str, Any]:
        """A line that was filled in says when; nobody answered in the future."""
        said = super().clean()
        for call in self.calls:
            at = said.get(f"at-{call.pk}")
            if said.get(f"said-{call.pk}") and at is None and f"at-{call.pk}" not in self.errors:
                self.add_error(f"at-{call.pk}", _("Write the time that stands on the sheet."))
            if at is not None and at > self.now:
                self.add_error(f"at-{call.pk}", _("This time is still to come."))
        return said

    def lines(self) -> list[SheetLine]:
        """Give the lines that were filled in."""
        said = self.cleaned_data
        return [
            SheetLine(
                call.pk,
                Receipt(said[f"said-{call.pk}"]),
                said[f"at-{call.pk}"],
                said.get(f"told-{call.pk}")
                if said[f"said-{call.pk}"] == Receipt.CARRIED.value
                else None,
            )
            for call in self.calls
            if said[f"said-{call.pk}"]
        ]

    @property
    def rows(self) -> list[tuple[Call, Any, Any, Any]]:
        """Each call with its three fields, for drawing."""
        return [
            (
                call,
                self[f"said-{call.pk}"],
                self[f"at-{call.pk}"],
                self[f"told-{call.pk}"] if f"told-{call.pk}" in self.fields else None,
            )
            for call in self.calls
        ]
