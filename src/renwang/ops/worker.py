"""The worker loop: runs the beats in order, and long jobs beside them in a thread of their own.

Any number of loops may run at once, in the server's process tree or alone:
what they do is claimed in the database. The loop reads the clock once per
turn and hands the moment on.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from renwang.base.jobs import BeatWork, beats, claim_beat, claim_job, mark_beats, run_beat, run_job
from renwang.base.models import Beat
from renwang.base.pure.clock import read_clock

log = logging.getLogger(__name__)

IDLE_AT_MOST = 1.0  # seconds between turns when nothing has happened for a while
SIGN_OF_LIFE = timedelta(seconds=10)
AWAY_AT_MOST = 30.0  # seconds between tries while the database is away
LONGEST_WAIT = timedelta(minutes=5)  # of a beat that keeps failing
HEARTBEAT = "worker"


class Worker:
    """One loop. `stop()` may be called from a signal handler: the turn under way is finished first."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = read_clock,
        alive: Callable[[], bool] = lambda: True,
    ):
        self.clock = clock
        self.alive = alive  # says whether whoever started the loop still lives
        self.stopping = threading.Event()
        self.tick = max(settings.RENWANG_WORKER_TICK_MS, 10) / 1000
        self._failures: dict[str, int] | None = (
            None  # by beat, in a row; what a former worker left counts
        )
        self._not_before: dict[str, datetime] = {}
        self._ran: set[str] = set()
        self._signed_at: datetime | None = None

    def stop(self) -> None:
        """Ask the loop and the job under way to come to an end."""
        self.stopping.set()

    def run(self) -> None:
        """Work until stopped. A database that goes away is waited for."""
        jobs = threading.Thread(target=self._job_loop, name="renwang-jobs")
        jobs.start()
        try:
            self._loop(_connected(self.turn), longest=IDLE_AT_MOST)
        finally:
            self.stop()
            jobs.join()
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
                done += self._run(one, now)
        self._sign(now)
        return done

    def job_turn(self, now: datetime) -> int:
        """Run the job that is due, if there is one."""
        row = claim_job(now)
        if row is None:
            return 0
        run_job(row, self.clock, self.stopping.is_set)
        return 1

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
            self._ran.clear()
            self._signed_at = now

    def _sign_off(self) -> None:
        """Take the sign of life back, so that nobody waits for one that ended as it should."""
        with suppress(DatabaseError, InterfaceError):
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
