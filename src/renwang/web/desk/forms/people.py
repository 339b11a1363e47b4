"""Forms about people: as little as is needed to call them, and nothing more."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.chain.contact_rules import WITHOUT_ADDRESS, Way
from renwang.chain.models import Contact, Person
from renwang.web.desk.picking import PERSON_HELP, UNIT_HELP, PickField, ReachForm

MOST_WAYS = 12


class PersonForm(ReachForm):
    """Who somebody is, where he is at home, and which language he reads."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=80)
    unit = PickField("units", label=_("At home in"), help_text=UNIT_HELP)
    number = forms.CharField(
        label=_("Staff number"),
        help_text=_("As the roster has it; an import finds the person by it."),
        max_length=40,
        required=False,
    )
    language = forms.ChoiceField(label=_("Reads"), choices=settings.LANGUAGES)


class WayForm(ReachForm):
    """One way to reach a person."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "–"), *Contact.Kind.choices])
    address = forms.CharField(label=_("Number or address"), max_length=300, required=False)
    neighbour = PickField("people", label=_("Neighbour"), help_text=PERSON_HELP, required=False)

    def way(self) -> Way:
        """Return it as the rules judge it."""
        asked = self.cleaned_data
        kind, neighbour = asked["kind"], asked["neighbour"]
        is_relayed = kind == Contact.Kind.NEIGHBOUR
        return Way(
            kind,
            "" if kind in WITHOUT_ADDRESS and kind != Contact.Kind.APP else asked["address"],
            str(neighbour.pk) if neighbour and is_relayed else None,
        )


class _Ways(BaseFormSet):
    """All ways of one person; the number in front of each says in which order they are tried."""

    ordering_widget = forms.NumberInput(attrs={"min": 1, "max": MOST_WAYS})

    def ways(self) -> list[Way]:
        """Return what is to be kept, in order."""
        kept = self.ordered_forms
        return [form.way() for form in kept if form.cleaned_data.get("kind")]


_WaysSet = formset_factory(
    WayForm, formset=_Ways, extra=2, max_num=MOST_WAYS, can_order=True, can_delete=True
)


def ways_form(viewer: Any, contacts: Sequence[Contact], data: Any = None) -> _Ways:
    """Make the form of a person's contacts, filled with those there are."""
    initial = [
        {"kind": one.kind, "address": one.address, "neighbour": one.neighbour} for one in contacts
    ]
    return _WaysSet(data, initial=initial, form_kwargs={"viewer": viewer})


class AccountForm(forms.Form):
    """A sign-in for a person; his first password is made here and shown once."""

    username = forms.CharField(
        label=_("Sign-in name"), help_text=_("As it is typed when signing in."), max_length=64
    )
    email = forms.EmailField(label=_("E-mail"), required=False)


class DeactivateForm(forms.Form):
    """Why somebody is no longer called."""

    reason = forms.CharField(label=_("Why"), max_length=300, required=False)


def initial_of(person: Person) -> dict[str, Any]:
    """Return what is known of a person, for the form that changes it."""
    return {
        "name": person.name,
        "unit": person.unit,
        "number": person.number,
        "language": person.language,
    }
