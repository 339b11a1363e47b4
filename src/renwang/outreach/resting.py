"""Whose quiet hours it is: hours of rest are kept beside a contact, else a person, else the node."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from renwang.base.pure.hours import Hours, end_of, read_hours
from renwang.chain.models import Contact, Person, Route


@lru_cache(maxsize=1000)
def _hours(text: str) -> Hours | None:
    return read_hours(text)


def rest_ends(contact: str, person: str, now: datetime) -> datetime | None:
    """Say until when a contact rests now, by its own hours, its person's, or the node's; None if it does not."""
    hours = _hours(contact or person or settings.RENWANG_QUIET_HOURS)
    return end_of(hours, timezone.localtime(now)) if hours is not None else None


def resting(routes: QuerySet[Route], now: datetime) -> dict[UUID | None, datetime]:
    """Say which contacts of some routes rest now, and until when; one statement."""
    found = {}
    rows = routes.filter(contact__isnull=False)
    for key, contact, person in rows.values_list("contact_id", "contact__quiet", "person__quiet"):
        ends_at = rest_ends(contact, person, now)
        if ends_at is not None:
            found[key] = ends_at
    return found


def resting_contacts(contacts: Collection[UUID], now: datetime) -> dict[UUID | None, datetime]:
    """Say the same of contacts, whether or not a post calls by them; one statement."""
    found: dict[UUID | None, datetime] = {}
    rows = Contact.objects.filter(pk__in=contacts).values_list("pk", "quiet", "person__quiet")
    for key, contact, person in rows:
        ends_at = rest_ends(contact, person, now)
        if ends_at is not None:
            found[key] = ends_at
    return found


def with_own_hours(top: str) -> QuerySet[Route]:
    """Return the routes below a path over people or contacts that have hours of their own."""
    people = Person.objects.exclude(quiet="").values("pk")
    contacts = Contact.objects.exclude(quiet="").values("pk")
    below = Route.objects.filter(path__under=top)
    return below.filter(person__in=people) | below.filter(contact__in=contacts)
