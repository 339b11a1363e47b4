"""The beats of alerts: what is over ends by itself."""

from datetime import datetime, timedelta

from renwang.alerts.services import expire_alerts
from renwang.base.jobs import beat


@beat("alerts.expire", every=timedelta(seconds=15))
def _expire(now: datetime) -> int:
    return expire_alerts(now)
