"""Forms about placards: for what they are printed, on which paper, in which languages; why one is taken out of use."""

from django import forms
from django.utils.translation import gettext_lazy as _

from renwang.cases.placard_rules import Scope, Size

SIZES = [
    (Size.A4.value, _("A4, for a notice board")),
    (Size.A5.value, _("A5, for an entrance")),
    (Size.STICKER.value, _("Stickers, eight on an A4 sheet (99.1 × 67.7 mm)")),
]
LANGUAGES = [
    ("zh-hans,en", _("Chinese, with English below it")),
    ("zh-hans", _("Chinese")),
    ("en", _("English")),
]
SCOPES = [
    (Scope.PLACE.value, _("The place itself")),
    (Scope.BELOW.value, _("The places below it, down to the grid")),
    (Scope.BUILDINGS.value, _("Its buildings")),
    (Scope.ENTRANCES.value, _("Every entrance of a building that has several")),
    (Scope.FACILITIES.value, _("Its facilities")),
]


class PaperForm(forms.Form):
    """On which paper, in which languages."""

    size = forms.ChoiceField(
        label=_("Size"), choices=SIZES, widget=forms.RadioSelect, initial=Size.A5.value
    )
    languages = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, initial="zh-hans,en")

    def clean_languages(self) -> list[str]:
        """Give the languages in their order."""
        return str(self.cleaned_data["languages"]).split(",")

    def clean_size(self) -> Size:
        """Give the size."""
        return Size(self.cleaned_data["size"])


class PlaceForm(PaperForm):
    """For what of a place."""

    scopes = forms.MultipleChoiceField(
        label=_("For what"), choices=SCOPES, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("scopes", "size", "languages")

    def clean_scopes(self) -> list[Scope]:
        """Give what was ticked."""
        return [Scope(one) for one in self.cleaned_data["scopes"]]


class BuildingForm(PaperForm):
    """For a building, with its entrances or without them."""

    entrances = forms.BooleanField(
        label=_("Every entrance of a building that has several"), required=False, initial=True
    )
    field_order = ("entrances", "size", "languages")


class RetireForm(forms.Form):
    """Why a placard is taken out of use."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
