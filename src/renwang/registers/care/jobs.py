"""The beats and followers of the care list: consents end, visits climb, entries follow their doors."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from renwang.base.followers import follower
from renwang.base.jobs import Running, beat, job
from renwang.base.models import Entry
from renwang.registers.care.services import forget_lapsed
from renwang.registers.care.services.keeping import follow_doors
from renwang.registers.care.services.rekeying import drop_old_keys, reseal_all
from renwang.registers.care.services.tabling import sweep_tables
from renwang.registers.care.services.visiting import climb_visits
from renwang.registers.care.sight import day_of
from renwang.registers.care.waiting import drop_strays
from renwang.registers.care.withdrawals import forget_withdrawals


@beat("care.forget", every=timedelta(minutes=10))
def _forget(now: datetime) -> int:
    return forget_lapsed(now)


@beat("care.sweep", every=timedelta(minutes=1))
def _sweep(now: datetime) -> int:
    return sweep_tables(now)


@beat("care.withdrawals", every=timedelta(hours=6))
def _withdrawals(now: datetime) -> int:
    return forget_withdrawals(day_of(now))


@beat("care.climb", every=timedelta(minutes=10))
def _climb(now: datetime) -> int:
    return climb_visits(now) + drop_strays(now)


@follower(
    "care.places",
    "chain.unit_moved",
    "chain.unit_split",
    "chain.units_merged",
    "chain.household_changed",
    "chain.building_changed",
    "chain.imported",
)
def _follow(entries: Sequence[Entry], now: datetime) -> None:
    while follow_doors():
        pass


@job("care.reseal")
def _reseal(running: Running) -> dict:
    """Seal everything with the current key, then destroy the keys that nothing needs any more."""
    resealed = reseal_all(running.progress)
    return {"resealed": resealed, "dropped": drop_old_keys(by="node:care", now=running.now)}
