"""When a line that keeps failing is left alone, and when it is tried again. Values in, values out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FAILURES = 5  # one after another, before a line is left alone
FIRST_REST = timedelta(seconds=10)
LONGEST_REST = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Circuit:
    """What is known of one line: a gateway, a mail server, one receiver's host."""

    failures: int = 0
    rests: int = 0
    rests_until: datetime | None = None
    is_probing: bool = False


def may_pass(circuit: Circuit, now: datetime) -> bool:
    """Say whether a message may take the line: always, never while it rests, and one as a probe after that."""
    if circuit.rests_until is None:
        return True
    return now >= circuit.rests_until and not circuit.is_probing


def passing(circuit: Circuit) -> Circuit:
    """Note that a message takes the line; after a rest it is the probe, and others wait for it."""
    return replace(circuit, is_probing=True) if circuit.rests_until is not None else circuit


def after_success(circuit: Circuit) -> Circuit:
    """Open the line to everybody again."""
    return Circuit()


def after_failure(circuit: Circuit, now: datetime, asked_for: float | None = None) -> Circuit:
    """Count a failure; the fifth in a row, or a failed probe, lets the line rest, each time twice as long.

    `asked_for` is how many seconds the other side itself asked to be left alone.
    """
    failures = circuit.failures + 1
    if failures < FAILURES and not circuit.is_probing and asked_for is None:
        return replace(circuit, failures=failures)
    rest = min(FIRST_REST * 2**circuit.rests, LONGEST_REST)
    if asked_for is not None:
        rest = min(max(rest, timedelta(seconds=asked_for)), LONGEST_REST)
    return Circuit(failures, min(circuit.rests + 1, 8), now + rest, is_probing=False)
