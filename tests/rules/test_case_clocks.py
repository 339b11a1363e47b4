"""Working days, terms, pauses, extensions and how silence climbs."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.cases.clock_rules import (
    LONGEST_RUNG,
    SHORTEST_RUNG,
    STOPS,
    ClockKind,
    DateRefused,
    ExtendedTooFar,
    ExtendedTooLate,
    ExtendedTooOften,
    Term,
    begun,
    check_date,
    check_extension,
    due,
    extended,
    go_on,
    next_rung,
)
from renwang.cases.config import shipped
from renwang.cases.kind_rules import read_kinds
from renwang.cases.rules import OWED, State, WordsMissing
from renwang.cases.workday_rules import (
    CalendarRefused,
    NeverWorked,
    count_worked,
    day_of,
    due_after,
    end_of_work,
    next_worked,
    read_calendar,
    resumed,
)

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
BODY = {
    "weekend": [5, 6],
    "closes": "18:00",
    "years": [2026],
    "holidays": ["2026-10-01/2026-10-07"],
    "worked": ["2026-09-27", "2026-10-10"],
}
CALENDAR = read_calendar(BODY, ZONE)
KINDS = read_kinds(shipped("kinds"))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


class TestTheCalendar:
    def test_knows_weekends_holidays_and_days_worked_in_exchange(self):
        worked = {date(2026, 9, 27), date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 10)}
        free = {date(2026, 9, 26), date(2026, 10, 1), date(2026, 10, 7), date(2026, 10, 11)}
        assert all(CALENDAR.is_worked(day) for day in worked)
        assert not any(CALENDAR.is_worked(day) for day in free)
        assert CALENDAR.covers(date(2026, 1, 1)) and not CALENDAR.covers(date(2027, 1, 1))

    def test_ships_without_asserting_any_holiday(self):
        plain = read_calendar(shipped("calendar"), ZONE)
        assert not plain.years and not plain.holidays
        assert plain.is_worked(date(2026, 10, 1)) and not plain.is_worked(date(2026, 10, 3))

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ({"weekend": [0, 1, 2, 3, 4, 5, 6]}, "weekend"),
            ({"weekend": [9]}, "weekend"),
            ({"worked": ["2026-10-01"]}, "both"),
            ({"holidays": ["2027-01-01"]}, "year"),
            ({"holidays": ["2026-10-07/2026-10-01"]}, "shape"),
            ({"holidays": ["2026-01-01/2026-12-31"]}, "shape"),
            ({"holidays": ["soon"]}, "shape"),
            ({"closes": "late"}, "shape"),
        ],
    )
    def test_refuses_what_cannot_be_used(self, change, fault):
        with pytest.raises(CalendarRefused) as refused:
            read_calendar(BODY | change, ZONE)
        assert refused.value.params["fault"] == fault

    def test_notices_that_nobody_ever_works(self):
        body = BODY | {"weekend": [0, 1, 2, 3, 4, 5], "years": [2026, 2027, 2028]}
        sundays = [date(2026, 1, 4) + 7 * n * DAY for n in range(150)]
        lazy = read_calendar(body | {"holidays": [str(one) for one in sundays], "worked": []}, ZONE)
        with pytest.raises(NeverWorked):
            next_worked(lazy, date(2026, 2, 2), 1)


class TestATerm:
    @pytest.mark.parametrize(
        ("begun_at", "days", "over"),
        [
            ("2026-07-15 09:30", 1, "2026-07-16 18:00"),
            ("2026-07-17 09:30", 1, "2026-07-20 18:00"),  # over a weekend
            ("2026-07-18 09:30", 1, "2026-07-20 18:00"),  # on a Saturday
            ("2026-09-30 23:00", 3, "2026-10-10 18:00"),  # over the holidays, a Saturday worked
            ("2026-07-15 09:30", 0, "2026-07-15 18:00"),
            ("2026-07-15 18:30", 0, "2026-07-16 18:00"),
            ("2026-07-18 09:30", 0, "2026-07-20 18:00"),
        ],
    )
    def test_of_working_days_ends_with_the_work_of_its_last_day(self, begun_at, days, over):
        assert due_after(CALENDAR, at(begun_at), days) == at(over)

    def test_of_minutes_runs_through_the_night(self):
        night = at("2026-07-18 23:50")
        assert due(Term(minutes=30), night, CALENDAR) == night + timedelta(minutes=30)

    @given(moments, st.integers(0, 40))
    def test_is_never_over_before_it_begins_and_ends_on_a_working_day(self, begun_at, days):
        over = due_after(CALENDAR, begun_at, days)
        assert over > begun_at
        assert CALENDAR.is_worked(day_of(CALENDAR, over))
        assert over == end_of_work(CALENDAR, day_of(CALENDAR, over))
        if days:
            assert (
                count_worked(CALENDAR, day_of(CALENDAR, begun_at), day_of(CALENDAR, over)) == days
            )

    @given(moments, st.integers(1, 30), st.integers(1, 10))
    def test_of_more_days_is_over_later(self, begun_at, days, more):
        assert due_after(CALENDAR, begun_at, days + more) > due_after(CALENDAR, begun_at, days)

    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_of_every_kind_comes_in_order(self, kind):
        dues = begun(KINDS[kind].terms, at("2026-07-15 09:30"), CALENDAR)
        ordered = [
            dues[one] for one in (ClockKind.RECEIVE, ClockKind.FIRST_REPLY, ClockKind.ANSWER)
        ]
        assert ordered == sorted(ordered)


class TestAPause:
    @given(moments, st.integers(1, 15), st.integers(0, 20), st.integers(0, 60), st.booleans())
    def test_never_shortens_a_term(self, begun_at, days, into, stood, urgent):
        over = due(Term(minutes=days * 60) if urgent else Term(days), begun_at, CALENDAR)
        paused = begun_at + timedelta(hours=into)
        later = paused + stood * DAY
        on = go_on(over, paused, later, is_urgent=urgent, calendar=CALENDAR)
        assert on >= over
        assert urgent or on > later or paused > over

    def test_leaves_as_many_working_days_as_there_were(self):
        over = at("2026-07-21 18:00")
        on = resumed(
            CALENDAR,
            due_at=over,
            paused_at=at("2026-07-16 10:00"),
            resumed_at=at("2026-07-31 10:00"),
        )
        assert on == at("2026-08-05 18:00")  # three working days were left

    def test_of_no_time_changes_nothing(self):
        over, then = at("2026-07-21 18:00"), at("2026-07-16 10:00")
        assert resumed(CALENDAR, due_at=over, paused_at=then, resumed_at=then) == over


class TestAnExtension:
    terms = KINDS["complaint"].terms
    over = at("2026-07-21 18:00")
    before = at("2026-07-20 18:00")

    def check(self, **changes):
        plain = {"due_at": self.over, "now": self.before, "used": 0, "days": 3, "reason": "待检测"}
        check_extension(self.terms, **(plain | changes))

    def test_is_given_in_time_with_a_reason(self):
        self.check()
        assert extended(self.over, 3, CALENDAR) == at("2026-07-24 18:00")

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"reason": "  "}, WordsMissing),
            ({"now": over}, ExtendedTooLate),
            ({"used": 1}, ExtendedTooOften),
            ({"days": 0}, ExtendedTooFar),
            ({"days": 11}, ExtendedTooFar),
        ],
    )
    def test_is_refused_otherwise(self, changes, refusal):
        with pytest.raises(refusal):
            self.check(**changes)


class TestSilence:
    @given(moments, st.integers(1, 20_000), st.integers(0, 9), st.integers(0, 9_000))
    def test_climbs_ever_faster_and_never_at_once(self, begun_at, minutes, rung, late):
        over = begun_at + timedelta(minutes=minutes)
        now = over + timedelta(minutes=late)
        first = next_rung(begun_at, over, rung, now) - now
        assert SHORTEST_RUNG <= next_rung(begun_at, over, rung + 1, now) - now <= first
        assert first <= LONGEST_RUNG

    @pytest.mark.parametrize("state", sorted(OWED))
    def test_is_timed_in_every_state_in_which_the_reporter_has_no_answer(self, state):
        assert ClockKind.ANSWER in STOPS[state]

    def test_has_no_clock_once_it_is_closed(self):
        assert STOPS[State.CLOSED] == frozenset()

    def test_a_date_lies_ahead_and_not_too_far(self):
        now = at("2026-07-15 09:30")
        for until in (now, now - DAY, now + 200 * DAY):
            with pytest.raises(DateRefused):
                check_date(until, now)
        check_date(now + DAY, now)


def test_work_ends_at_the_hour_that_the_calendar_says():
    early = read_calendar(BODY | {"closes": "17:30"}, ZONE)
    assert end_of_work(early, date(2026, 7, 15)).timetz().replace(tzinfo=None) == time(17, 30)
