"""Keep warnings where their units are: units move, split and merge while a warning is in force."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from renwang.alerts.areas import Match, common_path, topmost
from renwang.alerts.composing_rules import DraftState
from renwang.alerts.models import Alert, AlertUnit, Draft, Feed
from renwang.alerts.rules import AlertState
from renwang.base import journal
from renwang.chain.models import Unit
from renwang.chain.selectors.history import successors

_OUT = (DraftState.ISSUED, DraftState.DROPPED)
_OPEN = (AlertState.RECEIVED, AlertState.IN_FORCE, AlertState.DISMISSED)


def follow_division(*, by: Any, now: datetime, day: date) -> int:
    """Let every warning that is not over, every feed and every draft lie where its units lie today; say how many moved.

    What took the place of a unit that ended is warned in its stead; where
    nothing did, what was warned stays on record. Relays stay as they were decided.
    """
    rows: dict[UUID, list[AlertUnit]] = defaultdict(list)
    for row in AlertUnit.objects.filter(alert__state__in=_OPEN):
        rows[row.alert_id].append(row)
    keys = {row.unit_id for some in rows.values() for row in some}
    units = Unit.objects.in_bulk(keys)
    moved = 0
    for alert_id in sorted(rows):
        if any(_has_moved(units[row.unit_id], row.path) for row in rows[alert_id]):
            moved += _move_alert(alert_id, day, by=by, now=now)
    own = Unit.objects.filter(pk=OuterRef("unit_id"), ended_on=None).exclude(path=OuterRef("path"))
    here = {"path": Subquery(own.values("path"))}
    waiting = Draft.objects.filter(Exists(own)).exclude(state__in=_OUT)
    return moved + Feed.objects.filter(Exists(own)).update(**here) + waiting.update(**here)


def _has_moved(unit: Unit, path: str) -> bool:
    return unit.ended_on is not None or unit.path != path


@transaction.atomic
def _move_alert(alert_id: UUID, day: date, *, by: Any, now: datetime) -> bool:
    # With the row's lock, like a relay: neither reads the other's half.
    alert = Alert.objects.select_for_update().get(pk=alert_id)
    rows = list(AlertUnit.objects.filter(alert=alert))
    units = Unit.objects.in_bulk([row.unit_id for row in rows])
    found: dict[str, Match] = {}
    heirs: dict[UUID, str] = {}
    for row in rows:
        for heir in successors(units[row.unit_id], day):
            found[heir.path] = Match(heir.pk, heir.path, row.by)
            heirs[heir.pk] = heir.name
    kept = topmost(found)
    if not kept or {one.path for one in kept} == {row.path for row in rows}:
        return False
    AlertUnit.objects.filter(alert=alert).delete()
    AlertUnit.objects.bulk_create(
        AlertUnit(alert=alert, unit_id=one.unit_id, path=one.path, by=one.by) for one in kept
    )
    alert.path = common_path([one.path for one in kept])
    alert.save(update_fields=["path"])
    journal.record(
        "alerts.units_chosen",
        alert,
        by=by,
        at=now,
        drill=alert.drill,
        units=[heirs[one.unit_id] for one in kept],
        paths=[one.path for one in kept],
    )
    return True
