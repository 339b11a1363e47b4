"""References: numbers given out without gaps or doubles, in the caller's transaction."""

from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from renwang.base.models import Counter
from renwang.base.pure.ids import reference


def next_number(name: str) -> int:
    """Give out the next number of a name; a rolled-back transaction gives its number back."""
    if not Counter.objects.filter(name=name).update(value=F("value") + 1):
        Counter.objects.get_or_create(name=name)
        Counter.objects.filter(name=name).update(value=F("value") + 1)
    return Counter.objects.values_list("value", flat=True).get(name=name)


def next_reference(letter: str, now: datetime) -> str:
    """Give out the next reference of the day: node prefix, kind letter, day, number (`RWA-260715-0042`)."""
    zone = timezone.get_default_timezone()
    prefix = f"{settings.RENWANG_NODE_PREFIX}{letter}"
    day = now.astimezone(zone).strftime("%y%m%d")
    return reference(prefix, now, next_number(f"{prefix}-{day}"), zone)
