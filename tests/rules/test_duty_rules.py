"""The life of a duty on every (state, act) pair, when it holds, who leads, and which of several is answered by."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.registers.duties import rules
from renwang.registers.duties.naming_rules import (
    hazard_key,
    join_helpers,
    join_post,
    split_helpers,
    split_post,
)
from renwang.registers.duties.rules import Act, Claim, DutyState, Rival, Span, Standing

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)
S, A = DutyState, Act

# Said once more, by hand: what may happen in which state, and nothing else.
ALLOWED = {
    S.DRAFT: {A.EDIT: S.DRAFT, A.PROPOSE: S.PROPOSED, A.TAKE_OVER: S.APPROVED, A.DISCARD: S.DISCARDED},
    S.PROPOSED: {
        A.EDIT: S.DRAFT, A.COMMENT: S.PROPOSED, A.OBJECT: S.OBJECTED, A.RETURN: S.DRAFT,
        A.APPROVE: S.APPROVED, A.DISCARD: S.DISCARDED,
    },
    S.OBJECTED: {
        A.EDIT: S.DRAFT, A.COMMENT: S.OBJECTED, A.OBJECT: S.OBJECTED, A.SETTLE: S.PROPOSED,
        A.RETURN: S.DRAFT, A.DISCARD: S.DISCARDED,
    },
    S.APPROVED: {
        A.COMMENT: S.APPROVED, A.SUPERSEDE: S.SUPERSEDED, A.WITHDRAW: S.WITHDRAWN,
        A.EXPIRE: S.EXPIRED,
    },
}  # fmt: skip


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("act", list(A))
def test_every_pair_leads_where_it_should_or_is_refused(state, act):
    wanted = ALLOWED.get(state, {}).get(act)
    if wanted is not None:
        assert rules.move(state, act) is wanted
        return
    refusal = (
        rules.SupersededAlready if (state, act) == (S.SUPERSEDED, A.SUPERSEDE) else rules.DutyNotNow
    )
    with pytest.raises(refusal):
        rules.move(state, act)


def test_what_can_be_done_is_what_leads_somewhere():
    for state in S:
        assert rules.acts_in(state) == frozenset(ALLOWED.get(state, {}))


def test_nothing_that_has_ended_lives_again():
    for state in (S.SUPERSEDED, S.WITHDRAWN, S.EXPIRED, S.DISCARDED):
        assert not rules.acts_in(state)


def test_an_objection_is_not_forgotten_by_changing_the_words():
    assert rules.state_when_proposed(0) is S.PROPOSED
    assert rules.state_when_proposed(1) is S.OBJECTED


class TestWhatItMustSay:
    def test_nobody_approves_his_own(self):
        rules.check_author({"a"}, "b")
        rules.check_author({"a"}, None)
        with pytest.raises(rules.OwnDuty):
            rules.check_author({"a", "b"}, "b")

    @pytest.mark.parametrize(
        ("leader", "is_closed", "sole", "refusal"),
        [
            (None, False, "x", rules.LeaderMissing),
            ("p", True, "x", rules.LeaderEnded),
            ("p", False, " ", rules.TaskMissing),
        ],
    )
    def test_a_leader_who_stands_and_something_to_do(self, leader, is_closed, sole, refusal):
        rules.check_whole("p", False, "x")
        with pytest.raises(refusal):
            rules.check_whole(leader, is_closed, sole)

    @pytest.mark.parametrize(
        ("leader", "helpers", "refusal"),
        [
            ("p", [("p", None)], rules.HelperTwice),
            ("p", [("q", None), ("q", None)], rules.HelperTwice),
            ("p", [(None, "o"), (None, "o")], rules.HelperTwice),
            ("p", [(f"q{n}", None) for n in range(41)], rules.HelperTwice),
            ("p", [(None, None)], rules.HelperUnclear),
            ("p", [("q", "o")], rules.HelperUnclear),
        ],
    )
    def test_each_helper_is_one_and_once(self, leader, helpers, refusal):
        rules.check_helpers("p", [("q", None), (None, "o")])
        with pytest.raises(refusal):
            rules.check_helpers(leader, helpers)

    def test_days_hazard_length_reason_and_document(self):
        with pytest.raises(rules.EndsTooEarly):
            rules.check_days(date(2026, 7, 2), date(2026, 7, 2))
        rules.check_days(date(2026, 7, 2), date(2026, 7, 3))
        with pytest.raises(rules.HazardMissing):
            rules.check_texts(" ", ())
        with pytest.raises(rules.DutyTooLong):
            rules.check_texts("fire", ["x" * 2001])
        with pytest.raises(rules.WhyMissing):
            rules.check_reason(" ")
        with pytest.raises(rules.DocumentMissing):
            rules.check_document("")


moments = st.integers(-50, 50).map(lambda days: NOW + days * DAY)


@st.composite
def spans(draw):
    """A span that has a length."""
    since = draw(moments)
    return Span(since, draw(st.none() | st.integers(1, 40).map(lambda days: since + days * DAY)))


class TestWhenItHolds:
    @given(spans(), spans(), moments)
    def test_two_spans_meet_exactly_where_a_moment_lies_in_both(self, one, other, at):
        if one.holds_at(at) and other.holds_at(at):
            assert one.meets(other)
        assert one.meets(other) == other.meets(one)
        if one.meets(other):
            both = max(one.since, other.since)
            assert one.holds_at(both)
            assert other.holds_at(both)

    @given(st.none() | moments, st.none() | moments)
    def test_nothing_is_approved_for_the_past(self, begins, ends):
        try:
            span = rules.span_of(begins, ends, NOW)
        except rules.OverAlready:
            assert ends is not None
            assert ends <= max(begins or NOW, NOW)
            return
        assert span.since >= NOW
        assert span.until is None or span.until > span.since

    @given(spans(), st.lists(spans(), max_size=4))
    def test_a_second_leader_is_refused_exactly_where_spans_meet(self, span, others):
        rivals = [Rival(f"R{n}", "岗位", one) for n, one in enumerate(others)]
        if any(span.meets(one) for one in others):
            with pytest.raises(rules.SecondLeader):
                rules.check_one_leader(span, rivals)
        else:
            rules.check_one_leader(span, rivals)

    @given(spans(), moments)
    def test_how_an_approved_duty_stands_is_told_by_its_dates(self, span, now):
        found = rules.standing(S.APPROVED, span.since, span.until, now)
        assert (found is Standing.IN_FORCE) == span.holds_at(now)
        assert (found is Standing.COMING) == (now < span.since)

    @pytest.mark.parametrize("state", [one for one in S if one is not S.APPROVED])
    def test_any_other_state_stands_for_itself(self, state):
        assert rules.standing(state, None, None, NOW).value == state.value


names = st.sampled_from(["50", "5001", "500101", "x"])
paths = st.lists(names, min_size=1, max_size=5).map(lambda parts: "/" + "/".join(parts) + "/")


@st.composite
def claims(draw):
    """Duties that hold at one deep place: each made for it or for a place above."""
    path = draw(paths)
    parts = path.strip("/").split("/")
    lines = ["/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts))]
    one = st.tuples(st.sampled_from(lines), moments, st.booleans())
    drawn = draw(st.lists(one, min_size=1, max_size=8))
    return [
        Claim(place, since, f"D{n}", general) for n, (place, since, general) in enumerate(drawn)
    ]


class TestWhichIsAnsweredBy:
    @given(claims(), st.randoms())
    def test_the_very_hazard_then_the_nearest_then_the_earliest(self, found, chance):
        ordered = rules.order_claims(found)
        shuffled = list(found)
        chance.shuffle(shuffled)
        assert rules.order_claims(shuffled) == ordered
        first = ordered[0]
        assert first.is_general == all(one.is_general for one in found)
        rest = [one for one in found if one.is_general == first.is_general]
        assert all(len(one.path) <= len(first.path) for one in rest)
        same = [one for one in rest if one.path == first.path]
        assert first.since == min(one.since for one in same)
        assert sorted(one.ref for one in rules.rivals_of(ordered)) == sorted(
            one.ref for one in same if one is not first
        )


words = st.text("石桥社区网格员转移群众 ab1", min_size=1, max_size=12).map(str.strip).filter(bool)


class TestCells:
    @given(st.lists(st.tuples(words, st.just("") | words), max_size=5))
    def test_helpers_are_read_as_they_were_written(self, helpers):
        assert split_helpers(join_helpers(helpers)) == helpers

    @given(words, words)
    def test_posts_are_read_as_they_were_written(self, before, title):
        assert split_post(join_post(before, title)) == (before, title)
        assert split_post(join_post("", title)) == ("", title)

    def test_signs_as_people_type_them(self):
        assert split_helpers("卫生站:救护;物业／应急联络员：开门\n 妇联") == [
            ("卫生站", "救护"), ("物业/应急联络员", "开门"), ("妇联", ""),
        ]  # fmt: skip

    def test_a_hazard_no_list_has_is_kept_as_it_is(self):
        known = [("fire", ("火灾", "Fire"))]
        assert hazard_key(" FIRE ", known) == hazard_key("火灾", known) == "fire"
        assert hazard_key("野猪伤人", known) == "野猪伤人"
