"""Forms about duties: write one, say something about one, decide about one."""

from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from renwang.registers.duties.models import PHASES, Duty, Helper
from renwang.registers.duties.rules import WORDS_AT_MOST, Phase
from renwang.registers.duties.services import Help, Terms
from renwang.registers.hazards import EVERY, kinds, name_of
from renwang.web.desk.picking import POST_HELP, UNIT_HELP, PickField, ReachForm

MORE_HELPERS = 3  # empty rows beside those that are filled
_TEXTS = ("sole", "joint", "resources", "gathering", "basis")


def hazard_choices(*more: str) -> list[tuple[str, str]]:
    """All hazards together, each kind in the reader's language, and what this duty has besides."""
    language = get_language() or "zh"
    known = [(key, name_of(key, language)) for key in (EVERY, *kinds())]
    return known + [(key, key) for key in more if key and key not in dict(known)]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CellForm(ReachForm):
    """For what, where, when: of a successor they stay as they are."""

    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    hazard = forms.ChoiceField(
        label=_("Hazard"),
        help_text=_("One for all hazards applies wherever none was made for the very hazard."),
    )
    phase = forms.ChoiceField(label=_("Phase"), choices=PHASES, initial=Phase.RESPOND)

    def __init__(self, viewer: Any, *args: Any, **kwargs: Any):
        super().__init__(viewer, *args, **kwargs)
        self.fields["hazard"].choices = hazard_choices(str(self.initial.get("hazard", "")))


class TermsForm(ReachForm):
    """Who leads, what is to be done, on what it rests, from when until when."""

    leader = PickField("posts", label=_("The post that leads"), help_text=POST_HELP, required=False)
    sole = forms.CharField(
        label=_("What the leader answers for"),
        max_length=WORDS_AT_MOST,
        required=False,
        widget=_area(3),
    )
    joint = forms.CharField(
        label=_("What all answer for together"),
        max_length=WORDS_AT_MOST,
        required=False,
        widget=_area(3),
    )
    resources = forms.CharField(
        label=_("How people, vehicles and stock are called up"),
        max_length=WORDS_AT_MOST,
        required=False,
        widget=_area(2),
    )
    gathering = forms.CharField(
        label=_("Where news comes together"), max_length=300, required=False
    )
    basis = forms.CharField(
        label=_("Law or agreement it rests on"),
        max_length=500,
        required=False,
        help_text=_("With its number and article, so that it can be looked up."),
    )
    from_on = forms.DateField(
        label=_("Holds from"), help_text=_("Empty: from its approval."), required=False
    )
    until_on = forms.DateField(
        label=_("No longer from"), help_text=_("Empty: until another follows."), required=False
    )

    def terms(self, hazard: str, phase: Phase, helpers: list[Help]) -> Terms:
        """Give what was entered."""
        said = self.cleaned_data
        return Terms(hazard, phase, helpers=helpers, **{name: said[name] for name in _FIELDS})


_FIELDS = ("leader", *_TEXTS, "from_on", "until_on")


class HelperForm(ReachForm):
    """Who helps, and what he does."""

    post = PickField("posts", label=_("Post that helps"), required=False)
    organisation = PickField("organisations", label=_("or organisation"), required=False)
    does = forms.CharField(
        label=pgettext_lazy("of a helper", "What it does"), max_length=300, required=False
    )

    def clean(self) -> dict[str, Any]:
        """One of the two, and something to do only with one."""
        said = super().clean() or self.cleaned_data
        if said.get("post") and said.get("organisation"):
            raise forms.ValidationError(_("Choose a post or an organisation, not both."))
        nobody = not (said.get("post") or said.get("organisation"))
        if said.get("does") and nobody and not self.errors:
            raise forms.ValidationError(pgettext_lazy("of a helper", "Say who does it."))
        return said

    def help(self) -> Help | None:
        """Give who helps; None for an empty row."""
        said = self.cleaned_data
        if not (said["post"] or said["organisation"]):
            return None
        return Help(said["post"], said["organisation"], said["does"])


class DutyWriting:
    """All the forms of a page on which a duty is written."""

    def __init__(
        self,
        viewer: Any,
        data: Any,
        *,
        duty: Duty | None = None,
        helpers: list[Helper] | None = None,
        cell: dict[str, Any] | None = None,
    ):
        old = {name: getattr(duty, name) for name in _FIELDS} if duty else {}
        self.cell = CellForm(viewer, data, initial=cell or {}) if cell is not None else None
        self.main = TermsForm(viewer, data, initial=old)
        self.duty = duty
        known = [
            {"post": one.post, "organisation": one.organisation, "does": one.does}
            for one in helpers or []
        ]
        rows = known + [{} for _ in range(MORE_HELPERS)]
        sent = sum(1 for key in data or {} if key.startswith("h") and key.endswith("-does"))
        rows += [{} for _ in range(min(sent, 40) - len(rows))]
        self.helpers = [
            HelperForm(viewer, data, prefix=f"h{number}", initial=row)
            for number, row in enumerate(rows)
        ]

    @property
    def forms(self) -> list[forms.Form]:
        """Every form of the page."""
        return [*([self.cell] if self.cell else []), self.main, *self.helpers]

    def is_valid(self) -> bool:
        """Ask every form, so that everything wrong is said at once."""
        return not [form for form in self.forms if not form.is_valid()]

    def terms(self) -> Terms:
        """Give what was entered."""
        helpers = [one for form in self.helpers if (one := form.help()) is not None]
        if self.cell is not None:
            said = self.cell.cleaned_data
            return self.main.terms(said["hazard"], Phase(said["phase"]), helpers)
        assert self.duty is not None
        return self.main.terms(self.duty.hazard, Phase(self.duty.phase), helpers)


class ReasonForm(forms.Form):
    """Why a duty is handed back or ended."""

    reason = forms.CharField(label=_("Why"), max_length=300, widget=_area(3))


class RemarkForm(forms.Form):
    """What somebody has to say about a duty."""

    words = forms.CharField(label=_("What you have to say"), max_length=2000, widget=_area(3))
