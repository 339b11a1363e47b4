"""The procedures list from a table: wrong rows first, then that twice is once, and that what goes out comes back."""

import pytest

from renwang.base.models import Entry
from renwang.base.tables import write_csv, write_xlsx
from renwang.base.tables.words import say_error
from renwang.chain.imports import commit_import, preview_import
from renwang.registers.procedures import services
from renwang.registers.procedures.models import Edition, Procedure
from renwang.registers.procedures.rules import EditionState
from renwang.registers.procedures.selectors.finding import Wanted, list_whole
from renwang.registers.procedures.services import Followers
from renwang.registers.procedures.step_rules import Evidence, Step
from renwang.registers.procedures.table import COLUMNS, row_of
from tests.registers.procedures.listed import drafted, in_force

pytestmark = pytest.mark.django_db
NODE = "node:import"
HEAD = "辖区,制度名称,类别,适用灾种,步骤,执行岗位,依据,复审周期（天）,上次复审,状态\n"
ROW = (
    '石桥社区,暴雨转移,应急响应,暴雨/响应,"1. 关闸【网格员｜10分钟｜照片】\n2. 报告街道",'
    "网格员；全部@社区,青街办〔2025〕3号,200,2026-01-10,现行\n"
)


def preview(text, now, by=NODE):
    return preview_import("procedures", (HEAD + text).encode(), "list.csv", by=by, now=now)


def commit(text, now, by=NODE):
    return commit_import("procedures", (HEAD + text).encode(), "list.csv", by=by, now=now)


def said(plan):
    return [(error.row, error.column_title, str(say_error(error))) for error in plan.table.errors]


WRONG = {
    "no such place": ("某社区,转移,应急响应,,,,,,,\n", "辖区"),
    "no such kind": ("石桥社区,转移,观望,,,,,,,\n", "类别"),
    "no such phase": ("石桥社区,转移,应急响应,暴雨/观望,,,,,,\n", "适用灾种"),
    "no such place of posts": ("石桥社区,转移,应急响应,,,某社区/网格员,,,,\n", "执行岗位"),
    "no such level": ("石桥社区,转移,应急响应,,,全部@某级,,,,\n", "执行岗位"),
    "a step without words": ("石桥社区,转移,应急响应,,1. 【网格员】,,,,,\n", "步骤"),
    "too many minutes": ("石桥社区,转移,应急响应,,关闸【99999分钟】,,,,,\n", "步骤"),
    "reviewed too often": ("石桥社区,转移,应急响应,,,,,3,,\n", "复审周期（天）"),
    "reviewed tomorrow": ("石桥社区,转移,应急响应,,,,,,2026-12-01,\n", "上次复审"),
    "holds by nothing": ("石桥社区,转移,应急响应,,关闸,网格员,,,,现行\n", "依据"),
    "holds for nobody": ("石桥社区,转移,应急响应,,关闸,,文件,,,现行\n", "执行岗位"),
    "has ended": ("石桥社区,转移,应急响应,,,,,,,已废止\n", "状态"),
    "twice the same": ("石桥社区,转移,应急响应,,,,,,,\n" * 2, "制度名称"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_row_is_explained_in_its_column_and_nothing_is_written(cast, now, case):
    text, column = WRONG[case]
    plan = preview(text, now)
    assert not plan.may_commit
    assert {title for _row, title, _sentence in said(plan)} == {column}
    assert not Procedure.objects.exists()


class TestWhoMayNot:
    def test_rows_out_of_reach_are_wrong(self, cast, now):
        plan = preview(ROW, now, cast.viewer(cast.stranger))
        assert [title for _row, title, _ in said(plan)] == ["辖区"]
        assert preview(ROW, now, cast.viewer(cast.secretary)).may_commit

    def test_what_was_withdrawn_stays_so(self, cast, now):
        made = in_force(cast)
        services.withdraw_procedure(made.procedure_id, by=NODE, now=now, reason="并入")
        plan = preview("石桥社区,暴雨转移,应急响应,,关闸,,,,,\n", now)
        assert [title for _row, title, _ in said(plan)] == ["状态"]


class TestBringingIn:
    def test_what_holds_is_taken_over_with_its_review(self, cast, now):
        commit(ROW, now)
        edition = Edition.objects.get()
        assert (edition.state, edition.document) == (EditionState.IN_FORCE, "青街办〔2025〕3号")
        assert edition.step_list == [Step("关闸", "网格员", 10, Evidence.PHOTO), Step("报告街道")]
        lines = list(edition.audience.values_list("title", "level", "path"))
        assert lines == [
            ("网格员", "", cast.community.path),
            ("", "community", cast.community.path),
        ]
        assert str(edition.procedure.review_on) == "2026-07-29"
        assert Entry.objects.filter(verb="procedures.imported").count() == 1

    def test_the_same_file_again_changes_nothing(self, cast, now):
        commit(ROW, now)
        plan = preview(ROW, now)
        assert (plan.counts["unchanged"], plan.counts["wrong"]) == (1, 0)

    def test_what_changes_one_in_force_is_its_next_edition(self, cast, now):
        commit(ROW, now)
        commit(ROW.replace("关闸", "先撤人，再关闸").replace(",现行", ","), now)
        old, new = Edition.objects.order_by("number")
        assert (old.state, new.state) == (EditionState.IN_FORCE, EditionState.DRAFT)
        assert new.step_list[0].words == "先撤人，再关闸"
        assert new.basis == old.basis

    def test_a_draft_is_changed_in_place(self, cast, now):
        drafted(cast)
        commit("石桥社区,暴雨转移,现场处置,,关闸,,,,,草案\n", now)
        edition = Edition.objects.get()
        assert (edition.kind, edition.step_list) == ("handling", [Step("关闸")])
        assert edition.audience.count() == 1


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_what_goes_out_comes_back_as_it_was(cast, now, write):
    in_force(
        cast, followers=[Followers(cast.grid, "网格员"), Followers(cast.community, "", "grid")]
    )
    drafted(cast, title="燃气处置")
    page = list_whole(cast.viewer(cast.operator), Wanted())
    rows = [row_of(one, one.all_editions[-1]) for one in page.items]
    data = write(COLUMNS, rows, language="zh-hans", zone=now.tzinfo)
    name = "list.csv" if write is write_csv else "list.xlsx"
    plan = preview_import("procedures", data, name, by=NODE, now=now)
    assert said(plan) == []
    assert plan.counts["unchanged"] == 2
