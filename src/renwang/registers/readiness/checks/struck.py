"""What is done when a risk strikes: is there something to follow, was it practised in time, is there stock near by.

From the colour on from which a risk needs measures; the scale of risks says how
often each colour is practised. Whether somebody fills the roles of a procedure
is asked of every procedure, and whether a stock point is whole of every
facility, each in its own family.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.chain import tree
from renwang.chain.rules import line_above
from renwang.registers.duties.rules import Phase
from renwang.registers.facilities.selectors.finding import stock_points
from renwang.registers.hazards import EVERY
from renwang.registers.procedures.models import Cell, Run
from renwang.registers.procedures.rules import EditionState
from renwang.registers.procedures.run_rules import RunState
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.reading import (
    DIVISION,
    above_grids,
    divided,
    inside,
    inside_or_above,
    with_below,
)
from renwang.registers.readiness.rules import Found, Scope, Severity
from renwang.registers.readiness.struck_rules import (
    Followed,
    RiskStanding,
    StockPoint,
    find_unplanned,
    find_unstocked,
)
from renwang.registers.risks.models import Risk
from renwang.registers.risks.rules import LIVE
from renwang.registers.risks.scale import current_scale
from renwang.registers.risks.scale_rules import Level

_WHY_PLAN = _("On the day nobody has time to think out what to do first, and who does it.")
_WHY_PRACTICE = _("What was never done once is done for the first time in the storm.")
_WHY_STOCK = _("Water, light and blankets are missed in the first night, when no shop is open.")

CHECKS = (
    Check(
        "struck.no_procedure",
        _("Nothing to follow when a risk strikes"),
        _(
            "{ref} ({hazard}) may strike, and no procedure in force says what to do then, neither here nor above. Write one."
        ),
        _WHY_PLAN,
        Severity.GRAVE,
        "procedures.write",
        "risks.see",
        "procedure",
    ),
    Check(
        "struck.never_practised",
        _("Never practised what a risk asks for"),
        _(
            "What is to be done when {ref} ({hazard}) strikes was never run here, not even as an exercise. Run it."
        ),
        _WHY_PRACTICE,
        Severity.ATTENTION,
        "procedures.run",
        "risks.see",
        "procedure",
    ),
    Check(
        "struck.not_practised",
        _("Practised too long ago for a risk"),
        _(
            "What is to be done when {ref} ({hazard}) strikes was last run on {since}; it is to be run every {days} days."
        ),
        _WHY_PRACTICE,
        Severity.ATTENTION,
        "procedures.run",
        "risks.see",
        "procedure",
    ),
    Check(
        "struck.no_stock",
        _("Risks, and no stock near by"),
        _(
            "{place} has {count} risks that need measures, and no stock point in use serves it. Set one up."
        ),
        _WHY_STOCK,
        Severity.GRAVE,
        "facilities.keep",
        "facilities.see",
        "facility",
    ),
    Check(
        "struck.stock_short",
        _("Risks, and stock is short"),
        _(
            "{place} has {count} risks that need measures, and no stock point near by holds enough of: {things}. Fill one up."
        ),
        _WHY_STOCK,
        Severity.ATTENTION,
        "facilities.keep",
        "facilities.see",
        "facility",
    ),
)


def find(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find the risks of a scope that nobody is ready for, and the places above the grids without stock; seven statements."""
    scale = current_scale()
    homes = dict(above_grids(scope))
    risks = list(_risks(inside(with_below(scope, homes), "unit__path"), scale.measures_from))
    here = [one for one in risks if scope.covers(one.path)]
    if here:
        followed = _followed(scope, {one.path for one in here})
        for one in here:
            within = scale.practised.get(one.level)
            yield from find_unplanned(one, followed(one), now, within=within)
    yield from _unstocked(scope, homes, risks, now)


def _risks(where: Q, least: Level) -> Iterator[RiskStanding]:
    rows = Risk.objects.filter(where, state__in=sorted(LIVE), level__gte=least).order_by("ref")
    for ref, path, hazard, level in rows.values_list("ref", "unit__path", "hazard", "level"):
        yield RiskStanding(ref, path, hazard, Level(level))


def _followed(scope: Scope, places: Iterable[str]) -> Callable[[RiskStanding], list[Followed]]:
    """Read the procedures for the response at the places of a scope and above, with their runs; two statements."""
    cells = Cell.objects.filter(
        inside_or_above(scope, "edition__procedure__path"),
        edition__state=EditionState.IN_FORCE,
        phase__in=("", Phase.RESPOND.value),
    )
    held: dict[tuple[str, str], dict[UUID, str]] = {}
    for path, hazard, key, ref in cells.values_list(
        "edition__procedure__path", "hazard", "edition__procedure", "edition__procedure__ref"
    ):
        held.setdefault((path, hazard), {})[key] = ref
    runs: dict[UUID, list[tuple[str, datetime]]] = {}
    near = inside_or_above(with_below(scope, places))
    ended = Run.objects.filter(near, state=RunState.ENDED).order_by()
    for key, path, at in ended.values_list("procedure", "path").annotate(Max("started_at")):
        runs.setdefault(key, []).append((path, at))

    def followed(risk: RiskStanding) -> list[Followed]:
        return [
            Followed(ref, place, runs.get(key, ()))
            for place in (*line_above(risk.path), risk.path)
            for kind in (risk.hazard, EVERY)
            for key, ref in held.get((place, kind), {}).items()
        ]

    return followed


def _unstocked(
    scope: Scope, homes: Mapping[str, str], risks: Sequence[RiskStanding], now: datetime
) -> Iterator[Found]:
    """Ask of each place right above the grids that has such risks what is kept for it; two statements."""
    threatened = dict.fromkeys(homes, 0)
    for one in risks:
        for place in (*line_above(one.path), one.path):
            if place in threatened:
                threatened[place] += 1
    asked = {path: count for path, count in threatened.items() if count}
    if not asked:
        return
    at: dict[str, list[StockPoint]] = {}
    below: dict[str, list[StockPoint]] = {}
    for ref, path, stock in stock_points(inside_or_above(with_below(scope, asked))):
        point = StockPoint(ref, path, stock)
        at.setdefault(path, []).append(point)
        for place in (*line_above(path), path):
            if place in asked:
                below.setdefault(place, []).append(point)
    today = tree.today(now)
    for path, count in asked.items():
        above = [one for place in line_above(path) for one in at.get(place, ())]
        serving = [*above, *below.get(path, ())]
        yield from find_unstocked(path, homes[path], count, serving, today)


def touched(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where a risk, a procedure, a run or stock changed, at what lies below, and at the places above."""
    found = divided(entries)
    for entry in entries:
        place = entry.place or "/"
        is_risk = entry.verb.startswith("risks.")
        found.add(Touch(place, not is_risk or not entry.place))
        found |= {Touch(path) for path in line_above(place)}
    return found


_VERBS = (
    "risks.",
    "procedures.approved",
    "procedures.taken_over",
    "procedures.withdrawn",
    "procedures.imported",
    "procedures.moved",
    "procedures.run_ended",
    "facilities.entered",
    "facilities.changed",
    "facilities.room_kept",
    "facilities.room_struck",
    "facilities.stock_kept",
    "facilities.stock_counted",
    "facilities.stock_struck",
    "facilities.stock_imported",
    "facilities.state_changed",
    "facilities.inspected",
    "chain.unit_created",
    *sorted(DIVISION),
)
declare(Family("struck", _("When a risk strikes"), CHECKS, find, _VERBS, touched))
