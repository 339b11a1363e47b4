"""The sentences for what signals refuse, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from renwang.signals import rules, scale_rules, series_rules, shipping, trigger_rules
from renwang.signals.expression_rules import FUNCTIONS, ExpressionRefused, Wrong
from renwang.signals.fault_rules import WrongMoment
from renwang.signals.payloads import PayloadRefused, PayloadWrong
from renwang.signals.services import triggering

REFUSALS: Mapping[type[rules.SignalRefused], Any] = {
    rules.WordsMissing: _("Say what there is to say; the words are missing."),
    rules.ReasonMissing: _("Give the reason."),
    rules.NoticedInTheFuture: _("It cannot have been noticed in the future. Check the time."),
    rules.WasPutAside: _("This signal was put aside. Open it again first."),
    rules.NotPutAside: _("Only what was put aside, or was met by a warning, can be opened again."),
    rules.NotInAMatter: _("This signal stands alone; there is nothing to take it out of."),
    rules.NothingOwed: _("No answer is owed for this signal."),
    rules.NotAssessed: _("Assess it first: a warning is asked for on the ground of an assessment."),
    rules.AnswerOwed: _("The unit above has been asked already and still owes the answer."),
    rules.ProposalDecided: _("Somebody has decided about this proposal already."),
    rules.ReferralOver: _("This referral was answered or taken back."),
    rules.SameMatter: _("These are one matter already."),
    rules.OneStory: _("What happens in a rehearsal is not mixed with what really happens."),
    rules.TermRefused: _("Give between five minutes and seven days for the answer."),
    rules.NobodyAbove: _("There is no unit above {name} at this node."),
    scale_rules.NatureMissing: _("Say what it is."),
    scale_rules.AssessmentReasonMissing: _("Give the reason for the assessment."),
    scale_rules.WarningLevelNotFor: _(
        "Warning levels exist for natural disasters, accidents and public-health events only. "
        "Leave it empty."
    ),
    series_rules.CodeTaken: _("Another sensor has the code {code}."),
    series_rules.KeyTaken: _("Another series has the key {key}."),
    trigger_rules.NoLevels: _("Give at least one level with its condition."),
    trigger_rules.LevelTwice: _("Each level is said once."),
    trigger_rules.HoldRefused: _("A condition need not hold for longer than two days."),
    shipping.NotShipped: _("No trigger {key} comes along. There are: {known}."),
    triggering.SeriesNotBound: _("Say which series is meant by {names}."),
    triggering.NothingWatched: _("{name} watches nothing yet. Choose its series first."),
    triggering.SeriesOutOfReach: _("There is no such series in your reach."),
}
SERIES_FAULTS: Mapping[str, Any] = {
    "key": _("A key has up to 64 letters, digits, dots, hyphens and underscores: {key}."),
    "quantity": _("Say what {key} measures."),
    "range": _("The lowest plausible value of {key} must be below the highest."),
    "jump": _("The largest plausible step of {key} must be more than nothing."),
    "span": _("Readings come at least once a week, and a value may last 31 days at most: {key}."),
}
EXPRESSIONS: Mapping[Wrong, Any] = {
    Wrong.EMPTY: _("The condition is empty."),
    Wrong.TOO_LONG: _("The condition has more than {about} characters."),
    Wrong.CHARACTER: _("“{about}” at character {at} means nothing here."),
    Wrong.UNEXPECTED: _("“{about}” at character {at} is out of place, or missing."),
    Wrong.UNKNOWN_FUNCTION: _(
        "There is no function “{about}” (character {at}). There are: {functions}."
    ),
    Wrong.UNKNOWN_SERIES: _("No series is called “{about}” here (character {at})."),
    Wrong.ARGUMENTS: _("“{about}” needs something else between its brackets (character {at})."),
    Wrong.TYPE: _("At character {at} a {about} is wanted."),
    Wrong.SPAN: _(
        "“{about}” at character {at} is no span of time. Write 90s, 10m, 3h or 2d; 31 days at most."
    ),
    Wrong.DIVISION_BY_ZERO: _("At character {at} something is divided by zero."),
    Wrong.TOO_COSTLY: _(
        "The condition costs too much from character {at} on: fewer functions, shorter windows."
    ),
    Wrong.NO_SERIES: _("The condition reads no series at all."),
    Wrong.NOT_A_TRUTH: _("The condition gives a number. Compare it with something."),
}
KINDS: Mapping[str, Any] = {
    "number": _("number"),
    "truth": _("comparison"),
    "list of truths": _("list of comparisons"),
    "name of a series": _("name of a series in quotation marks"),
    "span of time": _("span of time in quotation marks"),
}
WRONG_MOMENTS: Mapping[WrongMoment, Any] = {
    WrongMoment.FUTURE: _("From the future"),
    WrongMoment.TOO_OLD: _("Older than readings are kept"),
    WrongMoment.NOT_A_NUMBER: _("Not a number"),
}
PAYLOADS: Mapping[PayloadWrong, Any] = {
    PayloadWrong.EMPTY: _("There is nothing in it."),
    PayloadWrong.TOO_LARGE: _("It is too large. Hand readings in by smaller batches."),
    PayloadWrong.NOT_TEXT: _("It is not text in UTF-8."),
    PayloadWrong.NOT_JSON: _("It is not JSON."),
    PayloadWrong.SHAPE: _("It is not in one of the forms that are understood: {about}."),
    PayloadWrong.HEADING: _(
        "The first line must name the columns series, at and value; missing: {about}."
    ),
    PayloadWrong.ROW: _("Row {row} cannot be read: {about}."),
    PayloadWrong.UNKNOWN_KIND: _("This kind of content is not understood: {about}."),
}


HAZARDS = [
    ("rainstorm", _("Rainstorm")),
    ("flood", _("Flood")),
    ("landslide", _("Landslide")),
    ("gale", _("Gale")),
    ("heat", _("Heat")),
    ("cold_wave", _("Cold")),
    ("fire", _("Fire")),
    ("gas_leak", _("Gas")),
    ("unsafe_building", _("Unsafe building")),
    ("road_closed", _("Road")),
    ("epidemic", _("Disease")),
    ("other", _("Something else")),
]
"""What people name at a first look; the field itself is open. Sensors and feeds bring their own.
The keys are those of the wordings, so that a message grows from a signal without a second choice."""


def say_refusal(refused: Exception) -> str | None:
    """Say why something was refused and what can be done; None for refusals of others."""
    if isinstance(refused, ExpressionRefused):
        about = KINDS.get(refused.about, refused.about)
        return str(EXPRESSIONS[refused.wrong]).format(
            about=about, at=refused.at, functions=", ".join(FUNCTIONS)
        )
    if isinstance(refused, PayloadRefused):
        return str(PAYLOADS[refused.wrong]).format(about=refused.about, row=refused.row)
    if isinstance(refused, series_rules.SeriesRefused):
        return str(SERIES_FAULTS[str(refused.figures["fault"])]).format(**refused.figures)
    if isinstance(refused, rules.SignalRefused):
        return str(REFUSALS[type(refused)]).format(**refused.figures)
    if isinstance(refused, trigger_rules.DividedByZero):
        return _now("At character {at} the readings make it divide by zero.").format(at=refused.at)
    return None
