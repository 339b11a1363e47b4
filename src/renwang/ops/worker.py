"""The worker loop: runs the beats in order, and long jobs beside them in a thread of their own.

Any number of loops may run at once, in the server's process tree or alone:
what they do is claimed in the database. The loop reads the clock once per
turn and hands the moment on.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from renwang.base.jobs import (
    BeatWork,
    Running,
    asking,
    beats,
    claim_beat,
    claim_job,
    mark_beats,
    run_beat,
    run_job,
)
from renwang.base.models import Beat
from renwang.base.pure.clock import read_clock
from renwang.outreach.sending import leave_sender

log = logging.getLogger(__name__)

IDLE_AT_MOST = 1.0  # seconds between turns when nothing has happened for a while
SIGN_OF_LIFE = timedelta(seconds=10)
AWAY_AT_MOST = 30.0  # seconds between tries while the database is away
LONGEST_WAIT = timedelta(minutes=5)  # of a beat that keeps failing
HEARTBEAT = "worker"
# Seconds at the end of a process, one after the other; the server allows 15 for all of them.
FINISH_WITHIN = 2.0  # for the beat under way
HAND_BACK_WITHIN = 3.0  # for the job under way, which only has to come to its next statement
SETTLE_WITHIN = 3.0  # for the messages on their way


class BrokenOff(BaseException):
    """The worker is stopping, and the beat under way took longer than it may then take.

    Not an Exception: a beat that goes on after failures must not go on after this.
    """


class Worker:
    """One loop. `stop()` may be called from a signal handler.

    The beat under way is finished first, unless that takes too long: then it
    breaks off at its next statement and its transaction is taken back, as a
    power cut would. The job under way is handed back.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = read_clock,
        alive: Callable[[], bool] = lambda: True,
        finish_within: float = FINISH_WITHIN,
    ):
        self.clock = clock
        self.alive = alive  # says whether whoever started the loop still lives
        self.finish_within = finish_within
        self.stopping = threading.Event()
        self._stopped_at: float | None = None
        self._job: Running | None = None  # the one under way, in the other thread
        self.tick = max(settings.RENWANG_WORKER_TICK_MS, 10) / 1000
        self._failures: dict[str, int] | None = (
            None  # by beat, in a row; what a former worker left counts
        )
        self._not_before: dict[str, datetime] = {}
        self._ran: set[str] = set()
        self._signed_at: datetime | None = None

    def stop(self) -> None:
        """Ask the loop and the job under way to come to an end."""
        if self._stopped_at is None:
            self._stopped_at = time.monotonic()
        self.stopping.set()

    def run(self) -> None:
        """Work until stopped. A database that goes away is waited for."""
        # A job that will not end must not keep the process: what it has open goes with it.
        jobs = threading.Thread(target=self._job_loop, name="renwang-jobs", daemon=True)
        jobs.start()
        try:
            self._loop(_connected(self.turn), longest=IDLE_AT_MOST)
        except BrokenOff:
            log.warning("a beat was broken off, the worker is stopping")
        finally:
            self.stop()
            jobs.join(HAND_BACK_WITHIN)
            if jobs.is_alive():
                log.warning("a job was left behind, another worker will begin it again")
            else:
                self._sign_off()
            connections.close_all()

    def _job_loop(self) -> None:
        try:
            self._loop(_connected(self.job_turn), longest=IDLE_AT_MOST)
        finally:
            connections.close_all()

    def _loop(self, turn: Callable[[datetime], int], *, longest: float) -> None:
        pause, away = self.tick, self.tick
        while not self.stopping.is_set():
            if not self.alive():
                self.stop()
                return
            try:
                done = turn(self.clock())
            except (DatabaseError, InterfaceError):
                log.exception("the database is away")
                connections.close_all()
                away = min(away * 2, AWAY_AT_MOST)
                self.stopping.wait(away)
                continue
            away = self.tick
            # Idle turns come further and further apart, up to a second; work brings the tick back.
            pause = self.tick if done else min(pause * 1.5, longest)
            self.stopping.wait(pause)

    def turn(self, now: datetime) -> int:
        """Run every beat that is due, once; return how many things were done."""
        if self._failures is None:
            failing = Beat.objects.filter(failures__gt=0)
            self._failures = dict(failing.values_list("name", "failures"))
        done = 0
        for one in beats():
            if self.stopping.is_set():
                break
            if self._is_due(one, now):
                with asking(self._ask):
                    done += self._run(one, now)
        self._sign(now)
        return done

    def _ask(self) -> None:
        """Break off the beat under way when its time is over."""
        stopped_at = self._stopped_at
        if stopped_at is not None and time.monotonic() - stopped_at >= self.finish_within:
            raise BrokenOff

    def job_turn(self, now: datetime) -> int:
        """Run the job that is due, if there is one."""
        row = claim_job(now)
        if row is None:
            return 0
        try:
            run_job(row, self.clock, self.stopping.is_set, self._begin)
        finally:
            self._job = None
        return 1

    def _begin(self, running: Running) -> None:
        self._job = running

    def _is_due(self, one: BeatWork, now: datetime) -> bool:
        wait = self._not_before.get(one.name)
        if wait is not None and now < wait:
            return False
        if one.every and claim_beat(one, now):
            return True
        if one.every:
            # Whoever ran it, it is not due again before its time: no need to ask every turn.
            self._not_before[one.name] = now + min(one.every / 4, timedelta(seconds=30))
            return False
        return True

    def _run(self, one: BeatWork, now: datetime) -> int:
        done = run_beat(one, now)
        if done is None:
            failures = self._failures[one.name] = self._failures.get(one.name, 0) + 1
            self._ran.discard(one.name)
            self._not_before[one.name] = now + min(timedelta(seconds=2**failures), LONGEST_WAIT)
            return 0
        self._not_before.pop(one.name, None)
        if self._failures.pop(one.name, 0):
            Beat.objects.filter(name=one.name).update(failures=0, trouble="")
        if not one.every:  # the others were marked by their claim, and are due from that moment on
            self._ran.add(one.name)
        return done

    def _sign(self, now: datetime) -> None:
        """Write the sign of life, at most every ten seconds: a quiet node must not wear its disk."""
        if self._signed_at is None or now >= self._signed_at + SIGN_OF_LIFE:
            mark_beats({*self._ran, HEARTBEAT}, now)
            if job := self._job:
                job.keep(now)
            self._ran.clear()
            self._signed_at = now

    def _sign_off(self) -> None:
        """Settle what is on its way, and take the sign of life back: nobody waits for one that ended well."""
        with suppress(DatabaseError, InterfaceError):
            leave_sender(self.clock, SETTLE_WITHIN)
            Beat.objects.filter(name=HEARTBEAT).update(ran_at=None)


def _connected(turn: Callable[[datetime], int]) -> Callable[[datetime], int]:
    """Let go of a connection that broke before every turn."""

    def take(now: datetime) -> int:
        close_old_connections()
        return turn(now)

    return take


def last_sign_of_life() -> datetime | None:
    """When a worker last said that it lives; None when none ever did."""
    return Beat.objects.filter(name=HEARTBEAT).values_list("ran_at", flat=True).first()
