"""The beats of the duties list: what has run out is marked, and duties go along with their places."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from renwang.base.followers import follower
from renwang.base.jobs import beat
from renwang.base.models import Entry
from renwang.registers.duties.services import expire_duties, follow_places


@beat("duties.expire", every=timedelta(seconds=60))
def _expire(now: datetime) -> int:
    return expire_duties(now)


@follower("duties.places", "chain.unit_moved", "chain.units_merged", "chain.unit_split")
def _follow(entries: Sequence[Entry], now: datetime) -> None:
    follow_places(now)
