"""Words and signs for what other nodes answered and what we answered them."""

from typing import Any

from django.template import Library
from django.utils.translation import pgettext_lazy

from renwang.alerts.cap import Standing
from renwang.alerts.cap.words import STANDINGS
from renwang.alerts.models import OwnReply, Reply
from renwang.alerts.reply_rules import Stand
from renwang.alerts.words import ERRORS
from renwang.outreach.channels.words import say_trouble
from renwang.web.frame.tags.signs import state

register = Library()

STANDS: dict[str, tuple[Any, str]] = {
    Stand.CONFIRMED: (pgettext_lazy("another node", "Confirmed"), "good"),
    Stand.REFUSED: (pgettext_lazy("another node", "Refused"), "bad"),
    Stand.SILENT: (pgettext_lazy("another node", "Silent"), "attention"),
    Stand.UNPROVEN: (pgettext_lazy("another node", "Not proven"), "attention"),
}
SAYINGS: dict[str, tuple[Any, str]] = {
    "Ack": (pgettext_lazy("what a node says", "Taken, carries it on"), "good"),
    "Error": (pgettext_lazy("what a node says", "Not carried on"), "bad"),
}
STATUSES: dict[str, Any] = {
    "Actual": pgettext_lazy("status of a message", "In earnest"),
    "Exercise": pgettext_lazy("status of a message", "Exercise"),
    "System": pgettext_lazy("status of a message", "Between systems"),
    "Test": pgettext_lazy("status of a message", "Test of the line"),
    "Draft": pgettext_lazy("status of a message", "Draft"),
}
_DELIVERIES = {"waiting": "info", "handed": "good"}


@register.simple_tag(name="stand_state")
def stand_state(stand: str, number: int | None = None) -> str:
    """Where another node stands; with a number, how many do."""
    word, tone = STANDS[stand]
    return state(str(word) if number is None else f"{word} {number}", tone)


@register.simple_tag(name="saying_state")
def saying_state(reply: Reply | OwnReply) -> str:
    """What a reply says."""
    word, tone = SAYINGS[reply.msg_type]
    return state(word, tone)


@register.simple_tag(name="delivery_state")
def delivery_state(reply: OwnReply) -> str:
    """How far a reply of ours has come."""
    return state(reply.get_state_display(), _DELIVERIES.get(reply.state, "bad"))


@register.filter(name="error_word")
def error_word(reason: str) -> str:
    """Say why we did not carry a message on."""
    return str(ERRORS.get(reason, ""))


@register.filter(name="standing_word")
def standing_word(standing: str) -> str:
    """Say what is to be thought of a signature."""
    return str(STANDINGS[Standing(standing)])


@register.filter(name="status_word")
def status_word(status: str) -> str:
    """Say in which earnest a message was sent."""
    return str(STATUSES.get(status, status))


@register.filter(name="trouble_word")
def trouble_word(kept: str) -> str:
    """Say why a reply was not handed over."""
    return say_trouble(kept)
