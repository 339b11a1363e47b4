"""What a grid worker fills in: one hand, few fields."""

from django import forms
from django.utils.translation import gettext_lazy as _

from renwang.outreach.models import Round

LARGEST = 100_000


class AnswerForm(forms.Form):
    """Understood, or carried on; how many households were told, where that is asked."""

    receipt = forms.ChoiceField(choices=[("understood", ""), ("carried", "")])
    households = forms.IntegerField(
        label=_("Households told"), required=False, min_value=0, max_value=LARGEST
    )
    seen = forms.CharField(required=False, max_length=16)  # the mark of the words on the page


class RoundForm(forms.Form):
    """A knock at one door, or a gong or loudspeaker round. The id was made with the page."""

    id = forms.UUIDField()
    kind = forms.ChoiceField(choices=Round.Kind.choices)
    household = forms.UUIDField(required=False)
    answered = forms.TypedChoiceField(
        choices=[("yes", _("Somebody opened")), ("no", _("Nobody opened"))],
        coerce=lambda said: said == "yes",
        required=False,
        empty_value=True,
    )
    households = forms.IntegerField(
        label=_("Households that heard it"), required=False, min_value=0, max_value=LARGEST
    )
    witness = forms.CharField(label=_("Witness"), required=False, max_length=80)
