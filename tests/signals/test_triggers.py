"""Triggers propose, explain themselves, ease, and never raise and cancel with every wave."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.chain.reach import NotInReach
from renwang.signals import selectors, services
from renwang.signals.expression_rules import ExpressionRefused, Wrong
from renwang.signals.fault_rules import FaultKind
from renwang.signals.models import Fault, Proposal, Signal
from renwang.signals.rules import ProposalDecided, ProposalState, SignalState, Source
from renwang.signals.series_rules import SeriesShape
from renwang.signals.services.triggering import NothingWatched, SeriesNotBound
from tests.signals.conftest import MINUTE, hand_in, switched_on

FIVE = 5 * MINUTE
RAIN = {
    "levels": [
        {"level": "yellow", "when": 'sum("rain", "6h") >= 50', "clear_for": 1800},
        {"level": "orange", "when": 'sum("rain", "3h") >= 50', "clear_for": 1800},
        {"level": "red", "when": 'sum("rain", "3h") >= 100', "clear_for": 1800},
    ]
}
LEVEL = {
    "levels": [
        {
            "level": "blue",
            "when": 'above("level", 5.2, "10m")',
            "clear": 'below("level", 5.0, "10m")',
            "clear_for": 0,
        }
    ]
}


@pytest.fixture
def rain(cast, gauge, operator):
    trigger = services.add_trigger(
        "暴雨", "rainstorm", RAIN, cast.street, by=operator, now=cast.now, each={"rain": "rain"}
    )
    return switched_on(trigger, operator, cast.now)


@pytest.fixture
def level(cast, river, operator):
    trigger = services.add_trigger(
        "清溪水位", "flood", LEVEL, cast.street, by=operator, now=cast.now
    )
    series = river.series.get()
    services.watch_series(trigger.pk, {"level": series.pk}, by=operator, now=cast.now)
    return switched_on(trigger, operator, cast.now)


def rained(cast, values, begin=0):
    """Let it rain, one value in five minutes, and let the triggers look."""
    taken = hand_in("r07.rain", values, start=cast.now + begin * FIVE, step=FIVE)
    services.evaluate_changed(cast.now + (begin + len(values)) * FIVE)
    return taken


def stood(cast, values, begin=0):
    hand_in("l01.level", values, start=cast.now + begin * MINUTE, step=MINUTE)
    services.evaluate_changed(cast.now + (begin + len(values)) * MINUTE)


# --- refusals -------------------------------------------------------------------


def test_only_who_sets_sensors_up_writes_triggers(cast):
    with pytest.raises(NotInReach):
        services.add_trigger(
            "x", "flood", LEVEL, cast.community, by=cast.viewer(cast.secretary), now=cast.now
        )


def test_a_name_that_nobody_has_bound_is_refused_where_it_stands(cast, level, operator):
    words = {"levels": [{"level": "blue", "when": 'last("level") > 3 && last("wind") > 5'}]}
    with pytest.raises(ExpressionRefused) as refused:
        services.change_trigger(level.pk, words, by=operator, now=cast.now)
    assert (refused.value.wrong, refused.value.at) == (Wrong.UNKNOWN_SERIES, 27)
    assert refused.value.about == "wind"


def test_nothing_watched_is_not_switched_on(cast, operator):
    trigger = services.add_trigger("x", "flood", LEVEL, cast.street, by=operator, now=cast.now)
    with pytest.raises(NothingWatched):
        services.switch_trigger(trigger.pk, True, by=operator, now=cast.now)
    with pytest.raises(SeriesNotBound):
        services.watch_series(trigger.pk, {}, by=operator, now=cast.now)


def test_what_was_decided_is_decided(cast, rain, operator):
    rained(cast, [9] * 6)
    proposal = Proposal.objects.get()
    officer = cast.viewer(cast.officer)
    with pytest.raises(NotInReach):
        services.dismiss_proposal(
            proposal.pk, by=cast.viewer(cast.stranger), now=cast.now, reason="no"
        )
    services.dismiss_proposal(proposal.pk, by=officer, now=cast.now, reason="仪器在校准")
    with pytest.raises(ProposalDecided):
        services.hand_on_proposal(proposal.pk, by=officer, now=cast.now, reason="x")


# --- proposing --------------------------------------------------------------------


def test_a_proposal_explains_itself_with_the_numbers_that_met_it(cast, rain):
    rained(cast, [9] * 6)
    proposal = Proposal.objects.get()
    assert (proposal.level, proposal.state) == ("orange", ProposalState.OPEN)
    assert proposal.met_at == cast.now + 5 * FIVE
    number = proposal.numbers[0]
    assert (number["value"], number["count"], number["window_s"]) == (54, 6, 10800)
    assert len(proposal.evidence["rain"]) == 6
    assert "54 mm" in proposal.sentence_zh
    assert "石桥雨量站" in proposal.sentence_zh
    assert "54 mm in 3 hours" in proposal.sentence_en
    signal = Signal.objects.get()
    assert (signal.source, signal.state) == (Source.SENSOR, SignalState.NEW)
    assert signal.words == proposal.sentence_zh
    assert signal.path == cast.community.path


def test_a_higher_level_replaces_the_lower_ones_proposal(cast, rain):
    rained(cast, [9] * 12)
    lower, higher = Proposal.objects.order_by("met_at")
    assert (lower.level, lower.state) == ("orange", ProposalState.REPLACED)
    assert (higher.level, higher.replaces_id) == ("red", lower.pk)
    assert lower.signal.matter_id == higher.signal.matter_id


def test_what_was_dismissed_is_not_proposed_again_until_it_has_passed(cast, rain):
    rained(cast, [9] * 6)
    first = Proposal.objects.get()
    services.dismiss_proposal(
        first.pk, by=cast.viewer(cast.officer), now=cast.now, reason="已在处置"
    )
    rained(cast, [0.5] * 3, begin=6)
    assert Proposal.objects.count() == 1
    rained(cast, [0.0] * 80, begin=9)
    first.refresh_from_db()
    assert first.cleared_at is not None
    assert first.state == ProposalState.DISMISSED
    rained(cast, [9] * 6, begin=89)
    assert Proposal.objects.filter(level="orange").count() == 2


def test_a_flapping_level_neither_raises_nor_cancels(cast, level):
    stood(cast, [5.0] * 5 + [5.3, 5.1] * 40)
    assert not Proposal.objects.exists(), "never above for ten minutes"
    stood(cast, [5.3] * 12, begin=85)
    proposal = Proposal.objects.get()
    stood(cast, [5.3, 5.1] * 40, begin=97)
    proposal.refresh_from_db()
    assert proposal.cleared_at is None
    assert Proposal.objects.count() == 1
    stood(cast, [4.9] * 12, begin=177)
    proposal.refresh_from_db()
    assert proposal.cleared_at is not None


def test_silence_clears_nothing(cast, level):
    stood(cast, [5.3] * 12)
    hours_later = cast.now + timedelta(hours=5)
    services.evaluate_standing(hours_later)
    assert Proposal.objects.get().cleared_at is None


def test_rain_that_has_stopped_eases_by_the_clock(cast, rain):
    gauge_row = rain.watches.get().series.get().series
    gauge_row.every = 0  # a gauge that speaks only when it rains
    gauge_row.save()
    rained(cast, [9] * 6)
    for minutes in (60, 480, 900):
        services.evaluate_standing(cast.now + minutes * MINUTE)
    assert Proposal.objects.get().cleared_at is not None


def test_evaluation_is_the_same_in_one_batch_or_in_many(cast, rain):
    for number in range(12):
        rained(cast, [9], begin=number)
    assert list(Proposal.objects.order_by("met_at").values_list("level", flat=True)) == [
        "orange", "red",
    ]  # fmt: skip


def test_a_late_reading_counts(cast, rain):
    start = cast.now
    hand_in("r07.rain", [40.0], start=start, step=FIVE)
    services.evaluate_changed(start)
    hand_in("r07.rain", [2.0], start=start + 2 * FIVE, step=FIVE)
    services.evaluate_changed(start + 2 * FIVE)
    assert not Proposal.objects.exists()
    hand_in("r07.rain", [12.0], start=start + FIVE, step=FIVE, now=start + 3 * FIVE)
    services.evaluate_changed(start + 3 * FIVE)
    assert Proposal.objects.get().level == "orange"


def test_values_beyond_reason_propose_nothing(cast, rain):
    rained(cast, [500, 500, 500])
    assert not Proposal.objects.exists()


def test_two_of_three_gauges_are_enough_when_one_is_silent(cast, operator):
    series = {}
    for name in "abc":
        sensor = services.add_sensor(
            services.SensorShape(name, name, series=(SeriesShape(name, "level", "m", every=60),)),
            cast.street, by=operator, now=cast.now,
        )  # fmt: skip
        series[name] = sensor.series.get().pk
    words = 'count_of([last("a") > 5, last("b") > 5, last("c") > 5]) >= 2'
    trigger = services.add_trigger(
        "三取二", "flood", {"levels": [{"level": "yellow", "when": words}]}, cast.street,
        by=operator, now=cast.now,
    )  # fmt: skip
    services.watch_series(trigger.pk, series, by=operator, now=cast.now)
    switched_on(trigger, operator, cast.now)
    for name in "ab":
        hand_in(name, [6.0], start=cast.now, step=MINUTE)
        services.evaluate_changed(cast.now)
    assert Proposal.objects.get().level == "yellow"


def test_a_trigger_that_fails_is_a_fault_and_the_others_go_on(cast, level, river, operator):
    words = {"levels": [{"level": "red", "when": '1 / (last("level") - 5.3) > 2'}]}
    broken = services.add_trigger("坏", "flood", words, cast.street, by=operator, now=cast.now)
    services.watch_series(broken.pk, {"level": river.series.get().pk}, by=operator, now=cast.now)
    switched_on(broken, operator, cast.now)
    stood(cast, [5.3] * 12)
    assert Proposal.objects.get().trigger_id == level.pk
    assert Fault.objects.get(closed_at=None).kind == FaultKind.TRIGGER
    stood(cast, [4.0], begin=12)
    assert not Fault.objects.filter(kind=FaultKind.TRIGGER, closed_at=None).exists()


def test_only_triggers_whose_series_changed_look(cast, rain, level, django_assert_num_queries):
    rained(cast, [1])
    with django_assert_num_queries(1):
        assert services.evaluate_changed(cast.now) == 0
    before = level.watches.get().evaluated_to
    rained(cast, [1], begin=1)
    assert level.watches.get().evaluated_to == before


def test_a_new_sensor_of_the_place_is_watched(cast, rain, operator):
    services.add_sensor(
        services.SensorShape(
            "新站", "R-08", series=(SeriesShape("r08.rain", "rain", "mm", every=300),)
        ),
        cast.grid, by=operator, now=cast.now,
    )  # fmt: skip
    assert rain.watches.count() == 2
    hand_in("r08.rain", [30, 30], start=cast.now, step=FIVE)
    services.evaluate_changed(cast.now + FIVE)
    assert Proposal.objects.get().path == cast.grid.path


def test_versions_are_dated_and_what_stands_goes_on(cast, rain, operator):
    rained(cast, [9] * 6)
    later = cast.now + timedelta(hours=1)
    higher = {"levels": [{"level": "red", "when": 'sum("rain", "3h") >= 200'}]}
    services.change_trigger(rain.pk, higher, by=operator, now=later, note="试行")
    page = selectors.trigger_page(operator, rain.ref)
    assert [one.number for one in page.versions] == [2, 1]
    assert Proposal.objects.get().version.number == 1
    rained(cast, [9] * 6, begin=6)
    assert Proposal.objects.count() == 1


def test_it_is_tried_over_the_past_before_it_is_switched_on(cast, gauge, operator):
    trigger = services.add_trigger(
        "暴雨", "rainstorm", RAIN, cast.street, by=operator, now=cast.now, each={"rain": "rain"}
    )
    hand_in("r07.rain", [9] * 12 + [0] * 100, start=cast.now, step=FIVE)
    services.evaluate_changed(cast.now)
    assert not Proposal.objects.exists()
    tried = selectors.try_past(
        operator, trigger.watches.get(), cast.now, cast.now + timedelta(hours=12)
    )
    assert [(one.kind, one.level) for one in tried][:2] == [("rose", "orange"), ("rose", "red")]
    assert tried[-1].level is None
    assert not Entry.objects.filter(verb="signals.proposed").exists()


def test_a_proposal_is_assessed_with_its_signal_and_handed_on(cast, rain):
    rained(cast, [9] * 6)
    officer = cast.viewer(cast.officer)
    page = selectors.proposal_page(officer, Proposal.objects.get().ref)
    handed = services.hand_on_proposal(page.proposal.pk, by=officer, now=cast.now, reason="雨强")
    assert handed.state == ProposalState.HANDED
    noted = services.note_warning(handed.pk, "RWA-260715-0009", by=officer, now=cast.now)
    assert (noted.became, noted.signal.state) == ("RWA-260715-0009", SignalState.MET)
    assert selectors.list_proposals(cast.viewer(cast.stranger)).items == []
