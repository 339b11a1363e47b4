"""Find warnings: in force at a place, on the board, in a thread."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from renwang.alerts.models import Alert, AlertUnit, Relay
from renwang.alerts.rules import ACTUAL, AlertState
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.outreach.coverage import SUM_NAMES, Sums, add_up
from renwang.outreach.models import Notice
from renwang.outreach.services.tallying import prefixes

PAGE = 50


def at_place(path: str) -> Q:
    """The condition that a warning applies at a place, in a part of it, or all round it."""
    here = AlertUnit.objects.filter(
        Q(path__under=path) | Q(path__in=prefixes(path)), alert=OuterRef("pk")
    )
    return Q(Exists(here))


def visible_to(viewer: Viewer, *, drill: UUID | None = None) -> QuerySet[Alert]:
    """Warnings at the places where the viewer may see them; who brings them in sees also those for nowhere here."""
    condition = Q(pk__in=[])
    for place in viewer.places.get("alerts.see", ()):
        condition |= at_place(place)
    if viewer.may("alerts.receive"):
        condition |= Q(path="")
    return Alert.objects.filter(condition, drill=drill)


# --- for everybody ----------------------------------------------------------


def in_force(path: str, now: datetime, *, with_drills: bool = False) -> QuerySet[Alert]:
    """Give the warnings to the public in force at a place, the latest first.

    Only actual ones that somebody here relayed. Exercises never show, except
    on a node where everybody is invented (`with_drills`).
    """
    return (
        _published(with_drills)
        .filter(
            at_place(path),
            Q(expires_at=None) | Q(expires_at__gt=now),
            state=AlertState.IN_FORCE,
        )
        .exclude(msg_type="Cancel")
        .prefetch_related("units")
        .order_by("-sent")
    )


def published(alert_id: UUID, *, with_drills: bool = False) -> Alert | None:
    """Find a warning that the public was told, also when it is over."""
    return _published(with_drills).filter(pk=alert_id, relays__isnull=False).first()


def _published(with_drills: bool) -> QuerySet[Alert]:
    told = Q(status=ACTUAL, drill=None)
    if with_drills:
        told |= Q(drill__isnull=False)
    return Alert.objects.filter(told, scope="Public")


# --- the board --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RelayRow:
    """One relay of a warning: from which unit, how far it got, and the notice that carries it."""

    relay: Relay
    notice: Notice
    unit_name: str
    sums: Sums | None  # None until the sums are built, which takes a moment


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A warning on the board with its relays, newest first."""

    alert: Alert
    relays: tuple[RelayRow, ...]


def board(
    viewer: Viewer,
    *,
    states: Sequence[AlertState] = (),
    before: Alert | None = None,
    drill: UUID | None = None,
    limit: int = PAGE,
) -> list[BoardRow]:
    """Give a page of the board, newest first; `before` is the last one seen. Four statements.

    Many warnings may arrive in one moment, so their ids order them further.
    """
    alerts = visible_to(viewer, drill=drill).defer("original")
    if states:
        alerts = alerts.filter(state__in=states)
    if before is not None:
        earlier = Q(received_at__lt=before.received_at)
        alerts = alerts.filter(earlier | Q(received_at=before.received_at, pk__lt=before.pk))
    page = list(alerts.order_by("-received_at", "-pk")[:limit])
    relays = relays_of([alert.pk for alert in page])
    return [BoardRow(alert, tuple(relays.get(alert.pk, ()))) for alert in page]


def relays_of(alert_ids: Sequence[UUID]) -> dict[UUID, list[RelayRow]]:
    """Give the relays of warnings with how far each got; two statements."""
    unit = Unit.objects.filter(pk=OuterRef("unit_id")).values("name")[:1]
    found_relays = Relay.objects.filter(alert__in=alert_ids).annotate(unit_name=Subquery(unit))
    relays = list(found_relays.order_by("-decided_at"))
    notices, sums = _carrying([relay.notice_id for relay in relays])
    found: dict[UUID, list[RelayRow]] = defaultdict(list)
    for relay in relays:
        own, notice = sums.get(relay.notice_id), notices[relay.notice_id]
        row = RelayRow(relay, notice, relay.unit_name or "", add_up(own) if own else None)
        found[relay.alert_id].append(row)
    return found


def _carrying(keys: Sequence[UUID]) -> tuple[dict[UUID, Notice], dict[UUID, list[Sums]]]:
    """Read notices with the sums at their tops, of which one may have several, or none yet."""
    top = FilteredRelation("reaches", condition=Q(reaches__parent_path=""))
    figures = {f"top_{name}": F(f"top__{name}") for name in SUM_NAMES}
    notices: dict[UUID, Notice] = {}
    sums: dict[UUID, list[Sums]] = defaultdict(list)
    for notice in Notice.objects.filter(pk__in=keys).annotate(top=top, **figures):
        notices[notice.pk] = notice
        if notice.top_posts is not None:
            own = {name: getattr(notice, f"top_{name}") for name in SUM_NAMES}
            sums[notice.pk].append(Sums(**own))
    return notices, sums


def thread(alert: Alert) -> list[Alert]:
    """Give everything that was said in one thread, first to last."""
    same = Alert.objects.filter(thread=alert.thread, drill=alert.drill)
    return list(same.defer("original").order_by("sequence"))


def units_of(alert: Alert) -> list[tuple[AlertUnit, str]]:
    """Give the topmost units in which a warning applies, with their names."""
    rows = list(alert.units.order_by("path"))
    names = dict(
        Unit.objects.filter(pk__in=[row.unit_id for row in rows]).values_list("pk", "name")
    )
    return [(row, names.get(row.unit_id, "")) for row in rows]


def relayable_at(viewer: Viewer, alert: Alert) -> list[Unit]:
    """Give the units from which this viewer may relay a warning: topmost places of his in its area."""
    wanted = []
    for place in viewer.places.get("alerts.relay", ()):
        if any(u.path.startswith(place) or place.startswith(u.path) for u in alert.units.all()):
            wanted.append(place)
    return list(Unit.objects.filter(path__in=wanted, ended_on=None).order_by("path"))
