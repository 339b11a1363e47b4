"""When a line is left alone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from renwang.outreach.circuits import (
    FAILURES,
    LONGEST_REST,
    Circuit,
    after_failure,
    after_success,
    may_pass,
    passing,
)

NOW = datetime(2026, 7, 15, tzinfo=UTC)


def rested() -> Circuit:
    circuit = Circuit()
    for _ in range(FAILURES):
        circuit = after_failure(circuit, NOW)
    return circuit


def test_a_few_failures_close_nothing():
    circuit = Circuit()
    for _ in range(FAILURES - 1):
        circuit = after_failure(circuit, NOW)
        assert may_pass(circuit, NOW)


def test_failures_in_a_row_let_the_line_rest_and_a_success_between_does_not():
    assert not may_pass(rested(), NOW)
    circuit = Circuit()
    for _ in range(FAILURES * 3):
        circuit = after_success(after_failure(circuit, NOW))
    assert may_pass(circuit, NOW)


def test_after_the_rest_one_probe_passes_and_the_others_wait_for_it():
    circuit = rested()
    later = circuit.rests_until
    assert may_pass(circuit, later)
    probing = passing(circuit)
    assert not may_pass(probing, later)
    assert may_pass(after_success(probing), later)


def test_a_failed_probe_doubles_the_rest():
    circuit = rested()
    again = after_failure(passing(circuit), circuit.rests_until)
    assert again.rests_until - circuit.rests_until == 2 * (circuit.rests_until - NOW)


def test_whoever_asks_to_be_left_alone_is():
    circuit = after_failure(Circuit(), NOW, 45)
    assert circuit.rests_until == NOW + timedelta(seconds=45)


@given(st.lists(st.sampled_from(["ok", "fail", "asked"]), max_size=60), st.floats(0, 1e5))
def test_a_line_never_rests_longer_than_the_longest_rest(events, asked):
    circuit, now = Circuit(), NOW
    for event in events:
        now = max(now, circuit.rests_until or now)
        circuit = passing(circuit)
        if event == "ok":
            circuit = after_success(circuit)
        else:
            circuit = after_failure(circuit, now, asked if event == "asked" else None)
        assert circuit.rests_until is None or circuit.rests_until - now <= LONGEST_REST
