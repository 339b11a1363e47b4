"""Signals come in word for word, are linked, assessed, put aside and opened again."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.chain.exposure import exposed_in_area, exposed_in_units
from renwang.chain.reach import NotInReach
from renwang.signals import selectors, services
from renwang.signals.models import Matter, Signal
from renwang.signals.rules import (
    NoticedInTheFuture,
    NotInAMatter,
    OneStory,
    ReasonMissing,
    SameMatter,
    SignalState,
    Source,
    WasPutAside,
    WordsMissing,
)
from renwang.signals.scale_rules import (
    Category,
    Confidence,
    EventLevel,
    Judgement,
    ResponseLevel,
    WarningLevel,
    WarningLevelNotFor,
)
from tests import make


def report(words="3号楼后面山坡在掉石头，\n 大家小心！", minutes=0, **more):
    return services.Report(
        more.pop("source", Source.PATROL),
        words,
        make.MOMENT + timedelta(minutes=minutes),
        **more,
    )


@pytest.fixture
def signal(cast):
    return services.receive_signal(
        report(lon=106.5, lat=29.5, hazard="landslide"),
        cast.grid,
        by=cast.viewer(cast.worker),
        now=cast.now,
    )


FLOOD = Judgement(
    Category.NATURAL,
    "坡面浅层滑塌",
    "可能阻断便道，危及 3 号楼",
    "连续降雨，现场见裂缝",
    Confidence.LIKELY,
    "landslide",
    EventLevel.ORDINARY,
    WarningLevel.YELLOW,
    ResponseLevel.IV,
)


# --- refusals -------------------------------------------------------------------


def test_a_stranger_reports_nothing_here(cast):
    with pytest.raises(NotInReach):
        services.receive_signal(report(), cast.grid, by=cast.viewer(cast.stranger), now=cast.now)
    assert not Signal.objects.exists()


def test_a_signal_says_something(cast):
    with pytest.raises(WordsMissing):
        services.receive_signal(report("  "), cast.grid, by=cast.viewer(cast.worker), now=cast.now)


def test_nobody_notices_the_future(cast):
    with pytest.raises(NoticedInTheFuture):
        services.receive_signal(
            report(minutes=11), cast.grid, by=cast.viewer(cast.worker), now=cast.now
        )


@pytest.mark.parametrize("who", ["stranger", "worker"])
def test_only_who_judges_there_puts_aside(cast, signal, who):
    with pytest.raises(NotInReach):
        services.put_aside(signal.pk, by=cast.viewer(getattr(cast, who)), now=cast.now, reason="no")


def test_nothing_is_put_aside_without_a_reason(cast, signal):
    with pytest.raises(ReasonMissing):
        services.put_aside(signal.pk, by=cast.viewer(cast.secretary), now=cast.now, reason=" ")


def test_a_warning_level_is_for_what_can_be_foreseen(cast, signal):
    said = Judgement(Category.SECURITY, "聚集", "", "群众反映", warning_level=WarningLevel.BLUE)
    with pytest.raises(WarningLevelNotFor):
        services.assess_signal(signal.pk, said, by=cast.viewer(cast.secretary), now=cast.now)


def test_what_was_put_aside_is_opened_before_anything_else(cast, signal):
    secretary = cast.viewer(cast.secretary)
    services.put_aside(signal.pk, by=secretary, now=cast.now, reason="重复")
    with pytest.raises(WasPutAside):
        services.assess_signal(signal.pk, FLOOD, by=secretary, now=cast.now)
    services.reopen_signal(signal.pk, by=secretary, now=cast.now, reason="又掉石头")
    assert services.assess_signal(signal.pk, FLOOD, by=secretary, now=cast.now).number == 1


# --- coming in ------------------------------------------------------------------


def test_words_stay_as_they_were_said(cast, signal):
    secretary = cast.viewer(cast.secretary)
    services.annotate_signal(signal.pk, "已派人去看", by=secretary, now=cast.now)
    signal.refresh_from_db()
    assert signal.words == "3号楼后面山坡在掉石头，\n 大家小心！"
    page = selectors.signal_page(secretary, signal.ref)
    assert [note.words for note in page.annotations] == ["已派人去看"]


def test_the_same_report_again_is_the_same_signal(cast):
    worker = cast.viewer(cast.worker)
    once = services.receive_signal(report(outside="k1"), cast.grid, by=worker, now=cast.now)
    again = services.receive_signal(report(outside="k1"), cast.grid, by=worker, now=cast.now)
    assert once.pk == again.pk
    assert Signal.objects.count() == 1


def test_a_carrier_sees_what_he_brought_in_and_nothing_else(cast, signal):
    leader = cast.viewer(cast.leader)
    own = services.receive_signal(report("门口积水"), cast.group, by=leader, now=cast.now)
    assert list(selectors.visible_to(leader)) == [own]
    assert not selectors.visible_to(cast.viewer(cast.stranger)).exists()


def test_a_key_without_the_scope_does_not_show_ones_own(cast):
    from renwang.chain.reach import viewer_of

    leader = cast.viewer(cast.leader)
    services.receive_signal(report("门口积水"), cast.group, by=leader, now=cast.now)
    key = viewer_of(cast.leader, cast.now, scopes=["alerts.see"])
    assert not selectors.visible_to(key).exists()


# --- linking ---------------------------------------------------------------------


def test_what_is_near_and_of_one_kind_is_suggested(cast, signal):
    secretary = cast.viewer(cast.secretary)
    near = services.receive_signal(
        report("滑坡了", 5, lon=106.501, lat=29.5), cast.grid, by=secretary, now=cast.now
    )
    services.receive_signal(
        report("停电", 5, lon=106.5, lat=29.5, hazard="power_cut"),
        cast.grid, by=secretary, now=cast.now,
    )  # fmt: skip
    found = selectors.suggestions_for(secretary, signal)
    assert [one.pk for one, _ in found] == [near.pk]
    assert found[0][1].metres == pytest.approx(97, abs=2)


def test_links_join_matters_and_come_apart(cast, signal):
    secretary = cast.viewer(cast.secretary)
    others = [
        services.receive_signal(report(f"又来 {n}", n), cast.grid, by=secretary, now=cast.now)
        for n in range(3)
    ]
    first = services.link_signals([signal.pk, others[0].pk], by=secretary, now=cast.now)
    second = services.link_signals([others[1].pk, others[2].pk], by=secretary, now=cast.now)
    into = services.merge_matters(second.pk, first.pk, by=secretary, now=cast.now)
    assert into.signals.count() == 4
    with pytest.raises(SameMatter):
        services.merge_matters(second.pk, first.pk, by=secretary, now=cast.now)
    services.unmerge_matter(
        second.pk, [others[1].pk, others[2].pk], by=secretary, now=cast.now, reason="两处"
    )
    assert first.signals.count() == second.signals.count() == 2
    alone = services.unlink_signal(others[0].pk, by=secretary, now=cast.now)
    assert (alone.state, alone.matter_id) == (SignalState.NEW, None)
    with pytest.raises(NotInAMatter):
        services.unlink_signal(others[0].pk, by=secretary, now=cast.now)


def test_linking_signals_of_two_matters_joins_these(cast, signal):
    secretary = cast.viewer(cast.secretary)
    other = services.receive_signal(report("也掉石头", 3), cast.grid, by=secretary, now=cast.now)
    for one in (signal, other):
        services.assess_signal(one.pk, FLOOD, by=secretary, now=cast.now)
    matter = services.link_signals([signal.pk, other.pk], by=secretary, now=cast.now)
    assert matter.signals.count() == 2
    assert Matter.objects.filter(merged_into=matter).count() == 1


def test_a_matter_lies_where_all_its_signals_do(cast, signal):
    officer = cast.viewer(cast.officer)
    far = services.receive_signal(
        report("这边也有", 1), cast.neighbour_community, by=officer, now=cast.now
    )
    matter = services.link_signals([signal.pk, far.pk], by=officer, now=cast.now)
    matter.refresh_from_db()
    assert matter.path == cast.street.path


def test_a_rehearsal_is_not_mixed_in(cast, signal):
    secretary = cast.viewer(cast.secretary)
    played = services.receive_signal(
        report("演练"), cast.grid, by=secretary, now=cast.now, drill=make.uuid7(cast.now)
    )
    with pytest.raises(OneStory):
        services.link_signals([signal.pk, played.pk], by=secretary, now=cast.now)
    assert not selectors.visible_to(secretary).filter(pk=played.pk).exists()


# --- assessing --------------------------------------------------------------------


def test_an_assessment_covers_the_matter_and_stays_when_another_comes(cast, signal):
    secretary = cast.viewer(cast.secretary)
    other = services.receive_signal(report("也掉石头", 3), cast.grid, by=secretary, now=cast.now)
    matter = services.link_signals([signal.pk, other.pk], by=secretary, now=cast.now)
    exposed = exposed_in_units(secretary, [cast.grid])
    services.assess_signal(signal.pk, FLOOD, by=secretary, now=cast.now, exposed=exposed)
    second = services.assess_matter(matter.pk, FLOOD, by=secretary, now=cast.now)
    page = selectors.matter_page(secretary, matter.ref)
    assert [one.number for one in page.assessments] == [2, 1]
    assert page.matter.assessment_id == second.pk
    assert {one.state for one in page.signals} == {SignalState.ASSESSED}
    assert page.assessments[1].exposed["places"] == ["第一网格"]


def test_a_warning_is_asked_for_and_met(cast, signal):
    secretary = cast.viewer(cast.secretary)
    services.assess_signal(signal.pk, FLOOD, by=secretary, now=cast.now)
    signal.refresh_from_db()
    services.ask_for_warning(signal.matter_id, by=secretary, now=cast.now, reason="雨还在下")
    met = services.meet_signal(signal.pk, "RWA-260715-0001", by=secretary, now=cast.now)
    assert (met.state, met.met_by) == (SignalState.MET, "RWA-260715-0001")
    verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == [
        "signals.received", "signals.matter_opened", "signals.assessed", "signals.warning_asked",
        "signals.met",
    ]  # fmt: skip


def test_who_is_exposed_is_counted_and_nobody_named(cast):
    from shapely import box

    house = make.building("1号楼", cast.group, lon=106.5, lat=29.5)
    make.building("2号楼", cast.group, lon=107.5, lat=29.5)
    for door in range(3):
        make.household(house, f"{door}", cast.contact_household, heads=2)
    seen = exposed_in_area(cast.viewer(cast.secretary), box(106, 29, 107, 30))
    assert (seen.buildings, seen.households, seen.residents) == (1, 3, 6)
    hidden = exposed_in_area(cast.viewer(cast.stranger), box(106, 29, 107, 30))
    assert hidden.buildings == 0
