"""Posts and grants: one holder, deputies in order, and delegation that only narrows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.chain import rules
from renwang.chain.rules import Given, GrantProblem, Held

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
HELD = [Held("p", "石书勤", 0), Held("d1", "傅助民", 1), Held("d2", "王格平", 2)]


def test_a_second_holder_is_refused_and_the_first_is_named():
    with pytest.raises(rules.PostAlreadyHeld) as refused:
        rules.check_holder(HELD, "x")
    assert refused.value.params == {"name": "石书勤"}


def test_nobody_deputises_for_himself():
    with pytest.raises(rules.HoldsThisPost):
        rules.check_holder(HELD[1:], "d1")
    for person in ("p", "d1"):
        with pytest.raises(rules.HoldsThisPost):
            rules.next_rank(HELD, person)


def test_a_deputy_stands_behind_those_there_are():
    assert rules.next_rank(HELD, "x") == 3
    assert rules.next_rank([], "x") == 1


@given(st.permutations(["d1", "d2", "d3", "d4"]))
def test_any_order_of_all_deputies_is_possible(order):
    held = [Held("p", "", 0), *(Held(f"d{n}", "", n) for n in range(1, 5))]
    assert rules.reordered(held, order) == {key: n for n, key in enumerate(order, start=1)}


@pytest.mark.parametrize("order", [["d1"], ["d1", "d2", "x"], ["d1", "d1"], ["p", "d1", "d2"]])
def test_an_order_that_names_others_is_refused(order):
    with pytest.raises(rules.NotTheDeputies):
        rules.reordered(HELD, order)


@given(st.integers(1, 6), st.integers(1, 6))
def test_after_one_leaves_the_ranks_have_no_gap(count, leaving):
    held = [Held(str(n), "", n) for n in range(1, count + 1)]
    changed = rules.closed_up(held, str(leaving))
    ranks = sorted(changed.get(h.person, h.rank) for h in held if h.person != str(leaving))
    assert ranks == list(range(1, len(ranks) + 1))


def test_a_term_ends_after_it_begins():
    rules.check_term(date(2026, 1, 1), date(2026, 1, 2))
    with pytest.raises(rules.TermEndsTooEarly):
        rules.check_term(date(2026, 1, 1), date(2026, 1, 1))


def giver(path="/a/b/", until=None, *more):
    return [Given("g", frozenset({"grants.give", "chain.see", *more}), path, until)]


@pytest.mark.parametrize(
    ("held", "wanted", "path", "until", "problem"),
    [
        (giver(), None, "/a/b/c/", None, GrantProblem.UNKNOWN_BUNDLE),
        ([], {"chain.see"}, "/a/b/", None, GrantProblem.MAY_NOT_GIVE),
        (
            [Given("g", frozenset({"chain.see"}), "/a/", None)],
            {"chain.see"},
            "/a/b/",
            None,
            GrantProblem.MAY_NOT_GIVE,
        ),
        (giver(), {"chain.see"}, "/a/", None, GrantProblem.TOO_WIDE),
        (giver(), {"chain.see"}, "/a/bb/", None, GrantProblem.TOO_WIDE),
        (giver(), {"chain.edit"}, "/a/b/c/", None, GrantProblem.TOO_MUCH),
        (giver(until=NOW), {"chain.see"}, "/a/b/c/", None, GrantProblem.TOO_LONG),
        (
            giver(until=NOW + timedelta(1)),
            {"chain.see"},
            "/a/b/",
            NOW + timedelta(2),
            GrantProblem.TOO_LONG,
        ),
        (giver(), {"chain.see"}, "/a/b/", NOW, GrantProblem.NEVER),
    ],
)
def test_a_grant_that_would_widen_is_refused(held, wanted, path, until, problem):
    assert problem in rules.grant_problems(held, wanted, path, NOW, until)


CAPABILITIES = ["chain.see", "chain.edit", "grants.give", "people.see"]
PATHS = ["/a/", "/a/b/", "/a/b/c/", "/a/d/", "/e/"]
UNTILS = [None, NOW + timedelta(1), NOW + timedelta(9)]
grants = st.builds(
    Given,
    st.just("g"),
    st.frozensets(st.sampled_from(CAPABILITIES)),
    st.sampled_from(PATHS),
    st.sampled_from(UNTILS),
)


@given(
    st.lists(grants, max_size=4),
    st.sets(st.sampled_from(CAPABILITIES), min_size=1),
    st.sampled_from(PATHS),
    st.sampled_from(UNTILS),
)
def test_whatever_is_allowed_the_giver_has_himself_there_and_as_long(held, wanted, path, until):
    if rules.grant_problems(held, wanted, path, NOW, until):
        return
    end = until or datetime.max.replace(tzinfo=UTC)
    for capability in (*wanted, "grants.give"):
        assert any(
            capability in one.capabilities
            and path.startswith(one.path)
            and (one.until is None or one.until >= end)
            for one in held
        )
    assert rules.source_of(held, path, until) == "g"
