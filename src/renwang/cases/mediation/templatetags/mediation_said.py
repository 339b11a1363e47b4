"""Words and tones for what every door shows of a mediation."""

from typing import Any

from django.template import Library

from renwang.cases.mediation.names import BODIES, ENDS, HOWS, KEPT, QUARRELS, SAID, STATES, STEPS
from renwang.cases.mediation.rules import State

register = Library()

_TONES = {
    State.ASKED: "attention",
    State.CONSENTED: "attention",
    State.NAMED: "info",
    State.MEETING: "info",
    State.SUSPENDED: "neutral",
    State.AGREED: "good",
    State.FOLLOWED: "good",
    State.ENDED: "neutral",
}
_ICONS = {
    "ask": "message", "add_party": "person", "consent": "check", "complete": "check-double",
    "name": "flag", "tie": "people", "meet": "calendar", "held": "check", "cancel": "cross",
    "tell": "key", "write": "edit", "sign": "edit", "agree": "check-double", "suspend": "clock",
    "resume": "refresh", "follow": "phone", "reopen": "refresh", "fail": "cross",
    "withdraw": "cross", "allow": "check", "refer": "send",
}  # fmt: skip
_WORDS: tuple[dict[Any, Any], ...] = (
    {**STATES}, {**ENDS}, {**BODIES}, {**QUARRELS}, {**HOWS}, {**SAID}, {**KEPT},
)  # fmt: skip
_NAMES = ("state", "end", "body", "quarrel", "how", "said", "kept")


@register.filter(name="mediation_word")
def mediation_word(key: str, of: str) -> str:
    """Name a state, end, body, quarrel, how, said or kept."""
    return str(_WORDS[_NAMES.index(of)].get(key, key))


@register.filter(name="mediation_tone")
def mediation_tone(key: str) -> str:
    """The tone in which a state is shown."""
    return _TONES.get(State(key), "neutral")


@register.filter(name="mediation_step")
def mediation_step(act: str) -> str:
    """Name a step of the story."""
    return str(STEPS.get(act, act))


@register.filter(name="mediation_sign")
def mediation_sign(act: str) -> str:
    """The sign that stands beside a step."""
    return _ICONS.get(act, "message")


@register.filter(name="letter_of")
def letter_of(number: int) -> str:
    """The letter by which a party is called."""
    return chr(ord("A") + number - 1)
