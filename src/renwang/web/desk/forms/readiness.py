"""Forms of readiness: let a hole stand, write a check of one's own."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from renwang.chain.structures import structures
from renwang.chain.tree import today
from renwang.registers.readiness.models import SEVERITIES
from renwang.registers.readiness.own_rules import (
    CONDITION_AT_MOST,
    NAME_AT_MOST,
    SENTENCE_AT_MOST,
)
from renwang.registers.readiness.rules import LONGEST, LONGEST_GRAVE, REASON_AT_MOST, Severity
from renwang.registers.readiness.saying import MENDERS
from renwang.registers.readiness.services import OwnWords
from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm


class WaiveForm(forms.Form):
    """Why a hole may stand, and through which day."""

    reason = forms.CharField(
        label=_("Why it may stand"),
        max_length=REASON_AT_MOST,
        help_text=_("Whoever reads the list reads this beside the hole."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    until_on = forms.DateField(
        label=_("Through which day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, severity: Severity, now: datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        most = LONGEST_GRAVE if severity is Severity.GRAVE else LONGEST
        first = today(now) + timedelta(days=1)
        limits = {"min": first.isoformat(), "max": (today(now) + timedelta(days=most)).isoformat()}
        self.fields["until_on"].widget.attrs |= limits


class OwnForm(ReachForm):
    """What an own check says, and for which places."""

    unit = PickField("units", label=_("For places in"), help_text=UNIT_HELP)
    level = forms.ChoiceField(label=_("Which of them"), required=False)
    when = forms.CharField(
        label=_("It is a hole when"),
        max_length=CONDITION_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("A condition over the figures beside, such as vacant > 0 && households > 500."),
    )
    name = forms.CharField(label=_("Name"), max_length=NAME_AT_MOST)
    sentence = forms.CharField(
        label=_("What is wrong, and what to do"),
        max_length=SENTENCE_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    severity = forms.TypedChoiceField(
        label=_("How grave"), coerce=int, initial=int(Severity.ATTENTION)
    )
    mender = forms.ChoiceField(label=_("Who can mend it"), initial="chain.edit")

    def __init__(self, viewer: Any, *args: Any, **kwargs: Any):
        super().__init__(viewer, *args, **kwargs)
        language = get_language() or "zh-hans"
        levels = {
            level.key: level.name(language) for one in structures().values() for level in one.levels
        }
        self.fields["level"].choices = [("", _("All levels")), *levels.items()]
        self.fields["severity"].choices = [(int(key), word) for key, word in SEVERITIES.items()]
        self.fields["mender"].choices = list(MENDERS.items())

    @property
    def words(self) -> OwnWords:
        """What was written, once the form is valid."""
        said = self.cleaned_data
        return OwnWords(
            said["name"],
            said["sentence"],
            said["when"],
            said["level"],
            Severity(said["severity"]),
            said["mender"],
        )
