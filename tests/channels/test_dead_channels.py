"""One channel hangs or dies: when the others deliver is exactly what it would have been without it.

The same messages go out twice, over the same two minutes of passed-in time: once with every other
side well, once with some of them sick. Nobody sleeps; a twin that hangs does so until the end.
"""

import socket
from datetime import timedelta

import pytest
from tests.channels.conftest import Place, channels, sms

from renwang.outreach.channels.configuring import Channels, make_channels
from renwang.outreach.channels.email import MailServer
from renwang.outreach.channels.twin import GARBAGE, HANGS, Behaviour, Twin
from renwang.outreach.inward import deliver_inward
from renwang.outreach.models import Attempt, Call
from renwang.outreach.sending import Sender

STEPS = range(0, 125, 5)  # seconds
EACH = 6


@pytest.fixture
def nobody() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def begin(now, hook: str) -> tuple[Place, dict[str, list]]:
    place = Place(now)
    contacts = {
        "app": place.settle([("app", "")] * EACH),
        "sms": place.settle([("sms", f"1390000{n:04}") for n in range(EACH)]),
        "webhook": place.settle([("webhook", f"{hook}/{n}") for n in range(EACH)]),
        "email": place.settle([("email", f"a{n}@example.org") for n in range(EACH)]),
    }
    place.start()
    return place, contacts


def play(now, sending: Channels, hook: str, *, awaited: list[str]) -> dict[str, list]:
    """Let two minutes pass; say when each contact was served, by kind, in seconds from the start."""
    _, contacts = begin(now, hook)
    sender = Sender(sending)
    for second in STEPS:
        at = now + timedelta(seconds=second)
        deliver_inward(at)
        sender.step(at, lambda at=at: at)
        sender.wait(lambda at=at: at, 20, awaited)
    served = {}
    for kind, some in contacts.items():
        attempts = Attempt.objects.filter(contact_id__in=[one.pk for one in some])
        served[kind] = sorted(
            (one.outcome, (one.begun_at - now).seconds, (one.ended_at - now).seconds)
            for one in attempts.exclude(ended_at=None)
        )
    Call.objects.all().delete()
    return served


@pytest.fixture
def well(db, now, twins) -> dict[str, list]:
    """What two minutes look like when every other side answers."""
    hook, gateway = twins(), twins()
    sending = channels(webhook={"threads": 2}, sms=sms(gateway))
    return play(now, sending, hook.url, awaited=["webhook", "sms"])


SENT_AT_ONCE = [("sent", 0, 0)] * EACH


def test_when_all_are_well_all_are_served_at_once(well):
    assert well["app"] == SENT_AT_ONCE
    assert [outcome for outcome, _, _ in well["sms"]] == ["sent"] * EACH


@pytest.mark.parametrize("behaviour", [HANGS, Behaviour(500), GARBAGE, Behaviour(302)])
def test_a_sick_channel_moves_no_delivery_of_another(well, now, twins, behaviour):
    sick, gateway = twins(behaviour), twins()
    sending = channels(webhook={"threads": 2, "timeout": 60}, sms=sms(gateway))
    seen = play(now, sending, sick.url, awaited=["sms"])
    assert seen["app"] == well["app"]
    assert seen["sms"] == well["sms"]
    assert len(gateway.received) == EACH
    assert not [one for one in seen["webhook"] if one[0] == "sent"]


def test_with_every_channel_dead_the_node_itself_delivers_as_ever(well, now, nobody):
    dead = Twin()
    with dead:
        gateway = {**sms(dead), "url": f"{nobody}/sms"}
    sending = make_channels(
        {"webhook": {"threads": 2}, "sms": gateway, "email": {}},
        mail=MailServer("127.0.0.1", int(nobody.rpartition(":")[2]), "node@example.org"),
        private=True,
    )
    seen = play(now, sending, nobody, awaited=["webhook", "sms", "email"])
    assert seen["app"] == well["app"]
    for kind in ("sms", "webhook", "email"):
        assert "sent" not in {outcome for outcome, _, _ in seen[kind]}
        assert seen[kind]  # each was tried, and what went wrong stands there
