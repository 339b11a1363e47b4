"""A mediation rests until a day, ends without agreement, or is handed on where every party lets it."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from renwang.cases.mediation.models import Mediation, Party
from renwang.cases.mediation.rules import (
    Act,
    Body,
    BodyMissing,
    ConsentMissing,
    End,
    PartyMissing,
    check_suspension,
)
from renwang.cases.mediation.services.moving import (
    By,
    finish,
    let,
    locked,
    parties_of,
    require_hand,
    tell,
    today,
)
from renwang.cases.mediation.waiting import RESUME, call_for, drop_all
from renwang.chain.reach import Viewer


@transaction.atomic
def suspend_mediation(mediation_id: UUID, until: date, *, by: By, now: datetime) -> Mediation:
    """Let a mediation rest until a day, on which somebody is called to go on. Refuses with `DateRefused` and `NotNow`."""
    mediation = locked(mediation_id)
    require_hand(by, mediation)
    check_suspension(until, today(now))
    let(mediation, Act.SUSPEND, now)
    mediation.resume_on = until
    mediation.save(update_fields=["state", "since", "resume_on"])
    mediation.sessions.filter(start_at__gt=now, cancelled_at=None).update(cancelled_at=now)
    drop_all(mediation, by=by, now=now)
    tell(mediation, Act.SUSPEND, "mediation.suspended", by=by, now=now, until=str(until))
    return mediation


@transaction.atomic
def resume_mediation(mediation_id: UUID, *, by: By, now: datetime) -> Mediation:
    """Go on before the day. Refuses with `NotNow` and `reach.NotInReach`."""
    mediation = locked(mediation_id)
    require_hand(by, mediation)
    let(mediation, Act.RESUME, now)
    mediation.resume_on = None
    mediation.save(update_fields=["state", "since", "resume_on"])
    tell(mediation, Act.RESUME, "mediation.resumed", by=by, now=now)
    call_for(RESUME, mediation, by=by, now=now)
    return mediation


@transaction.atomic
def fail_mediation(mediation_id: UUID, *, by: By, now: datetime) -> Mediation:
    """End a mediation in which the parties do not agree. Refuses with `NotNow` and `reach.NotInReach`."""
    mediation = locked(mediation_id)
    require_hand(by, mediation)
    let(mediation, Act.FAIL, now)
    mediation.sessions.filter(start_at__gt=now, cancelled_at=None).update(cancelled_at=now)
    finish(mediation, End.NOT_SETTLED, by=by, now=now)
    mediation.save()
    tell(mediation, Act.FAIL, "mediation.failed", by=by, now=now)
    return mediation


@transaction.atomic
def allow_referral(party_id: UUID, to: Body | None, *, by: By, now: datetime) -> Mediation:
    """Keep that a party lets it be handed on to a body; None takes that back. The party himself may say it.

    Refuses with `NotNow` and `reach.NotInReach`.
    """
    key = Party.objects.values_list("mediation_id", flat=True).get(pk=party_id)
    mediation = locked(key)
    party = Party.objects.get(pk=party_id)
    if not (isinstance(by, Viewer) and by.id == party.person):
        require_hand(by, mediation)
    let(mediation, Act.ALLOW, now)
    mediation.save(update_fields=["since"])
    party.refer_to = to or ""
    party.save(update_fields=["refer_to"])
    tell(
        mediation, Act.ALLOW, "mediation.referral_allowed", by=by, now=now, party=party,
        to=to or "-",
    )  # fmt: skip
    return mediation


@transaction.atomic
def refer_mediation(mediation_id: UUID, to: Body | None, *, by: By, now: datetime) -> Mediation:
    """Hand a mediation on, where every party lets it be handed on to this very body.

    What was told in confidence goes nowhere. Refuses with `BodyMissing`,
    `PartyMissing`, `ConsentMissing`, `NotNow` and `reach.NotInReach`.
    """
    mediation = locked(mediation_id)
    require_hand(by, mediation)
    if to is None:
        raise BodyMissing
    parties = parties_of(mediation)
    if len(parties) < 2:
        raise PartyMissing
    if any(one.refer_to != to for one in parties):
        raise ConsentMissing
    let(mediation, Act.REFER, now)
    mediation.referred_to = to
    mediation.sessions.filter(start_at__gt=now, cancelled_at=None).update(cancelled_at=now)
    finish(mediation, End.REFERRED, by=by, now=now)
    mediation.save()
    tell(mediation, Act.REFER, "mediation.referred", by=by, now=now, to=to)
    return mediation
