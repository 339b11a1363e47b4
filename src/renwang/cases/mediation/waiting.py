"""What of mediations waits for a person, as outreach is told. The sentence names the number, never a party."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from renwang.cases.mediation.models import Mediation
from renwang.cases.mediation.rules import FOLLOW_TERM
from renwang.outreach.errand_rules import ErrandAct
from renwang.outreach.services import Waiting, ask_errand, end_errand, in_every_language

CONSENT = "mediation.consent"
NAME = "mediation.name"
FOLLOW = "mediation.follow"
RESUME = "mediation.resume"
KEEPS = "mediations.keep"
TERMS = {
    CONSENT: timedelta(days=5),
    NAME: timedelta(days=3),
    FOLLOW: FOLLOW_TERM,
    RESUME: timedelta(days=3),
}
_SAID = {
    CONSENT: _("Mediation {ref}: ask the parties whether they consent"),
    NAME: _("Mediation {ref}: every party has consented; name a mediator"),
    FOLLOW: _("Mediation {ref}: ask the parties whether the agreement is kept"),
    RESUME: _("Mediation {ref} goes on: set the next session"),
}


def call_for(kind: str, mediation: Mediation, *, by: object, now: datetime) -> None:
    """Call whoever is to do it: the mediator first where he is named, else and then whoever keeps mediations there."""
    said: Promise = _SAID[kind]
    first: list[UUID] = []
    if mediation.mediator is not None and kind in (FOLLOW, RESUME):
        first = [mediation.mediator.person_id]
    ask_errand(
        Waiting(
            kind=kind,
            subject_id=mediation.pk,
            ref=mediation.ref,
            said=in_every_language(said, ref=mediation.ref),
            path=mediation.path,
            capability=KEEPS,
            term=TERMS[kind],
            first=first,
        ),
        by=by,
        now=now,
    )


def settle(kind: str, mediation: Mediation, *, by: object, now: datetime) -> None:
    """End what waited: it is done."""
    end_errand(kind, mediation.pk, by=by, now=now)


def drop_all(mediation: Mediation, *, by: object, now: datetime) -> None:
    """Call nobody any more: the mediation has ended."""
    for kind in TERMS:
        end_errand(kind, mediation.pk, by=by, now=now, act=ErrandAct.DROP)
