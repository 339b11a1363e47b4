"""What is broken at a facility: found, given to a post until a day, mended or given up, found again."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain.models import Holding, Post
from renwang.chain.reach import Viewer, require
from renwang.outreach.errand_rules import ErrandAct
from renwang.outreach.services import end_errand
from renwang.registers.facilities.models import Defect, Facility, Inspection
from renwang.registers.facilities.rules import (
    DefectAct,
    DefectState,
    NotNow,
    State,
    check_day,
    check_reason,
    defect_due,
    move_defect,
)
from renwang.registers.facilities.services.keeping import By, hand_of, local_day, locked, step
from renwang.registers.facilities.waiting import DEFECT


@dataclass(frozen=True, slots=True)
class Broken:
    """What is broken. Without a post it is the facility's own to mend; without a day, as `defect_due` says."""

    words: str
    is_grave: bool = False
    post: Post | None = None
    due_on: date | None = None


@transaction.atomic
def report_defect(facility_id: UUID, broken: Broken, *, by: By, now: datetime) -> Defect:
    """Say that something is broken. Refuses with `ReasonMissing`, `DayRefused`, `NotNow` and `reach.NotInReach`."""
    facility = locked(facility_id)
    require(by, "facilities.report", at=facility.path)
    return find_defect(facility, broken, by=by, now=now)


def find_defect(
    facility: Facility,
    broken: Broken,
    *,
    by: By,
    now: datetime,
    inspection: Inspection | None = None,
) -> Defect:
    """Write a defect of a facility that is locked, in the caller's transaction."""
    if facility.state == State.GONE:
        raise NotNow(state=facility.state, act="defect")
    words = check_reason(broken.words)[:300]
    today = local_day(now)
    due_on = broken.due_on or defect_due(today, is_grave=broken.is_grave)
    defect = Defect.objects.create(
        id=uuid7(now),
        facility=facility,
        path=facility.path,
        number=facility.defects.count() + 1,
        words=words,
        is_grave=broken.is_grave,
        post=broken.post or facility.post,
        due_on=check_day(due_on, today),
        inspection=inspection,
        found_at=now,
        found_by=hand_of(by),
    )
    step(facility, "defect", words=words, by=by, now=now, number=defect.number)
    journal.record(
        "facilities.defect_found", facility, by=by, at=now, words=words, number=defect.number,
        is_grave=defect.is_grave, due_on=defect.due_on, post_id=defect.post_id,
    )  # fmt: skip
    return defect


@transaction.atomic
def assign_defect(
    defect_id: UUID, post: Post | None, *, due_on: date, by: By, now: datetime
) -> Defect:
    """Give a defect to a post until a day. Refuses with `DefectOver`, `DayRefused` and `reach.NotInReach`."""
    defect, facility = _taken(defect_id)
    require(by, "facilities.keep", at=facility.path)
    move_defect(DefectState(defect.state), DefectAct.ASSIGN)
    defect.post, defect.due_on = post, check_day(due_on, local_day(now))
    defect.called_at = None
    defect.save(update_fields=["post", "due_on", "called_at"])
    end_errand(DEFECT, defect.pk, by=by, now=now, act=ErrandAct.DROP)
    title = post.title if post else ""
    step(facility, "assigned", words=defect.words, by=by, now=now, post=title, due_on=str(due_on))
    journal.record(
        "facilities.defect_assigned", facility, by=by, at=now, number=defect.number, post=title,
        post_id=defect.post_id, due_on=due_on,
    )  # fmt: skip
    return defect


@transaction.atomic
def mend_defect(defect_id: UUID, evidence: str, *, by: By, now: datetime) -> Defect:
    """Say that a defect is mended, and by what one can see it. Whoever holds its post may, and whoever inspects there.

    Refuses with `DefectOver`, `ReasonMissing` and `reach.NotInReach`.
    """
    defect, facility = _taken(defect_id)
    if not owns(defect, by):
        require(by, "facilities.report", at=facility.path)
    _end(defect, DefectAct.MEND, check_reason(evidence), by, now)
    end_errand(DEFECT, defect.pk, by=by, now=now)
    step(facility, "mended", words=defect.evidence, by=by, now=now, defect=defect.words)
    journal.record(
        "facilities.defect_mended", facility, by=by, at=now, number=defect.number,
        words=defect.words, evidence=defect.evidence,
    )  # fmt: skip
    return defect


@transaction.atomic
def drop_defect(defect_id: UUID, *, reason: str, by: By, now: datetime) -> Defect:
    """Give a defect up, with a reason. Refuses with `DefectOver`, `ReasonMissing` and `reach.NotInReach`."""
    defect, facility = _taken(defect_id)
    require(by, "facilities.keep", at=facility.path)
    _end(defect, DefectAct.DROP, check_reason(reason), by, now)
    end_errand(DEFECT, defect.pk, by=by, now=now, act=ErrandAct.DROP)
    step(facility, "dropped", words=defect.evidence, by=by, now=now, defect=defect.words)
    journal.record(
        "facilities.defect_dropped", facility, by=by, at=now, number=defect.number,
        words=defect.words, reason=defect.evidence,
    )  # fmt: skip
    return defect


@transaction.atomic
def reopen_defect(defect_id: UUID, *, reason: str, by: By, now: datetime) -> Defect:
    """Say that a defect is there again; it is due anew. Refuses with `DefectOver`, `ReasonMissing` and `reach.NotInReach`."""
    defect, facility = _taken(defect_id)
    require(by, "facilities.report", at=facility.path)
    reason = check_reason(reason)
    defect.state = move_defect(DefectState(defect.state), DefectAct.REOPEN)
    defect.ended_at = defect.ended_by = defect.called_at = None
    defect.due_on = defect_due(local_day(now), is_grave=defect.is_grave)
    defect.save(update_fields=["state", "ended_at", "ended_by", "called_at", "due_on"])
    step(facility, "reopened", words=reason, by=by, now=now, defect=defect.words)
    journal.record(
        "facilities.defect_reopened", facility, by=by, at=now, number=defect.number,
        words=defect.words, reason=reason, due_on=defect.due_on,
    )  # fmt: skip
    return defect


@transaction.atomic
def join_risk(defect_id: UUID, risk: str, *, by: By, now: datetime) -> Defect:
    """Note under which number a defect stands on the risk list; the first one stays. Refuses with `reach.NotInReach`."""
    defect, facility = _taken(defect_id)
    require(by, "facilities.report", at=facility.path)
    if not defect.risk:
        defect.risk = risk
        defect.save(update_fields=["risk"])
        step(facility, "joined", words=defect.words, by=by, now=now, risk=risk)
        journal.record(
            "facilities.defect_joined", facility, by=by, at=now, number=defect.number,
            words=defect.words, risk=risk,
        )  # fmt: skip
    return defect


def owns(defect: Defect, by: By) -> bool:
    """Say whether somebody holds the post of a defect, or deputises for it."""
    if not isinstance(by, Viewer) or defect.post_id is None or not by.speaks("facilities.report"):
        return False
    held = Holding.objects.filter(post=defect.post_id, person=by.id, is_current=True)
    return held.exists()


def _end(defect: Defect, act: DefectAct, words: str, by: By, now: datetime) -> None:
    defect.state = move_defect(DefectState(defect.state), act)
    defect.evidence, defect.ended_at, defect.ended_by = words, now, hand_of(by)
    defect.save(update_fields=["state", "evidence", "ended_at", "ended_by"])


def _taken(defect_id: UUID) -> tuple[Defect, Facility]:
    """Take a defect with its facility for a deed: first the facility, as every other deed does."""
    facility_id = Defect.objects.values_list("facility_id", flat=True).get(pk=defect_id)
    facility = locked(facility_id)
    return Defect.objects.select_for_update().get(pk=defect_id), facility
