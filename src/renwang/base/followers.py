"""Followers: upward news. A module above reads the journal from its own bookmark.

The reading and its effect share one transaction with the bookmark, so a
follower that is killed anywhere has either done a batch or not begun it.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from renwang.base.journal import sealed
from renwang.base.models import Bookmark, Entry

log = logging.getLogger(__name__)

Reader = Callable[[Sequence[Entry], datetime], None]


@dataclass(frozen=True, slots=True)
class Follower:
    """A named reader of some verbs."""

    name: str
    verbs: tuple[str, ...]  # exact verbs, or prefixes that end in a dot
    read: Reader
    batch: int


_FOLLOWERS: dict[str, Follower] = {}


def follower(name: str, *verbs: str, batch: int = 500) -> Callable[[Reader], Reader]:
    """Register a function `(entries, now) -> None` as a follower of verbs.

    Its name is its bookmark and must never change. The function may run twice
    over the same facts only if its own transaction was rolled back.
    """

    def register(read: Reader) -> Reader:
        if name in _FOLLOWERS:
            raise ValueError(f"two followers are called {name}")
        _FOLLOWERS[name] = Follower(name, verbs, read, batch)
        return read

    return register


def followers() -> Sequence[Follower]:
    """Return every registered follower."""
    return tuple(_FOLLOWERS.values())


def _wanted(entry: Entry, verbs: tuple[str, ...]) -> bool:
    return any(entry.verb == verb or (verb.endswith(".") and entry.verb.startswith(verb)) for verb in verbs)


@transaction.atomic
def follow(one: Follower, now: datetime) -> int:
    """Let a follower read its next batch; return how many facts it passed."""
    Bookmark.objects.get_or_create(name=one.name)
    # The row's write lock keeps a second process out until this batch is done.
    Bookmark.objects.filter(name=one.name).update(moved_at=now)
    start = Bookmark.objects.get(name=one.name).seq
    entries = list(sealed().filter(seq__gt=start)[: one.batch])
    if not entries:
        return 0
    wanted = [entry for entry in entries if _wanted(entry, one.verbs)]
    if wanted:
        one.read(wanted, now)
    Bookmark.objects.filter(name=one.name).update(seq=entries[-1].seq, failures=0, trouble="")
    return len(entries)


def follow_all(now: datetime) -> int:
    """Let every follower read one batch; one that fails is noted and does not stop the others."""
    total = 0
    for one in followers():
        try:
            total += follow(one, now)
        except Exception as trouble:
            log.exception("follower failed", extra={"follower": one.name})
            note_trouble(one, trouble)
    return total


def note_trouble(one: Follower, trouble: Exception) -> None:
    """Keep what went wrong beside the bookmark, where the desk and the doctor see it."""
    with transaction.atomic():
        mark, _ = Bookmark.objects.get_or_create(name=one.name)
        Bookmark.objects.filter(name=one.name).update(
            failures=mark.failures + 1, trouble=f"{type(trouble).__name__}: {trouble}"[:2000]
        )
