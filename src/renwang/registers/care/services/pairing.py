"""Pair a door with who looks after it: a helper and a back-up, suggested by nearness (党员联户)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.chain.models import Person
from renwang.registers.care.models import CareEntry, Pairing
from renwang.registers.care.rules import CareRefused
from renwang.registers.care.sight import entry_kept
from renwang.registers.care.waiting import ask_visit_anew

HELPER, BACKUP = 0, 1


class HelperGone(CareRefused):
    """Whoever has left looks after nobody."""


class PairedTwice(CareRefused):
    """Helper and back-up are two people: one alone cannot stand in for himself."""


@transaction.atomic
def pair_helper(
    entry_id: UUID, person: Person, *, rank: int = HELPER, by: Any, now: datetime
) -> Pairing:
    """Pair somebody with an entry, in the place of who was its helper or back-up before.

    Refuses with `HelperGone`, `PairedTwice`, `EntryGone` and `reach.NotInReach`.
    """
    entry = entry_kept(entry_id, by)
    if not person.is_active:
        raise HelperGone
    if Pairing.objects.filter(entry=entry, person=person).exclude(rank=rank).exists():
        raise PairedTwice
    _end(entry, rank, by=by, now=now, but=person)
    made, is_new = Pairing.objects.get_or_create(
        entry=entry,
        rank=rank,
        defaults={"person": person, "since_at": now, "paired_by": getattr(by, "id", None)},
    )
    if is_new:
        journal.record("care.paired", entry, by=by, at=now, person=_named(person.pk), rank=rank)
        ask_visit_anew(entry, now=now)
    return made


@transaction.atomic
def unpair_helper(entry_id: UUID, *, rank: int, by: Any, now: datetime) -> None:
    """End a pairing; the door stands on the list of the unpaired again."""
    _end(entry_kept(entry_id, by), rank, by=by, now=now)


def _end(entry: CareEntry, rank: int, *, by: Any, now: datetime, but: Person | None = None) -> None:
    old = Pairing.objects.filter(entry=entry, rank=rank).first()
    if old is None or (but is not None and old.person_id == but.pk):
        return
    old.delete()
    journal.record("care.unpaired", entry, by=by, at=now, person=_named(old.person_id), rank=rank)


def _named(person_id: UUID) -> str:
    return f"person:{person_id}"
