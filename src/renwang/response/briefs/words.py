"""The sentences for what briefs refuse, and the names of their parts and figures, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from renwang.chain.rules import Refusal
from renwang.chain.words import declare_refusals
from renwang.response.briefs import rules
from renwang.response.briefs.rules import Section

REFUSALS: Mapping[type[Refusal], Any] = {
    rules.NotNow: _("As the brief stands now, this cannot be done to it."),
    rules.SameHandTwice: _("Whoever wrote the brief does not approve it. Ask somebody else."),
    rules.WordsMissing: _("The brief says nothing, or a reason is missing."),
    rules.WordsTooLong: _("This part of the brief is too long. Use at most {most} characters."),
    rules.NobodyReads: _("Choose who reads the brief, or let everybody read it."),
    rules.ReaderElsewhere: _("Units above the place and right below it read its brief."),
    rules.BriefThere: _("There is a brief of this week for this place: {ref}."),
    rules.WeekNotOver: _("A brief tells of a week that is over. Choose an earlier one."),
    rules.FewAreTold: _(
        "What everybody reads tells the number {number}. Numbers below three betray people; leave them out."
    ),
}
declare_refusals(REFUSALS)

SECTIONS: Mapping[Section, Any] = {
    Section.NUMBERS: _("What people brought"),
    Section.HOT_SPOTS: _("What many raise in one place"),
    Section.RETURNED: _("What was returned, and gaps"),
    Section.EXEMPLARY: _("Answers worth copying"),
    Section.WARNINGS: _("Warnings and rounds"),
    Section.RISKS: _("Risks found and mended"),
    Section.DECISIONS: _("What asks for a decision above"),
}
FIGURES: Mapping[str, Any] = {
    "received": _("Cases received"),
    "answered": _("Cases answered"),
    "overdue": _("Cases overdue"),
    "rejected": _("Answers rejected by reporters"),
    "topics": _("Hot spots with new cases"),
    "returned": _("Cases returned"),
    "gaps": _("Cases for which the duties list names nobody"),
    "exemplary": _("Answers that reporters confirmed"),
    "relays": _("Warnings carried down"),
    "rounds": _("Warnings with rounds from door to door"),
    "risks_found": _("Risks found"),
    "risks_closed": _("Risks mended and looked at"),
    "asked_above": _("Cases on which the level above owes an answer"),
    "arbitrations": _("Cases that wait for an arbiter"),
    "risks_referred": _("Risks referred upward"),
}
