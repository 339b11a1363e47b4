"""Count what a week brought at a place. Each figure keeps the numbers of the things it counted, so that it can be opened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from renwang.alerts.models import Relay
from renwang.cases.clock_rules import ClockKind
from renwang.cases.models import Answer, Case, Topic
from renwang.cases.rules import LIVE, Act
from renwang.cases.rules import State as CaseState
from renwang.chain.models import Unit
from renwang.chain.rules import line_above
from renwang.outreach.models import Round
from renwang.registers.risks.models import Risk
from renwang.registers.risks.rules import State as RiskState

KEPT = 1_000
"""So many things a figure keeps at most; it counts all."""


@dataclass(frozen=True, slots=True)
class Week:
    """A place, a week, and the moment of counting."""

    unit: Unit
    from_at: datetime
    until_at: datetime
    now: datetime

    def within(self, column: str) -> Q:
        """The condition that something happened in the week."""
        return Q(**{f"{column}__gte": self.from_at, f"{column}__lt": self.until_at})


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its key, what it counts (case, topic, risk, relay), how many, and their numbers."""

    key: str
    kind: str
    number: int
    refs: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """Give it as it is kept."""
        return {"key": self.key, "kind": self.kind, "number": self.number, "refs": list(self.refs)}


Find = Callable[[Week], QuerySet[Any]]


def _cases(week: Week) -> QuerySet[Case]:
    return Case.objects.filter(path__under=week.unit.path)


def _stepped(week: Week, act: Act) -> QuerySet[Case]:
    return _cases(week).filter(week.within("steps__at"), steps__act=act).distinct()


def _answers(week: Week) -> QuerySet[Answer]:
    return Answer.objects.filter(week.within("at"), case__path__under=week.unit.path)


def _relays(week: Week) -> QuerySet[Relay]:
    here = Q(path__under=week.unit.path) | Q(path__in=line_above(week.unit.path))
    return Relay.objects.filter(here, drill=None)


def _with_rounds(week: Week) -> QuerySet[Relay]:
    rounds = Round.objects.filter(week.within("at"), call__path__under=week.unit.path)
    return _relays(week).filter(notice_id__in=rounds.values("call__notice_id"))


def _risks(week: Week) -> QuerySet[Risk]:
    return Risk.objects.filter(path__under=week.unit.path)


FOUND: Mapping[str, tuple[str, Find]] = {
    "received": ("case", lambda week: _cases(week).filter(week.within("received_at"))),
    "answered": (
        "case",
        lambda week: _cases(week).filter(pk__in=_answers(week).filter(number=1).values("case")),
    ),
    "overdue": (
        "case",
        lambda week: _cases(week).filter(state__in=sorted(LIVE), due_at__lt=week.now),
    ),
    "rejected": ("case", lambda week: _stepped(week, Act.REJECT)),
    "topics": (
        "topic",
        lambda week: Topic.objects.filter(
            path__under=week.unit.path, ended_at=None, last_at__gte=week.from_at
        ),
    ),
    "returned": ("case", lambda week: _stepped(week, Act.RETURN)),
    "gaps": ("case", lambda week: _cases(week).filter(gap=True, state__in=sorted(LIVE))),
    "exemplary": (
        "case",
        lambda week: _cases(week).filter(
            pk__in=_answers(week).filter(helped=True, advice=[]).values("case")
        ),
    ),
    "relays": ("relay", lambda week: _relays(week).filter(week.within("decided_at"))),
    "rounds": ("relay", _with_rounds),
    "risks_found": ("risk", lambda week: _risks(week).filter(week.within("found_at"))),
    "risks_closed": (
        "risk",
        lambda week: _risks(week).filter(week.within("since"), state=RiskState.CLOSED),
    ),
    "asked_above": (
        "case",
        lambda week: _cases(week).filter(
            state=CaseState.REFERRED, asked_path__in=line_above(week.unit.path)
        ),
    ),
    "arbitrations": (
        "case",
        lambda week: (
            _cases(week).filter(clocks__kind=ClockKind.ARBITRATE, clocks__met_at=None).distinct()
        ),
    ),
    "risks_referred": (
        "risk",
        lambda week: _risks(week).filter(state=RiskState.REFERRED).exclude(asked_path=F("path")),
    ),
}


def count_week(week: Week) -> list[Figure]:
    """Count every figure; one statement for each."""
    found = []
    for key, (kind, find) in FOUND.items():
        refs = list(find(week).order_by("ref").values_list("ref", flat=True))
        found.append(Figure(key, kind, len(refs), tuple(refs[:KEPT])))
    return found
