"""Record visits at the door, and let those that are missed climb."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.registers.care.keys import held_ring
from renwang.registers.care.models import CareEntry, Visit
from renwang.registers.care.seals import seal
from renwang.registers.care.sight import day_of, entry_kept, locked_entry, why_for
from renwang.registers.care.visit_rules import (
    CLIMBS_AFTER,
    RUNGS,
    Outcome,
    climb_visit,
    next_visit,
)
from renwang.registers.care.waiting import ask_visit, visit_done

BY = "node:care"
AT_ONCE = 200
WORDS_AT_MOST = 200


@transaction.atomic
def record_visit(
    visit_id: UUID, entry_id: UUID, outcome: Outcome, *, by: Any, now: datetime, want: str = ""
) -> Visit:
    """Record what came of a knock. The id was made with the page: pressing twice is one visit.

    Whoever may look may knock. Refuses with `EntryGone`, `NotYours`, `ConsentOver`.
    """
    entry = locked_entry(entry_id)
    why_for(by, entry, now)
    known = Visit.objects.filter(pk=visit_id, entry=entry).first()
    if known is not None:
        return known
    made = Visit.objects.create(
        id=visit_id, entry=entry, outcome=outcome, by_person=getattr(by, "id", None), at=now
    )
    entry.visit_on = next_visit(outcome, entry.visit_every, day_of(now))
    if outcome is not Outcome.NOBODY:
        # Somebody was seen: it hangs on nobody else any more.
        if entry.rung:
            visit_done(entry, by=by, now=now)
        entry.rung, entry.climbs_on = 0, entry.visit_on + CLIMBS_AFTER[0]
    if outcome is Outcome.NEEDS:
        entry.wants_at = now
        entry.want = seal(want.strip()[:WORDS_AT_MOST], entry.pk, "want", held_ring())
    entry.changed_at = now
    entry.save(update_fields=["visit_on", "rung", "climbs_on", "wants_at", "want", "changed_at"])
    journal.record("care.visited", entry, by=by, at=now, outcome=outcome)
    return made


@transaction.atomic
def settle_want(entry_id: UUID, *, by: Any, now: datetime) -> CareEntry:
    """Record that what a visit found to be needed is there; what it was is forgotten."""
    entry = entry_kept(entry_id, by)
    if entry.wants_at is not None:
        entry.wants_at, entry.want, entry.changed_at = None, "", now
        entry.save(update_fields=["wants_at", "want", "changed_at"])
        journal.record("care.want_settled", entry, by=by, at=now)
    return entry


def climb_visits(now: datetime) -> int:
    """Let late visits climb: to the back-up, the keeper, the level above. Returns how many did.

    Whoever is paired is called to it, and the keepers when he stays silent.
    Claimed by what was read, so that two workers climb once and a visit that
    comes in between wins.
    """
    today, climbed = day_of(now), 0
    due = CareEntry.objects.filter(climbs_on__lte=today).order_by("climbs_on")
    for entry in due.only("pk", "ref", "path", "visit_on", "rung", "climbs_on")[:AT_ONCE]:
        step = climb_visit(entry.climbs_on - CLIMBS_AFTER[min(entry.rung, 2)], today)
        with transaction.atomic():
            same = CareEntry.objects.filter(pk=entry.pk, rung=entry.rung, climbs_on=entry.climbs_on)
            if not same.update(rung=step.rung, climbs_on=step.climbs_on):
                continue
            journal.record(
                "care.visit_missed", entry, by=BY, at=now, on=RUNGS[step.rung], rung=step.rung
            )
            ask_visit(entry, now=now)
            climbed += 1
    return climbed
