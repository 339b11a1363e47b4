"""A bulletin that is taken back, or whose time is over."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.bulletins.models import Bulletin
from renwang.bulletins.rules import Act, BulletinState, check_reason, move
from renwang.bulletins.services.telling import tell_withdrawal
from renwang.chain import reach


@transaction.atomic
def withdraw_bulletin(bulletin_id: UUID, *, by: Any, now: datetime, reason: str) -> Bulletin:
    """Take a bulletin back, saying why: it stays readable, marked, and those who were told hear of it.

    One hand is enough: what is wrong should not wait for a second one. Refuses
    with `NotNow`, `ReasonMissing` and `reach.NotInReach`.
    """
    bulletin = (
        Bulletin.objects.select_for_update(of=("self",))
        .select_related("current")
        .get(pk=bulletin_id)
    )
    reach.require(by, "bulletins.approve", at=bulletin.path)
    bulletin.state = move(BulletinState(bulletin.state), Act.WITHDRAW)
    check_reason(reason)
    bulletin.ending, bulletin.ended_at, bulletin.changed_at = reason[:300], now, now
    bulletin.save(update_fields=["state", "ending", "ended_at", "changed_at"])
    journal.record("bulletins.withdrawn", bulletin, by=by, at=now, reason=reason[:300])
    tell_withdrawal(bulletin, reason[:300], by=by, now=now)
    return bulletin


def expire_bulletins(now: datetime) -> int:
    """Let every bulletin end whose time is over; return how many did."""
    due = Bulletin.objects.filter(state=BulletinState.PUBLISHED, ends_at__lte=now)
    ended = 0
    for bulletin in due.order_by("ends_at")[:500]:
        with transaction.atomic():
            state = move(BulletinState(bulletin.state), Act.EXPIRE)
            same = Bulletin.objects.filter(pk=bulletin.pk, state=bulletin.state)
            if not same.update(state=state, ended_at=now, changed_at=now):
                continue  # another process, or a correction, was quicker
            journal.record("bulletins.expired", bulletin, by="node:bulletins", at=now)
            ended += 1
    return ended
