"""The sentences for what mediation refuses, in the language of the moment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from renwang.cases.mediation import rules
from renwang.chain.rules import Refusal
from renwang.chain.words import declare_refusals

REFUSALS: Mapping[type[Refusal], Any] = {
    rules.NotNow: _(
        "As the mediation stands now, this cannot be done to it. Look at where it stands."
    ),
    rules.WordsMissing: _("Something is to be said here; it is missing."),
    rules.WordsTooLong: _("It is too long. {most} characters at most."),
    rules.PartyMissing: _("A mediation has two parties at least. Enter the other one."),
    rules.TooManyParties: _("{most} parties at most can sit together."),
    rules.ConsentMissing: _(
        "A party has not consented, has taken the consent back, or it has run out."
    ),
    rules.ConsentOver: _("That day is over. A consent holds until a day to come."),
    rules.NotTheMediator: _("Only the mediator who is named does this."),
    rules.NotNeutral: _("He is not neutral here: {why}"),
    rules.NamedHimself: _("Nobody names himself to mediate. Let somebody else do it."),
    rules.EnteredHimself: _("Nobody enters himself as a party. Let somebody else do it."),
    rules.NotAMaster: _("Only an apprentice of this mediator sits beside him."),
    rules.SessionRefused: _("A session begins in the future and lasts eight hours at most."),
    rules.Taken: _("The mediator or the station has another session then."),
    rules.NotYetOver: _("The session has not begun yet."),
    rules.PointsMissing: _("Write one point at least; each says who does what."),
    rules.SignedAlready: _("A party has signed already; what is signed is not altered."),
    rules.DateRefused: _("Choose a day from tomorrow on, half a year away at most."),
    rules.NotYetDue: _("It is asked on {day}, not earlier."),
    rules.BodyMissing: _("Say to whom it is to be handed on."),
    rules.ApprenticeUnwanted: _("A party does not want an apprentice to sit beside the mediator."),
    rules.MediatorKnown: _("This person is in the register of mediators already."),
    rules.MasterMissing: _("A master is somebody else, who mediates himself."),
    rules.CaseMediated: _("A mediation of this case goes on already."),
}
declare_refusals(REFUSALS)
