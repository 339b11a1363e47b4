"""Read a part of the list as its rules see it, and find what is wrong there; a dozen statements however large it is.

holes = holes_at(viewer, unit, now=now)                      # for a page
procedures, duties = read_list(unit.path, now=now)           # for other checks:
findings = find_holes(procedures, duties, now, today=…, under=unit.path)
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, ExpressionWrapper, F, Max, OuterRef, Q, Value
from django.db.models.functions import Concat, Length, Substr

from renwang.chain import tree
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.chain.rules import line_above
from renwang.registers.duties.rules import Phase
from renwang.registers.duties.selectors.answering import in_force
from renwang.registers.procedures.finding_rules import (
    RUN_FORGOTTEN,
    Cell,
    DutyCell,
    Finding,
    Hole,
    ProcedureSeen,
    find_holes,
)
from renwang.registers.procedures.models import Audience, Edition, Procedure, Run, Tick
from renwang.registers.procedures.models import Cell as CellRow
from renwang.registers.procedures.rules import EditionState, Kind, Standing
from renwang.registers.procedures.run_rules import How, RunState, TickSeen, tally_steps
from renwang.registers.procedures.selectors.following import (
    Owing,
    current_holdings,
    owing_below,
)


@dataclass(frozen=True, slots=True)
class Holes:
    """What is wrong at a place and below it, the gravest first."""

    findings: list[Finding]
    units: Mapping[str, Unit]  # by path, of those that any finding is about
    judged: int  # procedures that were looked at

    @property
    def counts(self) -> Counter[Hole]:
        """How many there are of each kind."""
        return Counter(one.hole for one in self.findings)

    @property
    def by_severity(self) -> Counter[int]:
        """How many there are of each gravity."""
        return Counter(int(one.severity) for one in self.findings)


def holes_at(viewer: Viewer, unit: Unit, *, now: datetime) -> Holes:
    """Find what is wrong with the procedures at a place and below it, as far as the viewer sees."""
    if not viewer.may("procedures.see", unit.path):
        return Holes([], {}, 0)
    seen, duties = read_list(unit.path, now=now)
    findings = find_holes(seen, duties, now, today=tree.today(now), under=unit.path)
    paths = {one.path for one in findings}
    units = Unit.objects.filter(path__under=unit.path).only("ref", "name", "path")
    found = {one.path: one for one in units.iterator() if one.path in paths}
    return Holes(findings, found, sum(one.path.startswith(unit.path) for one in seen))


def read_list(path: str, *, now: datetime) -> tuple[list[ProcedureSeen], list[DutyCell]]:
    """Read the procedures and the duties at and below a place with those above it; ten statements."""
    near = Q(path__under=path) | Q(path__in=line_above(path))
    return read_near(near, owing_below(path, now=now), now=now), read_duties(near, now)


def read_near(near: Q, owing: Mapping[UUID, Owing], *, now: datetime) -> list[ProcedureSeen]:
    """Read the procedures at some places, with who owes what as it was counted; six statements."""
    standing = (Standing.IN_FORCE, Standing.PROPOSED, Standing.DRAFT)
    rows = list(
        Procedure.objects.filter(near, standing__in=standing)
        .annotate(place_ended=F("unit__ended_on"))
        .order_by("path", "ref")
        .values("pk", "ref", "title", "kind", "path", "standing", "began_at", "review_on", "place_ended")
    )  # fmt: skip
    editions = _editions(near)
    cells = _cells(near)
    runs = _runs(near, now)
    learnt = _often_otherwise(near, editions)
    seen = []
    for row in rows:
        held, proposed_at = editions.get(row["pk"], (None, None))
        owes = owing.get(held["pk"]) if held else None
        last_run, forgotten = runs.get(row["pk"], (None, ""))
        seen.append(
            ProcedureSeen(
                ref=row["ref"],
                title=row["title"],
                kind=Kind(row["kind"]),
                path=row["path"],
                cells=tuple(cells.get(held["pk"], ())) if held else (),
                began_on=tree.today(row["began_at"]) if held and row["began_at"] else None,
                review_on=row["review_on"],
                meant=owes.holdings if owes else 0,
                posts_meant=owes.posts if owes else 0,
                unread=len(owes.late) if owes else 0,
                last_run_at=last_run,
                forgotten=forgotten,
                often_otherwise=learnt.get(held["pk"], ()) if held else (),
                proposed_at=proposed_at,
                has_basis=bool(held and (held["basis"] or held["document"])),
                place_has_ended=row["place_ended"] is not None,
            )
        )
    return seen


def _editions(near: Q) -> dict[UUID, tuple[dict[str, Any] | None, datetime | None]]:
    """Give for every procedure the edition in force and since when another one waits."""
    counting = (EditionState.IN_FORCE, EditionState.PROPOSED)
    rows = Edition.objects.filter(
        procedure__in=Procedure.objects.filter(near).values("pk"), state__in=counting
    ).values("pk", "procedure_id", "state", "basis", "document", "proposed_at", "steps")
    found: dict[UUID, tuple[dict[str, Any] | None, datetime | None]] = {}
    for row in rows:
        held, waits = found.get(row["procedure_id"], (None, None))
        is_held = row["state"] == EditionState.IN_FORCE
        found[row["procedure_id"]] = (row, waits) if is_held else (held, row["proposed_at"])
    return found


def _cells(near: Q) -> dict[UUID, list[Cell]]:
    rows = CellRow.objects.filter(
        edition__state=EditionState.IN_FORCE,
        edition__procedure__in=Procedure.objects.filter(near).values("pk"),
    ).values_list("edition_id", "hazard", "phase")
    found: dict[UUID, list[Cell]] = {}
    for edition, hazard, phase in rows:
        found.setdefault(edition, []).append((hazard, Phase(phase) if phase else None))
    return found


def _runs(near: Q, now: datetime) -> dict[UUID, tuple[datetime | None, str]]:
    """Give for every procedure when it was last run, and a real run that was left lying."""
    of_these = Run.objects.filter(procedure__in=Procedure.objects.filter(near).values("pk"))
    last = of_these.values_list("procedure").annotate(last=Max("started_at")).order_by()
    found: dict[UUID, tuple[datetime | None, str]] = {key: (at, "") for key, at in last}
    left = of_these.filter(
        state=RunState.UNDER_WAY, is_exercise=False, touched_at__lte=now - RUN_FORGOTTEN
    )
    for key, ref in left.order_by("-touched_at").values_list("procedure_id", "ref"):
        found[key] = (found[key][0], ref)
    return found


def _often_otherwise(
    near: Q, editions: Mapping[UUID, tuple[dict[str, Any] | None, datetime | None]]
) -> dict[UUID, tuple[int, ...]]:
    """Give for every edition in force the steps that people often leave out or do otherwise."""
    sizes = {held["pk"]: len(held["steps"]) for held, _waits in editions.values() if held}
    rows = Tick.objects.filter(
        stands=True, run__state=RunState.ENDED,
        run__procedure__in=Procedure.objects.filter(near).values("pk"),
    ).values_list("run__edition_id", "number", "how", "late_minutes", "took_minutes")  # fmt: skip
    ticks: dict[UUID, list[TickSeen]] = {}
    for edition, number, how, late, took in rows:
        ticks.setdefault(edition, []).append(TickSeen(number, How(how), late, took))
    return {
        key: tuple(one.number for one in tally_steps(size, ticks[key]) if one.is_often_otherwise)
        for key, size in sizes.items()
        if key in ticks
    }


@dataclass(frozen=True, slots=True)
class EmptyRole:
    """Who is to follow a procedure in force, and is nobody: no post like that is held by anybody who is here."""

    ref: str
    title: str
    path: str  # of the procedure
    line: int
    place: str
    level: str  # key of a level; empty for every level
    post: str  # title; empty for every post


def empty_roles(near: Q, *, now: datetime) -> list[EmptyRole]:
    """Find the roles that nobody fills, in the procedures at some places; one statement."""
    level, title = (ExpressionWrapper(OuterRef(name), CharField()) for name in ("level", "title"))
    path = OuterRef("path")
    end = Concat(Substr(path, 1, Length(path) - 1), Value("0"))  # as `base.fields.below`
    here = current_holdings(now).filter(person__is_active=True)
    alike = here.annotate(level_meant=level, title_meant=title).filter(
        Q(level_meant="") | Q(post__unit__level=F("level_meant")),
        Q(title_meant="") | Q(post__title=F("title_meant")),
        post__path__gte=path,
        post__path__lt=end,
    )
    meant = Audience.objects.filter(
        edition__state=EditionState.IN_FORCE,
        edition__procedure__in=Procedure.objects.filter(near).values("pk"),
    )
    filled = Q(post=None) & Exists(alike)
    filled |= Q(post__isnull=False) & Exists(here.filter(post=OuterRef("post")))
    rows = meant.exclude(filled).order_by("edition__procedure__path", "edition", "position", "pk")
    return [
        EmptyRole(ref, title, at, line, place, level, one or post)
        for ref, title, at, line, place, level, one, post in rows.values_list(
            "edition__procedure__ref", "edition__title", "edition__procedure__path", "position",
            "unit__name", "level", "post__title", "title",
        )
    ]  # fmt: skip


def read_duties(near: Q, now: datetime) -> list[DutyCell]:
    """Read the cells of the duties in force at some places; one statement."""
    rows = in_force(now).filter(near).order_by("path", "hazard", "phase", "ref")
    return [
        DutyCell(ref, hazard, Phase(phase), path)
        for ref, hazard, phase, path in rows.values_list("ref", "hazard", "phase", "path")
    ]
