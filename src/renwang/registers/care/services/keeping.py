"""Keep the list: enter somebody with his consent, change, confirm, ask for consent again."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain.models import Household
from renwang.registers.care.keys import held_ring
from renwang.registers.care.models import CareEntry
from renwang.registers.care.needs import known_needs
from renwang.registers.care.rules import (
    Consent,
    Content,
    EntryChanged,
    check_consent,
    check_content,
    rhythm_of,
)
from renwang.registers.care.seals import seal, seal_content, unseal
from renwang.registers.care.sight import day_of, entry_kept, read_content, require_keeper
from renwang.registers.care.waiting import ask_visit_anew

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 16  # of 31 letters: nobody guesses it


@dataclass(frozen=True, slots=True)
class Entered:
    """A new entry with its private code, which is printed on the consent slip and kept nowhere."""

    entry: CareEntry
    code: str


def digest_of(code: str) -> str:
    """Give what is kept of a private code; blanks, hyphens and small letters make no difference."""
    plain = "".join(letter for letter in code.upper() if letter in LETTERS)
    return sha256(f"renwang.care:{plain}".encode()).hexdigest()


def new_code() -> str:
    """Make a private code in four groups of four, for a slip of paper."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, CODE_LENGTH, 4))


@transaction.atomic
def enter_entry(
    household: Household,
    content: Content,
    consent: Consent,
    *,
    by: Any,
    now: datetime,
    invented: bool = False,
) -> Entered:
    """Put somebody on the list who agreed to it.

    Refuses with the reasons of `rules`, and with `reach.NotInReach` whoever
    does not keep the list where the door is.
    """
    require_keeper(by, household.path)
    today = day_of(now)
    known = known_needs()
    content = check_content(content, known.needs)
    check_consent(consent, today)
    rhythm = rhythm_of(content.needs, known.rhythms)
    keys, key = held_ring(), uuid7(now)
    code = new_code()
    visit_on = today + timedelta(days=rhythm.visit)
    entry = CareEntry.objects.create(
        id=key,
        ref=next_reference("K", now),
        household=household,
        path=household.path,
        **seal_content(content, key, keys),
        key=keys.current,
        consent_how=consent.how,
        consent_on=consent.given_on,
        consent_until=consent.until_on,
        code=digest_of(code),
        confirm_by=today + timedelta(days=rhythm.confirm),
        visit_every=rhythm.visit,
        visit_on=visit_on,
        climbs_on=visit_on + timedelta(days=1),
        entered_by=getattr(by, "id", None),
        entered_at=now,
        changed_at=now,
        invented=invented,
    )
    journal.record("care.entered", entry, by=by, at=now, how=consent.how, until=consent.until_on)
    return Entered(entry, code)


@transaction.atomic
def change_entry(
    entry_id: UUID, content: Content, *, version: int, by: Any, now: datetime
) -> CareEntry:
    """Change what an entry says; that also confirms it.

    `version` is that of the content which was changed: refuses with
    `EntryChanged` where somebody was quicker, besides what `enter_entry` refuses.
    """
    entry = entry_kept(entry_id, by)
    if entry.version != version:
        raise EntryChanged
    known = known_needs()
    content = check_content(content, known.needs)
    keys = held_ring()
    for field, sealed in seal_content(content, entry.pk, keys).items():
        setattr(entry, field, sealed)
    if entry.want:  # so that no part of an entry needs another key than the entry says
        want = unseal(entry.want, entry.pk, "want", keys)
        entry.want = seal(want, entry.pk, "want", keys)
    entry.key, entry.version = keys.current, entry.version + 1
    _set_rhythm(entry, content, now)
    entry.save()
    journal.record("care.changed", entry, by=by, at=now)
    return entry


@transaction.atomic
def confirm_entry(entry_id: UUID, *, by: Any, now: datetime) -> CareEntry:
    """Record that what an entry says was made sure of again. Refuses with `KeyLost` what nobody can read."""
    entry = entry_kept(entry_id, by)
    _set_rhythm(entry, read_content(entry, held_ring()), now)
    entry.save(update_fields=["confirm_by", "visit_every", "changed_at"])
    journal.record("care.confirmed", entry, by=by, at=now)
    return entry


@transaction.atomic
def renew_consent(entry_id: UUID, consent: Consent, *, by: Any, now: datetime) -> CareEntry:
    """Record that somebody agreed again. Refuses with the reasons of `check_consent`."""
    entry = entry_kept(entry_id, by)
    check_consent(consent, day_of(now))
    entry.consent_how, entry.consent_on = consent.how, consent.given_on
    entry.consent_until, entry.changed_at = consent.until_on, now
    entry.save(update_fields=["consent_how", "consent_on", "consent_until", "changed_at"])
    journal.record(
        "care.consent_renewed", entry, by=by, at=now, how=consent.how, until=consent.until_on
    )
    return entry


@transaction.atomic
def move_entry(entry_id: UUID, household: Household, *, by: Any, now: datetime) -> CareEntry:
    """Give an entry another door: the person has moved, or the old door is off the books."""
    entry = entry_kept(entry_id, by)
    require_keeper(by, household.path)
    entry.household, entry.path, entry.changed_at = household, household.path, now
    entry.save(update_fields=["household", "path", "changed_at"])
    journal.record("care.moved", entry, by=by, at=now)
    ask_visit_anew(entry, now=now)
    return entry


@transaction.atomic
def follow_doors() -> int:
    """Bring entries to where their doors are after a change of division; return how many moved."""
    door = Household.objects.filter(pk=OuterRef("household_id")).values("path")[:1]
    strayed = CareEntry.objects.filter(household__isnull=False).exclude(path=F("household__path"))
    keys = list(strayed.values_list("pk", flat=True)[:500])
    return CareEntry.objects.filter(pk__in=keys).update(path=Subquery(door))


@transaction.atomic
def renew_code(entry_id: UUID, *, by: Any, now: datetime) -> Entered:
    """Hand out a new private code for a lost slip; the old one opens nothing any more."""
    entry = entry_kept(entry_id, by)
    code = new_code()
    entry.code, entry.has_slip, entry.changed_at = digest_of(code), True, now
    entry.save(update_fields=["code", "has_slip", "changed_at"])
    journal.record("care.code_renewed", entry, by=by, at=now)
    return Entered(entry, code)


def _set_rhythm(entry: CareEntry, content: Content, now: datetime) -> None:
    rhythm = rhythm_of(content.needs, known_needs().rhythms)
    entry.confirm_by = day_of(now) + timedelta(days=rhythm.confirm)
    entry.visit_every, entry.changed_at = rhythm.visit, now
