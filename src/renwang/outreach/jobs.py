"""What outreach does by the clock."""

from datetime import datetime

from renwang.base.jobs import beat
from renwang.base.pure.clock import read_clock
from renwang.outreach.sending import send_due


@beat("outreach.send")
def _send(now: datetime) -> int:
    return send_due(now, read_clock)
