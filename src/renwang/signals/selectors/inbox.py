"""Find signals and matters: the inbox, one of each with all that belongs to it, what may belong together."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.signals.models import (
    Annotation,
    Assessment,
    Matter,
    Proposal,
    Referral,
    ReferralStep,
    Signal,
)
from renwang.signals.rules import (
    NEAR_IN_TIME,
    Sighting,
    SignalState,
    Source,
    Suggestion,
    suggest_links,
)

SORTS = {
    "received": ("received_at",),
    "-received": ("-received_at",),
    "noticed": ("noticed_at",),
    "-noticed": ("-noticed_at",),
    "place": ("path", "-received_at"),
    "-place": ("-path", "-received_at"),
}
CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class SignalPage:
    """A signal with all that belongs to it."""

    signal: Signal
    annotations: list[Annotation]
    beside: list[Signal]  # the others of its matter
    assessment: Assessment | None
    referral: Referral | None  # the one still owed, or the last
    proposal: Proposal | None  # of the trigger that raised it
    suggestions: list[tuple[Signal, Suggestion]]


@dataclass(frozen=True, slots=True)
class MatterPage:
    """A matter with its signals, assessments (the latest first) and referrals (the latest first, with steps)."""

    matter: Matter
    signals: list[Signal]
    assessments: list[Assessment]
    referrals: list[Referral]
    proposals: list[Proposal]
    merged: list[Matter]  # what was merged into it


def visible_to(viewer: Viewer, *, drill: UUID | None = None) -> QuerySet[Signal]:
    """Signals at the places where the viewer may see them, and those he brought in himself."""
    mine = Q(received_by=viewer.id) if viewer.speaks("signals.report") else Q()
    return Signal.objects.filter(viewer.scope("signals.see") | mine, drill=drill)


def reported_by(viewer: Viewer, *, limit: int = 20) -> list[Signal]:
    """Return what a person brought in himself, the latest first, each with its unit; one statement."""
    found = Signal.objects.filter(received_by=viewer.id, drill=None).select_related("unit")
    return list(found.defer("unit__boundary").order_by("-received_at")[:limit])


def matters_visible_to(viewer: Viewer, *, drill: UUID | None = None) -> QuerySet[Matter]:
    """Matters at the places where the viewer may see signals."""
    return Matter.objects.filter(viewer.scope("signals.see"), drill=drill)


def list_signals(
    viewer: Viewer,
    *,
    states: Collection[SignalState] = (),
    sources: Collection[Source] = (),
    hazard: str = "",
    under: Unit | None = None,
    text: str = "",
    sort: str = "-received",
    cursor: str = "",
    size: int = 50,
    drill: UUID | None = None,
) -> Page[Signal]:
    """List the inbox, each signal with its unit, sensor, reporter and matter. Two statements."""
    found = narrowed(
        viewer, states=states, sources=sources, hazard=hazard, under=under, text=text, drill=drill
    )
    found = found.select_related("unit", "sensor", "person", "organisation", "matter")
    return page_of(found.defer("unit__boundary"), SORTS[sort], cursor=cursor, size=size)


def narrowed(
    viewer: Viewer,
    *,
    states: Collection[SignalState] = (),
    sources: Collection[Source] = (),
    hazard: str = "",
    under: Unit | None = None,
    text: str = "",
    drill: UUID | None = None,
) -> QuerySet[Signal]:
    """Narrow the inbox as its list and its map do alike."""
    found = visible_to(viewer, drill=drill)
    if states:
        found = found.filter(state__in=states)
    if sources:
        found = found.filter(source__in=sources)
    if hazard:
        found = found.filter(hazard=hazard)
    if under is not None:
        found = found.filter(path__under=under.path)
    if text:
        found = found.filter(Q(words__icontains=text) | Q(ref=text.strip().upper()))
    return found


def count_by_state(viewer: Viewer, *, drill: UUID | None = None) -> dict[SignalState, int]:
    """Count the signals of each state; one statement."""
    rows = visible_to(viewer, drill=drill).order_by().values_list("state").annotate(Count("pk"))
    counted = dict(rows)
    return {state: counted.get(state.value, 0) for state in SignalState}


def signal_page(viewer: Viewer, ref: str, *, drill: UUID | None = None) -> SignalPage | None:
    """Read a signal's page; None for one that the viewer may not see. At most eight statements."""
    found = visible_to(viewer, drill=drill).filter(ref=ref)
    signal = found.select_related(
        "unit", "sensor", "person", "organisation", "matter__assessment", "proposal__trigger"
    ).first()
    if signal is None:
        return None
    matter = signal.matter
    beside = list(matter.signals.exclude(pk=signal.pk).order_by("noticed_at")) if matter else []
    referral = matter.referrals.select_related("asked").order_by("-at").first() if matter else None
    may_judge = viewer.may("signals.judge", signal.path)
    return SignalPage(
        signal,
        list(signal.annotations.order_by("at")),
        beside,
        matter.assessment if matter else None,
        referral,
        getattr(signal, "proposal", None),
        suggestions_for(viewer, signal) if may_judge else [],
    )


def suggestions_for(viewer: Viewer, signal: Signal) -> list[tuple[Signal, Suggestion]]:
    """Suggest which other signals may be about the same thing, the likeliest first; one statement."""
    near = (
        visible_to(viewer, drill=signal.drill)
        .exclude(pk=signal.pk)
        .exclude(state=SignalState.ASIDE)
    )
    if signal.matter_id:
        near = near.exclude(matter=signal.matter_id)
    span = (signal.noticed_at - NEAR_IN_TIME, signal.noticed_at + NEAR_IN_TIME)
    rows = {
        str(one.pk): one
        for one in near.filter(noticed_at__range=span).order_by("-noticed_at")[:CANDIDATES]
    }
    found = suggest_links(_sighting(signal), map(_sighting, rows.values()))
    return [(rows[one.key], one) for one in found]


def _sighting(signal: Signal) -> Sighting:
    return Sighting(
        str(signal.pk), signal.noticed_at, signal.path, signal.hazard, signal.lon, signal.lat
    )


def list_matters(
    viewer: Viewer,
    *,
    under: Unit | None = None,
    hazard: str = "",
    cursor: str = "",
    size: int = 50,
    drill: UUID | None = None,
) -> Page[Matter]:
    """List matters that stand for themselves, the latest first, each with its assessment and how many signals."""
    found = matters_visible_to(viewer, drill=drill).filter(merged_into=None)
    if under is not None:
        found = found.filter(path__under=under.path)
    if hazard:
        found = found.filter(hazard=hazard)
    found = found.select_related("assessment", "unit").defer("unit__boundary")
    page = page_of(found, ("-opened_at",), cursor=cursor, size=size)
    counted = dict(
        Signal.objects.filter(matter__in=page.items)
        .order_by()
        .values_list("matter")
        .annotate(Count("pk"))
    )
    for matter in page.items:
        matter.signal_count = counted.get(matter.pk, 0)
    return page


def matter_page(viewer: Viewer, ref: str, *, drill: UUID | None = None) -> MatterPage | None:
    """Read a matter's page; None for one that the viewer may not see. Whoever was asked about it may. Eight statements."""
    asked = ReferralStep.objects.filter(
        viewer.scope("signals.see"), referral__matter=OuterRef("pk")
    )
    matter = (
        Matter.objects.filter(viewer.scope("signals.see") | Q(Exists(asked)), drill=drill, ref=ref)
        .select_related("unit", "assessment", "merged_into")
        .first()
    )
    if matter is None:
        return None
    steps = Prefetch("steps", ReferralStep.objects.select_related("unit").order_by("rung"))
    return MatterPage(
        matter,
        list(matter.signals.select_related("unit", "sensor").order_by("noticed_at")),
        list(matter.assessments.order_by("-number")),
        list(matter.referrals.select_related("asked").prefetch_related(steps).order_by("-at")),
        list(
            Proposal.objects.filter(signal__matter=matter)
            .select_related("trigger")
            .order_by("-proposed_at")
        ),
        list(matter.merged.order_by("opened_at")),
    )
