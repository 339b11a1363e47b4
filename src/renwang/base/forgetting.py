"""Forgetting for good: what was erased stays erased, also when an older backup is brought back.

A backup still holds what was erased after it was made. So every erasure that
somebody was promised goes through `forget`, which erases and notes kind and
key in one transaction, and a restore replays the notes that are newer than
the backup. A note says what was erased and when, never what stood there.

A module says once, in its `jobs.py` or what that imports, how things of a
kind are erased:

    @eraser("bulletins.words")
    def _erase(keys: Sequence[str]) -> int:
        return Question.objects.filter(pk__in=keys).update(words="", search="")

and its services forget in the transaction of their fact:

    forget("bulletins.words", [question.pk], now=now)
    journal.record("bulletins.words_erased", …)

Where a thing has a file beside the database, `eraser(kind, file=…)` says under
which name: it goes with the thing, and a restore leaves it out.

The journal is never edited and comes back whole: what must be forgotten may
not stand in a fact.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from typing import Any, TypeVar

from django.core.files.storage import default_storage
from django.db import transaction

from renwang.base.journal import NotInTransaction
from renwang.base.models import Forgotten

AT_ONCE = 500
"""Keys that are erased by one call: SQLite takes no statement with many thousand values."""

Eraser = Callable[[Sequence[str]], int]
One = TypeVar("One")

_ERASERS: dict[str, Eraser] = {}
_FILES: dict[str, Callable[[str], str]] = {}


class UnknownKind(Exception):
    """Nobody has said how things of this kind are erased."""


@dataclass(frozen=True, slots=True)
class Note:
    """That one thing was erased, and when."""

    kind: str
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of replaying notes: how many things were erased again, and kinds nobody here erases."""

    erased: int
    unknown: tuple[str, ...]


def eraser(kind: str, *, file: Callable[[str], str] | None = None) -> Callable[[Eraser], Eraser]:
    """Register what erases things of a kind: `(keys) -> number erased`.

    It is called with at most 500 keys at a time, as text, inside a transaction.
    Keys that name nothing, or nothing any more, are passed over: a replay
    brings many of those. It records no fact; the service does that. `file`
    names the stored file of a key.
    """

    def register(erase: Eraser) -> Eraser:
        if kind in _ERASERS:
            raise ValueError(f"two erasers are registered for {kind}")
        _ERASERS[kind] = erase
        if file is not None:
            _FILES[kind] = file
        return erase

    return register


def forget(kind: str, keys: Iterable[Any], *, now: datetime) -> int:
    """Erase what these keys of a kind name, and note that it is to stay erased.

    Both happen in the caller's transaction, beside the fact that tells of it.
    Returns how many were erased; forgetting again what is forgotten changes
    nothing. Raises `UnknownKind`, and `NotInTransaction` where a kill could
    come between the erasure and its note.
    """
    if kind not in _ERASERS:
        raise UnknownKind(kind)
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction(kind)
    return sum(
        _erase_and_note(kind, [(key, now) for key in some])
        for some in _portions(str(key) for key in keys)
    )


def replay(notes: Iterable[Note]) -> Replayed:
    """Erase again whatever the notes name, in one transaction, and keep the notes.

    For a restore, before anybody can see what it brought back. A kind that
    this version does not know is kept for the version that does, and named in
    the answer.
    """
    ordered = sorted(set(notes), key=lambda note: (note.kind, note.at, note.key))
    erased, unknown = 0, []
    with transaction.atomic():
        for kind, group in groupby(ordered, key=lambda note: note.kind):
            if kind not in _ERASERS:
                unknown.append(kind)
            for some in _portions((note.key, note.at) for note in group):
                erased += _erase_and_note(kind, some)
    return Replayed(erased, tuple(unknown))


def files_of(notes: Iterable[Note]) -> Iterator[str]:
    """Name the stored files that went with what the notes name."""
    for note in notes:
        if note.kind in _FILES:
            yield _FILES[note.kind](note.key)


def notes() -> Iterator[Note]:
    """Give every note there is, the oldest first."""
    for row in Forgotten.objects.order_by("id").iterator(chunk_size=2000):
        yield Note(row.kind, row.key, row.at)


def unkept_notes(limit: int = 5000) -> list[tuple[int, Note]]:
    """Give notes that stand in the database alone, each with the number to report it as kept by."""
    rows = Forgotten.objects.filter(is_kept=False).order_by("id")[:limit]
    return [(row.pk, Note(row.kind, row.key, row.at)) for row in rows]


def mark_kept(numbers: Sequence[int]) -> None:
    """Remember that these notes stand in the list beside the database as well."""
    for some in _portions(numbers):
        Forgotten.objects.filter(pk__in=some).update(is_kept=True)


def _erase_and_note(kind: str, some: Sequence[tuple[str, datetime]]) -> int:
    keys = [key for key, _at in some]
    if kind in _FILES:
        # Before the rows: a kill in between leaves a row whose file is gone, and never the other way.
        for key in keys:
            default_storage.delete(_FILES[kind](key))
    erased = _ERASERS[kind](keys) if kind in _ERASERS else 0
    Forgotten.objects.bulk_create(
        [Forgotten(kind=kind, key=key, at=at) for key, at in some], ignore_conflicts=True
    )
    return erased


def _portions(things: Iterable[One]) -> Iterator[list[One]]:
    left = iter(things)
    while some := list(islice(left, AT_ONCE)):
        yield some
