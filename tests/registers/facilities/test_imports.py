"""Facilities and rooms from a table: who may not, what is wrong where, twice is once, out and in again changes nothing."""

import pytest
from django.utils import translation

from renwang.base.models import Entry
from renwang.base.tables import Column, write_csv
from renwang.chain.imports import ImportRefused, commit_import, preview_import
from renwang.chain.reach import NotInReach
from renwang.registers.facilities import imports, room_imports
from renwang.registers.facilities.models import Facility, Room
from renwang.registers.facilities.rules import State
from renwang.registers.facilities.selectors.listing import Wanted, list_facilities
from tests.registers.facilities.conftest import TODAY, centre, entered

HEAD = "自编号,设施名称,设施类型,层级,所属辖区,地址,有效面积,厕位,备用电源,责任岗位,状态,上次巡查日期,经度,纬度,负责人手机\n"
GOOD = (
    HEAD
    + "S-1,石桥广场,紧急避难场所,,石桥社区,桥东,500,30,是,社区党委书记,完好,2026-06-01,106.5,29.5,x\n"
    + "H-1,桥头消火栓,室外消火栓,,第一网格,,,,,网格员,损坏,,,,\n"
    + "C-1,石桥社区党群服务中心,党群服务中心,社区中心,石桥社区,,,6,,,,,,,\n"
)
ROOM_HEAD = "所属辖区,服务中心,房间,用途,面积,应急用途,无台阶进出,存放物资\n"


def bring_in(cast, text: str, who=None, work=commit_import, kind="facilities"):
    data = text.encode("gb18030")
    by = cast.viewer(who or cast.secretary)
    return work(kind, data, "设施台账.csv", by=by, now=cast.now)


@pytest.mark.parametrize("who", ["worker", "leader"])
@pytest.mark.parametrize("kind", ["facilities", "rooms"])
def test_who_does_not_keep_the_list_brings_none_in(cast, who, kind):
    with pytest.raises(NotInReach):
        bring_in(cast, GOOD if kind == "facilities" else ROOM_HEAD, getattr(cast, who), kind=kind)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("X,广场,紧急避难场所,,北山街道,,,,,,,,,,", "所属辖区"),
        ("X,广场,护城河,,石桥社区,,,,,,,,,,", "设施类型"),
        ("X,广场,紧急避难场所,社区中心,石桥社区,,,,,,,,,,", "层级"),
        ("X,中心,党群服务中心,宫殿,石桥社区,,,,,,,,,,", "层级"),
        ("X,广场,紧急避难场所,,石桥社区,,,,,镇长,,,,,", "责任岗位"),
        ("X,广场,紧急避难场所,,石桥社区,,,,,,飘着,,,,", "状态"),
        ("X,广场,紧急避难场所,,石桥社区,,,,,,,,106.5,,", "经度"),
        ("X,广场,紧急避难场所,,石桥社区,,,,,,,,999,29,", "经度"),
        ("X,广场,紧急避难场所,,石桥社区,,-5,,,,,,,,", "有效面积"),
        ("X,,紧急避难场所,,石桥社区,,,,,,,,,,", "设施名称"),
    ],
)
def test_a_wrong_row_says_where_and_stops_the_file(cast, row, column):
    with pytest.raises(ImportRefused) as refused:
        bring_in(cast, GOOD + row + "\n")
    assert [one.column_title for one in refused.value.plan.table.errors] == [column]
    assert not Facility.objects.exists()


def test_a_list_comes_in_as_it_stands(cast):
    assert bring_in(cast, GOOD, work=preview_import).counts["created"] == 3
    plan = bring_in(cast, GOOD)
    assert plan.counts["created"] == 3
    assert plan.table.ignored == ("负责人手机",)
    square, hydrant, house = Facility.objects.order_by("-code")
    assert (square.kind, square.amounts, square.fittings, square.post) == (
        "shelter_emergency", {"area_m2": 500.0, "toilets": 30.0}, {"backup_power": True},
        cast.community_post,
    )  # fmt: skip
    assert square.inspect_due_on.isoformat() == "2026-08-30"
    assert (hydrant.state, hydrant.reason, hydrant.post) == (
        State.OUT_OF_ORDER, "设施台账.csv", cast.grid_post,
    )  # fmt: skip
    assert (house.tier, house.amounts) == ("community", {"toilets": 6.0})
    assert Entry.objects.filter(verb="chain.imported").count() == 1


def test_twice_is_once_and_a_changed_cell_changes_that(cast):
    bring_in(cast, GOOD)
    assert bring_in(cast, GOOD).counts["unchanged"] == 3
    changed = GOOD.replace("500,30", "700,30").replace("桥东", "桥西").replace("完好", "损坏")
    assert bring_in(cast, changed).counts["updated"] == 1
    square = Facility.objects.get(code="S-1")
    assert (square.address, square.amounts["area_m2"], square.amounts["toilets"]) == (
        "桥西",
        700,
        30,
    )
    assert square.state == State.READY  # where it stands is changed by who says so


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_out_and_in_again_changes_nothing(cast, language):
    bring_in(cast, GOOD)
    one = centre(cast, code="C-2", weekdays="09:00-17:00", emergency_hours="always")
    entered(cast, name="无号消火栓", fittings={})
    viewer = cast.viewer(cast.secretary)
    with translation.override(language):
        listed = list_facilities(viewer, Wanted(), today=TODAY).items
        columns = [Column(k, (str(t),), kind) for k, t, kind in imports.headings(language)]
        data = write_csv(columns, map(imports.row_of, listed), language=language)
        plan = commit_import("facilities", data, "out.csv", by=viewer, now=cast.now)
        assert plan.counts == {"created": 0, "updated": 0, "unchanged": 5, "wrong": 0}
        rooms = list(Room.objects.select_related("facility__unit"))
        columns = [Column(k, (t,), kind) for k, t, kind in room_imports.headings(language)]
        data = write_csv(columns, map(room_imports.row_of, rooms), language=language)
        plan = commit_import("rooms", data, "out.csv", by=viewer, now=cast.now)
        assert plan.counts == {"created": 0, "updated": 0, "unchanged": 2, "wrong": 0}
    one.refresh_from_db()
    assert one.rooms_m2 == 70


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("石桥社区,别的中心,大厅,大厅,80,,,", "服务中心"),
        ("北山街道,石桥社区党群服务中心,大厅,大厅,80,,,", "所属辖区"),
        ("石桥社区,石桥社区党群服务中心,大厅,泳池,80,,,", "用途"),
        ("石桥社区,石桥社区党群服务中心,大厅,大厅,80,泳池,,", "应急用途"),
        ("石桥社区,石桥社区党群服务中心,大厅,大厅,-1,,,", "面积"),
    ],
)
def test_a_wrong_room_says_where(cast, row, column):
    centre(cast)
    with pytest.raises(ImportRefused) as refused:
        bring_in(cast, ROOM_HEAD + row + "\n", kind="rooms")
    assert [one.column_title for one in refused.value.plan.table.errors] == [column]


def test_rooms_come_in_and_make_the_capacity(cast):
    one = centre(cast)
    text = (
        ROOM_HEAD
        + "石桥社区,石桥社区党群服务中心,大厅,大厅,100,临时安置,是,\n"
        + "石桥社区,石桥社区党群服务中心,多功能厅,会议室,90,,,\n"
    )
    assert bring_in(cast, text, kind="rooms").counts == {
        "created": 1, "updated": 1, "unchanged": 0, "wrong": 0,
    }  # fmt: skip
    one.refresh_from_db()
    assert one.rooms_m2 == 190
    assert bring_in(cast, text, kind="rooms").counts["unchanged"] == 2
    assert one.rooms.get(name="大厅").number == 3
