"""What the processes of the races do. Each function runs alone in its process."""

import random
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management import call_command
from django.db import transaction

from renwang.base import jobs, journal
from renwang.base.followers import distances, follow_all, follower
from renwang.base.models import Counter, Entry, Job
from renwang.base.references import advance, next_number
from renwang.base.sealing import seal_entries
from renwang.base.verifying import verify_journal
from renwang.ops.worker import Worker

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
FOLLOWED = "test."
"""What the verbs begin with that the follower counts: the worker records facts of its own as well."""


class Thing:
    """Something to record facts about."""

    id = uuid.UUID(int=1)


def migrate() -> None:
    """Bring an empty database to this version."""
    call_command("migrate", verbosity=0)


def say(word: object) -> None:
    """Tell the test how far this is."""
    print(word, flush=True)  # noqa: T201


def wait() -> None:
    """Wait until the test says go on."""
    sys.stdin.readline()


def together(deed: Callable[[], Any], refused: type[Exception], *, tells: bool = False) -> str:
    """Do something when the test says so; say what refused it, else nothing, or what it gave if it `tells`."""
    say("ready")
    wait()
    try:
        given = deed()
    except refused as refusal:
        return type(refusal).__name__
    return str(given or "") if tells else ""


def _record(number: int, by: str) -> None:
    journal.declare({"test.done": "done"})
    journal.record("test.done", Thing(), by=f"node:{by}", at=NOW, number=number)


# --- codes of a second factor --------------------------------------------------


def enter_codes(steps: int) -> list[int]:
    """Enter the code of every step of time, as somebody does who has seen it; return those that let in."""
    say("ready")
    wait()
    return [step for step in range(1, steps + 1) if advance("totp-1", step, far=steps)]


# --- the journal ---------------------------------------------------------------


def append(who: str, transactions: int, seed: int) -> int:
    """Record facts in transactions of one to four; every fifth is taken back. Returns how many stayed."""
    chance = random.Random(seed)
    kept = 0
    for number in range(transactions):
        size = chance.randint(1, 4)
        try:
            with transaction.atomic():
                for part in range(size):
                    _record(number * 10 + part, who)
                if number % 5 == 4:
                    raise ZeroDivisionError
            kept += size
        except ZeroDivisionError:
            pass
    return kept


def append_and_hold(who: str) -> None:
    """Record a fact, and commit it only when told to."""
    with transaction.atomic():
        _record(0, who)
        say("recorded")
        wait()


def append_one(who: str) -> None:
    """Record and commit one fact."""
    say("begun")
    with transaction.atomic():
        _record(0, who)


def _follow_by_counting() -> None:
    @follower("test.counting", FOLLOWED, batch=7)
    def counting(entries, now):
        for entry in entries:
            next_number(f"seen-{entry.seq}")


def seal_and_follow(rounds: int) -> None:
    """Seal and follow, round after round, in competition with whoever else does."""
    _follow_by_counting()
    for _round in range(rounds):
        seal_entries(limit=5)
        follow_all(NOW)
        say("round")


def settle_journal() -> None:
    """Seal and follow until nothing is left."""
    _follow_by_counting()
    while seal_entries() or follow_all(NOW):
        pass


def examine_journal() -> dict:
    """Say what became of the journal."""
    _follow_by_counting()
    verdict = verify_journal()
    numbers = list(journal.sealed().values_list("seq", flat=True))
    followed = journal.sealed().filter(verb__startswith=FOLLOWED).values_list("seq", flat=True)
    seen = dict(Counter.objects.filter(name__startswith="seen-").values_list("name", "value"))
    return {
        "whole": verdict.whole,
        "facts": Entry.objects.count(),
        "gap_free": numbers == list(range(1, len(numbers) + 1)),
        "sealed": len(numbers),
        "seen_once": seen == {f"seen-{seq}": 1 for seq in followed},
        "behind": [one.behind for one in distances()],
        "order": [entry.actor for entry in journal.sealed()],
    }


# --- jobs ------------------------------------------------------------------------

STEPS = 6


@jobs.job("test.careful")
def careful(running: jobs.Running) -> dict:
    """Six steps, then one effect that may not happen twice."""
    say("begun")
    for step in range(STEPS):
        running.progress(step, STEPS)
        say(f"step {step}")
        wait()
    with transaction.atomic():
        next_number("effect")
        say("effect")
        wait()
        running.settle({"steps": STEPS})
        say("settled")
        wait()
    say("committed")
    wait()
    return {}


def ask_for_careful(number: int) -> None:
    """Queue jobs."""
    with transaction.atomic():
        for _one in range(number):
            jobs.ask_for_job("test.careful", {}, by=None, now=NOW)


def work_once(minutes: int) -> bool:
    """Claim and run one job, at a moment so many minutes on."""
    now = NOW + timedelta(minutes=minutes)
    row = jobs.claim_job(now)
    if row is None:
        return False
    jobs.run_job(row, lambda: now)
    return True


@jobs.job("test.quick")
def quick(running: jobs.Running) -> dict:
    """One effect, named after the job."""
    with transaction.atomic():
        next_number(f"done-{running.id}")
        running.settle({})
    return {}


def ask_for_quick(number: int) -> None:
    """Queue jobs."""
    with transaction.atomic():
        for _one in range(number):
            jobs.ask_for_job("test.quick", {}, by=None, now=NOW)


def work_until_done() -> int:
    """Run jobs until none is left; return how many this process ran."""
    count = 0
    while work_once(0):
        count += 1
    return count


def examine_jobs() -> dict:
    """Say what became of the jobs and of their effects."""
    return {
        "states": sorted(Job.objects.values_list("state", flat=True)),
        "effects": dict(Counter.objects.values_list("name", "value")),
        "outcomes": list(Job.objects.values_list("outcome", flat=True)),
    }


# --- the whole worker --------------------------------------------------------------


def work(minutes: int) -> None:
    """Run the real worker loop, its clock so many minutes on, until it is killed."""
    _follow_by_counting()
    worker = Worker(clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    turn = worker.turn

    def told(now: datetime) -> int:
        done = turn(now)
        say("turn")
        return done

    worker.turn = told
    worker.run()
