"""Lists that leave the node, on paper or as a table: numbered, made once, held by one person until a moment, and accounted for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain.models import Person, Unit
from renwang.registers.care.keys import held_ring
from renwang.registers.care.models import CareEntry, Paper, PaperLine
from renwang.registers.care.paper_rules import (
    LINES_AT_MOST,
    PaperAct,
    PaperForm,
    PaperState,
    check_paper,
    move_paper,
)
from renwang.registers.care.rules import Content
from renwang.registers.care.sight import day_of, read_content, require_keeper


@dataclass(frozen=True, slots=True)
class Printed:
    """A list as it comes out of the printer; it is made once and kept nowhere."""

    paper: Paper
    lines: list[tuple[CareEntry, Content]]


@transaction.atomic
def print_paper(
    unit: Unit,
    holder: Person,
    until_at: datetime,
    *,
    form: PaperForm = PaperForm.PAPER,
    by: Any,
    now: datetime,
) -> Printed:
    """Print the list of a place for one person, who holds it until a moment.

    Only entries whose consent holds. Everybody on it reads that he stands on a
    paper, who holds it and what became of it. Refuses with `PaperTooLong`,
    `NothingToPrint`, `TooMuchForPaper`, `KeyLost` and `reach.NotInReach`.
    """
    require_keeper(by, unit.path)
    keys = held_ring()
    found = CareEntry.objects.filter(path__under=unit.path, consent_until__gte=day_of(now))
    found = found.select_related("household__building")
    # Held until the lines stand: nobody is forgotten in between, and still on paper.
    # In the order in which a round takes them: else each could wait for the other.
    held = found.select_for_update(of=("self",), no_key=True).order_by("pk")
    entries = sorted(held[: LINES_AT_MOST + 1], key=_stands)
    check_paper(until_at, len(entries), now)
    lines = [(entry, read_content(entry, keys)) for entry in entries]
    paper = Paper.objects.create(
        id=uuid7(now),
        ref=next_reference("P", now),
        form=form,
        path=unit.path,
        unit_name=unit.name,
        holder=holder,
        printed_by=getattr(by, "id", None),
        printed_at=now,
        until_at=until_at,
        number=len(lines),
    )
    PaperLine.objects.bulk_create([PaperLine(paper=paper, entry=entry) for entry in entries])
    journal.record(
        "care.paper_printed", paper, by=by, at=now, number=len(lines), until=until_at,
        form=form, holder=f"person:{holder.pk}", entries=[str(entry.pk) for entry in entries],
    )  # fmt: skip
    return Printed(paper, lines)


def _stands(entry: CareEntry) -> tuple[str, str, int, str, UUID]:
    """Put a list in the order of a walk from door to door; who has no door comes first."""
    at = entry.household
    where = (at.building.name, at.storey or 0, at.door) if at else ("", 0, "")
    return (entry.path, *where, entry.pk)


@transaction.atomic
def account_for_paper(paper_id: UUID, act: PaperAct, *, by: Any, now: datetime) -> Paper:
    """Say what became of a list on paper. Refuses with `PaperOver` and `reach.NotInReach`."""
    paper = Paper.objects.select_for_update(of=("self",)).get(pk=paper_id)
    require_keeper(by, paper.path)
    paper.state = move_paper(PaperState(paper.state), act)
    paper.accounted_at, paper.accounted_by = now, getattr(by, "id", None)
    if paper.state in (PaperState.RETURNED, PaperState.DESTROYED):
        paper.is_recalled = False
    paper.save(update_fields=["state", "accounted_at", "accounted_by", "is_recalled"])
    journal.record("care.paper_accounted", paper, by=by, at=now, state=paper.state)
    return paper
