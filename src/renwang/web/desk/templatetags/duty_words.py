"""How a duty stands, as the desk shows it."""

from typing import Any

from django.template import Library

from renwang.registers.duties.models import STANDINGS, Duty
from renwang.registers.duties.rules import Standing
from renwang.web.frame.tags.signs import state

register = Library()

_TONES = {
    Standing.DRAFT: ("neutral", "edit"),
    Standing.PROPOSED: ("attention", "clock"),
    Standing.OBJECTED: ("bad", "message"),
    Standing.COMING: ("info", "calendar"),
    Standing.IN_FORCE: ("good", "check"),
    Standing.SUPERSEDED: ("neutral", "arrow-right"),
    Standing.WITHDRAWN: ("neutral", "cross"),
    Standing.EXPIRED: ("attention", "calendar"),
    Standing.DISCARDED: ("neutral", "trash"),
}


@register.simple_tag(takes_context=True, name="duty_state")
def duty_state(context: Any, duty: Duty) -> Any:
    """How a duty stands now."""
    stands = duty.standing_at(context["now"])
    tone, icon = _TONES[stands]
    return state(STANDINGS[stands], tone, icon)


@register.filter(name="named")
def named(names: dict[Any, Any], key: Any) -> str:
    """The name of a person by his key; a dash for somebody no longer known."""
    found = names.get(key)
    return found.name if found else "–"
