"""Long jobs are claimed once, tried again after a failure, handed back and stopped; none ends twice."""

from datetime import timedelta

import pytest
from django.db import transaction

from renwang.base import jobs
from renwang.base.models import Beat, Job
from renwang.base.references import next_number

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ask(db, now):
    """Ask for a job: `ask(number=3)`."""

    def act(kind: str = "test.count", **arguments) -> Job:
        return jobs.ask_for_job(kind, arguments, by=None, now=now)

    return act


@pytest.fixture
def count(now):
    """A job that counts to its number and leaves a trace in the database."""

    @jobs.job("test.count")
    def work(running: jobs.Running) -> dict:
        total = running.arguments.get("number", 1)
        for number in range(total):
            running.progress(number + 1, total)
        with transaction.atomic():
            next_number("effect")
            running.settle({"counted": total})
        return {}

    return work


def run_next(now) -> Job | None:
    """Claim and run what is due; return its row as it then is."""
    row = jobs.claim_job(now)
    if row is None:
        return None
    jobs.run_job(row, lambda: now)
    row.refresh_from_db()
    return row


def test_an_unknown_kind_is_refused(ask):
    with pytest.raises(KeyError):
        ask("test.unheard_of")


def test_two_jobs_of_one_kind_are_refused(count):
    with pytest.raises(ValueError, match="two jobs"):
        jobs.job("test.count")(lambda running: {})


def test_a_job_runs_once_and_keeps_its_outcome(ask, count, now):
    ask(number=3)
    row = run_next(now)
    assert (row.state, row.done, row.total, row.outcome) == ("done", 3, 3, {"counted": 3})
    assert row.ended_at == now
    assert run_next(now + timedelta(days=1)) is None
    assert next_number("effect") == 2


def test_a_job_that_returns_its_outcome_ends_with_it(ask, now):
    jobs.job("test.plain")(lambda running: {"plain": True})
    ask("test.plain")
    assert run_next(now).outcome == {"plain": True}


def test_a_claimed_job_is_not_claimed_again(ask, count, now):
    ask()
    assert jobs.claim_job(now) is not None
    assert jobs.claim_job(now + jobs.CLAIM_FOR - timedelta(seconds=1)) is None


def test_a_job_whose_worker_died_is_claimed_again_when_the_claim_has_run_out(ask, count, now):
    ask()
    assert jobs.claim_job(now) is not None
    again = jobs.claim_job(now + jobs.CLAIM_FOR + timedelta(seconds=1))
    assert again.attempts == 2


def test_progress_keeps_the_claim(ask, now):
    moments = iter([now + 1 * MINUTE, now + 2 * MINUTE, now + 3 * MINUTE])
    claims = []

    @jobs.job("test.slow")
    def slow(running):
        for step in range(3):
            running.progress(step, 3)
            claims.append(jobs.claim_job(running.now))
        return {}

    ask("test.slow")
    row = jobs.claim_job(now)
    ticks = [moment for moment in moments for _twice in range(2)] + [now + 4 * MINUTE]
    jobs.run_job(row, lambda: ticks.pop(0))
    assert claims == [None, None, None]


def test_a_worker_that_was_thought_dead_cannot_end_the_job_it_lost(ask, count, now):
    ask(number=1)
    slow = jobs.claim_job(now)
    later = now + 3 * MINUTE
    assert run_next(later).state == "done"
    jobs.run_job(slow, lambda: later)
    assert Job.objects.get().outcome == {"counted": 1}
    assert next_number("effect") == 2  # the effect of the slow one was taken back with its claim


def test_a_job_that_fails_is_tried_again_later_and_later_and_then_given_up(ask, now):
    tries = []

    @jobs.job("test.broken")
    def broken(running):
        tries.append(running.now)
        raise RuntimeError("no paper")

    ask("test.broken")
    moment, waits = now, []
    while Job.objects.get().state == Job.State.WAITING:
        row = Job.objects.get()
        waits.append((row.due_at - moment).total_seconds() if tries else 0)
        moment = row.due_at
        assert jobs.claim_job(moment - timedelta(seconds=1)) is None
        run_next(moment)
    row = Job.objects.get()
    assert (row.state, len(tries), waits) == ("failed", jobs.ATTEMPTS, [0, 2, 4, 8, 16])
    assert "no paper" in row.trouble
    assert row.ended_at == moment


def test_a_job_that_kills_its_workers_is_given_up(ask, count, now):
    ask()
    moment = now
    for _attempt in range(jobs.ATTEMPTS):
        assert jobs.claim_job(moment) is not None
        moment += 3 * MINUTE
    assert jobs.claim_job(moment) is None
    assert (Job.objects.get().state, Job.objects.get().trouble) == ("failed", "WorkerDied")


def test_a_job_that_was_stopped_before_it_began_never_begins(ask, count, now):
    row = ask()
    assert jobs.stop_job(row.id, now=now)
    assert run_next(now) is None


def test_a_job_that_is_stopped_under_way_ends_at_its_next_step_without_effect(ask, now):
    steps = []

    @jobs.job("test.long")
    def long(running):
        for step in range(10):
            steps.append(step)
            if step == 3:
                jobs.stop_job(running.id, now=running.now)
            running.progress(step, 10)
        return {"too": "late"}

    ask("test.long")
    row = run_next(now)
    assert (row.state, row.outcome, steps) == ("stopped", {}, [0, 1, 2, 3])


def test_a_job_that_has_ended_cannot_be_stopped(ask, count, now):
    row = ask()
    run_next(now)
    assert not jobs.stop_job(row.id, now=now)


def test_a_worker_that_stops_hands_its_job_back_without_counting_the_attempt(ask, count, now):
    ask(number=5)
    row = jobs.claim_job(now)
    jobs.run_job(row, lambda: now, stopping=lambda: True)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 0)
    assert run_next(now).state == "done"


def test_the_job_due_longest_comes_first(ask, count, now):
    second, first = ask(), ask()
    Job.objects.filter(pk=first.pk).update(due_at=now - MINUTE)
    assert run_next(now).pk == first.pk
    assert run_next(now).pk == second.pk


def test_looking_for_a_job_costs_one_read(db, now, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert jobs.claim_job(now) is None


def test_a_beat_with_an_interval_is_claimed_once_in_it(db, now):
    beat = jobs.BeatWork("test.hourly", timedelta(hours=1), lambda now: 0)
    assert jobs.claim_beat(beat, now)
    assert not jobs.claim_beat(beat, now + 59 * MINUTE)
    assert jobs.claim_beat(beat, now + 60 * MINUTE)


def test_a_beat_goes_on_after_the_clock_was_put_back(db, now):
    beat = jobs.BeatWork("test.hourly", timedelta(hours=1), lambda now: 0)
    assert jobs.claim_beat(beat, now + timedelta(days=365))
    assert jobs.claim_beat(beat, now)
    assert not jobs.claim_beat(beat, now - timedelta(seconds=1)), (
        "two workers' clocks differ a little"
    )


def test_a_beat_that_fails_is_noted_and_says_none(db, now):
    def broken(now):
        raise RuntimeError("no power")

    beat = jobs.BeatWork("test.broken", timedelta(0), broken)
    assert jobs.run_beat(beat, now) is None
    assert jobs.run_beat(beat, now) is None
    mark = Beat.objects.get(name="test.broken")
    assert mark.failures == 2
    assert "no power" in mark.trouble
    jobs.mark_beats(["test.broken"], now)
    mark.refresh_from_db()
    assert (mark.failures, mark.trouble, mark.ran_at) == (0, "", now)


def test_a_claim_from_before_the_clock_was_put_back_holds_nothing_up(ask, count, now):
    ask()
    hour = timedelta(hours=1)
    claimed = jobs.claim_job(now + hour)
    assert claimed is not None
    assert jobs.claim_job(now) is not None


def test_a_retry_from_before_the_clock_was_put_back_is_due(ask, count, now):
    row = ask()
    Job.objects.filter(pk=row.pk).update(due_at=now + timedelta(hours=1))
    assert run_next(now).state == Job.State.DONE


def test_a_job_that_notes_how_far_it_is_hears_that_the_worker_stops(ask, now):
    told = []

    @jobs.job("test.halting")
    def work(running: jobs.Running) -> dict:
        told.append("stop")
        running.note(1, 2)
        told.append("went on")
        return {}

    ask("test.halting")
    row = jobs.claim_job(now)
    jobs.run_job(row, lambda: now, lambda: bool(told))
    row.refresh_from_db()
    assert (row.state, row.attempts, told) == (Job.State.WAITING, 0, ["stop"])
