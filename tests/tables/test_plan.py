import pytest

from renwang.base.tables import Column, Kind, Reason, plan_rows, read_table

COLUMNS = (
    Column("code", ("编号",), Kind.CODE),
    Column("name", ("姓名",)),
    Column("head_count", ("人数",), Kind.INTEGER),
)


def plan(text, existing, key=("code",), **kwargs):
    return plan_rows(read_table(text.encode(), "x.csv", COLUMNS), existing, key, **kwargs)


def test_two_rows_with_one_key_are_refused_and_both_are_named():
    found = plan("编号,姓名\n1,王\n2,李\n1,赵\n", {})
    assert [(e.row, e.column_title, e.value, e.reason, e.params) for e in found.errors] == [
        (4, "编号", "1", Reason.SAME_AS_ROW, {"other": 2})
    ]
    assert not found.may_commit


def test_a_row_without_its_key_is_refused():
    found = plan("编号,姓名\n,王\n", {})
    assert [(e.row, e.column_title, e.reason) for e in found.errors] == [(2, "编号", Reason.BLANK)]
    missing = plan("姓名\n王\n", {})
    assert [(e.row, e.column_title, e.reason) for e in missing.errors] == [
        (2, "code", Reason.BLANK)
    ]


def test_a_key_may_have_several_parts():
    found = plan("编号,姓名\n1,王\n1,李\n1,王\n", {}, key=("code", "name"))
    assert len(found.to_create) == 2
    assert [(e.row, e.column_title, e.value) for e in found.errors] == [(4, "", "1 · 王")]


def test_errors_of_the_reading_stop_the_whole_file():
    found = plan("编号,人数,备注\n1,x,\n2,2,\n", {})
    assert [row.key for row in found.to_create] == [("2",)]
    assert (found.error_count, found.may_commit, found.ignored) == (1, False, ("备注",))


def test_new_changed_and_unchanged_rows_are_told_apart():
    existing = {
        ("1",): {"code": "1", "name": "王", "head_count": 3},
        ("2",): {"code": "2", "name": "李", "head_count": 3},
    }
    found = plan("编号,姓名,人数\n1,王,3\n2,李,4\n3,赵,1\n", existing)
    assert [(row.number, row.key) for row in found.unchanged] == [(2, ("1",))]
    (change,) = found.to_update
    assert (change.number, change.before, change.after) == (3, {"head_count": 3}, {"head_count": 4})
    assert [row.values["name"] for row in found.to_create] == ["赵"]
    assert found.may_commit


@pytest.mark.parametrize(("clears", "after"), [(False, None), (True, {"name": None})])
def test_a_blank_cell_clears_only_when_asked_to(clears, after):
    existing = {("1",): {"code": "1", "name": "王", "head_count": 3}}
    found = plan("编号,姓名\n1,\n", existing, blank_clears=clears)
    assert [change.after for change in found.to_update] == ([after] if after else [])


def test_the_same_file_twice_changes_nothing():
    text = "编号,姓名,人数\n1,王,3\n2,李,\n"
    first = plan(text, {})
    stored = {row.key: dict(row.values) for row in first.to_create}
    second = plan(text, stored)
    assert (len(first.to_create), len(second.to_create), len(second.to_update)) == (2, 0, 0)
    assert len(second.unchanged) == 2
