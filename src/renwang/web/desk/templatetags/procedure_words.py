"""How procedures, their editions and their runs stand, as the desk shows it."""

from typing import Any

from django.template import Library
from django.utils.translation import get_language

from renwang.chain.structures import UnknownStructure, structure
from renwang.registers.procedures.models import (
    EDITION_STATES,
    STANDINGS,
    Audience,
    Edition,
    Procedure,
)
from renwang.registers.procedures.rules import EditionState, Standing
from renwang.registers.procedures.run_rules import How, RunState
from renwang.registers.procedures.runs import EVENTS, EVIDENCES, HOWS, RUN_STATES, Run, Tick
from renwang.registers.procedures.step_rules import Step
from renwang.web.frame.tags.signs import state

register = Library()

_STANDING = {
    Standing.DRAFT: ("neutral", "edit"),
    Standing.PROPOSED: ("attention", "clock"),
    Standing.IN_FORCE: ("good", "check"),
    Standing.WITHDRAWN: ("neutral", "cross"),
    Standing.DISCARDED: ("neutral", "trash"),
}
_EDITION = {
    EditionState.DRAFT: ("neutral", "edit"),
    EditionState.PROPOSED: ("attention", "clock"),
    EditionState.IN_FORCE: ("good", "check"),
    EditionState.SUPERSEDED: ("neutral", "arrow-right"),
    EditionState.WITHDRAWN: ("neutral", "cross"),
    EditionState.DISCARDED: ("neutral", "trash"),
}
_RUN = {
    RunState.UNDER_WAY: ("attention", "clock"),
    RunState.BROKEN_OFF: ("bad", "stop"),
    RunState.ENDED: ("good", "check"),
}
_HOW = {
    How.DONE: ("good", "check"),
    How.OTHERWISE: ("attention", "edit"),
    How.SKIPPED: ("bad", "cross"),
}


@register.simple_tag(name="procedure_state")
def procedure_state(procedure: Procedure) -> Any:
    """How a procedure stands."""
    stands = Standing(procedure.standing)
    return state(STANDINGS[stands], *_STANDING[stands])


@register.simple_tag(name="edition_state")
def edition_state(edition: Edition) -> Any:
    """How an edition stands."""
    stands = EditionState(edition.state)
    return state(EDITION_STATES[stands], *_EDITION[stands])


@register.simple_tag(name="run_state")
def run_state(run: Run) -> Any:
    """How a run stands."""
    stands = RunState(run.state)
    return state(RUN_STATES[stands], *_RUN[stands])


@register.simple_tag(name="tick_state")
def tick_state(tick: Tick) -> Any:
    """How a step was done."""
    how = How(tick.how)
    return state(HOWS[how], *_HOW[how])


@register.filter(name="event_name")
def event_name(what: str) -> Any:
    """What happened in a run, in a word."""
    return EVENTS.get(what, what)


@register.filter(name="evidence_name")
def evidence_name(step: Step) -> Any:
    """What is wanted to show a step."""
    return EVIDENCES[step.evidence]


@register.simple_tag(name="level_word")
def level_word(line: Audience) -> str:
    """The level that a line is about, in the reader's language; its key where the chain has none such."""
    try:
        level = structure(line.unit.structure).level(line.level)
    except UnknownStructure:
        return line.level
    return level.name(get_language() or "zh-hans")
