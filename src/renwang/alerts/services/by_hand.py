"""What a person decides about where a warning applies, and about taking a relay back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.alerts.areas import Match, chosen_units, common_path, topmost
from renwang.alerts.models import Alert, AlertUnit, Relay
from renwang.base import journal
from renwang.chain import reach
from renwang.chain.models import Unit
from renwang.outreach.models import Notice
from renwang.outreach.services import withdraw_notice


@transaction.atomic
def choose_units(
    alert_id: UUID, units: Sequence[Unit], *, by: reach.Viewer, now: datetime
) -> Alert:
    """Let a person say in which units a warning applies, beside those that were found.

    For a warning whose area this node cannot place: its codes are unknown here,
    or it has only words. Refuses with `reach.NotInReach` for a unit from which
    the person could not relay.
    """
    for unit in units:
        reach.require(by, "alerts.relay", at=unit.path)
    alert = Alert.objects.select_for_update().get(pk=alert_id)
    known = {
        row.path: Match(row.unit_id, row.path, row.by)
        for row in AlertUnit.objects.filter(alert=alert)
    }
    chosen = {match.path: match for match in chosen_units(units)}
    kept = topmost({**chosen, **known})
    AlertUnit.objects.filter(alert=alert).delete()
    AlertUnit.objects.bulk_create(
        AlertUnit(alert=alert, unit_id=one.unit_id, path=one.path, by=one.by) for one in kept
    )
    alert.path = common_path([one.path for one in kept])
    alert.findings = [one for one in alert.findings if one["doubt"] != "nowhere-here"]
    alert.save(update_fields=["path", "findings"])
    journal.record(
        "alerts.units_chosen",
        alert,
        by=by,
        at=now,
        drill=alert.drill,
        units=[unit.name for unit in units],
        paths=[one.path for one in kept],
    )
    return alert


@transaction.atomic
def withdraw_relay(relay_id: UUID, *, by: reach.Viewer, now: datetime, reason: str) -> Notice:
    """Take a relay back: nobody is asked any more. The warning itself stays as its issuer has it.

    Refuses with `reach.NotInReach`.
    """
    relay = Relay.objects.get(pk=relay_id)
    reach.require(by, "alerts.relay", at=relay.path)
    notice = Notice.objects.get(pk=relay.notice_id)
    return withdraw_notice(notice, by=by, now=now, reason=reason)
