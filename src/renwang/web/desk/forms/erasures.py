"""Forms of early erasure: asking for it at the desk, refusing it with a ground."""

from django import forms
from django.utils.translation import gettext_lazy as _

from renwang.cases.erasure_rules import REASON_AT_MOST
from renwang.cases.erasures import SCOPES


class AskForm(forms.Form):
    """What is to be erased early, and who wishes it for what reason."""

    scope = forms.ChoiceField(label=_("What is to be erased"), choices=list(SCOPES.items()))
    reason = forms.CharField(
        label=_("How the person asked for it, and why"),
        max_length=REASON_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RefuseForm(forms.Form):
    """On which ground it is refused."""

    ground = forms.CharField(
        label=_("On which ground"),
        max_length=REASON_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reporter reads this. Say which rule asks for keeping it, and until when."),
    )
