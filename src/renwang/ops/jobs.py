"""The beat of operations: what was erased stands in a list beside the database within a minute."""

from datetime import datetime, timedelta

from renwang.base.jobs import beat
from renwang.ops.forgotten_list import keep_list


@beat("ops.keep_forgotten", every=timedelta(minutes=1))
def _keep_forgotten(now: datetime) -> int:
    return keep_list()
