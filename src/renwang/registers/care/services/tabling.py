"""Bring the list in from a table: sealed as it comes, judged in memory, written all together or not at all.

Between being sent and being brought in a table lies under seal, for an hour at
most; nothing of it is ever on a disk, in a fact or in a log in the clear.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_number, next_references
from renwang.base.tables import Limits, OpenTable, TablePlan, open_table, read_table
from renwang.chain.imports import ImportRun
from renwang.chain.imports.drafting import common_path
from renwang.chain.models import Person
from renwang.chain.reach import NotInReach, Viewer
from renwang.registers.care.keys import Ring, held_ring
from renwang.registers.care.models import CareEntry, Pairing, SealedTable
from renwang.registers.care.needs import known_needs
from renwang.registers.care.rules import rhythm_of
from renwang.registers.care.seals import seal, seal_bytes, seal_content, unseal, unseal_bytes
from renwang.registers.care.services.keeping import digest_of, new_code
from renwang.registers.care.sight import day_of
from renwang.registers.care.table import COLUMNS, Judged, judge_table
from renwang.registers.care.table_rules import (
    KEPT_FOR,
    LARGEST,
    ROWS_AT_MOST,
    TableGone,
    TableWrong,
)
from renwang.registers.care.waiting import ask_visit_anew

_LIMITS = Limits(bytes=LARGEST, rows=ROWS_AT_MOST, unpacked_bytes=64 << 20, errors=1000)
_WRITTEN = (
    "name", "needs", "telephone", "warn", "leave", "stay", "others", "key", "version", "want",
    "consent_how", "consent_on", "consent_until", "confirm_by", "visit_every", "changed_at",
)  # fmt: skip
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Table:
    """A table that waits, its seal open in memory, and what it would do."""

    id: UUID
    filename: str
    opened: OpenTable
    plan: TablePlan
    judged: Mapping[str, Judged]
    until_at: datetime  # then it is forgotten by itself


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What came of a table."""

    created: int
    updated: int
    unchanged: int


@transaction.atomic
def keep_table(data: bytes, filename: str, *, by: Viewer, now: datetime) -> UUID:
    """Seal a table that was sent, until its sender has seen what it would do. Refuses with `reach.NotInReach`."""
    _require_keeper_somewhere(by)
    keys, key = held_ring(), uuid7(now)
    SealedTable.objects.create(
        id=key,
        person=by.person,
        filename=seal(filename, key, "filename", keys),
        data=seal_bytes(data, key, "data", keys),
        key=keys.current,
        sent_at=now,
    )
    return key


@transaction.atomic
def open_sealed(table_id: UUID, *, by: Viewer, now: datetime) -> Table:
    """Open a table that `by` sent himself, in memory, and judge its rows; nothing is written.

    Refuses with `TableGone`, `KeyLost`, `reach.NotInReach`, and with
    `base.tables.TableRefused` what is no table.
    """
    keys = held_ring()
    return _judged(_waiting(table_id, by=by, now=now), keys, by=by, now=now)


@transaction.atomic
def drop_table(table_id: UUID, *, by: Viewer, now: datetime) -> None:
    """Forget a table that `by` sent. Refuses with `TableGone`."""
    _waiting(table_id, by=by, now=now).delete()


def sweep_tables(now: datetime) -> int:
    """Forget the tables that nobody came back for; return how many."""
    return SealedTable.objects.filter(sent_at__lte=now - KEPT_FOR).delete()[0]


@transaction.atomic
def bring_in_table(table_id: UUID, *, by: Viewer, now: datetime) -> BroughtIn:
    """Do what the preview said, all together, as one fact; the table is forgotten with it.

    It is judged again, because the list may have changed. Refuses with
    `TableWrong` besides what `open_sealed` refuses.
    """
    # Held until the end: a second table waits, and then judges what the first one wrote.
    next_number("care.table")
    keys = held_ring()
    row = _waiting(table_id, by=by, now=now)
    table = _judged(row, keys, by=by, now=now)
    if not table.plan.may_commit:
        raise TableWrong
    new = [table.judged[one.key[0]] for one in table.plan.to_create]
    changed = [table.judged[one.key[0]] for one in table.plan.to_update]
    entries = [*_create(new, keys, by=by, now=now), *_change(changed, keys, by=by, now=now)]
    journal.record(
        "care.brought_in",
        ImportRun(uuid7(now), common_path({entry.path for entry in entries}) or ""),
        by=by,
        at=now,
        created=len(new),
        updated=len(changed),
        unchanged=len(table.plan.unchanged),
        entries=[str(entry.pk) for entry in entries],
    )
    row.delete()
    return BroughtIn(len(new), len(changed), len(table.plan.unchanged))


def _require_keeper_somewhere(by: Viewer) -> None:
    if by.scopes is not None or not by.may("care.keep"):
        raise NotInReach("care.keep", "")


def _waiting(table_id: UUID, *, by: Viewer, now: datetime) -> SealedTable:
    _require_keeper_somewhere(by)
    mine = SealedTable.objects.select_for_update(of=("self",)).filter(person=by.id)
    found = mine.filter(pk=table_id, sent_at__gt=now - KEPT_FOR).first()
    if found is None:
        raise TableGone
    return found


def _judged(row: SealedTable, keys: Ring, *, by: Viewer, now: datetime) -> Table:
    data = unseal_bytes(bytes(row.data), row.pk, "data", keys, key=row.key)
    filename = unseal(row.filename, row.pk, "filename", keys)
    zone = timezone.get_default_timezone()
    opened = open_table(data, filename, COLUMNS, zone=zone, limits=_LIMITS)
    reading = read_table(data, filename, COLUMNS, zone=zone, limits=_LIMITS)
    plan, judged = judge_table(reading, by=by, now=now, keys=keys)
    return Table(row.pk, filename, opened, plan, judged, row.sent_at + KEPT_FOR)


# --- writing ----------------------------------------------------------------


def _create(rows: Sequence[Judged], keys: Ring, *, by: Viewer, now: datetime) -> list[CareEntry]:
    """Put new people on the list. Nobody has their private codes yet: the keeper hands out the slips."""
    refs = next_references("K", now, len(rows)) if rows else []
    made = []
    for judged, ref in zip(rows, refs, strict=True):
        entry = CareEntry(
            id=uuid7(now),
            ref=ref,
            household=judged.door,
            path=judged.door.path,
            code=digest_of(new_code()),
            has_slip=False,
            entered_by=by.id,
            entered_at=now,
        )
        _write(entry, judged, keys, now)
        entry.visit_on = day_of(now) + timedelta(days=entry.visit_every)
        entry.climbs_on = entry.visit_on + timedelta(days=1)
        made.append(entry)
    CareEntry.objects.bulk_create(made, batch_size=_BATCH)
    _pair(list(zip(made, rows, strict=True)), by=by, now=now)
    return made


def _change(rows: Sequence[Judged], keys: Ring, *, by: Viewer, now: datetime) -> list[CareEntry]:
    """Change those who stand on the list already; that also confirms them."""
    wanted = {judged.entry.pk: judged for judged in rows if judged.entry is not None}
    held = CareEntry.objects.select_for_update(of=("self",)).filter(pk__in=wanted)
    changed = list(held.order_by("pk"))
    for entry in changed:
        want = unseal(entry.want, entry.pk, "want", keys) if entry.want else ""
        entry.version += 1
        _write(entry, wanted[entry.pk], keys, now)
        entry.want = seal(want, entry.pk, "want", keys) if want else ""
    CareEntry.objects.bulk_update(changed, _WRITTEN, batch_size=_BATCH)
    pairs = [(entry, wanted[entry.pk]) for entry in changed]
    for entry in _pair(pairs, by=by, now=now):
        ask_visit_anew(entry, now=now)
    return changed


def _write(entry: CareEntry, judged: Judged, keys: Ring, now: datetime) -> None:
    for field, sealed in seal_content(judged.content, entry.pk, keys).items():
        setattr(entry, field, sealed)
    rhythm = rhythm_of(judged.content.needs, known_needs().rhythms)
    entry.key, entry.changed_at = keys.current, now
    entry.consent_how, entry.consent_on = judged.consent.how, judged.consent.given_on
    entry.consent_until = judged.consent.until_on
    entry.confirm_by = day_of(now) + timedelta(days=rhythm.confirm)
    entry.visit_every = rhythm.visit


def _pair(
    rows: Sequence[tuple[CareEntry, Judged]], *, by: Viewer, now: datetime
) -> list[CareEntry]:
    """Pair as the table says; return the entries where that changed something."""
    known: dict[Any, dict[int, Person]] = {}
    entries = [entry.pk for entry, judged in rows if judged.pairs]
    for one in Pairing.objects.filter(entry__in=entries).select_related("person"):
        known.setdefault(one.entry_id, {})[one.rank] = one.person
    old, new, touched = [], [], []
    for entry, judged in rows:
        before = known.get(entry.pk, {})
        ranks = {rank: one for rank, one in judged.pairs.items() if before.get(rank) != one}
        if not ranks:
            continue
        touched.append(entry)
        old += [(entry.pk, rank) for rank in ranks]
        new += [
            Pairing(entry=entry, person=one, rank=rank, since_at=now, paired_by=by.id)
            for rank, one in ranks.items()
        ]
    for rank in (0, 1):  # all ends before anything begins: helper and back-up may change places
        ended = [key for key, at in old if at == rank]
        Pairing.objects.filter(rank=rank, entry__in=ended).delete()
    Pairing.objects.bulk_create(new, batch_size=_BATCH)
    return touched
