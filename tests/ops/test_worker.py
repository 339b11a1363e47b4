"""The worker runs what is due in order, survives what fails, and says that it lives."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction

from renwang.base import jobs
from renwang.base.models import Beat, Counter, Job
from renwang.base.references import next_number
from renwang.ops.worker import HEARTBEAT, IDLE_AT_MOST, Worker, last_sign_of_life

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def ran(monkeypatch) -> list[str]:
    """Beats and jobs of the test's own; the list says what ran."""
    monkeypatch.setattr(jobs, "_BEATS", {})
    monkeypatch.setattr(jobs, "_JOBS", {})
    return []


@pytest.fixture
def beat(ran):
    """Register a beat that notes that it ran: `beat("name", every=…)`."""

    def register(name: str, *, every: timedelta = timedelta(0), fails: bool = False, does: int = 0):
        def work(now):
            ran.append(name)
            if fails:
                raise RuntimeError("no paper")
            return does

        jobs.beat(name, every=every)(work)

    return register


class Pauses:
    """Stands in for waiting: notes how long, and stops the worker after so many."""

    def __init__(self, worker: Worker, stop_after: int):
        self.waited: list[float] = []
        self.worker, self.left = worker, stop_after
        worker.stopping.wait = self

    def __call__(self, seconds: float) -> None:
        self.waited.append(round(seconds, 3))
        self.left -= 1
        if self.left <= 0:
            self.worker.stopping.set()


@pytest.mark.django_db
def test_beats_run_in_the_order_in_which_they_were_registered(beat, ran, now):
    for name in ("seal", "follow", "send"):
        beat(name, does=1)
    assert Worker().turn(now) == 3
    assert ran == ["seal", "follow", "send"]


@pytest.mark.django_db
def test_a_beat_that_fails_stops_nobody_and_is_left_alone_for_longer_and_longer(beat, ran, now):
    beat("clumsy", fails=True)
    beat("steady")
    worker = Worker()
    for second in range(15):
        worker.turn(now + timedelta(seconds=second))
    assert ran.count("steady") == 15
    assert ran.count("clumsy") == 4  # at 0, 2, 6 and 14 seconds
    assert Beat.objects.get(name="clumsy").failures == 4


@pytest.mark.django_db
def test_a_beat_that_recovers_is_no_longer_counted_as_failing(beat, now, monkeypatch):
    troubled = [True]

    def work(now):
        if troubled.pop() if troubled else False:
            raise RuntimeError
        return 0

    jobs.beat("shaky", every=HOUR)(work)
    Worker().turn(now)
    assert Beat.objects.get(name="shaky").failures == 1
    Worker().turn(now + 2 * HOUR)  # another worker: what the first one left counts for it as well
    assert Beat.objects.get(name="shaky").failures == 0


@pytest.mark.django_db
def test_two_workers_share_a_beat_with_an_interval(beat, ran, now):
    beat("hourly", every=HOUR)
    first, second = Worker(), Worker()
    for worker in (first, second, first, second):
        worker.turn(now)
    assert ran == ["hourly"]
    second.turn(now + HOUR)
    first.turn(now + HOUR)
    assert ran == ["hourly", "hourly"]


@pytest.mark.django_db
def test_the_sign_of_life_is_written_at_most_every_ten_seconds(
    beat, now, django_assert_num_queries
):
    beat("seal")
    worker = Worker()
    worker.turn(now)
    assert last_sign_of_life() == now
    with django_assert_num_queries(0):
        worker.turn(now + timedelta(seconds=9))
    worker.turn(now + timedelta(seconds=10))
    assert last_sign_of_life() == now + timedelta(seconds=10)
    assert Beat.objects.get(name="seal").ran_at == now + timedelta(seconds=10)


def test_an_idle_worker_slows_down_and_work_brings_its_pace_back(now):
    worker = Worker(clock=lambda: now)
    pauses = Pauses(worker, 12)
    turns = iter([0] * 8 + [1] + [0] * 3)
    worker._loop(lambda now: next(turns), longest=IDLE_AT_MOST)
    assert pauses.waited[:3] == [0.375, 0.562, 0.844]
    assert pauses.waited[7] == IDLE_AT_MOST
    assert pauses.waited[8] == worker.tick


def test_a_database_that_is_away_is_waited_for(now):
    worker = Worker(clock=lambda: now)
    pauses = Pauses(worker, 10)
    tries = []

    def turn(now):
        tries.append(now)
        if len(tries) < 9:
            raise OperationalError("connection refused")
        return 1

    worker._loop(turn, longest=IDLE_AT_MOST)
    assert pauses.waited == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, worker.tick, worker.tick]


def test_a_worker_whose_parent_is_gone_stops(now):
    worker = Worker(clock=lambda: now, alive=lambda: False)
    worker._loop(lambda now: 1, longest=1)
    assert worker.stopping.is_set()


@pytest.mark.django_db
def test_a_job_is_run_beside_the_beats(ran, now):
    jobs.job("test.long")(lambda running: {"ran": ran.append("long")})
    jobs.ask_for_job("test.long", {}, by=None, now=now)
    worker = Worker(clock=lambda: now)
    assert worker.job_turn(now) == 1
    assert worker.job_turn(now) == 0
    assert ran == ["long"]
    assert Job.objects.get().state == Job.State.DONE


@pytest.mark.django_db
def test_a_worker_that_is_asked_to_stop_hands_its_job_back(now):
    jobs.job("test.long")(lambda running: running.progress(1, 2))
    jobs.ask_for_job("test.long", {}, by=None, now=now)
    worker = Worker(clock=lambda: now)
    worker.stop()
    worker.job_turn(now)
    assert (Job.objects.get().state, Job.objects.get().attempts) == (Job.State.WAITING, 0)


@pytest.mark.django_db
def test_a_job_that_never_asks_is_handed_back_at_its_next_statement(ran, now):
    worker = Worker(clock=lambda: now)

    def work(running):
        with transaction.atomic():
            next_number("effect")
            worker.stop()
            next_number("effect")
        ran.append("the end")

    jobs.job("test.long")(work)
    jobs.ask_for_job("test.long", {}, by=None, now=now)
    worker.job_turn(now)
    assert (Job.objects.get().state, Job.objects.get().attempts) == (Job.State.WAITING, 0)
    assert ran == []
    assert not Counter.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("goes_on", [False, True])
def test_a_beat_that_will_not_end_is_broken_off_and_taken_back(ran, now, goes_on):
    worker = Worker(clock=lambda: now, finish_within=0 if not goes_on else 1e9)

    @jobs.beat("endless")
    def work(now):
        with transaction.atomic():
            next_number("effect")
            worker.stop()
            with suppress(Exception):  # what goes on after every failure stops as well
                next_number("effect")
        ran.append("the end")
        return 1

    worker.run()
    assert ran == (["the end"] if goes_on else [])
    assert [one.value for one in Counter.objects.all()] == ([2] if goes_on else [])
    assert last_sign_of_life() is None
    assert not Beat.objects.filter(failures__gt=0).exists()


@pytest.mark.django_db
def test_the_claim_on_a_long_job_is_kept(ran, beat, now):
    beat("seal")
    worker = Worker(clock=lambda: now)
    later = now + 2 * jobs.CLAIM_FOR

    def work(running):
        worker.turn(later)  # as the thread of the beats does beside it
        ran.append(jobs.claim_job(later))
        return {}

    jobs.job("test.long")(work)
    jobs.ask_for_job("test.long", {}, by=None, now=now)
    worker.job_turn(now)
    assert ran == ["seal", None]


@pytest.mark.django_db
def test_a_worker_that_ends_takes_its_sign_of_life_back(beat, now):
    worker = Worker(clock=lambda: now)
    worker.turn(now)
    assert Beat.objects.get(name=HEARTBEAT).ran_at == now
    worker._sign_off()
    assert last_sign_of_life() is None
