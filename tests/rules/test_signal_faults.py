"""What is wrong with an instrument: streaks open and close faults, and no batch size changes that."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from renwang.signals.fault_rules import (
    CLOSE_AFTER,
    OPEN_AFTER,
    Character,
    Doubt,
    FaultKind,
    Standing,
    judge_readings,
    open_kinds,
    silent_since,
)

START = datetime(2026, 7, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEPT = timedelta(days=400)
CHARACTER = Character(MINUTE, low=0, high=10, jump=3, stuck_for=10 * MINUTE, resting=0)


def judge(values, standing=None, character=CHARACTER, start=START):
    rows = [(start + n * MINUTE, float(v)) for n, v in enumerate(values)]
    return judge_readings(
        character, standing or Standing(), rows, now=START + timedelta(days=1), kept_for=KEPT
    )


values = st.lists(st.sampled_from([-5.0, 0.0, 1.0, 2.0, 5.0, 9.0, 50.0]), max_size=60)


@given(values, st.integers(0, 60))
def test_one_batch_or_two_come_to_the_same(given_, cut):
    whole = judge(given_)
    first = judge(given_[:cut])
    second = judge(given_[cut:], first.standing, start=START + min(cut, len(given_)) * MINUTE)
    assert second.standing == whole.standing
    assert (*first.turns, *second.turns) == whole.turns
    assert (*first.fresh, *second.fresh) == whole.fresh


@given(values)
def test_faults_open_and_close_in_turn(given_):
    judged = judge(given_)
    is_open = dict.fromkeys(FaultKind, False)
    for turn in judged.turns:
        assert is_open[turn.kind] is not turn.is_open
        is_open[turn.kind] = turn.is_open
    assert {kind for kind, stands in is_open.items() if stands} == open_kinds(
        judged.standing.streaks
    )


@given(values)
def test_every_reading_is_kept_refused_or_counted(given_):
    judged = judge(given_)
    assert len(judged.fresh) + len(judged.late) + len(judged.refused) == len(given_)
    for _, value, doubt in judged.fresh:
        assert (doubt is Doubt.RANGE) == (not 0 <= value <= 10)


@given(st.permutations(list(range(20))))
def test_order_within_a_batch_does_not_matter(order):
    rows = [(START + n * MINUTE, float(n % 3)) for n in range(20)]
    one = judge_readings(CHARACTER, Standing(), rows, now=START + KEPT / 2, kept_for=KEPT)
    mixed = [rows[n] for n in order]
    other = judge_readings(CHARACTER, Standing(), mixed, now=START + KEPT / 2, kept_for=KEPT)
    assert one == other


def test_a_fault_opens_and_closes_only_when_it_repeats():
    bad, good = OPEN_AFTER[FaultKind.RANGE], CLOSE_AFTER[FaultKind.RANGE]
    one = Character(MINUTE, low=0, high=10)
    assert judge([1] + [50] * (bad - 1) + [1], character=one).turns == ()
    opened = judge([1] + [50] * bad, character=one)
    assert [(t.kind, t.is_open) for t in opened.turns] == [(FaultKind.RANGE, True)]
    still = judge([1, 2] * (good // 2), opened.standing, one, start=START + 10 * MINUTE)
    assert still.turns == ()
    closed = judge([1] * good, still.standing, one, start=START + 30 * MINUTE)
    assert [(t.kind, t.is_open) for t in closed.turns] == [(FaultKind.RANGE, False)]


def test_silence_is_three_intervals_and_only_of_who_should_speak():
    assert silent_since(MINUTE, START, START + 3 * MINUTE) is None
    assert silent_since(MINUTE, START, START + 4 * MINUTE) == START
    assert silent_since(MINUTE, None, START) is None
    assert silent_since(timedelta(0), START, START + KEPT) is None
