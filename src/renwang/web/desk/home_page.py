"""What the desk's first page shows, gathered for one viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from renwang.alerts import selectors as alerts
from renwang.alerts.desk_work import is_written_drill
from renwang.alerts.finding import alerts_that_matter
from renwang.alerts.models import Alert
from renwang.alerts.rules import AlertState
from renwang.base.reading import Filter, read_page
from renwang.chain.models import Tally, Unit
from renwang.chain.reach import Viewer
from renwang.chain.selectors.naming import topmost_units
from renwang.chain.selectors.units import children, tally_of
from renwang.outreach.auditing import stalls_for
from renwang.outreach.board import ToDo, calls_by_hand, sums_below, to_do, top_for
from renwang.outreach.coverage import Sums
from renwang.outreach.models import Call
from renwang.outreach.rules import NoticeState
from renwang.outreach.waiting import list_waits
from renwang.outreach.words import describe_stall
from renwang.registers.readiness.rules import Severity
from renwang.registers.readiness.selectors import Counts, Wanted, count_holes
from renwang.response.finding import running_here
from renwang.response.models import Rehearsal
from renwang.web.desk.facts import Told, tell
from renwang.web.desk.waits import Row, rows_of
from renwang.web.frame.banners import Banner, Kind

GRAVE = ("red", "orange")
_ORDER = ("red", "orange", "yellow", "blue", "")
FACTS = 8
SHOWN = 20
RUNG = 5  # to ring or to go to, on the first page; the list of the missing names them all


@dataclass(frozen=True)
class UnitRow:
    """One unit right below the viewer's place: how the gravest warning stands in it, or its ordinary figures."""

    unit: Unit
    tally: Tally
    sums: Sums | None


class HomePage:
    """Everything is read when it is asked for, once."""

    def __init__(self, viewer: Viewer, now: datetime):
        self.viewer = viewer
        self.now = now

    @cached_property
    def units(self) -> list[Unit]:
        """The topmost units of the viewer, each with its tally."""
        return topmost_units(self.viewer)

    @cached_property
    def place(self) -> Unit | None:
        """The place that the page is about."""
        return self.units[0] if self.units else None

    @property
    def top(self) -> str:
        """Its path; empty for somebody without any place."""
        return self.place.path if self.place else ""

    @property
    def tally(self) -> Tally | None:
        """What lies in it."""
        return tally_of(self.place) if self.place else None

    @cached_property
    def _matters(self) -> list[Alert]:
        return alerts_that_matter(self.viewer, SHOWN)

    @cached_property
    def in_force(self) -> list[tuple[Alert, list[alerts.RelayRow]]]:
        """The warnings that are being carried down or in force here, the gravest first."""
        found = [alert for alert in self._matters if alert.state == AlertState.IN_FORCE]
        relays = alerts.relays_of([alert.pk for alert in found])
        found.sort(key=lambda alert: _ORDER.index(alert.colour) if alert.colour in _ORDER else 9)
        return [(alert, relays.get(alert.pk, [])) for alert in found]

    @cached_property
    def waiting(self) -> Sequence[Alert]:
        """The warnings that nobody has decided about."""
        if not self.viewer.may("alerts.relay"):
            return []
        return [alert for alert in self._matters if alert.state == AlertState.RECEIVED]

    @cached_property
    def waits(self) -> list[Row]:
        """Everything that waits for the viewer, worst first."""
        return rows_of(list_waits(self.viewer), self.waiting)

    @cached_property
    def gravest(self) -> alerts.RelayRow | None:
        """The relay under way of the gravest warning; its coverage colours the map."""
        for _alert, relays in self.in_force:
            for row in relays:
                if row.notice.state == NoticeState.STARTED and top_for(self.viewer, row.notice):
                    return row
        return None

    @cached_property
    def to_do(self) -> ToDo:
        """What waits for a human being."""
        return to_do(self.viewer)

    @cached_property
    def stalls(self) -> list[tuple[str, str]]:
        """What does not go on, as the auditor found: the notice's number, if it is about one, and what."""
        return [
            (one.notice.ref if one.notice else "", describe_stall(one.kind, one.number))
            for one in stalls_for(self.viewer)
        ]

    @cached_property
    def to_ring(self) -> list[Call]:
        """Whom somebody has to ring or go to, by name."""
        return calls_by_hand(self.viewer, RUNG)

    @cached_property
    def holes(self) -> Counts | None:
        """The grave holes of the place that do not stand by leave of the level above; None for who may not see them."""
        if not self.viewer.may("readiness.see"):
            return None
        wanted = Wanted(severity=Severity.GRAVE, waived=False)
        return count_holes(self.viewer, wanted, self.now)

    @cached_property
    def rehearsals(self) -> list[Rehearsal]:
        """The rehearsals that run here now."""
        return list(running_here(self.viewer)[:3])

    @cached_property
    def rows(self) -> list[UnitRow]:
        """The units right below the place, the table beside the map."""
        if self.place is None:
            return []
        sums: dict[str, Sums] = {}
        if self.gravest is not None:
            sums = sums_below(self.gravest.notice, self.top)
        kids = list(children(self.viewer, self.place)[:200])
        return [UnitRow(unit, tally_of(unit), sums.get(unit.path)) for unit in kids]

    @cached_property
    def facts(self) -> list[Told]:
        """What happened here last."""
        places = self.viewer.places.get("journal.read", ())
        if not places:
            return []
        page = read_page(Filter(under=places), limit=FACTS)
        return tell(page.entries, self.viewer)


def banners(request: HttpRequest) -> list[Banner]:
    """Say at the top of every page what is in force: a grave warning, an exercise."""
    drill = getattr(request, "shows_drill", None)
    if drill is not None:
        words = _("Everything on this page is invented; nobody real is told anything.")
        if is_written_drill(drill):
            words = _(
                "A drill: its people practise in the field app, and nothing leaves this node."
            )
        return [Banner(Kind.EXERCISE, _("Exercise. "), words)]
    viewer = getattr(request, "viewer", None)
    if not viewer or not viewer.places.get("alerts.see") or not request.path.startswith("/desk/"):
        return []
    here = alerts.in_force(viewer.places["alerts.see"][0], request.now)
    found = here.prefetch_related(None)
    grave = (
        found.filter(colour__in=GRAVE)
        .order_by("-colour", "-sent")
        .only("headline", "event")
        .first()
    )
    if grave is None:
        return []
    href = reverse("desk:alert", args=[grave.pk])
    return [Banner(Kind.EMERGENCY, _("In force: "), str(grave), href, _("To the warning"))]


def count_waiting(request: HttpRequest) -> Any:
    """Give the warnings that wait for a decision, for the navigation."""
    if not request.viewer.may("alerts.relay"):
        return None
    return alerts.visible_to(request.viewer).filter(state=AlertState.RECEIVED)
