"""Work that waits: its life on every pair, how pressing it is, how long people get."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.outreach.errand_rules import (
    MOVES,
    SHORTEST,
    ErrandAct,
    ErrandOver,
    ErrandState,
    decision_term,
    errand_terms,
    is_urgent,
    may_ring,
    move_errand,
    weight_of,
    worst_first,
)
from renwang.outreach.rules import BY_HAND

COLOURS = ("red", "orange", "yellow", "blue", "")
KINDS = ("app", "sms", "phone", "wecom", "dingtalk", "feishu", "email", "knock", "neighbour")
NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(("state", "act"), list(product(ErrandState, ErrandAct)))
def test_every_act_in_every_state_leads_somewhere_or_is_refused(state, act):
    if state is not ErrandState.OPEN:
        with pytest.raises(ErrandOver):
            move_errand(state, act)
        return
    after = move_errand(state, act)
    ends = {ErrandAct.SETTLE: ErrandState.DONE, ErrandAct.DROP: ErrandState.NEEDLESS}
    assert after is ends.get(act, ErrandState.OPEN)


def test_no_pair_is_left_out_of_the_table():
    assert set(MOVES) == {(ErrandState.OPEN, act) for act in ErrandAct}


def test_only_orange_and_red_break_quiet_hours():
    assert [colour for colour in COLOURS if is_urgent(colour)] == ["red", "orange"]
    assert [weight_of(colour) for colour in (*COLOURS, "mauve")] == [4, 3, 2, 1, 0, 0]


def test_a_graver_decision_may_not_take_longer():
    terms = [decision_term(colour) for colour in ("red", "orange", "yellow", "blue")]
    assert terms == sorted(terms)


@given(st.sampled_from(COLOURS), st.timedeltas(timedelta(0), timedelta(days=30)))
def test_whatever_the_term_somebody_is_asked_again_and_nobody_uses_up_all_of_it(colour, term):
    terms = errand_terms(colour, term)
    assert terms.again_every > 0, "silence never ends the asking"
    assert terms.again_times == 0
    assert SHORTEST <= terms.contact_for <= terms.person_for
    assert terms.carry_for >= SHORTEST
    assert terms.breaks_quiet == is_urgent(colour)
    if not is_urgent(colour) and term >= timedelta(minutes=4):
        assert 2 * terms.person_for <= terms.carry_for


@given(st.sets(st.sampled_from(KINDS), min_size=1), st.booleans())
def test_nobody_is_sent_to_a_door_and_nobody_with_another_way_is_left_without_one(kinds, urgent):
    used = {kind for kind in kinds if may_ring(kind, frozenset(kinds), urgent=urgent)}
    assert not used & BY_HAND
    assert bool(used) == bool(kinds - BY_HAND)
    if not urgent and kinds - BY_HAND - {"sms"}:
        assert "sms" not in used, "a text message is for who has nothing quieter"
    if urgent:
        assert used == kinds - BY_HAND


_WORK = st.tuples(
    st.integers(0, 4),
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.datetimes(timezones=st.just(UTC)),
)


@given(st.lists(_WORK, max_size=12))
def test_the_list_begins_with_the_gravest_and_soonest(work):
    ordered = sorted(work, key=lambda one: worst_first(*one))
    for before, after in pairwise(ordered):
        assert before[0] >= after[0]
        if before[0] == after[0]:
            assert after[1] is None or (before[1] is not None and before[1] <= after[1])
