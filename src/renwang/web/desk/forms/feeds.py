"""Forms of feeds."""

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from renwang.alerts.feeds import LONGEST, SHORTEST
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm


class AnswerField(forms.URLField):
    """Where messages are answered; empty where they are not."""

    def __init__(self, help_text: Promise):
        super().__init__(
            label=_("Answer its messages at"),
            max_length=500,
            required=False,
            assume_scheme="https",
            help_text=help_text,
        )


class KeyField(forms.CharField):
    """The key that another node gave us; it is never shown again."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Key for answering"),
            max_length=200,
            required=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
            help_text=_(
                "What that node gave you, with the scope alerts.confirm. It is not shown again; empty leaves it as it is."
            ),
        )


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

    answer_url = AnswerField(
        _(
            "Each message is then answered with a signed CAP message: taken and carried on, or why not. Empty: nothing is answered."
        ),
    )
    answer_key = KeyField()


class ChangeFeedForm(FeedForm):
    """The same for a feed that is there; its place stays."""

    unit = None


class PeerForm(ReachForm):
    """Another node or office with which warnings are exchanged."""

    label = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As people know it: the node of the sub-district to the east."),
    )
    sender = forms.CharField(
        label=_("Sender"),
        max_length=300,
        help_text=_("As it stands in its messages under “sender”."),
    )
    signer = forms.CharField(
        label=_("Name in its certificate"),
        max_length=200,
        required=False,
        help_text=_(
            "With it, only what this certificate has signed counts as said by that node. Its file belongs into the folder “trusted”."
        ),
    )
    unit = PickField("units", label=_("For which place"), help_text=UNIT_HELP)
    confirms = forms.BooleanField(
        label=_("It is to confirm what goes out there"),
        required=False,
        help_text=_("While it has not, it stands on the page of the warning as silent."),
    )
    answer_url = AnswerField(
        _(
            "For warnings that come from it as a file or over the API. Another Renwang takes answers at /api/v1/alerts."
        ),
    )
    answer_key = KeyField()


class ChangePeerForm(PeerForm):
    """The same for a node that is entered; its place stays."""

    unit = None
