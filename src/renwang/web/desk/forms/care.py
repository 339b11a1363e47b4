"""Forms of the care list: who and what help, consent, pairing, opening in an emergency, paper."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import get_language
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from renwang.registers.care import finding
from renwang.registers.care.finding import Wanted
from renwang.registers.care.models import CareEntry, Paper
from renwang.registers.care.needs import known_needs, need_name
from renwang.registers.care.paper_rules import PaperForm as LeavesAs
from renwang.registers.care.rules import (
    CONSENT_AT_MOST,
    NAME_AT_MOST,
    OTHERS_AT_MOST,
    TELEPHONE_AT_MOST,
    WORDS_AT_MOST,
    Consent,
    ConsentHow,
    Content,
    Other,
)
from renwang.registers.care.sight import day_of
from renwang.web.desk.picking import PERSON_HELP, UNIT_HELP, PickField, ReachForm

BUILDING_HELP = _("A part of its name or address.")


class CareFilterForm(forms.Form):
    """Narrows the list; sent as GET. Only doors are searched: what is sealed cannot be."""

    q = forms.CharField(required=False, max_length=80)
    state = forms.CharField(required=False, max_length=12)

    def wanted(self) -> Wanted:
        """Say what is looked for; nonsense in the address narrows nothing."""
        self.is_valid()
        return Wanted(self.cleaned_data.get("q", "").strip(), self.cleaned_data.get("state", ""))


def _words(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=WORDS_AT_MOST, help_text=help_text
    )


class ContentForm(ReachForm):
    """What is sealed. No diagnosis: only what whoever knocks has to do."""

    name = forms.CharField(
        label=_("Whom to ask for at the door"), max_length=NAME_AT_MOST,
        help_text=_("As he wants to be called, such as Grandmother Qian."),
    )  # fmt: skip
    needs = forms.MultipleChoiceField(
        label=_("What makes help necessary"), widget=forms.CheckboxSelectMultiple
    )
    telephone = forms.CharField(label=_("Telephone"), required=False, max_length=TELEPHONE_AT_MOST)
    warn = _words(_("To be warned"), _("What to do differently, such as ring twice and call out."))
    leave = _words(_("To leave the house"), _("Who carries, which stairs, what goes along."))
    stay = _words(_("To stay"), _("What must not run out, and who brings it."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.fields["needs"].choices = [
            (key, need_name(key, language)) for key in known_needs().needs
        ]
        for at in range(OTHERS_AT_MOST):
            self.fields[f"other{at}"] = forms.CharField(
                label=_("Name"), required=False, max_length=NAME_AT_MOST
            )
            self.fields[f"tie{at}"] = forms.CharField(
                label=_("Who he is"), required=False, max_length=NAME_AT_MOST
            )
            self.fields[f"ring{at}"] = forms.CharField(
                label=_("Telephone"), required=False, max_length=TELEPHONE_AT_MOST
            )

    def others(self) -> Iterator[tuple[BoundField, BoundField, BoundField]]:
        """Give the rows of other people to call."""
        for at in range(OTHERS_AT_MOST):
            yield self[f"other{at}"], self[f"tie{at}"], self[f"ring{at}"]

    def content(self) -> Content:
        """Give what is said."""
        said = self.cleaned_data
        return Content(
            name=said["name"],
            needs=tuple(said["needs"]),
            telephone=said["telephone"],
            warn=said["warn"],
            leave=said["leave"],
            stay=said["stay"],
            others=tuple(
                Other(said[f"other{at}"], said[f"tie{at}"], said[f"ring{at}"])
                for at in range(OTHERS_AT_MOST)
            ),
        )

    @staticmethod
    def initial_of(content: Content) -> dict[str, Any]:
        """Give the form's first look from what stands there."""
        initial: dict[str, Any] = {
            "name": content.name, "needs": list(content.needs), "telephone": content.telephone,
            "warn": content.warn, "leave": content.leave, "stay": content.stay,
        }  # fmt: skip
        for at, one in enumerate(content.others):
            initial |= {f"other{at}": one.name, f"tie{at}": one.tie, f"ring{at}": one.telephone}
        return initial


class ChangeForm(ContentForm):
    """Another content for an entry, made from the version that was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ConsentForm(forms.Form):
    """How somebody agreed, and until when."""

    how = forms.ChoiceField(
        label=_("How he agreed"), widget=forms.RadioSelect, initial=ConsentHow.SIGNED,
        choices=CareEntry._meta.get_field("consent_how").choices,
    )  # fmt: skip
    given_on = forms.DateField(label=_("Agreed on"))
    until_on = forms.DateField(
        label=_("Until"), help_text=_("A year at most; then he is asked again.")
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        today = day_of(now)
        self.initial = {
            "given_on": today,
            "until_on": today + CONSENT_AT_MOST - timedelta(days=1),
            **self.initial,
        }

    def consent(self) -> Consent:
        """Give the consent."""
        said = self.cleaned_data
        return Consent(ConsentHow(said["how"]), said["given_on"], said["until_on"])


class DoorForm(ReachForm):
    """Behind which door of the chain's list."""

    building = PickField("buildings", label=_("Building"), help_text=BUILDING_HELP)
    door = forms.CharField(label=_("Door"), max_length=20, help_text=_("As in the list of doors."))

    def clean(self) -> dict[str, Any]:
        """Find the door in its building."""
        said = super().clean()
        if said.get("building") and said.get("door"):
            self.household = finding.door_in(self.viewer, said["building"], said["door"])
            if self.household is None:
                self.add_error("door", say("There is no such door in this building's list."))
        return said


class EnterForm(ContentForm, DoorForm):
    """Somebody new on the list: behind which door, what help."""


class PairForm(ReachForm):
    """Who looks after a door."""

    person = PickField("people", label=_("Who looks after it"), help_text=PERSON_HELP)
    rank = forms.TypedChoiceField(
        label=_("As"), coerce=int, initial=0, widget=forms.RadioSelect,
        choices=[(0, _("Helper")), (1, _("Back-up"))],
    )  # fmt: skip


class OpenForm(ReachForm):
    """Opening the list of a place in an emergency."""

    unit = PickField("units", label=_("For which place"), help_text=UNIT_HELP)
    reason = forms.CharField(
        label=_("Why"), max_length=WORDS_AT_MOST,
        help_text=_("What has happened. Everybody whose entry you open reads it; name nobody."),
    )  # fmt: skip
    until_at = forms.DateTimeField(
        label=_("Until"), help_text=_("Twelve hours at most. It closes by itself.")
    )


class TableForm(forms.Form):
    """The list as a table that is kept elsewhere."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or XLSX, 2,000 rows and 4 MB at most. It lies under seal until you decide."
        ),
    )


class PaperForm(ReachForm):
    """Taking the list of a place out of the node."""

    unit = PickField("units", label=_("For which place"), help_text=UNIT_HELP)
    holder = PickField("people", label=_("Who holds it"), help_text=PERSON_HELP)
    until_at = forms.DateTimeField(
        label=_("Until"), help_text=_("Seven days at most; then it has to come back.")
    )
    form = forms.TypedChoiceField(
        label=_("In which form"), coerce=LeavesAs, initial=LeavesAs.PAPER, widget=forms.RadioSelect,
        choices=Paper._meta.get_field("form").choices, required=False, empty_value=LeavesAs.PAPER,
    )  # fmt: skip


class SendForm(ReachForm):
    """Whom to send to the doors of a round that are ticked."""

    person = PickField("people", label=_("Whom to send"), help_text=PERSON_HELP)
