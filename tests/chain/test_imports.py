"""The user's own lists: wrong files first, then that twice is once."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import Workbook

from renwang.base.models import Entry
from renwang.base.tables import TableRefused
from renwang.base.tables.words import say_error
from renwang.chain import routes, tallies
from renwang.chain.imports import ImportRefused, commit_import, preview_import
from renwang.chain.models import (
    Building,
    Contact,
    Grant,
    Holding,
    Household,
    Organisation,
    Person,
    Post,
    Route,
    Tally,
    Unit,
    UnitVersion,
)
from renwang.chain.selectors import successors
from renwang.chain.services import people, posts
from tests import make

pytestmark = pytest.mark.django_db
NODE = "node:import"


@pytest.fixture
def chain(cast):
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    return cast


def preview(kind, text, now, by=NODE):
    return preview_import(kind, text.encode(), "list.csv", by=by, now=now)


def commit(kind, text, now, by=NODE):
    return commit_import(kind, text.encode(), "list.csv", by=by, now=now)


def said(plan):
    return [(error.row, error.column_title, str(say_error(error))) for error in plan.table.errors]


WRONG = {
    "unknown parent": ("units", "编码,名称,上级\nX1,一网格,没有的社区\n", 2, "上级"),
    "no parent": ("units", "编码,名称,上级\nX1,一网格,\n", 2, "上级"),
    "level above its parent": (
        "units",
        "编码,名称,层级,上级\nX1,某街道,街道,990105001001\n",
        2,
        "层级",
    ),
    "no such level": ("units", "编码,名称,层级,上级\nX1,某,县衙,990105001001\n", 2, "层级"),
    "another level than it has": (
        "units",
        "编码,名称,层级,上级\n990105001001,石桥社区,网格,990105001\n",
        2,
        "层级",
    ),
    "a code that is none": ("units", "编码,名称,上级\nX/1,一网格,990105001001\n", 2, "编码"),
    "a code twice": (
        "units",
        "编码,名称,上级\nX1,一,990105001001\nX1,二,990105001001\n",
        3,
        "编码",
    ),
    "a circle in the file": ("units", "编码,名称,上级\nX1,一,X2\nX2,二,X1\n", 2, "上级"),
    "a circle with what stands": (
        "units",
        "编码,名称,上级\n990105001001,石桥社区,990105001001001\n",
        2,
        "上级",
    ),
    "too many people": ("units", "编码,名称,上级,户数\nX1,一,990105001001,-3\n", 2, "户数"),
    "two holders for one post": (
        "posts",
        "单位,岗位,责任人\n990105001002,书记,王格平\n990105001002,书记,楼长青\n",
        3,
        "责任人",
    ),
    "a post that is held": (
        "posts",
        "单位,岗位,责任人\n990105001001001,网格员,楼长青\n",
        2,
        "责任人",
    ),
    "his own deputy": ("posts", "单位,岗位,责任人,副职\n云溪社区,书记,王格平,王格平\n", 2, "副职"),
    "nobody of that name": ("posts", "单位,岗位,责任人\n云溪社区,书记,查无此人\n", 2, "责任人"),
    "a role of another level": ("posts", "单位,岗位,角色\n云溪社区,书记,city_duty\n", 2, "角色"),
    "no telephone": ("people", "姓名,所属单位,手机\n新来的,石桥社区,打听\n", 2, "手机"),
    "a person of no unit": ("people", "姓名,所属单位\n新来的,火星\n", 2, "所属单位"),
    "a kind of no organisation": (
        "organisations",
        "名称,类别,所在单位\n甲,帮会,石桥社区\n",
        2,
        "类别",
    ),
    "a building on the moon": (
        "buildings",
        "楼栋,所属单位,经度,纬度\n1号楼,石桥社区,29.5,106.5\n",
        2,
        "纬度",
    ),
    "a door of no building": ("households", "楼栋,门牌\n无此楼,101\n", 2, "楼栋"),
    "a door twice": ("households", "楼栋,门牌\nB1,101\nB1,101\n", 3, "门牌"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_row_is_named_and_nothing_is_written(chain, now, case):
    kind, text, row, column = WRONG[case]
    Building.objects.create(
        id=chain.grid.id, unit=chain.grid, path=chain.grid.path, code="B1", name="甲楼"
    )
    before = (
        Entry.objects.count(),
        Unit.objects.count(),
        Post.objects.count(),
        Person.objects.count(),
    )
    plan = preview(kind, text, now, chain.viewer(chain.operator))
    assert (row, column) in [(r, c) for r, c, _ in said(plan)]
    assert all(sentence for _, _, sentence in said(plan))
    with pytest.raises(ImportRefused):
        commit(kind, text, now, chain.viewer(chain.operator))
    assert before == (
        Entry.objects.count(),
        Unit.objects.count(),
        Post.objects.count(),
        Person.objects.count(),
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\x01\x02", b"PK\x03\x04half a workbook", "没有,这样,的列\n1,2,3\n".encode()],
)
def test_what_is_no_such_table_is_refused(chain, now, data):
    with pytest.raises(TableRefused):
        preview_import("units", data, "x.xlsx", by=NODE, now=now)


def test_an_ambiguous_name_is_told_apart_by_the_unit_above(chain, now):
    commit("units", "名称,上级\n甲组,第一网格\n第一网格,云溪社区\n", now)
    plan = preview("units", "名称,上级\n乙组,第一网格\n", now)
    assert "第一网格" in said(plan)[0][2]
    assert preview("units", "名称,上级\n乙组,青石街道/云溪社区/第一网格\n", now).may_commit


def test_units_are_founded_renamed_recounted_and_moved_and_twice_is_once(chain, now):
    text = (
        "编码,名称,层级,上级,户数,人数\n"
        "G2,第二网格,网格,990105001001,300,900\n"
        "S9,九号社区,社区,990105001,,\n"
        "G9,九号网格,,S9,120,\n"
        "990105001001001,东网格,,990105001002,,\n"
    )
    plan = commit("units", text, now)
    assert plan.counts == {"created": 3, "updated": 1, "unchanged": 0, "wrong": 0}
    grid = Unit.objects.get(code="G9")
    assert (grid.level, grid.path, grid.depth) == ("grid", "/990105/990105001/S9/G9/", 3)
    assert UnitVersion.objects.filter(unit=grid).count() == 1
    moved = Unit.objects.get(pk=chain.grid.pk)
    assert (moved.name, moved.parent) == ("东网格", chain.neighbour_community)
    assert Unit.objects.get(pk=chain.contact_household.pk).path.startswith(moved.path)
    assert Tally.objects.get(unit=chain.street).households == 300 + 120 + 12
    assert successors("990105001001001", now.date()) == [moved]
    again = commit("units", text, now)
    assert again.counts == {"created": 0, "updated": 0, "unchanged": 4, "wrong": 0}
    assert Unit.objects.count() == 11


def test_one_fact_tells_of_the_whole_file(chain, now):
    commit("grids", "编码,名称,所属社区\nG2,第二网格,石桥社区\nG3,第三网格,石桥社区\n", now)
    fact = Entry.objects.get(verb="chain.imported")
    assert '"created":2' in fact.body
    assert '"digest":"' in fact.body
    assert Unit.objects.get(code="G3").level == "grid"


def test_people_come_with_their_contacts_in_order_and_twice_is_once(chain, now):
    text = (
        "工号,姓名,所属单位,手机,座机,邮箱,需上门\n"
        "A1,新来的,青石街道/石桥社区,139 0000 0009,023-63000001,a@example.org,否\n"
        "A2,老先生,第一网格,,,,是\n"
    )
    commit("people", text, now)
    one = Person.objects.get(number="A1")
    assert list(one.contacts.values_list("kind", "address")) == [
        ("sms", "13900000009"),
        ("phone", "13900000009"),
        ("phone", "02363000001"),
        ("email", "a@example.org"),
    ]
    assert list(Contact.objects.filter(person__number="A2").values_list("kind", flat=True)) == [
        "knock"
    ]
    assert commit("people", text, now).counts["unchanged"] == 2
    assert Contact.objects.filter(person=one).count() == 4
    changed = commit("people", "工号,姓名,所属单位,手机\nA1,新来的,云溪社区,13900000010\n", now)
    assert changed.counts["updated"] == 1
    one.refresh_from_db()
    assert one.path == chain.neighbour_community.path
    assert one.contacts.first().address == "13900000010"


def test_changing_a_contact_by_a_list_changes_the_route(chain, now):
    people.change_person(person=chain.worker, number="A7", by=NODE, now=now)
    commit("people", "工号,姓名,所属单位,手机\nA7,王格平,第一网格,13900000077\n", now)
    channels = Route.objects.filter(post=chain.grid_post).order_by("rung")
    assert list(channels.values_list("channel", flat=True)) == ["app", "sms", "phone"]


def test_a_number_elsewhere_is_refused(chain, now):
    people.change_person(person=chain.stranger, number="A7", by=NODE, now=now)
    secretary = chain.viewer(chain.secretary)
    plan = preview("people", "工号,姓名,所属单位\nA7,新来的,石桥社区\n", now, secretary)
    assert said(plan)[0][1] == "工号"


def test_posts_come_with_holder_deputies_grants_and_routes_and_twice_is_once(chain, now):
    text = (
        "单位,岗位,角色,责任人,副职\n"
        "云溪社区,社区党委书记,,王格平,楼长青、钟心兰\n"
        "石桥社区,信息员,information_officer,钟心兰,\n"
    )
    plan = commit("posts", text, now, chain.viewer(chain.operator))
    assert plan.counts["created"] == 2
    post = Post.objects.get(unit=chain.neighbour_community)
    assert (post.role, post.answers) == ("community_secretary", True)
    assert list(post.holdings.order_by("rank").values_list("person__name", flat=True)) == [
        "王格平",
        "楼长青",
        "钟心兰",
    ]
    assert Grant.objects.filter(post=post, bundle="secretary", ended_at=None).count() == 3
    assert Route.objects.filter(post=post).count() == 3
    assert commit("posts", text, now).counts["unchanged"] == 2
    assert Holding.objects.filter(post=post).count() == 3
    posts.vacate_post(post=post, person=chain.worker, by=NODE, now=now)
    filled = commit("posts", "单位,岗位,责任人\n云溪社区,社区党委书记,石书勤\n", now)
    assert filled.counts["updated"] == 1
    assert Route.objects.get(post=post, rung=0).person == chain.secretary


def test_nobody_hands_out_more_by_a_list_than_he_has(chain, now):
    standing_in = make.person("代理人", chain.community)
    make.grant(standing_in, "secretary", chain.community, until_at=now + timedelta(days=1))
    plan = preview(
        "posts",
        "单位,岗位,责任人\n石桥社区,社区值班员,楼长青\n",
        now,
        chain.viewer(standing_in),
    )
    assert not plan.may_commit


def test_organisations_buildings_and_doors_come_and_twice_is_once(chain, now):
    lists = {
        "organisations": "名称,类别,所在单位,电话\n安居物业,物业公司,石桥社区,023-63000001\n",
        "buildings": "楼栋编码,楼栋,所属单位,层数\nB1,1号楼,第一网格,7\nB2,2号楼,第一网格,\n",
        "households": "楼栋,门牌,人数,叫应单位\nB1,101,3,\nB1,102,,中心户甲\nB2,101,2,\n",
    }
    for kind, text in lists.items():
        assert commit(kind, text, now).counts["created"] > 0
        assert commit(kind, text, now).counts["created"] == 0
    assert Organisation.objects.get().kind == "property"
    assert Building.objects.get(code="B1").storeys == 7
    assert Household.objects.get(door="102").unit == chain.contact_household
    tally = Tally.objects.get(unit=chain.district)
    # One door now names the contact household, so its declared twelve no longer count.
    assert (tally.buildings, tally.households, tally.residents) == (2, 3, 6)
    assert Route.objects.get(post=chain.grid_post, rung=0).households == 2
    commit("buildings", "楼栋编码,楼栋,所属单位\nB2,2号楼,1号楼\n", now)
    assert Household.objects.get(building__code="B2").unit == chain.group


def test_a_workbook_is_as_good_as_a_text_file(chain, now):
    book = Workbook()
    sheet = book.active
    sheet.append(["编码", "名称", "上级"])
    sheet.append([990105001001002, "第二网格", 990105001001])
    stream = BytesIO()
    book.save(stream)
    plan = commit_import("units", stream.getvalue(), "格.xlsx", by=NODE, now=now)
    assert plan.counts["created"] == 1
    assert Unit.objects.get(code="990105001001002").parent == chain.community


def test_three_hundred_rows_take_few_statements(chain, now, django_assert_max_num_queries):
    rows = "".join(f"N{number},组{number},第一网格\n" for number in range(300))
    with django_assert_max_num_queries(45):
        commit("units", f"编码,名称,上级\n{rows}", now)


def test_an_import_tells_how_far_it_is(chain, now):
    rows = "".join(f"N{number},新人{number},990105001001,139{number:08}\n" for number in range(900))
    told = []
    commit_import(
        "people",
        f"工号,姓名,所属辖区,手机\n{rows}".encode(),
        "roster.csv",
        by=NODE,
        now=now,
        progress=lambda done, total: told.append((done, total)),
    )
    assert {total for _done, total in told} == {900}
    done = [done for done, _total in told]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (45, 810)
    assert len(set(done)) > 8  # a step for every batch, of people and of their contacts
