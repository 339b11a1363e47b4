"""The life of a risk on every pair of state and act, the scale, and what is owed next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.registers.risks import rules
from renwang.registers.risks.rules import LIVE, MOVES, OVER, Act, Standing, State
from renwang.registers.risks.scale import shipped_scale
from renwang.registers.risks.scale_rules import (
    AcceptedTooLong,
    Judgement,
    Level,
    LevelsOutOfOrder,
    NeverAccepted,
    OffTheScale,
    ReasonMissing,
    ScaleRefused,
    TooLowToAccept,
    check_acceptance,
    judge,
    scale_of,
)

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
SCALE = scale_of(shipped_scale())
EVERY = [(state, act) for state in State for act in Act]


@pytest.mark.parametrize(("state", "act"), EVERY)
def test_every_pair_leads_somewhere_or_is_refused(state, act):
    if (state, act) in MOVES:
        assert rules.move(state, act) is MOVES[state, act]
    else:
        with pytest.raises(rules.NotNow):
            rules.move(state, act)


def test_only_another_persons_look_closes():
    assert {pair for pair, led in MOVES.items() if led is State.CLOSED} == {
        (State.RECTIFIED, Act.CONFIRM)
    }


def test_what_is_over_can_always_be_opened_again():
    assert all((state, Act.REOPEN) in MOVES for state in OVER)


def test_a_question_ends_by_an_answer_or_by_being_taken_back():
    ways = {act for (state, act), led in MOVES.items() if state is State.REFERRED and led != state}
    assert ways == {Act.ANSWER, Act.WITHDRAW}


def test_an_acceptance_is_entered_by_one_door():
    ways = {act for (state, act), led in MOVES.items() if led is State.ACCEPTED and state != led}
    assert ways == {Act.ACCEPT}


@given(st.lists(st.sampled_from(list(Act)), max_size=30))
def test_whatever_happens_nothing_is_parked(acts):
    """After any acts, in any order, a risk is over or somebody owes a next step by a moment."""
    state = State.FOUND
    for act in acts:
        state = MOVES.get((state, act), state)
    standing = Standing(state, NOW, answer_due=NOW, accepted_until=NOW)
    assert (rules.next_step_due(standing, SCALE.terms) is None) == (state in OVER)


@given(
    st.sampled_from(sorted(LIVE)),
    st.integers(0, 5),
    st.lists(st.integers(-90, 90).map(lambda days: NOW + timedelta(days=days)), max_size=4),
)
def test_the_next_step_is_that_of_the_first_measure_to_be_done(state, done, undone):
    standing = Standing(state, NOW, done + len(undone), undone)
    due = rules.next_step_due(standing, SCALE.terms)
    assert due is not None
    if state is State.OPEN and undone:
        assert due == min(undone)


@given(st.timedeltas(timedelta(minutes=1), timedelta(days=400)), st.integers(0, 12))
def test_silence_costs_the_levels_above_more_and_more_of_their_time(term, rung):
    due = rules.next_rung_due(term, rung, NOW)
    assert NOW + rules.SHORTEST_TERM <= due <= NOW + rules.LONGEST_RUNG
    assert due >= rules.next_rung_due(term, rung + 1, NOW)


@given(st.integers(0, 5), st.sets(st.integers(0, 5)))
def test_nobody_checks_his_own_work(hand, hands):
    if hand in hands:
        with pytest.raises(rules.SameHandTwice):
            rules.check_other_hand(hand, hands)
    else:
        rules.check_other_hand(hand, hands)


def test_the_node_is_one_hand():
    with pytest.raises(rules.SameHandTwice):
        rules.check_other_hand(None, {None})


@pytest.mark.parametrize("term", [timedelta(minutes=59), timedelta(days=31)])
def test_a_term_nobody_can_keep_is_refused(term):
    with pytest.raises(rules.TermRefused):
        rules.check_term(term)


def test_found_in_the_future_is_refused_but_for_clocks_that_differ():
    rules.check_found_at(NOW + timedelta(minutes=9), NOW)
    with pytest.raises(rules.FoundInTheFuture):
        rules.check_found_at(NOW + timedelta(minutes=11), NOW)


# --- the scale --------------------------------------------------------------------

STEPS = st.tuples(st.integers(1, 5), st.integers(1, 5))


@pytest.mark.parametrize("pair", [(0, 1), (1, 0), (6, 1), (1, 6)])
def test_what_is_not_on_the_scale_is_refused(pair):
    with pytest.raises(OffTheScale):
        SCALE.level(*pair)


@given(STEPS, STEPS)
def test_what_is_likelier_and_does_more_harm_is_never_less_bad(one, other):
    if one[0] <= other[0] and one[1] <= other[1]:
        assert SCALE.level(*one) <= SCALE.level(*other)


@given(STEPS, STEPS, STEPS)
def test_what_is_in_place_makes_nothing_worse_and_neither_do_measures(inherent, present, residual):
    said = Judgement(present, "已现场查看", inherent, residual)
    levels = [SCALE.level(*pair) for pair in (inherent, present, residual)]
    if sorted(levels, reverse=True) == levels:
        assert judge(SCALE, said).level == levels[1]
    else:
        with pytest.raises(LevelsOutOfOrder):
            judge(SCALE, said)


def test_a_colour_without_a_reason_is_refused():
    with pytest.raises(ReasonMissing):
        judge(SCALE, Judgement((3, 3), " "))


def changed(**changes):
    return shipped_scale() | changes


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, "shape"),
        (changed(matrix=[[1, 2], [2, 3]]), "matrix"),
        (changed(matrix=[[0] * 5] * 5), "matrix"),
        (changed(matrix=[[2, 1, 1, 1, 1]] * 5), "order"),
        (changed(matrix=[[2] * 5, *[[1] * 5] * 4]), "order"),
        (changed(matrix=[[9] * 5] * 5), "shape"),
        (changed(harm=shipped_scale()["harm"][:2]), "steps"),
        (changed(harm=[{"zh": "", "en": "x"}] * 5), "names"),
        (changed(terms={"judge": 0, "plan": 1, "declare": 1, "recheck": 1}), "days"),
        (changed(terms={"judge": 1}), "shape"),
        (changed(acceptance={"1": {"above": -1, "days": 5}}), "above"),
    ],
)
def test_a_scale_that_cannot_be_used_says_why(body, fault):
    with pytest.raises(ScaleRefused) as refused:
        scale_of(body)
    assert refused.value.params["fault"] == fault


@given(st.sampled_from(list(Level)[1:]), st.integers(0, 5), st.integers(-5, 800))
def test_an_acceptance_always_has_an_end_and_the_right_level(level, above, days):
    allowed = SCALE.acceptance[level]
    fits = above >= allowed.above and 1 <= days <= allowed.days
    if fits:
        check_acceptance(SCALE, level, above=above, days=days)
    else:
        with pytest.raises((TooLowToAccept, AcceptedTooLong)):
            check_acceptance(SCALE, level, above=above, days=days)


def test_what_is_not_judged_is_accepted_by_nobody():
    with pytest.raises(NeverAccepted):
        check_acceptance(SCALE, Level.UNKNOWN, above=9, days=1)
