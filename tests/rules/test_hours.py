"""Hours of the day, by property: they end where they say, and hold nowhere else."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.base.pure.hours import Hours, NotHours, end_of, read_hours

CLOCKS = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@pytest.mark.parametrize(
    "text", ["22", "22:00", "25:00-07:00", "22:00-22:00", "night", "22:00-07:60"]
)
def test_what_is_no_hours_is_refused(text):
    with pytest.raises(NotHours):
        read_hours(text)


@pytest.mark.parametrize("text", ["22:00-07:00", " 22:00 – 7:00 ", "22：00至07：00", "22:00~07:00"])
def test_hours_are_read_as_people_write_them(text):
    assert read_hours(text) == Hours(time(22), time(7))


def test_nothing_and_none_are_no_hours():
    assert read_hours("") is read_hours(" none ") is None


@given(CLOCKS, CLOCKS)
def test_what_is_written_is_read(begin, end):
    if begin != end:
        hours = Hours(begin, end)
        assert read_hours(str(hours)) == hours


@given(CLOCKS, CLOCKS, st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_they_end_within_a_day_and_do_not_hold_at_their_end(begin, end, moment):
    if begin == end:
        return
    at = moment.replace(tzinfo=UTC)
    ends_at = end_of(Hours(begin, end), at)
    other = end_of(Hours(end, begin), at)
    assert (ends_at is None) != (other is None), "a moment lies in one half of the day"
    if ends_at is not None:
        assert at < ends_at <= at + timedelta(days=1)
        assert ends_at.time() == end
        assert end_of(Hours(begin, end), ends_at) is None


def test_they_are_hours_of_the_place():
    at = datetime(2026, 7, 15, 17, 0, tzinfo=UTC).astimezone(ZoneInfo("Asia/Shanghai"))
    ends_at = end_of(Hours(time(22), time(7)), at)
    assert ends_at.astimezone(UTC) == datetime(2026, 7, 15, 23, 0, tzinfo=UTC)
