"""Delivery reports and people's replies, as gateways send them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.channels.messages import NOW

from renwang.outreach.channels.sms_inbound import (
    ANSWERS,
    Fields,
    read_answer,
    receipts_from,
    replies_from,
)
from renwang.outreach.rules import Receipt

ZONE = ZoneInfo("Asia/Shanghai")
MESSAGE_ID = "0190b2c4-3a00-7000-8000-000000000001"


@pytest.mark.parametrize(
    "text", ["", "3", "12", "?", "谢谢", "收到了吗", "1 2 3", "yes or no", "我不明白", "21 万"]
)
def test_what_is_no_answer_is_left_to_a_human_being(text):
    assert read_answer(text) is None


@pytest.mark.parametrize(
    ("text", "receipt", "code"),
    [
        ("1", Receipt.UNDERSTOOD, ""),
        (" 1。", Receipt.UNDERSTOOD, ""),
        ("１", Receipt.UNDERSTOOD, ""),
        ("收到", Receipt.UNDERSTOOD, ""),
        ("收到！", Receipt.UNDERSTOOD, ""),
        ("Yes", Receipt.UNDERSTOOD, ""),
        ("1 K7QM", Receipt.UNDERSTOOD, "K7QM"),
        ("1k7qm", Receipt.UNDERSTOOD, "K7QM"),
        ("收到 k7qm.", Receipt.UNDERSTOOD, "K7QM"),
        ("2", Receipt.CARRIED, ""),
        ("2,K7QM", Receipt.CARRIED, "K7QM"),
        ("已传达", Receipt.CARRIED, ""),
        ("DONE", Receipt.CARRIED, ""),
    ],
)
def test_known_answers(text, receipt, code):
    assert read_answer(text) == (receipt, code)


@given(
    st.sampled_from([(word, receipt) for receipt, words in ANSWERS.items() for word in words]),
    st.text("23456789ABCDEFGHJKMNPQRSTUVWXYZ", min_size=4, max_size=4),
    st.sampled_from([" ", ",", "，", "。", ": "]),
)
def test_every_word_works_with_every_code(known, code, gap):
    word, receipt = known
    assert read_answer(f"{word.upper()}{gap}{code}") == (receipt, code)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text):
    assert read_answer(text) is None or read_answer(text)[0] in ANSWERS


@pytest.mark.parametrize(
    "payload", [None, 7, "x", [], {}, [None, 1, "a"], [{"success": True}], {"a": [1], "b": []}]
)
def test_payloads_without_a_report_give_none(payload):
    assert receipts_from(payload, zone=ZONE, now=NOW) == ()
    assert replies_from(payload, zone=ZONE, now=NOW) == ()


def test_reports_in_aliyun_s_words():
    delivered, lost = receipts_from(
        [
            {
                "biz_id": "9^0",
                "out_id": MESSAGE_ID,
                "success": True,
                "report_time": "2026-07-15 09:29:00",
            },
            {
                "biz_id": "8^0",
                "out_id": "x",
                "success": False,
                "err_code": "UNDELIVERABLE",
                "report_time": "soon",
            },
        ],
        zone=ZONE,
        now=NOW,
    )
    assert (delivered.provider_id, delivered.message_id) == ("9^0", UUID(MESSAGE_ID))
    assert (delivered.is_delivered, delivered.trouble) == (True, "")
    assert delivered.at == datetime(2026, 7, 15, 1, 29, tzinfo=UTC)
    assert (lost.is_delivered, lost.trouble, lost.at, lost.message_id) == (
        False,
        "UNDELIVERABLE",
        NOW,
        None,
    )


def test_a_clock_that_runs_ahead_is_not_believed():
    later = (NOW + timedelta(days=1)).isoformat()
    (report,) = receipts_from(
        {"biz_id": "9", "success": "true", "report_time": later}, zone=ZONE, now=NOW
    )
    assert report.at == NOW


def test_another_gateway_s_names():
    fields = Fields(
        provider_id="sid", delivered="status", delivered_values=("delivered",), trouble="code"
    )
    rows = {
        "reports": [
            {"sid": "a", "status": "Delivered"},
            {"sid": "b", "status": "failed", "code": 30003},
        ]
    }
    first, second = receipts_from(rows, fields=fields, zone=ZONE, now=NOW)
    assert first.is_delivered and not second.is_delivered and second.trouble == "30003"


def test_replies_of_people():
    rows = [
        {"phone_number": "13900000001", "content": "1 K7QM", "send_time": "2026-07-15 09:20:00"},
        {"phone_number": "13900000001", "content": "路上有水吗"},
        {"phone_number": "", "content": "1"},
    ]
    (reply,) = replies_from(rows, zone=ZONE, now=NOW)
    assert (reply.number, reply.receipt, reply.code) == ("13900000001", Receipt.UNDERSTOOD, "K7QM")
    assert reply.at == datetime(2026, 7, 15, 1, 20, tzinfo=UTC)
