"""The sentences for what cases refuse, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from renwang.cases import (
    clock_rules,
    erasure_rules,
    kind_rules,
    placard_rules,
    rules,
    setting_rules,
    suggest_rules,
    telling_rules,
    voice_rules,
    workday_rules,
)
from renwang.chain.rules import Refusal
from renwang.chain.words import declare_refusals

REFUSALS: Mapping[type[Refusal], Any] = {
    rules.NotNow: _("As the case stands now, this cannot be done to it. Look at where it stands."),
    rules.WordsMissing: _("Say it in words; they are missing."),
    rules.WordsTooLong: _("That is too long. Use at most {most} characters."),
    rules.CameInTheFuture: _("It cannot have been brought in the future. Check the time."),
    rules.ReportedTooOften: _(
        "Very much has come by your connection within the hour. Try again later, or ring."
    ),
    rules.NotAPerson: _(
        "This was filled in by a machine. If it was you, leave the last field empty."
    ),
    rules.KindUnknown: _("There is no such kind of case."),
    rules.EndMissing: _("Say how it ended: done, not done, not ours, or settled by itself."),
    rules.WhoseMissing: _("Say whose it is, so that the reporter can turn there."),
    rules.SameHandTwice: _(
        "Whoever answered does not ask whether it was an answer. Ask somebody else."
    ),
    rules.NobodyAbove: _("Nobody stands above {name} at this node."),
    rules.AskedItself: _("It lies with this unit already. Choose another one."),
    rules.MergedIntoItself: _("A case cannot stand for itself, or for one that stands for it."),
    rules.ReporterReachable: _(
        "The reporter left a way to be reached. Ring on {days} different days before silence ends it."
    ),
    rules.CodeUnknown: _("No case has this code. Check it, letter by letter."),
    rules.ReturnedTooFar: _("It was returned twice already. The arbiter decides whose it is."),
    rules.NotTheArbiter: _("It waits for no decision about whose it is."),
    clock_rules.ExtendedTooLate: _("The time is over. What is late cannot be put off."),
    clock_rules.ExtendedTooOften: _("It can be put off {most} times at most."),
    clock_rules.ExtendedTooFar: _("It can be put off by one to {days} working days."),
    clock_rules.DateRefused: _("Give a day from tomorrow on, half a year away at most."),
    workday_rules.CalendarRefused: _("These working days cannot be used: {fault} {at}"),
    workday_rules.NeverWorked: _("There would be no working day for more than a year."),
    kind_rules.KindsRefused: _("These kinds cannot be used: {fault} {key}"),
    rules.TooManyAtOnce: _("At most {most} cases at once."),
    setting_rules.KindStillUsed: _(
        "{number} open cases have the kind {key}. Give them another one, or wait until they are closed."
    ),
    erasure_rules.AskedAlready: _("It was asked for already and waits for a decision."),
    erasure_rules.NothingToErase: _("Nothing of that is held, or not any more."),
    erasure_rules.DecidedAlready: _("Somebody has decided it meanwhile."),
    erasure_rules.OneHandTwice: _(
        "Whoever asked for it, entered the case, answered it or gave out its code does not decide. Somebody else does."
    ),
    erasure_rules.OthersWait: _(
        "Other reports were merged into this case. Take them apart first, so that they keep their answer."
    ),
    telling_rules.TellingsRefused: _("These messages cannot be used."),
    telling_rules.HoursUnreadable: _("These are no hours: {at}. Write them like 21:00-08:00."),
    telling_rules.WordingMissing: _("The wording {at} is missing."),
    telling_rules.WordingTooLong: _("The wording {at} is too long: {most} characters at most."),
    telling_rules.BlankUnknown: _("This cannot be filled in: {at}"),
    telling_rules.NoWayThere: _("The wording {at} needs the address or the code of the reporter."),
    telling_rules.NumberMissing: _(
        "For messages give one mobile number and nothing else in its field."
    ),
    telling_rules.NumberStopped: _(
        "From this number came the wish for no more messages. Only a text from there with START takes it back."
    ),
    telling_rules.NothingToTellBy: _("You have left no number to which a message could go."),
    setting_rules.NothingChanged: _("Nothing would change: it says what holds already."),
    suggest_rules.LearningMissing: _(
        "What learns is not installed here. Install Renwang with the extra “learning”."
    ),
    suggest_rules.ChosenTooSeldom: _(
        "The desk has not chosen often enough; from {most} choices on something can be learned."
    ),
    suggest_rules.SwitchedSoAlready: _("It is switched so already."),
    voice_rules.NotASound: _(
        "This is no sound file that is taken (WebM, Ogg, M4A, MP3, AAC, WAV, AMR; no film)."
    ),
    voice_rules.SoundTooLarge: _("The voice message is larger than {megabytes} MB."),
    voice_rules.SoundTooLong: _("The voice message is longer than {minutes} minutes."),
    voice_rules.TooManySounds: _("At most {most} voice messages."),
    voice_rules.NothingWritten: _("Write down what is said."),
    placard_rules.BetraysAHome: _(
        "One household lives in this building. A code on it would say who has written; hang one at the grid."
    ),
    placard_rules.NothingToHang: _("Nothing of what you chose is there."),
    placard_rules.TooManyPlacards: _("At most {most} placards at once. Choose a smaller place."),
    placard_rules.AddressMissing: _(
        "The node does not know its own address yet (RENWANG_PUBLIC_URL); nobody would find it by a code."
    ),
    placard_rules.RetiredAlready: _("This placard is out of use already."),
    rules.UndoneTooLate: _("That can no longer be undone."),
}
declare_refusals(REFUSALS)
