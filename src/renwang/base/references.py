"""References: numbers given out without gaps or doubles, in the caller's transaction."""

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from renwang.base.models import Counter
from renwang.base.pure.ids import reference


def next_number(name: str, *, count: int = 1) -> int:
    """Give out the next number of a name, or the last of `count` that follow each other.

    A rolled-back transaction gives its numbers back.
    """
    if not Counter.objects.filter(name=name).update(value=F("value") + count):
        Counter.objects.get_or_create(name=name)
        Counter.objects.filter(name=name).update(value=F("value") + count)
    return Counter.objects.values_list("value", flat=True).get(name=name)


def count_up(name: str) -> int:
    """Count one more under a name and return how many that makes; one statement, also for a name that is new."""
    table = Counter._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (name, value) VALUES (%s, 1) "  # noqa: S608
            f"ON CONFLICT (name) DO UPDATE SET value = {table}.value + 1 RETURNING value",
            [name],
        )
        return int(cursor.fetchone()[0])


def advance(name: str, to: int, *, far: int) -> bool:
    """Move a name's number on to a higher one; of several at once only one is told that he did.

    A number that stands further ahead than `far` is from before the clock was
    put back: it holds nobody up.
    """
    Counter.objects.get_or_create(name=name)
    behind = Q(value__lt=to) | Q(value__gt=to + far)
    return bool(Counter.objects.filter(behind, name=name).update(value=to))


def next_reference(letter: str, now: datetime) -> str:
    """Give out the next reference of the day: node prefix, kind letter, day, number (`RWA-260715-0042`)."""
    return next_references(letter, now, 1)[0]


def next_references(letter: str, now: datetime, count: int) -> list[str]:
    """Give out many references of the day at once, for a bulk door."""
    zone = timezone.get_default_timezone()
    prefix = f"{settings.RENWANG_NODE_PREFIX}{letter}"
    day = now.astimezone(zone).strftime("%y%m%d")
    last = next_number(f"{prefix}-{day}", count=count)
    return [reference(prefix, now, last - left, zone) for left in range(count - 1, -1, -1)]
