"""Where signals and sensors lie: nobody sees another place's, the gravest names a place, and map and list agree."""

from datetime import timedelta

import pytest

from renwang.chain.models import Unit
from renwang.signals import selectors, services
from renwang.signals.fault_rules import FaultKind
from renwang.signals.models import Signal
from renwang.signals.rules import SignalState, Source
from renwang.signals.scale_rules import WarningLevel
from renwang.signals.selectors import Health, Look, sensor_stands, signal_spots
from renwang.signals.selectors.mapping import health_of, look_of
from tests.signals.conftest import MINUTE, hand_in
from tests.signals.test_inbox import FLOOD, report


@pytest.fixture
def by(cast):
    return cast.viewer(cast.officer)


@pytest.fixture
def bring(cast):
    def brought(words="积水", unit=None, **more) -> Signal:
        return services.receive_signal(
            report(words, **more), unit or cast.grid, by="node:test", now=cast.now
        )

    return brought


def test_a_stranger_finds_no_place_and_no_sensor(cast, bring, gauge):
    bring(lon=106.5, lat=29.5)
    stranger = cast.viewer(cast.stranger)
    assert signal_spots(stranger) == ([], False)
    assert sensor_stands(stranger) == ([], False)


def test_signals_of_one_place_are_one_spot_that_looks_as_grave_as_the_gravest(cast, by, bring):
    first = bring("一", lon=106.50001, lat=29.50001)
    bring("二", lon=106.50002, lat=29.50002)
    bring("三", lon=106.51, lat=29.5)
    services.assess_signal(first.pk, FLOOD, by=by, now=cast.now)
    (grave, other), is_cut = signal_spots(by)
    assert (grave.look, grave.signals, grave.waiting) == (Look(FLOOD.warning_level.value), 2, 1)
    assert list(grave.matters.values()) == ["一"]
    assert (other.look, other.signals) == (Look.WAITING, 1)
    assert not is_cut


def test_a_signal_without_a_position_lies_where_its_unit_does_or_nowhere(cast, by, bring):
    bring()
    [spot] = signal_spots(by)[0]
    assert (spot.lon, spot.lat) == (None, None)
    Unit.objects.filter(pk=cast.grid.pk).update(lon=106.6, lat=29.6)
    [spot] = signal_spots(by)[0]
    assert (spot.lon, spot.lat) == (106.6, 29.6)


def test_map_and_list_are_narrowed_alike(cast, by, bring):
    bring("积水", hazard="flood")
    bring("掉石头", hazard="landslide", source=Source.RESIDENT)
    bring("云溪", unit=cast.neighbour_community)
    for wanted in (
        {}, {"hazard": "flood"}, {"text": "石头"}, {"sources": [Source.RESIDENT]},
        {"under": cast.community}, {"states": [SignalState.ASIDE]},
    ):  # fmt: skip
        listed = {one.ref for one in selectors.list_signals(by, **wanted).items}
        spots, _is_cut = signal_spots(by, **wanted)
        assert sum(spot.signals for spot in spots) == len(listed)
        assert {spot.latest_ref for spot in spots} <= listed


def test_many_signals_are_cut_after_the_latest_and_it_is_said(
    cast, by, bring, django_assert_num_queries
):
    for number in range(4):
        bring(f"{number}", lon=106.5 + number, lat=29.5)
    with django_assert_num_queries(1):
        spots, is_cut = signal_spots(by, most=3)
    assert len(spots) == 3 and is_cut


@pytest.mark.parametrize(
    ("state", "level", "proposed", "look"),
    [
        (SignalState.NEW, "", "", Look.WAITING),
        (SignalState.LINKED, "", "", Look.WAITING),
        (SignalState.NEW, "", "orange", Look.ORANGE),
        (SignalState.ASSESSED, "yellow", "orange", Look.YELLOW),
        (SignalState.ASSESSED, "", "", Look.JUDGED),
        (SignalState.MET, "", "", Look.JUDGED),
        (SignalState.ASIDE, "red", "red", Look.ASIDE),
    ],
)
def test_what_a_signal_looks_like(state, level, proposed, look):
    assert look_of(state, level, proposed) is look


def test_every_warning_level_has_a_look():
    assert [Look(level.value) for level in WarningLevel] == list(Look)[: len(WarningLevel)]


@pytest.mark.parametrize(
    ("kinds", "health"),
    [
        ((), Health.WELL),
        ((FaultKind.SPIKE,), Health.DOUBTFUL),
        ((FaultKind.SPIKE, FaultKind.STUCK), Health.STUCK),
        ((FaultKind.STUCK, FaultKind.SILENCE), Health.SILENT),
    ],
)
def test_how_a_sensor_is(kinds, health):
    assert health_of(kinds) is health


def test_sensors_stand_with_their_health_the_worst_first(
    cast, by, gauge, river, operator, django_assert_num_queries
):
    hand_in("r07.rain", [0, 0], start=cast.now, step=5 * MINUTE)
    hand_in("l01.level", [2, 2.1], start=cast.now, step=MINUTE)
    services.find_silent(cast.now + timedelta(minutes=7))
    with django_assert_num_queries(2):
        stands, is_cut = sensor_stands(by)
    assert [(one.name, one.health) for one in stands] == [
        ("清溪水位站", Health.SILENT), ("石桥雨量站", Health.WELL),
    ]  # fmt: skip
    assert (stands[1].lon, stands[1].lat, is_cut) == (106.5, 29.5, False)
    services.use_sensor(river.pk, False, by=operator, now=cast.now)
    assert [one.name for one in sensor_stands(by, under=cast.community)[0]] == ["石桥雨量站"]
    assert sensor_stands(by, most=0) == ([], True)
