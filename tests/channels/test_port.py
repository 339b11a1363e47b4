"""No exercise ever leaves the node, whichever channel it meets."""

import pytest
from django.utils.translation import override
from tests.channels.messages import clock, message

from renwang.outreach.channels.email import Email, MailServer
from renwang.outreach.channels.port import Handed, Outward, Refused, Trouble
from renwang.outreach.channels.robots import MAKES, Robot
from renwang.outreach.channels.sms import Sms, SmsGateway
from renwang.outreach.channels.twin import Twin
from renwang.outreach.channels.webhook import Webhook
from renwang.outreach.channels.words import SENTENCES, say_trouble


def every_outward_channel(url: str) -> list[tuple[Outward, str]]:
    host, port = url.removeprefix("http://").split(":")
    gateway = SmsGateway(url=url, fields={"to": "{to}", "text": "{text}"})
    return [
        (Webhook(secret="s", private=True, clock=clock), url),
        (Sms(gateway, clock=clock), "13900000001"),
        (Email(MailServer(host, int(port), "node@example.org")), "a@example.org"),
        *((Robot(kind, base=url), "abcdef123456") for kind in MAKES),
    ]


def outward_classes(of: type = Outward) -> set[type]:
    return {one for sub in of.__subclasses__() for one in ({sub} | outward_classes(sub))}


def test_an_exercise_is_refused_by_every_channel_and_nothing_is_sent():
    with Twin() as twin:
        for channel, to in every_outward_channel(twin.url):
            with pytest.raises(Refused) as refused:
                channel.send(message(to=to, kind=channel.kind, drill=True), 5)
            assert refused.value.trouble is Trouble.DRILL
        assert twin.received == []


def test_every_channel_that_leaves_the_node_is_among_those_tested():
    shipped = {one for one in outward_classes() if one.__module__.startswith("renwang.")}
    assert shipped == {type(channel) for channel, _ in every_outward_channel("http://127.0.0.1:1")}


def test_a_channel_that_would_go_round_the_guard_cannot_be_written():
    with pytest.raises(TypeError, match="hand_over"):

        class _Leak(Outward):
            def send(self, outgoing, timeout):
                return Handed()


def test_the_exercise_mark_stands_first_in_both_languages():
    assert message(drill=True).heading == "【演练】EXERCISE 暴雨红色预警"
    assert message().heading == "暴雨红色预警"


def test_the_reply_code_is_the_same_for_the_same_message_and_readable():
    assert message().code == message(words="…").code
    assert len(message().code) == 4
    assert not set(message().code) & set("01OIL")


def test_every_trouble_has_a_sentence():
    assert set(SENTENCES) == set(Trouble)
    with override("en"):
        assert say_trouble("turned-away: 403").endswith("(403)")
    assert say_trouble("something a gateway said") == "something a gateway said"
