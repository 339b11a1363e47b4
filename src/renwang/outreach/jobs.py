"""The beats of outreach: sending, the ladder's clock, sums, and endings. Each may run twice over."""

from datetime import datetime, timedelta

from renwang.base.jobs import beat
from renwang.base.pure.clock import read_clock
from renwang.outreach.models import Notice
from renwang.outreach.sending import send_due
from renwang.outreach.services import climb_calls, count_notice, finish_notices


@beat("outreach.count")
def _count(now: datetime) -> int:
    """Build the sums of notices that have none, whichever process started them."""
    waiting = list(Notice.objects.filter(is_counted=False).values_list("pk", flat=True))
    return sum(count_notice(notice_id) for notice_id in waiting)


@beat("outreach.send")
def _send(now: datetime) -> int:
    return send_due(now, read_clock)


@beat("outreach.climb", every=timedelta(seconds=1))
def _climb(now: datetime) -> int:
    return climb_calls(now)


@beat("outreach.finish", every=timedelta(seconds=30))
def _finish(now: datetime) -> int:
    return finish_notices(now)
