"""Look into an entry, as keeper, paired, sent, or in an emergency. Every look is a fact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain.models import Unit
from renwang.chain.reach import NotInReach, Viewer
from renwang.outreach.services.tallying import prefixes
from renwang.registers.care.keys import held_ring
from renwang.registers.care.models import CareEntry, Opening
from renwang.registers.care.rules import (
    Content,
    EntryGone,
    NotYours,
    OpeningOver,
    Why,
    check_opening,
)
from renwang.registers.care.seals import unseal
from renwang.registers.care.sight import note_look, openings_of, read_content, why_for


@dataclass(frozen=True, slots=True)
class Look:
    """An entry with its seal open, and by what right."""

    entry: CareEntry
    content: Content
    want: str  # what the last visit found to be needed
    why: Why


@transaction.atomic
def look_into(entry_id: UUID, *, by: Any, now: datetime) -> Look:
    """Open the seal of an entry for somebody who may; the fact of it is written first.

    Refuses with `EntryGone`, `NotYours`, `ConsentOver`, `KeyLost` and `SealBroken`.
    """
    keys = held_ring()
    entry = CareEntry.objects.select_related("household__building").filter(pk=entry_id).first()
    if entry is None:
        raise EntryGone
    why = why_for(by, entry, now)
    content = read_content(entry, keys)
    want = unseal(entry.want, entry.pk, "want", keys) if entry.want else ""
    opening = None
    if why is Why.OPENED:
        opening = (
            openings_of(by, now).filter(path__in=prefixes(entry.path)).values_list("pk").first()
        )
    note_look(entry, why, by=by, now=now, **({"opening": str(opening[0])} if opening else {}))
    return Look(entry, content, want, why)


@transaction.atomic
def open_list(unit: Unit, reason: str, until_at: datetime, *, by: Viewer, now: datetime) -> Opening:
    """Open the list of a place in an emergency, with a reason and an end.

    Refuses with `ReasonMissing`, `OpenTooLong`, and with `reach.NotInReach`
    whoever may not, or comes by a key. The reason stands in no fact: it may name somebody.
    """
    if not isinstance(by, Viewer) or by.scopes is not None or not by.may("care.open", unit.path):
        raise NotInReach("care.open", unit.path)
    reason = check_opening(reason, until_at, now)
    made = Opening.objects.create(
        id=uuid7(now),
        person=by.person,
        path=unit.path,
        unit_name=unit.name,
        reason=reason,
        from_at=now,
        until_at=until_at,
    )
    journal.record("care.opened", made, by=by, at=now, until=until_at)
    return made


@transaction.atomic
def close_list(opening_id: UUID, *, by: Viewer, now: datetime) -> Opening:
    """Close an opening before its end: whoever opened it, or who keeps the list there.

    Refuses with `OpeningOver` and `NotYours`.
    """
    made = Opening.objects.select_for_update().filter(pk=opening_id).first()
    if made is None:
        raise NotYours
    if made.person_id != by.id and not by.may("care.keep", made.path):
        raise NotYours
    if made.ended_at is not None or made.until_at <= now:
        raise OpeningOver
    made.ended_at = now
    made.save(update_fields=["ended_at"])
    journal.record("care.closed", made, by=by, at=now)
    return made
