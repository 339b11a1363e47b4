"""Forget in time what a deed was about; that it was answered, and how, stays."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from renwang.response.fieldwork.models import Deed
from renwang.response.fieldwork.rules import State
from renwang.response.fieldwork.services.deciding import end_difference

AT_ONCE = 500


def erase_deeds(now: datetime) -> int:
    """Erase address, sentence and page of deeds whose time is over, and end differences that nobody decided.

    Returns how many. Two statements where nothing differs.
    """
    due = Deed.objects.filter(erase_at__lte=now)
    for key in due.filter(state=State.DIFFERS).values_list("pk", flat=True)[:AT_ONCE]:
        _lapse(key, now)
    keys = list(due.exclude(state=State.DIFFERS).values_list("pk", flat=True)[:AT_ONCE])
    if not keys:
        return 0
    return Deed.objects.filter(pk__in=keys).update(
        address="", sentence="", look="", reason="", erase_at=None
    )


@transaction.atomic
def _lapse(key: object, now: datetime) -> None:
    found = Deed.objects.select_for_update(of=("self",)).select_related("phone__person")
    deed = found.filter(pk=key, state=State.DIFFERS).first()
    if deed is not None:
        reason = _("Nobody decided in time.")
        end_difference(
            deed, State.LEFT, reason, by="node:fieldwork", now=now, verb="fieldwork.lapsed"
        )
