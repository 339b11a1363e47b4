"""What is found wrong with a linked system."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.cases.linked.readiness_rules import (
    SILENT_AT_LEAST,
    SILENT_INTERVALS,
    SystemSeen,
    find_system_holes,
)

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def seen(**said) -> SystemSeen:
    """A system that is asked every quarter of an hour, and worked a moment ago."""
    usual = {
        "key": "1", "path": "a.b.", "label": "市热线", "every": timedelta(minutes=15),
        "worked_at": NOW - timedelta(minutes=5), "added_at": NOW - 30 * 24 * HOUR,
    }  # fmt: skip
    return SystemSeen(**(usual | said))


def keys(**said) -> list[str]:
    """What is found wrong with one."""
    return [one.check for one in find_system_holes([seen(**said)], NOW)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, []),
        ({"is_active": False}, ["linked.paused"]),
        ({"is_active": False, "worked_at": NOW - 90 * 24 * HOUR}, ["linked.paused"]),
        ({"worked_at": NOW - 3 * HOUR}, ["linked.silent"]),
        ({"worked_at": None}, ["linked.silent"]),
        ({"worked_at": None, "added_at": NOW - HOUR}, []),
        ({"worked_at": NOW - 3 * HOUR, "is_used": False}, []),
        ({"unmapped": 4}, ["linked.unmapped"]),
        ({"unmapped": 4, "is_active": False}, ["linked.paused", "linked.unmapped"]),
    ],
)
def test_what_is_wrong_is_found_and_nothing_else(said, expected):
    assert keys(**said) == expected


@given(
    every=st.timedeltas(timedelta(minutes=1), timedelta(days=1)),
    ago=st.timedeltas(timedelta(0), timedelta(days=40)),
)
def test_one_is_silent_after_ten_of_its_intervals_and_never_within_two_hours(every, ago):
    found = keys(every=every, worked_at=NOW - ago)
    assert (found == ["linked.silent"]) == (ago > max(every * SILENT_INTERVALS, SILENT_AT_LEAST))
