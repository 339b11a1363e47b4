"""Lists and pages cost the same statements however much there is."""

from datetime import timedelta

import pytest

from renwang.signals import selectors, services
from renwang.signals.models import Proposal, Signal, Watch
from renwang.signals.rules import Source
from renwang.signals.series_rules import SeriesShape
from tests.signals.conftest import MINUTE, hand_in
from tests.signals.test_triggers import RAIN


@pytest.fixture
def much(cast, operator):
    """Twelve gauges under a trigger, with readings, faults, proposals and a matter of many signals."""
    trigger = services.add_trigger(
        "暴雨", "rainstorm", RAIN, cast.street, by=operator, now=cast.now, each={"rain": "rain"}
    )
    services.switch_trigger(trigger.pk, True, by=operator, now=cast.now)
    for number in range(12):
        key = f"g{number}"
        shape = SeriesShape(key, "rain", "mm", every=60, low=0, high=60)
        services.add_sensor(
            services.SensorShape(key, key, series=(shape,)), cast.grid, by=operator, now=cast.now
        )
        hand_in(key, [30, 30, 90, 90], start=cast.now + MINUTE, step=MINUTE)
    services.evaluate_changed(cast.now + 9 * MINUTE)
    signals = [
        services.receive_signal(
            services.Report(Source.PATROL, f"第 {n} 处", cast.now),
            cast.grid, by=operator, now=cast.now,
        )
        for n in range(12)
    ]  # fmt: skip
    matter = services.link_signals([one.pk for one in signals], by=operator, now=cast.now)
    services.refer_matter(
        matter.pk, "?", term=timedelta(hours=1), by=cast.viewer(cast.officer), now=cast.now
    )
    return trigger, matter


def test_there_is_much(much):
    assert Proposal.objects.count() == 12
    assert Signal.objects.count() == 24


@pytest.mark.parametrize(
    ("most", "read"),
    [
        (2, lambda v: [s.unit.name for s in selectors.list_signals(v).items]),
        (3, lambda v: [m.signal_count for m in selectors.list_matters(v).items]),
        (3, lambda v: [r.matter.ref for r in selectors.list_referrals(v).items]),
        (3, lambda v: [p.trigger.name for p in selectors.list_proposals(v).items]),
        (3, lambda v: [t.watch_count for t in selectors.list_triggers(v).items]),
        (6, lambda v: [s.series_list[0].open_faults for s in selectors.list_sensors(v).items]),
        (3, lambda v: [f.series.sensor.name for f in selectors.list_faults(v).items]),
        (1, selectors.count_by_state),
    ],
)
def test_a_list_costs_the_same_whatever_its_length(
    much, operator, django_assert_max_num_queries, most, read
):
    with django_assert_max_num_queries(most):
        assert read(operator)


def test_a_page_costs_the_same_whatever_it_shows(
    cast, much, operator, django_assert_max_num_queries
):
    trigger, matter = much
    signal = matter.signals.first().ref
    sensor = Watch.objects.first().series.get().series.sensor.ref
    with django_assert_max_num_queries(8):
        page = selectors.trigger_page(operator, trigger.ref)
        assert [one.series_list[0].series.key for one in page.watches]
    with django_assert_max_num_queries(8):
        assert len(selectors.matter_page(operator, matter.ref).signals) == 12
    with django_assert_max_num_queries(8):
        assert selectors.signal_page(operator, signal)
    with django_assert_max_num_queries(5):
        assert selectors.sensor_page(operator, sensor)
    with django_assert_max_num_queries(4):
        assert selectors.draw_series(operator, "g3", cast.now, cast.now + 9 * MINUTE).points


def test_looking_costs_the_same_however_many_watches(
    cast, much, operator, django_assert_max_num_queries
):
    for number in range(12):
        hand_in(f"g{number}", [1], start=cast.now + 20 * MINUTE, step=MINUTE)
    with django_assert_max_num_queries(12):
        assert services.evaluate_changed(cast.now + 21 * MINUTE) == 12
