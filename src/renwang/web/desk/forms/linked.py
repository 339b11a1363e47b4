"""Forms of linked systems: how one is reached, which of its services is which kind, what a case that goes there needs."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from renwang.cases.kind_rules import Kind, grouped
from renwang.cases.linked.models import FORMS, System
from renwang.cases.linked.rules import LONGEST, SHORTEST, TELL_AT_MOST, Pair
from renwang.cases.open311 import Attribute, Datatype
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm


class SystemForm(ReachForm):
    """How a linked system is reached."""

    label = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As people know it: the city management platform of the district."),
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("The endpoint of its Open311 GeoReport v2, or its discovery document."),
    )
    unit = PickField("units", label=_("For which place"), help_text=UNIT_HELP)
    jurisdiction = forms.CharField(
        label=_("jurisdiction_id"),
        max_length=120,
        required=False,
        help_text=_("Only where it answers for several places."),
    )
    key = forms.CharField(
        label=_("Its key for us"),
        max_length=300,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "api_key; kept under seal and not shown again. Empty leaves it as it is, as long as the host stays."
        ),
    )
    form = forms.ChoiceField(label=_("Form"), choices=FORMS, widget=forms.RadioSelect)
    every = forms.IntegerField(
        label=_("Visit it every … seconds"), min_value=SHORTEST, max_value=LONGEST, initial=600
    )


class ChangeSystemForm(SystemForm):
    """The same for a system that is linked; its place stays."""

    unit = None


class MapForm(forms.Form):
    """Which of its services is which of our kinds, and what is exchanged."""

    pulls = forms.BooleanField(label=_("What is new there comes in here"), required=False)
    pushes = forms.BooleanField(
        label=_("Cases of ours may be sent there, one by one, by a person"), required=False
    )
    answers = forms.BooleanField(
        label=_("What we answer to its reporters goes back there"), required=False
    )

    def __init__(self, system: System, kinds: Mapping[str, Kind], *args: Any, **kwargs: Any):
        self.services = [(place, one) for place, one in enumerate(system.services)]
        sent = {code: kind for kind, code in system.sent_as.items()}
        initial = {name: getattr(system, name) for name in ("pulls", "pushes", "answers")}
        for place, one in self.services:
            code = one["code"]
            initial |= {
                f"kind-{place}": system.taken_as.get(code) or sent.get(code, ""),
                f"takes-{place}": code in system.taken_as,
                f"sends-{place}": code in sent,
            }
        super().__init__(*args, initial=initial, **kwargs)
        choices = [("", _("Nobody has said")), *grouped(kinds, get_language() or "en")]
        for place, one in self.services:
            self._add(place, one["name"], choices)

    def _add(self, place: int, name: str, choices: Sequence[Any]) -> None:
        """Give a service its three fields, each named for whoever does not see the table."""
        words = (
            (f"kind-{place}", forms.ChoiceField(choices=choices, required=False), _("Our kind")),
            (f"takes-{place}", forms.BooleanField(required=False), _("Comes in as it")),
            (f"sends-{place}", forms.BooleanField(required=False), _("Is sent as it")),
        )
        for key, field, word in words:
            field.widget.attrs["aria-label"] = f"{name}: {word}"
            self.fields[key] = field

    def rows(self) -> list[tuple[Any, Any, Any, Any]]:
        """Give each service with its three fields."""
        return [
            (one, self[f"kind-{place}"], self[f"takes-{place}"], self[f"sends-{place}"])
            for place, one in self.services
        ]

    def pairs(self) -> list[Pair]:
        """Give what was said; a service without a kind was not said."""
        said = self.cleaned_data
        return [
            Pair(one["code"], said[f"kind-{place}"], said[f"takes-{place}"], said[f"sends-{place}"])
            for place, one in self.services
            if said.get(f"kind-{place}")
        ]


class SendForm(forms.Form):
    """What goes along with a case that is sent to a linked system."""

    note = forms.CharField(
        label=_("What you say beside the words of the reporter"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
        help_text=_("Why you send it, what is asked of them. Name nobody."),
    )
    exactly = forms.BooleanField(
        label=_("Send the exact place"),
        required=False,
        initial=True,
        help_text=_("Without it they get the name of the grid only."),
    )
    with_contact = forms.BooleanField(
        label=_("Send how the reporter can be reached"), required=False
    )
    consented = forms.BooleanField(
        label=_("He was asked and has agreed"),
        required=False,
        help_text=_("The journal keeps that you say so."),
    )

    def __init__(
        self, attributes: Sequence[Attribute], *args: Any, has_contact: bool, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        if not has_contact:
            del self.fields["with_contact"], self.fields["consented"]
        self.asked = list(attributes)
        for one in self.asked:
            self.fields[f"asked-{one.code}"] = _field_of(one)

    def answers(self) -> dict[str, list[str]]:
        """Give what was answered to the system's questions."""
        found = {one.code: self.cleaned_data.get(f"asked-{one.code}") for one in self.asked}
        return {
            code: value if isinstance(value, list) else [str(value)]
            for code, value in found.items()
            if value not in (None, "", [])
        }


def _field_of(one: Attribute) -> forms.Field:
    """Make the field in which an attribute is answered, in the system's own words."""
    plain: dict[str, Any] = {"label": one.description, "required": one.required}
    if one.datatype is Datatype.ONE:
        return forms.ChoiceField(choices=[("", "–"), *one.choices], **plain)
    if one.datatype is Datatype.SEVERAL:
        return forms.MultipleChoiceField(
            choices=one.choices, widget=forms.CheckboxSelectMultiple, **plain
        )
    if one.datatype is Datatype.NUMBER:
        return forms.FloatField(**plain)
    area = forms.Textarea(attrs={"rows": 2}) if one.datatype is Datatype.TEXT else None
    return forms.CharField(max_length=500, widget=area, **plain)


class TellForm(forms.Form):
    """What a linked system is told, or why nobody waits for it any longer."""

    words = forms.CharField(
        label=_("Words"), widget=forms.Textarea(attrs={"rows": 3}), max_length=TELL_AT_MOST
    )
