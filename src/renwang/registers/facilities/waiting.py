"""What of facilities waits for a person, as outreach is told: an inspection that is overdue, a defect that is late."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from renwang.outreach.services import Waiting, in_every_language
from renwang.registers.facilities.rules import DEFECT_TERM, GRAVE_TERM, INSPECTION_TERM

INSPECTION = "facilities.inspection"
DEFECT = "facilities.defect"
INSPECTS = "facilities.report"

_LATE = _("{name} should have been inspected by {day} ({ref})")
_BROKEN = _("{name}: not mended by {day}: {words} ({ref})")


def waiting_inspection(
    key: UUID, ref: str, name: str, path: str, due_on: date, *, first: Sequence[UUID] = ()
) -> Waiting:
    """Say that a facility must be looked at; to its own post first, to who inspects there, then upward."""
    return Waiting(
        kind=INSPECTION,
        subject_id=key,
        ref=ref,
        said=in_every_language(_LATE, name=name, day=due_on.isoformat(), ref=ref),
        path=path,
        capability=INSPECTS,
        term=INSPECTION_TERM,
        first=first,
    )


def waiting_defect(
    key: UUID,
    ref: str,
    name: str,
    path: str,
    words: str,
    due_on: date,
    *,
    is_grave: bool,
    first: Sequence[UUID] = (),
) -> Waiting:
    """Say that a defect was not mended in time, to whose it is first; what is grave is told as a yellow matter."""
    said = in_every_language(_BROKEN, name=name, day=due_on.isoformat(), words=words, ref=ref)
    return Waiting(
        kind=DEFECT,
        subject_id=key,
        ref=ref,
        said=said,
        path=path,
        capability=INSPECTS,
        term=GRAVE_TERM if is_grave else DEFECT_TERM,
        colour="yellow" if is_grave else "",
        first=first,
    )
