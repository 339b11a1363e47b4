"""Parties and mediator sit together: sessions on the calendar, and what is told in confidence."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.cases.mediation.choosing_rules import may_read
from renwang.cases.mediation.models import Confidence, Mediation, Mediator, Party, Session, Station
from renwang.cases.mediation.rules import (
    Act,
    NotNow,
    NotTheMediator,
    NotYetOver,
    Said,
    Taken,
    check_session,
    check_words,
    clash,
)
from renwang.cases.mediation.seals import seal_confidence, words_of
from renwang.cases.mediation.services.moving import (
    By,
    is_mediator,
    let,
    locked,
    parties_of,
    require_all,
    require_hand,
    require_mediator,
    tell,
)
from renwang.cases.mediation.waiting import RESUME, settle
from renwang.chain.reach import Viewer


@transaction.atomic
def set_session(
    mediation_id: UUID,
    start: datetime,
    end: datetime,
    *,
    by: By,
    now: datetime,
    station: Station | None = None,
) -> Session:
    """Set a session. Two that overlap for one mediator, apprentice or station are refused with `Taken`.

    Refuses with `SessionRefused`, `ConsentMissing`, `NotNow` and `reach.NotInReach`, too.
    """
    mediation = locked(mediation_id)
    require_hand(by, mediation)
    check_session(start, end, now)
    parties = parties_of(mediation)
    require_all(parties, now)
    let(mediation, Act.MEET, now)
    beside = mediation.apprentice if all(one.apprentice_attends for one in parties) else None
    _check_free(mediation, beside, station, start, end)
    mediation.save(update_fields=["state", "since"])
    session = Session.objects.create(
        id=uuid7(now), mediation=mediation, mediator=mediation.mediator, apprentice=beside,
        station=station, start_at=start, end_at=end,
    )  # fmt: skip
    tell(mediation, Act.MEET, "mediation.session_set", by=by, now=now, start=start, end=end)
    settle(RESUME, mediation, by=by, now=now)
    return session


def _check_free(
    mediation: Mediation,
    beside: Mediator | None,
    station: Station | None,
    start: datetime,
    end: datetime,
) -> None:
    people = [one.pk for one in (mediation.mediator, beside) if one is not None]
    # Locked in one order, so that of two who set a session at once the second sees the first.
    list(Mediator.objects.select_for_update().filter(pk__in=people).order_by("pk").only("pk"))
    where = Q(mediator__in=people) | Q(apprentice__in=people) | Q(mediation=mediation)
    if station is not None:
        list(Station.objects.select_for_update().filter(pk=station.pk).only("pk"))
        where |= Q(station=station)
    near = Session.objects.filter(where, cancelled_at=None, start_at__lt=end, end_at__gt=start)
    if clash(start, end, near.values_list("start_at", "end_at")):
        raise Taken


@transaction.atomic
def hold_session(session_id: UUID, *, by: By, now: datetime) -> Session:
    """Keep that a session took place; what an apprentice sat through counts for him.

    Refuses with `NotYetOver`, `NotNow` and `NotTheMediator`.
    """
    session, mediation = _held(session_id)
    require_mediator(by, mediation)
    if session.cancelled_at or session.held_at:
        raise NotNow(state=mediation.state, act="hold")
    if now < session.start_at:
        raise NotYetOver
    session.held_at = now
    session.save(update_fields=["held_at"])
    tell(mediation, "held", "mediation.session_held", by=by, now=now, start=session.start_at)
    return session


@transaction.atomic
def cancel_session(session_id: UUID, *, by: By, now: datetime) -> Session:
    """Call a session off; its hour is free again. Refuses with `NotNow` and `reach.NotInReach`."""
    session, mediation = _held(session_id)
    require_hand(by, mediation)
    if session.cancelled_at or session.held_at:
        raise NotNow(state=mediation.state, act="cancel")
    session.cancelled_at = now
    session.save(update_fields=["cancelled_at"])
    tell(mediation, "cancel", "mediation.session_cancelled", by=by, now=now, start=session.start_at)
    return session


def _held(session_id: UUID) -> tuple[Session, Mediation]:
    key = Session.objects.values_list("mediation_id", flat=True).get(pk=session_id)
    mediation = locked(key)
    return Session.objects.get(pk=session_id), mediation


# --- in confidence ------------------------------------------------------------


@transaction.atomic
def note_confidence(party_id: UUID, kind: Said, words: str, *, by: By, now: datetime) -> Confidence:
    """Keep under seal what a party told the mediator who is named now. Only that mediator writes it.

    Refuses with `WordsMissing`, `WordsTooLong`, `ConsentMissing`, `NotNow` and `NotTheMediator`.
    """
    key = Party.objects.values_list("mediation_id", flat=True).get(pk=party_id)
    mediation = locked(key)
    require_mediator(by, mediation)
    words = check_words(words)
    parties = parties_of(mediation)
    require_all(parties, now)
    let(mediation, Act.TELL, now)
    mediation.save(update_fields=["since"])
    party = next(one for one in parties if one.pk == party_id)
    made = Confidence.objects.create(
        id=uuid7(now), mediation=mediation, party=party, told_to=mediation.mediator, kind=kind,
        sealed=seal_confidence(words), at=now,
    )  # fmt: skip
    tell(mediation, Act.TELL, "mediation.told", by=by, now=now, party=party, kind=kind)
    return made


@dataclass(frozen=True, slots=True)
class Told:
    """One text that was told in confidence, opened."""

    letter: str
    kind: str
    at: datetime
    words: str = field(repr=False)


@transaction.atomic
def read_confidences(mediation_id: UUID, *, by: Viewer, now: datetime) -> list[Told]:
    """Open what was told in confidence: to the mediator it was told to, to his apprentice where every party allows it, to a party his own side.

    Each look is a fact. Refuses everybody else with `NotTheMediator`, whatever he may do.
    """
    mediation = locked(mediation_id)
    if not isinstance(by, Viewer) or by.scopes is not None:
        raise NotTheMediator
    rows = _readable(mediation, by)
    opened = [Told(one.party.letter, one.kind, one.at, words_of(one)) for one in rows]
    journal.record("mediation.confidence_read", mediation, by=by, at=now, number=len(opened))
    return opened


def _readable(mediation: Mediation, by: Viewer) -> list[Confidence]:
    parties = parties_of(mediation)
    rows = mediation.confidences.select_related("party").order_by("at", "party__number", "pk")
    beside = mediation.apprentice
    allowed = may_read(
        is_mediator=is_mediator(by, mediation),
        is_apprentice=beside is not None and beside.person_id == by.id,
        parties_allow=[one.apprentice_reads for one in parties],
    )
    if allowed:
        return list(rows.filter(told_to=mediation.mediator))
    own = [one.pk for one in parties if one.person == by.id]
    if not own:
        raise NotTheMediator
    return list(rows.filter(party__in=own))
