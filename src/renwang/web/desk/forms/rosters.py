"""Forms about duty and rest: a shift, quiet hours."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.chain.models import Person
from renwang.web.desk.picking import PERSON_HELP, UNIT_HELP, PickField, ReachForm

_MOMENT = "%Y-%m-%dT%H:%M"


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)
    return forms.DateTimeField(label=label, input_formats=[_MOMENT], widget=widget)


class ShiftForm(ReachForm):
    """Who is on duty for a unit, from when to when."""

    unit = PickField("units", label=_("Unit"), help_text=UNIT_HELP)
    person = PickField("people", label=_("On duty"), help_text=PERSON_HELP)
    from_at = _moment(pgettext_lazy("of a shift", "From"))
    until_at = _moment(pgettext_lazy("of a shift", "Until"))


class QuietForm(forms.Form):
    """In which hours somebody rests, and what holds for single contacts."""

    hours = forms.CharField(
        label=_("Quiet hours"),
        max_length=20,
        required=False,
        help_text=_(
            "Such as 22:00-07:00, or “none”; empty for what holds at this node. Red and orange warnings come all the same."
        ),
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["hours"].initial = person.quiet
        self._contacts = list(person.contacts.all())
        for contact in self._contacts:
            label = f"{contact.get_kind_display()} {contact.address}".strip()
            self.fields[f"of_{contact.pk.hex}"] = forms.CharField(
                label=label, max_length=20, required=False, initial=contact.quiet
            )

    def of_contacts(self) -> dict[Any, str]:
        """Give what was entered for each contact."""
        return {one.pk: self.cleaned_data[f"of_{one.pk.hex}"] for one in self._contacts}
