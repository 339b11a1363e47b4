"""What each finding says, who can mend it and where, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from renwang.registers.duties.models import PHASES
from renwang.registers.hazards import name_of
from renwang.registers.procedures.finding_rules import Finding, Hole, Mender

NAMES: Mapping[Hole, Any] = {
    Hole.REVIEW_LOST: _("Not reviewed for long"),
    Hole.REVIEW_OVERDUE: _("Review overdue"),
    Hole.REVIEW_SOON: _("Review due soon"),
    Hole.UNREAD: _("Not acknowledged"),
    Hole.NOBODY_MEANT: _("Nobody follows it"),
    Hole.DUTY_WITHOUT: _("A duty without a procedure"),
    Hole.NO_DUTY: _("A procedure without a duty"),
    Hole.NO_HAZARD: _("For no hazard"),
    Hole.NO_BASIS: pgettext_lazy("of a procedure", "Rests on nothing"),
    Hole.NEVER_RUN: _("Not tried for a year"),
    Hole.OFTEN_OTHERWISE: _("A step is often done otherwise"),
    Hole.RUN_FORGOTTEN: _("A run was left lying"),
    Hole.PROPOSAL_WAITS: pgettext_lazy("of a procedure", "A proposal waits"),
    Hole.PLACE_ENDED: pgettext_lazy("of a procedure", "The place is no more"),
}

SENTENCES: Mapping[Hole, Any] = {
    Hole.REVIEW_LOST: _(
        "The review of “{title}” has been overdue since {on}, for {days} days. "
        "Nobody knows whether it still serves."
    ),
    Hole.REVIEW_OVERDUE: _("The review of “{title}” was due on {on}. Review it."),
    Hole.REVIEW_SOON: _("The review of “{title}” is due on {on}."),
    Hole.UNREAD: _("{count} of {of} who must follow “{title}” have not acknowledged it in time."),
    Hole.NOBODY_MEANT: _(
        "No post is meant by what “{title}” says about who follows it. Write its next edition."
    ),
    Hole.DUTY_WITHOUT: _(
        "{duty} says who answers, but nothing is written down about how. Write a procedure."
    ),
    Hole.NO_DUTY: _(
        "“{title}” says what to do, but nobody answers for it, neither here nor above. Write a duty."
    ),
    Hole.NO_HAZARD: _("“{title}” does not say against which hazard it is."),
    Hole.NO_BASIS: _("“{title}” names no law or agreement it rests on."),
    Hole.NEVER_RUN: _("“{title}” has not been run for a year, not even as an exercise. Try it."),
    Hole.OFTEN_OTHERWISE: _(
        "In at least half of the runs of “{title}”, steps {steps} were left out or done otherwise. "
        "The step is wrong, not the people: write its next edition."
    ),
    Hole.RUN_FORGOTTEN: _(
        "In {run}, a run of “{title}”, nothing has happened for a day. Go on with it, or end it."
    ),
    Hole.PROPOSAL_WAITS: _("“{title}” has been waiting for approval since {since}."),
    Hole.PLACE_ENDED: _(
        "The place of “{title}” was merged, split or closed. Write it anew for what stands there now."
    ),
}

MENDERS: Mapping[Mender, Any] = {
    Mender.KEEPER: _("who keeps the procedures list there"),
    Mender.APPROVER: _("who approves procedures there"),
    Mender.FOLLOWERS: _("those who must follow it"),
    Mender.DUTIES: pgettext_lazy("of a procedure", "who keeps the duties list there"),
}

CAPABILITY: Mapping[Mender, str] = {
    Mender.KEEPER: "procedures.write",
    Mender.APPROVER: "procedures.approve",
    Mender.FOLLOWERS: "procedures.run",
    Mender.DUTIES: "duties.write",
}


def say_finding(finding: Finding) -> str:
    """Say what is wrong and how it is mended."""
    between = pgettext("between the items of a list", ", ")
    params: dict[str, Any] = {
        key: between.join(map(str, value)) if isinstance(value, tuple) else value
        for key, value in finding.params.items()
    }
    for key in ("on", "since"):
        if key in params:
            params[key] = f"{params[key]:%Y-%m-%d}"
    return str(SENTENCES[finding.hole]).format(**params)


def say_cell(finding: Finding) -> str:
    """Name the hazard and the phase that a finding is about; empty where it is about neither."""
    phase = dict(PHASES).get(finding.phase) if finding.phase is not None else ""
    hazard = name_of(finding.hazard, get_language() or "zh") if finding.hazard else ""
    return " · ".join(str(one) for one in (hazard, phase) if one)
