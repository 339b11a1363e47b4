"""Work that is done later: beats that recur, and jobs that a person waits for.

Both are found by the worker loop (`renwang.ops.worker`), in the server process
or in one of its own. Work is claimed by a conditional UPDATE whose row count
is read, so any number of workers may run; a claim that its worker did not live
to finish runs out and is taken again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from renwang.base.followers import follow_all
from renwang.base.models import Beat, Job
from renwang.base.pure.ids import uuid7
from renwang.base.sealing import seal_all

log = logging.getLogger(__name__)

CLAIM_FOR = timedelta(minutes=2)
ATTEMPTS = 5

Work = Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class BeatWork:
    """A recurring piece of work: returns how many things it did, 0 when nothing was due."""

    name: str
    every: timedelta
    work: Work


_BEATS: dict[str, BeatWork] = {}
_JOBS: dict[str, Callable[["Running"], dict]] = {}


def beat(name: str, *, every: timedelta = timedelta(0)) -> Callable[[Work], Work]:
    """Register recurring work `(now) -> int`; it may be run by two processes at once and twice over."""

    def register(work: Work) -> Work:
        if name in _BEATS:
            raise ValueError(f"two beats are called {name}")
        _BEATS[name] = BeatWork(name, every, work)
        return work

    return register


def beats() -> tuple[BeatWork, ...]:
    """Return every registered beat, in the order of registration."""
    return tuple(_BEATS.values())


@beat("journal.seal")
def _seal(now: datetime) -> int:
    return seal_all()


@beat("journal.follow")
def _follow(now: datetime) -> int:
    return follow_all(now)


def run_beat(one: BeatWork, now: datetime) -> int:
    """Run one beat; a failure is logged and noted, and never stops the others."""
    try:
        return one.work(now)
    except Exception as trouble:
        log.exception("beat failed", extra={"beat": one.name})
        mark, _ = Beat.objects.get_or_create(name=one.name)
        Beat.objects.filter(name=one.name).update(
            failures=mark.failures + 1, trouble=f"{type(trouble).__name__}: {trouble}"[:2000]
        )
        return 0


# --- jobs a person waits for -------------------------------------------------


def job(kind: str) -> Callable[[Callable[["Running"], dict]], Callable[["Running"], dict]]:
    """Register what does a kind of job: `(running) -> outcome`, safe to begin again after a kill."""

    def register(work: Callable[["Running"], dict]) -> Callable[["Running"], dict]:
        if kind in _JOBS:
            raise ValueError(f"two jobs are called {kind}")
        _JOBS[kind] = work
        return work

    return register


class Running:
    """A job as its work sees it: arguments in, progress out."""

    def __init__(self, row: Job, clock: Callable[[], datetime]):
        self.id = row.id
        self.arguments: dict[str, Any] = row.arguments
        self.asked_by: UUID | None = row.asked_by
        self.clock = clock

    @property
    def now(self) -> datetime:
        """The worker's clock."""
        return self.clock()

    def progress(self, done: int, total: int) -> None:
        """Show how far the work is, and keep the claim on it. Raises JobStopped when a person stopped it."""
        kept = Job.objects.filter(pk=self.id, state=Job.State.RUNNING).update(
            done=done, total=total, claimed_until=self.now + CLAIM_FOR
        )
        if not kept:
            raise JobStopped(self.id)


class JobStopped(Exception):
    """A person stopped the job, or another worker has taken it over."""


def ask_for_job(kind: str, arguments: dict, *, by: UUID | None, now: datetime) -> Job:
    """Queue a job in the caller's transaction; the worker begins it within a moment."""
    if kind not in _JOBS:
        raise KeyError(kind)
    return Job.objects.create(
        id=uuid7(now), kind=kind, arguments=arguments, asked_by=by, asked_at=now, due_at=now
    )


def stop_job(job_id: UUID, *, now: datetime) -> bool:
    """Stop a job that has not ended; says whether there was one to stop."""
    unended = Job.objects.filter(pk=job_id, state__in=[Job.State.WAITING, Job.State.RUNNING])
    return bool(unended.update(state=Job.State.STOPPED, ended_at=now, claimed_until=None))


def claim_job(now: datetime) -> Job | None:
    """Claim the job that has been due longest, or one whose worker died; None when there is none."""
    free = Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, claimed_until__lt=now)
    for row in Job.objects.filter(free, due_at__lte=now).order_by("due_at")[:5]:
        claimed = Job.objects.filter(free, pk=row.pk, attempts=row.attempts).update(
            state=Job.State.RUNNING, attempts=row.attempts + 1, claimed_until=now + CLAIM_FOR
        )
        if claimed:
            row.refresh_from_db()
            return row
    return None


def run_job(row: Job, clock: Callable[[], datetime]) -> None:
    """Run a claimed job to its end; a failure is tried again later, five times in all."""
    running = Running(row, clock)
    try:
        outcome = _JOBS[row.kind](running)
    except JobStopped:
        return
    except Exception as trouble:
        log.exception("job failed", extra={"job": row.kind})
        last = row.attempts >= ATTEMPTS
        Job.objects.filter(pk=row.pk, state=Job.State.RUNNING).update(
            state=Job.State.FAILED if last else Job.State.WAITING,
            trouble=f"{type(trouble).__name__}: {trouble}"[:2000],
            due_at=clock() + timedelta(seconds=2**row.attempts),
            claimed_until=None,
            ended_at=clock() if last else None,
        )
        return
    with transaction.atomic():
        Job.objects.filter(pk=row.pk, state=Job.State.RUNNING).update(
            state=Job.State.DONE,
            outcome=outcome,
            trouble="",
            ended_at=clock(),
            claimed_until=None,
        )
