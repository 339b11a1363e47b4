"""Readings come in late, doubled, out of order, beyond reason, with wrong clocks; each is counted and none is a crash."""

from datetime import timedelta
from math import nan

import pytest

from renwang.base.models import Entry
from renwang.chain.reach import NotInReach, viewer_of
from renwang.signals import selectors, services
from renwang.signals.fault_rules import Doubt, FaultKind
from renwang.signals.models import Fault, Intake, Pulse, Reading, Series
from renwang.signals.rules import SignalRefused
from renwang.signals.series_rules import SeriesShape
from tests.signals.conftest import MINUTE, hand_in

FIVE = 5 * MINUTE


def values(key):
    return list(
        Reading.objects.filter(series__key=key).order_by("at").values_list("value", flat=True)
    )


def open_faults(key):
    return set(Fault.objects.filter(series__key=key, closed_at=None).values_list("kind", flat=True))


# --- refusals -------------------------------------------------------------------


def test_who_may_not_feed_sensors_is_refused(cast, gauge):
    rows = [("r07.rain", cast.now, 1.0)]
    with pytest.raises(NotInReach):
        services.take_in(rows, by=cast.viewer(cast.secretary), now=cast.now)


def test_a_key_with_this_scope_may_do_nothing_else(cast, gauge):
    key = viewer_of(cast.operator, cast.now, scopes=["sensors.feed"])
    assert services.take_in([("r07.rain", cast.now, 1.0)], by=key, now=cast.now).stored == 1
    with pytest.raises(NotInReach):
        services.use_sensor(gauge.pk, False, by=key, now=cast.now)


@pytest.mark.parametrize(
    "shape",
    [
        SeriesShape("with blank", "rain", "mm"),
        SeriesShape("r07.rain", "rain", "mm"),
        SeriesShape("x", "", "mm"),
        SeriesShape("x", "rain", "mm", low=5, high=5),
        SeriesShape("x", "rain", "mm", jump=0),
        SeriesShape("x", "rain", "mm", every=-1),
    ],
)
def test_a_series_that_makes_no_sense_is_refused(cast, gauge, operator, shape):
    with pytest.raises(SignalRefused):
        services.add_series(gauge.pk, shape, by=operator, now=cast.now)


# --- what comes in ---------------------------------------------------------------


def test_late_doubled_and_contradicting_readings_are_counted(cast, gauge):
    start = cast.now - timedelta(hours=1)
    first = hand_in("r07.rain", [1, 2, 3, 4], start=start, step=FIVE)
    assert (first.stored, first.late) == (4, 0)
    second = services.take_in(
        [
            ("r07.rain", start + 2 * MINUTE, 0.5),  # came late
            ("r07.rain", start, 1.0),  # the same again
            ("r07.rain", start + FIVE, 9.0),  # another value for a moment that has one
            ("r07.rain", start + 4 * FIVE, 5.0),
            ("r07.rain", start + 4 * FIVE, 5.0),
            ("r07.rain", start + 4 * FIVE, 6.0),
            ("nobody.knows", start, 1.0),
        ],
        by="node:test",
        now=cast.now,
    )
    assert (second.stored, second.late) == (2, 1)
    assert (second.repeated, second.contradicted) == (2, 2)
    assert (second.unknown, second.strangers) == (1, ["nobody.knows"])
    assert values("r07.rain") == [1, 0.5, 2, 3, 4, 5]


def test_out_of_order_batches_leave_the_newest_standing(cast, gauge):
    start = cast.now - timedelta(hours=1)
    hand_in("r07.rain", [5], start=start + FIVE, step=FIVE)
    hand_in("r07.rain", [4], start=start, step=FIVE)
    pulse = Pulse.objects.get(series__key="r07.rain")
    assert (pulse.last_value, pulse.last_at) == (5, start + FIVE)


def test_wrong_clocks_are_not_kept_and_become_a_fault(cast, gauge):
    future, past = cast.now + timedelta(hours=8), cast.now - timedelta(days=3000)
    taken = services.take_in(
        [("r07.rain", future, 1.0), ("r07.rain", past, 1.0), ("r07.rain", cast.now, nan)],
        by="node:test",
        now=cast.now,
    )
    assert taken.refused == {"future": 1, "too_old": 1, "not_a_number": 1}
    assert taken.stored == 0
    assert open_faults("r07.rain") == {FaultKind.CLOCK}
    hand_in("r07.rain", [0] * 5, start=cast.now, step=FIVE)
    assert open_faults("r07.rain") == set()


def test_values_beyond_reason_are_kept_and_not_believed(cast, gauge):
    start = cast.now - timedelta(hours=5)
    hand_in("r07.rain", [1, 500], start=start, step=FIVE)
    assert open_faults("r07.rain") == set()
    hand_in("r07.rain", [500], start=start + 2 * FIVE, step=FIVE)
    assert open_faults("r07.rain") == {FaultKind.RANGE}
    assert list(Reading.objects.order_by("at").values_list("doubt", flat=True)) == [
        Doubt.NONE, Doubt.RANGE, Doubt.RANGE,
    ]  # fmt: skip
    hand_in("r07.rain", [1] * 4, start=start + 3 * FIVE, step=FIVE)
    assert open_faults("r07.rain") == {FaultKind.RANGE}, "well for a while, not at once"
    hand_in("r07.rain", [1], start=start + 7 * FIVE, step=FIVE)
    assert open_faults("r07.rain") == set()


def test_a_jump_is_doubted_and_a_new_place_is_believed(cast, river):
    start = cast.now - timedelta(hours=2)
    hand_in("l01.level", [3, 9, 3, 3], start=start, step=MINUTE)
    doubts = list(Reading.objects.order_by("at").values_list("doubt", flat=True))
    assert doubts == [0, Doubt.SPIKE, 0, 0]
    hand_in("l01.level", [9, 9, 9, 9], start=start + 4 * MINUTE, step=MINUTE)
    assert open_faults("l01.level") == {FaultKind.SPIKE}
    assert Pulse.objects.get(series__key="l01.level").last_value == 9


def test_what_stays_the_same_for_too_long_is_stuck(cast, river, gauge):
    start = cast.now - timedelta(hours=3)
    hand_in("l01.level", [3.0] * 62, start=start, step=MINUTE)
    assert open_faults("l01.level") == {FaultKind.STUCK}
    hand_in("l01.level", [3.01], start=start + 62 * MINUTE, step=MINUTE)
    assert open_faults("l01.level") == set()
    hand_in("r07.rain", [0.0] * 30, start=start, step=FIVE)
    assert open_faults("r07.rain") == set(), "no rain is no fault"


def test_silence_is_noticed_and_ends(cast, river, gauge):
    start = cast.now - timedelta(minutes=30)
    hand_in("l01.level", [3.0], start=start, step=MINUTE)
    hand_in("r07.rain", [0.0] * 6, start=start, step=FIVE, now=cast.now)
    assert services.find_silent(cast.now) == 1
    assert services.find_silent(cast.now) == 0
    assert open_faults("l01.level") == {FaultKind.SILENCE}
    hand_in("l01.level", [3.0, 3.1, 3.2], start=cast.now, step=MINUTE)
    assert open_faults("l01.level") == set()
    assert [e.verb for e in Entry.objects.filter(verb__contains="fault").order_by("pk")] == [
        "signals.fault_opened", "signals.fault_closed",
    ]  # fmt: skip


def test_a_node_that_slept_blames_no_instrument(cast, river, gauge):
    hand_in("l01.level", [3.0], start=cast.now - timedelta(hours=9), step=MINUTE)
    hand_in("r07.rain", [0.0], start=cast.now - timedelta(hours=9), step=MINUTE)
    hand_in("r07.rain", [0.0], start=cast.now, step=MINUTE)
    assert services.find_silent(cast.now) == 1
    assert open_faults("l01.level") == {FaultKind.SILENCE}


def test_a_sensor_out_of_use_is_not_heard(cast, gauge, operator):
    services.use_sensor(gauge.pk, False, by=operator, now=cast.now, reason="维修")
    taken = hand_in("r07.rain", [1], start=cast.now, step=FIVE)
    assert (taken.stored, taken.unknown) == (0, 1)


def test_readings_are_found_by_their_datastream(cast, gauge, operator):
    series = Series.objects.get(key="r07.rain")
    shape = SeriesShape("r07.rain", "rain", "mm", every=300, outside="ds/42", low=0, high=80)
    services.change_series(series.pk, shape, by=operator, now=cast.now)
    assert services.take_in([("ds/42", cast.now, 2.0)], by="node:test", now=cast.now).stored == 1
    assert values("r07.rain") == [2]


def test_each_hour_is_told_once(cast, gauge):
    hand_in("r07.rain", [1, 2], start=cast.now, step=MINUTE, now=cast.now)
    hand_in("r07.rain", [1, 2], start=cast.now, step=MINUTE, now=cast.now)
    later = cast.now + timedelta(hours=1)
    assert services.tell_intakes(cast.now) == 0
    assert services.tell_intakes(later) == 1
    assert services.tell_intakes(later) == 0
    facts = Entry.objects.get(verb="signals.readings_taken").facts
    assert (facts["batches"], facts["stored"], facts["repeated"]) == (2, 2, 2)
    assert Intake.objects.get().source == "node:test"


def test_old_readings_are_dropped(cast, gauge):
    hand_in("r07.rain", [1, 2], start=cast.now - timedelta(days=1), step=timedelta(days=1))
    assert services.drop_old_readings(cast.now + timedelta(days=401)) == 2
    assert services.drop_old_readings(cast.now + timedelta(days=401)) == 0
    assert values("r07.rain") == []


def test_a_batch_costs_the_same_statements_whatever_its_size(
    cast, gauge, river, django_assert_max_num_queries
):
    rows = [("r07.rain", cast.now + n * timedelta(seconds=1), 0.0) for n in range(300)]
    rows += [("l01.level", cast.now + n * timedelta(seconds=1), 3.0) for n in range(300)]
    hand_in("r07.rain", [1], start=cast.now - FIVE, step=FIVE)
    with django_assert_max_num_queries(9):
        services.take_in(rows, by="node:test", now=cast.now)


# --- what is seen ------------------------------------------------------------------


def test_a_drawn_series_keeps_its_peaks(cast, gauge, operator):
    start = cast.now - timedelta(days=2)
    rain = [0.0] * 500
    rain[333] = 42.0
    hand_in("r07.rain", rain, start=start, step=MINUTE)
    drawn = selectors.draw_series(operator, "r07.rain", start, cast.now, most=60)
    assert len(drawn.points) <= 62
    assert drawn.readings == 500
    assert max(value for _, value, _ in drawn.points) == 42.0
    assert selectors.draw_series(cast.viewer(cast.stranger), "r07.rain", start, cast.now) is None


def test_sensors_are_listed_with_their_faults(cast, gauge, river, operator):
    hand_in("r07.rain", [1, 500, 500], start=cast.now - FIVE, step=MINUTE)
    page = selectors.list_sensors(operator, state="faulty")
    assert [one.code for one in page.items] == ["R-07"]
    assert [f.kind for f in page.items[0].series_list[0].open_faults] == [FaultKind.RANGE]
    assert [f.kind for f in selectors.list_faults(operator).items] == [FaultKind.RANGE]
    assert selectors.list_sensors(cast.viewer(cast.stranger)).items == []
    assert selectors.sensor_page(operator, gauge.ref).series[0].pulse.last_value == 1
