"""Duty and rest: who serves for a place from when to when, and when somebody is left alone."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.tables import Column, Kind, TableRow, read_table
from renwang.base.tables.words import say_error
from renwang.chain.models import Contact, Person, Shift, Unit
from renwang.chain.reach import Viewer, require
from renwang.chain.roster_rules import check_shift, clean_hours
from renwang.chain.rules import Refusal, UnitHasEnded
from renwang.chain.services.grants import active
from renwang.chain.words import say_refusal

By = Viewer | str

COLUMNS = (
    Column("unit", ("单位", "unit", "编码", "code"), required=True),
    Column("person", ("人员", "person", "工号", "number", "姓名", "name"), required=True),
    Column("from_at", ("开始", "from", "上班"), Kind.DATETIME, required=True),
    Column("until_at", ("结束", "until", "下班"), Kind.DATETIME, required=True),
)


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


_NO_UNIT = _("No unit here has this code or name.")
_MANY_UNITS = _("Several units have this name: give the code.")
_NOBODY = _("Nobody here has this staff number or name.")
_MANY_PEOPLE = _("Several people have this name: give the staff number.")

# --- a whole roster from a table -------------------------------------------------


@dataclass(frozen=True, slots=True)
class RowWrong:
    """One row of a roster that cannot stand: its number in the file, and why."""

    number: int
    words: Any


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of a roster: how many shifts, or what is wrong in which rows. All or nothing."""

    shifts: int
    wrong: tuple[RowWrong, ...] = ()


class _TakenBack(Exception):
    """Some rows are wrong, so none is entered."""


def enter_roster(data: bytes, filename: str, *, unit: Unit, by: By, now: datetime) -> Entered:
    """Enter a roster from a table with unit, person, from and until, for a unit and what lies below it.

    A unit is named by its code or its name, a person by staff number or name.
    Nothing is entered while any row is wrong. What stands there already is
    passed over, so the same file may come twice. Raises `TableRefused`.
    """
    require(by, "chain.edit", at=unit.path)
    reading = read_table(data, filename, COLUMNS, zone=timezone.get_default_timezone())
    wrong = [RowWrong(one.row, say_error(one)) for one in reading.errors]
    units = _units_named(unit, {row.values.get("unit") for row in reading.rows})
    people = _people_named(unit, {row.values.get("person") for row in reading.rows})
    try:
        with transaction.atomic():
            made = [
                shift
                for row in reading.rows
                if (shift := _enter_row(row, units, people, wrong, now)) is not None
            ]
            if wrong:
                raise _TakenBack
            journal.record(
                "chain.roster_entered",
                unit,
                by=by,
                at=now,
                name=unit.name,
                shifts=len(made),
                items=[
                    [one.pk, one.unit_id, one.person_id, one.from_at, one.until_at] for one in made
                ],
            )
            return Entered(len(made))
    except _TakenBack:
        return Entered(0, tuple(sorted(wrong, key=lambda one: one.number)))


def _enter_row(
    row: TableRow,
    units: Mapping[str, list[Unit]],
    people: Mapping[str, list[Person]],
    wrong: list[RowWrong],
    now: datetime,
) -> Shift | None:
    said = row.values
    unit, person = units.get(said["unit"], []), people.get(said["person"], [])
    if len(unit) != 1:
        wrong.append(RowWrong(row.number, _MANY_UNITS if unit else _NO_UNIT))
        return None
    if len(person) != 1:
        wrong.append(RowWrong(row.number, _MANY_PEOPLE if person else _NOBODY))
        return None
    same = Shift.objects.filter(
        unit=unit[0],
        person=person[0],
        struck_at=None,
        from_at=said["from_at"],
        until_at=said["until_at"],
    )
    if same.exists():
        return None
    try:
        return _enter(unit[0], person[0], said["from_at"], said["until_at"], now)
    except Refusal as refusal:
        wrong.append(RowWrong(row.number, say_refusal(refusal)))
        return None


def _units_named(top: Unit, names: set[Any]) -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = defaultdict(list)
    wanted = [name for name in names if name]
    here = Unit.objects.filter(path__under=top.path, ended_on=None)
    for unit in here.filter(Q(code__in=wanted) | Q(name__in=wanted)):
        for name in {unit.code, unit.name} & set(wanted):
            found[name].append(unit)
    return found


def _people_named(top: Unit, names: set[Any]) -> dict[str, list[Person]]:
    """Find who is at home in a place, or holds a post in it."""
    found: dict[str, list[Person]] = defaultdict(list)
    wanted = [name for name in names if name]
    here = Q(path__under=top.path) | Q(
        holdings__is_current=True, holdings__post__path__under=top.path
    )
    people = Person.objects.filter(here, Q(number__in=wanted) | Q(name__in=wanted), is_active=True)
    for person in people.distinct():
        for name in {person.number, person.name} & set(wanted):
            found[name].append(person)
    return found


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
