"""What each finding says, who can mend it and where, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from renwang.registers.duties.finding_rules import Finding, Hole, Mender, Severity
from renwang.registers.duties.models import PHASES
from renwang.registers.hazards import name_of

NAMES: Mapping[Hole, Any] = {
    Hole.NO_LEADER: _("Nobody leads"),
    Hole.LEADER_ENDED: _("The leading post is closed"),
    Hole.VACANT: _("The leading post is vacant"),
    Hole.TWO_LEADERS: _("Two lead"),
    Hole.PHASE_MISSING: _("A phase is missing"),
    Hole.LAPSED: _("Ran out, and nothing followed"),
    Hole.PLACE_ENDED: _("The place is no more"),
    Hole.DEPUTY_ACTS: _("A deputy stands in"),
    Hole.NO_DEPUTY: _("No deputy"),
    Hole.DEPUTY_CIRCLE: _("They deputise only for each other"),
    Hole.HELPER_LEFT: _("A helper is gone"),
    Hole.HELPER_VACANT: _("Nobody stands for a helper"),
    Hole.LED_TWICE: _("Written twice"),
    Hole.TOO_MANY: _("Too much for one"),
    Hole.ENDS_SOON: _("Runs out soon"),
    Hole.OBJECTION_OPEN: _("An objection waits"),
    Hole.PROPOSAL_WAITS: _("A proposal waits"),
    Hole.NO_GATHERING: _("No place where news gathers"),
    Hole.NO_RESOURCES: _("Nothing about resources"),
    Hole.NO_BASIS: _("Rests on nothing"),
}

SENTENCES: Mapping[Hole, Any] = {
    Hole.NO_LEADER: _("{ref} names nobody who leads. Write its successor with a leader."),
    Hole.LEADER_ENDED: _(
        "The post “{post}” that leads has been closed. Write a successor with another leader."
    ),
    Hole.VACANT: _(
        "Nobody holds “{post}”, and it has no deputy: when it happens, nobody leads ({count} duties). "
        "Appoint somebody."
    ),
    Hole.TWO_LEADERS: _(
        "At one place two lead in the same phase: {leaders}. End one, so that everybody knows who decides."
    ),
    Hole.PHASE_MISSING: _(
        "Somebody answers for other phases of this hazard, nobody for this one, neither here nor above. "
        "Write a duty for it."
    ),
    Hole.LAPSED: _("{ref} ran out on {until}, and nothing took its place. Write its successor."),
    Hole.PLACE_ENDED: _(
        "The place of {ref} was merged, split or closed. Write the duty anew for what stands there now, then end this one."
    ),
    Hole.DEPUTY_ACTS: _("Nobody holds “{post}”; a deputy stands in. Appoint a holder."),
    Hole.NO_DEPUTY: _(
        "“{post}” has no deputy: one illness, and nobody leads ({count} duties). Appoint one."
    ),
    Hole.DEPUTY_CIRCLE: _(
        "These posts deputise only for each other: {posts}. When all are called out, nobody is left. "
        "Appoint a deputy from outside."
    ),
    Hole.HELPER_LEFT: _("“{helper}” is to help, and is closed. Name another helper, or none."),
    Hole.HELPER_VACANT: _("“{helper}” is to help, and nobody holds the post. Appoint somebody."),
    Hole.LED_TWICE: _("The same is written twice: {refs}. End one of them."),
    Hole.TOO_MANY: _(
        "{person} leads the response in {count} cases; in a large event nobody can. Share them out."
    ),
    Hole.ENDS_SOON: _("{ref} ends on {until}. Write its successor now."),
    Hole.OBJECTION_OPEN: _(
        "Somebody whom {ref} names objects since {since}. Answer, or change the words."
    ),
    Hole.PROPOSAL_WAITS: _("{ref} waits for approval since {since}."),
    Hole.NO_GATHERING: _("{ref} does not say where news comes together."),
    Hole.NO_RESOURCES: _("{ref} does not say how people, vehicles and stock are called up."),
    Hole.NO_BASIS: _("{ref} names no law or agreement it rests on."),
}

SEVERITIES: Mapping[Severity, Any] = {
    Severity.GRAVE: pgettext_lazy("how grave a finding is", "Grave"),
    Severity.ATTENTION: pgettext_lazy("how grave a finding is", "Needs attention"),
    Severity.NOTE: pgettext_lazy("how grave a finding is", "On paper"),
}

MENDERS: Mapping[Mender, Any] = {
    Mender.KEEPER: _("who keeps the duties list there"),
    Mender.APPROVER: _("who approves duties there"),
    Mender.CHAIN: _("who appoints people to posts there"),
}

CAPABILITY: Mapping[Mender, str] = {
    Mender.KEEPER: "duties.write",
    Mender.APPROVER: "duties.approve",
    Mender.CHAIN: "chain.edit",
}


def say_finding(finding: Finding, people: Mapping[str, str]) -> str:
    """Say what is wrong and how it is mended; `people` names those whom it speaks of, by key."""
    between = pgettext("between the items of a list", ", ")
    params: dict[str, Any] = {
        key: between.join(map(str, value)) if isinstance(value, tuple) else value
        for key, value in finding.params.items()
    }
    for key in ("until", "since"):
        if key in params:
            params[key] = f"{params[key]:%Y-%m-%d}"
    if "person" in params:
        params["person"] = people.get(params["person"], "–")
    refs = between.join(finding.duties)
    ref = finding.duties[0] if finding.duties else ""
    return str(SENTENCES[finding.hole]).format(**{"ref": ref, "refs": refs, **params})


def say_cell(finding: Finding) -> str:
    """Name the hazard and the phase that a finding is about; empty where it is about neither."""
    phases = dict(PHASES)
    words = [name_of(finding.hazard, get_language() or "zh")] if finding.hazard else []
    if finding.phase is not None:
        words.append(str(phases[finding.phase]))
    return " · ".join(words)
