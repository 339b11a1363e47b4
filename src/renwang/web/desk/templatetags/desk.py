"""Words for keys that the desk shows: channels, states, steps, spans of time."""

from typing import Any

from django.template import Library
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from renwang.alerts.models import Alert
from renwang.chain.models import Contact
from renwang.chain.structures import UnknownStructure, structure
from renwang.outreach.board import Standing
from renwang.outreach.models import Round
from renwang.outreach.rules import CallState
from renwang.outreach.words import ORDERS, STATES, STORY
from renwang.web.frame.tags.signs import state

register = Library()

CHANNELS: dict[str, Any] = {
    **dict(Contact.Kind.choices),
    **dict(Round.Kind.choices),
    "desk": pgettext_lazy("way of answering", "At the desk"),
    "web": pgettext_lazy("way of answering", "On a web page"),
    "api": pgettext_lazy("way of answering", "Another system"),
}
CHANNEL_ICONS = {
    "app": "message", "sms": "message", "phone": "phone", "email": "send", "knock": "knock",
    "neighbour": "people", "gong": "gong", "loudspeaker": "loudspeaker", "desk": "rows",
}  # fmt: skip
STANDINGS = {
    Standing.COVERED: (pgettext_lazy("coverage of a place", "Covered"), "good", "solid"),
    Standing.PARTLY: (
        pgettext_lazy("coverage of a place", "Partly covered"),
        "attention",
        "stripes",
    ),
    Standing.MISSING: (pgettext_lazy("coverage of a place", "No answer"), "bad", "cross"),
    Standing.ASKED: (pgettext_lazy("coverage of a place", "Being asked"), "info", "dots"),
    Standing.WAITING: (pgettext_lazy("coverage of a place", "Not asked yet"), "idle", "none"),
}
SOURCES = {
    "file": pgettext_lazy("how a warning came", "File"),
    "paste": pgettext_lazy("how a warning came", "Pasted"),
    "feed": pgettext_lazy("how a warning came", "Feed"),
    "api": pgettext_lazy("how a warning came", "Another system"),
    "drill": pgettext_lazy("how a warning came", "Rehearsal"),
    "desk": pgettext_lazy("how a warning came", "Issued here"),
}
ALERT_STATES = dict(Alert._meta.get_field("state").choices)
_ALERT_TONES = {"received": "attention", "in_force": "bad"}
_CALL_TONES = {
    CallState.CARRIED: "good",
    CallState.ASKING: "attention",
    CallState.SILENT: "bad",
}


@register.filter(name="channel")
def channel(key: str) -> str:
    """Name a way of reaching or answering; one that is not known is shown as it is."""
    return str(CHANNELS.get(key, key))


@register.filter(name="channel_icon")
def channel_icon(key: str) -> str:
    """Name the icon of a channel."""
    return CHANNEL_ICONS.get(key, "message")


@register.filter(name="source")
def source(key: str) -> str:
    """Say how a warning came in."""
    return str(SOURCES.get(key, key))


@register.filter(name="order_word")
def order_word(key: str) -> str:
    """Say in which order the levels are told."""
    return str(ORDERS.get(key, key))


@register.filter(name="story_word")
def story_word(key: str) -> str:
    """Say what happened to a call."""
    return str(STORY.get(key, key))


@register.simple_tag(name="alert_state")
def alert_state(alert: Alert) -> str:
    """Where a warning stands."""
    return state(
        ALERT_STATES.get(alert.state, alert.state), _ALERT_TONES.get(alert.state, "neutral")
    )


@register.simple_tag(name="call_state")
def call_state(call: Any) -> str:
    """Where a call stands; who has understood but not carried on is told apart."""
    if call.state == CallState.ASKING and call.understood_at:
        return state(_("Understood, not yet carried on"), "info")
    if call.state == CallState.SILENT and call.bypassed_at and not call.is_leaf:
        return state(_("No answer, by-passed"), "bad", icon="arrow-right")
    return state(STATES[call.state], _CALL_TONES.get(call.state, "neutral"))


@register.simple_tag(name="place_standing")
def standing(branch: Any) -> str:
    """How a place stands as a whole."""
    word, tone, _pattern = STANDINGS[branch.standing]
    return state(word, "neutral" if tone == "idle" else tone)


@register.filter(name="level_name")
def level_name(unit: Any, language: str = "") -> str:
    """Name the level of a unit in the language of the page; empty where its structure is not known."""

    try:
        level = structure(unit.structure).level(unit.level)
    except UnknownStructure:
        return ""
    return level.name(language or get_language() or "zh-hans")


@register.filter(name="span")
def span(seconds: float | None) -> str:
    """Write a span of time: 45 s, 6 min, 6 min 30 s, 2 h 5 min. None is a dash."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return ngettext("{n} second", "{n} seconds", whole).format(n=whole)
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        if rest and minutes < 10:
            return _("{m} min {s} s").format(m=minutes, s=rest)
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours, minutes = divmod(minutes, 60)
    if minutes:
        return _("{h} h {m} min").format(h=hours, m=minutes)
    return ngettext("{n} hour", "{n} hours", hours).format(n=hours)


@register.filter(name="may")
def may(viewer: Any, capability: str) -> bool:
    """Whether the viewer may do something somewhere."""
    return bool(viewer and viewer.may(capability))


@register.filter(name="speed")
def speed(times: float) -> str:
    """Say how fast a rehearsal runs."""
    if not times:
        return _("as fast as it goes")
    if times == 1:
        return _("as in real life")
    return _("{n} times as fast").format(n=f"{times:g}")


@register.filter(name="unit_link")
def unit_link(unit: Any) -> str:
    """Name a unit, as a link to its page."""
    return format_html('<a href="{}">{}</a>', reverse("desk:unit", args=[unit.ref]), unit.name)


_CAP_WORDS = {
    "Extreme": pgettext_lazy("severity", "Extreme"),
    "Severe": pgettext_lazy("severity", "Severe"),
    "Moderate": pgettext_lazy("severity", "Moderate"),
    "Minor": pgettext_lazy("severity", "Minor"),
    "Immediate": pgettext_lazy("urgency", "Immediate"),
    "Expected": pgettext_lazy("urgency", "Expected"),
    "Future": pgettext_lazy("urgency", "Future"),
    "Past": pgettext_lazy("urgency", "Past"),
    "Observed": pgettext_lazy("certainty", "Observed"),
    "Likely": pgettext_lazy("certainty", "Likely"),
    "Possible": pgettext_lazy("certainty", "Possible"),
    "Unlikely": pgettext_lazy("certainty", "Unlikely"),
    "Unknown": pgettext_lazy("severity, urgency or certainty", "Unknown"),
}


@register.filter(name="cap_word")
def cap_word(value: str) -> str:
    """Say a severity, urgency or certainty of the protocol; none is a dash."""
    return str(_CAP_WORDS.get(value, value)) or "–"


@register.filter(name="vacant")
def vacant(name: str | None) -> str:
    """A name, or that the post has no holder."""
    return name or pgettext("a post", "Vacant")
