"""The words of sharing by agreement, and the sentences for what it refuses, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.cases.sharing import rules
from renwang.chain.rules import Refusal
from renwang.chain.words import declare_refusals

REFUSALS: Mapping[type[Refusal], Any] = {
    rules.SharedWithItself: _(
        "Both sides are one, or one lies within the other and sees it anyway."
    ),
    rules.PlaceNotTheirs: _(
        "Nobody shares what lies outside his own place. Choose a place within it."
    ),
    rules.PurposeMissing: _("Say what it is for, in {most} characters at most."),
    rules.PeriodRefused: _(
        "It begins before it ends, is not over already, and holds three years at most."
    ),
    rules.KindNotThere: _("There is no kind of case {key}."),
    rules.SameHandForBoth: _(
        "Two sides are two people. Let somebody of the other side approve it."
    ),
    rules.NotProposed: _("It waits for nobody's approval."),
    rules.EndedAlready: _("It is over already."),
    rules.NotShared: _("No agreement in force covers this case."),
    rules.OnlyToRead: _("This agreement lets them read and no more."),
    rules.ConsentMissing: _("Ask the reporter first. For this one case he has to agree."),
}
declare_refusals(REFUSALS)

PARTS: Mapping[str, Any] = {
    rules.Part.PLACE: pgettext_lazy("what is shared of a case", "Where exactly"),
    rules.Part.PHOTOS: pgettext_lazy("what is shared of a case", "Photographs"),
    rules.Part.STORY: pgettext_lazy("what is shared of a case", "What was done, step by step"),
    rules.Part.ANSWERS: pgettext_lazy("what is shared of a case", "Answers"),
}
MODES: Mapping[str, Any] = {
    rules.Mode.READ: pgettext_lazy("what a side may do", "Read"),
    rules.Mode.TAKE_PART: pgettext_lazy("what a side may do", "Take part: notes, parts of a case"),
}
STANDINGS: Mapping[str, Any] = {
    rules.Standing.PROPOSED: pgettext_lazy("where an agreement stands", "Waits for the other side"),
    rules.Standing.COMING: pgettext_lazy("where an agreement stands", "Agreed, not yet begun"),
    rules.Standing.IN_FORCE: pgettext_lazy("where an agreement stands", "In force"),
    rules.Standing.EXPIRED: pgettext_lazy("where an agreement stands", "Expired"),
    rules.Standing.DECLINED: pgettext_lazy("where an agreement stands", "Declined"),
    rules.Standing.ENDED: pgettext_lazy("where an agreement stands", "Ended"),
}
TONES: Mapping[str, str] = {
    rules.Standing.PROPOSED: "attention",
    rules.Standing.COMING: "info",
    rules.Standing.IN_FORCE: "good",
    rules.Standing.EXPIRED: "bad",
    rules.Standing.DECLINED: "neutral",
    rules.Standing.ENDED: "neutral",
}
