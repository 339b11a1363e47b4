"""The beats of alerts: what is over ends by itself, and feeds are watched."""

from datetime import datetime, timedelta

from renwang.alerts.answering import send_replies
from renwang.alerts.exercising import run_exercises
from renwang.alerts.services import expire_alerts, follow_division
from renwang.alerts.services.replying import link_waiting
from renwang.alerts.watching import forget_entries, watch_feeds
from renwang.base.jobs import beat
from renwang.base.pure.clock import read_clock
from renwang.chain.tree import today


@beat("alerts.expire", every=timedelta(seconds=15))
def _expire(now: datetime) -> int:
    return expire_alerts(now)


@beat("alerts.division", every=timedelta(seconds=10))
def _follow_division(now: datetime) -> int:
    """Units rarely move, and seldom in a storm; looking costs four statements."""
    return follow_division(by="node:alerts", now=now, day=today(now))


@beat("alerts.exercise", every=timedelta(seconds=1))
def _exercise(now: datetime) -> int:
    return run_exercises(now, read_clock)


@beat("alerts.watch", every=timedelta(seconds=1))
def _watch(now: datetime) -> int:
    return watch_feeds(now, read_clock)


@beat("alerts.reply", every=timedelta(seconds=1))
def _reply(now: datetime) -> int:
    return send_replies(now, read_clock)


@beat("alerts.link", every=timedelta(seconds=15))
def _link(now: datetime) -> int:
    return link_waiting(now)


@beat("alerts.forget", every=timedelta(hours=1))
def _forget(now: datetime) -> int:
    return forget_entries(now)
