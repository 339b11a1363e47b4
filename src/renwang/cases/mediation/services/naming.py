"""A mediator is named: suggested by skill, neutrality, station and load, chosen by a person who is not it himself."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from renwang.base import journal
from renwang.cases.mediation.choosing_rules import (
    Candidate,
    Need,
    Suggestion,
    bars_of,
    suggest,
)
from renwang.cases.mediation.models import Mediation, Mediator, Party, Step, Tie
from renwang.cases.mediation.names import BARS
from renwang.cases.mediation.rules import (
    LIVE,
    Act,
    ApprenticeUnwanted,
    NamedHimself,
    NotAMaster,
    NotNeutral,
    State,
)
from renwang.cases.mediation.services.moving import (
    KEEPS,
    By,
    hand_of,
    let,
    locked,
    parties_of,
    require_all,
    tell,
)
from renwang.cases.mediation.waiting import NAME, RESUME, call_for, settle
from renwang.cases.models import Answer
from renwang.chain.models import Holding
from renwang.chain.reach import require


def suggestions(mediation: Mediation) -> list[Suggestion]:
    """Give everybody of the register above, at or beside the place of a mediation, those first who fit. Seven statements."""
    area = mediation.path.rsplit("/", 2)[0] + "/"
    found = Mediator.objects.filter(ended_on=None)
    found = found.filter(Q(path__under=area) | Q(path__in=_above(mediation.path)))
    return suggest(_candidates(found, mediation), _need(mediation, parties_of(mediation)))


def _above(path: str) -> list[str]:
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:end]) + "/" for end in range(1, len(parts) + 1)]


def _need(mediation: Mediation, parties: Collection[Party]) -> Need:
    answered: set[UUID] = set()
    if mediation.case_id:
        told = Answer.objects.filter(case=mediation.case_id).exclude(by=None)
        answered = set(told.values_list("by", flat=True))
    return Need(
        mediation.quarrel,
        tuple(one.home for one in parties if one.home),
        frozenset(one.person for one in parties if one.person),
        mediation.station_id,
        frozenset(answered),
        settings.RENWANG_MEDIATION_NEAR_LEVELS,
    )


def _candidates(found: "Collection[Mediator]", mediation: Mediation) -> list[Candidate]:
    rows = list(found.select_related("person").prefetch_related("stations"))
    kin = set(Tie.objects.filter(mediation=mediation).values_list("mediator", flat=True))
    held = Holding.objects.filter(person__in=[one.person_id for one in rows], is_current=True)
    posts: dict[UUID, list[str]] = {}
    for person, path in held.values_list("person", "post__path"):
        posts.setdefault(person, []).append(path)
    live = Mediation.objects.filter(mediator__in=rows, state__in=sorted(LIVE))
    counted = live.exclude(pk=mediation.pk).order_by().values("mediator").annotate(n=Count("pk"))
    load = {one["mediator"]: one["n"] for one in counted}
    return [
        Candidate(
            one.pk, one.person.name, frozenset(one.skills), one.person_id, one.person.path,
            tuple(posts.get(one.person_id, ())),
            frozenset(station.pk for station in one.stations.all()), one.pk in kin,
            one.master_id is not None, load.get(one.pk, 0),
        )
        for one in rows
    ]  # fmt: skip


@transaction.atomic
def name_mediator(
    mediation_id: UUID,
    mediator: Mediator,
    *,
    by: By,
    now: datetime,
    apprentice: Mediator | None = None,
) -> Mediation:
    """Name who mediates, and who learns beside him where every party wants that; another one may be named later.

    What was told to an earlier one in confidence stays with him. Refuses with
    `NotNeutral`, `NamedHimself`, `NotAMaster`, `ApprenticeUnwanted`,
    `ConsentMissing`, `NotNow` and `reach.NotInReach`.
    """
    mediation = locked(mediation_id)
    require(by, KEEPS, at=mediation.path)
    people = {mediator.person_id} | ({apprentice.person_id} if apprentice else set())
    if hand_of(by) in people:
        raise NamedHimself
    parties = parties_of(mediation)
    require_all(parties, now)
    _check_neutral(mediation, mediator, parties)
    if apprentice is not None:
        _check_apprentice(mediation, mediator, apprentice, parties)
    let(mediation, Act.NAME, now)
    mediation.mediator, mediation.apprentice = mediator, apprentice
    mediation.save(update_fields=["state", "since", "mediator", "apprentice"])
    planned = mediation.sessions.filter(start_at__gt=now, cancelled_at=None)
    planned.exclude(mediator=mediator).update(cancelled_at=now)
    tell(
        mediation, Act.NAME, "mediation.mediator_named", by=by, now=now,
        mediator=f"person:{mediator.person_id}",
        apprentice=f"person:{apprentice.person_id}" if apprentice else "",
    )  # fmt: skip
    settle(NAME, mediation, by=by, now=now)
    if mediation.state == State.NAMED:
        call_for(RESUME, mediation, by=by, now=now)
    return mediation


def _check_neutral(mediation: Mediation, one: Mediator, parties: Collection[Party]) -> None:
    [candidate] = _candidates(Mediator.objects.filter(pk=one.pk), mediation)
    bars = bars_of(candidate, _need(mediation, parties))
    if bars or one.ended_on is not None:
        raise NotNeutral(why="; ".join(str(BARS[bar]) for bar in bars) or one.person.name)


def _check_apprentice(
    mediation: Mediation, mediator: Mediator, learner: Mediator, parties: Collection[Party]
) -> None:
    if learner.master_id != mediator.pk or learner.ended_on is not None:
        raise NotAMaster
    if not all(one.apprentice_attends for one in parties):
        raise ApprenticeUnwanted
    [candidate] = _candidates(Mediator.objects.filter(pk=learner.pk), mediation)
    bars = [one for one in bars_of(candidate, _need(mediation, parties)) if one != "learns"]
    if bars:
        raise NotNeutral(why="; ".join(str(BARS[bar]) for bar in bars))


@transaction.atomic
def declare_kin(mediation_id: UUID, mediator: Mediator, *, by: By, now: datetime) -> Tie:
    """Keep that a mediator is kin to a party; he is not suggested any more. Where he is named already, name another.

    The mediator himself may declare it. Refuses with `reach.NotInReach`.
    """
    mediation = locked(mediation_id)
    if hand_of(by) != mediator.person_id:
        require(by, KEEPS, at=mediation.path)
    tie, is_new = Tie.objects.get_or_create(
        mediation=mediation, mediator=mediator, defaults={"by": hand_of(by), "at": now}
    )
    if is_new:
        Step.objects.create(mediation=mediation, act="tie", by=hand_of(by), at=now)
        journal.record(
            "mediation.kin_declared", mediation, by=by, at=now,
            mediator=f"person:{mediator.person_id}",
        )  # fmt: skip
        if mediation.mediator_id == mediator.pk and mediation.is_live:
            call_for(NAME, mediation, by=by, now=now)
    return tie
