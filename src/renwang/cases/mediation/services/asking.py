"""A mediation is asked for; its parties are entered and consent, or take their consent back."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.base.references import next_reference
from renwang.cases.mediation.models import Mediation, Party, Station
from renwang.cases.mediation.rules import (
    ABOUT_AT_MOST,
    CONTACT_AT_MOST,
    PARTIES_AT_MOST,
    Act,
    CaseMediated,
    End,
    EnteredHimself,
    How,
    NotNow,
    Quarrel,
    State,
    TooManyParties,
    all_consent,
    check_until,
    check_words,
)
from renwang.cases.mediation.seals import contact_of, name_of, seal_party
from renwang.cases.mediation.services.moving import (
    KEEPS,
    By,
    finish,
    hand_of,
    is_mediator,
    let,
    locked,
    parties_of,
    require_hand,
    tell,
    today,
)
from renwang.cases.mediation.waiting import CONSENT, NAME, call_for, settle
from renwang.cases.models import Case
from renwang.chain.models import Person, Unit
from renwang.chain.reach import Viewer, require

LETTER = "Y"


@dataclass(frozen=True, slots=True)
class Side:
    """One party as he is entered. `home` is where he lives, for neutrality only; `person` where he is of the chain."""

    name: str = field(repr=False)
    contact: str = field(default="", repr=False)
    home: Unit | None = None
    person: Person | None = None


@transaction.atomic
def ask_mediation(
    quarrel: Quarrel,
    about: str,
    unit: Unit,
    *,
    by: By,
    now: datetime,
    case: Case | None = None,
    station: Station | None = None,
) -> Mediation:
    """Take in that somebody wants to be helped with a quarrel, out of a case or by itself.

    Refuses with `WordsMissing`, `WordsTooLong`, `CaseMediated` and `reach.NotInReach`.
    """
    require(by, KEEPS, at=unit.path)
    about = check_words(about, ABOUT_AT_MOST)
    if case is not None:
        # The case is locked, so that two who ask at once do not both find none.
        Case.objects.select_for_update().only("pk").get(pk=case.pk)
        live = Mediation.objects.filter(case=case).exclude(state=State.ENDED)
        if live.exists():
            raise CaseMediated
    ref = next_reference(LETTER, now)
    mediation = Mediation.objects.create(
        id=uuid7(now), ref=ref, case=case, quarrel=quarrel, about=about,
        search=search_key(about), unit=unit, path=unit.path, station=station,
        asked_at=now, since=now, entered_by=hand_of(by),
    )  # fmt: skip
    tell(mediation, "ask", "mediation.asked", by=by, now=now, case=case.ref if case else "")
    call_for(CONSENT, mediation, by=by, now=now)
    return mediation


@transaction.atomic
def add_party(mediation_id: UUID, side: Side, *, by: By, now: datetime) -> Party:
    """Enter a party; who he is and how he is reached is sealed at once.

    Refuses with `WordsMissing`, `WordsTooLong`, `TooManyParties`, `EnteredHimself`, `NotNow` and `reach.NotInReach`.
    """
    mediation = locked(mediation_id)
    require(by, KEEPS, at=mediation.path)
    if side.person is not None and side.person.pk == hand_of(by):
        raise EnteredHimself
    name = check_words(side.name, CONTACT_AT_MOST)
    contact = check_words(side.contact, CONTACT_AT_MOST) if side.contact.strip() else ""
    known = parties_of(mediation)
    if len(known) >= PARTIES_AT_MOST:
        raise TooManyParties(most=PARTIES_AT_MOST)
    let(mediation, Act.ADD_PARTY, now)
    mediation.save(update_fields=["state", "since"])
    party = Party.objects.create(
        id=uuid7(now), mediation=mediation, number=len(known) + 1, sealed_name=seal_party(name),
        sealed_contact=seal_party(contact), home=side.home.path if side.home else "",
        person=side.person.pk if side.person else None,
    )  # fmt: skip
    tell(mediation, Act.ADD_PARTY, "mediation.party_added", by=by, now=now, party=party)
    settle(NAME, mediation, by=by, now=now)
    call_for(CONSENT, mediation, by=by, now=now)
    return party


@dataclass(frozen=True, slots=True)
class Given:
    """What a party consents to: how he said it, until when, and what an apprentice may."""

    how: How
    until: date | None = None
    apprentice_attends: bool = False
    apprentice_reads: bool = False


@transaction.atomic
def consent_party(party_id: UUID, given: Given, *, by: By, now: datetime) -> Mediation:
    """Keep that a party consents; with the last one somebody is called to name a mediator.

    Consenting again replaces what was said before. Refuses with `ConsentOver`,
    `NotNow` and `reach.NotInReach`.
    """
    party, mediation = _held(party_id)
    require_hand(by, mediation)
    check_until(given.until, today(now))
    let(mediation, Act.CONSENT, now)
    party.consented_at, party.withdrawn_at = now, None
    party.consent_how, party.consent_until = given.how, given.until
    party.apprentice_attends = given.apprentice_attends
    party.apprentice_reads = given.apprentice_attends and given.apprentice_reads
    party.save()
    tell(mediation, Act.CONSENT, "mediation.consented", by=by, now=now, party=party, how=given.how)
    sides = [one.consent() for one in parties_of(mediation)]
    if mediation.state == State.ASKED and all_consent(sides, today(now)):
        let(mediation, Act.COMPLETE, now)
        tell(mediation, Act.COMPLETE, "mediation.completed", by=by, now=now)
        settle(CONSENT, mediation, by=by, now=now)
        call_for(NAME, mediation, by=by, now=now)
    mediation.save(update_fields=["state", "since"])
    return mediation


@transaction.atomic
def withdraw_party(party_id: UUID, *, by: By, now: datetime) -> Mediation:
    """Keep that a party takes his consent back: the mediation ends with that, whatever was planned.

    The party himself may where he is of the chain. Refuses with `NotNow` and `reach.NotInReach`.
    """
    party, mediation = _held(party_id)
    if not (isinstance(by, Viewer) and by.id == party.person):
        require_hand(by, mediation)
    let(mediation, Act.WITHDRAW, now)
    party.withdrawn_at = now
    party.save(update_fields=["withdrawn_at"])
    mediation.sessions.filter(start_at__gt=now, cancelled_at=None).update(cancelled_at=now)
    finish(mediation, End.WITHDRAWN, by=by, now=now)
    mediation.save()
    tell(mediation, Act.WITHDRAW, "mediation.withdrawn", by=by, now=now, party=party)
    return mediation


@dataclass(frozen=True, slots=True)
class Known:
    """Who a party is and how he is reached, opened."""

    letter: str
    name: str = field(repr=False)
    contact: str = field(repr=False)


@transaction.atomic
def read_party(party_id: UUID, *, by: Viewer, now: datetime) -> Known:
    """Open who a party is and how he is reached, for the mediator and whoever keeps the mediation; a fact each time.

    Refuses with `NotNow` once it has ended, and with `reach.NotInReach`.
    """
    party, mediation = _held(party_id)
    if not is_mediator(by, mediation):
        require(by, KEEPS, at=mediation.path)
        if mediation.state == State.ENDED:
            raise NotNow(state=mediation.state, act="read")
    journal.record("mediation.contact_read", mediation, by=by, at=now, party=party.letter)
    return Known(party.letter, name_of(party), contact_of(party))


def _held(party_id: UUID) -> tuple[Party, Mediation]:
    key = Party.objects.values_list("mediation_id", flat=True).get(pk=party_id)
    mediation = locked(key)
    return Party.objects.get(pk=party_id), mediation
