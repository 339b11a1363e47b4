"""Issue a warning of one's own: county level and above."""

from datetime import datetime

from renwang.alerts import cap
from renwang.alerts.models import Alert
from renwang.alerts.rules import MayNotOriginate, Source, may_originate
from renwang.alerts.services.receiving import receive_alert
from renwang.chain import reach
from renwang.chain.models import Unit
from renwang.chain.structures import structure


def originate_alert(
    said: cap.Alert,
    unit: Unit,
    *,
    by: reach.Viewer,
    now: datetime,
    signer: cap.Signer | None = None,
) -> Alert:
    """Write a warning, sign it where the node has a key, and take it in like any other.

    Refuses with `MayNotOriginate` where the unit's level may only relay, with
    `reach.NotInReach`, `cap.CapRefused`, and with `cap.SigningRefused` if a key
    is there and the signature cannot be made: nothing goes out unsigned then.
    """
    reach.require(by, "alerts.receive", at=unit.path)
    level = structure(unit.structure).level(unit.level)
    if not may_originate(said.status, level_may_originate=level.may_originate):
        raise MayNotOriginate(level.key)
    data = cap.write(said)
    if signer is not None:
        data = signer.sign(data, now=now)
    return receive_alert(data, Source.API, by=by, now=now)
