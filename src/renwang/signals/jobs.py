"""The beats of signals: triggers look, silence is noticed, questions climb, hours are told, old readings go."""

from datetime import datetime, timedelta

from renwang.base.jobs import beat
from renwang.signals.invented import go_on
from renwang.signals.listening import listen
from renwang.signals.services import (
    climb_referrals,
    drop_old_readings,
    evaluate_changed,
    evaluate_standing,
    find_silent,
    follow_division,
    tell_intakes,
)


@beat("signals.listen")
def _listen(now: datetime) -> int:
    return listen(now)


@beat("signals.evaluate")
def _evaluate(now: datetime) -> int:
    return evaluate_changed(now)


@beat("signals.ease", every=timedelta(seconds=30))
def _ease(now: datetime) -> int:
    return evaluate_standing(now)


@beat("signals.silence", every=timedelta(seconds=30))
def _silence(now: datetime) -> int:
    return find_silent(now)


@beat("signals.climb", every=timedelta(seconds=20))
def _climb(now: datetime) -> int:
    return climb_referrals(now)


@beat("signals.tell", every=timedelta(minutes=5))
def _tell(now: datetime) -> int:
    return tell_intakes(now)


@beat("signals.division", every=timedelta(minutes=1))
def _follow_division(now: datetime) -> int:
    return follow_division(now)


@beat("signals.forget", every=timedelta(hours=1))
def _forget(now: datetime) -> int:
    return drop_old_readings(now)


@beat("signals.invented", every=timedelta(minutes=1))
def _go_on(now: datetime) -> int:
    return go_on(now)
