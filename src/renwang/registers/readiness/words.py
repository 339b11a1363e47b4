"""The sentences for what the readiness check refuses, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from renwang.chain.rules import Refusal
from renwang.chain.words import declare_refusals
from renwang.registers.readiness import own_rules, rules

REFUSALS: Mapping[type[Refusal], Any] = {
    rules.WaiverReasonMissing: _("Say why the hole may stand."),
    rules.WaiverReasonTooLong: _("The reason is too long: {limit} characters at most."),
    rules.WaiverEndsWrong: _(
        "Name the last day, from tomorrow on and within {days} days. Nothing stands open for ever."
    ),
    rules.NotFromAbove: _(
        "Whoever keeps the place may not excuse its holes. Ask the level above to let it stand."
    ),
    rules.AlreadyWaived: _("Somebody has let this hole stand already."),
    rules.HoleGone: _("It is over already: the hole is mended, or the waiver has ended."),
    own_rules.OwnWordsMissing: _("Give it a name and a sentence that says what to do."),
    own_rules.OwnTooLong: _("A text is too long: {limit} characters at most."),
    own_rules.OwnLevelUnknown: _("There is no such level here."),
    own_rules.OwnMenderUnknown: _("Choose who can mend it."),
    own_rules.OwnEnded: _("This check has ended. Write a new one."),
    own_rules.OwnTooMany: _("There are {limit} own checks already. End one first."),
    own_rules.ConditionEmpty: _("Write when it is a hole, such as vacant > 0."),
    own_rules.ConditionTooLong: _("The condition is too long: {limit} characters at most."),
    own_rules.ConditionUnreadable: _("At character {at} the condition cannot be read: {about}"),
    own_rules.FigureUnknown: _("There is no figure “{about}”. The list beside names all."),
    own_rules.DivisorUnclear: _("Divide only by a number that is not zero (character {at})."),
    own_rules.ConditionTooDeep: _("The condition is nested too deep. Say it more simply."),
    own_rules.NotAYesOrNo: _("The condition must come to yes or no: compare figures with < or >."),
}

declare_refusals(REFUSALS)
