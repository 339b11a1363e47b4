"""What of field work waits for a person, as outreach is told: a decision which of two holds."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from renwang.outreach.services import Waiting, in_every_language
from renwang.response.fieldwork.models import Deed

DIFFERENCE = "fieldwork.difference"
TERM = timedelta(days=1)

_DIFFERS = _("{ref}: what was done without a network differs from what stands. Decide which holds")


def waiting_difference(deed: Deed, author: UUID) -> Waiting:
    """Say that a decision is owed where it lies; never by the one whose deed it is."""
    return Waiting(
        kind=DIFFERENCE,
        subject_id=deed.pk,
        ref=deed.ref,
        said=in_every_language(_DIFFERS, ref=deed.ref),
        path=deed.path,
        capability=deed.capability,
        term=TERM,
        not_by=[author],
    )
