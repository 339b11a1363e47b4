"""Acknowledge what one must follow, review what is due; what is late becomes an errand. Places that move take procedures along."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain import reach, tree
from renwang.chain.models import Holding, Unit
from renwang.outreach.errand_rules import ErrandAct, ErrandState
from renwang.outreach.models import Errand
from renwang.outreach.services import ask_errand, end_errand
from renwang.registers.procedures.models import (
    Acknowledgement,
    Audience,
    Edition,
    Procedure,
    Review,
)
from renwang.registers.procedures.rules import (
    Act,
    EditionState,
    NothingToAcknowledge,
    ReviewEnd,
    Standing,
    check_reason,
    check_review_day,
    move,
)
from renwang.registers.procedures.selectors.following import holdings_meant, overdue_by_unit
from renwang.registers.procedures.services.deciding import set_review, withdrawn
from renwang.registers.procedures.services.writing import (
    add_edition,
    locked_procedure,
    terms_of,
)
from renwang.registers.procedures.waiting import READING, REVIEW, waiting_reading, waiting_review

BY = "node:procedures"
AT_ONCE = 200


@transaction.atomic
def acknowledge_edition(edition_id: UUID, *, by: reach.Viewer, now: datetime) -> int:
    """Note that somebody has read exactly this edition, for all his posts that must follow it; return how many.

    Twice is once. Refuses with `NothingToAcknowledge` whom it does not
    concern, and with `ProcedureNotNow` once the edition no longer holds.
    """
    key = Edition.objects.values_list("procedure_id", flat=True).get(pk=edition_id)
    procedure = locked_procedure(key)
    edition = Edition.objects.get(pk=edition_id)
    move(EditionState(edition.state), Act.ACKNOWLEDGE)
    mine = list(holdings_meant(edition, now=now).filter(person=by.id).select_related("post__unit"))
    if not mine:
        raise NothingToAcknowledge
    known = set(
        Acknowledgement.objects.filter(edition=edition, holding__in=mine).values_list(
            "holding_id", flat=True
        )
    )
    new = [one for one in mine if one.pk not in known]
    Acknowledgement.objects.bulk_create(
        Acknowledgement(edition=edition, holding=one, at=now) for one in new
    )
    if new:
        journal.record(
            "procedures.acknowledged",
            procedure,
            by=by,
            at=now,
            number=edition.number,
            holdings=[str(one.pk) for one in new],
            posts=[str(one.post_id) for one in new],
        )
        _settle_reading(new, by=by, now=now)
    return len(new)


def _settle_reading(holdings: list[Holding], *, by: Any, now: datetime) -> None:
    """End the errands of places where nothing is unread beyond its time any more."""
    units = {one.post.unit_id: one.post.unit for one in holdings}
    open_ones = Errand.objects.filter(
        kind=READING, subject_id__in=units, state=ErrandState.OPEN
    ).values_list("subject_id", flat=True)
    for key in list(open_ones):
        if not overdue_by_unit(units[key].path, now=now).get(key):
            end_errand(READING, key, by=by, now=now)


@transaction.atomic
def review_procedure(
    procedure_id: UUID, end: ReviewEnd, words: str, on: date, *, by: Any, now: datetime
) -> Review:
    """Record that a procedure was looked at again. The next review is due from this day on.

    Where it is to be changed, the next edition is begun with the same words, if
    none is being written. Refuses with `ProcedureReasonMissing`,
    `ReviewInFuture`, `ProcedureNotNow` and `reach.NotInReach`; a withdrawal
    takes who may approve.
    """
    procedure = locked_procedure(procedure_id)
    takes = "procedures.approve" if end is ReviewEnd.WITHDRAWN else "procedures.write"
    reach.require(by, takes, at=procedure.path)
    edition = procedure.editions.filter(state=EditionState.IN_FORCE).first()
    last = procedure.editions.last()
    move(EditionState((edition or last).state), Act.REVIEW)
    check_reason(words)
    check_review_day(on, tree.today(now))
    review = Review.objects.create(
        id=uuid7(now), procedure=procedure, edition=edition, on=on, end=end, words=words[:2000],
        by=getattr(by, "id", None), at=now,
    )  # fmt: skip
    procedure.reviewed_on = max(on, procedure.reviewed_on or on)
    set_review(procedure, edition)
    procedure.changed_at = now
    procedure.save(update_fields=["reviewed_on", "review_on", "changed_at"])
    end_errand(REVIEW, procedure.pk, by=by, now=now)
    journal.record(
        "procedures.reviewed", procedure, by=by, at=now, on=on, end=end, words=review.words,
        number=edition.number, review_on=procedure.review_on,
    )  # fmt: skip
    if end is ReviewEnd.WITHDRAWN:
        withdrawn(procedure, words, by=by, now=now)
    elif end is ReviewEnd.CHANGED and last.pk == edition.pk:
        add_edition(procedure, terms_of(edition), last.number + 1, by=by, now=now)
    return review


# --- by itself ----------------------------------------------------------------


def ask_reviews(now: datetime) -> int:
    """Call those who keep the list to what is due for its review; return how many procedures."""
    waiting = Errand.objects.filter(
        kind=REVIEW, state=ErrandState.OPEN, subject_id=OuterRef("pk")
    ).values("pk")[:1]
    due = (
        Procedure.objects.filter(standing=Standing.IN_FORCE, review_on__lte=tree.today(now))
        .annotate(waits=Subquery(waiting))
        .filter(waits=None)
    )
    asked = 0
    for one in due.order_by("review_on", "pk")[:AT_ONCE]:
        with transaction.atomic():
            procedure = locked_procedure(one.pk)
            if procedure.is_overdue_on(tree.today(now)):
                ask_errand(waiting_review(procedure), by=BY, now=now)
                asked += 1
    return asked


def ask_readings(now: datetime, *, under: str = "/") -> int:
    """Call the posts that answer where something was not read in time; return how many places.

    Where nothing is left unread, an errand that still waits is ended.
    """
    late = overdue_by_unit(under, now=now)
    waiting = Errand.objects.filter(kind=READING, state=ErrandState.OPEN, path__under=under)
    open_ones = set(waiting.values_list("subject_id", flat=True))
    for key in open_ones - late.keys():
        with transaction.atomic():
            end_errand(READING, key, by=BY, now=now, act=ErrandAct.DROP)
    new = sorted(late.keys() - open_ones)[:AT_ONCE]
    for unit in Unit.objects.filter(pk__in=new, ended_on=None).defer("boundary"):
        with transaction.atomic():
            ask_errand(waiting_reading(unit, late[unit.pk]), by=BY, now=now)
    return len(new)


class _Places:
    """What a fact about many procedures at once is about."""

    def __init__(self, now: datetime) -> None:
        self.id = uuid7(now)


@transaction.atomic
def follow_places(now: datetime) -> int:
    """Let procedures and those who follow them lie where their places lie now."""
    place = Unit.objects.filter(pk=OuterRef("unit_id")).values("path")
    Audience.objects.exclude(path=F("unit__path")).update(path=Subquery(place))
    moved = Procedure.objects.exclude(path=F("unit__path")).update(path=Subquery(place))
    if moved:
        journal.record("procedures.moved", _Places(now), by=BY, at=now, count=moved)
    return moved
