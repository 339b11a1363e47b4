"""What of the care list waits for a person, as outreach is told: a visit that is late. A number, and nobody's name."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from renwang.outreach.errand_rules import ErrandAct, ErrandState
from renwang.outreach.models import Errand
from renwang.outreach.services import Waiting, ask_errand, end_errand, in_every_language
from renwang.outreach.services.errands import end_row
from renwang.registers.care.models import CareEntry, Pairing
from renwang.registers.care.visit_rules import CLIMBS_AFTER

VISIT = "care.visit"
BY = "node:care"
TERM = CLIMBS_AFTER[1] - CLIMBS_AFTER[0]  # until it hangs on the keeper

_LATE = _("A visit is late ({ref}). Look under My doors, and knock.")


def ask_visit(entry: CareEntry, *, now: datetime) -> None:
    """Call whoever is paired to a late visit, then the keepers of the place upward; nobody is told twice.

    In the caller's transaction. The message goes through networks that are not
    ours: it gives the number of the entry, and neither door nor person.
    """
    paired = Pairing.objects.filter(entry=entry, person__is_active=True).order_by("rank")
    waiting = Waiting(
        kind=VISIT,
        subject_id=entry.pk,
        ref=entry.ref,
        said=in_every_language(_LATE, ref=entry.ref),
        path=entry.path,
        capability="care.keep",
        term=TERM,
        first=paired.values_list("person_id", flat=True),
    )
    ask_errand(waiting, by=BY, now=now)


def ask_visit_anew(entry: CareEntry, *, now: datetime) -> None:
    """Call those whose work it is now, where a visit is late and pairing or place have changed."""
    if entry.rung:
        drop_visit(entry, by=BY, now=now)
        ask_visit(entry, now=now)


def visit_done(entry: CareEntry, *, by: Any, now: datetime) -> None:
    """End what waited: somebody was seen. One statement where nothing waited."""
    end_errand(VISIT, entry.pk, by=by, now=now)


def drop_strays(now: datetime) -> int:
    """Let nobody be called to a visit whose entry is no more, as after a restore; return how many there were."""
    waiting = Errand.objects.filter(kind=VISIT, state=ErrandState.OPEN)
    strays = waiting.exclude(subject_id__in=CareEntry.objects.values("pk"))
    with transaction.atomic():
        return sum(end_row(one, by=BY, now=now, act=ErrandAct.DROP) is not None for one in strays)


def drop_visit(entry: CareEntry, *, by: Any, now: datetime) -> None:
    """Let nobody be called any more: there is no such visit."""
    end_errand(VISIT, entry.pk, by=by, now=now, act=ErrandAct.DROP)
