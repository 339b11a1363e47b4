"""Words and tones for what every door shows of a case."""

from collections.abc import Mapping
from typing import Any

from django.template import Library
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from renwang.cases.erasure_rules import Wish
from renwang.cases.kind_rules import Kind
from renwang.cases.models import Placard
from renwang.cases.names import CLOCKS, ENDS, EVENTS, FATES, STATES, STEPS, WAYS, WHYS
from renwang.cases.placard_paper import name_of
from renwang.cases.rules import OWED, State
from renwang.cases.telling_rules import Fate
from renwang.outreach.channels.words import say_trouble

register = Library()

_TONES = {
    State.RECEIVED: "attention",
    State.SCREENED: "attention",
    State.REOPENED: "bad",
    State.REJECTED: "bad",
    State.REFERRED: "info",
    State.WAITING: "info",
    State.ANSWERED: "info",
    State.CONFIRMED: "good",
    State.CLOSED: "good",
}
_ICONS = {
    "come": "feed", "screen": "search", "accept": "check", "assign": "send", "take": "person",
    "ask": "help", "postpone": "clock", "resume": "refresh", "refer": "arrow-up",
    "reply": "message", "return": "cross", "arbitrate": "flag", "extend": "clock",
    "answer": "message", "add": "edit", "confirm": "check-double", "reject": "cross",
    "call_back": "phone", "reopen": "refresh", "close": "check-double", "withdraw": "cross",
    "climb": "arrow-up", "note": "edit", "link": "warning",
    "shared": "people", "link_in": "link", "arrived": "link", "tell": "send", "far": "message",
    "far_closed": "check-double",
}  # fmt: skip


@register.filter(name="state_name")
def state_name(key: str) -> str:
    """Name a state."""
    return str(STATES.get(State(key), key))


@register.filter(name="state_tone")
def state_tone(key: str) -> str:
    """The tone in which a state is shown."""
    return _TONES.get(State(key), "neutral")


@register.filter(name="end_word")
def end_word(key: str) -> str:
    """Name how a case ended."""
    return str(ENDS.get(key, key)) if key else ""


@register.filter(name="way_word")
def way_word(key: str) -> str:
    """Name the way by which a case came."""
    return str(WAYS.get(key, key))


@register.filter(name="clock_word")
def clock_word(key: str) -> str:
    """Name what a clock waits for."""
    return str(CLOCKS.get(key, key))


@register.filter(name="step_name")
def step_name(act: str) -> str:
    """Name a step in the life of a case."""
    return str(STEPS.get(act, act))


@register.filter(name="step_sign")
def step_sign(act: str) -> str:
    """The icon of a step."""
    return _ICONS.get(act, "clock")


@register.filter(name="kind_in")
def kind_in(key: str, kinds: Mapping[str, Kind]) -> str:
    """Name a kind of case; one that is no longer in the tree is called by its key."""
    return kinds[key].name(get_language() or "en") if key in kinds else key


@register.filter(name="step_facts")
def step_facts(step: Any) -> str:
    """Say what a step rests on in a few words; empty where its name says it all."""
    facts = step.facts
    silent, to = facts.get("silent", ""), facts.get("to", facts.get("arbiter", ""))
    if silent or to:
        return " → ".join(part for part in (silent, to) if part)
    return str(facts.get("ref") or facts.get("until") or facts.get("place") or "")


@register.filter(name="is_overdue")
def is_overdue(case: Any, now: Any) -> bool:
    """Whether somebody of ours is late with a case."""
    return bool(case.due_at and case.due_at <= now)


@register.filter(name="reporter_headline")
def reporter_headline(case: Any) -> str:
    """Say to the reporter in a few words where his case stands."""
    state = State(case.state)
    if state is State.CLOSED:
        return _("It is closed: {end}").format(end=end_word(case.end))
    if state is State.CONFIRMED:
        return _("You said that it is settled")
    if state is State.ANSWERED:
        return _("Here is the answer. Is it settled?")
    if state is State.WAITING:
        return _("It waits")
    if state is State.REOPENED:
        return _("It is open again")
    if state in (State.RECEIVED, State.SCREENED):
        return _("We have it. Somebody looks at it.")
    return _("We see to it") if state in OWED else state_name(case.state)


@register.filter(name="placard_name")
def placard_name(one: Placard) -> str:
    """Say where a placard hangs."""
    return name_of(one)


@register.filter(name="wish_tone")
def wish_tone(state: str) -> str:
    """The tone in which a wish for early erasure is shown."""
    return {Wish.ASKED: "attention", Wish.ERASED: "good"}.get(Wish(state), "neutral")


@register.filter(name="told_of")
def told_of(event: str) -> str:
    """Name what a message tells of."""
    return str(EVENTS.get(event, event))


@register.filter(name="told_how")
def told_how(one: Any) -> str:
    """Say what became of a message, and why where it never went out."""
    said = str(FATES[Fate(one.state)])
    if not one.trouble or one.state == Fate.SENT:
        return said
    return f"{said} · {WHYS.get(one.trouble) or say_trouble(one.trouble)}"


@register.filter(name="told_tone")
def told_tone(one: Any) -> str:
    """The tone in which a message is shown."""
    return {Fate.SENT: "good", Fate.FAILED: "bad", Fate.WAITING: "waiting"}.get(
        one.state, "neutral"
    )
