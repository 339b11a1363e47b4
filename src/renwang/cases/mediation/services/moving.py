"""What every deed in a mediation begins and ends with: the lock, who may, the move, the step, the fact."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from renwang.base import journal
from renwang.cases.mediation.models import Mediation, Party, Step
from renwang.cases.mediation.rules import (
    KEPT_FOR,
    Act,
    End,
    NotTheMediator,
    State,
    move,
    require_consent,
)
from renwang.cases.mediation.waiting import drop_all
from renwang.chain.reach import Viewer, require

By = Viewer | str
BY = "node:mediation"
KEEPS = "mediations.keep"


def locked(mediation_id: UUID) -> Mediation:
    """Take a mediation for a deed; nobody else changes it meanwhile."""
    found = Mediation.objects.select_for_update(of=("self",))
    found = found.select_related("unit", "mediator", "apprentice").defer("unit__boundary")
    return found.get(pk=mediation_id)


def hand_of(by: By) -> UUID | None:
    """Say whose hand does it; None for a part of the node."""
    return by.id if isinstance(by, Viewer) else None


def is_mediator(by: By, mediation: Mediation) -> bool:
    """Say whether somebody is named to mediate this, and is here himself or by a key that may."""
    return (
        isinstance(by, Viewer)
        and by.scopes is None
        and mediation.mediator is not None
        and mediation.mediator.person_id == by.id
    )


def require_mediator(by: By, mediation: Mediation) -> None:
    """Let only the mediator who is named go on. Refuses with `NotTheMediator`."""
    if isinstance(by, Viewer) and not is_mediator(by, mediation):
        raise NotTheMediator


def require_hand(by: By, mediation: Mediation) -> None:
    """Let the mediator go on, and whoever keeps mediations where it lies."""
    if not is_mediator(by, mediation):
        require(by, KEEPS, at=mediation.path)


def parties_of(mediation: Mediation) -> list[Party]:
    """Give the parties in their order; one statement."""
    return list(Party.objects.filter(mediation=mediation).order_by("number"))


def require_all(parties: Sequence[Party], now: datetime) -> None:
    """Let the deed go on where every party consents today."""
    require_consent([one.consent() for one in parties], today(now))


def today(now: datetime) -> date:
    """The day it is where the node stands."""
    return timezone.localdate(now)


def let(mediation: Mediation, act: Act, now: datetime) -> None:
    """Do an act to a mediation. Refuses with `NotNow`."""
    mediation.state = move(State(mediation.state), act)
    mediation.since = now


def finish(mediation: Mediation, end: End, *, by: By, now: datetime) -> None:
    """Note how a mediation has ended and when its words go; nobody is called to it any more."""
    mediation.end, mediation.ended_at, mediation.erase_at = end, now, now + KEPT_FOR
    mediation.follow_on = mediation.resume_on = None
    drop_all(mediation, by=by, now=now)


def tell(
    mediation: Mediation,
    act: str,
    verb: str,
    *,
    by: By,
    now: datetime,
    party: Party | None = None,
    **facts: Any,
) -> None:
    """Write a step into the story, and the fact of it. Neither holds a word that was said."""
    number = party.number if party is not None else None
    Step.objects.create(mediation=mediation, act=act, party=number, by=hand_of(by), at=now)
    if party is not None:
        facts["party"] = party.letter
    journal.record(verb, mediation, by=by, at=now, state=mediation.state, **facts)
