"""Duty and rest: who serves for a place from when to when, and when somebody is left alone."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain.models import Contact, Person, Shift, Unit
from renwang.chain.reach import Viewer, require
from renwang.chain.roster_rules import check_shift, clean_hours
from renwang.chain.rules import UnitHasEnded
from renwang.chain.services.grants import active

By = Viewer | str


@transaction.atomic
def enter_shift(
    *, unit: Unit, person: Person, from_at: datetime, until_at: datetime, by: By, now: datetime
) -> Shift:
    """Enter who is on duty for a unit, and for what lies below it, from when to when.

    Refuses with ShiftHasNoLength, ShiftTooLong, ShiftOverlaps, UnitHasEnded
    and PersonNotActive.
    """
    require(by, "chain.edit", at=unit.path)
    shift = _enter(unit, active(person), from_at, until_at, now)
    journal.record(
        "chain.shift_entered",
        shift,
        by=by,
        at=now,
        unit=unit.name,
        person=f"person:{person.pk}",
        from_at=from_at,
        until_at=until_at,
    )
    return shift


@transaction.atomic
def strike_shift(*, shift: Shift, by: By, now: datetime) -> Shift:
    """Strike a shift from the roster; that it once stood there is kept."""
    require(by, "chain.edit", at=shift.path)
    if Shift.objects.filter(pk=shift.pk, struck_at=None).update(struck_at=now):
        shift.struck_at = now
        journal.record(
            "chain.shift_struck",
            shift,
            by=by,
            at=now,
            unit=shift.unit.name,
            person=f"person:{shift.person_id}",
            from_at=shift.from_at,
            until_at=shift.until_at,
        )
    return shift


def _enter(
    unit: Unit, person: Person, from_at: datetime, until_at: datetime, now: datetime
) -> Shift:
    if unit.ended_on is not None:
        raise UnitHasEnded(name=unit.name, on=unit.ended_on)
    near = Shift.objects.filter(
        unit=unit, person=person, struck_at=None, from_at__lt=until_at, until_at__gt=from_at
    )
    check_shift(from_at, until_at, list(near.values_list("from_at", "until_at")), name=person.name)
    return Shift.objects.create(
        id=uuid7(now),
        unit=unit,
        path=unit.path,
        person=person,
        from_at=from_at,
        until_at=until_at,
        noted_at=now,
    )


# --- rest ------------------------------------------------------------------------


@transaction.atomic
def set_quiet_hours(
    *,
    person: Person,
    hours: str,
    by: By,
    now: datetime,
    of_contacts: Mapping[UUID, str] | None = None,
) -> Person:
    """Set in which hours of the day somebody rests, and what holds for single contacts; himself, or who may edit people.

    "22:00-07:00", "none", or nothing for what holds at the node. Warnings that
    break quiet hours reach him all the same. Refuses with HoursNotUsable.
    """
    if not (isinstance(by, Viewer) and by.id == person.pk):
        require(by, "people.edit", at=person.path)
    person.quiet = clean_hours(hours)
    own = {key: clean_hours(text) for key, text in (of_contacts or {}).items()}
    Person.objects.filter(pk=person.pk).update(quiet=person.quiet)
    for key, text in own.items():
        Contact.objects.filter(pk=key, person=person).update(quiet=text)
    journal.record(
        "chain.quiet_hours_set",
        person,
        by=by,
        at=now,
        hours=person.quiet,
        contacts={str(key): text for key, text in own.items()},
    )
    return person
