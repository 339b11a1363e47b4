"""A rain gauge and a river gauge in the cast's places, and who may set them up."""

from datetime import datetime, timedelta

import pytest

from renwang.signals import services
from renwang.signals.models import Sensor, Trigger
from renwang.signals.series_rules import SeriesShape
from renwang.signals.services.evaluating import _records
from tests.cast import Cast

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _empty_memory():
    """No test reads what another one left in memory."""
    _records.clear()


@pytest.fixture
def operator(cast: Cast):
    return cast.viewer(cast.operator)


@pytest.fixture
def gauge(cast: Cast, operator) -> Sensor:
    """A rain gauge that reports millimetres every five minutes."""
    return services.add_sensor(
        services.SensorShape(
            "石桥雨量站",
            "R-07",
            lon=106.5,
            lat=29.5,
            series=(SeriesShape("r07.rain", "rain", "mm", every=300, low=0, high=80, resting=0.0),),
        ),
        cast.community,
        by=operator,
        now=cast.now,
    )


@pytest.fixture
def river(cast: Cast, operator) -> Sensor:
    """A river gauge that reports metres every minute."""
    return services.add_sensor(
        services.SensorShape(
            "清溪水位站",
            "L-01",
            series=(
                SeriesShape(
                    "l01.level", "level", "m", every=60, low=-2, high=20, jump=1.5, stuck_for=3600
                ),
            ),
        ),
        cast.street,
        by=operator,
        now=cast.now,
    )


def hand_in(key: str, values, *, start: datetime, step: timedelta, now: datetime | None = None):
    """Hand in values one after the other, as the node's own part; what they were evaluated at is their own time."""
    rows = [(key, start + step * number, float(value)) for number, value in enumerate(values)]
    return services.take_in(rows, by="node:test", now=now or rows[-1][1])


def switched_on(trigger: Trigger, operator, now: datetime) -> Trigger:
    return services.switch_trigger(trigger.pk, True, by=operator, now=now)
