"""Robots of WeCom, DingTalk and Feishu, with their makers' addresses led to a twin on this machine."""

import json

import pytest
from tests.channels.messages import WORDS, message

from renwang.outreach.channels.port import Handed, Refused, Trouble, Unreachable
from renwang.outreach.channels.robots import MAKES, Robot, read_address
from renwang.outreach.channels.twin import GARBAGE, HANGS, Behaviour, Twin

KEY = "abcdef123456"
YES = {
    "wecom": b'{"errcode":0,"errmsg":"ok"}',
    "dingtalk": b'{"errcode":0}',
    "feishu": b'{"code":0,"data":{}}',
}


def said(received) -> str:
    content = json.loads(received.body)
    return (content.get("text") or content["content"]).get("content") or content["content"]["text"]


def failure(kind: str, behaviour: Behaviour, to: str = KEY, timeout: float = 5):
    with Twin(behaviour) as twin, pytest.raises((Refused, Unreachable)) as failed:
        Robot(kind, base=twin.url).send(message(to=to, kind=kind), timeout)
    return failed.value


@pytest.mark.parametrize("kind", MAKES)
@pytest.mark.parametrize("to", ["", "@", "key with blanks", "https://x.example/?key="])
def test_what_is_no_robot_s_key_is_refused(kind, to):
    assert failure(kind, Behaviour(body=YES[kind]), to).trouble is Trouble.BAD_ADDRESS


@pytest.mark.parametrize(
    ("kind", "behaviour", "type_", "trouble"),
    [
        (
            "wecom",
            Behaviour(body=b'{"errcode":93000,"errmsg":"invalid webhook url"}'),
            Refused,
            Trouble.TURNED_AWAY,
        ),
        ("wecom", Behaviour(body=b'{"errcode":45009}'), Unreachable, Trouble.BUSY),
        ("dingtalk", Behaviour(body=b'{"errcode":310000}'), Refused, Trouble.TURNED_AWAY),
        ("dingtalk", Behaviour(body=b"{}"), Unreachable, Trouble.BAD_ANSWER),
        ("feishu", Behaviour(body=b'{"code":19001}'), Refused, Trouble.TURNED_AWAY),
        ("feishu", Behaviour(400, body=b'{"code":11232}'), Unreachable, Trouble.BUSY),
        ("feishu", Behaviour(502), Unreachable, Trouble.BUSY),
        ("wecom", Behaviour(302, {"Location": "/x"}), Refused, Trouble.REDIRECTED),
        ("wecom", GARBAGE, Unreachable, Trouble.BROKEN_OFF),
    ],
)
def test_a_no_with_status_200_is_a_no(kind, behaviour, type_, trouble):
    failed = failure(kind, behaviour)
    assert (type(failed), failed.trouble) == (type_, trouble)


def test_a_robot_that_says_nothing_ends_in_time():
    failed = failure("wecom", HANGS, timeout=0.2)
    assert (failed.trouble, failed.maybe_handed) == (Trouble.TIMED_OUT, True)


def test_nobody_at_home_was_handed_nothing():
    with Twin() as twin:
        gone = twin.url
    with pytest.raises(Unreachable) as failed:
        Robot("wecom", base=gone).send(message(to=KEY), 2)
    assert (failed.value.trouble, failed.value.maybe_handed) == (Trouble.NO_CONNECTION, False)


@pytest.mark.parametrize("kind", MAKES)
def test_the_words_are_said_whole(kind):
    with Twin(Behaviour(body=YES[kind])) as twin:
        assert Robot(kind, base=twin.url).send(message(to=KEY, kind=kind), 5) == Handed()
    (received,) = twin.received
    assert KEY in received.path
    text = said(received)
    assert text.startswith("暴雨红色预警") and WORDS in text and message().note in text


def test_long_words_are_said_in_pieces_that_the_maker_takes():
    words = "".join(f"第{number:04d}句。" for number in range(300))
    with Twin(Behaviour(body=YES["wecom"])) as twin:
        Robot("wecom", base=twin.url).send(message(to=KEY, words=words), 5)
    pieces = [said(one) for one in twin.received]
    assert len(pieces) > 1
    assert all(len(piece.encode()) <= 2048 for piece in pieces)
    assert words in "".join(pieces)


def test_a_signing_secret_signs():
    with Twin(Behaviour(body=YES["dingtalk"])) as twin:
        Robot("dingtalk", base=twin.url).send(message(to=f"SECabc@{KEY}"), 5)
    assert "sign=" in twin.received[0].path and "SECabc" not in twin.received[0].path


@pytest.mark.parametrize(
    ("address", "key", "secret"),
    [
        ("k-1", "k-1", ""),
        ("s@k1", "k1", "s"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-1", "k-1", ""),
        ("https://oapi.dingtalk.com/robot/send?access_token=k1", "k1", ""),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/k-1", "k-1", ""),
    ],
)
def test_addresses_as_people_copy_them(address, key, secret):
    assert read_address(address) == (key, secret)
