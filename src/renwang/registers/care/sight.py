"""Say what connects somebody with an entry, and read it for him; every look leaves a fact behind."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from renwang.base import journal
from renwang.chain.reach import NotInReach, Viewer
from renwang.outreach.services.tallying import prefixes
from renwang.registers.care.keys import Ring, ring
from renwang.registers.care.models import CareEntry, Opening, Pairing, RoundDoor
from renwang.registers.care.rules import (
    Content,
    EntryGone,
    Sight,
    Standing,
    Why,
    standing_of,
    why_may_look,
)
from renwang.registers.care.seals import CONTENT_FIELDS, unseal_content


def day_of(now: datetime) -> date:
    """Give the day that a moment belongs to where the node stands."""
    return now.astimezone(timezone.get_default_timezone()).date()


def standing_at(entry: CareEntry, now: datetime) -> Standing:
    """Say how the consent of an entry stands at a moment."""
    return standing_of(entry.consent_until, day_of(now))


def openings_of(viewer: Viewer, now: datetime) -> QuerySet[Opening]:
    """Return the emergency openings that somebody has in force, where he still may."""
    in_force = Opening.objects.filter(person=viewer.id, ended_at=None, until_at__gt=now)
    return in_force.filter(viewer.scope("care.open"))


def visible_to(viewer: Viewer, now: datetime) -> QuerySet[CareEntry]:
    """Return the entries that somebody may look into: as keeper, paired, sent, or by an opening in force; one statement.

    A key that acts for somebody, such as an API token, sees none.
    """
    if viewer.scopes is not None:
        return CareEntry.objects.none()
    sent = RoundDoor.objects.filter(
        person=viewer.id, check_round__ended_at=None, entry__isnull=False
    )
    paired = Pairing.objects.filter(person=viewer.id).values_list("entry_id", flat=True)
    # Read first: with a subselect beside the places PostgreSQL would go through the whole list.
    own = list(paired.union(sent.values_list("entry_id", flat=True)))
    condition = viewer.scope("care.keep") | Q(pk__in=own)
    if viewer.may("care.open"):
        for path in openings_of(viewer, now).values_list("path", flat=True):
            condition |= Q(path__under=path)
    return CareEntry.objects.filter(condition)


def sight_of(viewer: Viewer, entry: CareEntry, now: datetime) -> Sight:
    """Gather what connects somebody with an entry; one statement."""
    if viewer.scopes is not None:
        return Sight()
    sent = RoundDoor.objects.filter(person=viewer.id, entry=entry, check_round__ended_at=None)
    found = (
        CareEntry.objects.filter(pk=entry.pk)
        .annotate(
            is_paired=Exists(Pairing.objects.filter(person=viewer.id, entry=entry)),
            is_sent=Exists(sent),
            has_opened=Exists(openings_of(viewer, now).filter(path__in=prefixes(entry.path))),
        )
        .values("is_paired", "is_sent", "has_opened")
        .first()
    ) or {}
    return Sight(keeps=viewer.may("care.keep", entry.path), **found)


def sealed_of(entry: CareEntry) -> dict[str, str]:
    """Give the sealed texts of an entry."""
    return {field: getattr(entry, field) for field in CONTENT_FIELDS}


def read_content(entry: CareEntry, keys: Ring | None = None) -> Content:
    """Open the seal of an entry, asking nobody; for services that have asked. Refuses with `KeyLost`, `SealBroken`."""
    return unseal_content(sealed_of(entry), entry.pk, keys or ring())


def note_look(entry: CareEntry, why: Why, *, by: Any, now: datetime, **more: Any) -> None:
    """Record that somebody looked: who, when, by what right. The person reads this."""
    journal.record("care.seen", entry, by=by, at=now, why=why, **more)


def locked_entry(entry_id: UUID) -> CareEntry:
    """Take an entry for a change in the caller's transaction; refuses with `EntryGone`."""
    found = CareEntry.objects.select_for_update(of=("self",)).filter(pk=entry_id).first()
    if found is None:
        raise EntryGone
    return found


def entry_kept(entry_id: UUID, by: Any) -> CareEntry:
    """Take an entry that `by` keeps for a change. Refuses with `EntryGone` and `reach.NotInReach`."""
    entry = locked_entry(entry_id)
    require_keeper(by, entry.path)
    return entry


def require_keeper(by: Any, path: str) -> None:
    """Let a keeper of the place go on, in person. A key that acts for him may not: the list has no such door."""
    if isinstance(by, Viewer) and (by.scopes is not None or not by.may("care.keep", path)):
        raise NotInReach("care.keep", path)


def why_for(by: Any, entry: CareEntry, now: datetime) -> Why:
    """Say by what right somebody looks. Refuses with `NotYours` and `ConsentOver`."""
    sight = sight_of(by, entry, now) if isinstance(by, Viewer) else Sight(keeps=True)
    return why_may_look(sight, standing_at(entry, now))
