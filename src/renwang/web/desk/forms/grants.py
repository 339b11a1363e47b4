"""Forms about grants and keys: who may do what, where, until when."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from renwang.chain.reach import BUNDLE_NAMES, CAPABILITIES, Viewer
from renwang.web.desk.picking import PERSON_HELP, UNIT_HELP, PickField, ReachForm


def _end_of(day: Any) -> datetime | None:
    """Let a grant hold through its last day."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


class GrantForm(ReachForm):
    """A grant out of one's own."""

    person = PickField("people", label=_("To whom"), help_text=PERSON_HELP)
    unit = PickField("units", label=_("Where"), help_text=_("And everything below it."))
    bundle = forms.ChoiceField(
        label=_("What"), choices=list(BUNDLE_NAMES.items()), widget=forms.RadioSelect
    )
    until_at = forms.DateField(
        label=_("Until"),
        help_text=_("The last day. Empty: until it is taken back."),
        required=False,
    )
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)

    def clean_until_at(self) -> datetime | None:
        """Turn the last day into the moment at which the grant ends."""
        return _end_of(self.cleaned_data["until_at"])


class DelegateForm(GrantForm):
    """A part of one particular grant of one's own."""

    unit = PickField("units", label=_("Where"), help_text=UNIT_HELP)

    def __init__(self, viewer: Viewer, *args: Any, bundles: list[str], **kwargs: Any):
        super().__init__(viewer, *args, **kwargs)
        self.fields["bundle"].choices = [(key, BUNDLE_NAMES[key]) for key in bundles]


class TakeBackForm(forms.Form):
    """Why a grant ends before its time."""

    reason = forms.CharField(label=_("Why"), max_length=200, required=False)


class TokenForm(forms.Form):
    """A key to the API for oneself: a part of what one may do."""

    label = forms.CharField(
        label=_("What it is for"), help_text=_("So that you know it again."), max_length=80
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), widget=forms.CheckboxSelectMultiple
    )
    until_at = forms.DateField(label=_("Until"), help_text=_("The last day."))

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [
            (key, words) for key, words in CAPABILITIES.items() if viewer.may(key)
        ]

    def clean_until_at(self) -> datetime | None:
        """Turn the last day into the moment at which the key ends."""
        return _end_of(self.cleaned_data["until_at"])
