"""The beats of cases: clocks that are over are seen to, contacts and words are forgotten in time."""

from datetime import datetime, timedelta

from renwang.base.jobs import beat
from renwang.cases.services import (
    erase_reporters,
    erase_words,
    follow_division,
    forget_rates,
    look_at_clocks,
)


@beat("cases.clocks", every=timedelta(seconds=20))
def _clocks(now: datetime) -> int:
    return look_at_clocks(now)


@beat("cases.forget", every=timedelta(minutes=10))
def _forget(now: datetime) -> int:
    return erase_reporters(now) + erase_words(now) + forget_rates(now)


@beat("cases.division", every=timedelta(minutes=1))
def _follow_division(now: datetime) -> int:
    return follow_division(now)
