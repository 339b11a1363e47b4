"""Find one warning or relay, and lists of them with filters: what the doors ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from renwang.alerts.models import Alert, Relay
from renwang.alerts.rules import AlertState
from renwang.alerts.selectors import at_place
from renwang.base.paging import Page, page_of
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.outreach.coverage import SUM_NAMES, Sums, add_up
from renwang.outreach.models import Reach
from renwang.outreach.services.tallying import prefixes

SORTS = {
    "-received": ("-received_at",),
    "received": ("received_at",),
    "-sent": ("-sent",),
    "sent": ("sent",),
    "event": ("event", "-received_at"),
    "-event": ("-event", "-received_at"),
    "issuer": ("sender_name", "-received_at"),
    "-issuer": ("-sender_name", "-received_at"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which warnings somebody looks for; empty means any."""

    text: str = ""
    state: str = ""
    colour: str = ""  # "none" for those without a colour
    source: str = ""
    drills: bool = False  # those of rehearsals, instead of the real ones


def in_reach(viewer: Viewer) -> QuerySet[Alert]:
    """Return the warnings at the viewer's places, those of rehearsals too."""
    condition = Q(pk__in=[])
    for place in viewer.places.get("alerts.see", ()):
        condition |= at_place(place)
    if viewer.may("alerts.receive"):
        condition |= Q(path="")
    return Alert.objects.filter(condition)


def alert_of(viewer: Viewer, alert_id: UUID) -> Alert | None:
    """Find one warning; None hides what is out of reach."""
    return in_reach(viewer).filter(pk=alert_id).first()


def list_alerts(
    viewer: Viewer, wanted: Wanted, *, sort: str = "-received", cursor: str = "", size: int = 50
) -> Page[Alert]:
    """List warnings, latest arrival first by default; two statements."""
    found = _narrowed(viewer, wanted).defer("original", "description", "instruction")
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


def first_alerts(viewer: Viewer, wanted: Wanted, limit: int) -> list[Alert]:
    """Give the latest warnings that fit; one statement."""
    found = _narrowed(viewer, wanted).defer("original", "description", "instruction")
    return list(found.order_by("-received_at")[:limit])


def alerts_that_matter(viewer: Viewer, limit: int) -> list[Alert]:
    """Give the latest warnings in force and the latest that nobody has decided about, so many of each; one statement."""
    found = _narrowed(viewer, Wanted()).order_by("-received_at")
    chosen = Q(pk__in=[])
    for state in (AlertState.IN_FORCE, AlertState.RECEIVED):
        chosen |= Q(pk__in=found.filter(state=state).values("pk")[:limit])
    rows = Alert.objects.filter(chosen).defer("original", "description", "instruction")
    return list(rows.order_by("-received_at"))


def count_states(viewer: Viewer, wanted: Wanted) -> dict[str, int]:
    """Count the warnings in each state, whatever state is looked for; one statement."""
    others = Wanted(wanted.text, "", wanted.colour, wanted.source, wanted.drills)
    counted = _narrowed(viewer, others).order_by().values_list("state").annotate(Count("pk"))
    return dict(counted)


def _narrowed(viewer: Viewer, wanted: Wanted) -> QuerySet[Alert]:
    found = in_reach(viewer).filter(drill__isnull=not wanted.drills)
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.colour:
        found = found.filter(colour="" if wanted.colour == "none" else wanted.colour)
    if wanted.source:
        found = found.filter(source=wanted.source)
    for word in wanted.text.split():
        found = found.filter(
            Q(headline__icontains=word)
            | Q(event__icontains=word)
            | Q(area_words__icontains=word)
            | Q(sender_name__icontains=word)
            | Q(identifier__icontains=word)
            | Q(ref__iexact=word)
        )
    return found


@dataclass(frozen=True, slots=True)
class Carried:
    """One relay of a warning: from which unit, and how far it got."""

    relay: Relay
    unit_name: str
    sums: Sums | None  # None until the sums are built, which takes a moment


def carried_of(alert_ids: Sequence[UUID]) -> dict[UUID, list[Carried]]:
    """Give the relays of many warnings, latest first; two statements."""
    place = Unit.objects.filter(pk=OuterRef("unit_id"))
    relays = list(
        Relay.objects.filter(alert__in=alert_ids)
        .annotate(unit_name=Subquery(place.values("name")[:1]))
        .order_by("-decided_at")
    )
    tops = Reach.objects.filter(
        notice__in=[relay.notice_id for relay in relays], parent_path=""
    ).values("notice_id", *SUM_NAMES)
    sums: dict[UUID, list[Sums]] = {}
    for row in tops:
        sums.setdefault(row.pop("notice_id"), []).append(Sums(**row))
    found: dict[UUID, list[Carried]] = {}
    for relay in relays:
        own = sums.get(relay.notice_id)
        one = Carried(relay, relay.unit_name or "", add_up(own) if own else None)
        found.setdefault(relay.alert_id, []).append(one)
    return found


def relay_of(viewer: Viewer, relay_id: UUID) -> Relay | None:
    """Find a relay that goes through the viewer's places, with its warning and `unit_name`; None hides what is out of reach."""
    condition = Q(pk__in=[])
    for place in viewer.places.get("alerts.see", ()):
        condition |= Q(path__under=place) | Q(path__in=prefixes(place))
    relays = Relay.objects.filter(condition, pk=relay_id).select_related("alert")
    place = Unit.objects.filter(pk=OuterRef("unit_id"))
    named = relays.annotate(unit_name=Subquery(place.values("name")[:1]))
    return named.defer("alert__original").first()
