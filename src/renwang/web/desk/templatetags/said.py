"""Where bulletins and questions stand, as the desk shows it."""

from typing import Any

from django.template import Library

from renwang.bulletins.models import Bulletin, Question
from renwang.web.frame.tags.signs import state

register = Library()

_BULLETIN = {
    "draft": ("neutral", "edit"), "waiting": ("attention", "clock"), "approved": ("info", "check"),
    "published": ("good", "check-double"), "corrected": ("attention", "edit"),
    "withdrawn": ("bad", "cross"), "expired": ("neutral", "calendar"), "discarded": ("neutral", "trash"),
}  # fmt: skip
_QUESTION = {
    "asked": ("attention", "clock"), "pending": ("attention", "clock"), "answered": ("info", "check"),
    "published": ("good", "check-double"), "correcting": ("attention", "edit"),
    "corrected": ("good", "edit"), "merged": ("neutral", "link"), "aside": ("neutral", "cross"),
}  # fmt: skip


@register.simple_tag(name="bulletin_state")
def bulletin_state(bulletin: Bulletin) -> Any:
    """Where a bulletin stands."""
    tone, icon = _BULLETIN[bulletin.state]
    return state(bulletin.get_state_display(), tone, icon)


@register.simple_tag(name="question_state")
def question_state(question: Question) -> Any:
    """Where a question stands."""
    tone, icon = _QUESTION[question.state]
    return state(question.get_state_display(), tone, icon)
