"""The cases that another system may see: all of those in reach of its key, and of the others what anybody may know."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from renwang.cases import config
from renwang.cases.clock_rules import ClockKind
from renwang.cases.models import Answer, Case, Clock, Config, Step
from renwang.cases.names import ENDS, STATES
from renwang.cases.open311 import Query, Service, ServiceRequest, Update
from renwang.cases.public_rules import blur, listed_until
from renwang.cases.rules import Act, End, State, Via
from renwang.cases.services.intake import digest_of, read_code
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.chain.selectors.public import public_names_at

SEE = "cases.see"


def find_requests(
    query: Query, services: Mapping[str, Service], places: Sequence[Unit], viewer: Viewer | None,
    now: datetime,
) -> list[ServiceRequest]:  # fmt: skip
    """Find what was asked for, the newest first; two statements. `viewer` is None for anybody."""
    found = _visible(places, viewer, now)
    if query.ids:
        found = found.filter(ref__in=query.ids)
    else:
        found = found.filter(received_at__gte=query.begin, received_at__lte=query.end)
        if query.updated_after is not None:
            found = found.filter(since__gte=query.updated_after)
        if query.services:
            found = found.filter(kind__in=query.services)
        if len(query.statuses) == 1:
            over = Q(state=State.CLOSED)
            found = found.filter(over if "closed" in query.statuses else ~over)
    start = (query.page - 1) * query.size
    return _seen(
        found.order_by("-received_at", "-id")[start : start + query.size], services, viewer
    )


def request_of(
    ref: str, services: Mapping[str, Service], places: Sequence[Unit], viewer: Viewer | None,
    now: datetime,
) -> ServiceRequest | None:  # fmt: skip
    """Find one case; None for one that is not there or may not be seen; two statements."""
    seen = _seen(_visible(places, viewer, now).filter(ref=ref), services, viewer)
    return seen[0] if seen else None


def _visible(places: Sequence[Unit], viewer: Viewer | None, now: datetime) -> QuerySet[Case]:
    anybody = Q(
        kind__in=config.shipped("open311")["listed"], masked="", received_at__lte=listed_until(now)
    )
    inside = Q(pk__in=[])
    for place in places:
        inside |= Q(path__under=place.path)
    if viewer is None:
        return Case.objects.filter(inside, anybody)
    own = Q(via=Via.API, entered_by=viewer.id)
    return Case.objects.filter(inside, anybody | viewer.scope(SEE) | own)


def _is_open_to(viewer: Viewer | None, case: Case) -> bool:
    """Whether a viewer may read the words of a case: one at his places, or one that he brought by this way himself."""
    if viewer is None:
        return False
    return viewer.may(SEE, case.path) or (case.via == Via.API and case.entered_by == viewer.id)


def _seen(
    cases: QuerySet[Case], services: Mapping[str, Service], viewer: Viewer | None
) -> list[ServiceRequest]:
    owed = Clock.objects.filter(case=OuterRef("pk"), kind=ClockKind.ANSWER, met_at=None)
    said = Answer.objects.filter(case=OuterRef("pk"))
    rows: list[Case] = list(
        cases.select_related("unit", "building")
        .defer("search", "unit__boundary", "building__footprint")
        .annotate(
            expected=Subquery(owed.values("due_at")[:1]),
            answer=Subquery(said.order_by("-number").values("words")[:1]),
        )
    )
    names = public_names_at({path for case in rows for path in (case.path, case.held_path)})
    outlines = ((case, _outline(case, services, names)) for case in rows)
    return [
        _whole(case, outline) if _is_open_to(viewer, case) else outline
        for case, outline in outlines
    ]


def _outline(
    case: Case, services: Mapping[str, Service], names: Mapping[str, str]
) -> ServiceRequest:
    """What anybody may know; neither place is ever smaller than a grid."""
    return ServiceRequest(
        id=case.ref,
        is_open=case.is_live,
        status_notes=str(STATES[State(case.state)] if case.is_live else ENDS[End(case.end)]),
        service=services.get(case.kind) or Service(case.kind, case.kind),
        requested=case.received_at,
        updated=case.closed_at or case.since,
        expected=getattr(case, "expected", None),
        agency=names[case.held_path],
        address=names[case.path],
        lat=blur(case.lat),
        lon=blur(case.lon),
    )


def _whole(case: Case, outline: ServiceRequest) -> ServiceRequest:
    """What whoever answers for the place may know. Who brought it is nobody's in another system."""
    building = case.building
    parts = (case.place, case.door, building.name if building else "", case.unit.name)
    return replace(
        outline,
        status_notes=getattr(case, "answer", None) or outline.status_notes,
        description=case.masked or case.words,
        address=", ".join(part for part in parts if part),
        address_id=(building.code or str(building.pk)) if building else case.unit.ref,
        lat=case.lat,
        lon=case.lon,
    )


OVER = frozenset({Act.CLOSE, Act.WITHDRAW, Act.MERGE})


def find_updates(
    query: Query, places: Sequence[Unit], viewer: Viewer | None, now: datetime
) -> list[Update]:
    """Find what was done about the cases that may be seen, as far as their reporters see it, in its order; two statements.

    Anybody reads that something was done; the words only whoever may read the case.
    """
    seen = _visible(places, viewer, now)
    if query.ids:
        seen = seen.filter(ref__in=query.ids)
    steps = Step.objects.filter(is_shown=True, case__in=seen).exclude(act__in=("come", "photo"))
    steps = steps.filter(at__gte=query.begin, at__lte=query.end).select_related("case")
    start = (query.page - 1) * query.size
    rows = list(steps.defer("case__search").order_by("pk")[start : start + query.size])
    answered = Answer.objects.filter(case__in={row.case_id for row in rows})
    answers = {
        (one.case_id, one.number): one.words for one in answered.only("case", "number", "words")
    }
    return [
        Update(
            str(row.pk),
            row.case.ref,
            row.act not in OVER,
            (answers.get((row.case_id, row.facts.get("number", 0))) or row.words)
            if _is_open_to(viewer, row.case)
            else "",
            row.at,
        )
        for row in rows
    ]


def brought_by_key(ref: str, places: Sequence[Unit], viewer: Viewer) -> Case | None:
    """Find a case that the bearer of a key has brought in by this way; None for any other."""
    inside = Q(pk__in=[])
    for place in places:
        inside |= Q(path__under=place.path)
    own = Case.objects.filter(inside, ref=ref, via=Via.API, entered_by=viewer.id)
    return own.only("pk", "ref", "path", "merged_into").first()


def ref_by_code(code: str) -> str | None:
    """Give the number of the case whose tracking code this is; None where no case has it."""
    digest = digest_of(read_code(code))
    return Case.objects.filter(code=digest).values_list("ref", flat=True).first()


def services_changed_at() -> datetime | None:
    """Say when the kinds of case were last changed at this node; None where they are as they were shipped."""
    changed: datetime | None = Config.objects.filter(name=config.KINDS).aggregate(at=Max("at"))[
        "at"
    ]
    return changed
