"""Risks from a table: who may not, what is wrong where, twice is once, and out and in again changes nothing."""

import pytest

from renwang.base.models import Entry
from renwang.chain.imports import ImportRefused, commit_import, preview_import
from renwang.chain.reach import NotInReach
from renwang.registers.risks.models import Risk
from renwang.registers.risks.rules import State
from tests.registers.risks.conftest import DAY, judged

HEAD = "风险点名称,所属辖区,风险类型,风险描述,具体位置,可能性,危害程度,发现方式,经度,纬度,备注\n"
GOOD = (
    HEAD
    + "河堤低洼段,石桥社区,洪水,护栏缺八米,柳溪桥东,4,5,专家评估,106.5,29.5,x\n"
    + "老旧燃气管,第一网格,燃气泄漏,立管锈蚀,,,,,,,\n"
)


def bring_in(cast, text: str, who=None, work=commit_import):
    data = text.encode("gb18030")
    by = cast.viewer(who or cast.secretary)
    return work("risks", data, "风险台账.csv", by=by, now=cast.now)


@pytest.mark.parametrize("who", ["worker", "leader"])
def test_who_does_not_judge_brings_no_list_in(cast, who):
    with pytest.raises(NotInReach):
        bring_in(cast, GOOD, getattr(cast, who))


def test_a_place_out_of_reach_is_unknown(cast):
    plan = bring_in(cast, HEAD + "河堤,北山街道,,,,,,,,,\n", work=preview_import)
    assert [(one.row, one.column_title) for one in plan.table.errors] == [(2, "所属辖区")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("河堤,石桥社区,,,,4,,,,,", "可能性"),
        ("河堤,石桥社区,,,,9,1,,,,", "可能性"),
        ("河堤,石桥社区,,,,,,托梦,,,", "发现方式"),
        ("河堤,石桥社区,,,,,,,106.5,,", "经度"),
        ("河堤,石桥社区,,,,,,,999,29,", "经度"),
        (",石桥社区,,,,,,,,,", "风险点名称"),
    ],
)
def test_a_wrong_row_says_where_and_stops_the_file(cast, row, column):
    with pytest.raises(ImportRefused) as refused:
        bring_in(cast, GOOD + row + "\n")
    assert [one.column_title for one in refused.value.plan.table.errors] == [column]
    assert not Risk.objects.exists()


def test_a_list_comes_in_judged_where_it_says_how_bad_it_is(cast):
    plan = bring_in(cast, GOOD)
    assert plan.counts["created"] == 2
    river, gas = Risk.objects.order_by("-level")
    assert (river.state, river.level, river.hazard, river.source) == (
        State.OPEN, 4, "flood", "expert",
    )  # fmt: skip
    assert (gas.state, gas.hazard, gas.due_at) == (State.FOUND, "gas_leak", cast.now + 3 * DAY)
    assert river.words == "护栏缺八米"
    assert Entry.objects.filter(verb="chain.imported").count() == 1


def test_twice_is_once_and_a_changed_cell_changes_that(cast):
    bring_in(cast, GOOD)
    assert bring_in(cast, GOOD).counts["unchanged"] == 2
    changed = GOOD.replace("柳溪桥东", "柳溪桥西").replace("4,5,", "1,1,")
    assert bring_in(cast, changed).counts["updated"] == 1
    river = Risk.objects.get(title="河堤低洼段")
    assert (river.place, river.level) == ("柳溪桥西", 4)  # how bad it is a person says


def test_where_a_risk_stands_is_not_changed_by_a_table(cast):
    risk = judged(cast)
    bring_in(
        cast, "风险编号,风险点名称,所属辖区,状态\n" + f"{risk.ref},{risk.title},第一网格,已销号\n"
    )
    risk.refresh_from_db()
    assert risk.state == State.OPEN
