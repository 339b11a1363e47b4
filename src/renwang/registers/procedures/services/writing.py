"""Write a procedure: draft, change, propose, discard; and begin the next edition of one that holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.base.references import next_reference
from renwang.chain import reach
from renwang.chain.models import Post, Unit
from renwang.outreach.errand_rules import ErrandAct
from renwang.outreach.services import ask_errand, end_errand
from renwang.registers.duties.rules import Phase
from renwang.registers.hazards import kinds
from renwang.registers.procedures.models import Audience, Cell, Edition, Procedure
from renwang.registers.procedures.rules import (
    ACKNOWLEDGED_WITHIN,
    OPEN,
    REVIEWED_EVERY,
    Act,
    EditionOpen,
    EditionState,
    Kind,
    Standing,
    check_rhythm,
    check_sizes,
    check_texts,
    check_whole,
    clean_cells,
    move,
    standing_of,
)
from renwang.registers.procedures.step_rules import Step, as_values, clean_steps, write_steps
from renwang.registers.procedures.waiting import APPROVAL, waiting_approval


@dataclass(frozen=True, slots=True)
class Followers:
    """Who must follow it: the posts of a title and a level at a place and below it, or one post."""

    unit: Unit
    title: str = ""  # empty for every post
    level: str = ""  # key of a level; empty for every level
    post: Post | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What an edition says. `cells` are (hazard, phase); a phase of None is for all of them."""

    title: str
    kind: Kind
    purpose: str = ""
    steps: Sequence[Step] = ()
    cells: Sequence[tuple[str, Phase | None]] = ()
    followers: Sequence[Followers] = ()
    basis: str = ""
    every_days: int | None = None  # None for what its kind usually gets
    acknowledge_days: int = ACKNOWLEDGED_WITHIN
    changes: str = ""


@transaction.atomic
def draft_procedure(terms: Terms, unit: Unit, *, by: Any, now: datetime) -> Edition:
    """Begin a procedure for a place with its first edition. It may be drafted before it is whole.

    Refuses with `reach.NotInReach`, `ProcedureTitleMissing`, `ProcedureTooLong`,
    `TooManySteps`, `RhythmRefused` and what is wrong with a step.
    """
    reach.require(by, "procedures.write", at=unit.path)
    procedure = founded(terms, unit, next_reference("Z", now), now=now)
    procedure.save(force_insert=True)
    return add_edition(procedure, terms, 1, by=by, now=now)


@transaction.atomic
def begin_edition(procedure_id: UUID, terms: Terms, *, by: Any, now: datetime) -> Edition:
    """Draft what takes the place of the edition in force once it is approved; that one stays as it is.

    Refuses as `draft_procedure` does, with `EditionOpen` while another one is
    being written, and with `ProcedureNotNow` where nothing is in force.
    """
    procedure = locked_procedure(procedure_id)
    reach.require(by, "procedures.write", at=procedure.path)
    return next_edition(procedure, terms, by=by, now=now)


@transaction.atomic
def edit_edition(edition_id: UUID, terms: Terms, *, by: Any, now: datetime) -> Edition:
    """Give an edition other words before it is approved; what was proposed is a draft again.

    Refuses as `draft_procedure` does, and with `ProcedureNotNow` once it was in force.
    """
    edition = held_edition(edition_id, by, "procedures.write")
    edition.state = move(EditionState(edition.state), Act.EDIT)
    take(edition, terms, by=by)
    edition.proposed_at = None
    edition.save()
    set_rows(edition, terms)
    settle(edition.procedure, now)
    end_errand(APPROVAL, edition.pk, by=by, now=now, act=ErrandAct.DROP)
    journal.record("procedures.edited", edition.procedure, by=by, at=now, **told(edition, terms))
    return edition


@transaction.atomic
def propose_edition(edition_id: UUID, *, by: Any, now: datetime) -> Edition:
    """Lay a draft before whoever approves it there, who is told.

    Refuses with `NothingToDo`, `NobodyFollows` and `ProcedureNotNow`.
    """
    edition = held_edition(edition_id, by, "procedures.write")
    edition.state = move(EditionState(edition.state), Act.PROPOSE)
    check_whole(len(edition.steps), edition.audience.count())
    edition.proposed_at, edition.ending = now, ""
    edition.save(update_fields=["state", "proposed_at", "ending"])
    procedure = settle(edition.procedure, now)
    ask_errand(waiting_approval(edition), by=by, now=now)
    journal.record("procedures.proposed", procedure, by=by, at=now, number=edition.number)
    return edition


@transaction.atomic
def discard_edition(edition_id: UUID, *, by: Any, now: datetime) -> Edition:
    """Give an edition up before it was approved; one that is in force goes on. Refuses with `ProcedureNotNow`."""
    edition = held_edition(edition_id, by, "procedures.write")
    edition.state = move(EditionState(edition.state), Act.DISCARD)
    edition.save(update_fields=["state"])
    procedure = settle(edition.procedure, now)
    end_errand(APPROVAL, edition.pk, by=by, now=now, act=ErrandAct.DROP)
    journal.record("procedures.discarded", procedure, by=by, at=now, number=edition.number)
    return edition


def terms_of(edition: Edition) -> Terms:
    """Read what an edition says, so that the next one begins from it; two statements."""
    lines = edition.audience.select_related("unit", "post").defer("unit__boundary")
    return Terms(
        title=edition.title,
        kind=Kind(edition.kind),
        purpose=edition.purpose,
        steps=edition.step_list,
        cells=[
            (cell.hazard, Phase(cell.phase) if cell.phase else None) for cell in edition.cells.all()
        ],
        followers=[Followers(one.unit, one.title, one.level, one.post) for one in lines],
        basis=edition.basis,
        every_days=edition.every_days,
        acknowledge_days=edition.acknowledge_days,
    )


# --- rows, also for the other deeds and for the import --------------------------


def locked_procedure(procedure_id: UUID) -> Procedure:
    """Take a procedure until the transaction ends; all its editions change only under this lock."""
    rows = Procedure.objects.select_for_update(of=("self",)).select_related("unit")
    return rows.get(pk=procedure_id)


def held_edition(edition_id: UUID, by: Any, capability: str) -> Edition:
    """Take an edition with its procedure until the transaction ends; only for who may do this there."""
    key = Edition.objects.values_list("procedure_id", flat=True).get(pk=edition_id)
    procedure = locked_procedure(key)
    reach.require(by, capability, at=procedure.path)
    edition = Edition.objects.get(pk=edition_id)
    edition.procedure = procedure
    return edition


def next_edition(procedure: Procedure, terms: Terms, *, by: Any, now: datetime) -> Edition:
    """Add the next edition of a locked procedure, which must have one in force."""
    editions = list(procedure.editions.only("number", "state"))
    latest = editions[-1]
    if latest.state in OPEN:
        raise EditionOpen(number=latest.number)
    holding = next((one for one in editions if one.state == EditionState.IN_FORCE), latest)
    move(EditionState(holding.state), Act.SUPERSEDE)
    return add_edition(procedure, terms, latest.number + 1, by=by, now=now)


def founded(terms: Terms, unit: Unit, ref: str, *, now: datetime) -> Procedure:
    """Give a new procedure, without saving it."""
    return Procedure(
        id=uuid7(now), ref=ref, unit=unit, path=unit.path, title=terms.title[:120],
        kind=terms.kind, written_at=now, changed_at=now, search="",
    )  # fmt: skip


def add_edition(
    procedure: Procedure, terms: Terms, number: int, *, by: Any, now: datetime
) -> Edition:
    """Add an edition to a saved procedure, in the caller's transaction."""
    edition = begun(procedure, terms, number, by=by, now=now)
    edition.save(force_insert=True)
    set_rows(edition, terms)
    settle(procedure, now)
    journal.record("procedures.drafted", procedure, by=by, at=now, **told(edition, terms))
    return edition


def begun(procedure: Procedure, terms: Terms, number: int, *, by: Any, now: datetime) -> Edition:
    """Give a new edition, without saving it."""
    edition = Edition(id=uuid7(now), procedure=procedure, number=number, written_at=now)
    take(edition, terms, by=by)
    return edition


def take(edition: Edition, terms: Terms, *, by: Any) -> None:
    """Let an edition say what is asked for, without saving it."""
    check_texts(terms.title, (terms.purpose,))
    steps = clean_steps(terms.steps)
    check_sizes(len(steps), len(terms.followers))
    every = terms.every_days if terms.every_days is not None else REVIEWED_EVERY[terms.kind]
    check_rhythm(every, terms.acknowledge_days)
    edition.title, edition.kind = terms.title.strip(), terms.kind
    edition.purpose, edition.steps = terms.purpose.strip(), as_values(steps)
    edition.basis, edition.changes = terms.basis[:500], terms.changes[:300]
    edition.every_days, edition.acknowledge_days = every, terms.acknowledge_days
    hand = getattr(by, "id", None)
    if hand is not None and str(hand) not in edition.writers:
        edition.writers = [*edition.writers, str(hand)]


def cell_rows(edition: Edition, terms: Terms) -> list[Cell]:
    """Give what an edition is for, without saving it."""
    return [
        Cell(
            edition=edition, position=place, hazard=hazard[:40], phase=phase.value if phase else ""
        )
        for place, (hazard, phase) in enumerate(clean_cells(terms.cells))
    ]


def audience_rows(edition: Edition, terms: Terms) -> list[Audience]:
    """Give who must follow an edition, each line once, without saving it."""
    lines = {
        (one.unit.pk, one.level, one.title.strip(), one.post.pk if one.post else None): one
        for one in terms.followers
    }
    return [
        Audience(
            edition=edition,
            position=place,
            unit=one.unit,
            path=one.unit.path,
            level=one.level,
            title=one.title.strip()[:80],
            post=one.post,
        )
        for place, one in enumerate(lines.values())
    ]


def set_rows(edition: Edition, terms: Terms) -> None:
    """Let an edition be for exactly these hazards and these posts."""
    Cell.objects.filter(edition=edition).delete()
    Audience.objects.filter(edition=edition).delete()
    Cell.objects.bulk_create(cell_rows(edition, terms))
    Audience.objects.bulk_create(audience_rows(edition, terms))


def settle(procedure: Procedure, now: datetime) -> Procedure:
    """Let a procedure say how it stands by its editions: its standing, its title and kind, its search key."""
    editions = list(procedure.editions.prefetch_related("cells"))
    procedure.standing = standing_of([EditionState(one.state) for one in editions])
    counts = [one for one in editions if one.state == EditionState.IN_FORCE] or editions
    shown = counts[-1]
    procedure.title, procedure.kind, procedure.changed_at = shown.title, shown.kind, now
    hazards = [cell.hazard for cell in shown.cells.all()]
    procedure.search = search_of(procedure, shown, hazards)
    if procedure.standing != Standing.IN_FORCE:
        procedure.review_on = None
    procedure.save()
    return procedure


def search_of(procedure: Procedure, edition: Edition, hazards: Sequence[str]) -> str:
    """Fold all that a procedure is looked for by."""
    names = [name for key in hazards if (kind := kinds().get(key)) for name in kind.names.values()]
    texts = [edition.title, edition.purpose, edition.basis, write_steps(edition.step_list)]
    return search_key(" ".join([procedure.unit.name, *hazards, *names, *texts]))


def told(edition: Edition, terms: Terms) -> dict[str, Any]:
    """Give what a fact must hold for the edition to be rebuilt from it."""
    return {
        "number": edition.number,
        "unit": str(edition.procedure.unit_id),
        "title": edition.title,
        "kind": str(edition.kind),
        "purpose": edition.purpose,
        "steps": edition.steps,
        "cells": [[hazard, phase or ""] for hazard, phase in clean_cells(terms.cells)],
        "followers": [
            {
                "unit": str(one.unit.pk), "title": one.title, "level": one.level,
                "post": str(one.post.pk) if one.post else "",
            }
            for one in terms.followers
        ],
        "basis": edition.basis,
        "every_days": edition.every_days,
        "acknowledge_days": edition.acknowledge_days,
        "changes": edition.changes,
    }  # fmt: skip
