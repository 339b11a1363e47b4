"""The beats of cases: clocks that are over are seen to, contacts and words are forgotten in time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from renwang.base.followers import follower
from renwang.base.jobs import beat
from renwang.base.models import Entry
from renwang.cases.services import (
    erase_reporters,
    erase_words,
    follow_division,
    forget_filters,
    forget_rates,
    look_at_clocks,
)
from renwang.chain.verbs import DIVISION


@beat("cases.clocks", every=timedelta(seconds=20))
def _clocks(now: datetime) -> int:
    return look_at_clocks(now)


@beat("cases.forget", every=timedelta(minutes=10))
def _forget(now: datetime) -> int:
    return erase_reporters(now) + erase_words(now) + forget_rates(now) + forget_filters()


@follower("cases.division", *DIVISION)
def _follow_division(_entries: Sequence[Entry], now: datetime) -> None:
    """Let cases lie where their units lie: looked for when the division has changed, not every minute over a million."""
    follow_division(now)
