"""What the procedures list asks of people: to approve, to review, to read."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from renwang.chain.models import Unit
from renwang.outreach.services import Waiting, in_every_language
from renwang.registers.procedures.models import Edition, Procedure

APPROVAL = "procedures.approval"
REVIEW = "procedures.review"
READING = "procedures.reading"

APPROVED_WITHIN = timedelta(days=3)
REVIEWED_WITHIN = timedelta(days=14)
READ_WITHIN = timedelta(days=3)

_TO_APPROVE = _("The procedure “{title}” waits to be read and approved.")
_TO_REVIEW = _("The procedure “{title}” is due for its review. Does it still serve?")
_TO_READ = _(
    "Procedures that were not acknowledged in time at {place}: {number}. "
    "Read what you must follow, and ask the others there to."
)


def waiting_approval(edition: Edition) -> Waiting:
    """Say that an edition waits for a second hand."""
    procedure = edition.procedure
    return Waiting(
        kind=APPROVAL,
        subject_id=edition.pk,
        ref=procedure.ref,
        said=in_every_language(_TO_APPROVE, title=edition.title),
        path=procedure.path,
        capability="procedures.approve",
        term=APPROVED_WITHIN,
        not_by=edition.writers,
    )


def waiting_review(procedure: Procedure) -> Waiting:
    """Say that a procedure is to be reviewed."""
    return Waiting(
        kind=REVIEW,
        subject_id=procedure.pk,
        ref=procedure.ref,
        said=in_every_language(_TO_REVIEW, title=procedure.title),
        path=procedure.path,
        capability="procedures.write",
        term=REVIEWED_WITHIN,
    )


def waiting_reading(unit: Unit, number: int) -> Waiting:
    """Say that people at a place have not read in time what they must follow; the post that answers there sees to it."""
    return Waiting(
        kind=READING,
        subject_id=unit.pk,
        ref=unit.ref,
        said=in_every_language(_TO_READ, place=unit.name, number=number),
        path=unit.path,
        capability="",
        term=READ_WITHIN,
        number=number,
    )
