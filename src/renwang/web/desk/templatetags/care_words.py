"""Signs for what the desk's pages about the care list show; plain words are in `care_marks`."""

from typing import Any

from django.template import Library
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from renwang.registers.care import words
from renwang.registers.care.models import CareEntry, Paper, RoundDoor
from renwang.registers.care.paper_rules import PaperState
from renwang.registers.care.round_rules import RoundOutcome
from renwang.registers.care.rules import Standing
from renwang.registers.care.sight import day_of, standing_at
from renwang.web.frame.tags.signs import state

register = Library()


@register.simple_tag
def care_states(entry: CareEntry, now: Any) -> str:
    """Say all that waits about an entry, each as a sign with its word; that all is well where nothing does."""
    today, signs = day_of(now), []
    standing = standing_at(entry, now)
    if entry.wants_at:
        signs.append(state(_("Needs something"), "bad", icon="bell"))
    if entry.visit_on < today:
        said = _("Visit late")
        if entry.rung:
            said = f"{said} · {words.RUNGS[entry.rung]}"
        signs.append(state(said, "bad" if entry.rung > 1 else "attention", icon="clock"))
    if standing is not Standing.HOLDS:
        tone = "attention" if standing is Standing.ENDING else "bad"
        signs.append(state(str(words.STANDINGS[standing]), tone, icon="calendar"))
    if entry.confirm_by < today:
        signs.append(state(_("To be confirmed"), "attention", icon="refresh"))
    if entry.household_id is None:
        signs.append(state(_("Door off the books"), "bad", icon="household"))
    if not entry.has_slip:
        signs.append(state(_("Slip not handed out"), "attention", icon="print"))
    return _joined(signs or [state(_("All in order"), "good", icon="check")])


def _joined(signs: list[Any]) -> str:
    return format_html_join(" ", "{}", ((one,) for one in signs))


_OUTCOMES = dict(RoundDoor._meta.get_field("outcome").choices)
_PAPER_TONES = {PaperState.OUT: "attention", PaperState.LOST: "bad"}
_ROUND_TONES = {
    RoundOutcome.WELL: "good",
    RoundOutcome.CLINIC: "info",
    RoundOutcome.NEEDS: "attention",
    RoundOutcome.NOBODY: "bad",
}


@register.simple_tag
def paper_state(paper: Paper, now: Any) -> str:
    """Say where a list on paper is."""
    signs = [state(paper.get_state_display(), _PAPER_TONES.get(PaperState(paper.state), "good"))]
    if paper.state == PaperState.OUT and paper.until_at <= now:
        signs.append(state(_("Its time is over"), "bad", icon="clock"))
    if paper.is_recalled:
        signs.append(state(_("Take it back: somebody on it is forgotten"), "bad", icon="bell"))
    return _joined(signs)


@register.filter
def outcome(key: str) -> str:
    """Name what came of a door of a round."""
    return str(_OUTCOMES[key])


@register.simple_tag
def round_outcome(door: RoundDoor) -> str:
    """Say what came of a door of a round."""
    return state(
        door.get_outcome_display(), _ROUND_TONES.get(RoundOutcome(door.outcome), "neutral")
    )
