"""Duty rosters from a table: who serves where, from when to when."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from renwang.base.pure.ids import uuid7
from renwang.base.tables import Column, Kind, TablePlan
from renwang.chain.imports.bulk import create_rows
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan
from renwang.chain.imports.places import People, Places
from renwang.chain.list_rules import PersonAmbiguous, PersonUnknown
from renwang.chain.models import Shift, Unit
from renwang.chain.roster_rules import ShiftHasNoLength, ShiftOverlaps, ShiftTooLong, check_shift
from renwang.chain.rules import Refusal

COLUMNS = (
    Column("unit", ("辖区", "Unit", "单位", "所属辖区", "值班单位", "编码", "code"), required=True),
    Column(
        "person",
        ("值班人员", "On duty", "人员", "值班人", "工号", "number", "姓名", "name"),
        required=True,
    ),
    Column("from_at", ("开始", "From", "上班", "开始时间"), Kind.DATETIME, required=True),
    Column("until_at", ("结束", "Until", "下班", "结束时间"), Kind.DATETIME, required=True),
)
_AT = {
    PersonUnknown: "person",
    PersonAmbiguous: "person",
    ShiftOverlaps: "from_at",
    ShiftHasNoLength: "until_at",
    ShiftTooLong: "until_at",
}
_Times = list[tuple[datetime, datetime]]


def plan_rosters(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a roster. A shift is known by its unit, its person and its hours: it is never edited, so no row changes one."""
    places, people = Places(by, "chain.edit"), People(by)
    standing = _standing(list(places.units), draft)
    taken: dict[tuple[Any, Any], _Times] = defaultdict(list, standing)
    found: dict[str, dict[str, Any]] = {}
    meant: dict[str, tuple[Unit, Any]] = {}
    for row in draft.rows:
        begin, end = row.values["from_at"], row.values["until_at"]
        try:
            unit = places.find(row.values["unit"])
            person = people.find(row.values["person"], unit)
            place = (unit.pk, person.pk)
            key = f"{unit.pk}/{person.pk}/{begin.isoformat()}/{end.isoformat()}"
            values = {
                "unit": places.key_of(unit),
                "person": person.number or person.name,
                "from_at": begin,
                "until_at": end,
            }
            if (begin, end) in standing.get(place, ()):
                found[key] = values
            elif key not in meant:
                check_shift(begin, end, taken[place], name=person.name)
                taken[place].append((begin, end))
        except Refusal as refusal:
            draft.refuse(row, _AT.get(type(refusal), "unit"), refusal)
            continue
        meant[key] = (unit, person)
        draft.keep(row, key, values)
    return draft.plan(found), {"meant": meant}


def _standing(units: Sequence[Any], draft: Draft) -> dict[tuple[Any, Any], _Times]:
    """Give the hours that stand in the roster already, as far as the file's own hours reach."""
    hours = [(row.values["from_at"], row.values["until_at"]) for row in draft.rows]
    if not hours:
        return {}
    begin, end = min(map(min, hours)), max(map(max, hours))
    shifts = Shift.objects.filter(struck_at=None, until_at__gte=begin, from_at__lte=end)
    known = set(units)
    found: dict[tuple[Any, Any], _Times] = {}
    for unit, person, *times in shifts.values_list("unit_id", "person_id", "from_at", "until_at"):
        if unit in known:
            found.setdefault((unit, person), []).append((times[0], times[1]))
    return found


def write_rosters(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Enter the shifts that are new. Nobody's route changes: a roster says who of a ladder is asked first."""
    made = []
    for planned in plan.table.to_create:
        unit, person = plan.found["meant"][planned.values["key"]]
        made.append(
            Shift(
                id=uuid7(now),
                unit=unit,
                path=unit.path,
                person=person,
                from_at=planned.values["from_at"],
                until_at=planned.values["until_at"],
                noted_at=now,
            )
        )
    create_rows(plan, made)
    return set()


ROSTERS = ImportKind("rosters", COLUMNS, "chain.edit", plan_rosters, write_rosters)
