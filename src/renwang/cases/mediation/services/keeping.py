"""The register of mediators, masters and apprentices, and the stations where they sit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.cases.mediation.models import Mediator, Station
from renwang.cases.mediation.rules import MasterMissing, MediatorKnown, Quarrel, check_words
from renwang.cases.mediation.services.moving import KEEPS, By, today
from renwang.chain.models import Person, Unit
from renwang.chain.reach import require


@dataclass(frozen=True, slots=True)
class Practice:
    """What somebody mediates, where he sits, and beside whom he learns."""

    skills: Collection[Quarrel] = ()
    stations: Collection[Station] = ()
    master: Mediator | None = None


@transaction.atomic
def enter_mediator(
    person: Person, unit: Unit, practice: Practice, *, by: By, now: datetime
) -> Mediator:
    """Enter somebody of the chain in the register. Refuses with `MediatorKnown`, `MasterMissing` and `reach.NotInReach`."""
    require(by, KEEPS, at=unit.path)
    # The person is locked, so that two who enter him at once do not both find nothing.
    Person.objects.select_for_update().only("pk").get(pk=person.pk)
    if Mediator.objects.filter(person=person, ended_on=None).exists():
        raise MediatorKnown
    _check_master(practice.master, person)
    made = Mediator.objects.create(
        id=uuid7(now), person=person, unit=unit, path=unit.path, master=practice.master,
        skills=sorted(practice.skills), since_on=today(now),
    )  # fmt: skip
    made.stations.set(practice.stations)
    journal.record(
        "mediation.mediator_entered", made, by=by, at=now, person=f"person:{person.pk}",
        skills=made.skills, master=practice.master.pk if practice.master else None,
    )  # fmt: skip
    return made


@transaction.atomic
def change_mediator(mediator: Mediator, practice: Practice, *, by: By, now: datetime) -> Mediator:
    """Change what somebody mediates and where; without a master he has learned it. Refuses with `MasterMissing` and `reach.NotInReach`."""
    require(by, KEEPS, at=mediator.path)
    _check_master(practice.master, mediator.person)
    if practice.master is not None and mediator.apprentices.filter(ended_on=None).exists():
        raise MasterMissing
    mediator.skills, mediator.master = sorted(practice.skills), practice.master
    mediator.save(update_fields=["skills", "master"])
    mediator.stations.set(practice.stations)
    journal.record(
        "mediation.mediator_changed", mediator, by=by, at=now,
        person=f"person:{mediator.person_id}", skills=mediator.skills,
        master=practice.master.pk if practice.master else None,
    )  # fmt: skip
    return mediator


@transaction.atomic
def end_mediator(mediator: Mediator, *, by: By, now: datetime) -> Mediator:
    """Take somebody out of the register; what he mediates already he may end. Refuses with `reach.NotInReach`."""
    require(by, KEEPS, at=mediator.path)
    mediator.ended_on = today(now)
    mediator.save(update_fields=["ended_on"])
    journal.record(
        "mediation.mediator_ended", mediator, by=by, at=now, person=f"person:{mediator.person_id}"
    )
    return mediator


def _check_master(master: Mediator | None, person: Person) -> None:
    if master is None:
        return
    if master.person_id == person.pk or master.master_id is not None or master.ended_on:
        raise MasterMissing


@dataclass(frozen=True, slots=True)
class Room:
    """A station as it is entered."""

    name: str
    place: str = ""
    hours: str = ""
    is_closed: bool = False


@transaction.atomic
def keep_station(
    room: Room, unit: Unit, *, by: By, now: datetime, station: Station | None = None
) -> Station:
    """Enter a station, or change one. Refuses with `WordsMissing` and `reach.NotInReach`."""
    require(by, KEEPS, at=unit.path)
    if station is not None:
        require(by, KEEPS, at=station.path)
    made = station or Station(id=uuid7(now))
    made.name, made.unit, made.path = check_words(room.name, 80), unit, unit.path
    made.place, made.hours = room.place.strip()[:120], room.hours.strip()[:120]
    made.ended_on = today(now) if room.is_closed else None
    made.save()
    journal.record(
        "mediation.station_kept", made, by=by, at=now, place_within=made.place, hours=made.hours
    )
    return made
