"""Work that is done later: beats that recur, and jobs that a person waits for.

Both are found by the worker loop (`renwang.ops.worker`), in the server process
or in one of its own. Work is claimed by a conditional UPDATE whose row count
is read, so any number of workers may run; a claim that its worker did not live
to finish runs out and is taken again.
"""

import logging
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from renwang.base.followers import follow_all
from renwang.base.models import Beat, Job
from renwang.base.progress import add_progress, end_progress, tell_progress
from renwang.base.pure.ids import uuid7
from renwang.base.sealing import seal_all
from renwang.base.verifying import verify_journal

log = logging.getLogger(__name__)

CLAIM_FOR = timedelta(minutes=2)
CLOCKS_DIFFER_BY = timedelta(seconds=30)  # between two machines that work for one node
ATTEMPTS = 5
LONGEST_WAIT = timedelta(seconds=2**ATTEMPTS)  # until a job that failed is tried again

Work = Callable[[datetime], int]


def unclaimed(now: datetime, lasts: timedelta) -> Q:
    """The condition that nobody has a claim on a row (`claimed_until`), where a claim lasts so long.

    One that ends later than any claim made now would is from before the clock
    was put back: it holds nobody up.
    """
    return (
        Q(claimed_until=None)
        | Q(claimed_until__lte=now)
        | Q(claimed_until__gt=now + lasts + CLOCKS_DIFFER_BY)
    )


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


def run_beat(one: BeatWork, now: datetime) -> int | None:
    """Run one beat: how many things it did, or None when it failed.

    A failure is logged and noted and never stops the others. When not even
    that can be written down the database is away, and the error goes on up.
    """
    try:
        return one.work(now)
    except Exception as trouble:
        log.exception("beat failed", extra={"beat": one.name})
        Beat.objects.get_or_create(name=one.name)
        Beat.objects.filter(name=one.name).update(
            failures=F("failures") + 1, trouble=f"{type(trouble).__name__}: {trouble}"[:2000]
        )
        return None


def claim_beat(one: BeatWork, now: datetime) -> bool:
    """Claim a beat that is not due all the time; says whether this worker may run it now.

    One that seems to have run in the time to come is due as well: the clock
    was put back, and warnings cannot wait until it gets there again.
    """
    Beat.objects.get_or_create(name=one.name)
    due = Q(ran_at=None) | Q(ran_at__lte=now - one.every) | Q(ran_at__gt=now + CLAIM_FOR)
    return bool(Beat.objects.filter(due, name=one.name).update(ran_at=now))


def mark_beats(names: Collection[str], now: datetime) -> None:
    """Note that these beats ran well up to now: the worker's sign of life."""
    known = set(Beat.objects.filter(name__in=names).values_list("name", flat=True))
    Beat.objects.bulk_create(
        [Beat(name=name) for name in names if name not in known], ignore_conflicts=True
    )
    Beat.objects.filter(name__in=names).update(ran_at=now, failures=0, trouble="")


# --- jobs a person waits for -------------------------------------------------


def job(kind: str) -> Callable[[Callable[["Running"], dict]], Callable[["Running"], dict]]:
    """Register what does a kind of job: `(running) -> outcome`.

    It must be safe to begin again after a kill. Where its effect may not
    happen twice, the work ends with `running.settle(outcome)` in the
    transaction of the effect.
    """

    def register(work: Callable[["Running"], dict]) -> Callable[["Running"], dict]:
        if kind in _JOBS:
            raise ValueError(f"two jobs are called {kind}")
        _JOBS[kind] = work
        return work

    return register


class JobStopped(Exception):
    """A person stopped the job, or another worker has taken it over."""


class HandedBack(Exception):
    """The worker is stopping: the job goes back to be begun again by another.

    It is raised at the work's next statement to the database, whatever that
    is, so that no job has to ask; what it had open is taken back.
    """


class Running:
    """A job as its work sees it: arguments in, progress out.

    Every write asks for the claim it was started under (`attempts`), so a
    worker that was thought dead cannot write over the one that took its job.
    """

    def __init__(
        self, row: Job, clock: Callable[[], datetime], stopping: Callable[[], bool] = lambda: False
    ):
        self.id = row.id
        self.arguments: dict[str, Any] = row.arguments
        self.asked_by: UUID | None = row.asked_by
        self.clock = clock
        self.settled = False
        self._stopping = stopping
        self._attempts = row.attempts
        self._mine = Job.objects.filter(pk=row.pk, state=Job.State.RUNNING, attempts=row.attempts)

    @property
    def now(self) -> datetime:
        """The worker's clock."""
        return self.clock()

    def progress(self, done: int, total: int) -> None:
        """Show how far the work is, and keep the claim on it.

        Raises JobStopped when a person stopped it, HandedBack when the worker
        is about to stop; the work lets both pass.
        """
        self.look_up()
        self.write(done=done, total=total, claimed_until=self.now + CLAIM_FOR)

    def note(self, done: int, total: int) -> None:
        """Show how far the work is from within its transaction, which shows its own rows to nobody yet.

        Raises HandedBack like `progress`.
        """
        self.look_up()
        tell_progress(self.id, self._attempts, done, total)

    def look_up(self) -> None:
        """Raise HandedBack when the worker is about to stop."""
        if self._stopping():
            raise HandedBack(self.id)

    def keep(self, now: datetime) -> None:
        """Keep the claim while the work is busy with something longer; the worker calls it, not the work."""
        self._mine.update(claimed_until=now + CLAIM_FOR)

    def settle(self, outcome: dict) -> None:
        """End the job in the caller's transaction: effect and end happen together or not at all.

        Raises JobStopped, and so takes the effect back, when the claim is lost.
        """
        self.write(
            state=Job.State.DONE,
            outcome=outcome,
            trouble="",
            ended_at=self.now,
            claimed_until=None,
        )
        self.settled = True

    def write(self, **changes: Any) -> None:
        """Change the job's row, or raise JobStopped when it is no longer this worker's."""
        if not self._mine.update(**changes):
            raise JobStopped(self.id)


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


def find_job(job_id: UUID) -> Job | None:
    """Find one job, ended or not."""
    row = Job.objects.filter(pk=job_id).first()
    return add_progress(row) if row else None


def jobs_lately(kind: str = "", *, limit: int = 30) -> list[Job]:
    """Return the jobs that were asked for last, of one kind or of all."""
    kinds = {"kind": kind} if kind else {}
    return [add_progress(row) for row in Job.objects.filter(**kinds).order_by("-asked_at")[:limit]]


def beats_seen() -> list[Beat]:
    """Return when every recurring piece of work last ran and how it went."""
    return list(Beat.objects.order_by("name"))


@job("journal.verify")
def _verify(running: "Running") -> dict:
    verdict = verify_journal(running.progress)
    return {
        "whole": verdict.whole,
        "checked": verdict.checked,
        "seq": verdict.seq,
        "kind": verdict.kind.value if verdict.kind else "",
        "digest": verdict.digest,
    }


def claim_job(now: datetime) -> Job | None:
    """Claim the job that has been due longest, or one whose worker died; None when there is none.

    A job whose workers died under it as often as it may be tried is failed
    instead: it would take down every worker that touches it.
    """
    abandoned = Q(state=Job.State.RUNNING) & unclaimed(now, CLAIM_FOR)
    free = Q(state=Job.State.WAITING) | abandoned
    # No job is put off for longer than this: what seems to be is from before the clock was put back.
    due = Q(due_at__lte=now) | Q(due_at__gt=now + LONGEST_WAIT + CLOCKS_DIFFER_BY)
    for row in Job.objects.filter(free, due).order_by("due_at")[:5]:
        mine = Job.objects.filter(free, pk=row.pk, attempts=row.attempts)
        if row.attempts >= ATTEMPTS:
            mine.update(
                state=Job.State.FAILED, trouble="WorkerDied", ended_at=now, claimed_until=None
            )
        elif mine.update(
            state=Job.State.RUNNING, attempts=row.attempts + 1, claimed_until=now + CLAIM_FOR
        ):
            row.refresh_from_db()
            return row
    return None


def asking(ask: Callable[[], None]) -> AbstractContextManager[None]:
    """Call `ask` before every statement to the database; what it raises breaks the work off there.

    What takes something back is not asked about: it has to be done.
    """

    def stand_before(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not sql.startswith("ROLLBACK"):
            ask()
        return execute(sql, *rest)

    return connection.execute_wrapper(stand_before)


def run_job(
    row: Job,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
    begun: Callable[[Running], None] = lambda running: None,
) -> None:
    """Run a claimed job to its end; a failure is tried again later, five times in all.

    `begun` is told of the job before it begins, for whoever keeps its claim.
    """
    running = Running(row, clock, stopping)
    begun(running)

    try:
        with asking(running.look_up):
            outcome = _JOBS[row.kind](running)
            if not running.settled:
                running.settle(outcome)
    except JobStopped:
        pass
    except HandedBack:
        # Not the job's fault: the attempt does not count, and the claim ends at once.
        _write_if_mine(
            running, state=Job.State.WAITING, attempts=row.attempts - 1, claimed_until=None
        )
    except Exception as trouble:
        log.exception("job failed", extra={"job": row.kind})
        last = row.attempts >= ATTEMPTS
        _write_if_mine(
            running,
            state=Job.State.FAILED if last else Job.State.WAITING,
            trouble=f"{type(trouble).__name__}: {trouble}"[:2000],
            due_at=clock() + timedelta(seconds=2**row.attempts),
            claimed_until=None,
            ended_at=clock() if last else None,
        )
    finally:
        end_progress(row.id)


def _write_if_mine(running: Running, **changes: Any) -> None:
    with suppress(JobStopped):
        running.write(**changes)
