"""Take in a warning that came as words only, as somebody entered it by hand."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from renwang.alerts import cap
from renwang.alerts.models import Alert
from renwang.alerts.plain_text import Entered, say_as_cap
from renwang.alerts.rules import Source
from renwang.alerts.services.by_hand import choose_units
from renwang.alerts.services.receiving import receive_alert
from renwang.chain import reach
from renwang.chain.models import Unit


@transaction.atomic
def enter_alert(entered: Entered, unit: Unit, *, by: reach.Viewer, now: datetime) -> Alert:
    """Take a warning in under the node's own name and unsigned; the same words again are here already.

    Needs the right to bring warnings in at the unit it is for. Refuses with
    `reach.NotInReach`, and with `cap.CapRefused` what cannot be written.
    """
    reach.require(by, "alerts.receive", at=unit.path)
    said = say_as_cap(entered, sender=f"hand@{settings.RENWANG_NODE_PREFIX}")
    alert = receive_alert(cap.write(said), Source.PASTE, by=by, now=now)
    if not alert.path:
        choose_units(alert.pk, [unit], by=by, now=now)
        alert.refresh_from_db()
    return alert
