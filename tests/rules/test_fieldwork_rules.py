"""What a phone sends later: unreadable batches, the moment of a deed whatever its clock says, files in pieces, decisions."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.response.fieldwork.rules import (
    AT_ONCE,
    LARGEST,
    PIECE,
    BatchUnread,
    DecidedAlready,
    Holds,
    Outcome,
    PieceElsewhere,
    PieceTooLarge,
    State,
    TooManyDeeds,
    decide,
    happened_at,
    is_late,
    outcome_of,
    place_piece,
    read_batch,
)

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2199, 1, 1), timezones=st.just(UTC))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "deeds",
                    "sent_at",
                    "id",
                    "number",
                    "address",
                    "fields",
                    "files",
                    "done_at",
                    "shown_at",
                ]
            ),
            inner,
            max_size=9,
        )
    ),
    max_leaves=12,
)


def deed(**changes):
    plain = {
        "id": str(uuid4()), "number": 1, "address": "/field/cases/report/",
        "fields": [["words", "灯坏了"]], "files": [], "done_at": NOW.isoformat(), "shown_at": 7,
    }  # fmt: skip
    return plain | changes


def batch(*deeds):
    return {"sent_at": NOW.isoformat(), "deeds": list(deeds)}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"id": "x"}, "id"),
        ({"id": 7}, "id"),
        ({"number": "1"}, "number"),
        ({"number": True}, "number"),
        ({"number": -1}, "number"),
        ({"address": "https://elsewhere.example/"}, "address"),
        ({"address": "//elsewhere.example/"}, "address"),
        ({"address": "/" + "x" * 400}, "address"),
        ({"fields": {"words": "x"}}, "fields"),
        ({"fields": [["words"]]}, "fields"),
        ({"fields": [["words", 7]]}, "fields"),
        ({"fields": [["words", "a\0b"]]}, "fields"),
        ({"fields": [["a", "b"]] * 300}, "fields"),
        ({"files": [{"field": "photo", "upload": "x"}]}, "files"),
        ({"done_at": "yesterday"}, "done_at"),
        ({"done_at": "2026-07-15T09:30:00"}, "done_at"),
        ({"shown_at": "7"}, "shown_at"),
    ],
)
def test_what_cannot_be_read_says_where(change, what):
    with pytest.raises(BatchUnread) as refused:
        read_batch(batch(deed(**change)))
    assert refused.value.params == {"what": what}


@given(JSON)
def test_whatever_comes_is_read_or_refused(said):
    with suppress(BatchUnread, TooManyDeeds):
        assert len(read_batch(said).deeds) <= AT_ONCE


def test_a_batch_has_an_end_and_no_deed_twice():
    with pytest.raises(TooManyDeeds):
        read_batch(batch(*[deed() for _one in range(AT_ONCE + 1)]))
    one = deed()
    with pytest.raises(BatchUnread):
        read_batch(batch(one, one))


def test_a_batch_is_read():
    upload = str(uuid4())
    files = [{"field": "photo", "upload": upload, "name": "x" * 300 + ".jpg", "type": "image/jpeg"}]
    read = read_batch(batch(deed(files=files, shown_at=None)))
    assert read.deeds[0].fields == (("words", "灯坏了"),)
    assert str(read.deeds[0].files[0].upload) == upload
    assert read.deeds[0].files[0].name.endswith(".jpg") and len(read.deeds[0].files[0].name) == 200
    assert read.deeds[0].shown_at is None


# --- when it happened ---------------------------------------------------------------


@given(done=MOMENTS, sent=MOMENTS, now=MOMENTS, let_in=MOMENTS, after=st.none() | MOMENTS)
def test_a_deed_never_happened_later_than_now_nor_before_the_phone_was_let_in(
    done, sent, now, let_in, after
):
    let_in = min(let_in, now)
    after = min(after, now) if after else None
    at = happened_at(done, sent_at=sent, now=now, let_in_at=let_in, after=after)
    assert let_in <= at <= now
    assert after is None or at >= after


@given(
    ago=st.timedeltas(timedelta(0), timedelta(days=6)),
    off=st.timedeltas(timedelta(days=-4000), timedelta(days=4000)),
)
def test_a_clock_that_is_wrong_all_along_changes_nothing(ago, off):
    let_in = NOW - timedelta(days=7)
    at = happened_at(NOW - ago + off, sent_at=NOW + off, now=NOW, let_in_at=let_in)
    assert at == NOW - ago


def test_the_last_moment_of_the_calendar_is_no_fault():
    at = happened_at(
        datetime.max.replace(tzinfo=UTC), sent_at=NOW - timedelta(days=1), now=NOW, let_in_at=NOW
    )
    assert at == NOW


def test_late_is_what_came_some_minutes_later():
    assert not is_late(NOW - timedelta(minutes=4), NOW)
    assert is_late(NOW - timedelta(minutes=5), NOW)


# --- pieces -------------------------------------------------------------------------


@given(st.binary(min_size=1, max_size=4000), st.lists(st.integers(1, 900), max_size=20))
def test_pieces_in_order_make_the_whole(data, cuts):
    have, pieces = 0, b""
    for cut in [*cuts, *[900] * 10]:
        piece = data[have : have + cut]
        pieces += piece
        have = place_piece(have, len(data), have, len(piece))
    assert (have, pieces) == (len(data), data)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, PIECE))
def test_a_piece_elsewhere_is_refused_with_where_it_goes_on(have, begins, length):
    if begins == have and have + length <= 10_000:
        assert place_piece(have, 10_000, begins, length) == have + length
    else:
        with pytest.raises(PieceElsewhere) as refused:
            place_piece(have, 10_000, begins, length)
        assert refused.value.params == {"have": have}


def test_what_is_too_large_is_refused():
    with pytest.raises(PieceTooLarge):
        place_piece(0, PIECE * 2, 0, PIECE + 1)
    with pytest.raises(PieceTooLarge):
        place_piece(0, LARGEST + 1, 0, 1)


# --- decisions ----------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("holds", Holds)
def test_only_what_differs_is_decided(state, holds):
    if state is State.DIFFERS:
        expected = State.TAKEN if holds is Holds.SENT else State.LEFT
        assert decide(state, holds) is expected
    else:
        with pytest.raises(DecidedAlready):
            decide(state, holds)


def test_a_phone_is_told_that_what_was_left_is_refused():
    assert [outcome_of(one) for one in State] == [
        Outcome.TAKEN, Outcome.REFUSED, Outcome.DIFFERS, Outcome.REFUSED,
    ]  # fmt: skip
