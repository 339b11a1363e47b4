"""Somebody looks at a facility: what it comes to, what is broken, and when the next look is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain.reach import require
from renwang.outreach.services import end_errand
from renwang.registers.facilities.kinds import Kind, known_terms
from renwang.registers.facilities.models import Facility, Inspection
from renwang.registers.facilities.rules import (
    InspectedInTheFuture,
    State,
    Verdict,
    next_inspection,
    state_seen,
)
from renwang.registers.facilities.services.keeping import By, hand_of, local_day, locked, step
from renwang.registers.facilities.services.mending import Broken, find_defect
from renwang.registers.facilities.services.stating import grave_defects, stand
from renwang.registers.facilities.waiting import INSPECTION


@dataclass(frozen=True, slots=True)
class Looked:
    """A look at a facility. `outside` is its key on the phone that sent it: the same one again is the same look."""

    verdict: Verdict
    on: date | None = None  # None: today
    words: str = ""
    checks: Mapping[str, bool] = field(default_factory=dict)
    broken: Sequence[Broken] = ()
    outside: str = ""


@transaction.atomic
def record_inspection(facility_id: UUID, looked: Looked, *, by: By, now: datetime) -> Inspection:
    """Record that somebody looked at a facility. The next look is due from the day of this one.

    What was found broken becomes a defect with an owner and a day; what was
    found unusable is out of order from now on. Refuses with
    `InspectedInTheFuture`, `NotNow`, `ReasonMissing` and `reach.NotInReach`.
    """
    facility = locked(facility_id)
    require(by, "facilities.report", at=facility.path)
    if looked.outside:
        known = Inspection.objects.filter(outside=looked.outside).first()
        if known is not None:
            return known
    today = local_day(now)
    on = looked.on or today
    if on > today:
        raise InspectedInTheFuture
    kind = known_terms().kinds.get(facility.kind)
    made = Inspection.objects.create(
        id=uuid7(now),
        facility=facility,
        on=on,
        verdict=looked.verdict,
        checks=_checks(looked, kind),
        words=looked.words.strip(),
        outside=looked.outside,
        by=hand_of(by),
        at=now,
    )
    for broken in looked.broken:
        find_defect(facility, broken, by=by, now=now, inspection=made)
    if facility.inspected_on is None or on >= facility.inspected_on:
        _let_stand(facility, looked, on, kind, now)
        end_errand(INSPECTION, facility.pk, by=by, now=now)
    facility.save()
    step(
        facility, "inspected", words=made.words, by=by, now=now, verdict=looked.verdict.value,
        amiss=[key for key, well in made.checks.items() if not well],
    )  # fmt: skip
    journal.record(
        "facilities.inspected", facility, by=by, at=now, verdict=looked.verdict.value, on=on,
        words=made.words, checks=made.checks, state=facility.state,
        next_on=facility.inspect_due_on,
    )  # fmt: skip
    return made


def _checks(looked: Looked, kind: Kind | None) -> dict[str, bool]:
    known = {check.key for check in kind.checks} if kind else set()
    return {key: bool(well) for key, well in looked.checks.items() if key in known}


def _let_stand(
    facility: Facility, looked: Looked, on: date, kind: Kind | None, now: datetime
) -> None:
    """Let the latest look decide where the facility stands, and when it is looked at next."""
    before = State(facility.state)
    after = state_seen(before, looked.verdict, grave_defects(facility))
    if after is not before:
        stand(facility, after, looked.words.strip(), None, now)
    facility.inspected_on = on
    if kind is not None:
        every = known_terms().days(kind)
        facility.inspect_due_on = next_inspection(on, facility.entered_on, every)
    facility.called_at = None
