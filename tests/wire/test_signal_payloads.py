"""Readings as the world writes them: whatever is sent is read whole or refused with its reason."""

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.signals.payloads import (
    LARGEST,
    PayloadRefused,
    PayloadWrong,
    follow_path,
    read_column,
    read_moment,
    read_path,
    read_payload,
    read_value,
)

moments = st.datetimes(datetime(1971, 1, 1), datetime(2900, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
values = st.floats(allow_nan=False, allow_infinity=False)
keys = st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,20}", fullmatch=True)
rows = st.lists(st.tuples(keys, moments, values), min_size=1, max_size=20)


@given(st.binary(max_size=200), st.sampled_from(["text/csv", "application/json", "", "image/png"]))
def test_any_bytes_are_read_or_refused(data, kind):
    try:
        read_payload(data, kind)
    except PayloadRefused as refused:
        assert refused.wrong in PayloadWrong


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["series", "at", "value", "result", "dataArray", "components", "Datastream",
             "phenomenonTime", "@iot.id", "Datastream@iot.navigationLink", "readings"]
        ),
        inner,
        max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip


@given(json_values)
def test_any_json_is_read_or_refused(found):
    try:
        read_payload(orjson.dumps(found, default=str, option=orjson.OPT_NON_STR_KEYS), "")
    except PayloadRefused as refused:
        assert refused.wrong in PayloadWrong
    except TypeError:
        return  # a number that JSON cannot hold


@given(rows, st.sampled_from(",;\t"))
def test_a_table_comes_back_as_it_was(given_, mark):
    text = mark.join(("series", "at", "value", "other"))
    for key, at, value in given_:
        text += "\r\n" + mark.join((key, at.isoformat(), repr(value), "x"))
    assert read_payload(text.encode("utf-8-sig"), "text/csv") == given_


@given(rows)
def test_json_comes_back_as_it_was(given_):
    data = orjson.dumps([{"series": k, "at": a.isoformat(), "value": v} for k, a, v in given_])
    assert read_payload(data, "application/json; charset=utf-8") == given_


@given(rows)
def test_data_arrays_come_back_as_they_were(given_):
    body = [
        {
            "Datastream": {"@iot.id": key},
            "components": ["result", "phenomenonTime"],
            "dataArray": [[value, at.isoformat()]],
        }
        for key, at, value in given_
    ]
    assert read_payload(orjson.dumps(body), "application/json") == given_


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        ("2026-07-15T09:00:00+08:00", True),
        ("2026-07-15T01:00:00Z", True),
        ("2026-07-15T00:55:00Z/2026-07-15T01:00:00Z", True),
        ("1784077200", True),
        (1784077200, True),
        (1784077200000, True),
        ("2026-07-15T09:00:00", False),
        ("2026-07-15", False),
        ("0001-01-01T00:00:00Z", False),
        (True, False),
        (None, False),
        (1e300, False),
        (float("nan"), False),
    ],
)
def test_a_moment_has_an_offset_and_lies_within_the_calendar(text, is_read):
    if is_read:
        assert read_moment(text) == datetime(2026, 7, 15, 1, tzinfo=UTC)
    else:
        with pytest.raises((ValueError, OverflowError)):
            read_moment(text)


@pytest.mark.parametrize("wrong", [True, None, [], {}, "", "x", "1,5", "9" * 41, 10**400])
def test_what_is_no_number_is_refused(wrong):
    with pytest.raises(ValueError):
        read_value(wrong)


def test_too_much_is_refused_before_it_is_read():
    with pytest.raises(PayloadRefused) as refused:
        read_payload(b"x" * (LARGEST + 1), "text/csv")
    assert refused.value.wrong is PayloadWrong.TOO_LARGE


def test_a_column_of_a_table_is_read_for_a_trial():
    table = "utc\tlocal\tflow\n2005-04-02T05:01:00Z\tx\t9436.7\n2005-04-02T05:31:00Z\tx\t\n"
    assert list(read_column(table.encode(), "flow")) == [
        (datetime(2005, 4, 2, 5, 1, tzinfo=UTC), 9436.7)
    ]
    with pytest.raises(PayloadRefused):
        list(read_column(table.encode(), "level"))


def test_a_path_leads_to_its_place_or_nowhere():
    found = {"a": [{"b": 1}, {"雨量": 2}]}
    assert follow_path(found, read_path("$.a[0].b")) == 1
    assert follow_path(found, read_path("$.a[1]['雨量']")) == 2
    assert follow_path(found, read_path("$")) == found
    for path in ("$.x", "$.a[9]", "$.a.b", "$[0]"):
        assert follow_path(found, read_path(path)) is None
    for wrong in ("", "a", "$a", "$.", "$[x]", "$..b", "$.a[*]"):
        with pytest.raises(ValueError):
            read_path(wrong)
