"""What is answered to whoever sent a warning, how long that is tried, and what others' answers amount to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ACK, ERROR = "Ack", "Error"
VALID, UNSIGNED = "valid", "unsigned"
_UNPROVEN = frozenset({"untrusted", "not-yet-in-force", "expired"})


class Reason(StrEnum):
    """Why a message is answered with an error. The sentences are in `words.py`."""

    EXPIRED = "expired"
    SIGNATURE_BROKEN = "signature-broken"
    SIGNATURE_UNTRUSTED = "signature-untrusted"
    UNKNOWN_REFERENCE = "unknown-reference"
    ELSEWHERE = "elsewhere"
    NOT_FOR_US = "not-for-us"
    NOBODY_THERE = "nobody-there"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message when it was taken in, as far as the answer depends on it."""

    msg_type: str
    signature: str
    is_expired: bool
    has_place: bool
    ends_something: bool  # a message it refers to is here


def why_error(taken: Taken) -> Reason | None:
    """Say why a message is answered with an error; None for an acknowledgement.

    The gravest reason stands first: who sent it comes before where it applies.
    An update whose earlier message is not here can be carried down all the
    same; a cancel without one takes nothing back, and its sender must know.
    """
    if taken.signature in _UNPROVEN:
        return Reason.SIGNATURE_UNTRUSTED
    if taken.signature not in (VALID, UNSIGNED):
        return Reason.SIGNATURE_BROKEN
    if taken.msg_type == "Cancel":
        return None if taken.ends_something else Reason.UNKNOWN_REFERENCE
    if taken.is_expired:
        return Reason.EXPIRED
    return None if taken.has_place else Reason.ELSEWHERE


# --- handing a reply over ----------------------------------------------------


class Delivery(StrEnum):
    """How far a reply of ours has come."""

    WAITING = "waiting"
    HANDED = "handed"
    TURNED_AWAY = "turned_away"  # the other side said no
    GIVEN_UP = "given_up"  # it could not be reached for a day
    UNSIGNED = "unsigned"  # there was no key to sign it with, so it never left


FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
TRIED_FOR = timedelta(hours=24)


def next_delivery(
    tries: int, *, made_at: datetime, now: datetime, asked_for: float | None = None
) -> datetime | None:
    """Say when a reply that was not handed over is tried again, after `tries` tries; None when it is given up.

    After 5 seconds, then twice as long each time up to a quarter of an hour,
    for a day in all. `asked_for` is how many seconds the other side asked for.
    """
    wait = min(FIRST_WAIT * 2 ** min(max(tries - 1, 0), 16), LONGEST_WAIT)
    if asked_for is not None:
        wait = max(wait, min(timedelta(seconds=asked_for), LONGEST_WAIT))
    again = now + wait
    return again if again < made_at + TRIED_FOR else None


# --- what others say of a message of ours ------------------------------------


class Stand(StrEnum):
    """Where another node stands to a message of ours."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    SILENT = "silent"
    UNPROVEN = "unproven"  # somebody says so in its name, and nothing proves it


@dataclass(frozen=True, slots=True)
class Said:
    """One reply as it is kept."""

    sender: str
    msg_type: str
    status: str
    signature: str
    signer: str
    sent: datetime
    received_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """A node from which a confirmation is expected. `signer` is the name in its certificate, where it is known."""

    sender: str
    label: str
    signer: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Another node, where it stands, and the reply that says so."""

    sender: str
    label: str
    stand: Stand
    said: Said | None = None
    is_expected: bool = False


def counts(said: Said, status: str, expected: Expected | None) -> bool:
    """Does a reply prove anything?

    Only under a good signature, in earnest where the message was (a test of
    the line confirms no warning), and by the certificate of the node that it
    names, where that is known.
    """
    is_his = expected is None or not expected.signer or said.signer == expected.signer
    return said.signature == VALID and said.status == status and is_his


def parties_of(
    replies: Iterable[Said], expected: Iterable[Expected], *, status: str
) -> tuple[Party, ...]:
    """Say where every node stands that was expected to confirm, or has said something: expected ones first.

    The last word that counts is the one that holds. What proves nothing never
    pushes aside what does, and never makes a silent node a confirmed one.
    """
    wanted = {one.sender: one for one in expected}
    best: dict[str, tuple[bool, Said]] = {}
    for said in sorted(replies, key=lambda one: (one.sent, one.received_at)):
        proven = counts(said, status, wanted.get(said.sender))
        held = best.get(said.sender)
        if held is None or proven or not held[0]:
            best[said.sender] = (proven, said)
    senders = [*wanted, *sorted(set(best) - set(wanted))]
    return tuple(_party(sender, wanted.get(sender), best.get(sender)) for sender in senders)


def _party(sender: str, expected: Expected | None, held: tuple[bool, Said] | None) -> Party:
    label = expected.label if expected else ""
    if held is None:
        return Party(sender, label, Stand.SILENT, None, is_expected=True)
    proven, said = held
    stand = Stand.UNPROVEN
    if proven:
        stand = Stand.CONFIRMED if said.msg_type == ACK else Stand.REFUSED
    return Party(sender, label, stand, said, is_expected=expected is not None)


def count_stands(parties: Iterable[Party]) -> dict[Stand, int]:
    """Count the nodes by where they stand; every stand is named."""
    found = dict.fromkeys(Stand, 0)
    for one in parties:
        found[one.stand] += 1
    return found
