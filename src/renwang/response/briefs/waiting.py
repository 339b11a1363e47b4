"""What of briefs waits for a person, as outreach is told: to be put right, to be approved, to be read."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from renwang.outreach.services import Waiting, in_every_language
from renwang.response.briefs.models import Addressee, Brief

DRAFTED, APPROVAL, READING = "briefs.drafted", "briefs.approval", "briefs.reading"
WRITES, APPROVES, SEES = "briefs.write", "briefs.approve", "briefs.see"

_DRAFTED = _("The brief {ref} was drafted: put it right and hand it in")
_APPROVAL = _("The brief {ref} waits for approval")
_READING = _("The brief {ref} is for you to read")


def waiting_draft(brief: Brief) -> Waiting:
    """Say that a brief which the node drafted waits for whoever writes briefs there."""
    said = in_every_language(_DRAFTED, ref=brief.ref)
    return Waiting(
        DRAFTED, brief.pk, brief.ref, said, brief.path, WRITES, timedelta(days=2), number=1
    )


def waiting_approval(brief: Brief, hands: list[UUID]) -> Waiting:
    """Say that a brief waits for somebody who has written nothing of it."""
    said = in_every_language(_APPROVAL, ref=brief.ref)
    return Waiting(
        APPROVAL, brief.pk, brief.ref, said, brief.path, APPROVES, timedelta(days=1), not_by=hands
    )


def waiting_reader(brief: Brief, one: Addressee) -> Waiting:
    """Say that a brief waits for a reader of a unit."""
    said = in_every_language(_READING, ref=brief.ref)
    return Waiting(READING, one.errand_id, brief.ref, said, one.path, SEES, timedelta(days=5))
