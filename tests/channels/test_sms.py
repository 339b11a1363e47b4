"""The text message gateway against a real server, and Aliyun's signature against its published example."""

import hashlib
import hmac
import json
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from tests.channels.messages import NOW, WORDS, clock, message

from renwang.outreach.channels.port import Handed, Refused, Trouble, Unreachable
from renwang.outreach.channels.sms import (
    Signature,
    Sms,
    SmsGateway,
    Style,
    choose_text,
    sign_aliyun,
)
from renwang.outreach.channels.sms_text import measure
from renwang.outreach.channels.twin import GARBAGE, HANGS, Behaviour, Twin

YES = Behaviour(body=b'{"Code":"OK","BizId":"900619746936498440^0"}')


def gateway(url: str, **changes) -> SmsGateway:
    described = {
        "url": url,
        "fields": {
            "PhoneNumbers": "{to}",
            "OutId": "{id}",
            "TemplateParam": {"title": "{title}", "text": "{text}"},
        },
        "yes_field": "Code",
        "yes_values": ("OK",),
        "busy_values": ("isv.BUSINESS_LIMIT_CONTROL",),
        "id_field": "BizId",
    }
    return SmsGateway(**{**described, **changes})


def send(twin: Twin, timeout=5, to="139 0000-0001", words=None, **changes) -> Handed:
    with closing(Sms(gateway(twin.url, **changes), clock=clock, nonce=lambda: "once")) as channel:
        return channel.send(message(kind="sms", to=to, **(words or {})), timeout)


@pytest.mark.parametrize("to", ["", "door 3", "12", "1390000000a", "+", "+86139000000011111"])
def test_what_is_no_number_is_refused_before_anything_is_sent(to):
    with Twin(YES) as twin:
        with pytest.raises(Refused) as refused:
            send(twin, to=to)
        assert refused.value.trouble is Trouble.BAD_ADDRESS
        assert twin.received == []


@pytest.mark.parametrize(
    ("behaviour", "kind", "trouble", "detail"),
    [
        (Behaviour(body=b'{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}'), Refused, Trouble.TURNED_AWAY, "isv.MOBILE_NUMBER_ILLEGAL"),
        (Behaviour(body=b'{"Code":"isv.BUSINESS_LIMIT_CONTROL"}'), Unreachable, Trouble.BUSY, "isv.BUSINESS_LIMIT_CONTROL"),
        (Behaviour(body=b"<html>"), Unreachable, Trouble.BAD_ANSWER, ""),
        (Behaviour(body=b"[]"), Refused, Trouble.TURNED_AWAY, "None"),
        (Behaviour(500), Unreachable, Trouble.BAD_ANSWER, "500"),
        (Behaviour(401), Refused, Trouble.TURNED_AWAY, "401"),
        (GARBAGE, Unreachable, Trouble.BROKEN_OFF, ""),
        (HANGS, Unreachable, Trouble.TIMED_OUT, ""),
    ],
)  # fmt: skip
def test_how_a_gateway_s_no_is_told_apart(behaviour, kind, trouble, detail):
    with Twin(behaviour) as twin, pytest.raises((Refused, Unreachable)) as failed:
        send(twin, timeout=0.3)
    assert (type(failed.value), failed.value.trouble, failed.value.detail) == (
        kind,
        trouble,
        detail,
    )


def test_a_form_request_carries_the_whole_message():
    with Twin(YES) as twin:
        assert send(twin) == Handed("900619746936498440^0")
    sent = parse_qs(twin.received[0].body.decode())
    assert sent["PhoneNumbers"] == ["13900000001"]
    assert sent["OutId"] == [str(message().id)]
    inner = json.loads(sent["TemplateParam"][0])
    assert inner["title"] == "暴雨红色预警" and WORDS in inner["text"]


def test_braces_in_the_words_stay_what_they_are():
    with Twin(YES) as twin:
        send(twin, words={"words": "{to} {id}"}, fields={"t": "{text}"}, style=Style.JSON)
    assert "{to} {id}" in json.loads(twin.received[0].body)["t"]


def test_a_plain_signature_covers_the_body():
    with Twin(YES) as twin:
        send(twin, style=Style.JSON, signature=Signature.HMAC, key="k", secret="s")
    got = twin.received[0]
    signed = got.headers["renwang-timestamp"].encode() + b"." + got.body
    assert got.headers["renwang-signature"] == hmac.new(b"s", signed, hashlib.sha256).hexdigest()
    assert b'"s"' not in got.body


def test_aliyun_requests_are_signed_and_keep_the_secret():
    with Twin(YES) as twin:
        send(twin, signature=Signature.ALIYUN, key="testId", secret="testSecret")
    sent = {name: value[0] for name, value in parse_qs(twin.received[0].body.decode()).items()}
    assert (
        sent["Timestamp"] == NOW.strftime("%Y-%m-%dT%H:%M:%SZ") and sent["SignatureNonce"] == "once"
    )
    assert "testSecret" not in str(sent)
    signature = sent.pop("Signature")
    own = {name: sent[name] for name in ("PhoneNumbers", "OutId", "TemplateParam", "Format")}
    assert (
        sign_aliyun("POST", own, "testId", "testSecret", now=NOW, nonce="once")["Signature"]
        == signature
    )


def test_aliyun_s_published_example():
    fields = {
        "Action": "SendSms",
        "Format": "XML",
        "OutId": "123",
        "PhoneNumbers": "15300000001",
        "RegionId": "cn-hangzhou",
        "SignName": "阿里云短信测试专用",
        "TemplateCode": "SMS_71390007",
        "TemplateParam": '{"customer":"test"}',
        "Version": "2017-05-25",
    }
    moment = datetime(2017, 7, 12, 2, 42, 19, tzinfo=UTC)
    nonce = "45e25e9b-0a6f-4070-8c85-2956eda1b466"
    signed = sign_aliyun("GET", fields, "testId", "testSecret", now=moment, nonce=nonce)
    assert signed["Signature"] == "zJDF+Lrzhj/ThnlvIToysFRq6t4="


def test_words_that_are_too_long_are_never_cut():
    long = message(words=WORDS * 20)
    with pytest.raises(Refused) as refused:
        choose_text(message(words=WORDS * 20, link=""), parts=3, replies=True)
    assert refused.value.trouble is Trouble.TOO_LONG
    short = choose_text(long, parts=3, replies=True)
    assert long.link in short and WORDS[:10] not in short and long.code in short
    assert measure(short).parts <= 3
    assert long.words in choose_text(long, parts=60, replies=False)


def test_a_drill_s_mark_counts_too():
    assert choose_text(message(drill=True), parts=10, replies=False).startswith("【演练】EXERCISE ")
