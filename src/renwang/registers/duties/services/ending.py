"""What happens to duties by itself: they run out, their successors begin, their places move."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain.models import Unit
from renwang.registers.duties.models import Duty
from renwang.registers.duties.rules import Act, DutyState, move

BY = "node:duties"


class _Places:
    """What a fact about many duties at once is about."""

    def __init__(self, now: datetime) -> None:
        self.id = uuid7(now)


def expire_duties(now: datetime) -> int:
    """Mark the duties whose end has come: superseded where a successor holds, else run out."""
    due = Duty.objects.filter(state=DutyState.APPROVED, held_until__lte=now)
    return sum(_end(key, now) for key in list(due.values_list("pk", flat=True)[:500]))


@transaction.atomic
def _end(key: object, now: datetime) -> int:
    rows = Duty.objects.select_for_update(of=("self",))
    duty = rows.filter(pk=key, state=DutyState.APPROVED, held_until__lte=now).first()
    if duty is None:
        return 0
    next_one = duty.successors.filter(held_from__isnull=False).exclude(state=DutyState.WITHDRAWN)
    by_duty = next_one.values_list("ref", flat=True).first()
    duty.state = move(DutyState(duty.state), Act.SUPERSEDE if by_duty else Act.EXPIRE)
    duty.changed_at = now
    duty.save(update_fields=["state", "changed_at"])
    if not by_duty:  # that it is superseded was recorded when its successor was approved
        journal.record("duties.expired", duty, by=BY, at=now, held_until=duty.held_until)
    return 1


@transaction.atomic
def follow_places(now: datetime) -> int:
    """Let duties lie where their places lie now; a unit that moved takes them along."""
    place = Unit.objects.filter(pk=OuterRef("unit_id")).values("path")
    count = Duty.objects.exclude(path=F("unit__path")).update(path=Subquery(place))
    if count:
        journal.record("duties.moved", _Places(now), by=BY, at=now, count=count)
    return count
