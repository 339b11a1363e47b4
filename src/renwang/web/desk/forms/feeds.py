"""Forms of feeds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from renwang.alerts.feeds import LONGEST, SHORTEST
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm


class FeedForm(ReachForm):
    """An address that is watched for warnings."""

    label = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As people know it: the weather service of the district."),
    )
    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        help_text=_("One CAP message, or an Atom or RSS feed of them."),
    )
    unit = PickField("units", label=_("For which place"), help_text=UNIT_HELP)
    every = forms.IntegerField(
        label=_("Look every … seconds"), min_value=SHORTEST, max_value=LONGEST, initial=60
    )
    relays = forms.BooleanField(
        label=_("Carry its warnings down without asking anybody"),
        required=False,
        help_text=_("Only for a feed whose every warning may go out at once."),
    )


class ChangeFeedForm(FeedForm):
    """The same for a feed that is there; its place stays."""

    unit = None
