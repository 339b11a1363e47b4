"""Numbers that want no more messages. The number itself is kept nowhere: only a digest that needs the node's secret."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.cases.models import Stop
from renwang.outreach.answering import spellings
from renwang.outreach.channels import configured

BY = "node:sms"
KEPT = timedelta(days=730)
"""Longer than any case is open: whoever agrees anew after that is told again."""


def plain_number(number: str) -> str:
    """Give a number as it is rung at home, however it was written."""
    return min(spellings(number, configured().inbound.country), key=len, default=number.strip())


def is_stopped(number: str) -> bool:
    """Say whether a number wants no messages; one statement."""
    return Stop.objects.filter(digest=_digest(number)).exists()


@transaction.atomic
def stop_number(number: str, *, now: datetime) -> None:
    """Send no more messages to a number, about whatever case; wishing it again changes nothing."""
    stop, is_new = Stop.objects.get_or_create(
        digest=_digest(number), defaults={"id": uuid7(now), "at": now}
    )
    if is_new:
        journal.record("cases.messages_stopped", stop, by=BY, at=now)


@transaction.atomic
def start_number(number: str, *, now: datetime) -> None:
    """Let messages go to a number again; only a text from that very number can wish it."""
    for stop in Stop.objects.filter(digest=_digest(number)):
        journal.record("cases.messages_started", stop, by=BY, at=now)
        stop.delete()


def forget_stops(now: datetime) -> int:
    """Forget wishes whose time is over; return how many."""
    return Stop.objects.filter(at__lt=now - KEPT).delete()[0]


def _digest(number: str) -> str:
    plain = plain_number(number)
    return hmac.new(
        settings.SECRET_KEY.encode(), f"cases.stop:{plain}".encode(), sha256
    ).hexdigest()
