"""No log line holds what a person typed or is called, whatever goes wrong."""

import io
import json
import logging
import logging.config
import re
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.urls import reverse

from renwang.base import followers
from renwang.base.followers import follow_all
from renwang.base.sealing import seal_all
from renwang.chain.models import Account
from renwang.outreach import services
from renwang.outreach.channels import Channels, Configured
from renwang.outreach.channels.port import Handed, Outgoing
from renwang.outreach.models import Attempt, Call, Round
from renwang.outreach.sending import Sender
from renwang.outreach.services import climb_calls
from tests import make
from tests.web.desk_pages import as_, relayed


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


# What is said and typed below: the signed words, a note, a witness, a door, a telephone.
WORDS, NOTE, WITNESS, DOOR, TELEPHONE = "低洼地带", "走南门", "门卫老赵", "2单元707", "13900000001"


def personal(cast) -> re.Pattern[str]:
    """Whatever would betray one of the cast."""
    names = [who.name for who in vars(cast).values() if hasattr(who, "search")]
    typed = [WORDS, NOTE, WITNESS, DOOR, "1390000000", "wangge", "right-horse"]
    return re.compile("|".join(map(re.escape, [*names, *typed])))


class Indiscreet:
    """A channel with a mistake in it, whose exception says whom it wrote to, and what."""

    kind = "sms"

    def line(self, to: str) -> str:
        """One gateway for all."""
        return self.kind

    def send(self, outgoing: Outgoing, timeout: float) -> Handed:
        """Break, and tell everything."""
        raise ValueError(f"could not tell {outgoing.to}: {outgoing.words} {outgoing.note}")


def tell_everything(*arguments: object, **more: object) -> None:
    """Stands in for a service with a mistake in it."""
    raise RuntimeError(f"{arguments} {more} {WITNESS} {DOOR} {TELEPHONE} {NOTE}")


def tell_the_reader(entries, now) -> None:
    """A follower with a mistake in it."""
    raise ValueError("".join(entry.body for entry in entries))


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


def test_a_relay_its_answers_and_its_doors_leave_no_name_number_address_or_word(
    cast, now, log_lines, monkeypatch
):
    """A warning is carried down, sent, answered and knocked for, and at every step something breaks."""
    household = make.household(make.building("1号楼", cast.group), DOOR, cast.contact_household)
    relay = relayed(cast, now, note=NOTE)

    sender = Sender(Channels({"sms": Configured(Indiscreet())}, {"answer": "/field/"}))
    for minutes in range(0, 60, 2):
        later = now + timedelta(minutes=minutes)
        clock = partial(datetime.fromtimestamp, later.timestamp(), UTC)
        sender.step(later, clock)
        sender.wait(clock, 20)
        climb_calls(later)
    assert Attempt.objects.filter(channel="sms").exclude(outcome="sent").exists()

    call = Call.objects.get(notice=relay.notice_id, path=cast.contact_household.path)
    head, officer = as_(cast.head), as_(cast.officer)
    knock = {
        "id": str(uuid4()), "kind": "knock", "household": str(household.pk), "answered": "yes",
        "witness": WITNESS,
    }  # fmt: skip
    head.post(f"/field/calls/{call.pk}/round/", knock)
    head.post(f"/field/calls/{call.pk}/answer/", {"receipt": "carried", "households": "1"})
    rung = {"receipt": "carried", "via": "phone", "households": DOOR}
    officer.post(f"/desk/relays/{relay.pk}/calls/{call.pk}/answer/", rung)
    officer.get(f"/desk/relays/{relay.pk}/missing/{TELEPHONE}/", {"q": cast.head.name})
    assert Round.objects.get().kind == "knock"

    with monkeypatch.context() as broken:  # and now the same where the code itself breaks
        for name in ("answer_call", "record_round"):
            broken.setattr(services, name, tell_everything)
        for client in (head, officer):
            client.raise_request_exception = False
        knock["id"] = str(uuid4())
        assert head.post(f"/field/calls/{call.pk}/round/", knock).status_code == 500
        seal_all()
        follow_all(later)
        broken.setattr(followers, "_FOLLOWERS", {})
        followers.follower("test.broken", "outreach.", "alerts.")(tell_the_reader)
        follow_all(later)

    lines = "\n".join(log_lines())
    assert "channel broke" in lines
    assert "follower failed" in lines
    assert "RuntimeError" in lines
    assert not personal(cast).search(lines)


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
