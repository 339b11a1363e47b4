"""What a phone sends later: how a batch is read, when a deed happened, what may be decided, how a file grows.

Values and `now` in; a value or a named refusal out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from renwang.chain.rules import Refusal

AT_ONCE = 20
"""Deeds in one batch."""

KEPT_FOR = timedelta(days=7)
"""How long a phone keeps pages without contact, and the node an upload whose deed never came."""

LATE_FROM = timedelta(minutes=5)
"""From then on pages say both when something was done and when the node heard of it."""

PIECE = 1 << 20  # bytes
LARGEST = 13 << 20  # bytes: a photograph and what a form may send around it
MOST_WAITING = 200 << 20  # bytes of files that one phone may have begun
ADDRESS, NAME, VALUE, FIELDS, FILES = 300, 200, 20_000, 200, 6  # characters, and how many


class BatchUnread(Refusal):
    """What came is no batch of deeds; `what` names the first part that is wrong."""


class TooManyDeeds(Refusal):
    """More deeds than one batch takes."""


class PhoneUnknown(Refusal):
    """This phone was never let in."""


class PhoneLost(Refusal):
    """The phone was called lost."""


class PhoneEnded(Refusal):
    """The phone has wiped itself; its id is not used again."""


class PhoneOfAnother(Refusal):
    """The phone belongs to somebody else."""


class PieceElsewhere(Refusal):
    """A piece does not begin where the last one ended; `have` says where that is."""


class PieceTooLarge(Refusal):
    """A piece, a file, or all that waits of one phone is larger than is taken."""


class UploadUnknown(Refusal):
    """There is no such file, or it is another phone's."""


class DecidedAlready(Refusal):
    """Which of the two holds was decided before, or nothing differs."""


class OwnDeed(Refusal):
    """Nobody decides about what he did himself."""


class ReasonMissing(Refusal):
    """A decision needs a reason."""


class ContentsGone(Refusal):
    """What was sent can no longer be read."""


class NotYetTaken(Refusal):
    """The deed was played after all and refused; `why` is the sentence."""


class Outcome(StrEnum):
    """What a phone is told of a deed."""

    TAKEN = "taken"
    REFUSED = "refused"
    DIFFERS = "differs"
    WAITS = "waits"  # nothing was done; it is to be sent again


class State(StrEnum):
    """Where a deed stands that the node has answered."""

    TAKEN = "taken"
    REFUSED = "refused"
    DIFFERS = "differs"  # somebody decides which of the two holds
    LEFT = "left"  # the other one holds


class Holds(StrEnum):
    """What may be decided about two that differ."""

    SENT = "sent"
    STANDING = "standing"


MOVES: Mapping[tuple[State, Holds], State] = {
    (State.DIFFERS, Holds.SENT): State.TAKEN,
    (State.DIFFERS, Holds.STANDING): State.LEFT,
}


def decide(state: State, holds: Holds) -> State:
    """Say where a decision leads. Refuses with `DecidedAlready`."""
    try:
        return MOVES[state, holds]
    except KeyError:
        raise DecidedAlready(state=state.value) from None


def outcome_of(state: State) -> Outcome:
    """Say what the phone is told: what was decided against it is refused."""
    return Outcome.REFUSED if state is State.LEFT else Outcome(state.value)


# --- when it happened -----------------------------------------------------------


def happened_at(
    done_at: datetime,
    *,
    sent_at: datetime,
    now: datetime,
    let_in_at: datetime,
    after: datetime | None = None,
) -> datetime:
    """Put the moment of a deed right by how far the phone's clock is off.

    Never later than now, never before the phone was let in, and never before
    the deed that it did before (`after`): a story keeps its order whatever the
    clock did in between.
    """
    earliest = let_in_at if after is None else max(let_in_at, after)
    try:
        put_right = done_at + (now - sent_at)
    except OverflowError:
        return now
    return min(max(put_right, earliest), now)


def is_late(happened: datetime, arrived: datetime) -> bool:
    """Say whether a page has to say both moments."""
    return arrived - happened >= LATE_FROM


# --- what a batch is ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a field of a form: which upload it is, and what its phone calls it."""

    field: str
    upload: UUID
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One deed as its phone sent it; they are done in the order of `number`. `shown_at` is the journal's number on its page, None where that was lost."""

    id: UUID
    number: int
    address: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[File, ...]
    done_at: datetime
    shown_at: int | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Deeds of one phone as they came, and the phone's clock when it sent them."""

    sent_at: datetime
    deeds: tuple[Sent, ...]


def read_batch(said: object) -> Batch:
    """Read a batch out of parsed JSON. Refuses with `BatchUnread` and `TooManyDeeds`."""
    whole = _mapping(said, "batch")
    deeds = _list(whole.get("deeds"), "deeds")
    if len(deeds) > AT_ONCE:
        raise TooManyDeeds(most=AT_ONCE)
    read = [_deed(_mapping(one, "deeds")) for one in deeds]
    if len({one.id for one in read}) < len(read):
        raise BatchUnread(what="id")
    return Batch(_moment(whole.get("sent_at"), "sent_at"), tuple(read))


def _deed(said: Mapping[str, Any]) -> Sent:
    address = _text(said.get("address"), ADDRESS, "address")
    if not address.startswith("/") or address.startswith("//"):
        raise BatchUnread(what="address")
    shown_at = said.get("shown_at")
    return Sent(
        id=read_id(said.get("id"), "id"),
        number=_number(said.get("number"), "number"),
        address=address,
        fields=tuple(_pair(one) for one in _list(said.get("fields", []), "fields", FIELDS)),
        files=tuple(_file(one) for one in _list(said.get("files", []), "files", FILES)),
        done_at=_moment(said.get("done_at"), "done_at"),
        shown_at=None if shown_at is None else _number(shown_at, "shown_at"),
    )


def _pair(said: object) -> tuple[str, str]:
    if not isinstance(said, list | tuple) or len(said) != 2:
        raise BatchUnread(what="fields")
    return _text(said[0], NAME, "fields"), _text(said[1], VALUE, "fields")


def _file(said: object) -> File:
    whole = _mapping(said, "files")
    return File(
        field=_text(whole.get("field"), NAME, "files"),
        upload=read_id(whole.get("upload"), "files"),
        name=_text(whole.get("name", ""), 1000, "files")[-NAME:],
        type=_text(whole.get("type", ""), NAME, "files"),
    )


def read_id(said: object, what: str) -> UUID:
    """Read an id. Refuses with `BatchUnread`."""
    try:
        return UUID(said if isinstance(said, str) else "")
    except ValueError:
        raise BatchUnread(what=what) from None


def _mapping(said: object, what: str) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        raise BatchUnread(what=what)
    return said


def _list(said: object, what: str, most: int = 1_000) -> Sequence[Any]:
    if not isinstance(said, list) or len(said) > most:
        raise BatchUnread(what=what)
    return said


def _text(said: object, most: int, what: str) -> str:
    if not isinstance(said, str) or len(said) > most or "\0" in said:
        raise BatchUnread(what=what)
    return said


def _number(said: object, what: str) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or not 0 <= said < 1 << 62:
        raise BatchUnread(what=what)
    return said


def _moment(said: object, what: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said if isinstance(said, str) else "")
    except ValueError:
        raise BatchUnread(what=what) from None
    if moment.tzinfo is None:
        raise BatchUnread(what=what)
    return moment


# --- a file that comes in pieces ------------------------------------------------


def place_piece(have: int, size: int, begins: int, length: int) -> int:
    """Say how much of a file is there once a piece is in its place.

    Refuses with `PieceElsewhere` a piece that does not begin where the last
    one ended or reaches beyond the end, with `PieceTooLarge` one too long.
    """
    if length > PIECE or size > LARGEST:
        raise PieceTooLarge(most=PIECE if length > PIECE else LARGEST)
    if begins != have or have + length > size:
        raise PieceElsewhere(have=have)
    return have + length
