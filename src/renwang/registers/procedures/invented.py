"""The procedures list of an invented place, with holes as real ones have: for the demo and for looking at screens."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

from django.db import transaction

from renwang.base.pure.ids import uuid7
from renwang.chain import tree
from renwang.chain.models import Holding, Person, Unit
from renwang.chain.reach import Viewer, viewer_of
from renwang.chain.structures import structure
from renwang.registers.duties.rules import Phase
from renwang.registers.procedures import services
from renwang.registers.procedures.models import Edition, Procedure
from renwang.registers.procedures.rules import Kind, ReviewEnd
from renwang.registers.procedures.run_rules import How, Outcome
from renwang.registers.procedures.selectors.following import holdings_meant
from renwang.registers.procedures.services import Followers, Occasion, Said, Terms
from renwang.registers.procedures.step_rules import read_steps

BY = "node:invented"
DAY = timedelta(days=1)


@transaction.atomic
def invent_procedures(place: Unit, *, by: Person, now: datetime) -> int:
    """Write the procedures of an invented place; return how many, 0 where there are some already.

    Some were read by everybody, some by hardly anybody; one is overdue for its
    review, one waits for approval, one was never tried, and one was run three
    times with the same step left out.
    """
    if Procedure.objects.filter(path__under=place.path).exists():
        return 0
    told = files("renwang.registers.procedures").joinpath("data/invented.json")
    rows = json.loads(told.read_text(encoding="utf-8"))
    writing = _Writing(place, by, now)
    for row in rows:
        writing.write(row)
    return len(rows)


class _Writing:
    """Writes one invented list: somebody drafts, somebody else approves, others read and run it."""

    def __init__(self, place: Unit, by: Person, now: datetime):
        self.place, self.now, self.writer = place, now, by
        below = Unit.objects.filter(parent=place, ended_on=None).order_by("path")
        self.communities = list(below.defer("boundary"))
        self.approver = self._approver()

    def _approver(self) -> Person | None:
        held = Holding.objects.filter(post__unit=self.place, is_current=True)
        for one in held.exclude(person=self.writer).select_related("person").order_by("rank"):
            if viewer_of(one.person, self.now).may("procedures.approve", self.place.path):
                return one.person
        return None

    def write(self, row: Mapping[str, Any]) -> None:
        """Write one procedure and bring it to where it stands."""
        unit = self.place
        if "at" in row:
            if row["at"] >= len(self.communities):
                return
            unit = self.communities[row["at"]]
        then = self.now - row.get("ago", 60) * DAY
        made = services.draft_procedure(self._terms(row, unit), unit, by=self._as(then), now=then)
        if row.get("stands") == "draft":
            return
        services.propose_edition(made.pk, by=self._as(then), now=then)
        if row.get("stands") == "proposed":
            return
        self._approve(made, then)
        self._read(made, row.get("read", 100), then + 2 * DAY)
        if "reviewed_ago" in row:
            self._review(made, row["reviewed_ago"])
        for number, run in enumerate(row.get("runs", ())):
            self._run(made, run, number)
        if "next" in row:
            self._next(made, row["next"])

    def _as(self, at: datetime) -> Viewer | str:
        viewer = Viewer(self.writer, at, viewer_of(self.writer, self.now).places)
        return viewer if viewer.may("procedures.write", self.place.path) else BY

    def _approve(self, made: Edition, at: datetime) -> None:
        by: Any = BY
        if self.approver is not None:
            viewer = Viewer(self.approver, at, viewer_of(self.approver, self.now).places)
            by = viewer if viewer.may("procedures.approve", self.place.path) else BY
        services.approve_edition(made.pk, by=by, now=at)

    def _terms(self, row: Mapping[str, Any], unit: Unit) -> Terms:
        return Terms(
            title=row["title"],
            kind=Kind(row["kind"]),
            purpose=row["purpose"],
            steps=read_steps("\n".join(row["steps"])),
            cells=[(hazard, Phase(phase) if phase else None) for hazard, phase in row["cells"]],
            followers=[self._line(one, unit) for one in row["followers"]],
            basis=row["basis"],
            every_days=row.get("every"),
            changes=row.get("changes", ""),
        )

    def _line(self, role: str, unit: Unit) -> Followers:
        """Find the level and the title that a role has in the chain of the place."""
        for level in structure(unit.structure).levels:
            found = level.role(role)
            if found is not None:
                return Followers(unit, found.title("zh-hans"), level.key)
        return Followers(unit)

    def _read(self, made: Edition, share: int, at: datetime) -> None:
        """Let so many of a hundred acknowledge it; which ones is the same in every demo."""
        meant = holdings_meant(made, now=self.now).select_related("person").order_by("pk")
        for number, one in enumerate(meant):
            if number * 37 % 100 < share:
                moment = min(self.now, max(at, tree.beginning_of(one.from_on)))
                services.acknowledge_edition(made.pk, by=Viewer(one.person, moment), now=moment)

    def _review(self, made: Edition, ago: int) -> None:
        at = self.now - ago * DAY
        services.review_procedure(
            made.procedure_id, ReviewEnd.UNCHANGED, "汛前对照去年两次处置逐条核对，仍适用。",
            tree.today(at), by=self._as(at), now=at,
        )  # fmt: skip

    def _next(self, made: Edition, row: Mapping[str, Any]) -> None:
        """Write the next edition, which waits or holds."""
        at = self.now - row["ago"] * DAY
        unit = Procedure.objects.select_related("unit").get(pk=made.procedure_id).unit
        terms = self._terms(row, unit)
        new = services.begin_edition(made.procedure_id, terms, by=self._as(at), now=at)
        services.propose_edition(new.pk, by=self._as(at), now=at)
        if row.get("stands") != "proposed":
            self._approve(new, at)
            self._read(new, row.get("read", 50), at + DAY)

    def _run(self, made: Edition, told: Mapping[str, Any], number: int) -> None:
        """Carry it out once, as the story says."""
        start = self.now - timedelta(hours=told["hours_ago"])
        own = made.procedure.unit
        within = [one for one in self.communities if one.path.startswith(own.path)]
        place = within[number % len(within)] if within else own
        who = self._runner(place)
        run = services.start_run(
            uuid7(start), made.procedure_id, place,
            Occasion(told.get("exercise", False), told.get("hazard", ""), told["reason"]),
            by=who, now=start,
        )  # fmt: skip
        for step, how, minutes, *more in told["ticks"]:
            at = start + timedelta(minutes=minutes)
            reason, words, figure = [*more, "", "", ""][:3]
            said = Said(
                uuid7(at), step, How(how), reason, words, Decimal(figure) if figure else None
            )
            services.tick_step(run.pk, said, by=who, now=at)
        if "outcome" in told:
            services.end_run(
                run.pk, Outcome(told["outcome"]), told["words"], by=who,
                now=start + timedelta(minutes=told["ended"]), why_left=told.get("why_left", ""),
            )  # fmt: skip

    def _runner(self, unit: Unit) -> Any:
        held = Holding.objects.filter(post__unit=unit, is_current=True, rank=0)
        for one in held.select_related("person").order_by("-post__answers", "pk"):
            viewer = viewer_of(one.person, self.now)
            if viewer.may("procedures.run", unit.path):
                return viewer
        return BY
