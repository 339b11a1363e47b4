"""No log line holds what a person typed or is called, whatever goes wrong."""

import io
import json
import logging
import logging.config
import re

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.urls import reverse

from renwang.chain.models import Account
from tests import make


@pytest.fixture
def log_lines(monkeypatch):
    """Everything that is logged from here on, in the form the node writes it."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logging.config.dictConfig(settings.LOGGING)
    logging.getLogger("renwang").setLevel(logging.DEBUG)
    logging.getLogger("django").setLevel(logging.INFO)
    yield lambda: stream.getvalue().splitlines()
    monkeypatch.undo()
    logging.config.dictConfig(settings.LOGGING)


def personal(cast) -> re.Pattern[str]:
    """Whatever would betray one of the cast."""
    names = [who.name for who in vars(cast).values() if hasattr(who, "search")]
    return re.compile("|".join([*map(re.escape, names), "13900000001", "wangge", "right-horse"]))


def test_a_wrong_and_a_right_sign_in_leave_no_name(client, cast, log_lines):
    make.account(cast.worker, "wangge")
    for password in ("wrong-horse", "right-horse-battery"):
        answer = client.post(reverse("account_login"), {"login": "wangge", "password": password})
        assert answer.status_code in (200, 302)
    assert not personal(cast).search("\n".join(log_lines()))


def test_pages_that_are_refused_or_not_there_leave_no_query(client, cast, log_lines):
    make.account(cast.stranger, "stranger")
    client.force_login(
        Account.objects.get(username="stranger"),
        "allauth.account.auth_backends.AuthenticationBackend",
    )
    client.get("/nowhere/", {"q": cast.worker.name})
    client.get(f"/desk/people/{cast.worker.id}/", {"q": "13900000001"})
    assert not personal(cast).search("\n".join(log_lines()))


def test_an_error_is_logged_with_its_type_and_place_and_without_its_text(cast, log_lines):
    make.account(cast.worker, "wangge")
    try:
        with transaction.atomic():
            Account.objects.create_user("wangge", "x", person=cast.secretary)
    except DatabaseError:
        logging.getLogger("renwang.test").exception("it broke")
    [line] = [json.loads(line) for line in log_lines()]
    assert line["message"] == "it broke"
    assert line["level"] == "ERROR"
    assert "IntegrityError" in line["exc_info"]
    assert "test_logs.py" in line["exc_info"]
    assert not personal(cast).search(json.dumps(line, ensure_ascii=False))


def test_a_failing_job_keeps_its_text_in_the_database_and_out_of_the_log(
    db, now, log_lines, monkeypatch
):
    from renwang.base import jobs

    monkeypatch.setattr(jobs, "_JOBS", {})

    @jobs.job("test.broken")
    def broken(running):
        raise ValueError("王格平 has no telephone")

    jobs.ask_for_job("test.broken", {}, by=None, now=now)
    row = jobs.claim_job(now)
    jobs.run_job(row, lambda: now)
    row.refresh_from_db()
    assert "王格平" in row.trouble
    lines = "\n".join(log_lines())
    assert "ValueError" in lines
    assert "王格平" not in lines
