"""The beat of briefs: on the first working day of a week the briefs of the last one are drafted."""

from datetime import datetime, timedelta

from renwang.base.jobs import beat
from renwang.response.briefs.services import prepare_briefs


@beat("briefs.prepare", every=timedelta(minutes=15))
def _prepare(now: datetime) -> int:
    return prepare_briefs(now)
