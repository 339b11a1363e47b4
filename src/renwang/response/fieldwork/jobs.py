"""The beat of field work: uploads whose deed never came and deeds whose time is over are forgotten."""

from datetime import datetime, timedelta

from renwang.base.jobs import beat
from renwang.response.fieldwork.services import erase_deeds, forget_uploads


@beat("fieldwork.forget", every=timedelta(minutes=30))
def _forget(now: datetime) -> int:
    return forget_uploads(now) + erase_deeds(now)
