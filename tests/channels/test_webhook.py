"""The webhook against a real server on this machine: refusals, failures, then what it sends."""

import hashlib
import hmac
import json
import socket

import pytest
from tests.channels.messages import WORDS, clock, message

from renwang.outreach.channels.connecting import is_allowed
from renwang.outreach.channels.port import Handed, Refused, Trouble, Unreachable
from renwang.outreach.channels.twin import DRIPS, GARBAGE, HANGS, Behaviour, Twin
from renwang.outreach.channels.webhook import Webhook

WEBHOOK = Webhook(secret="shared", private=True, clock=clock)


def failure(to: str, webhook: Webhook = WEBHOOK, timeout: float = 5):
    with pytest.raises((Refused, Unreachable)) as raised:
        webhook.send(message(to=to), timeout)
    return raised.value


@pytest.mark.parametrize(
    "to", ["", "no address", "ftp://example.org/", "file:///etc/passwd", "http://", "http://[::"]
)
def test_what_is_no_web_address_is_refused(to):
    assert failure(to).trouble is Trouble.BAD_ADDRESS
    assert WEBHOOK.line(to).startswith("webhook")


def test_a_private_address_is_refused_unless_allowed():
    careful = Webhook(secret="", private=False, clock=clock)
    with Twin() as twin:
        for to in (twin.url, twin.url.replace("127.0.0.1", "localhost")):
            assert failure(to, careful).trouble is Trouble.FORBIDDEN_ADDRESS
        assert twin.received == []


@pytest.mark.parametrize(
    ("address", "openly", "privately"),
    [
        ("203.0.114.7", True, True),
        ("2400:3200::1", True, True),
        ("10.0.0.1", False, True),
        ("192.168.1.1", False, True),
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("::ffff:10.0.0.1", False, True),
        ("fd00::1", False, True),
        ("169.254.169.254", False, False),
        ("fe80::1%eth0", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("64:ff9b::a9fe:a9fe", False, False),
        ("64:ff9b::cb00:7207", True, True),
        ("2002:7f00:1::", False, True),
        ("::127.0.0.1", False, True),
        ("fec0::1", False, True),
        ("::", False, False),
        ("224.0.0.1", False, False),
        ("0.0.0.0", False, False),
    ],
)
def test_which_addresses_may_be_contacted(address, openly, privately):
    assert is_allowed(address, private=False) is openly
    assert is_allowed(address, private=True) is privately


def test_a_redirect_is_not_followed():
    with Twin(Behaviour(302, {"Location": "/elsewhere"})) as twin:
        refused = failure(twin.url)
        assert (type(refused), refused.trouble) == (Refused, Trouble.REDIRECTED)
        assert len(twin.received) == 1


@pytest.mark.parametrize(
    ("behaviour", "kind", "trouble", "maybe_handed"),
    [
        (Behaviour(404), Refused, Trouble.TURNED_AWAY, None),
        (Behaviour(410), Refused, Trouble.TURNED_AWAY, None),
        (Behaviour(500, body=b"<html>oops"), Unreachable, Trouble.BAD_ANSWER, True),
        (Behaviour(429, {"Retry-After": "30"}), Unreachable, Trouble.BUSY, False),
        (GARBAGE, Unreachable, Trouble.BROKEN_OFF, True),
    ],
)
def test_how_failures_are_told_apart(behaviour, kind, trouble, maybe_handed):
    with Twin(behaviour) as twin:
        failed = failure(twin.url)
    assert (type(failed), failed.trouble) == (kind, trouble)
    assert getattr(failed, "maybe_handed", None) is maybe_handed
    assert getattr(failed, "after", None) == (30 if trouble is Trouble.BUSY else None)


@pytest.mark.parametrize("behaviour", [HANGS, Behaviour(body=b"x" * 5000, drips=True)])
def test_an_answer_that_never_comes_or_drips_in_ends_in_time(behaviour):
    with Twin(behaviour) as twin:
        failed = failure(twin.url, timeout=0.2)
    assert (failed.trouble, failed.maybe_handed) == (Trouble.TIMED_OUT, True)


def test_nobody_at_home_is_worth_another_try_and_nothing_was_handed_over():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    failed = failure(f"http://127.0.0.1:{port}/")
    assert (failed.trouble, failed.maybe_handed) == (Trouble.NO_CONNECTION, False)


def test_the_message_is_signed_recognisable_and_complete():
    with Twin(Behaviour(202, {"Message-Id": "their-7"})) as twin:
        handed = WEBHOOK.send(message(to=f"{twin.url}/in?token=1"), 5)
        WEBHOOK.send(message(to=f"{twin.url}/in?token=1"), 5)
    first, second = twin.received
    assert handed == Handed("their-7")
    assert first.path == "/in?token=1"
    assert (
        first.headers["idempotency-key"] == second.headers["idempotency-key"] == str(message().id)
    )
    signed = first.headers["renwang-timestamp"].encode() + b"." + first.body
    assert (
        first.headers["renwang-signature"]
        == hmac.new(b"shared", signed, hashlib.sha256).hexdigest()
    )
    assert first.headers["host"] == twin.url.removeprefix("http://")
    said = json.loads(first.body)
    assert said["words"] == WORDS
    assert said["note"] and said["cap"].endswith(".xml") and said["exercise"] is False


def test_a_long_or_strange_yes_is_still_a_yes():
    with Twin(Behaviour(200, body=b"\xff" * 400_000)) as twin:
        assert WEBHOOK.send(message(to=twin.url), 5) == Handed()


def test_each_host_is_a_line_of_its_own():
    assert WEBHOOK.line("https://a.example/x") == WEBHOOK.line("https://a.example/y")
    assert WEBHOOK.line("https://a.example/x") != WEBHOOK.line("https://b.example/x")


def test_the_twin_drips():
    with Twin(DRIPS) as twin:
        twin.go_on()
        assert WEBHOOK.send(message(to=twin.url), 5) == Handed()
