"""Decide about an edition that somebody else wrote: approve, hand back; take over; withdraw a procedure."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.chain import reach, tree
from renwang.outreach.errand_rules import ErrandAct
from renwang.outreach.services import end_errand
from renwang.registers.procedures.models import Edition, Procedure
from renwang.registers.procedures.rules import (
    Act,
    EditionState,
    check_author,
    check_document,
    check_reason,
    check_whole,
    move,
    review_due,
)
from renwang.registers.procedures.services.writing import held_edition, locked_procedure, settle
from renwang.registers.procedures.waiting import APPROVAL, REVIEW


@transaction.atomic
def approve_edition(edition_id: UUID, *, by: Any, now: datetime) -> Edition:
    """Let an edition hold that one has not written; the one before it ends, and everybody reads anew.

    The day of the next review stays where the last review put it. Refuses with
    `OwnProcedure`, `ProcedureNotNow`, `NothingToDo`, `NobodyFollows` and
    `reach.NotInReach`.
    """
    edition = held_edition(edition_id, by, "procedures.approve")
    edition.state = move(EditionState(edition.state), Act.APPROVE)
    hand = getattr(by, "id", None)
    check_author(edition.writers, str(hand) if hand else None)
    check_whole(len(edition.steps), edition.audience.count())
    put_in_force(edition, by=by, now=now)
    end_errand(APPROVAL, edition.pk, by=by, now=now)
    journal.record(
        "procedures.approved",
        edition.procedure,
        by=by,
        at=now,
        number=edition.number,
        writers=[f"person:{one}" for one in edition.writers],
        review_on=edition.procedure.review_on,
    )
    return edition


@transaction.atomic
def return_edition(edition_id: UUID, *, by: Any, now: datetime, reason: str) -> Edition:
    """Hand a proposal back to whoever wrote it, saying why.

    Refuses with `ProcedureReasonMissing` and `ProcedureNotNow`.
    """
    edition = held_edition(edition_id, by, "procedures.approve")
    edition.state = move(EditionState(edition.state), Act.RETURN)
    check_reason(reason)
    edition.proposed_at, edition.ending = None, reason[:300]
    edition.save(update_fields=["state", "proposed_at", "ending"])
    procedure = settle(edition.procedure, now)
    end_errand(APPROVAL, edition.pk, by=by, now=now)
    journal.record(
        "procedures.returned",
        procedure,
        by=by,
        at=now,
        number=edition.number,
        reason=edition.ending,
    )
    return edition


@transaction.atomic
def take_over_edition(edition_id: UUID, *, by: Any, now: datetime, document: str) -> Edition:
    """Enter that a draft holds already by a document others issued.

    Refuses with `ProcedureDocumentMissing`, `ProcedureNotNow` and `reach.NotInReach`.
    """
    edition = held_edition(edition_id, by, "procedures.approve")
    edition.state = move(EditionState(edition.state), Act.TAKE_OVER)
    check_document(document)
    edition.document = document[:500]
    put_in_force(edition, by=by, now=now)
    journal.record(
        "procedures.taken_over",
        edition.procedure,
        by=by,
        at=now,
        number=edition.number,
        document=edition.document,
        review_on=edition.procedure.review_on,
    )
    return edition


@transaction.atomic
def withdraw_procedure(procedure_id: UUID, *, by: Any, now: datetime, reason: str) -> Procedure:
    """End a procedure for good, saying why. A run under way by it goes on to its end.

    Refuses with `ProcedureReasonMissing`, `ProcedureNotNow` and `reach.NotInReach`.
    """
    procedure = locked_procedure(procedure_id)
    reach.require(by, "procedures.approve", at=procedure.path)
    check_reason(reason)
    withdrawn(procedure, reason, by=by, now=now)
    return procedure


def withdrawn(procedure: Procedure, reason: str, *, by: Any, now: datetime) -> None:
    """Withdraw a locked procedure: the edition in force ends, and one being written is given up."""
    last = procedure.editions.last()
    held = procedure.editions.filter(state=EditionState.IN_FORCE).first() or last
    held.state = move(EditionState(held.state), Act.WITHDRAW)
    held.ended_at, held.ending = now, reason[:300]
    held.save(update_fields=["state", "ended_at", "ending"])
    if last.pk != held.pk:
        last.state = move(EditionState(last.state), Act.DISCARD)
        last.save(update_fields=["state"])
        end_errand(APPROVAL, last.pk, by=by, now=now, act=ErrandAct.DROP)
    settle(procedure, now)
    end_errand(REVIEW, procedure.pk, by=by, now=now, act=ErrandAct.DROP)
    journal.record(
        "procedures.withdrawn", procedure, by=by, at=now, number=held.number, reason=held.ending
    )


def put_in_force(edition: Edition, *, by: Any, now: datetime) -> None:
    """Let an edition of a locked procedure hold from now, and the one before it end."""
    procedure = edition.procedure
    before = procedure.editions.filter(state=EditionState.IN_FORCE).first()
    if before is not None:
        before.state = move(EditionState(before.state), Act.SUPERSEDE)
        before.ended_at = now
        before.save(update_fields=["state", "ended_at"])
    edition.in_force_from = edition.approved_at = now
    edition.approved_by = getattr(by, "id", None)
    edition.save()
    procedure.began_at = procedure.began_at or now
    set_review(procedure, edition)
    settle(procedure, now)


def set_review(procedure: Procedure, edition: Edition) -> None:
    """Say when the next review is due, without saving it."""
    assert procedure.began_at is not None
    began_on = tree.today(procedure.began_at)
    procedure.review_on = review_due(began_on, procedure.reviewed_on, edition.every_days)
