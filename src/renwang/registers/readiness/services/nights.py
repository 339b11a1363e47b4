"""Look at everything every night, and when somebody asks; forget holes that are long gone."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from renwang.base.jobs import ask_for_job
from renwang.base.models import Job
from renwang.chain.reach import Viewer, require
from renwang.registers.readiness.models import Hole, Look
from renwang.registers.readiness.rules import night_before
from renwang.registers.readiness.services.checking import take_turn

JOB = "readiness.look"
KEPT_FOR = timedelta(days=400)
"""How long holes that are gone are kept, for the trend of a year."""
AT_ONCE = 5_000


@transaction.atomic
def look_nightly(now: datetime) -> int:
    """Ask for the look of the night, unless it was begun already; return how many were asked for.

    A node that was switched off at night makes up for it as soon as it runs.
    """
    zone = timezone.get_default_timezone()
    due = night_before(now, time.fromisoformat(settings.RENWANG_READINESS_AT), zone)  # type: ignore[arg-type]
    if Look.objects.filter(is_nightly=True, started_at__gte=due).exists():
        return 0
    if _is_asked_for("/"):
        return 0
    ask_for_job(JOB, {"path": "/", "nightly": True}, by=None, now=now)
    return 1


def _is_asked_for(path: str) -> bool:
    unended = Job.objects.filter(kind=JOB, state__in=[Job.State.WAITING, Job.State.RUNNING])
    return any(one.get("path") == path for one in unended.values_list("arguments", flat=True))


@transaction.atomic
def ask_for_look(path: str, *, by: Viewer, now: datetime) -> Job:
    """Ask for a look at everything at and below a place; one that is under way is enough. Refuses with `NotInReach`."""
    require(by, "readiness.see", at=path)
    take_turn(now)
    under_way = Job.objects.filter(kind=JOB, state__in=[Job.State.WAITING, Job.State.RUNNING])
    for job in under_way.order_by("asked_at"):
        if path.startswith(str(job.arguments.get("path"))):
            return job
    return ask_for_job(JOB, {"path": path}, by=by.id, now=now)


def forget_old(now: datetime) -> int:
    """Forget holes that have been gone for more than a year, some thousands at a time; return how many."""
    old = Hole.objects.filter(gone_at__lt=now - KEPT_FOR).order_by("gone_at")
    keys = list(old.values_list("pk", flat=True)[:AT_ONCE])
    if keys:
        Hole.objects.filter(pk__in=keys).delete()
    return len(keys)
