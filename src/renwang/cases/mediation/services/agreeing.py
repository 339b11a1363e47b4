"""What the parties agree to: written, signed by every one, asked after at one month and three whether it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.cases.mediation.models import Agreement, FollowUp, Mediation, Party, Signature
from renwang.cases.mediation.rules import (
    FOLLOW_MONTHS,
    Act,
    End,
    How,
    Kept,
    NotNow,
    NotTheMediator,
    NotYetDue,
    Point,
    SignedAlready,
    State,
    check_points,
    follow_on,
)
from renwang.cases.mediation.seals import name_of, points_of, seal_points
from renwang.cases.mediation.services.moving import (
    BY,
    By,
    finish,
    hand_of,
    is_mediator,
    let,
    locked,
    parties_of,
    require_all,
    require_hand,
    require_mediator,
    tell,
    today,
)
from renwang.cases.mediation.waiting import FOLLOW, RESUME, call_for, settle
from renwang.chain.reach import Viewer

AT_ONCE = 100


def last_agreement(mediation: Mediation) -> Agreement | None:
    """Find the agreement that counts."""
    return mediation.agreements.order_by("-number").first()


@transaction.atomic
def write_agreement(
    mediation_id: UUID, points: Sequence[Point], *, by: By, now: datetime
) -> Agreement:
    """Write the points of the agreement; until somebody has signed, they may be written again.

    Refuses with `PointsMissing`, `WordsTooLong`, `SignedAlready`, `ConsentMissing`,
    `NotNow` and `NotTheMediator`.
    """
    mediation = locked(mediation_id)
    require_mediator(by, mediation)
    kept = check_points(points)
    require_all(parties_of(mediation), now)
    let(mediation, Act.WRITE, now)
    mediation.save(update_fields=["since"])
    known = last_agreement(mediation)
    if known is not None and known.agreed_at is None:
        if known.signatures.exists():
            raise SignedAlready
        known.sealed, known.lines, known.written_at = seal_points(kept), len(kept), now
        known.save(update_fields=["sealed", "lines", "written_at"])
        made = known
    else:
        number = 1 if known is None else known.number + 1
        made = Agreement.objects.create(
            id=uuid7(now), mediation=mediation, number=number, sealed=seal_points(kept),
            lines=len(kept), written_at=now,
        )  # fmt: skip
    tell(
        mediation, Act.WRITE, "mediation.agreement_written", by=by, now=now, points=len(kept)
    )  # fmt: skip
    return made


@transaction.atomic
def sign_agreement(party_id: UUID, how: How, *, by: By, now: datetime) -> Mediation:
    """Keep that a party has signed; with the last signature it is agreed, and the days of asking after it are set.

    Refuses with `PointsMissing`, `SignedAlready`, `ConsentMissing`, `NotNow` and `NotTheMediator`.
    """
    key = Party.objects.values_list("mediation_id", flat=True).get(pk=party_id)
    mediation = locked(key)
    require_mediator(by, mediation)
    parties = parties_of(mediation)
    require_all(parties, now)
    let(mediation, Act.SIGN, now)
    agreement = last_agreement(mediation)
    if agreement is None or agreement.agreed_at is not None:
        raise NotNow(state=mediation.state, act="sign")
    signed = set(agreement.signatures.values_list("party", flat=True))
    if party_id in signed:
        raise SignedAlready
    party = next(one for one in parties if one.pk == party_id)
    Signature.objects.create(agreement=agreement, party=party, how=how, at=now)
    tell(mediation, Act.SIGN, "mediation.signed", by=by, now=now, party=party, how=how)
    if len(signed) + 1 == len(parties):
        let(mediation, Act.AGREE, now)
        agreement.agreed_at = now
        agreement.save(update_fields=["agreed_at"])
        mediation.agreed_on = today(now)
        mediation.follow_on = follow_on(today(now), FOLLOW_MONTHS[0])
        mediation.sessions.filter(start_at__gt=now, cancelled_at=None).update(cancelled_at=now)
        tell(mediation, Act.AGREE, "mediation.agreed", by=by, now=now)
    mediation.save()
    return mediation


@dataclass(frozen=True, slots=True)
class Signer:
    """A party as he stands under an agreement."""

    letter: str
    name: str = field(repr=False)
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Opened:
    """An agreement, opened: its points, and who signs it."""

    ref: str
    number: int
    quarrel: str
    place: str
    mediator: str
    written_at: datetime
    agreed_at: datetime | None
    points: list[Point] = field(repr=False)
    signers: list[Signer] = field(repr=False)


@transaction.atomic
def read_agreement(mediation_id: UUID, *, by: Viewer, now: datetime) -> Opened:
    """Open the agreement with who signs it, to the mediator, his apprentice where every party lets him read, and to the parties; a fact each time.

    Refuses everybody else with `NotTheMediator`, whatever he may do.
    """
    mediation = locked(mediation_id)
    parties = parties_of(mediation)
    beside = mediation.apprentice
    learns = beside is not None and beside.person_id == by.id
    may = (
        is_mediator(by, mediation)
        or (learns and all(one.apprentice_reads for one in parties))
        or (by.scopes is None and any(one.person == by.id for one in parties))
    )
    agreement = last_agreement(mediation)
    if not may or agreement is None:
        raise NotTheMediator
    journal.record("mediation.agreement_read", mediation, by=by, at=now)
    signed = dict(agreement.signatures.values_list("party", "at"))
    return Opened(
        mediation.ref, agreement.number, mediation.quarrel, mediation.unit.name,
        mediation.mediator.person.name if mediation.mediator else "", agreement.written_at,
        agreement.agreed_at, points_of(agreement),
        [Signer(one.letter, name_of(one), signed.get(one.pk)) for one in parties],
    )  # fmt: skip


# --- afterwards ---------------------------------------------------------------


def months_due(mediation: Mediation) -> int:
    """Say after how many months it is asked next."""
    return FOLLOW_MONTHS[0] if mediation.state == State.AGREED else FOLLOW_MONTHS[1]


@transaction.atomic
def follow_up(mediation_id: UUID, kept: Kept, *, by: By, now: datetime) -> Mediation:
    """Keep what the parties say: kept after three months it is settled; not kept, they sit together again.

    Refuses with `NotYetDue`, `NotNow` and `reach.NotInReach`.
    """
    mediation = locked(mediation_id)
    require_hand(by, mediation)
    months = months_due(mediation)
    act = Act.REOPEN if kept is Kept.NO else Act.FOLLOW
    if act is Act.FOLLOW and mediation.follow_on and today(now) < mediation.follow_on:
        raise NotYetDue(day=mediation.follow_on)
    let(mediation, act, now)
    FollowUp.objects.create(mediation=mediation, months=months, kept=kept, by=hand_of(by), at=now)
    settle(FOLLOW, mediation, by=by, now=now)
    tell(mediation, Act.FOLLOW, "mediation.followed", by=by, now=now, months=months, kept=kept)
    if act is Act.REOPEN:
        mediation.follow_on = mediation.agreed_on = None
        tell(mediation, act, "mediation.reopened", by=by, now=now)
        call_for(RESUME, mediation, by=by, now=now)
    elif mediation.state == State.ENDED:
        finish(mediation, End.SETTLED, by=by, now=now)
    elif mediation.agreed_on is not None:
        mediation.follow_on = follow_on(mediation.agreed_on, FOLLOW_MONTHS[1])
    mediation.save()
    return mediation


@transaction.atomic
def call_due(now: datetime) -> int:
    """Call somebody to ask after what is due today, and to go on with what was suspended until today; return of how many."""
    day = today(now)
    due = Mediation.objects.select_for_update(of=("self",)).select_related("unit", "mediator")
    follow = list(due.filter(follow_on__lte=day).defer("unit__boundary").order_by("pk")[:AT_ONCE])
    for one in follow:
        call_for(FOLLOW, one, by=BY, now=now)
        # The day stays on the page; the beat looks at it again tomorrow, and nobody is told twice.
    again = list(due.filter(resume_on__lte=day).defer("unit__boundary").order_by("pk")[:AT_ONCE])
    for one in again:
        let(one, Act.RESUME, now)
        one.resume_on = None
        one.save(update_fields=["state", "since", "resume_on"])
        tell(one, Act.RESUME, "mediation.resumed", by=BY, now=now)
        call_for(RESUME, one, by=BY, now=now)
    return len(again)
