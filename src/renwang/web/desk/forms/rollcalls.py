"""Forms of roll-calls: hold one now, or in a rhythm."""

from datetime import time, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from renwang.web.desk.picking import UNIT_HELP, PickField, ReachForm

WINDOWS = [
    (15 * 60, _("15 minutes")),
    (30 * 60, _("30 minutes")),
    (3600, _("1 hour")),
    (4 * 3600, _("4 hours")),
    (24 * 3600, _("1 day")),
]


class _Window(forms.TypedChoiceField):
    """How long people get to answer."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Time to answer"),
            choices=WINDOWS,
            initial=3600,
            coerce=lambda seconds: timedelta(seconds=int(seconds)),
        )


class RollCallForm(ReachForm):
    """A roll-call that begins now."""

    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    window = _Window()
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("For the journal, such as: a typhoon is expected on Friday."),
    )


class PlanForm(ReachForm):
    """Roll-calls that are held by themselves."""

    unit = PickField("units", label=_("Place"), help_text=UNIT_HELP)
    every_days = forms.IntegerField(label=_("Every … days"), min_value=1, max_value=366, initial=30)
    at = forms.TimeField(
        label=_("Time of day"),
        initial=time(10, 0),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    window = _Window()
