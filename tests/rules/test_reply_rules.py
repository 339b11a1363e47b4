"""What is answered to a message, how long that is tried, and what the answers of others amount to."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.alerts import cap
from renwang.alerts.reply_rules import (
    LONGEST_WAIT,
    TRIED_FOR,
    Expected,
    Reason,
    Said,
    Stand,
    Taken,
    count_stands,
    next_delivery,
    parties_of,
    why_error,
)
from renwang.alerts.rules import EMPTY_FOR, is_doubtful, may_believe

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
STANDINGS = [one.value for one in cap.Standing]
BAD = [one for one in STANDINGS if one not in ("valid", "unsigned")]


# --- what we answer ----------------------------------------------------------


@pytest.mark.parametrize("standing", BAD)
def test_a_signature_that_does_not_hold_is_refused_before_anything_else(standing):
    for expired, place, ends in product((True, False), repeat=3):
        reason = why_error(Taken("Alert", standing, expired, place, ends))
        assert reason in (Reason.SIGNATURE_BROKEN, Reason.SIGNATURE_UNTRUSTED)
    trusted_later = standing in ("untrusted", "not-yet-in-force", "expired")
    assert (reason is Reason.SIGNATURE_UNTRUSTED) is trusted_later


@pytest.mark.parametrize("standing", ["valid", "unsigned"])
@pytest.mark.parametrize(
    ("taken", "reason"),
    [
        (("Alert", False, True, False), None),
        (("Alert", True, True, False), Reason.EXPIRED),
        (("Alert", False, False, False), Reason.ELSEWHERE),
        (("Alert", True, False, False), Reason.EXPIRED),
        (("Update", False, True, False), None),  # it can be carried down without the earlier one
        (("Cancel", False, True, False), Reason.UNKNOWN_REFERENCE),
        (("Cancel", True, False, False), Reason.UNKNOWN_REFERENCE),
        (("Cancel", True, False, True), None),  # the all-clear is never too late
    ],
)
def test_every_other_reason(standing, taken, reason):
    msg_type, *rest = taken
    assert why_error(Taken(msg_type, standing, *rest)) is reason


# --- how long it is tried ----------------------------------------------------


@given(
    tries=st.integers(0, 10_000),
    age=st.floats(0, 200_000),
    asked_for=st.none() | st.floats(0, 1e6),
)
def test_a_try_is_never_in_the_past_never_too_far_off_and_never_after_a_day(tries, age, asked_for):
    now = NOW + timedelta(seconds=age)
    again = next_delivery(tries, made_at=NOW, now=now, asked_for=asked_for)
    if again is None:
        assert now + LONGEST_WAIT >= NOW + TRIED_FOR
    else:
        assert now < again <= now + LONGEST_WAIT and again < NOW + TRIED_FOR


def test_it_waits_twice_as_long_each_time():
    waits = [next_delivery(tries, made_at=NOW, now=NOW) - NOW for tries in range(1, 5)]
    assert [one.seconds for one in waits] == [5, 10, 20, 40]


def test_a_node_that_asks_for_time_gets_it():
    assert next_delivery(1, made_at=NOW, now=NOW, asked_for=60) == NOW + timedelta(seconds=60)


# --- what others answered ----------------------------------------------------

EAST = Expected("500105002@east.example", "东街节点", "东街预警中心")


def said(minutes: int = 1, **changes) -> Said:
    at = NOW + timedelta(minutes=minutes)
    good = {
        "sender": EAST.sender,
        "msg_type": "Ack",
        "status": "Actual",
        "signature": "valid",
        "signer": EAST.signer,
        "sent": at,
        "received_at": at,
    }
    return Said(**{**good, **changes})


def stand(*replies: Said, expected=(EAST,)) -> Stand:
    (party,) = parties_of(replies, expected, status="Actual")
    return party.stand


@pytest.mark.parametrize(
    "changes",
    [
        *({"signature": one} for one in STANDINGS if one != "valid"),
        {"status": "Test"},
        {"status": "Exercise"},
        {"signer": "somebody else whom we trust"},
    ],
)
def test_what_proves_nothing_confirms_nothing_and_pushes_nothing_aside(changes):
    forged = said(5, **changes)
    assert stand(forged) is Stand.UNPROVEN
    assert stand(said(1), said(5, msg_type="Error", **changes)) is Stand.CONFIRMED
    assert stand(said(1, msg_type="Error"), forged) is Stand.REFUSED


def test_nobody_who_was_expected_is_left_out():
    assert stand() is Stand.SILENT
    parties = parties_of([said(sender="x@y")], [EAST], status="Actual")
    assert [(one.sender, one.stand, one.is_expected) for one in parties] == [
        (EAST.sender, Stand.SILENT, True),
        ("x@y", Stand.CONFIRMED, False),
    ]
    assert count_stands(parties) == {
        Stand.CONFIRMED: 1, Stand.REFUSED: 0, Stand.SILENT: 1, Stand.UNPROVEN: 0,
    }  # fmt: skip


def test_the_last_word_holds_whatever_the_order_in_which_they_arrive():
    first, last = said(1), said(2, msg_type="Error")
    assert stand(first, last) is stand(last, first) is Stand.REFUSED
    assert stand(last, said(3)) is Stand.CONFIRMED


replies = st.builds(
    said,
    st.integers(0, 30),
    sender=st.sampled_from([EAST.sender, "x@y", "z"]),
    msg_type=st.sampled_from(["Ack", "Error"]),
    signature=st.sampled_from(STANDINGS),
    status=st.sampled_from(["Actual", "Test"]),
)


@given(st.lists(replies, max_size=12), st.randoms())
def test_everybody_stands_somewhere_once_and_doubling_changes_nothing(found, chance):
    parties = parties_of(found, [EAST], status="Actual")
    assert {one.sender for one in parties} == {EAST.sender, *(one.sender for one in found)}
    assert sum(count_stands(parties).values()) == len(parties)
    proven = {one.sender for one in found if one.signature == "valid" and one.status == "Actual"}
    counted = {one.sender for one in parties if one.stand in (Stand.CONFIRMED, Stand.REFUSED)}
    assert counted == proven
    assert {one.sender: one.stand for one in parties_of(found * 2, [EAST], status="Actual")} == {
        one.sender: one.stand for one in parties
    }


# --- lists that come empty ---------------------------------------------------


def test_an_empty_list_is_doubtful_only_where_it_would_lift_something():
    assert is_doubtful(0, 43)
    assert not is_doubtful(0, 0) and not is_doubtful(1, 43)


@given(wait=st.floats(0, 100_000), every=st.integers(10, 86_400))
def test_it_is_believed_after_ten_minutes_and_two_looks_or_by_a_person(wait, every):
    at, rate = NOW + timedelta(seconds=wait), timedelta(seconds=every)
    assert may_believe(NOW, at, confirmed=False, every=rate) is (at - NOW >= max(EMPTY_FOR, rate))
    assert may_believe(NOW, at, confirmed=True, every=rate)
    assert not may_believe(None, at, confirmed=False, every=rate)
