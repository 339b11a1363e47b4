"""Followers: upward news. A module above reads the journal from its own bookmark.

The reading and its effect share one transaction with the bookmark, so a
follower that is killed anywhere has either done a batch or not begun it.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from renwang.base.journal import last_seq, sealed
from renwang.base.models import Bookmark, Entry

log = logging.getLogger(__name__)

LONGEST_WAIT = timedelta(minutes=5)

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
    return any(
        entry.verb == verb or (verb.endswith(".") and entry.verb.startswith(verb)) for verb in verbs
    )


def follow(one: Follower, now: datetime) -> int:
    """Let a follower read its next batch; return how many facts it passed."""
    with transaction.atomic():
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
    """Let every follower that is behind read one batch; return how many facts were passed.

    One that fails is noted, waits twice as long after every failure (up to
    five minutes), and does not stop the others. When nobody is behind this
    costs two reads and takes no lock.
    """
    end = last_seq()
    marks = {mark.name: mark for mark in Bookmark.objects.all()} if end else {}
    total = 0
    for one in followers():
        mark = marks.get(one.name)
        if end <= (mark.seq if mark else 0) or (mark and _waits(mark, now)):
            continue
        try:
            total += follow(one, now)
        except Exception as trouble:
            log.exception("follower failed", extra={"follower": one.name})
            note_trouble(one, trouble, now)
    return total


def _waits(mark: Bookmark, now: datetime) -> bool:
    if not mark.failures or mark.moved_at is None or mark.moved_at > now + LONGEST_WAIT:
        return False  # also where the clock was put back since
    return now < mark.moved_at + min(timedelta(seconds=2**mark.failures), LONGEST_WAIT)


def note_trouble(one: Follower, trouble: Exception, now: datetime) -> None:
    """Keep what went wrong beside the bookmark, where the desk and the doctor see it."""
    with transaction.atomic():
        mark, _ = Bookmark.objects.get_or_create(name=one.name)
        Bookmark.objects.filter(name=one.name).update(
            failures=min(mark.failures + 1, 30),
            trouble=f"{type(trouble).__name__}: {trouble}"[:2000],
            moved_at=now,
        )


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a follower is behind the journal, and what stops it."""

    name: str
    behind: int  # facts
    failures: int  # in a row
    trouble: str


def distances() -> Sequence[Distance]:
    """Say of every registered follower how far behind it is; two reads."""
    end = last_seq()
    marks = {mark.name: mark for mark in Bookmark.objects.all()}
    found = []
    for one in followers():
        mark = marks.get(one.name) or Bookmark(name=one.name)
        found.append(Distance(one.name, end - mark.seq, mark.failures, mark.trouble))
    return found
