"""Invented sensors and signals for a demonstration: four rain gauges, one of them silent, and a river under a storm that comes and goes.

A storm passes every day and a half, the same one for the same seed, so that
there is always one in the last two days and the next one on its way.
"""

import math
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from renwang.chain.models import Unit
from renwang.signals.models import Pulse, Sensor, Signal
from renwang.signals.rules import Source
from renwang.signals.scale_rules import (
    Category,
    Confidence,
    EventLevel,
    Judgement,
    ResponseLevel,
    WarningLevel,
)
from renwang.signals.series_rules import SeriesShape
from renwang.signals.services import (
    Report,
    SensorShape,
    add_sensor,
    annotate_signal,
    assess_signal,
    evaluate_changed,
    find_silent,
    link_signals,
    receive_signal,
    refer_matter,
    switch_trigger,
    take_in,
)
from renwang.signals.shipping import add_shipped

BY = "node:invented"
EVERY = timedelta(minutes=5)
CYCLE = timedelta(hours=36)
PEAK = timedelta(hours=24)
PAST = timedelta(hours=48)
GAUGES = ("一号雨量站", "二号雨量站", "三号雨量站", "四号雨量站")
FACTORS = (0.85, 1.25, 0.6, 0.3)
SILENT, SILENT_FOR = "demo.rain.3", timedelta(hours=2)
"""A gauge that has told nothing for a while: somebody has to go there."""
_START = datetime(2020, 1, 1, tzinfo=UTC)


@transaction.atomic
def invent_signals(root: Unit, *, now: datetime) -> int:
    """Set up invented sensors, triggers and signals under a place, with two days of readings; return how many readings.

    Where that has been done already nothing changes.
    """
    if Sensor.objects.filter(path__under=root.path, invented=True).exists():
        return 0
    begin = now - PAST
    places = list(
        Unit.objects.filter(path__under=root.path, ended_on=None).order_by("depth", "path")[1:5]
    )
    places = (places or [root]) * len(GAUGES)
    for number, name in enumerate(GAUGES):
        _add_gauge(number, name, places[number], begin)
    _add_river(root, begin)
    for key in ("rainstorm", "river_rise"):
        trigger = add_shipped(key, root, by=BY, now=begin, invented=True)
        switch_trigger(trigger.pk, True, by=BY, now=begin)
    quiet = now - SILENT_FOR
    stored = take_in(_readings((SILENT,), begin, quiet), by=BY, now=quiet).stored
    stored += take_in(_readings(_TALKING, begin, now), by=BY, now=now).stored
    find_silent(now)
    while evaluate_changed(now):
        pass
    _report(places[0], now)
    return stored


def go_on(now: datetime) -> int:
    """Let the invented sensors go on measuring in a demonstration; return how many readings."""
    if not settings.DEMO:
        return 0
    pulses = Pulse.objects.filter(series__sensor__invented=True, series__sensor__is_active=True)
    pulses = pulses.exclude(series__key=SILENT)
    rows = []
    for key, last in pulses.values_list("series__key", "last_at"):
        begin = max(last or now - EVERY, now - PAST)
        rows += [(key, at, _value(key, at)) for at in _moments(begin, now)]
    return take_in(rows, by=BY, now=now).stored if rows else 0


def _add_gauge(number: int, name: str, unit: Unit, now: datetime) -> None:
    key = f"demo.rain.{number}"
    lon, lat = _near(unit, number)
    rain = SeriesShape(
        key, "rain", "mm", every=300, low=0, high=60, resting=0.0, stuck_for=6 * 3600,
        lines=((5.0, "5 mm / 5 min"),),
    )  # fmt: skip
    shape = SensorShape(
        f"{unit.name}{name}", f"DEMO-R{number}", "屋顶", lon, lat, invented=True, series=(rain,)
    )
    add_sensor(shape, unit, by=BY, now=now)


def _add_river(root: Unit, now: datetime) -> None:
    level = SeriesShape(
        "demo.level", "level", "m", every=300, low=-1, high=15, jump=1.0, stuck_for=12 * 3600,
        lines=((5.0, "5 m"), (6.0, "6 m")),
    )  # fmt: skip
    lon, lat = _near(root, 7)
    shape = SensorShape(
        "柳溪桥水位站", "DEMO-L1", "柳溪桥下", lon, lat, invented=True, series=(level,)
    )
    add_sensor(shape, root, by=BY, now=now)


def _near(unit: Unit, number: int) -> tuple[float | None, float | None]:
    if unit.lon is None or unit.lat is None:
        return None, None
    return unit.lon + 0.0007 * (number - 1), unit.lat + 0.0005 * (number % 3 - 1)


# --- the storm ------------------------------------------------------------------------


_TALKING = ("demo.rain.0", "demo.rain.1", "demo.rain.2", "demo.level")


def _readings(
    keys: Sequence[str], begin: datetime, end: datetime
) -> Iterator[tuple[str, datetime, float]]:
    for at in _moments(begin, end):
        for key in keys:
            yield key, at, _value(key, at)


def _moments(after: datetime, until: datetime) -> Iterator[datetime]:
    slot = (after - _START) // EVERY + 1
    while (at := _START + slot * EVERY) <= until:
        yield at
        slot += 1


def _value(key: str, at: datetime) -> float:
    """Say what an invented sensor measures at a moment: always the same at the same moment."""
    chance = random.Random(f"{key} {at.timestamp()}")  # noqa: S311 - a story, not a secret
    if key == "demo.level":
        return round(3.2 + 2.4 * _storm(at - timedelta(hours=2), 3.0) + chance.uniform(0, 0.02), 2)
    number = int(key.rpartition(".")[2])
    rain = 4.2 * FACTORS[number] * _storm(at - timedelta(minutes=20 * number), 1.6)
    return round(rain * chance.uniform(0.7, 1.3), 1)


def _storm(at: datetime, width_h: float) -> float:
    """How hard it rains, from 0 to 1: a bell over some hours in each cycle."""
    hours = ((at - _START) % CYCLE - PEAK) / timedelta(hours=1)
    bell = math.exp(-0.5 * (hours / width_h) ** 2)
    return bell if bell > 0.02 else 0.0


# --- what people bring ------------------------------------------------------------------


def _report(unit: Unit, now: datetime) -> None:
    said = (
        (Source.PATROL, "landslide", "3 号楼后面山坡掉了几块石头，便道上有泥。", 95),
        (
            Source.RESIDENT,
            "landslide",
            "楼后头刚才轰一声，是不是塌方了？家里有老人，请来看看。",
            80,
        ),
        (Source.OFFICER, "flood", "柳溪桥下水漫上步道，两侧路灯还亮着，建议先断电。", 60),
        (Source.RESIDENT, "", "小区门口积水到脚踝，电动车都熄火了。", 40),
        (Source.ABOVE, "rainstorm", "请各街道核查低洼院落和地下车库，19 时前报告。", 30),
    )
    lon, lat = _near(unit, 1)
    signals: list[Signal] = [
        receive_signal(
            Report(source, words, now - timedelta(minutes=ago), hazard, lon=lon, lat=lat),
            unit, by=BY, now=now,
        )
        for source, hazard, words, ago in said
    ]  # fmt: skip
    matter = link_signals([signals[0].pk, signals[1].pk], by=BY, now=now)
    annotate_signal(signals[1].pk, "已电话回复来电人，网格员正在路上。", by=BY, now=now)
    assess_signal(
        signals[0].pk,
        Judgement(
            Category.NATURAL,
            "坡面小规模掉块",
            "可能扩大为浅层滑塌，影响便道通行和 3 号楼一层住户",
            "连续降雨，两名报告人所述一致，网格员到场见新裂缝",
            Confidence.LIKELY,
            "landslide",
            EventLevel.ORDINARY,
            WarningLevel.YELLOW,
            ResponseLevel.IV,
        ),
        by=BY, now=now,
    )  # fmt: skip
    if matter.unit.parent is not None:
        refer_matter(
            matter.pk, "请派地质专业人员到场判断是否需要转移一层住户。",
            term=timedelta(hours=2), by=BY, now=now,
        )  # fmt: skip
