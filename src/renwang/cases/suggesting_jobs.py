"""Kinds are learned by a job, and asked for by a beat: where the desk has chosen often enough since the last time, and every week."""

from datetime import datetime, timedelta

from renwang.base.jobs import Running, beat, job
from renwang.cases.services.moving import BY
from renwang.cases.services.suggesting import JOB, learn_kinds, learn_when_due


@beat(JOB, every=timedelta(hours=3))
def _ask(now: datetime) -> int:
    return learn_when_due(now)


@job(JOB)
def _learn(running: Running) -> dict:
    made = learn_kinds(by=BY, now=running.now)
    if made is None:
        return {"learned": False}
    return {"learned": True, "version": made.pk, "right": made.right, "tried": made.tried}
