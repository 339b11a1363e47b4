"""Find runs: those under way, one with its story, what all runs of a procedure teach about its steps."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.chain.models import Person, Unit
from renwang.chain.reach import BUNDLES, Viewer, grants_in_force
from renwang.chain.rules import line_above
from renwang.registers.procedures.models import Edition, Procedure, Run, RunEvent, Tick
from renwang.registers.procedures.run_rules import (
    How,
    RunState,
    StepTally,
    Ticked,
    TickSeen,
    due_at,
    tally_steps,
)
from renwang.registers.procedures.step_rules import Step

SORTS = {"started": ("started_at",), "-started": ("-started_at",), "place": ("path", "-started_at"),
         "-place": ("-path", "-started_at")}  # fmt: skip
OPEN = (RunState.UNDER_WAY, RunState.BROKEN_OFF)


def runs_visible_to(viewer: Viewer) -> QuerySet[Run]:
    """Return the runs at a viewer's places, and those he has in hand."""
    seen = viewer.scope("procedures.see")
    return Run.objects.filter(seen | Q(holder=viewer.id))


def list_runs(
    viewer: Viewer,
    *,
    state: str = "",
    exercise: bool | None = None,
    procedure: Procedure | None = None,
    under: Unit | None = None,
    text: str = "",
    sort: str = "-started",
    cursor: str = "",
    size: int = 50,
) -> Page[Run]:
    """List runs, the latest first, each with its procedure, place and who has it in hand; two statements."""
    found = runs_visible_to(viewer)
    if state == "open":
        found = found.filter(state__in=OPEN)
    elif state:
        found = found.filter(state=state)
    if exercise is not None:
        found = found.filter(is_exercise=exercise)
    if procedure is not None:
        found = found.filter(procedure=procedure)
    if under is not None:
        found = found.filter(path__under=under.path)
    if text:
        found = found.filter(
            Q(procedure__title__icontains=text)
            | Q(reason__icontains=text)
            | Q(ref=text.strip().upper())
        )
    found = found.select_related("procedure", "unit", "holder", "edition").defer(
        "unit__boundary", "procedure__search", "edition__purpose"
    )
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


def in_hand(viewer: Viewer, *, limit: int = 20) -> list[Run]:
    """Give the runs that are not over and that the viewer has in hand, the last touched first; one statement."""
    found = Run.objects.filter(holder=viewer.id, ended_at=None).select_related("procedure", "unit")
    return list(found.defer("unit__boundary").order_by("-touched_at")[:limit])


@dataclass(frozen=True, slots=True)
class StepPage:
    """One step of a run: what it says, the tick that stands, what else was said of it, by when it is due."""

    number: int
    step: Step
    tick: Tick | None
    beside: list[Tick]  # said later than the one that stands, or taken back
    due_at: datetime | None  # of an open step whose turn it is
    is_next: bool


@dataclass(frozen=True, slots=True)
class RunPage:
    """A run with its steps, and everything that happened in it, first to last."""

    run: Run
    steps: list[StepPage]
    story: list[dict[str, Any]]  # moments: at, by, what, number, words, tick, to

    @property
    def done(self) -> int:
        """How many steps are ticked, in whatever way."""
        return sum(one.tick is not None for one in self.steps)

    @property
    def deviations(self) -> list[StepPage]:
        """The steps that were left out, done otherwise or late."""
        return [
            one
            for one in self.steps
            if one.tick is not None and (one.tick.how != How.DONE or one.tick.late_minutes)
        ]

    @property
    def next(self) -> StepPage | None:
        """The step whose turn it is; None where all are ticked."""
        return next((one for one in self.steps if one.is_next), None)


def run_page(viewer: Viewer, ref: str) -> RunPage | None:
    """Read a run with its story; None hides what is out of reach. Three statements."""
    found = (
        runs_visible_to(viewer)
        .filter(ref=ref)
        .select_related("procedure", "edition", "unit", "holder")
    )
    run = found.defer("unit__boundary").first()
    if run is None:
        return None
    ticks = list(run.ticks.order_by("at", "id"))
    events = list(run.events.order_by("id"))
    return RunPage(run, _steps(run, ticks), _story(ticks, events))


def _steps(run: Run, ticks: list[Tick]) -> list[StepPage]:
    steps = run.edition.step_list
    standing = {one.number: one for one in ticks if one.stands}
    seen = [Ticked(one.number, How(one.how), one.done_at, one.reason) for one in standing.values()]
    turn = next((n for n in range(1, len(steps) + 1) if n not in standing), 0)
    goes_on = run.state == RunState.UNDER_WAY
    return [
        StepPage(
            number,
            step,
            standing.get(number),
            [one for one in ticks if one.number == number and not one.stands],
            due_at(steps, number, seen, run.started_at, run.resumed_at)
            if goes_on and number == turn
            else None,
            goes_on and number == turn,
        )
        for number, step in enumerate(steps, 1)
    ]


def _story(ticks: list[Tick], events: list[RunEvent]) -> list[dict[str, Any]]:
    told = [
        {"at": one.done_at, "by": one.by, "what": "tick", "number": one.number, "tick": one, "to": None,
         "words": one.words}
        for one in ticks
        if one.stands
    ]  # fmt: skip
    told += [
        {"at": one.at, "by": one.by, "what": one.what, "number": one.number, "tick": None,
         "to": one.to, "words": one.words, "event": one}
        for one in events
    ]  # fmt: skip
    first = {"start": 0, "tick": 1}
    return sorted(told, key=lambda one: (one["at"], first.get(str(one["what"]), 2)))


def people_in(page: RunPage) -> set[UUID]:
    """Give the keys of everybody in the story."""
    keys = {one["by"] for one in page.story} | {one["to"] for one in page.story}
    return {key for key in keys if key is not None}


@dataclass(frozen=True, slots=True)
class Lessons:
    """What the ended runs of an edition teach: how many there were, and how each step went."""

    runs: int
    exercises: int
    steps: list[tuple[Step, StepTally]]


def lessons_of(edition: Edition) -> Lessons:
    """Sum up the ended runs of an edition step by step, and nobody's name with it; two statements."""
    ended = Run.objects.filter(edition=edition, state=RunState.ENDED)
    kinds = list(ended.values_list("is_exercise", flat=True))
    rows = Tick.objects.filter(run__edition=edition, run__state=RunState.ENDED, stands=True)
    ticks = [
        TickSeen(number, How(how), late, took)
        for number, how, late, took in rows.values_list(
            "number", "how", "late_minutes", "took_minutes"
        )
    ]
    steps = edition.step_list
    return Lessons(
        len(kinds), sum(kinds), list(zip(steps, tally_steps(len(steps), ticks), strict=True))
    )


def photo_of(viewer: Viewer, tick_id: UUID) -> Tick | None:
    """Find the tick of a photograph whose run the viewer may see."""
    found = Tick.objects.filter(pk=tick_id, run__in=runs_visible_to(viewer)).exclude(photo="")
    return found.first()


def hands_for(run: Run, now: datetime, *, limit: int = 60) -> list[Person]:
    """Give those into whose hands a run can be put: who may run things at its place, the nearest first; one statement."""
    bundles = [key for key, held in BUNDLES.items() if "procedures.run" in held]
    line = [*line_above(run.path), run.path]
    grants = grants_in_force(now).filter(bundle__in=bundles, path__in=line, person__is_active=True)
    rows = grants.exclude(person=run.holder_id).select_related("person", "person__unit")
    rows = rows.defer("person__unit__boundary").order_by("-path", "person__name")
    return list({one.person_id: one.person for one in rows[:limit]}.values())
