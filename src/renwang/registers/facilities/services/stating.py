"""Where a facility stands: limited, out of order, closed, ready again, gone; and opened for people in an emergency."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.chain.reach import require
from renwang.outreach.errand_rules import ErrandAct
from renwang.outreach.services import end_errand
from renwang.registers.facilities.kinds import known_terms
from renwang.registers.facilities.models import Facility
from renwang.registers.facilities.rules import (
    USABLE,
    Act,
    DefectState,
    NotOpen,
    State,
    check_opening,
    check_reason,
    check_restored,
    check_return,
    move,
)
from renwang.registers.facilities.services.keeping import By, local_day, locked, step
from renwang.registers.facilities.waiting import DEFECT, INSPECTION


@transaction.atomic
def change_state(
    facility_id: UUID,
    act: Act,
    *,
    reason: str,
    by: By,
    now: datetime,
    expected_on: date | None = None,
) -> Facility:
    """Say where a facility stands, why, and until when. What goes out of use is shut for people.

    Refuses with `NotNow`, `ReasonMissing`, `ReturnMissing`, `DayRefused`,
    `DefectsOpen` and `reach.NotInReach`.
    """
    facility = locked(facility_id)
    require(by, "facilities.keep", at=facility.path)
    state = move(State(facility.state), act)
    reason = check_reason(reason)
    expected_on = check_return(act, expected_on, local_day(now))
    if act is Act.RESTORE:
        check_restored(grave_defects(facility))
    stand(facility, state, reason, expected_on, now)
    if state is State.GONE:
        _end_errands(facility, by=by, now=now)
    facility.save()
    step(facility, act.value, words=reason, by=by, now=now, expected_on=str(expected_on or ""))
    journal.record(
        "facilities.state_changed", facility, by=by, at=now, state=state.value, reason=reason,
        expected_on=expected_on,
    )  # fmt: skip
    return facility


def stand(
    facility: Facility, state: State, reason: str, expected_on: date | None, now: datetime
) -> None:
    """Let a facility stand somewhere from now on; what cannot be used is not open for people."""
    facility.state, facility.since = state, now
    facility.reason = "" if state is State.READY else reason[:300]
    facility.expected_on = expected_on
    if state not in USABLE:
        facility.opened_at = None


def grave_defects(facility: Facility) -> int:
    """Count what is gravely broken at a facility."""
    return facility.defects.filter(state=DefectState.OPEN, is_grave=True).count()


def _end_errands(facility: Facility, *, by: By, now: datetime) -> None:
    end_errand(INSPECTION, facility.pk, by=by, now=now, act=ErrandAct.DROP)
    called = facility.defects.filter(state=DefectState.OPEN, called_at__isnull=False)
    for key in called.values_list("pk", flat=True):
        end_errand(DEFECT, key, by=by, now=now, act=ErrandAct.DROP)


@transaction.atomic
def open_facility(facility_id: UUID, *, reason: str, by: By, now: datetime) -> Facility:
    """Open a facility for people: everybody can see that it takes people in now.

    Refuses with `NotForPeople`, `NotUsable`, `OpenAlready`, `ReasonMissing` and `reach.NotInReach`.
    """
    facility = locked(facility_id)
    require(by, "facilities.keep", at=facility.path)
    kind = known_terms().kinds.get(facility.kind)
    check_opening(
        State(facility.state),
        takes_people=kind is not None and kind.shelters,
        is_open=facility.opened_at is not None,
    )
    reason = check_reason(reason)
    facility.opened_at = now
    facility.save(update_fields=["opened_at"])
    step(facility, "opened", words=reason, by=by, now=now)
    journal.record("facilities.opened", facility, by=by, at=now, reason=reason)
    return facility


@transaction.atomic
def shut_facility(facility_id: UUID, *, reason: str, by: By, now: datetime) -> Facility:
    """Shut what was opened for people. Refuses with `NotOpen`, `ReasonMissing` and `reach.NotInReach`."""
    facility = locked(facility_id)
    require(by, "facilities.keep", at=facility.path)
    if facility.opened_at is None:
        raise NotOpen
    reason = check_reason(reason)
    hours = (now - facility.opened_at).total_seconds() / 3600
    facility.opened_at = None
    facility.save(update_fields=["opened_at"])
    step(facility, "shut", words=reason, by=by, now=now)
    journal.record("facilities.shut", facility, by=by, at=now, reason=reason, hours=round(hours, 2))
    return facility
