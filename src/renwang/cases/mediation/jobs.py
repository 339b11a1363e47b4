"""The beats of mediation: what is due is asked after, and words are forgotten in time."""

from datetime import datetime, timedelta

from renwang.base.jobs import beat
from renwang.cases.mediation.services import call_due, erase_words


@beat("mediation.due", every=timedelta(minutes=10))
def _due(now: datetime) -> int:
    return call_due(now)


@beat("mediation.forget", every=timedelta(minutes=10))
def _forget(now: datetime) -> int:
    return erase_words(now)
