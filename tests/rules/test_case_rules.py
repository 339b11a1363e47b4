"""The life of a case on every pair of state and act; returned orders; what makes an answer one; which cases are alike."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.base.pure.text import search_key
from renwang.cases import rules
from renwang.cases.alike_rules import FROM, LOOKED_BACK, Shelf, Trace, sameness
from renwang.cases.answer_rules import Finding, Said, advise
from renwang.cases.config import alarms, lexicon, shipped
from renwang.cases.kind_rules import KindsRefused, ends_of, find_danger, grouped, read_kinds
from renwang.cases.route_rules import (
    Returned,
    Verdict,
    climbed,
    decide_return,
    levels_up,
)
from renwang.cases.rules import ANSWERS, LIVE, MOVES, OWED, Act, End, State

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
EVERY = [(state, act) for state in State for act in Act]


@pytest.mark.parametrize(("state", "act"), EVERY)
def test_every_pair_leads_somewhere_or_is_refused(state, act):
    if (state, act) in MOVES:
        assert rules.move(state, act) is MOVES[state, act]
        assert act in rules.acts_in(state)
    else:
        with pytest.raises(rules.NotNow):
            rules.move(state, act)


class TestNothingIsParked:
    def test_there_is_no_state_for_having_been_read(self):
        assert not [state for state in State if "read" in state.value or "seen" in state.value]

    @pytest.mark.parametrize("state", sorted(OWED))
    def test_whoever_owes_can_always_answer_and_silence_climbs(self, state):
        assert MOVES[state, Act.ANSWER] is State.ANSWERED
        assert MOVES[state, Act.CLIMB] is state

    @pytest.mark.parametrize("state", sorted(LIVE - {State.REJECTED}))
    def test_every_living_state_can_come_to_its_end(self, state):
        reached, todo = {state}, [state]
        while todo:
            here = todo.pop()
            for (at, _act), led in MOVES.items():
                if at is here and led not in reached:
                    reached.add(led)
                    todo.append(led)
        assert State.CLOSED in reached

    def test_only_an_answer_another_case_or_the_reporter_ends_it(self):
        ways = {(at, act) for (at, act), led in MOVES.items() if led is State.CLOSED != at}
        assert {act for _at, act in ways} == {Act.CLOSE, Act.WITHDRAW, Act.MERGE}
        assert {at for at, act in ways if act is Act.CLOSE} == {State.ANSWERED, State.CONFIRMED}

    def test_a_rejection_opens_it_again_and_nothing_else_can_become_of_it(self):
        assert rules.acts_in(State.REJECTED) == {Act.REOPEN}

    def test_the_reporter_can_always_say_more(self):
        assert all((state, Act.ADD) in MOVES for state in State if state is not State.REJECTED)


class TestAnEnd:
    @pytest.mark.parametrize("end", [None, End.DUPLICATE, End.WITHDRAWN])
    def test_is_one_an_answer_can_have(self, end):
        with pytest.raises(rules.EndMissing):
            rules.check_end(end, "已更换", "")

    def test_not_ours_says_whose(self):
        with pytest.raises(rules.WhoseMissing):
            rules.check_end(End.NOT_OURS, "不属于本街道", " ")
        rules.check_end(End.NOT_OURS, "不属于本街道", "市燃气集团 96777")

    @pytest.mark.parametrize("end", ANSWERS)
    def test_says_something(self, end):
        with pytest.raises(rules.WordsMissing):
            rules.check_end(end, "  ", "某单位")


class TestSilence:
    def test_ends_nothing_while_the_reporter_could_be_rung(self):
        assert not rules.may_end_in_silence(has_contact=True, days_rung=1)
        assert rules.may_end_in_silence(has_contact=True, days_rung=2)
        assert rules.may_end_in_silence(has_contact=False, days_rung=0)

    def test_is_never_rung_by_the_answerer(self):
        with pytest.raises(rules.SameHandTwice):
            rules.check_other_hand("one", "one")
        rules.check_other_hand("another", "one")
        rules.check_other_hand(None, None)


class TestAReturnedOrder:
    def test_goes_where_the_duties_list_says(self):
        assert decide_return(Returned("/a/b/", "/a/c/", 0)) is Verdict.DUTIES

    def test_comes_straight_back_to_whose_it_is(self):
        assert decide_return(Returned("/a/b/", "/a/b/", 0)) is Verdict.STAYS

    def test_names_the_gap(self):
        assert decide_return(Returned("/a/b/", "", 0)) is Verdict.GAP

    @pytest.mark.parametrize("named", ["", "/a/b/", "/a/c/"])
    def test_goes_to_the_arbiter_the_second_time_and_to_nobody_the_third(self, named):
        assert decide_return(Returned("/a/b/", named, 1)) is Verdict.ARBITER
        with pytest.raises(rules.ReturnedTooFar):
            decide_return(Returned("/a/b/", named, 2))

    @given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=9), st.integers(0, 20))
    def test_climbing_stays_on_the_line_above(self, parts, levels):
        path = "/" + "/".join(parts) + "/"
        above = climbed(path, levels)
        assert path.startswith(above)
        assert above.count("/") == max(2, path.count("/") - levels)

    def test_the_first_reopening_goes_to_who_can_act_each_later_one_higher(self):
        assert [levels_up(again) for again in (1, 2, 3)] == [0, 1, 2]


GOOD = Said(
    "7 月 13 日 14 点社区与燃气公司到现场检测，确认 2 单元立管接头漏气，当天更换接头并复测合格。",
    End.DONE,
    "青石社区",
    date(2026, 7, 13),
    "城镇燃气管理条例第四十一条；检测记录 0713 号",
    "一周后再测一次",
)


def found(said, **more):
    return {one.finding for one in advise(said, lexicon(), **more)}


class TestTheChecker:
    def test_finds_nothing_wrong_with_an_answer_of_substance(self):
        assert found(GOOD) == set()

    def test_finds_everything_wrong_with_an_empty_one(self):
        said = Said("您反映的问题已收悉，正在处理中。", End.NOT_DONE)
        assert found(said) == {
            Finding.TOO_SHORT, Finding.NO_ACT, Finding.NO_DATE, Finding.NO_GROUND,
            Finding.NO_NEXT, Finding.CANNED,
        }  # fmt: skip

    def test_names_the_phrase_and_the_answer_it_copies(self):
        said = Said("您反映的问题已收悉，我们会尽快，请耐心等待，感谢您的支持。", End.DONE)
        assert {one.about for one in advise(said, lexicon()) if one.about} == {"您反映的问题已收悉"}
        copied = advise(GOOD, lexicon(), earlier=[("A", GOOD.words), ("B", "别的")])
        assert [(one.finding, one.about) for one in copied] == [(Finding.COPY, "A")]

    def test_notices_who_says_back_what_was_said(self):
        assert Finding.ECHO in found(Said(GOOD.words, End.DONE), brought=GOOD.words)

    def test_takes_a_day_in_the_words_for_a_day(self):
        plain = Said(
            "我们于 2026年7月13日 上门查看，协商后由物业更换门禁，费用由公共收益支出。", End.DONE
        )
        assert Finding.NO_DATE not in found(plain)

    def test_reads_english_too(self):
        said = Said(
            "On 13 Jul 2026 we inspected the drain with the property manager and replaced the pump.",
            End.DONE,
            ground="What was seen there",
        )
        assert found(said) == set()

    @given(st.text(max_size=200), st.text(max_size=200))
    def test_never_fails_and_never_stops_anybody(self, words, brought):
        assert set(found(Said(words), brought=brought)) <= set(Finding)


class TestKinds:
    def test_ship_as_a_tree_in_both_languages(self):
        kinds = read_kinds(shipped("kinds"))
        assert all(kind.names["zh"] and kind.names["en"] for kind in kinds.values())
        assert kinds["gas"].terms == kinds["danger"].terms
        assert ends_of(kinds, "danger")[0] == "danger"
        assert sum(len(choices) for _name, choices in grouped(kinds, "zh-hans")) == len(kinds)

    @pytest.mark.parametrize(
        ("rows", "fault"),
        [
            ([], "other"),
            ([{"key": "other"}], "shape"),
            ([{"key": "a", "names": {"en": "A"}, "parent": "b"}], "shape"),
            ([{"key": "a b", "names": {"en": "A"}}], "shape"),
        ],
    )
    def test_refuses_a_tree_that_cannot_be_used(self, rows, fault):
        with pytest.raises(KindsRefused) as refused:
            read_kinds(rows)
        assert refused.value.params["fault"] == fault

    @pytest.mark.parametrize(
        ("words", "word"),
        [
            ("三楼楼道里有人被困", "被困"),
            ("There is a smell of GAS here", "smell of gas"),
            ("路灯不亮", ""),
        ],
    )
    def test_words_of_danger_are_known(self, words, word):
        assert find_danger(search_key(words), alarms()) == word


def trace(words, **changes):
    return Trace(search_key(words), changes.pop("path", "/a/b/"), changes.pop("at", NOW), **changes)


class TestAlike:
    def test_the_same_in_other_words_near_by_is_suggested_and_the_stranger_is_not(self):
        one = trace("3 号楼门口的路灯坏了好几天，晚上很黑")
        same = trace("3号楼前路灯不亮，晚上看不见", at=NOW - timedelta(days=2))
        far = trace("3号楼前路灯不亮，晚上看不见", path="/x/y/", at=NOW - timedelta(days=50))
        other = trace("楼上漏水把天花板泡坏了")
        shelf = Shelf()
        for number, trace_ in ((1, same), (2, other), (3, far)):
            shelf.put(number, trace_)
        ranked = shelf.most_alike(one)
        assert [number for number, _share in ranked][:1] == [1]
        assert 2 not in {number for number, _share in ranked}

    @given(st.text(max_size=60), st.text(max_size=60), st.integers(0, 90))
    def test_is_a_share_and_the_same_both_ways(self, words, others, days):
        one, other = trace(words), trace(others, at=NOW - timedelta(days=days))
        assert 0 <= sameness(one, other) <= 1
        assert abs(sameness(one, other) - sameness(other, one)) < 1e-9

    @given(
        st.lists(
            st.builds(
                trace,
                st.text("路灯坏了电梯楼道水管", max_size=12),
                path=st.sampled_from(["/a/", "/a/b/", "/a/b/c/", "/x/"]),
                at=st.integers(-90, 90).map(lambda days: NOW + timedelta(days=days)),
                kind=st.sampled_from(["", "road", "gas"]),
                lon=st.one_of(st.none(), st.floats(106.5, 106.51)),
                lat=st.one_of(st.none(), st.floats(29.5, 29.51)),
            ),
            min_size=1,
            max_size=20,
        )
    )
    def test_a_shelf_finds_what_comparing_with_each_finds(self, traces):
        one, *others = traces
        shelf = Shelf()
        for number, other in enumerate(others):
            shelf.put(number, other)
        found = dict(shelf.most_alike(one, most=99))
        for number, other in enumerate(others):
            share = sameness(one, other)
            if abs(one.at - other.at) > LOOKED_BACK or share < FROM - 0.01:
                assert number not in found
            elif share > FROM + 0.01:
                assert abs(found[number] - share) < 0.01
