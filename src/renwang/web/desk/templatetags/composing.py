"""Words and signs of the warning desk: states of drafts, names of hazards, differences between versions."""

from typing import Any

from django.template import Library
from django.utils.translation import get_language, pgettext, pgettext_lazy

from renwang.alerts.composing.wordings import Hazard
from renwang.alerts.composing_rules import DraftState, Kind
from renwang.alerts.drafts import Draft
from renwang.alerts.history import Version
from renwang.alerts.models import Alert
from renwang.base.pure.differences import Change, Run
from renwang.web.desk.forms.composing import KINDS, STATES
from renwang.web.desk.histories import STEP_WORDS
from renwang.web.frame.tags.signs import COLOUR_WORDS, state

register = Library()

_TONES = {
    DraftState.SUBMITTED: "attention",
    DraftState.APPROVED: "info",
    DraftState.ISSUED: "good",
}
_STEP_TONES = {"carried": "good", "understood": "good", "read": "info", "delivered": "info"}
_MESSAGES = {
    "Alert": pgettext_lazy("kind of message", "First message"),
    "Update": pgettext_lazy("kind of message", "Update"),
    "Cancel": pgettext_lazy("kind of message", "Taken back or lifted"),
}


@register.simple_tag(name="draft_state")
def draft_state(draft: Draft) -> str:
    """Where a draft stands."""
    return state(STATES[draft.state], _TONES.get(DraftState(draft.state), "neutral"))


@register.filter(name="hazard_name")
def hazard_name(hazard: Hazard) -> str:
    """Name a hazard in the language of the page."""
    return hazard.name(get_language() or "zh")


@register.simple_tag(name="tier_words")
def tier_words(kind: Kind, colour: str) -> str:
    """Name a kind and colour of wordings."""
    word = str(KINDS[kind])
    return f"{word} · {COLOUR_WORDS[colour]}" if colour else word


@register.simple_tag(name="tier_name")
def tier_name(row: Any) -> str:
    """Name the kind and colour of a row in the list of wordings."""
    return tier_words(row.kind, row.colour)


@register.filter(name="msg_word")
def msg_word(alert: Alert) -> str:
    """Say what a message does."""
    return str(_MESSAGES.get(alert.msg_type, alert.msg_type))


@register.inclusion_tag("frame/parts/runs.html", name="changed")
def changed(version: Version, part: str) -> dict[str, list[Run]]:
    """Write a part of a version with what was put in and taken out; whole where nothing was."""
    whole = [Run(Change.SAME, getattr(version.texts, part))]
    return {"runs": dict(version.changes).get(part, whole)}


@register.simple_tag(name="step_state")
def step_state(had: Any) -> str:
    """How far the words got with a post."""
    if not had.step and had.asked:
        return state(pgettext("how far the words got", "Being asked"), "attention")
    return state(STEP_WORDS[had.step], _STEP_TONES.get(had.step, "neutral"))


@register.filter(name="may_see_people")
def may_see_people(viewer: Any, post: Any) -> bool:
    """Whether the viewer may see who held a post."""
    return bool(viewer.may("people.see", post.path))
