"""The tree: codes and paths, levels, circles, dated changes, splits that lose nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.chain import rules

DAY = date(2026, 7, 15)


@pytest.mark.parametrize("code", ["a/b", "a b", "中", "-1", "_", "x" * 33, "a.b", "a\n"])
def test_a_code_that_would_break_a_path_is_refused(code):
    with pytest.raises(rules.CodeNotUsable):
        rules.check_code(code)


def test_a_path_is_its_parents_then_the_code_else_the_short_code():
    assert rules.compose_path("/50/", "500105", "ABC") == "/50/500105/"
    assert rules.compose_path("", "50", "ABC") == "/50/"
    assert rules.compose_path("/50/", "", "ABC") == "/50/ABC/"
    assert rules.compose_path("/50/", "500105", "ABC", taken=True) == "/50/500105.ABC/"


def test_a_path_that_cannot_be_kept_is_refused():
    with pytest.raises(rules.PathTooLong):
        rules.compose_path("/" + "x" * 250 + "/", "500105", "ABC")


def test_the_line_above_begins_at_the_root():
    assert rules.line_above("/a/b/c/") == ["/a/", "/a/b/"]
    assert rules.line_above("/a/") == []


@pytest.mark.parametrize(("rank", "above"), [(2, 2), (1, 2), (0, 0)])
def test_a_level_that_is_not_deeper_than_the_one_above_is_refused(rank, above):
    with pytest.raises(rules.LevelOrderBroken):
        rules.check_level(rank, above, name="甲", parent_name="乙")


@pytest.mark.parametrize(("rank", "above"), [(1, 0), (5, 2), (3, None), (0, None)])
def test_levels_may_be_skipped_and_a_root_may_be_of_any_level(rank, above):
    rules.check_level(rank, above, name="甲")


def test_a_unit_cannot_hang_in_itself():
    for parent in ("/a/b/", "/a/b/c/"):
        with pytest.raises(rules.WouldCircle):
            rules.check_move("/a/b/", parent, name="乙", depths=[3], parent_depth=len(parent))


@given(st.dictionaries(st.integers(0, 12).map(str), st.integers(0, 12).map(str)))
def test_a_circle_is_found_exactly_when_there_is_one(parents):
    circle = rules.find_circle(parents)
    if circle is None:
        for key in parents:
            met = set()
            while key in parents:
                assert key not in met
                met.add(key)
                key = parents[key]
    else:
        for here, above in zip(circle, [*circle[1:], circle[0]], strict=True):
            assert parents[here] == above


@pytest.mark.parametrize(
    ("on", "refusal"),
    [
        (DAY + timedelta(1), rules.InTheFuture),
        (DAY - timedelta(400), rules.BeforeItBegan),
        (DAY - timedelta(20), rules.BeforeLastChange),
    ],
)
def test_a_change_on_an_impossible_day_is_refused(on, refusal):
    unit = rules.Dated("石桥社区", DAY - timedelta(300), DAY - timedelta(10))
    with pytest.raises(refusal):
        rules.check_change([unit], on, DAY)


def test_an_ended_unit_takes_no_change():
    unit = rules.Dated("石桥社区", DAY - timedelta(300), DAY - timedelta(10), DAY - timedelta(5))
    with pytest.raises(rules.UnitHasEnded):
        rules.check_change([unit], DAY, DAY)


def test_a_slip_may_be_put_right_on_the_same_day():
    rules.check_change([rules.Dated("石桥社区", DAY, DAY)], DAY, DAY)


def share(name, *takes, households=0, residents=0):
    return rules.Share(name, frozenset(takes), households, residents)


WHOLE = {"a": "第一网格", "b": "第二网格"}


@pytest.mark.parametrize(
    ("shares", "refusal"),
    [
        ([share("东", "a", "b", households=9)], rules.TooFewParts),
        ([share("东", "a", households=9), share("西")], rules.NotPlaced),
        ([share("东", "a", "b", households=9), share("西", "b")], rules.PlacedTwice),
        ([share("东", "a", "b", households=9), share("西", "z")], rules.NotOfThisUnit),
        ([share("东", "a", households=4), share("西", "b", households=4)], rules.HeadcountChanged),
        ([share("东", "a", households=9), share("西", "b", residents=1)], rules.HeadcountChanged),
    ],
)
def test_a_split_that_loses_or_doubles_anything_is_refused(shares, refusal):
    with pytest.raises(refusal):
        rules.check_split(shares, WHOLE, 9, 0)


@given(st.lists(st.sampled_from("ab"), min_size=2, max_size=2), st.integers(0, 9))
def test_a_split_is_allowed_exactly_when_everything_is_placed_once(owners, first):
    east = share(
        "东", *(k for k, o in zip("ab", owners, strict=True) if o == "a"), households=first
    )
    west = share(
        "西", *(k for k, o in zip("ab", owners, strict=True) if o == "b"), households=9 - first
    )
    rules.check_split([east, west], WHOLE, 9, 0)


def test_only_brothers_of_one_level_can_merge():
    rules.check_merge([("s", "community", "p"), ("s", "community", "p")])
    for other in (("s", "grid", "p"), ("s", "community", "q"), ("t", "community", "p")):
        with pytest.raises(rules.NotBrothers):
            rules.check_merge([("s", "community", "p"), other])
    with pytest.raises(rules.TooFewParts):
        rules.check_merge([("s", "community", "p")])
