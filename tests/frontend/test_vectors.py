"""Spans of time are said alike by the server and by scripts on the page."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from renwang.web.frame import moments
from renwang.web.frame.tags.receipts import share

VECTORS = json.loads((Path(__file__).parent / "vectors" / "ago.json").read_text())
AT = datetime(2026, 7, 15, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_the_words_in_the_vectors_are_the_words_of_the_page():
    assert moments.span_words() == VECTORS["words"]


@pytest.mark.parametrize("case", VECTORS["ago"], ids=lambda case: f"{case['seconds']}s")
def test_the_past(case):
    assert moments.ago(AT - timedelta(seconds=case["seconds"]), AT) == case["says"]


@pytest.mark.parametrize("case", VECTORS["due"], ids=lambda case: f"{case['seconds']}s")
def test_deadlines(case):
    assert moments.due(AT + timedelta(seconds=case["seconds"]), AT) == (case["says"], case["late"])


def test_chinese_says_how_long_still_and_how_late():
    with translation.override("zh-hans"):
        assert moments.ago(AT - timedelta(minutes=3), AT) == "3 分钟前"
        assert moments.due(AT + timedelta(minutes=12), AT) == ("还剩 12 分钟", False)
        assert moments.due(AT - timedelta(hours=2), AT) == ("已超时 2 小时", True)


def test_the_year_is_said_only_when_it_is_another_one():
    with translation.override("zh-hans"):
        assert moments.say_moment(AT, AT) == "7月15日 16:00"
        assert moments.say_moment(AT, AT + timedelta(days=365)) == "2026年7月15日 16:00"


@given(total=st.integers(1, 10**7), data=st.data())
def test_a_share_is_never_rounded_into_a_lie(total, data):
    done = data.draw(st.integers(0, total))
    percent = share(done, total)
    assert 0 <= percent <= 100
    assert (percent == 100) == (done == total)
    assert (percent == 0) == (done == 0)


def test_a_share_of_nothing_is_nothing():
    assert share(0, 0) == 0
