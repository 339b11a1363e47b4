"""The rules of sharing by agreement: sides, time, where an agreement stands, what is wrong with it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.cases.sharing.rules import (
    Gap,
    KindNotThere,
    Period,
    PeriodRefused,
    PlaceNotTheirs,
    PurposeMissing,
    SharedWithItself,
    Standing,
    check_kinds,
    check_period,
    check_purpose,
    check_sides,
    gaps,
    standing,
)

TODAY = date(2026, 7, 15)
DAY = timedelta(days=1)
days = st.dates(date(2020, 1, 1), date(2035, 1, 1))


@pytest.mark.parametrize(("giver", "taker"), [("/a/", "/a/"), ("/a/", "/a/b/"), ("/a/b/", "/a/")])
def test_nobody_shares_with_himself_or_with_who_sees_it_anyway(giver, taker):
    with pytest.raises(SharedWithItself):
        check_sides(giver, taker, giver)


def test_a_place_is_the_givers_own():
    with pytest.raises(PlaceNotTheirs):
        check_sides("/a/b/", "/a/c/", "/a/c/x/")
    check_sides("/a/b/", "/a/c/", "/a/b/x/")


@pytest.mark.parametrize(
    ("from_on", "until_on"),
    [
        (TODAY, TODAY - DAY),
        (TODAY + 9 * DAY, TODAY + 8 * DAY),
        (TODAY - 9 * DAY, TODAY - DAY),
        (TODAY, TODAY + 1_200 * DAY),
    ],
)
def test_a_time_that_cannot_be_is_refused(from_on, until_on):
    with pytest.raises(PeriodRefused):
        check_period(Period(from_on, until_on), TODAY)


def test_a_purpose_is_owed_and_kinds_are_known():
    for purpose in ("", "   ", "字" * 501):
        with pytest.raises(PurposeMissing):
            check_purpose(purpose)
    with pytest.raises(KindNotThere):
        check_kinds(["ghost"], {"road"})
    assert check_kinds(["road", "road"], {"road"}) == ["road"]


@given(days, st.none() | days, days, st.booleans(), st.booleans(), st.booleans())
def test_it_holds_only_with_both_hands_and_within_its_days(a, b, day, both, declined, ended):
    stands = standing(Period(a, b), both=both, is_declined=declined, is_ended=ended, today=day)
    holds = both and not declined and not ended and a <= day and (b is None or day <= b)
    assert (stands is Standing.IN_FORCE) == holds


@given(days, st.none() | days, days, st.booleans())
def test_one_in_force_without_an_end_is_always_a_hole(a, b, day, looked):
    period = Period(a, b)
    stands = standing(period, both=True, is_declined=False, is_ended=False, today=day)
    found = gaps(period, stands, proposed_on=a, has_looks=looked, today=day)
    assert (Gap.NO_END in found) == (stands is Standing.IN_FORCE and b is None)
    assert len(found) == len(set(found))


def test_what_waits_or_is_over_or_is_idle_is_named():
    def at(period, stands, looked=True, proposed=TODAY):
        return gaps(period, stands, proposed_on=proposed, has_looks=looked, today=TODAY)

    year = Period(TODAY - 400 * DAY, TODAY + 40 * DAY)
    assert at(year, Standing.IN_FORCE, looked=False) == [Gap.IDLE]
    assert at(Period(TODAY, TODAY + 3 * DAY), Standing.IN_FORCE) == [Gap.EXPIRES]
    assert at(Period(TODAY - 9 * DAY, TODAY - DAY), Standing.EXPIRED) == [Gap.EXPIRED]
    assert at(Period(TODAY - 99 * DAY, TODAY - 50 * DAY), Standing.EXPIRED) == []
    assert at(year, Standing.PROPOSED, proposed=TODAY - 8 * DAY) == [Gap.WAITS]
    assert at(year, Standing.ENDED) == []
