"""Change the key: a new one at once, then every entry sealed anew in bounded batches, then the old ones destroyed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from renwang.base import journal
from renwang.base.models import Head
from renwang.registers.care.keys import (
    Ring,
    add_key,
    drop_keys,
    held_ring,
    ring,
    take_keys_alone,
)
from renwang.registers.care.models import CareEntry, SealedTable
from renwang.registers.care.rules import KeyLost, SealBroken
from renwang.registers.care.seals import seal, seal_content, unseal, unseal_content
from renwang.registers.care.sight import sealed_of

AT_ONCE = 100


def rotate_key(*, by: Any, now: datetime) -> str:
    """Make a new key; what is written from now on is sealed with it. Returns its name."""
    ring()  # a node without any gets its first one, so that this is the second
    name = add_key()
    with transaction.atomic():
        journal.record("care.keys_rotated", _node(), by=by, at=now, key=name)
    return name


@transaction.atomic
def reseal_some(limit: int = AT_ONCE, *, after: Any = None) -> tuple[int, Any]:
    """Seal up to so many entries with the current key; return how many, and where the next batch begins.

    Each is written only if nobody changed it since it was read, so that it may
    be killed anywhere and run by two at once. One whose key is lost stays as it is.
    """
    keys = held_ring()
    found = CareEntry.objects.exclude(key=keys.current).order_by("pk")
    if after is not None:
        found = found.filter(pk__gt=after)
    done, last = 0, None
    for entry in list(found[:limit]):
        last = entry.pk
        done += _reseal(entry, keys)
    return done, last


def reseal_all(progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Seal every entry with the current key; return how many were."""
    total = CareEntry.objects.exclude(key=ring().current).count()
    done, after = 0, None
    while True:
        number, after = reseal_some(after=after)
        if after is None:
            return done
        done += number
        progress(done, total)


def _reseal(entry: CareEntry, keys: Ring) -> int:
    try:
        content = unseal_content(sealed_of(entry), entry.pk, keys)
        want = unseal(entry.want, entry.pk, "want", keys) if entry.want else None
    except (KeyLost, SealBroken):
        return 0
    same = CareEntry.objects.filter(pk=entry.pk, version=entry.version, key=entry.key)
    return same.filter(want=entry.want).update(
        **seal_content(content, entry.pk, keys),
        want=seal(want, entry.pk, "want", keys) if want is not None else "",
        key=keys.current,
    )


@transaction.atomic
def drop_old_keys(*, by: Any, now: datetime) -> int:
    """Destroy the keys by which nothing is sealed any more; older backups can be read no longer.

    A key stays while any entry needs it, or anybody is at work who has read it.
    """
    take_keys_alone()
    keys = ring()
    needed = {keys.current, *SealedTable.objects.values_list("key", flat=True)}
    needed |= set(CareEntry.objects.values_list("key", flat=True).distinct())
    for want in CareEntry.objects.exclude(want="").values_list("want", flat=True).iterator():
        needed.add(want.partition(".")[0])
    gone = drop_keys([name for name in keys.keys if name not in needed])
    if gone:
        journal.record("care.keys_dropped", _node(), by=by, at=now, number=gone)
    return gone


def _node() -> Head:
    return Head.objects.get_or_create(pk=1)[0]
