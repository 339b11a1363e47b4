"""What residents may send: a question or a rumour, and whether the answer was one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from renwang.bulletins.question_rules import CONTACT_AT_MOST, WORDS_AT_MOST, Kind, NotAPerson
from renwang.bulletins.services import Asking
from renwang.bulletins.words import explain


class AskForm(forms.Form):
    """A question or a rumour, in one's own words. `website` is a field that no human being sees."""

    kind = forms.ChoiceField(
        label=_("What do you bring?"),
        widget=forms.RadioSelect,
        choices=[
            (Kind.QUESTION, _("I have a question")),
            (Kind.RUMOUR, _("I have heard something. Is it true?")),
        ],
        initial=Kind.QUESTION,
    )
    words = forms.CharField(
        label=_("In your own words"),
        max_length=WORDS_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Up to 1,000 characters. Leave out names and telephone numbers of other people."
        ),
    )
    contact = forms.CharField(
        label=_("Telephone or e-mail, if you want us to ring or write back"),
        max_length=CONTACT_AT_MOST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Kept under seal, read only by those who answer, erased two weeks after the answer."
        ),
    )
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what fills every field it finds."""
        content = super().clean()
        if content.get("website"):
            raise forms.ValidationError(explain(NotAPerson()))
        return content

    def asking(self) -> Asking:
        """Give what was brought."""
        brought = self.cleaned_data
        return Asking(brought["words"], Kind(brought["kind"]), brought["contact"])


class JudgeForm(forms.Form):
    """Whether that was an answer."""

    helped = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes"
    )
