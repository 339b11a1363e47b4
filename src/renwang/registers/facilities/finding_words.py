"""What each finding says, who can mend it and where, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.registers.facilities.finding_rules import STEP_FREE, Finding, Hole, Mender, Severity
from renwang.registers.facilities.naming import say_service, say_tier

NAMES: Mapping[Hole, Any] = {
    Hole.OUT_OF_ORDER: pgettext_lazy("of a facility", "Out of order"),
    Hole.OUT_OF_USE: pgettext_lazy("of a facility", "Out of use"),
    Hole.BACK_OVERDUE: _("Nobody says until when, or the day has passed"),
    Hole.NOT_INSPECTED: _("Never inspected"),
    Hole.INSPECTION_LATE: _("Inspection overdue"),
    Hole.GRAVE_DEFECT_LATE: _("Grave defect not mended in time"),
    Hole.DEFECT_LATE: _("Defect not mended in time"),
    Hole.NO_POST: _("No responsible post"),
    Hole.POST_CLOSED: _("The responsible post is closed"),
    Hole.POST_VACANT: _("The responsible post is vacant"),
    Hole.NONE_IN_REACH: _("None within walking distance"),
    Hole.BEYOND_REACH: _("Households beyond walking distance"),
    Hole.NO_STEP_FREE: _("No step-free shelter within walking distance"),
    Hole.SHARE_SHORT: _("Too few places in fixed shelters"),
    Hole.NO_ROLE: _("Service centre without an emergency role"),
    Hole.NO_BACKUP: _("No backup power"),
    Hole.FEW_EXITS: _("Too few exits"),
    Hole.TIER_MISSING: _("No service centre of this tier"),
    Hole.STOCK_NONE: _("No stock is written down"),
    Hole.STOCK_SHORT: _("Too little in stock"),
    Hole.STOCK_OVER: _("Stock past its day"),
    Hole.STOCK_ENDING: _("Stock near its day"),
    Hole.STOCK_UNCOUNTED: _("Stock not counted for long"),
    Hole.NO_HOURS: _("No hours for an emergency"),
    Hole.NO_CAPACITY: _("Nobody knows how many fit"),
    Hole.NO_POSITION: _("Not on the map"),
}

SENTENCES: Mapping[Hole, Any] = {
    Hole.OUT_OF_ORDER: _("“{name}” does not work. Have it mended, or say what stands in for it."),
    Hole.OUT_OF_USE: _("“{name}” cannot be used now. Say what stands in for it."),
    Hole.BACK_OVERDUE: _("“{name}” is out of use, and no day is given on which it works again."),
    Hole.NOT_INSPECTED: _("Nobody has looked at “{name}” since it was put on the list; it was due by {until}."),
    Hole.INSPECTION_LATE: _("“{name}” was last looked at on {since} and was due by {until}. Go and look."),
    Hole.GRAVE_DEFECT_LATE: _("“{name}”: {defect}. It was to be mended by {until}."),
    Hole.DEFECT_LATE: _("“{name}”: {defect}. It was to be mended by {until}."),
    Hole.NO_POST: _("No post answers for “{name}”. Name one."),
    Hole.POST_CLOSED: _("The post “{post}” that answers for “{name}” has been closed. Name another one."),
    Hole.POST_VACANT: _("Nobody holds “{post}”, which answers for “{name}”. Appoint somebody."),
    Hole.NONE_IN_REACH: _("{service}: none of the {all} households here can walk to one. Find a place for one."),
    Hole.BEYOND_REACH: _("{service}: {households} of {all} households live further away than one walks. Find a place for one."),
    Hole.NO_STEP_FREE: _("{households} of {all} households can walk to a shelter, but only to one with steps. Mend one, or mark those without."),
    Hole.SHARE_SHORT: _("{service}: {held} people fit, {wanted} should ({share} % of those who live here)."),
    Hole.NO_ROLE: _("“{name}” has no task in an emergency. Say what it, or one of its rooms, is for."),
    Hole.NO_BACKUP: _("“{name}” has no backup power, or nobody has said that it has."),
    Hole.FEW_EXITS: _("“{name}” has {exits} main exits; {least} are asked for."),
    Hole.TIER_MISSING: _("There is none: {tier}. Put it on the list, or find one."),
    Hole.STOCK_NONE: _("“{name}” is to hold stock, and nobody has written down what is there."),
    Hole.STOCK_SHORT: _("“{name}”: {thing}, {held} {unit} that may still be used; {least} should be there."),
    Hole.STOCK_OVER: _("“{name}”: {things}, past the day since {until}. Exchange it."),
    Hole.STOCK_ENDING: _("“{name}”: {things}, to be used up or exchanged by {until}."),
    Hole.STOCK_UNCOUNTED: _("“{name}”: {things}, not counted within {days} days. Count it."),
    Hole.NO_HOURS: _("“{name}” does not say when it is open in an emergency."),
    Hole.NO_CAPACITY: _("“{name}” does not say how large it is, so nobody is reckoned to fit."),
    Hole.NO_POSITION: _("“{name}” has no position, so it counts for nobody’s walk."),
}  # fmt: skip

LATE_BACK = _("“{name}” should have worked again on {until}. Say where it stands.")

SEVERITIES: Mapping[Severity, Any] = {
    Severity.GRAVE: pgettext_lazy("how grave a finding is", "Grave"),
    Severity.ATTENTION: pgettext_lazy("how grave a finding is", "Needs attention"),
    Severity.NOTE: pgettext_lazy("how grave a finding is", "On paper"),
}

MENDERS: Mapping[Mender, Any] = {
    Mender.KEEPER: _("who keeps the facilities there"),
    Mender.INSPECTOR: _("who inspects facilities there"),
    Mender.CHAIN: _("who appoints people to posts there"),
}

CAPABILITY: Mapping[Mender, str] = {
    Mender.KEEPER: "facilities.keep",
    Mender.INSPECTOR: "facilities.report",
    Mender.CHAIN: "chain.edit",
}


def say_finding(finding: Finding) -> str:
    """Say what is wrong and how it is mended."""
    sentence, params = told_of(finding)
    return sentence.format(**params)


def told_of(finding: Finding) -> tuple[str, dict[str, Any]]:
    """Give the sentence of a finding and what stands in it; `defect` is somebody's own words."""
    params: dict[str, Any] = dict(finding.params)
    for key in ("until", "since"):
        if key in params:
            params[key] = f"{params[key]:%Y-%m-%d}"
    if "tier" in params:
        params["tier"] = say_tier(str(params["tier"]))
    sentence = SENTENCES[finding.hole]
    if finding.hole is Hole.BACK_OVERDUE and "until" in params:
        sentence = LATE_BACK
    return str(sentence), {"service": say_about(finding), **params}


def say_about(finding: Finding) -> str:
    """Name the kind or service that a finding is about; empty where it is about neither."""
    if not finding.kind or finding.kind == STEP_FREE:
        return ""
    return say_service(finding.kind)
