from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from renwang.base.pure.spans import (
    DayOutside,
    EndsBeforeItStarts,
    Span,
    as_of,
    contains,
    first_overlap,
    gaps,
    intersection,
    overlaps,
    span_of,
)

FIRST = date(2026, 1, 1)
days = st.integers(0, 40).map(lambda number: FIRST + timedelta(days=number))
ALL_DAYS = [FIRST + timedelta(days=number) for number in range(-1, 42)]


@st.composite
def spans(draw):
    start, length = draw(st.none() | days), draw(st.none() | st.integers(1, 20))
    if length is None:
        return Span(start, None)
    return Span(start, (start or FIRST) + timedelta(days=length))


def held(span):
    return {day for day in ALL_DAYS if contains(span, day)}


@pytest.mark.parametrize("until", [date(2026, 7, 15), date(2026, 7, 14)])
def test_a_span_of_no_day_is_refused(until):
    with pytest.raises(EndsBeforeItStarts):
        Span(date(2026, 7, 15), until)


@pytest.mark.parametrize("day", [date(2026, 7, 14), date(2026, 7, 15), date(2026, 7, 20)])
def test_a_cut_that_leaves_nothing_on_one_side_is_refused(day):
    with pytest.raises(DayOutside):
        Span(date(2026, 7, 15), date(2026, 7, 20)).split(day)


def test_the_first_day_belongs_to_it_and_the_last_does_not():
    span = Span(date(2026, 7, 15), date(2026, 7, 20))
    assert contains(span, date(2026, 7, 15))
    assert not contains(span, date(2026, 7, 20))
    assert contains(Span(), date.min)
    assert str(Span(None, date(2026, 7, 20))) == "… – 2026-07-20"


@given(spans(), spans())
def test_overlap_is_a_common_day(one, other):
    common = held(one) & held(other)
    assert overlaps(one, other) == overlaps(other, one) == bool(common)
    both = intersection(one, other)
    assert (held(both) if both else set()) == common


@given(spans(), days)
def test_closing_keeps_the_days_before(span, day):
    assume(span.from_on is None or span.from_on < day)
    closed = span.close(day)
    assert held(closed) == {kept for kept in held(span) if kept < day}
    assert closed.close(day) == closed


@given(spans(), days)
def test_a_split_loses_and_doubles_no_day(span, day):
    assume(contains(span, day) and span.from_on != day)
    before, after = span.split(day)
    assert held(before) | held(after) == held(span)
    assert not overlaps(before, after)
    assert contains(after, day)


@given(st.lists(spans(), max_size=6), days)
def test_as_of_chooses_what_held(items, day):
    assert as_of(items, day) == [item for item in items if day in held(item)]


@given(st.lists(spans(), max_size=6))
def test_an_overlap_is_found_whenever_there_is_one(items):
    pairs = [
        (one, other)
        for number, one in enumerate(items)
        for other in items[number + 1 :]
        if overlaps(one, other)
    ]
    found = first_overlap(items)
    assert (found is not None) == bool(pairs)
    if found:
        assert overlaps(*found)


@given(st.lists(spans(), max_size=6), spans())
def test_gaps_are_the_days_without_any(items, within):
    vacant = set().union(*(held(gap) for gap in gaps(items, within)))
    covered = set().union(*(held(item) for item in items))
    assert vacant == held(within) - covered


def test_a_row_with_the_two_days_is_a_span():
    class Term:
        from_on = date(2026, 1, 1)
        until_on = None

    assert span_of(Term()) == Span(date(2026, 1, 1))
    assert as_of([Term], date(2026, 5, 1)) == [Term]
