"""The beats of bulletins: what is over ends by itself, broken promises climb, contacts and words are forgotten in time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from renwang.base.followers import follower
from renwang.base.jobs import beat
from renwang.base.models import Entry
from renwang.bulletins.services import (
    climb_questions,
    erase_contacts,
    erase_words,
    expire_bulletins,
    forget_rates,
)
from renwang.bulletins.waiting import tell_waiting


@beat("bulletins.expire", every=timedelta(seconds=15))
def _expire(now: datetime) -> int:
    return expire_bulletins(now)


@beat("bulletins.climb", every=timedelta(seconds=15))
def _climb(now: datetime) -> int:
    return climb_questions(now)


@follower(
    "bulletins.waiting",
    "bulletins.overdue",
    "bulletins.answered",
    "bulletins.postponed",
    "bulletins.merged",
    "bulletins.set_aside",
)
def _waiting(entries: Sequence[Entry], now: datetime) -> None:
    """Call whoever answers while a promise is broken."""
    tell_waiting(entries, now)


@beat("bulletins.forget", every=timedelta(minutes=10))
def _forget(now: datetime) -> int:
    return erase_contacts(now) + erase_words(now) + forget_rates(now)
