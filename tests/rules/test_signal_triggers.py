"""Conditions: what is refused and where, what the engine makes of them, windows, hysteresis."""

from datetime import UTC, datetime, timedelta

import cel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renwang.signals.expression_rules import (
    DEEPEST,
    FUNCTIONS,
    Call,
    ExpressionRefused,
    Wrong,
    read_expression,
    read_span,
)
from renwang.signals.scale_rules import WarningLevel
from renwang.signals.trial_rules import try_trigger
from renwang.signals.trigger_rules import (
    DividedByZero,
    HoldRefused,
    LevelRule,
    LevelTwice,
    NoLevels,
    Standing,
    TurnKind,
    advance,
    define,
    definition_of,
    evaluate,
    kept_form,
    kept_standing,
    standing_of,
)
from renwang.signals.window_rules import Record, measure

START = datetime(2026, 7, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BLUE, RED = WarningLevel.BLUE, WarningLevel.RED


def record(values, *, every=MINUTE, expect=True, start=START):
    rows = [(start + every * n, float(v)) for n, v in enumerate(values) if v is not None]
    return Record.of(rows, every if expect else timedelta(0))


def says(text, at=None, **records):
    return evaluate(read_expression(text), records, at or START + 60 * MINUTE).holds


# --- what is refused, and where ---------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wrong", "at"),
    [
        ("", Wrong.EMPTY, 1),
        ("  ", Wrong.EMPTY, 1),
        ("1" * 1001, Wrong.TOO_LONG, 1001),
        ('last("a") # 3', Wrong.CHARACTER, 11),
        ('last("a") > ', Wrong.UNEXPECTED, 13),
        ('last("a" > 3', Wrong.UNEXPECTED, 10),
        ('last("a") > 3 4', Wrong.UNEXPECTED, 15),
        ('1 < last("a") < 3', Wrong.UNEXPECTED, 15),
        ('avg("a", "3h") > 3', Wrong.UNKNOWN_FUNCTION, 1),
        ("a > 3", Wrong.UNKNOWN_FUNCTION, 1),
        ('last("wind") > 3', Wrong.UNKNOWN_SERIES, 6),
        ("last(a) > 3", Wrong.TYPE, 6),
        ('sum("a") > 3', Wrong.ARGUMENTS, 8),
        ('last("a", "3h") > 3', Wrong.ARGUMENTS, 9),
        ('sum("a", 3) > 3', Wrong.TYPE, 10),
        ('above("a", "x", "3h")', Wrong.TYPE, 12),
        ('sum("a", "3 hours") > 3', Wrong.SPAN, 10),
        ('sum("a", "0h") > 3', Wrong.SPAN, 10),
        ('sum("a", "32d") > 3', Wrong.SPAN, 10),
        ('last("a") + (last("a") > 3)', Wrong.TYPE, 13),
        ('last("a") && last("a") > 3', Wrong.TYPE, 1),
        ('!last("a")', Wrong.TYPE, 2),
        ('-(last("a") > 1) > 2', Wrong.TYPE, 2),
        ('"x" == "x"', Wrong.TYPE, 1),
        ('last("a") / 0 > 1', Wrong.DIVISION_BY_ZERO, 11),
        ('last("a") / (0.0) > 1', Wrong.DIVISION_BY_ZERO, 11),
        ('sum("a", "20d") > sum("a", "12d")', Wrong.TOO_COSTLY, 19),
        ("(" * 30 + 'last("a") > 1' + ")" * 30, Wrong.TOO_COSTLY, DEEPEST + 1),
        ("!" * 30 + '(last("a") > 1)', Wrong.TOO_COSTLY, DEEPEST + 1),
        (" || ".join(['last("a")>1'] * 25), Wrong.TOO_COSTLY, 361),
        ("1 < 2", Wrong.NO_SERIES, 1),
        ('last("a")', Wrong.NOT_A_TRUTH, 1),
        ('count_of([last("a")]) > 1', Wrong.TYPE, 11),
        ('last("a") > 1 ? 2 : 3', Wrong.NOT_A_TRUTH, 1),
        ('last("a") > 1 ? 2 : true', Wrong.TYPE, 21),
    ],
)
def test_a_condition_is_refused_with_its_reason_and_place(text, wrong, at):
    with pytest.raises(ExpressionRefused) as refused:
        read_expression(text, ["a", "b"])
    assert (refused.value.wrong, refused.value.at) == (wrong, at)


@given(st.text(max_size=80))
def test_whatever_is_written_is_read_or_refused_with_a_place(text):
    try:
        read_expression(text)
    except ExpressionRefused as refused:
        assert 1 <= refused.at <= len(text) + 1


numbers = st.recursive(
    st.sampled_from(['last("a")', 'sum("a", "1h")', 'rate("b", "30m")', "1", "2.5", "10"]),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner)
        | st.builds("-{}".format, inner)
    ),
    max_leaves=6,
)
truths = st.recursive(
    st.builds(
        "{} {} {}".format, numbers, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), numbers
    )
    | st.just('above("a", 3, "10m")'),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["&&", "||"]), inner)
        | st.builds("!({})".format, inner)
        | st.builds("({} ? {} : {})".format, inner, inner, inner)
        | st.builds("count_of([{}, {}]) >= 1".format, inner, inner)
    ),
    max_leaves=5,
)


@settings(deadline=None)
@given(truths, st.lists(st.floats(-50, 50), min_size=70, max_size=70))
def test_what_is_accepted_is_cel_and_can_be_evaluated(text, values):
    try:
        read = read_expression(text)
    except ExpressionRefused as refused:
        assert refused.wrong in (Wrong.NO_SERIES, Wrong.TOO_COSTLY, Wrong.TOO_LONG)
        return
    cel.compile(text)
    one = record(values)
    assert evaluate(read, {"a": one, "b": one}, START + 60 * MINUTE).holds in (True, False)


@pytest.mark.parametrize(
    ("text", "span"),
    [("90s", 90), ("10m", 600), ("3h", 10_800), ("2d", 172_800), ("0s", None), ("3", None),
     ("-3h", None), ("32d", None), ("３h", None)],
)  # fmt: skip
def test_spans(text, span):
    assert read_span(text) == (None if span is None else timedelta(seconds=span))


def test_every_function_of_the_table_is_measured():
    for name, (kinds, _) in FUNCTIONS.items():
        if name != "count_of":
            window = timedelta(0) if len(kinds) == 1 else 10 * MINUTE
            call = Call(name, "a", window, 1.0, 0, 0, "")
            assert measure(call, record(range(70)), START + 60 * MINUTE).is_whole


# --- windows ------------------------------------------------------------------------


@given(
    st.lists(st.floats(0, 50), min_size=1, max_size=200), st.integers(1, 120), st.integers(0, 220)
)
def test_a_sum_is_what_lies_in_the_window(values, minutes, at):
    call = Call("sum", "a", minutes * MINUTE, None, 0, 0, "")
    found = measure(call, record(values), START + at * MINUTE)
    expected = [v for n, v in enumerate(values) if at - minutes < n <= at]
    assert found.count == len(expected)
    assert found.number == pytest.approx(sum(expected))


def test_the_functions_give_what_they_say():
    one = record(range(61))
    at = START + 60 * MINUTE
    given_ = {
        name: measure(Call(name, "a", 30 * MINUTE, 29.5, 0, 0, ""), one, at).number
        for name in ("mean", "min", "max", "rate", "change", "count", "last", "above", "below")
    }
    assert given_ == {
        "mean": 45.5, "min": 31, "max": 60, "rate": 60, "change": 30, "count": 30, "last": 60,
        "above": 1, "below": 0,
    }  # fmt: skip


def test_what_is_missing_is_not_zero():
    silent = record([5] * 20)
    at = START + 60 * MINUTE
    assert not measure(Call("sum", "a", 60 * MINUTE, None, 0, 0, ""), silent, at).is_whole
    assert measure(Call("last", "a", timedelta(0), None, 0, 0, ""), record([]), at).number is None
    assert measure(Call("above", "a", 10 * MINUTE, 3, 0, 0, ""), silent, at).number is None
    tipping = record([5] * 20, expect=False)
    assert measure(Call("sum", "a", 60 * MINUTE, None, 0, 0, ""), tipping, at).is_whole


def test_an_unknown_value_decides_nothing_where_it_matters():
    known, silent = record([6] * 61), record([])
    assert says('last("a") > 5 || last("b") > 5', a=known, b=silent) is True
    assert says('last("a") > 5 && last("b") > 5', a=known, b=silent) is None
    assert says('!(last("b") > 5)', b=silent) is None
    assert says('last("b") - last("b") > 0', b=silent) is None
    three = 'count_of([last("a")>5, last("a")>4, last("b")>5]) >= 2'
    assert says(three, a=known, b=silent) is True


def test_a_division_by_zero_is_named_with_its_place():
    with pytest.raises(DividedByZero) as zero:
        says('last("a") > 1 && 1 / (last("a") - 6) > 2', a=record([6] * 61))
    assert zero.value.at == 20
    assert says('last("a") < 1 && 1 / (last("a") - 6) > 2', a=record([6] * 61)) is False


# --- hysteresis -----------------------------------------------------------------------


def run(levels, values, *, every=MINUTE):
    rows = [(START + every * n, float(v)) for n, v in enumerate(values) if v is not None]
    end = START + every * len(values)
    return [
        (one.kind, one.level, round((one.at - START) / every))
        for one in try_trigger(define(levels), {"a": rows}, START, end, every={"a": every})
    ]


ABOVE5 = LevelRule(BLUE, 'last("a") > 5', clear='last("a") < 4', clear_for=timedelta(0))


def test_a_value_that_flaps_raises_once():
    assert run([ABOVE5], [3, 6, 4.5, 6, 4.5, 6, 3]) == [
        (TurnKind.ROSE, BLUE, 1),
        (TurnKind.EASED, None, 6),
    ]


def test_a_condition_holds_for_its_time_first():
    held = LevelRule(BLUE, 'last("a") > 5', timedelta(minutes=3), clear_for=timedelta(minutes=2))
    assert run([held], [6, 6, 3, 6, 6, 6, 6, 3, 6, 3, 3, 3]) == [
        (TurnKind.ROSE, BLUE, 6),
        (TurnKind.EASED, None, 11),
    ]


def test_levels_rise_one_over_the_other_and_fall_to_what_still_holds():
    levels = [
        LevelRule(BLUE, 'last("a") > 5', clear_for=timedelta(0)),
        LevelRule(RED, 'last("a") > 9', clear_for=timedelta(0)),
    ]
    assert run(levels, [3, 6, 10, 6, 3]) == [
        (TurnKind.ROSE, BLUE, 1),
        (TurnKind.ROSE, RED, 2),
        (TurnKind.EASED, BLUE, 3),
        (TurnKind.EASED, None, 4),
    ]


def test_silence_clears_nothing():
    summed = LevelRule(BLUE, 'sum("a", "5m") > 5', clear_for=timedelta(0))
    definition = define([summed])
    rows = record([2] * 10)
    moments = [START + 9 * MINUTE, START + 60 * MINUTE, START + 600 * MINUTE]
    turns = [turn for _, turn in advance(definition, Standing(), {"a": rows}, moments) if turn]
    assert [turn.kind for turn in turns] == [TurnKind.ROSE]


@settings(deadline=None)
@given(st.lists(st.floats(0, 12), min_size=1, max_size=120), st.integers(0, 119))
def test_stopping_and_going_on_gives_the_same(values, cut):
    """A standing that was kept and read again goes on as if nothing had been between."""
    definition = define(
        [
            LevelRule(BLUE, 'last("a") > 5', timedelta(minutes=2), clear_for=timedelta(minutes=3)),
            LevelRule(RED, 'last("a") > 9', clear='last("a") < 8', clear_for=timedelta(minutes=1)),
        ]
    )
    rows = {"a": record(values)}
    moments = [START + n * MINUTE for n in range(len(values))]
    whole = [turn for _, turn in advance(definition, Standing(), rows, moments) if turn]
    standing, turns = Standing(), []
    for some in (moments[:cut], moments[cut:]):
        standing = standing_of(kept_standing(standing))
        for now_standing, turn in advance(definition, standing, rows, some):
            standing = now_standing
            turns += [turn] if turn else []
    assert [(t.kind, t.at, t.level) for t in turns] == [(t.kind, t.at, t.level) for t in whole]


@settings(deadline=None)
@given(st.lists(st.floats(0, 12), min_size=1, max_size=120))
def test_what_rises_was_met_and_levels_alternate(values):
    level = None
    for kind, to, at in run([ABOVE5], values):
        if kind is TurnKind.ROSE:
            assert level is None and values[at] > 5
        else:
            assert level is not None and values[at] < 4
        level = to


# --- definitions ------------------------------------------------------------------------


def test_a_definition_says_each_level_once_and_something():
    with pytest.raises(NoLevels):
        define([])
    with pytest.raises(LevelTwice):
        define([ABOVE5, ABOVE5])
    with pytest.raises(HoldRefused):
        define([LevelRule(BLUE, 'last("a") > 5', timedelta(days=3))])


def test_a_definition_comes_back_from_what_is_kept():
    one = define([ABOVE5, LevelRule(RED, 'rate("a", "1h") > 0.3', timedelta(minutes=10))])
    assert definition_of(kept_form(one)) == one
    assert one.levels[0].level is RED
    assert one.aliases == {"a"}
    assert one.reach == timedelta(minutes=90)
