"""The procedures list from a table, and back into one: a row for each procedure, its steps in one cell.

A row is known by its number, else by place and title. A row that holds already
by a document of others (`现行`) is taken over; any other is a draft. What
changes a procedure in force becomes its next edition: nothing that somebody
has acknowledged is altered from a table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_references
from renwang.base.tables import TablePlan, TableRow
from renwang.chain import reach, tree
from renwang.chain.imports.drafting import By, Draft, ImportKind, ImportPlan, common_path
from renwang.chain.imports.places import Places
from renwang.chain.list_rules import PlaceAmbiguous, PlaceUnknown
from renwang.chain.models import Unit
from renwang.chain.rules import Refusal
from renwang.registers.procedures import naming_rules, rules, step_rules
from renwang.registers.procedures.models import Audience, Edition, Procedure
from renwang.registers.procedures.naming_rules import (
    LevelUnknownHere,
    WithdrawnRow,
    split_cells,
    split_followers,
)
from renwang.registers.procedures.rules import OPEN, Act, EditionState, Kind
from renwang.registers.procedures.services.deciding import put_in_force
from renwang.registers.procedures.services.writing import (
    Followers,
    Terms,
    begun,
    founded,
    set_rows,
    settle,
    take,
    terms_of,
    told,
)
from renwang.registers.procedures.step_rules import read_steps, write_steps
from renwang.registers.procedures.table import (
    COLUMNS,
    FIGURES,
    NAMES,
    TEXTS,
    cells_text,
    followers_text,
    level_called,
    row_of,
)

_BATCH = 200


@dataclass(slots=True)
class _Judged:
    """A row that can be written: what it says, and the procedure and edition that it changes."""

    unit: Unit
    terms: Terms
    holds: bool  # it says that it holds already
    reviewed_on: date | None
    old: Procedure | None
    edition: Edition | None  # the one it speaks of: being written, else the latest


class _Standing:
    """The procedures at some places, as rows can mean them; four statements."""

    def __init__(self, units: Iterable[Unit]):
        lines = Audience.objects.select_related("unit", "post", "post__unit").defer(
            "unit__boundary", "post__unit__boundary"
        )
        editions = Edition.objects.order_by("number").prefetch_related(
            "cells", Prefetch("audience", lines)
        )
        rows = Procedure.objects.filter(unit__in=list(units)).select_related("unit")
        rows = rows.defer("unit__boundary").prefetch_related(
            Prefetch("editions", editions, to_attr="all_editions")
        )
        self.by_ref: dict[str, Procedure] = {}
        self.by_title: dict[tuple[UUID, str], Procedure] = {}
        for one in rows.order_by("written_at", "ref"):
            if one.standing != rules.Standing.DISCARDED:
                self.by_ref[one.ref] = self.by_title[one.unit_id, one.title] = one

    def find(self, ref: str, unit: Unit, title: str) -> Procedure | None:
        """Find the procedure that a row speaks of; a number counts only at its own place."""
        known = self.by_ref.get(ref)
        return known if known and known.unit_id == unit.pk else self.by_title.get((unit.pk, title))


class _Reader:
    """Judges the rows of a procedures list."""

    def __init__(self, draft: Draft, by: By, now: datetime):
        self.draft, self.by, self.now = draft, by, now
        self.places = Places(by, "procedures.write")
        self.found: dict[str, _Judged] = {}
        self.stored: dict[str, dict[str, Any]] = {}
        self.units = {row.number: self._unit(row) for row in draft.rows}
        self.standing = _Standing({one for one in self.units.values() if one is not None})

    def plan(self) -> tuple[TablePlan, Mapping[str, Any]]:
        for row in self.draft.rows:
            unit = self.units[row.number]
            if unit is None:
                continue
            try:
                self._judge(row, unit)
            except Refusal as refusal:
                self.draft.refuse(row, _column_of(refusal), refusal)
            except reach.NotInReach as refusal:
                self.draft.refuse(row, "standing", refusal)
        return self.draft.plan(self.stored), self.found

    def _unit(self, row: TableRow) -> Unit | None:
        try:
            return self.places.find(row.values.get("code") or row.values["unit"])
        except Refusal as refusal:
            self.draft.refuse(row, "unit", refusal)
            return None

    def _judge(self, row: TableRow, unit: Unit) -> None:
        values = row.values
        old = self.standing.find(values.get("ref") or "", unit, values["title"])
        edition = old.all_editions[-1] if old is not None else None
        stored = row_of(old, edition) if old is not None else {}
        terms = self._terms(row, unit, edition)
        after = _after(values, unit, terms)
        if stored.get("standing") == "in_force" and after["standing"] == "draft":
            after["standing"] = None  # a draft about what holds asks for its next edition
        holds = after["standing"] == "in_force"
        if any(stored.get(name) != value for name, value in after.items() if value is not None):
            self._check(terms, unit, edition, holds, after)
        name = old.ref if old is not None else f"{unit.pk}/{values['title']}"
        self.found[name] = _Judged(unit, terms, holds, values.get("reviewed_on"), old, edition)
        if old is not None:
            self.stored[name] = stored
        self.draft.keep(row, name, after)

    def _terms(self, row: TableRow, unit: Unit, edition: Edition | None) -> Terms:
        """Read what the row says; what it leaves blank stays as it is stored."""
        values = row.values
        kept = terms_of(edition) if edition is not None else Terms(values["title"], Kind.SURVEY)
        return Terms(
            title=values["title"],
            kind=Kind(values["kind"]),
            steps=read_steps(values["steps"]) if values.get("steps") else kept.steps,
            cells=split_cells(values["cells"], NAMES) if values.get("cells") else kept.cells,
            followers=self._followers(values["followers"], unit)
            if values.get("followers")
            else kept.followers,
            **{name: values.get(name) or getattr(kept, name) for name in (*TEXTS, *FIGURES)},
        )

    def _followers(self, text: str, unit: Unit) -> list[Followers]:
        found = []
        for line in split_followers(text):
            place = self.places.find(line.place) if line.place else unit
            level = level_called(place, line.level) if line.level else ""
            if line.level and not level:
                raise LevelUnknownHere(level=line.level)
            found.append(Followers(place, line.title, level))
        return found

    def _check(
        self,
        terms: Terms,
        unit: Unit,
        edition: Edition | None,
        holds: bool,
        after: Mapping[str, Any],
    ) -> None:
        """Refuse what could not be written, before anything is."""
        ended = edition is not None and edition.state not in (*OPEN, EditionState.IN_FORCE)
        if after["standing"] == "withdrawn" or ended:
            raise WithdrawnRow
        take(Edition(), terms, by=self.by)
        if after["reviewed_on"] is not None:
            rules.check_review_day(after["reviewed_on"], tree.today(self.now))
        if holds:
            reach.require(self.by, "procedures.approve", at=unit.path)
            rules.check_document(terms.basis)
            rules.check_whole(len(terms.steps), len(terms.followers))


def _after(values: Mapping[str, Any], unit: Unit, terms: Terms) -> dict[str, Any]:
    """Write the row as a stored procedure is written, so that only what differs is seen as a change."""
    after = {
        name: values.get(name) for name in (*TEXTS, *FIGURES, "kind", "reviewed_on", "standing")
    }
    after["title"], after["unit"] = values["title"], unit.name
    after["steps"] = (
        write_steps(step_rules.clean_steps(terms.steps)) if values.get("steps") else None
    )
    cells = [(hazard, str(phase or "")) for hazard, phase in rules.clean_cells(terms.cells)]
    after["cells"] = cells_text(cells) if values.get("cells") else None
    lines = list(terms.followers)
    after["followers"] = followers_text(lines, unit) if values.get("followers") else None
    return after


def _column_of(refusal: Refusal) -> str:
    by_type: Mapping[type[Refusal], str] = {
        PlaceUnknown: "followers",
        PlaceAmbiguous: "followers",
        LevelUnknownHere: "followers",
        naming_rules.FollowersUnclear: "followers",
        rules.NobodyFollows: "followers",
        naming_rules.PhaseUnknown: "cells",
        rules.ProcedureDocumentMissing: "basis",
        rules.ReviewInFuture: "reviewed_on",
        rules.RhythmRefused: "every_days",
        WithdrawnRow: "standing",
        rules.NothingToDo: "steps",
        rules.TooManySteps: "steps",
    }
    if isinstance(refusal, step_rules.StepRefused):
        return "steps"
    return by_type.get(type(refusal), "title")


def plan_procedures(draft: Draft, by: By, now: datetime) -> tuple[TablePlan, Mapping[str, Any]]:
    """Judge a procedures list."""
    return _Reader(draft, by, now).plan()


def write_procedures(plan: ImportPlan, by: By, now: datetime) -> set[str]:
    """Enter what is new, change drafts, and begin next editions of what holds; a fact for every batch."""
    news = [plan.found[one.key[0]] for one in plan.table.to_create]
    changes = [plan.found[one.key[0]] for one in plan.table.to_update]
    refs = next_references("Z", now, len(news)) if news else []
    touched = []
    for ref, one in zip(refs, news, strict=True):
        procedure = founded(one.terms, one.unit, ref, now=now)
        procedure.save(force_insert=True)
        touched.append((_begin(procedure, 1, one, by, now), one))
    touched += [(_change(one, by, now), one) for one in changes]
    _record(touched, len(news), by, now)
    return set()


def _change(one: _Judged, by: By, now: datetime) -> Edition:
    assert one.old is not None and one.edition is not None
    edition = one.edition
    edition.procedure = one.old
    if edition.state not in OPEN:
        return _begin(one.old, edition.number + 1, one, by, now)
    edition.state = rules.move(EditionState(edition.state), Act.EDIT)
    take(edition, one.terms, by=by)
    edition.proposed_at = None
    return _finish(edition, one, by, now)


def _begin(procedure: Procedure, number: int, one: _Judged, by: By, now: datetime) -> Edition:
    return _finish(begun(procedure, one.terms, number, by=by, now=now), one, by, now)


def _finish(edition: Edition, one: _Judged, by: By, now: datetime) -> Edition:
    edition.save()
    set_rows(edition, one.terms)
    procedure = edition.procedure
    if one.reviewed_on is not None:
        procedure.reviewed_on = one.reviewed_on
    if one.holds:
        edition.state = rules.move(EditionState(edition.state), Act.TAKE_OVER)
        edition.document = one.terms.basis[:500]
        put_in_force(edition, by=by, now=now)
    else:
        settle(procedure, now)
    return edition


@dataclass(frozen=True, slots=True)
class _List:
    """What the fact of a batch is about."""

    id: UUID
    path: str


def _record(touched: Sequence[tuple[Edition, _Judged]], new: int, by: By, now: datetime) -> None:
    for begin in range(0, len(touched), _BATCH):
        batch = touched[begin : begin + _BATCH]
        created = max(0, min(new - begin, len(batch)))
        journal.record(
            "procedures.imported",
            _List(uuid7(now), common_path({one.unit.path for _edition, one in batch}) or ""),
            by=by,
            at=now,
            created=created,
            changed=len(batch) - created,
            procedures=[
                {
                    "ref": edition.procedure.ref,
                    "state": str(edition.state),
                    "reviewed_on": edition.procedure.reviewed_on,
                    **told(edition, one.terms),
                }
                for edition, one in batch
            ],
        )


PROCEDURES = ImportKind(
    "procedures", COLUMNS, "procedures.write", plan_procedures, write_procedures
)
