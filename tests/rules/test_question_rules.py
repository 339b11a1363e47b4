"""The life of a question: every act in every state, the clock that climbs, which ones are alike."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.bulletins.question_rules import (
    AT_MOST_IN_AN_HOUR,
    CLIMB_EVERY,
    CONTACT_KEPT_FOR,
    LONGEST_WAIT,
    RUNNING,
    SAID,
    WORDS_AT_MOST,
    AskedTooMuch,
    Finding,
    FindingMissing,
    Kind,
    NextWordTooLate,
    NothingAsked,
    QuestionAct,
    QuestionNotNow,
    QuestionState,
    check_asking,
    check_finding,
    check_next_word,
    climb,
    contact_until,
    is_too_often,
    likeness,
    most_alike,
    move_question,
    pairs_of,
    question_acts_in,
    telling_pairs,
)

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
S, A = QuestionState, QuestionAct

LEADS_TO = {
    (S.ASKED, A.ANSWER): S.ANSWERED,
    (S.ASKED, A.POSTPONE): S.PENDING,
    (S.ASKED, A.MERGE): S.MERGED,
    (S.ASKED, A.SET_ASIDE): S.ASIDE,
    (S.PENDING, A.ANSWER): S.ANSWERED,
    (S.PENDING, A.POSTPONE): S.PENDING,
    (S.PENDING, A.PUBLISH): S.PENDING,
    (S.PENDING, A.RETRACT): S.PENDING,
    (S.PENDING, A.MERGE): S.MERGED,
    (S.PENDING, A.SET_ASIDE): S.ASIDE,
    (S.ANSWERED, A.ANSWER): S.ANSWERED,
    (S.ANSWERED, A.POSTPONE): S.PENDING,
    (S.ANSWERED, A.PUBLISH): S.PUBLISHED,
    (S.ANSWERED, A.RETRACT): S.ANSWERED,
    (S.ANSWERED, A.MERGE): S.MERGED,
    (S.ANSWERED, A.DENY): S.ASKED,
    (S.ANSWERED, A.CONFIRM): S.ANSWERED,
    (S.PUBLISHED, A.ANSWER): S.CORRECTING,
    (S.PUBLISHED, A.POSTPONE): S.PENDING,
    (S.PUBLISHED, A.RETRACT): S.ANSWERED,
    (S.PUBLISHED, A.DENY): S.PUBLISHED,
    (S.PUBLISHED, A.CONFIRM): S.PUBLISHED,
    (S.CORRECTING, A.ANSWER): S.CORRECTING,
    (S.CORRECTING, A.POSTPONE): S.PENDING,
    (S.CORRECTING, A.PUBLISH): S.CORRECTED,
    (S.CORRECTING, A.RETRACT): S.ANSWERED,
    (S.CORRECTING, A.DENY): S.CORRECTING,
    (S.CORRECTING, A.CONFIRM): S.CORRECTING,
    (S.CORRECTED, A.ANSWER): S.CORRECTING,
    (S.CORRECTED, A.POSTPONE): S.PENDING,
    (S.CORRECTED, A.RETRACT): S.ANSWERED,
    (S.CORRECTED, A.DENY): S.CORRECTED,
    (S.CORRECTED, A.CONFIRM): S.CORRECTED,
    (S.MERGED, A.UNMERGE): S.ASKED,
    (S.ASIDE, A.TAKE_UP): S.ASKED,
}


@pytest.mark.parametrize(("state", "act"), list(product(S, A)))
def test_every_act_in_every_state(state, act):
    if (state, act) in LEADS_TO:
        assert move_question(state, act) is LEADS_TO[state, act]
        assert act in question_acts_in(state)
        return
    with pytest.raises(QuestionNotNow):
        move_question(state, act)


def test_nobody_judges_what_was_not_answered():
    for state in S:
        judged = question_acts_in(state) & {A.CONFIRM, A.DENY}
        assert bool(judged) == (state in SAID)


def test_somebody_waits_only_before_the_answer():
    assert not RUNNING & SAID


class TestAsking:
    def test_nothing_is_no_question(self):
        with pytest.raises(NothingAsked):
            check_asking(" \n")

    def test_a_thousand_characters_are_enough(self):
        check_asking("水" * WORDS_AT_MOST)
        with pytest.raises(AskedTooMuch):
            check_asking("水" * (WORDS_AT_MOST + 1))
        with pytest.raises(AskedTooMuch):
            check_asking("水", "1" * 121)

    def test_a_rumour_has_a_finding_and_a_question_none(self):
        for kind, finding in ((Kind.RUMOUR, None), (Kind.QUESTION, Finding.TRUE)):
            with pytest.raises(FindingMissing):
                check_finding(kind, finding)
        check_finding(Kind.RUMOUR, Finding.PARTLY)
        check_finding(Kind.QUESTION, None)

    def test_the_next_word_is_soon(self):
        for wrong in (NOW, NOW + LONGEST_WAIT + timedelta(seconds=1)):
            with pytest.raises(NextWordTooLate):
                check_next_word(wrong, NOW)
        check_next_word(NOW + LONGEST_WAIT, NOW)

    def test_a_school_may_ask_and_a_machine_may_not(self):
        assert not is_too_often(AT_MOST_IN_AN_HOUR)
        assert is_too_often(AT_MOST_IN_AN_HOUR + 1)

    def test_a_contact_outlives_its_answer_by_two_weeks(self):
        assert contact_until(NOW, NOW) == NOW + CONTACT_KEPT_FOR
        assert contact_until(NOW, None) > NOW + CONTACT_KEPT_FOR


class TestClimbing:
    PATH = "/50/500105/500105001/"

    def test_in_time_nothing_climbs(self):
        assert climb(self.PATH, NOW + timedelta(seconds=1), 0, NOW) is None
        assert climb(self.PATH, None, 0, NOW) is None

    def test_first_the_place_then_every_half_hour_the_one_above(self):
        first = climb(self.PATH, NOW, 0, NOW)
        assert (first.rung, first.path, first.next_at) == (1, self.PATH, NOW + CLIMB_EVERY)
        second = climb(self.PATH, NOW, 1, NOW + CLIMB_EVERY)
        assert (second.rung, second.path) == (2, "/50/500105/")

    def test_at_the_top_it_stays(self):
        top = climb(self.PATH, NOW, 2, NOW + timedelta(days=3))
        assert (top.rung, top.path, top.next_at) == (3, "/50/", None)
        assert climb(self.PATH, NOW, 3, NOW + timedelta(days=9)) is None

    @given(st.integers(0, 100_000), st.integers(0, 6))
    def test_it_never_climbs_down_and_always_upward_of_its_place(self, seconds, rung):
        step = climb(self.PATH, NOW, rung, NOW + timedelta(seconds=seconds))
        if step is not None:
            assert step.rung > rung
            assert self.PATH.startswith(step.path)
            assert step.next_at is None or step.next_at > NOW


class TestAlike:
    def test_the_same_asked_in_other_words_is_found(self):
        others = [(0, "今晚几点停水"), (1, "小学明天上课吗"), (2, "今天晚上会停水吗,停到几点")]
        found = [number for number, _ in most_alike("今晚停水停到几点?", others)]
        assert found[:2] == [0, 2] or found[:2] == [2, 0]
        assert 1 not in found

    @given(st.text(), st.text())
    def test_likeness_is_a_share_and_the_same_both_ways(self, one, other):
        a, b = pairs_of(one), pairs_of(other)
        assert 0 <= likeness(a, b) <= 1
        assert likeness(a, b) == likeness(b, a)
        assert not a or likeness(a, a) == 1

    @given(st.text())
    def test_pairs_that_narrow_are_pairs_of_the_words(self, text):
        chosen = telling_pairs(text)
        assert len(chosen) <= 8
        assert set(chosen) <= pairs_of(text)
