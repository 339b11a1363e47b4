"""Triggers over a real flood: the Susquehanna's tributary at Lisle, April 2005, a reading in half an hour (cubic feet a second)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from renwang.signals.payloads import read_column
from renwang.signals.scale_rules import WarningLevel
from renwang.signals.trial_rules import try_trigger
from renwang.signals.trigger_rules import LevelRule, TurnKind, define

FLOOD = Path(__file__).parents[3] / "shared/data/hydromet/usgs_01509520_lisle_event_2005-04.tsv"
HALF_HOUR = timedelta(minutes=30)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FLOOD.is_file(), reason="the folder of real data is not here"),
]


@pytest.fixture(scope="module")
def flow():
    return list(read_column(FLOOD.read_bytes(), "flow"))


def tried(levels, flow):
    return try_trigger(
        define(levels), {"flow": flow}, flow[0][0], flow[-1][0], every={"flow": HALF_HOUR}
    )


def test_each_threshold_is_proposed_when_the_water_first_reached_it(flow):
    marks = {WarningLevel.BLUE: 10_000, WarningLevel.YELLOW: 14_000, WarningLevel.RED: 18_000}
    levels = [LevelRule(level, f'last("flow") > {mark}') for level, mark in marks.items()]
    rose = [one for one in tried(levels, flow) if one.kind is TurnKind.ROSE]
    first = {level: next(at for at, value in flow if value > mark) for level, mark in marks.items()}
    assert {one.level: one.at for one in rose} == first
    assert len(rose) == 3, "one rise of each level, though the water wavered on its way down"
    for one in rose:
        assert one.measures[0].value.number > marks[one.level]


def test_the_rise_is_seen_before_the_threshold(flow):
    levels = [
        LevelRule(WarningLevel.BLUE, 'rate("flow", "2h") > 500', clear='rate("flow", "2h") < 100'),
        LevelRule(WarningLevel.RED, 'last("flow") > 18000'),
    ]
    rose = [one for one in tried(levels, flow) if one.kind is TurnKind.ROSE]
    assert [one.level for one in rose] == [WarningLevel.BLUE, WarningLevel.RED]
    assert rose[1].at - rose[0].at >= timedelta(hours=8)
    assert rose[0].at < datetime(2005, 4, 2, 21, tzinfo=UTC)


def test_without_hysteresis_it_would_have_flapped(flow):
    mark = 9_440
    crossings = sum(one[1] <= mark < other[1] for one, other in pairwise(flow))
    held = tried(
        [LevelRule(WarningLevel.BLUE, f'last("flow") > {mark}', clear='last("flow") < 8000')], flow
    )
    assert crossings >= 2
    assert sum(one.kind is TurnKind.ROSE for one in held) == 1
