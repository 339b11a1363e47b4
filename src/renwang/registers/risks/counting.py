"""Count risks: the matrix, the holes that want mending, and how bad each place is on the map."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from renwang.base.paging import count_together
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.registers.risks.models import Measure, Risk, Survey
from renwang.registers.risks.rules import LIVE, State
from renwang.registers.risks.scale import current_scale
from renwang.registers.risks.scale_rules import Level

SOON = timedelta(days=14)
FINDINGS = (
    "late",
    "climbed",
    "unmeasured",
    "unjudged",
    "unanswered",
    "unchecked",
    "running_out",
)
"""The holes a list can have, the gravest first; each narrows the list to what it is about."""
COUNTED_TO = 1_000


def narrow_to_finding(
    found: QuerySet[Risk], finding: str, viewer: Viewer, *, now: datetime
) -> QuerySet[Risk]:
    """Narrow risks to one kind of hole; nothing where there is no such kind."""
    if finding == "late":  # somebody's next step is late
        return found.filter(due_at__lte=now)
    if finding == "climbed":  # silence has climbed, and it hangs on the viewer now
        return found.filter(viewer.scope("risks.judge", "asked_path"), rung__gt=0)
    if finding == "unmeasured":  # so bad that it needs measures, and has none
        return found.filter(
            ~Exists(Measure.objects.filter(risk=OuterRef("pk"), dropped_at=None)),
            state__in=(State.OPEN, State.REFERRED),
            level__gte=current_scale().measures_from,
        )
    if finding == "running_out":
        return found.filter(state=State.ACCEPTED, due_at__lte=now + SOON)
    states = {
        "unjudged": State.FOUND,
        "unanswered": State.REFERRED,
        "unchecked": State.RECTIFIED,
    }
    return found.filter(state=states[finding]) if finding in states else found.none()


def count_findings(viewer: Viewer, *, now: datetime, under: Unit | None = None) -> dict[str, int]:
    """Count every kind of hole, up to a thousand of each, and surveys whose next one is due; two statements."""
    here = Risk.objects.filter(viewer.scope("risks.see"))
    surveys = Survey.objects.filter(viewer.scope("risks.see"), followed_by=None)
    today = timezone.localdate(now, timezone.get_default_timezone())
    surveys = surveys.filter(next_on__lt=today)
    if under is not None:
        here, surveys = here.filter(path__under=under.path), surveys.filter(path__under=under.path)
    questions = [narrow_to_finding(here, one, viewer, now=now) for one in FINDINGS]
    counts = count_together([*questions, surveys], most=COUNTED_TO)
    return dict(zip((*FINDINGS, "surveys"), counts, strict=True))


def late_for(viewer: Viewer, *, now: datetime) -> QuerySet[Risk]:
    """Give the risks whose next step is late where the viewer judges."""
    return Risk.objects.filter(viewer.scope("risks.judge"), due_at__lte=now)


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many live risks stand in each cell, and how many of them nobody has judged."""

    cells: Mapping[tuple[int, int], int]
    unjudged: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.cells.values()) + self.unjudged


def count_matrix(viewer: Viewer, *, under: Unit | None = None) -> Matrix:
    """Count the live risks by likelihood and harm; one statement."""
    found = _live(viewer, under).values_list("likelihood", "harm").annotate(number=Count("*"))
    cells = {(likelihood, harm): number for likelihood, harm, number in found.order_by()}
    unjudged = cells.pop((0, 0), 0)
    return Matrix(cells, unjudged)


def count_states(viewer: Viewer, *, under: Unit | None = None) -> dict[State, int]:
    """Count the risks of each state; one statement, which an index answers without a look at any risk."""
    found = Risk.objects.filter(viewer.scope("risks.see"))
    if under is not None:
        found = found.filter(path__under=under.path)
    counted = dict(found.order_by().values_list("state").annotate(number=Count("*")))
    return {state: counted.get(state.value, 0) for state in State}


def worst_by_unit(
    viewer: Viewer, paths: Iterable[str], *, top: str
) -> dict[str, tuple[int, int, int]]:
    """Say for each place how bad its worst live risk is, how many there are, and how many are orange or red.

    A place stands for all below it. One statement.
    """
    wanted = set(paths)
    rows = Risk.objects.filter(viewer.scope("risks.see"), path__under=top, state__in=list(LIVE))
    found = (
        rows.order_by()
        .values_list("path")
        .annotate(
            worst=Max("level"),
            number=Count("*"),
            grave=Count("level", filter=Q(level__gte=Level.ORANGE)),
        )
    )
    sums: dict[str, tuple[int, int, int]] = {}
    for path, worst, number, grave in found:
        for above in _line(path):
            if above in wanted:
                had = sums.get(above, (0, 0, 0))
                sums[above] = (max(had[0], worst), had[1] + number, had[2] + grave)
    return sums


def points_of(viewer: Viewer, *, top: str, most: int = 2_000) -> list[dict[str, Any]]:
    """Give the live risks that have a point, the worst first, as a map shows them; one statement."""
    rows = Risk.objects.filter(
        viewer.scope("risks.see"), path__under=top, state__in=list(LIVE), lon__isnull=False
    )
    names = ("ref", "title", "level", "lon", "lat", "reach_m")
    return list(rows.order_by("-level", "-found_at").values(*names)[:most])


def _live(viewer: Viewer, under: Unit | None) -> QuerySet[Risk]:
    found = Risk.objects.filter(viewer.scope("risks.see"), state__in=list(LIVE))
    return found.filter(path__under=under.path) if under is not None else found


def _line(path: str) -> Iterable[str]:
    parts = path.strip("/").split("/")
    return ("/" + "/".join(parts[:number]) + "/" for number in range(1, len(parts) + 1))
