"""Forms about briefs: of which place and week, its words and readers, a reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from renwang.chain.models import Unit
from renwang.response.briefs.models import Version
from renwang.response.briefs.rules import TITLE_AT_MOST, WORDS_AT_MOST, Section
from renwang.response.briefs.services import Wording
from renwang.response.briefs.words import SECTIONS
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm


class BeginForm(ReachForm):
    """Of which place, and which week."""

    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    day = forms.DateField(label=_("A day of the week it tells of"))


class WordingForm(forms.Form):
    """The words of a brief, part by part, and who reads it."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_AT_MOST)

    def __init__(self, units: Sequence[Unit], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.units = {str(one.pk): one for one in units}
        for one in Section:
            self.fields[one.value] = _words(SECTIONS[one])
        self.fields["readers"] = forms.MultipleChoiceField(
            label=_("Units that read it"),
            choices=[(key, one.name) for key, one in self.units.items()],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            help_text=_("Those above the place, and those right below it."),
        )
        self.fields["is_public"] = forms.BooleanField(
            label=_("Everybody may read the part below"), required=False
        )
        self.fields["public_words"] = _words(_("What everybody reads"))
        self.fields["public_words"].help_text = _(
            "No number below three, no address, nobody's trouble: among few, each can be guessed."
        )

    @staticmethod
    def initial_of(version: Version, *, is_public: bool) -> dict[str, Any]:
        """Give what the form shows of a version."""
        plain = {"title": version.title, "public_words": version.public_words}
        return plain | version.sections | {"readers": version.readers, "is_public": is_public}

    def said(self) -> Wording:
        """Give the brief as it was put."""
        given: Mapping[str, Any] = self.cleaned_data
        return Wording(
            given["title"],
            {one.value: given[one.value] for one in Section},
            given["public_words"],
            given["is_public"],
            [self.units[key] for key in given["readers"]],
        )


def _words(label: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=label, widget=area, max_length=WORDS_AT_MOST, required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300)
