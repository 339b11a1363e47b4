"""When a roll-call may be held, and what a contact has proved."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.outreach.rollcall_rules import (
    Past,
    Proof,
    RhythmNotSensible,
    WindowNotSensible,
    check_rhythm,
    check_window,
    first_moment,
    is_alive,
    next_moment,
    proof_of,
)

ZONE = ZoneInfo("Asia/Shanghai")
SUMMER = ZoneInfo("Europe/Berlin")
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
maybe = st.none() | moments


@pytest.mark.parametrize("window", [timedelta(0), timedelta(minutes=4), timedelta(days=4)])
def test_a_window_nobody_can_use_is_refused(window):
    with pytest.raises(WindowNotSensible):
        check_window(window)


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_rhythm_below_a_day_or_beyond_a_year_is_refused(days):
    with pytest.raises(RhythmNotSensible):
        check_rhythm(days)


def test_what_is_sensible_is_let_through():
    check_window(timedelta(minutes=30))
    check_rhythm(30)


@given(moments, st.integers(1, 366), st.times())
def test_the_next_moment_comes_after_and_shows_the_wished_time_of_day(after, days, at):
    at = at.replace(microsecond=0)
    found = next_moment(days, at, after=after, zone=SUMMER)
    assert found.astimezone(SUMMER).date() == after.astimezone(SUMMER).date() + timedelta(days=days)
    assert found.timetz().replace(tzinfo=None) == at


@given(moments, st.times())
def test_the_first_moment_is_the_next_time_the_clock_shows_it(after, at):
    found = first_moment(at.replace(microsecond=0), after=after, zone=ZONE)
    assert after < found <= after + timedelta(days=1)


@given(maybe, maybe, moments)
def test_a_failure_counts_until_somebody_answers_again(worked, failed, fresh):
    proof = proof_of(Past(worked, failed), fresh_after=fresh)
    has_failed = failed is not None and (worked is None or failed > worked)
    assert (proof is Proof.FAILED) == has_failed
    assert is_alive(proof) != has_failed
    if not has_failed:
        assert (proof is Proof.NEVER) == (worked is None)
        assert (proof is Proof.WORKS) == (worked is not None and worked >= fresh)
