"""The journal: append a fact, declare a verb, read facts.

Appending is one INSERT in the caller's transaction. Sealing, following and
verifying live in `sealing`, `followers` and `verifying`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import QuerySet

from renwang.base.composed import insert
from renwang.base.models import Entry, Head
from renwang.base.pure.clock import read_clock
from renwang.base.pure.ids import uuid7

_SENTENCES: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Counted:
    """A sentence that reads otherwise where a number of the facts is one; `str` gives the plural."""

    one: Any
    many: Any
    fact: str = "count"

    def __str__(self) -> str:
        return str(self.many)


class UnknownVerb(Exception):
    """A fact was recorded under a verb that no module has declared."""


class NotInTransaction(Exception):
    """A fact was recorded outside the transaction of the deed it tells of."""


class Subject(Protocol):
    """What a fact can be about: anything with an id; `ref` and `path` are taken where it has them."""

    id: Any


def declare(sentences: Mapping[str, Any]) -> None:
    """Declare verbs, each with the sentence a reader of the journal sees.

    The sentence may use `{actor}`, `{subject}` and the names of the facts; one
    with a number in it is a pair (`Counted`).
    """
    _SENTENCES.update(sentences)


def sentences() -> Mapping[str, Any]:
    """Return every declared verb with its sentence."""
    return _SENTENCES


def sentence_of(verb: str, facts: Mapping[str, Any]) -> str:
    """Give the sentence of a fact in the reader's language, its blanks still open; an unknown verb stands for itself."""
    said = _SENTENCES.get(verb, verb)
    if isinstance(said, Counted) and facts.get(said.fact) == 1:
        said = said.one
    return str(said)


def actor_name(by: Any) -> str:
    """Name who acts: a person by his id, the node by what acted (`"node:relay"`)."""
    if isinstance(by, str):
        return by
    return f"person:{getattr(by, 'person_id', None) or by.id}"


def record(
    verb: str,
    subject: Subject,
    *,
    by: Any,
    at: datetime,
    place: str | None = None,
    drill: UUID | None = None,
    **facts: Any,
) -> Entry:
    """Append one self-contained fact in the caller's transaction.

    `by` is a person, a viewer, or `"node:<part>"`. `facts` must be enough to
    rebuild what happened; they may not hold what betrays a household. Raises
    UnknownVerb, and NotInTransaction where nothing would bind fact and deed.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction(verb)
    entry = compose(verb, subject, by=by, at=at, place=place, drill=drill, **facts)
    insert(entry)
    return entry


def compose(
    verb: str,
    subject: Subject,
    *,
    by: Any,
    at: datetime,
    place: str | None = None,
    drill: UUID | None = None,
    **facts: Any,
) -> Entry:
    """Make a fact ready that the caller writes with its deed in one transaction (`composed.Writing`). Raises UnknownVerb."""
    if verb not in _SENTENCES:
        raise UnknownVerb(verb)
    recorded_at = read_clock()
    return Entry(
        fact=uuid7(recorded_at),
        verb=verb,
        subject_kind=type(subject).__name__.lower(),
        subject_id=str(subject.id),
        subject_ref=getattr(subject, "ref", "") or "",
        place=place if place is not None else getattr(subject, "path", "") or "",
        actor=actor_name(by),
        drill=drill,
        at=at,
        recorded_at=recorded_at,
        body=orjson.dumps(facts, default=str, option=orjson.OPT_SORT_KEYS).decode(),
    )


def last_seq() -> int:
    """Return the number of the last sealed fact: one indexed read, 0 for an empty journal."""
    return Head.objects.filter(pk=1).values_list("seq", flat=True).first() or 0


def sealed() -> QuerySet[Entry]:
    """Return the sealed facts, oldest first."""
    return Entry.objects.filter(seq__isnull=False).order_by("seq")
