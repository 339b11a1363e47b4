"""The beats of the procedures list: what is due for review or was not read is asked for; procedures go along with places."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from renwang.base.followers import follower
from renwang.base.jobs import beat
from renwang.base.models import Entry
from renwang.registers.procedures.services import ask_readings, ask_reviews, follow_places


@beat("procedures.reviews", every=timedelta(minutes=30))
def _ask_reviews(now: datetime) -> int:
    return ask_reviews(now)


@beat("procedures.readings", every=timedelta(hours=3))
def _ask_readings(now: datetime) -> int:
    return ask_readings(now)


@follower("procedures.places", "chain.unit_moved", "chain.units_merged", "chain.unit_split")
def _follow(entries: Sequence[Entry], now: datetime) -> None:
    follow_places(now)
