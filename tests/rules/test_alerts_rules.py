"""What may be done with a warning, as values: every pair of the table, names, codes and terms."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.alerts.rules import (
    DEFAULT_TERMS,
    Act,
    AlertCancelled,
    AlertExpired,
    AlertInForce,
    AlertName,
    AlertState,
    AlertSuperseded,
    ColourTerms,
    NotForRelay,
    Relayable,
    TermRefused,
    WordsMissing,
    check_relay,
    check_terms,
    code_spellings,
    codes_above,
    is_expired,
    is_post_dated,
    move,
    plain_code,
    thread_of,
)

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
R, F, S, C, E, D = AlertState

EXPECTED = {
    (R, Act.RELAY): F, (R, Act.UPDATE): S, (R, Act.CANCEL): C, (R, Act.EXPIRE): E, (R, Act.DISMISS): D,
    (F, Act.RELAY): F, (F, Act.UPDATE): S, (F, Act.CANCEL): C, (F, Act.EXPIRE): E,
    (F, Act.DISMISS): AlertInForce,
    (S, Act.RELAY): AlertSuperseded, (S, Act.UPDATE): S, (S, Act.CANCEL): S, (S, Act.EXPIRE): S,
    (S, Act.DISMISS): AlertSuperseded,
    (C, Act.RELAY): AlertCancelled, (C, Act.UPDATE): C, (C, Act.CANCEL): C, (C, Act.EXPIRE): C,
    (C, Act.DISMISS): AlertCancelled,
    (E, Act.RELAY): AlertExpired, (E, Act.UPDATE): S, (E, Act.CANCEL): C, (E, Act.EXPIRE): E,
    (E, Act.DISMISS): AlertExpired,
    (D, Act.RELAY): F, (D, Act.UPDATE): S, (D, Act.CANCEL): C, (D, Act.EXPIRE): E, (D, Act.DISMISS): D,
    **{(state, Act.RECEIVE): state for state in AlertState},
}  # fmt: skip


@pytest.mark.parametrize(("state", "act"), list(product(AlertState, Act)))
def test_every_pair_of_state_and_act_leads_where_it_should_or_is_refused(state, act):
    expected = EXPECTED[state, act]
    if isinstance(expected, AlertState):
        assert move(state, act) == expected
    else:
        with pytest.raises(expected):
            move(state, act)


def relayable(**changes) -> Relayable:
    facts = {"state": R, "status": "Actual", "msg_type": "Alert", "expires_at": None, **changes}
    return Relayable(**facts)


@pytest.mark.parametrize("status", ["Exercise", "System", "Test", "Draft"])
def test_only_actual_warnings_are_said_to_real_people(status):
    with pytest.raises(NotForRelay):
        check_relay(relayable(status=status), now=NOW, in_drill=False)


@pytest.mark.parametrize("msg_type", ["Ack", "Error"])
def test_what_systems_tell_each_other_is_said_to_nobody(msg_type):
    with pytest.raises(NotForRelay):
        check_relay(relayable(msg_type=msg_type), now=NOW, in_drill=True)


def test_an_exercise_is_carried_in_a_drill_and_a_draft_never():
    assert check_relay(relayable(status="Exercise"), now=NOW, in_drill=True) is F
    with pytest.raises(NotForRelay):
        check_relay(relayable(status="Draft"), now=NOW, in_drill=True)


def test_what_is_over_is_not_carried_but_an_all_clear_is_never_too_late():
    with pytest.raises(AlertExpired):
        check_relay(relayable(expires_at=NOW), now=NOW, in_drill=False)
    assert check_relay(relayable(expires_at=NOW, msg_type="Cancel"), now=NOW, in_drill=False) is F


def test_without_words_nothing_is_carried():
    with pytest.raises(WordsMissing):
        check_relay(relayable(has_words=False), now=NOW, in_drill=False)


def test_two_clocks_may_differ_a_little():
    assert not is_post_dated(NOW + timedelta(minutes=10), NOW)
    assert is_post_dated(NOW + timedelta(minutes=10, seconds=1), NOW)
    assert not is_expired(None, NOW)


# --- threads -----------------------------------------------------------------

names = st.builds(
    AlertName,
    st.sampled_from(["a", "b"]),
    st.sampled_from(["1", "2"]),
    st.datetimes(timezones=st.just(UTC)),
)


@given(names, st.lists(names, max_size=4))
def test_a_thread_is_named_by_the_earliest_it_refers_to(own, referred):
    first = min(referred, key=lambda name: name.sent, default=own)
    assert thread_of(own, referred) == thread_of(first, [])
    assert len(thread_of(own, referred)) == 64


def test_the_same_moment_in_another_zone_is_the_same_warning():
    there = NOW.astimezone(datetime.strptime("+0800", "%z").tzinfo)
    assert AlertName("s", "i", NOW).digest == AlertName("s", "i", there).digest


# --- codes -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("500105", "500105"),
        (" 500105000000 ", "500105"),
        ("500100", "5001"),
        ("500000", "50"),
        ("50", "50"),
        ("500105001", "500105001"),
        ("500105001000", "500105001"),
        ("500105001010", "500105001010"),
    ],
)
def test_a_code_is_read_at_its_own_depth(text, code):
    assert plain_code(text) == code


@pytest.mark.parametrize(
    "text", ["", "5", "500", "50010", "abc", "5001051", "000000", "５０", "-50010"]
)
def test_what_is_no_division_code_is_none(text):
    assert plain_code(text) is None


@given(st.from_regex(r"[1-9][0-9]{1}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?", fullmatch=True))
def test_every_spelling_of_a_code_is_the_same_code(text):
    code = plain_code(text)
    assert code is not None
    assert {plain_code(one) for one in code_spellings(code)} == {code}
    assert all(code.startswith(above) for above in codes_above(code))


# --- terms -------------------------------------------------------------------


def test_the_graver_the_colour_the_shorter_the_time():
    spans = [DEFAULT_TERMS[colour].person_for for colour in ("red", "orange", "yellow", "blue")]
    assert spans == sorted(spans)
    for terms in DEFAULT_TERMS.values():
        check_terms(terms)


@pytest.mark.parametrize(
    "terms",
    [
        ColourTerms("together", 9, 300, 600),
        ColourTerms("together", 120, 90_000, 600),
        ColourTerms("together", 300, 120, 600),
        ColourTerms("sideways", 120, 300, 600),
    ],
)
def test_terms_that_nobody_can_keep_are_refused(terms):
    with pytest.raises(TermRefused):
        check_terms(terms)
