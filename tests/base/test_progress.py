"""How far a job is can be seen from elsewhere while its transaction is open, and is no matter of the node's folder."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from renwang.base import jobs
from renwang.base.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


def look(job_id) -> tuple[int, int]:
    """Look at a job as another process does, as far as the database lets anybody else look."""

    def find() -> Job:
        try:
            return jobs.find_job(job_id)
        finally:
            if connection.vendor == "postgresql":
                connections.close_all()

    if connection.vendor == "postgresql":
        with ThreadPoolExecutor(1) as other:
            row = other.submit(find).result()
    else:
        row = find()
    return row.done, row.total


@pytest.fixture
def elsewhere(settings, monkeypatch, tmp_path):
    """Let the worker and whoever looks have folders of their own, and share the database only."""
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "node.sqlite3"))
        monkeypatch.setattr(connection, "is_in_memory_db", lambda: False)

    def move(name: str) -> None:
        settings.HOME = tmp_path / name
        settings.HOME.mkdir(exist_ok=True)

    return move


def run(now) -> Job:
    row = jobs.claim_job(now)
    jobs.run_job(row, lambda: now)
    row.refresh_from_db()
    return row


def test_it_is_seen_from_another_folder_while_nothing_is_committed(now, elsewhere, tmp_path):
    seen = []

    @jobs.job("test.long")
    def work(running: jobs.Running) -> dict:
        with transaction.atomic():
            for done in (3, 7):
                elsewhere("worker")
                running.note(done, 10)
                elsewhere("server")
                seen.append(look(running.id))
            running.settle({"well": True})
        return {}

    jobs.ask_for_job("test.long", {}, by=None, now=now)
    row = run(now)
    assert seen == [(3, 10), (7, 10)]
    assert (row.state, row.outcome) == (Job.State.DONE, {"well": True})
    assert not list(tmp_path.rglob("*.json"))  # no note is left lying about


def test_a_row_that_the_work_holds_itself_is_not_waited_for(now):
    @jobs.job("test.holding")
    def work(running: jobs.Running) -> dict:
        with transaction.atomic():
            running.progress(1, 10)
            running.note(2, 10)
        return {"well": True}

    jobs.ask_for_job("test.holding", {}, by=None, now=now)
    assert run(now).state == Job.State.DONE


def test_who_lost_his_claim_tells_nothing_more(now):
    seen = []

    @jobs.job("test.lost")
    def work(running: jobs.Running) -> dict:
        running.note(1, 10)
        Job.objects.filter(pk=running.id).update(attempts=7, done=5, total=10)
        if connection.vendor == "postgresql":
            running.note(9, 10)
            seen.append(look(running.id))
        return {}

    jobs.ask_for_job("test.lost", {}, by=None, now=now)
    run(now)
    assert seen in ([], [(5, 10)])
