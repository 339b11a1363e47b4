"""The beat that plays rehearsals inside the worker, a bounded slice at a time, and the follower that makes check rounds."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from renwang.base.followers import follower
from renwang.base.jobs import beat, unclaimed
from renwang.base.models import Entry
from renwang.base.pure.clock import RunningClock
from renwang.response.check_rounds import ENDS, STARTS, follow_warnings
from renwang.response.models import Rehearsal
from renwang.response.playing import play
from renwang.response.selectors import under_way
from renwang.response.services import INSTANTLY

LEASE = timedelta(seconds=60)
STEPS = 6
"""Steps a rehearsal gets in one turn, so that it never keeps a real warning waiting."""


@beat("response.play")
def play_rehearsals(now: datetime) -> int:
    """Play every rehearsal under way up to what its clock shows; return the number of steps."""
    return sum(_play_claimed(one.pk, now) for one in under_way().only("pk").order_by("pk"))


def _play_claimed(key, now: datetime) -> int:
    free = unclaimed(now, LEASE)
    mine = Rehearsal.objects.filter(pk=key, ended_at=None)
    if not mine.filter(free).update(claimed_until=now + LEASE):
        return 0
    try:
        rehearsal = Rehearsal.objects.get(pk=key)
        return play(rehearsal, shown(rehearsal, now), now=now, steps=STEPS)
    finally:
        mine.filter(claimed_until=now + LEASE).update(claimed_until=None)


def shown(rehearsal: Rehearsal, now: datetime) -> datetime:
    """Say what a rehearsal's clock shows at a real moment; its end for one that runs as fast as it goes."""
    if rehearsal.speed == INSTANTLY:
        return rehearsal.ends_at
    return RunningClock(rehearsal.begun_at, rehearsal.shows_at, rehearsal.speed).at(now)


@follower("response.check_rounds", STARTS, *ENDS)
def _make_rounds(entries: Sequence[Entry], now: datetime) -> None:
    follow_warnings(entries, now)
