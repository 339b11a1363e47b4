"""The sentences for what the risk list refuses, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from renwang.chain.rules import Refusal
from renwang.chain.words import declare_refusals
from renwang.registers.risks import imports, photos, rules, scale_rules

REFUSALS: Mapping[type[Refusal], Any] = {
    rules.NotNow: _("As the risk stands now, this cannot be done to it. Look at where it stands."),
    rules.WordsMissing: _("Say it in words; they are missing."),
    rules.FoundInTheFuture: _("It cannot have been found in the future. Check the time."),
    rules.SameHandTwice: _("Whoever mended it, or said so, does not check it. Ask somebody else."),
    rules.MeasureOver: _("This measure was done or given up already."),
    rules.DueInThePast: _("A measure is due today or later."),
    rules.EvidenceMissing: _("Say what was done, and by what one can see it."),
    rules.MeasuresOpen: _("Not all measures are done. Finish them, or give them up with a reason."),
    rules.TermRefused: _("Give between an hour and thirty days for the answer."),
    rules.NobodyAbove: _("Nobody stands above {name} at this node."),
    rules.ReferralOver: _("No answer is owed for this risk."),
    scale_rules.OffTheScale: _("Choose likelihood and harm from the scale."),
    scale_rules.LevelsOutOfOrder: _(
        "With nothing in place it cannot be less bad than it is now, "
        "and measures do not make it worse. Check the three pairs."
    ),
    scale_rules.ReasonMissing: _("Say on what ground you judge it so."),
    scale_rules.NeverAccepted: _(
        "A risk of this colour is accepted by nobody. Have it mended, or refer it upward."
    ),
    scale_rules.TooLowToAccept: _(
        "Only somebody who answers for a place {above} levels above may accept a risk of this "
        "colour. Refer it upward."
    ),
    scale_rules.AcceptedTooLong: _(
        "A risk of this colour is accepted for {days} days at most, from tomorrow on."
    ),
    photos.TooLarge: _("The photograph is larger than {megabytes} MB. Send a smaller one."),
    photos.NotAPhoto: _("This is no photograph that can be read. JPEG, PNG and WebP can."),
    scale_rules.ScaleRefused: _("This scale cannot be used. Check its steps, matrix and terms."),
    imports.SourceUnknown: _(
        "“{source}” is no way in which risks are found. Leave it empty for a survey."
    ),
    imports.HalfJudged: _("Give both likelihood and harm, or neither."),
    photos.PhotoGone: _("This photograph was removed already."),
    photos.TooMany: _("There are {most} photographs already. More would hide what matters."),
}
declare_refusals(REFUSALS)

SCALE_FAULTS: Mapping[str, Any] = {
    "shape": _("Something is missing in the scale, or is no number."),
    "steps": _("A scale has three to seven steps."),
    "names": _("Every step has a name in both languages."),
    "days": _("Every term has from one to 731 days."),
    "above": _("Say how many levels above, as a small number."),
    "matrix": _("Every pair of likelihood and harm has a colour."),
    "order": _("What is likelier, or does more harm, cannot be less bad. Check the matrix."),
}


def say_fault(refused: scale_rules.ScaleRefused) -> str:
    """Say what is wrong with a scale."""
    return str(SCALE_FAULTS[str(refused.params["fault"])])
