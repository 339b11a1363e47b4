"""Words and marks for what the pages about signals show."""

from typing import Any

from django.template import Library

from renwang.signals.models import (
    CATEGORIES,
    CONFIDENCES,
    EVENT_LEVELS,
    REFERRAL_STATES,
    RESPONSE_LEVELS,
    SIGNAL_STATES,
    SOURCES,
    WARNING_LEVELS,
)
from renwang.signals.rules import ProposalState, ReferralState, SignalState
from renwang.signals.triggers import PROPOSAL_STATES
from renwang.signals.words import HAZARDS
from renwang.web.frame.tags.signs import state

register = Library()

_WORDS: dict[str, dict[Any, Any]] = {
    "source": SOURCES,
    "category": CATEGORIES,
    "event": EVENT_LEVELS,
    "warning": WARNING_LEVELS,
    "response": RESPONSE_LEVELS,
    "confidence": CONFIDENCES,
    "hazard": dict(HAZARDS),
}
_SIGNAL_TONES = {
    SignalState.NEW: "attention",
    SignalState.LINKED: "attention",
    SignalState.REFERRED: "info",
    SignalState.PROPOSED: "bad",
    SignalState.MET: "good",
}
_PROPOSAL_TONES = {
    ProposalState.OPEN: "bad",
    ProposalState.ASSESSED: "attention",
    ProposalState.HANDED: "good",
}


@register.filter(name="word_of")
def word_of(key: str, kind: str) -> str:
    """Name a key of one of the scales; one that is not known is shown as it is."""
    return str(_WORDS[kind].get(key, key)) if key else ""


@register.filter(name="named_in")
def named_in(key: Any, names: dict[Any, str]) -> str:
    """Name a person by his key; empty where nobody acted or the name is not known."""
    return names.get(key, "")


@register.filter(name="warned")
def warned(look: Any) -> bool:
    """Whether signals on a map have a warning level, and so its sign."""
    return look in WARNING_LEVELS


@register.filter(name="has_faults")
def has_faults(sensor: Any) -> bool:
    """Whether anything is wrong with one of a sensor's series just now."""
    return any(series.open_faults for series in sensor.series_list)


@register.simple_tag(name="signal_state")
def signal_state(signal: Any) -> str:
    """Where a signal stands."""
    key = SignalState(signal.state)
    return state(SIGNAL_STATES[key], _SIGNAL_TONES.get(key, "neutral"))


@register.simple_tag(name="proposal_state")
def proposal_state(proposal: Any) -> str:
    """Where a proposal stands."""
    key = ProposalState(proposal.state)
    return state(PROPOSAL_STATES[key], _PROPOSAL_TONES.get(key, "neutral"))


@register.simple_tag(name="referral_state")
def referral_state(referral: Any) -> str:
    """Where a question to the unit above stands."""
    key = ReferralState(referral.state)
    tones = {ReferralState.OWED: "attention", ReferralState.ANSWERED: "good"}
    return state(REFERRAL_STATES[key], tones.get(key, "neutral"))
