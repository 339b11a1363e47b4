"""A facility's life: strangers refused beside those allowed, what is refused, what each deed leaves behind."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from renwang.base.models import Entry
from renwang.chain.models import Holding
from renwang.chain.reach import NotInReach
from renwang.chain.services import division
from renwang.outreach.models import Errand
from renwang.registers.facilities import photos, services
from renwang.registers.facilities.models import Defect, Facility, Inspection, Photo, Step
from renwang.registers.facilities.rules import (
    Act,
    DayRefused,
    DefectOver,
    DefectsOpen,
    FigureRefused,
    HoursRefused,
    InspectedInTheFuture,
    KindUnknown,
    NameMissing,
    NotForPeople,
    NotNow,
    NotOpen,
    NotUsable,
    ReasonMissing,
    ReturnMissing,
    State,
    TierUnknown,
    Verdict,
)
from renwang.registers.facilities.services import Broken, Entered, Looked, RoomSaid
from renwang.registers.photos import PhotoGone
from tests import make
from tests.registers.facilities.conftest import DAY, TODAY, broken, centre, entered, shelter


def picture(colour: str = "olive") -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), colour).save(drawn, "PNG")
    return drawn.getvalue()


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


# --- who may not ------------------------------------------------------------------


@pytest.mark.parametrize("who", ["stranger", "worker", "leader"])
def test_only_who_keeps_the_list_there_puts_anything_on_it(cast, who):
    with pytest.raises(NotInReach):
        entered(cast, by=getattr(cast, who))
    assert not Facility.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "worker"])
def test_who_does_not_keep_a_facility_changes_opens_and_states_nothing(cast, who):
    one, viewer = shelter(cast), cast.viewer(getattr(cast, who))
    deeds = [
        lambda: services.change_state(one.pk, Act.LIMIT, reason="x", by=viewer, now=cast.now),
        lambda: services.open_facility(one.pk, reason="x", by=viewer, now=cast.now),
        lambda: services.change_facility(
            one.pk, Entered(one.kind, "别名"), cast.grid, by=viewer, now=cast.now
        ),
        lambda: services.keep_room(one.pk, RoomSaid("x", "hall", 1), by=viewer, now=cast.now),
    ]
    for deed in deeds:
        with pytest.raises(NotInReach):
            deed()
    one.refresh_from_db()
    assert (one.name, one.state, one.opened_at) == ("石桥广场", State.READY, None)


def test_a_stranger_neither_inspects_nor_mends_nor_photographs(cast):
    one, viewer = shelter(cast), cast.viewer(cast.stranger)
    defect = broken(cast, one)
    with pytest.raises(NotInReach):
        services.record_inspection(one.pk, Looked(Verdict.FIT), by=viewer, now=cast.now)
    with pytest.raises(NotInReach):
        services.mend_defect(defect.pk, "好了", by=viewer, now=cast.now)
    with pytest.raises(NotInReach):
        photos.photograph_facility(one.pk, picture(), by=viewer, now=cast.now)
    assert not Inspection.objects.exists()


# --- what is refused ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("entering", "refusal"),
    [
        (Entered("hydrant", " "), NameMissing),
        (Entered("moat", "护城河"), KindUnknown),
        (Entered("hydrant", "消火栓", "community"), TierUnknown),
        (Entered("centre", "服务中心"), TierUnknown),
        (Entered("centre", "服务中心", "palace"), TierUnknown),
        (Entered("hydrant", "消火栓", amounts={"area_m2": 3}), FigureRefused),
        (Entered("hydrant", "消火栓", amounts={"flow_l_s": -1}), FigureRefused),
        (Entered("hydrant", "消火栓", weekdays="早九晚五"), HoursRefused),
    ],
)
def test_what_makes_no_facility_is_refused(cast, entering, refusal):
    viewer = cast.viewer(cast.secretary)
    with pytest.raises(refusal):
        services.enter_facility(entering, cast.grid, by=viewer, now=cast.now)


def test_what_goes_out_of_use_says_why_and_until_when(cast):
    one, by = entered(cast), cast.viewer(cast.secretary)
    for reason, expected_on, refusal in (
        (" ", TODAY, ReasonMissing),
        ("锈死", None, ReturnMissing),
        ("锈死", TODAY - DAY, DayRefused),
    ):
        with pytest.raises(refusal):
            services.change_state(
                one.pk, Act.BREAK, reason=reason, expected_on=expected_on, by=by, now=cast.now
            )
    with pytest.raises(NotNow):
        services.change_state(one.pk, Act.RETURN, reason="x", by=by, now=cast.now)


def test_nothing_is_opened_that_takes_nobody_in_or_cannot_be_used(cast):
    by = cast.viewer(cast.secretary)
    with pytest.raises(NotForPeople):
        services.open_facility(entered(cast).pk, reason="暴雨", by=by, now=cast.now)
    one = shelter(cast)
    with pytest.raises(NotOpen):
        services.shut_facility(one.pk, reason="雨停", by=by, now=cast.now)
    services.change_state(
        one.pk, Act.CLOSE, reason="施工", expected_on=TODAY + DAY, by=by, now=cast.now
    )
    with pytest.raises(NotUsable):
        services.open_facility(one.pk, reason="暴雨", by=by, now=cast.now)


# --- deeds ----------------------------------------------------------------------------


def test_a_new_facility_is_ready_and_due_to_be_looked_at_within_a_month(cast):
    one = entered(cast, lon=106.5, lat=29.5, amounts={"flow_l_s": 15.0})
    assert (one.state, one.inspect_due_on, one.path) == (
        State.READY, TODAY + 30 * DAY, cast.grid.path,
    )  # fmt: skip
    fact = Entry.objects.get(verb="facilities.entered")
    assert fact.facts["amounts"] == {"flow_l_s": 15.0}
    assert Step.objects.get(facility=one).act == "entered"


def test_what_was_known_before_a_change_stays_in_the_journal(cast):
    one, by = entered(cast), cast.viewer(cast.secretary)
    said = Entered("hydrant", "柳溪桥西消火栓", amounts={"flow_l_s": 10.0}, post=cast.grid_post)
    services.change_facility(one.pk, said, cast.community, by=by, now=cast.now)
    one.refresh_from_db()
    assert (one.name, one.path) == ("柳溪桥西消火栓", cast.community.path)
    changed = Entry.objects.get(verb="facilities.changed").facts["changed"]
    assert changed["name"] == ["柳溪桥头消火栓", "柳溪桥西消火栓"]
    assert set(changed) == {"name", "amounts", "unit"}


def test_the_rooms_that_take_people_in_make_the_capacity(cast):
    one, by = centre(cast), cast.viewer(cast.secretary)
    assert one.rooms_m2 == 70
    services.keep_room(one.pk, RoomSaid("大厅", "hall", 35, "elders"), by=by, now=cast.now)
    services.keep_room(
        one.pk, RoomSaid("库房", "store", 30, "shelter"), by=by, now=cast.now, number=2
    )
    one.refresh_from_db()
    assert one.rooms_m2 == 135
    for number in (1, 2, 3):
        services.strike_room(one.pk, number, by=by, now=cast.now)
    one.refresh_from_db()
    assert one.rooms_m2 is None
    with pytest.raises(KindUnknown):
        services.keep_room(one.pk, RoomSaid("x", "moat", 1), by=by, now=cast.now)
    with pytest.raises(FigureRefused):
        services.keep_room(one.pk, RoomSaid("x", "hall", -1), by=by, now=cast.now)


def test_what_goes_out_of_use_is_shut_for_people(cast):
    one, by = shelter(cast), cast.viewer(cast.secretary)
    services.open_facility(one.pk, reason="暴雨", by=by, now=cast.now)
    services.change_state(
        one.pk, Act.BREAK, reason="进水", expected_on=TODAY + DAY, by=by, now=cast.now
    )
    one.refresh_from_db()
    assert (one.state, one.opened_at, one.reason) == (State.OUT_OF_ORDER, None, "进水")
    services.change_state(one.pk, Act.RESTORE, reason="已排干", by=by, now=cast.now)
    one.refresh_from_db()
    assert (one.state, one.reason, one.expected_on) == (State.READY, "", None)


def test_an_inspection_finds_what_is_broken_and_says_when_to_look_again(cast):
    one, worker = entered(cast), cast.viewer(cast.worker)
    looked = Looked(
        Verdict.UNFIT, words="不出水", checks={"water": False, "access": True, "moat": True},
        broken=[Broken("阀门锈死", True)], outside="field:1",
    )  # fmt: skip
    made = services.record_inspection(one.pk, looked, by=worker, now=cast.now)
    assert services.record_inspection(one.pk, looked, by=worker, now=cast.now) == made
    one.refresh_from_db()
    assert (one.state, one.inspected_on, one.inspect_due_on) == (
        State.OUT_OF_ORDER, TODAY, TODAY + 90 * DAY,
    )  # fmt: skip
    assert made.checks == {"water": False, "access": True}
    defect = Defect.objects.get()
    assert (defect.post, defect.due_on, defect.inspection) == (
        cast.grid_post, TODAY + 7 * DAY, made,
    )  # fmt: skip
    with pytest.raises(DefectsOpen):
        services.change_state(
            one.pk, Act.RESTORE, reason="x", by=cast.viewer(cast.secretary), now=cast.now
        )
    services.record_inspection(one.pk, Looked(Verdict.FIT), by=worker, now=cast.now)
    one.refresh_from_db()
    assert one.state == State.OUT_OF_ORDER  # something grave is still broken
    services.mend_defect(defect.pk, "换了阀杆", by=worker, now=cast.now)
    services.record_inspection(one.pk, Looked(Verdict.FIT), by=worker, now=cast.now)
    one.refresh_from_db()
    assert one.state == State.READY


def test_nobody_looks_tomorrow_and_an_earlier_look_changes_nothing(cast):
    one, by = entered(cast), cast.viewer(cast.worker)
    with pytest.raises(InspectedInTheFuture):
        services.record_inspection(one.pk, Looked(Verdict.FIT, TODAY + DAY), by=by, now=cast.now)
    services.record_inspection(one.pk, Looked(Verdict.FIT), by=by, now=cast.now)
    services.record_inspection(one.pk, Looked(Verdict.UNFIT, TODAY - 9 * DAY), by=by, now=cast.now)
    one.refresh_from_db()
    assert (one.state, one.inspected_on) == (State.READY, TODAY)
    assert Inspection.objects.count() == 2


def test_a_defect_is_mended_by_who_holds_its_post_given_up_and_there_again(cast):
    one, by = entered(cast), cast.viewer(cast.secretary)
    defect = broken(cast, one, post=cast.contact_post)
    services.assign_defect(defect.pk, cast.group_post, due_on=TODAY + DAY, by=by, now=cast.now)
    with pytest.raises(NotInReach):
        services.mend_defect(defect.pk, "好了", by=cast.viewer(cast.head), now=cast.now)
    with pytest.raises(ReasonMissing):
        services.mend_defect(defect.pk, " ", by=cast.viewer(cast.leader), now=cast.now)
    services.mend_defect(defect.pk, "换了阀杆", by=cast.viewer(cast.leader), now=cast.now)
    with pytest.raises(DefectOver):
        services.drop_defect(defect.pk, reason="x", by=by, now=cast.now)
    services.reopen_defect(defect.pk, reason="又漏了", by=by, now=cast.now)
    services.drop_defect(defect.pk, reason="整栓更换", by=by, now=cast.now)
    defect.refresh_from_db()
    assert (defect.state, defect.evidence, defect.ended_by) == ("dropped", "整栓更换", by.id)


# --- errands --------------------------------------------------------------------------


def late(cast, days: int = 31) -> datetime:
    return cast.now + days * DAY


def test_what_is_late_calls_the_post_once_and_ends_with_the_work(cast):
    one = entered(cast)
    defect = broken(cast, one, is_grave=True)
    assert services.call_for_late(cast.now) == 0
    now = late(cast)
    assert services.call_for_late(now) == 2
    assert services.call_for_late(now) == 0
    errands = {one.kind: one for one in Errand.objects.all()}
    look, mend = errands["facilities.inspection"], errands["facilities.defect"]
    assert (look.path, look.capability) == (cast.grid.path, "facilities.report")
    assert str(cast.worker.pk) in look.first
    assert "阀门锈死" in mend.said["zh-hans"]
    assert mend.weight > look.weight
    assert Entry.objects.filter(verb="facilities.called").count() == 1
    services.mend_defect(defect.pk, "换了", by=cast.viewer(cast.worker), now=now)
    services.record_inspection(one.pk, Looked(Verdict.FIT), by=cast.viewer(cast.worker), now=now)
    assert set(Errand.objects.values_list("state", flat=True)) == {"done"}
    again = now + 100 * DAY
    assert services.call_for_late(again) == 1


def test_a_vacant_post_is_called_at_its_place_and_nobody_first(cast):
    Holding.objects.filter(post=cast.grid_post).delete()
    entered(cast)
    services.call_for_late(late(cast))
    errand = Errand.objects.get()
    assert (errand.first, errand.path) == ("", cast.grid.path)


def test_what_is_gone_calls_nobody_any_more(cast):
    one, by = entered(cast), cast.viewer(cast.secretary)
    broken(cast, one)
    services.call_for_late(late(cast))
    services.change_state(one.pk, Act.REMOVE, reason="道路改造拆除", by=by, now=late(cast))
    assert set(Errand.objects.values_list("state", flat=True)) == {"needless"}
    services.call_for_late(late(cast, 90))
    assert Errand.objects.count() == 2
    with pytest.raises(NotNow):
        broken(cast, one)


# --- photographs ------------------------------------------------------------------------


def test_a_photograph_is_kept_once_and_removed_for_good(cast):
    one, worker = entered(cast), cast.viewer(cast.worker)
    made = photos.photograph_facility(one.pk, picture(), by=worker, now=cast.now)
    assert photos.photograph_facility(one.pk, picture(), by=worker, now=cast.now) == made
    assert Image.open(BytesIO(photos.bytes_of(made))).format == "JPEG"
    other = make.person("宋同格", cast.grid)
    make.grant(other, "grid_worker", cast.grid)
    with pytest.raises(NotInReach):
        photos.remove_photo(made.pk, reason="x", by=cast.viewer(other), now=cast.now)
    with pytest.raises(ReasonMissing):
        photos.remove_photo(made.pk, reason=" ", by=worker, now=cast.now)
    photos.remove_photo(made.pk, reason="拍到了人", by=worker, now=cast.now)
    assert not Photo.objects.exists()
    assert not list(Path(settings.MEDIA_ROOT).rglob("*.jpg"))
    with pytest.raises(PhotoGone):
        photos.remove_photo(made.pk, reason="x", by=worker, now=cast.now)


# --- division ---------------------------------------------------------------------------


def test_facilities_go_along_with_their_places(cast):
    one = entered(cast)
    broken(cast, one)
    division.move_unit(
        unit=cast.grid, parent=cast.neighbour_community, by="node:test", now=cast.now
    )
    cast.grid.refresh_from_db()
    assert services.follow_division(cast.now) == 2
    one.refresh_from_db()
    assert one.path == cast.grid.path
    assert Defect.objects.get().path == cast.grid.path
    assert services.follow_division(cast.now) == 0


def test_facilities_of_a_place_that_is_no_more_lie_in_what_took_its_place(cast):
    one = entered(cast)
    broken(cast, one)
    other = make.unit("第二网格", "grid", cast.community)
    heir = division.merge_units(
        units=[cast.grid, other], name="第三网格", by="node:test", now=cast.now
    )
    services.follow_division(cast.now)
    one.refresh_from_db()
    assert (one.unit, one.path) == (heir, heir.path)
    assert Defect.objects.get().path == heir.path
    assert services.follow_division(cast.now) == 0


# --- what it costs ------------------------------------------------------------------------


def test_deeds_cost_few_statements(cast):
    one, by = shelter(cast), cast.viewer(cast.secretary)
    looked = Looked(Verdict.LIMITED, words="灯坏", broken=[Broken("灯坏")])
    for deed in (
        lambda: services.record_inspection(one.pk, looked, by=by, now=cast.now),
        lambda: services.change_state(one.pk, Act.RESTORE, reason="x", by=by, now=cast.now),
        lambda: services.open_facility(one.pk, reason="x", by=by, now=cast.now),
        lambda: services.mend_defect(Defect.objects.get().pk, "换了", by=by, now=cast.now),
    ):
        with CaptureQueriesContext(connection) as asked:
            deed()
        assert len(asked) <= 15
