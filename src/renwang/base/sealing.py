"""Sealing: gives committed facts a gap-free number and chains their digests.

One sealer at a time, whichever process it runs in: the head row is its lock.
A transaction that commits late only gets a later number, so a follower that
reads sealed facts in order never skips one.
"""

import hashlib
from datetime import UTC, datetime

from django.db import connection, transaction

from renwang.base.models import Entry, Head

BATCH = 2000


def digest_of(previous: str, entry: Entry) -> str:
    """Compute a sealed fact's digest: SHA-256 over the previous digest and every field of the fact."""
    parts = (
        previous,
        str(entry.seq),
        str(entry.fact),
        entry.verb,
        entry.subject_kind,
        entry.subject_id,
        entry.subject_ref,
        entry.place,
        entry.actor,
        str(entry.drill or ""),
        entry.at.astimezone(UTC).isoformat(),
        entry.recorded_at.astimezone(UTC).isoformat(),
        entry.body,
    )
    # The unit separator cannot occur in JSON text or in any of the other fields.
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def unsealed() -> tuple[int, datetime | None]:
    """Say how many facts wait for the sealer, and since when the oldest does; two indexed reads."""
    waiting = Entry.objects.filter(seq=None)
    oldest = waiting.order_by("id").values_list("recorded_at", flat=True).first()
    return (waiting.count() if oldest else 0), oldest


def seal_entries(limit: int = BATCH) -> int:
    """Seal up to `limit` committed facts and return how many were sealed.

    An idle call costs one indexed read and takes no lock: the worker makes it
    several times a second.
    """
    if not Entry.objects.filter(seq=None).exists():
        return 0
    with transaction.atomic():
        return _seal_batch(limit)


def _seal_batch(limit: int) -> int:
    Head.objects.get_or_create(pk=1)
    # Taking the row's write lock first makes every other sealer wait here, on both databases.
    Head.objects.filter(pk=1).update(id=1)
    head = Head.objects.get(pk=1)
    entries = list(Entry.objects.filter(seq=None).order_by("id")[:limit])
    if not entries:
        return 0
    seq, digest = head.seq, head.digest
    marks = []
    for entry in entries:
        seq += 1
        entry.seq = seq
        digest = digest_of(digest, entry)
        marks.append((seq, digest, entry.id))
    table = Entry._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET seq = %s, digest = %s WHERE id = %s AND seq IS NULL",  # noqa: S608
            marks,
        )
    Head.objects.filter(pk=1).update(seq=seq, digest=digest)
    return len(entries)


def seal_all() -> int:
    """Seal until nothing committed is left unsealed; return how many were sealed."""
    total = 0
    while count := seal_entries():
        total += count
    return total
