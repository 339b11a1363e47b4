"""Exercises written at the desk: real people practise, and nothing leaves the node.

A rehearsal is played with simulated answers by its own clock; an exercise runs
by the real one, in the field app of the people it is for. Its words carry the
mark of an exercise wherever they are shown, and no outward channel takes them.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import F

from renwang.alerts.composing_rules import DraftState, Kind
from renwang.alerts.drafts import Draft
from renwang.alerts.models import Alert
from renwang.alerts.rules import AlertState
from renwang.alerts.services.ending import expire_alerts
from renwang.alerts.waiting import DRAFT
from renwang.outreach.errand_rules import ErrandState
from renwang.outreach.models import Errand, Notice
from renwang.outreach.rules import NoticeState
from renwang.outreach.sending import send_due
from renwang.outreach.services import call_errands, climb_calls, finish_notice


def running_exercises() -> list[UUID]:
    """Name the exercises that wait for a second person, or were issued here and are not over; three statements."""
    mine = Draft.objects.filter(kind=Kind.EXERCISE, state=DraftState.ISSUED).values("drill")
    handed_in = Errand.objects.filter(kind=DRAFT, state=ErrandState.OPEN, drill__isnull=False)
    live = Notice.objects.filter(drill__in=mine, state=NoticeState.STARTED)
    open_ones = Alert.objects.filter(
        drill__in=mine, state__in=[AlertState.RECEIVED, AlertState.IN_FORCE]
    )
    found = {
        drill
        for rows in (handed_in, live, open_ones)
        for drill in rows.values_list("drill", flat=True)
    }
    return sorted(drill for drill in found if drill)


def run_exercises(now: datetime, clock: Callable[[], datetime]) -> int:
    """Deliver, climb and end in every running exercise what is due; return how much moved."""
    moved = 0
    for drill in running_exercises():
        moved += call_errands(now, drill=drill)
        moved += send_due(now, clock, drill)
        moved += climb_calls(now, drill=drill)
        moved += expire_alerts(now, drill=drill)
        over = Notice.objects.filter(drill=drill, state=NoticeState.STARTED, ends_at__lte=now)
        for notice in over.order_by(F("started_at")):
            finish_notice(notice, by="node:alerts", now=now)
            moved += 1
    return moved
