"""Find rehearsals for the doors: those under way here, a page of them, one with what it brought about."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from renwang.alerts.models import Alert, Relay
from renwang.base.paging import Page, page_of
from renwang.chain.models import Person, Unit
from renwang.chain.reach import Viewer
from renwang.outreach.services.tallying import prefixes
from renwang.response.models import Rehearsal

SORTS = {"-begun": ("-begun_at",), "begun": ("begun_at",)}


def touching(viewer: Viewer) -> QuerySet[Rehearsal]:
    """Return the rehearsals in a place where the viewer may see warnings, above it or below it."""
    condition = Q(pk__in=[])
    for place in viewer.places.get("alerts.see", ()):
        condition |= Q(path__under=place) | Q(path__in=prefixes(place))
    return Rehearsal.objects.filter(condition)


def running_here(viewer: Viewer) -> QuerySet[Rehearsal]:
    """Return those that run now, the latest first."""
    return touching(viewer).filter(ended_at=None).order_by("-begun_at")


def rehearsal_of(viewer: Viewer, key: UUID) -> Rehearsal | None:
    """Find one rehearsal; None hides what is out of reach."""
    return touching(viewer).filter(pk=key).first()


def list_rehearsals(
    viewer: Viewer,
    *,
    running: bool | None = None,
    scenario: str = "",
    text: str = "",
    sort: str = "-begun",
    cursor: str = "",
    size: int = 50,
) -> Page[Rehearsal]:
    """List rehearsals, each with `unit_name` and `starter_name`; four statements."""
    found = touching(viewer)
    if running is not None:
        found = found.filter(ended_at__isnull=running)
    if scenario:
        found = found.filter(scenario=scenario)
    if text:
        units = Unit.objects.filter(name__icontains=text).values("pk")
        found = found.filter(Q(ref__icontains=text) | Q(unit_id__in=units))
    page = page_of(found, SORTS[sort], cursor=cursor, size=size)
    places = {one.unit_id for one in page.items}
    names = dict(Unit.objects.filter(pk__in=places).values_list("pk", "name"))
    starters = {one.started_by for one in page.items if one.started_by}
    people = dict(Person.objects.filter(pk__in=starters).values_list("pk", "name"))
    for one in page.items:
        one.unit_name = names.get(one.unit_id, "")
        one.starter_name = people.get(one.started_by, "")
    return page


def clock_of(drill: UUID | None, now: datetime) -> datetime:
    """Say what time it is in a rehearsal, which is as far as it was played; outside any, it is now."""
    if drill is None:
        return now
    shown = Rehearsal.objects.filter(pk=drill).values_list("played_to", flat=True).first()
    return shown or now


@dataclass(frozen=True, slots=True)
class Played:
    """What a rehearsal has brought about so far."""

    messages: list[Alert]  # first to last
    relays: list[Relay]  # each with its alert, first to last


def played(rehearsal: Rehearsal) -> Played:
    """Read the messages and relays of a rehearsal; two statements."""
    messages = Alert.objects.filter(drill=rehearsal.pk).defer("original").order_by("received_at")
    relays = Relay.objects.filter(drill=rehearsal.pk).select_related("alert")
    return Played(list(messages), list(relays.defer("alert__original").order_by("decided_at")))
