"""The beats of the risk list: what is late climbs, what was accepted for a time opens again."""

from datetime import datetime, timedelta

from renwang.base.jobs import beat
from renwang.registers.risks.services import climb_risks, end_acceptances, follow_division
from renwang.registers.risks.waiting import ask_surveys


@beat("risks.climb", every=timedelta(minutes=1))
def _climb(now: datetime) -> int:
    return climb_risks(now)


@beat("risks.acceptances", every=timedelta(minutes=5))
def _end_acceptances(now: datetime) -> int:
    return end_acceptances(now)


@beat("risks.surveys", every=timedelta(minutes=30))
def _ask_surveys(now: datetime) -> int:
    return ask_surveys(now)


@beat("risks.division", every=timedelta(minutes=1))
def _follow_division(now: datetime) -> int:
    return follow_division(now)
