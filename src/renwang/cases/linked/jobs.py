"""The beats of linked systems: visited when it is time; what we answer goes back to where it came from."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Subquery

from renwang.base.followers import follower
from renwang.base.jobs import beat
from renwang.base.models import Entry
from renwang.base.pure.clock import read_clock
from renwang.cases.linked.answering import answer_back
from renwang.cases.linked.models import System
from renwang.cases.linked.watching import forget_visits, watch_systems
from renwang.chain.models import Unit
from renwang.chain.verbs import DIVISION


@beat("linked.watch", every=timedelta(seconds=2))
def _watch(now: datetime) -> int:
    return watch_systems(now, read_clock)


@beat("linked.forget", every=timedelta(hours=1))
def _forget(now: datetime) -> int:
    return forget_visits(now)


@follower("linked.answers", "cases.answered", "cases.closed", "cases.reopened")
def _answer_back(entries: Sequence[Entry], now: datetime) -> None:
    answer_back(entries, now)


@follower("linked.division", *DIVISION)
def _follow_division(_entries: Sequence[Entry], _now: datetime) -> None:
    """Let every linked system lie where its unit lies."""
    own = Unit.objects.filter(pk=OuterRef("unit_id"), ended_on=None).exclude(path=OuterRef("path"))
    System.objects.filter(Exists(own)).update(path=Subquery(own.values("path")))
