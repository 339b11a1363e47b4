"""The duties list from a table: wrong rows first, then that twice is once, and that what goes out comes back."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.base.tables import write_csv, write_xlsx
from renwang.base.tables.words import say_error
from renwang.chain.imports import commit_import, preview_import
from renwang.registers.duties import services
from renwang.registers.duties.models import Duty
from renwang.registers.duties.rules import DutyState, Phase
from renwang.registers.duties.selectors.finding import Wanted, list_duties
from renwang.registers.duties.services import Help
from renwang.registers.duties.table import COLUMNS, row_of
from renwang.registers.hazards import EVERY
from tests import make
from tests.registers.duties.listed import body, drafted, in_force

pytestmark = pytest.mark.django_db
NODE = "node:import"
HEAD = "辖区,灾害,阶段,牵头岗位,牵头职责,配合单位,信息汇集,依据,生效日期,失效日期,状态\n"
ROW = "石桥社区,暴雨,响应,社区党委书记,组织转移,第一网格/网格员：敲门,值班室,青街办〔2025〕3号,2025-01-01,,现行\n"


def preview(text, now, by=NODE):
    return preview_import("duties", (HEAD + text).encode(), "list.csv", by=by, now=now)


def commit(text, now, by=NODE):
    return commit_import("duties", (HEAD + text).encode(), "list.csv", by=by, now=now)


def said(plan):
    return [(error.row, error.column_title, str(say_error(error))) for error in plan.table.errors]


WRONG = {
    "no such place": ("某社区,暴雨,响应,社区党委书记,,,,,,,\n", "辖区"),
    "no such phase": ("石桥社区,暴雨,观望,社区党委书记,,,,,,,\n", "阶段"),
    "no such post": ("石桥社区,暴雨,响应,没有这个岗位,,,,,,,\n", "牵头岗位"),
    "no such helper": ("石桥社区,暴雨,响应,社区党委书记,,没有的单位：做饭,,,,,\n", "配合单位"),
    "a helper twice": ("石桥社区,暴雨,响应,社区党委书记,,网格员；网格员,,,,,\n", "配合单位"),
    "the leader helps": ("石桥社区,暴雨,响应,社区党委书记,,石桥社区/社区党委书记,,,,,\n", "配合单位"),
    "ends before it begins": (
        "石桥社区,暴雨,响应,社区党委书记,,,,,2026-08-02,2026-08-01,\n", "失效日期",
    ),
    "is over already": (
        "石桥社区,暴雨,响应,社区党委书记,,,,文件,2025-01-01,2025-02-01,现行\n", "失效日期",
    ),
    "holds by nothing": ("石桥社区,暴雨,响应,社区党委书记,,,,,,,现行\n", "依据"),
    "has ended": ("石桥社区,暴雨,响应,社区党委书记,,,,,,,已终止\n", "状态"),
    "twice the same": ("石桥社区,暴雨,响应,社区党委书记,,,,,,,\n" * 2, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_row_is_explained_in_its_column_and_nothing_is_written(cast, now, case):
    text, column = WRONG[case]
    plan = preview(text, now)
    assert not plan.may_commit
    assert {title for _row, title, _sentence in said(plan)} == {column}
    assert not Duty.objects.exists()


class TestWhoMayNot:
    def test_rows_out_of_reach_are_wrong(self, cast, now):
        plan = preview(ROW, now, cast.viewer(cast.stranger))
        assert [title for _row, title, _ in said(plan)] == ["辖区"]
        assert preview(ROW, now, cast.viewer(cast.secretary)).may_commit

    def test_an_ambiguous_post_is_said(self, cast, now):
        make.post("网格员", make.unit("第二网格", "grid", cast.community), answers=True)
        plan = preview("石桥社区,暴雨,响应,网格员,,,,,,,\n", now)
        assert "第一网格" not in str(said(plan))
        assert [title for _row, title, _ in said(plan)] == ["牵头岗位"]
        assert preview("石桥社区,暴雨,响应,第二网格/网格员,,,,,,,\n", now).may_commit


class TestBringingIn:
    def test_what_holds_by_a_document_holds_at_once(self, cast, now):
        plan = commit(ROW, now, cast.viewer(cast.secretary))
        assert plan.counts["created"] == 1
        made = Duty.objects.get()
        assert (made.state, made.leader) == (DutyState.APPROVED, cast.community_post)
        assert (made.hazard, made.phase, made.document) == (
            "rainstorm", "respond", "青街办〔2025〕3号",
        )  # fmt: skip
        assert made.held_from < now - timedelta(days=300)
        assert [(one.post, one.does) for one in made.helpers.all()] == [(cast.grid_post, "敲门")]
        fact = Entry.objects.get(verb="duties.imported").facts
        assert fact["duties"][0]["leader"]["title"] == "社区党委书记"

    def test_twice_is_once(self, cast, now):
        commit(ROW, now)
        again = commit(ROW, now)
        assert again.counts == {"created": 0, "updated": 0, "unchanged": 1, "wrong": 0}
        assert Duty.objects.count() == 1

    def test_without_a_state_it_is_a_draft_also_with_holes(self, cast, now):
        body("石桥卫生站", cast.community)
        text = "石桥社区,野猪伤人,预防,,,石桥卫生站：救护,,,,,\n"
        commit(text, now)
        assert commit(text, now).counts["unchanged"] == 1
        made = Duty.objects.get()
        assert (made.state, made.leader, made.hazard) == (DutyState.DRAFT, None, "野猪伤人")

    @pytest.mark.parametrize("called", ["所有灾害", "全灾种", "All hazards", "all"])
    def test_all_hazards_as_people_write_it(self, cast, now, called):
        commit(ROW.replace("暴雨", called), now)
        assert Duty.objects.get().hazard == EVERY
        assert commit(ROW.replace("暴雨", "所有灾害"), now).counts["unchanged"] == 1

    def test_a_changed_draft_is_changed_and_a_changed_duty_followed(self, cast, now):
        drafted(cast, hazard="fire")
        old = in_force(cast)
        text = (
            "石桥社区,火灾,响应,社区党委书记,断电断气,,,,,,\n"
            "石桥社区,暴雨,响应,社区党委书记,改由街道转移,,,,,,\n"
        )
        assert commit(text, now).counts["updated"] == 2
        assert Duty.objects.get(hazard="fire").sole == "断电断气"
        new = Duty.objects.get(supersedes=old)
        old.refresh_from_db()
        assert (new.sole, new.state, old.state) == ("改由街道转移", "draft", "approved")
        assert new.basis == old.basis
        assert commit(text, now).counts["unchanged"] == 2

    def test_a_later_document_supersedes(self, cast, now):
        commit(ROW, now)
        later = ROW.replace("组织转移", "先转移老人").replace("2025-01-01", "2026-07-15")
        assert commit(later, now).counts["updated"] == 1
        old, new = Duty.objects.order_by("written_at", "ref")
        assert (old.state, new.state, new.supersedes) == ("superseded", "approved", old)
        assert commit(later, now).counts["unchanged"] == 1

    def test_two_lists_that_disagree_are_both_taken_over(self, cast, now):
        other = ROW.replace("社区党委书记", "第一网格/网格员").replace("第一网格/网格员：敲门", "")
        assert commit(ROW + other, now).counts["created"] == 2
        assert Duty.objects.filter(state=DutyState.APPROVED).count() == 2


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_goes_out_comes_back_and_changes_nothing(cast, now, write, language):
    clinic = body("石桥卫生站", cast.community)
    contact = make.post("应急联络员", cast.community, answers=False)
    type(contact).objects.filter(pk=contact.pk).update(organisation=clinic)
    helpers = [
        Help(post=cast.grid_post, does="敲门；喊话"),
        Help(organisation=clinic),
        Help(post=contact),
    ]
    in_force(cast, helpers=helpers)
    in_force(cast, cast.grid, cast.grid_post, hazard="野猪伤人")
    in_force(cast, cast.grid, cast.grid_post, hazard=EVERY)
    in_force(cast, cast.street, cast.community_post)
    drafted(cast, phase=Phase.RECOVER, leader=cast.street_post)
    ended = in_force(cast, phase=Phase.PREVENT)
    services.withdraw_duty(ended.pk, by="node:test", now=now, reason="x")
    page = list_duties(cast.viewer(cast.operator), Wanted())
    rows = [row_of(duty, duty.named_helpers) for duty in page.items]
    name = "list.csv" if write is write_csv else "list.xlsx"
    data = write(COLUMNS, rows, language=language)
    plan = preview_import("duties", data, name, by=NODE, now=now)
    assert said(plan) == []
    assert plan.counts == {"created": 0, "updated": 0, "unchanged": 6, "wrong": 0}
