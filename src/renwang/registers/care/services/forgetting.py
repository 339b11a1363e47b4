"""Forget somebody: one act, everything that hangs on the entry, and for good.

`base.forgetting` notes kind and key beside the erasure, so that a restore of
an older backup erases again. The journal keeps the number of the entry and
that it was forgotten; it never held more. That no older consent brings the
person back from a table is kept in `withdrawals`.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.forgetting import eraser, forget
from renwang.registers.care.keys import held_ring
from renwang.registers.care.models import CareEntry, Paper
from renwang.registers.care.paper_rules import PaperState
from renwang.registers.care.rules import GRACE, EntryGone, KeyLost, SealBroken
from renwang.registers.care.seals import unseal
from renwang.registers.care.services.keeping import digest_of
from renwang.registers.care.sight import day_of, entry_kept, locked_entry
from renwang.registers.care.waiting import drop_visit
from renwang.registers.care.withdrawals import mark_of, note_withdrawal

KIND = "care.entry"
BY_CODE = "node:private_code"  # the person himself, or whom he trusted with the slip
BY = "node:care"
AT_ONCE = 100


@eraser(KIND)
def erase_entries(keys: Sequence[str]) -> int:
    """Erase entries with their pairings, visits and paper lines; doors of rounds lose whom they were about.

    What a restore brings back is marked by the consent it had: that one is void.
    """
    for entry in CareEntry.objects.filter(pk__in=keys):
        _keep_back(entry, entry.consent_on)
    return CareEntry.objects.filter(pk__in=keys).delete()[1].get("care.CareEntry", 0)


@transaction.atomic
def withdraw_consent(entry_id: UUID, *, by: Any, now: datetime) -> None:
    """Forget somebody whose consent was withdrawn: at the desk, in one act, without a reason.

    Refuses with `EntryGone` and `reach.NotInReach`.
    """
    _forget(entry_kept(entry_id, by), "care.withdrawn", by=by, now=now)


@transaction.atomic
def withdraw_by_code(code: str, *, now: datetime) -> None:
    """Forget somebody who withdraws with his private code, without asking anybody. Refuses with `EntryGone`."""
    found = CareEntry.objects.filter(code=digest_of(code)).values_list("pk", flat=True).first()
    if found is None:
        raise EntryGone
    _forget(locked_entry(found), "care.withdrawn", by=BY_CODE, now=now)


def forget_lapsed(now: datetime) -> int:
    """Forget everybody whose consent ended longer ago than the grace; return how many.

    Each goes in a transaction of its own: a kill in between forgets the rest next time.
    """
    last = day_of(now) - GRACE
    found = CareEntry.objects.filter(consent_until__lt=last).order_by("consent_until")
    gone = 0
    for key in list(found.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            entry = CareEntry.objects.select_for_update().filter(pk=key).first()
            if entry is not None and entry.consent_until < last:  # renewed meanwhile: it stays
                _forget(entry, "care.lapsed", by=BY, now=now)
                gone += 1
    return gone


def _forget(entry: CareEntry, verb: str, *, by: Any, now: datetime) -> None:
    papers = list(
        Paper.objects.filter(lines__entry=entry, state__in=(PaperState.OUT, PaperState.LOST))
    )
    Paper.objects.filter(pk__in=[one.pk for one in papers]).update(is_recalled=True)
    _keep_back(entry, day_of(now))
    drop_visit(entry, by=by, now=now)
    forget(KIND, [entry.pk], now=now)
    journal.record(verb, entry, by=by, at=now)
    for paper in papers:
        journal.record("care.paper_recalled", paper, by=BY, at=now)


def _keep_back(entry: CareEntry, on: date) -> None:
    """Let no table with a consent from until then put the person back; one whose seal stays shut cannot be told."""
    if entry.household_id is None:
        return
    with suppress(KeyLost, SealBroken):
        name = unseal(entry.name, entry.pk, "name", held_ring())
        note_withdrawal(mark_of(entry.household_id, name), on)
