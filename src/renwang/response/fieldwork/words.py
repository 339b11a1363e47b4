"""The sentences for what field work refuses, and the names of values that stand side by side."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from renwang.cases.names import ENDS
from renwang.chain.rules import Refusal
from renwang.chain.words import declare_refusals
from renwang.registers.facilities.models import VERDICTS
from renwang.registers.risks.models import STATES as RISK_STATES
from renwang.response.fieldwork import rules

REFUSALS: Mapping[type[Refusal], Any] = {
    rules.BatchUnread: _("What the phone sent cannot be read ({what}). Bring the app up to date."),
    rules.TooManyDeeds: _("At most {most} at once. The phone sends the rest after them."),
    rules.PhoneUnknown: _("This phone was not let in. Sign in on it again."),
    rules.PhoneLost: _("This phone was called lost. Everything on it is erased."),
    rules.PhoneEnded: _("This phone has signed out. Sign in on it again."),
    rules.PhoneOfAnother: _("This phone keeps the pages of somebody else. Sign out there first."),
    rules.PieceElsewhere: _("The file goes on at another place ({have})."),
    rules.PieceTooLarge: _("This is more than is taken in here at once."),
    rules.UploadUnknown: _("There is no such file here."),
    rules.DecidedAlready: _("This was decided already."),
    rules.OwnDeed: _("Somebody else has to decide about what you did yourself."),
    rules.ReasonMissing: _("Say why, so that both can understand it."),
    rules.ContentsGone: _("What was sent can no longer be read. Let what stands hold."),
    rules.NotYetTaken: _("It could not be taken after all: {why}"),
}
declare_refusals(REFUSALS)

FORMS: Mapping[str, Any] = {
    "case_take": _("Who sees to the case"),
    "case_answer": _("Answer to the reporter"),
    "risk_finish": _("What was to be done about the risk"),
    "risk_rectify": _("Whether the risk is mended"),
    "risk_look": _("Look at a mended risk"),
    "facility": _("Inspection of a facility"),
    "facility_mend": _("What was broken at a facility"),
}

FIELDS: Mapping[str, Any] = {
    "taken": _("Sees to it"),
    "end": _("How it ended"),
    "words": _("What was done or decided"),
    "ground": _("On which ground"),
    "following": _("What comes next"),
    "whose": _("Whose it is, where it is not ours"),
    "risk_state": _("How it stands"),
    "over": pgettext_lazy("of what was to be done", "What became of it"),
    "verdict": _("How it is"),
    "seen": _("In words"),
}

_VALUES: Mapping[str, Mapping[Any, Any]] = {
    "end": ENDS,
    "risk_state": RISK_STATES,
    "verdict": VERDICTS,
    "over": {
        "done": pgettext_lazy("of what was to be done", "Done"),
        "dropped": pgettext_lazy("of what was to be done", "Given up"),
    },
}


def say_value(field: str, value: str) -> tuple[str, bool]:
    """Say a value of a field as people read it, and whether those are somebody's own words."""
    known = _VALUES.get(field)
    if known is None:
        return value, field != "taken"
    return str(known.get(value, value)), False
