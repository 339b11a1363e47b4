"""What a hole says, who can mend it and how grave it is, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from renwang.chain.reach import CAPABILITIES
from renwang.registers.duties.models import PHASES
from renwang.registers.hazards import name_of
from renwang.registers.readiness.catalogue import checks
from renwang.registers.readiness.models import Hole

MENDERS: Mapping[str, Any] = {
    "chain.edit": _("who keeps units and posts there"),
    "people.edit": _("who keeps people and their contacts there"),
    "homes.edit": _("who keeps buildings and doors there"),
    "grants.give": _("who gives grants there"),
    "rollcalls.run": _("who holds roll-calls there"),
    "alerts.relay": _("who carries warnings down there"),
    "alerts.approve": _("who approves warnings there"),
    "duties.write": _("who keeps the duties list there"),
    "duties.approve": _("who approves duties there"),
    "risks.judge": _("who judges risks there"),
    "procedures.write": _("who keeps the procedures list there"),
    "procedures.approve": _("who approves procedures there"),
    "procedures.run": _("who follows procedures there"),
    "facilities.keep": _("who keeps the facilities there"),
    "facilities.report": _("who inspects facilities there"),
    "signals.judge": _("who judges signals there"),
    "sensors.edit": _("who looks after sensors there"),
    "rehearsals.run": _("who holds rehearsals there"),
    "care.keep": _("who keeps the care list there"),
    "cases.share": _("who agrees there on what is shared"),
    "node.operate": _("who operates the node"),
}


def say_mender(capability: str) -> Any:
    """Say who can mend something, by the capability it takes."""
    return MENDERS.get(capability) or CAPABILITIES.get(capability, capability)


def say_name(hole: Hole) -> str:
    """Name a hole as its check is called; an own check by its own name."""
    check = checks().get(hole.check_key)
    if hole.check_key == "own":
        return str(hole.params.get("name", ""))
    return str(check.name) if check else hole.check_key


def say_hole(hole: Hole, people: Mapping[str, str]) -> str:
    """Say what is wrong and how it is mended; `people` names those whom it speaks of, by key."""
    check = checks().get(hole.check_key)
    if check is None:
        return hole.subject
    if hole.check_key == "own":
        return str(hole.params.get("words", ""))
    between = pgettext("between the items of a list", ", ")
    params = _Blanks(
        {
            key: between.join(map(str, value)) if isinstance(value, list) else value
            for key, value in hole.params.items()
        }
    )
    if params.get("hazard"):
        params["hazard"] = name_of(str(params["hazard"]), get_language() or "zh")
    if "person" in params:
        params["person"] = people.get(str(params["person"]), "–")
    return str(check.sentence).format_map(params)


class _Blanks(dict[str, Any]):
    """A blank that a hole of an earlier version does not fill stays a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def say_cell(hole: Hole) -> str:
    """Name the hazard and phase that a hole of the duties list is about, or the figures of an own check."""
    if hole.check_key == "own":
        figures = hole.params.get("figures", {})
        return " · ".join(f"{name} {_number(value)}" for name, value in figures.items())
    if not hole.check_key.startswith(("duties.", "procedures.")):
        return ""
    hazard, phase = hole.params.get("hazard"), hole.params.get("phase")
    words = [name_of(str(hazard), get_language() or "zh")] if hazard else []
    if phase:
        words.append(str(dict(PHASES)[phase]))
    return " · ".join(words)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
