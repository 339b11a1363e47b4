"""The beats of the list of facilities: what is late calls somebody, and facilities go along with their places."""

from datetime import datetime, timedelta

from renwang.base.jobs import beat
from renwang.registers.facilities.services import call_for_late, follow_division


@beat("facilities.call", every=timedelta(minutes=10))
def _call(now: datetime) -> int:
    return call_for_late(now)


@beat("facilities.division", every=timedelta(minutes=1))
def _follow_division(now: datetime) -> int:
    return follow_division(now)
