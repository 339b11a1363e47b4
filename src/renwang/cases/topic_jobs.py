"""Hot spots are looked for every six hours where a case has come in since; as a job, for it may take a minute."""

from datetime import datetime, timedelta

from renwang.base.jobs import Running, ask_for_job, beat, job, jobs_lately
from renwang.cases.models import Case
from renwang.cases.services.topics import find_topics

JOB = "cases.topics"
EVERY = timedelta(hours=6)


@beat(JOB, every=EVERY)
def _ask(now: datetime) -> int:
    last = next(iter(jobs_lately(JOB, limit=1)), None)
    since = last.asked_at if last else now - timedelta(days=90)
    if not Case.objects.filter(received_at__gt=since).exists():
        return 0
    ask_for_job(JOB, {}, by=None, now=now)
    return 1


@job(JOB)
def _find(running: Running) -> dict:
    return {"joined": find_topics(running.now)}
