"""Forms about organisations: what they are, who belongs to them, in which alliances they are."""

from django import forms
from django.utils.translation import gettext_lazy as _

from renwang.chain.models import Organisation
from renwang.web.desk.picking import PERSON_HELP, UNIT_HELP, PickField, ReachForm

MEMBER_HELP = _("A part of its name.")


class OrganisationForm(ReachForm):
    """What an organisation is and where it sits."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Organisation.Kind.choices)
    name = forms.CharField(label=_("Name"), max_length=120)
    unit = PickField("units", label=_("Seat"), help_text=UNIT_HELP)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    telephone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    number = forms.CharField(label=_("Registration number"), max_length=40, required=False)


class MemberForm(ReachForm):
    """A person who becomes a member."""

    person = PickField("people", label=_("Person"), help_text=PERSON_HELP)
    does = forms.CharField(label=_("Task"), max_length=80, required=False)
    from_on = forms.DateField(label=_("From"), help_text=_("Empty: today."), required=False)


class JoinForm(ReachForm):
    """An organisation that joins an alliance."""

    member = PickField("organisations", label=_("Organisation"), help_text=MEMBER_HELP)
    leads = forms.BooleanField(label=_("Leads the alliance"), required=False)
    on = forms.DateField(label=_("From"), help_text=_("Empty: today."), required=False)
