"""The facts about mediations. None holds a name of a party or a word that was said: a fact can never be erased."""

from django.utils.translation import gettext_lazy as _

from renwang.base import journal

journal.declare(
    {
        "mediation.asked": _("{actor} took in the request for the mediation {subject}"),
        "mediation.party_added": _("{actor} entered party {party} of the mediation {subject}"),
        "mediation.consented": _("Party {party} of the mediation {subject} consented"),
        "mediation.completed": _("Every party of the mediation {subject} has consented"),
        "mediation.contact_read": _("{actor} opened who party {party} of {subject} is"),
        "mediation.kin_declared": _("{actor} declared kinship of a mediator in {subject}"),
        "mediation.mediator_named": _("{actor} named the mediator of {subject}"),
        "mediation.session_set": _("{actor} set a session of the mediation {subject}"),
        "mediation.session_held": _("{actor} held a session of the mediation {subject}"),
        "mediation.session_cancelled": _("{actor} called off a session of {subject}"),
        "mediation.told": _("Party {party} told the mediator of {subject} something in confidence"),
        "mediation.confidence_read": _(
            "{actor} read what was told in confidence in {subject}: {number} texts"
        ),
        "mediation.agreement_written": _("{actor} wrote the agreement of {subject}"),
        "mediation.agreement_read": _("{actor} opened the agreement of {subject}"),
        "mediation.signed": _("Party {party} signed the agreement of {subject}"),
        "mediation.agreed": _("The parties of {subject} have agreed"),
        "mediation.suspended": _("{actor} suspended the mediation {subject} until {until}"),
        "mediation.resumed": _("The mediation {subject} goes on"),
        "mediation.followed": _("{actor} asked after {months} months whether {subject} is kept"),
        "mediation.reopened": _("The agreement of {subject} is not kept; they sit together again"),
        "mediation.failed": _("{actor} ended the mediation {subject} without agreement"),
        "mediation.withdrawn": _("Party {party} took back the consent to {subject}"),
        "mediation.referral_allowed": _("Party {party} lets {subject} be handed on: {to}"),
        "mediation.referred": _("{actor} handed the mediation {subject} on: {to}"),
        "mediation.mediator_entered": _("{actor} entered a mediator in the register at {subject}"),
        "mediation.mediator_changed": _("{actor} changed an entry in the register of mediators"),
        "mediation.mediator_ended": _("{actor} ended an entry in the register of mediators"),
        "mediation.station_kept": _("{actor} entered or changed the mediation station {subject}"),
        "mediation.words_erased": _("The words of {number} mediations were erased in time"),
    }
)
