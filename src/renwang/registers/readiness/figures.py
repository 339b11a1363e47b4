"""The figures of a place over which organisations write their own checks. A floor above may declare more.

A figure stands for the place and everything below it. One that nobody knows
at a place is None there.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from renwang.chain.models import Organisation, Tally
from renwang.chain.rules import line_above
from renwang.outreach.models import RollCall
from renwang.outreach.setwise import in_chunks
from renwang.registers.duties.selectors.answering import in_force
from renwang.registers.risks.models import Measure, Risk
from renwang.registers.risks.rules import LIVE
from renwang.registers.risks.scale_rules import Level

Read = Callable[[Collection[str], datetime], Mapping[str, Mapping[str, float | None]]]


@dataclass(frozen=True, slots=True)
class Source:
    """Figures that are read together: their names with what they say, and how places are asked for them."""

    names: Mapping[str, Any]
    read: Read  # places' paths -> figure -> value


_SOURCES: list[Source] = []


def declare_figures(source: Source) -> None:
    """Bring figures into what own checks may name."""
    if source.names.keys() & figures().keys():
        raise ValueError(f"a figure is declared twice: {sorted(source.names)}")
    _SOURCES.append(source)


def figures() -> dict[str, Any]:
    """Return every figure with what it says."""
    return {name: words for source in _SOURCES for name, words in source.names.items()}


def read_figures(
    paths: Sequence[str], wanted: Collection[str], now: datetime
) -> dict[str, dict[str, float | None]]:
    """Read figures of places; only those sources are asked that have one of them."""
    found: dict[str, dict[str, float | None]] = {path: {} for path in paths}
    for source in _SOURCES:
        if not source.names.keys() & set(wanted):
            continue
        for path, values in source.read(paths, now).items():
            found[path].update(values)
    return found


# --- figures of what lies below -------------------------------------------------

_TALLY = {
    "units": _("Units here and below"),
    "posts": _("Posts"),
    "vacant": _("Posts without a holder"),
    "people": _("People who hold a post"),
    "unreachable": _("Answering posts that nobody can call"),
    "buildings": _("Buildings"),
    "households": _("Households, counted or declared"),
    "residents": _("Residents, counted or declared"),
}


def _read_tallies(paths: Collection[str], now: datetime) -> Mapping[str, Mapping[str, float]]:
    found = {}
    for some in in_chunks(sorted(paths)):
        rows = Tally.objects.filter(unit__path__in=some)
        for path, *values in rows.values_list("unit__path", *_TALLY):
            found[path] = dict(zip(_TALLY, values, strict=True))
    return found


declare_figures(Source(_TALLY, _read_tallies))


def _below(
    rows: QuerySet[Any], column: str, paths: Collection[str], **counts: Any
) -> dict[str, dict[str, float | None]]:
    """Sum rows at and below places: read once over the span of all of them, added up the lines."""
    found: dict[str, dict[str, float | None]] = {path: dict.fromkeys(counts, 0) for path in paths}
    if not found:
        return {}
    tops = [path for path in sorted(paths) if not set(line_above(path)) & found.keys()]
    for some in in_chunks(tops):
        here = Q()
        for top in some:
            here |= Q(**{f"{column}__under": top})
        for path, *values in rows.filter(here).order_by().values_list(column).annotate(**counts):
            for place in (*line_above(path), path):
                if place in found:
                    kept = found[place]
                    for name, value in zip(counts, values, strict=True):
                        kept[name] = (kept[name] or 0) + value
    return found


_LISTS = {
    "organisations": _("Organisations"),
    "clinics": _("Clinics"),
    "duties": _("Duties in force"),
    "risks": _("Risks that live on"),
    "risks_orange": _("Risks of orange and red"),
    "risks_red": _("Risks of red"),
    "measures_late": _("Measures whose day is over"),
}


def _read_lists(paths: Collection[str], now: datetime) -> dict[str, dict[str, float | None]]:
    bodies = Organisation.objects.filter(ended_on=None)
    risks = Risk.objects.filter(state__in=sorted(LIVE))
    late = Measure.objects.filter(
        done_at=None, dropped_at=None, due_on__lt=now.date(), risk__state__in=sorted(LIVE)
    )
    clinic = Q(kind=Organisation.Kind.CLINIC)
    found = _below(
        bodies, "path", paths, organisations=Count("pk"), clinics=Count("pk", filter=clinic)
    )
    for more in (
        _below(in_force(now), "unit__path", paths, duties=Count("pk")),
        _below(
            risks,
            "unit__path",
            paths,
            risks=Count("pk"),
            risks_orange=Count("pk", filter=Q(level__gte=Level.ORANGE)),
            risks_red=Count("pk", filter=Q(level=Level.RED)),
        ),
        _below(late, "risk__unit__path", paths, measures_late=Count("pk")),
    ):
        for path, values in more.items():
            found[path].update(values)
    return found


declare_figures(Source(_LISTS, _read_lists))


def _read_calls(paths: Collection[str], now: datetime) -> dict[str, dict[str, float | None]]:
    lines = {one for path in paths for one in (*line_above(path), path)}
    last: dict[str, datetime] = {}
    for some in in_chunks(sorted(lines)):
        held = RollCall.objects.filter(path__in=some).order_by()
        last.update(held.values_list("path").annotate(Max("started_at")))
    found: dict[str, dict[str, float | None]] = {}
    for path in paths:
        times = [last[one] for one in (*line_above(path), path) if one in last]
        days = (now - max(times)) // timedelta(days=1) if times else None
        found[path] = {"days_since_rollcall": days}
    return found


declare_figures(
    Source(
        {"days_since_rollcall": _("Days since the last roll-call held there or above")}, _read_calls
    )
)
