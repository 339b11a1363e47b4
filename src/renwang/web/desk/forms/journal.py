"""What a reader of the journal wants to see."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.base.reading import Filter
from renwang.chain.reach import Viewer
from renwang.web.desk.facts import NODE_PARTS, verbs_by_area
from renwang.web.desk.picking import PERSON_HELP, UNIT_HELP, PickField, ReachForm


def _verb_choices() -> list[Any]:
    return [("", _("Everything")), *verbs_by_area()]


class JournalForm(ReachForm):
    """Narrows the journal; sent as GET, so that every view of it has an address."""

    verb = forms.ChoiceField(
        label=pgettext_lazy("of a fact", "What happened"), choices=_verb_choices, required=False
    )
    place = PickField(
        "units", label=pgettext_lazy("of a fact", "Where"), help_text=UNIT_HELP, required=False
    )
    actor = PickField("people", label=_("Who"), help_text=PERSON_HELP, required=False)
    node = forms.ChoiceField(
        label=_("Or which part of the node"),
        choices=[("", "–"), *((f"node:{key}", words) for key, words in NODE_PARTS.items())],
        required=False,
    )
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("Up to and including"), required=False)
    drills = forms.BooleanField(label=_("Rehearsals as well"), required=False)
    subject = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)

    def wanted(self) -> Filter:
        """Turn what was asked into a filter that never leaves the reader's reach."""
        asked = self.cleaned_data
        place = asked.get("place")
        return Filter(
            under=(place.path,) if place else readable_places(self.viewer),
            verbs=(asked["verb"],) if asked.get("verb") else (),
            subject_id=asked.get("subject") or None,
            actor=f"person:{asked['actor'].pk}"
            if asked.get("actor")
            else asked.get("node") or None,
            since=_beginning(asked.get("since")),
            until=_beginning(asked.get("until"), after=1),
            with_drills=bool(asked.get("drills")),
        )

    def clean_place(self) -> Any:
        """Refuse a place where the reader may not read the journal."""
        place = self.cleaned_data.get("place")
        if place and not self.viewer.may("journal.read", place.path):
            raise forms.ValidationError(_("You may not read the journal of this place."))
        return place


def readable_places(viewer: Viewer) -> tuple[str, ...] | None:
    """Say where a viewer may read the journal; None is everywhere, as for who operates the node."""
    if viewer.may("node.operate"):
        return None
    return viewer.places.get("journal.read", ())


def _beginning(day: Any, after: int = 0) -> datetime | None:
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=after), time()))
