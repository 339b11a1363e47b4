"""Reports and replies find the message they belong to, or are left alone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.channels.conftest import channels, settle, sms

from renwang.base.models import Entry
from renwang.chain.models import Contact
from renwang.outreach.answering import (
    is_from_gateway,
    spellings,
    take_in_replies,
    take_in_reports,
)
from renwang.outreach.channels.port import reply_code
from renwang.outreach.channels.twin import Behaviour, Twin
from renwang.outreach.models import Attempt, Call
from renwang.outreach.sending import Sender, send_due
from renwang.outreach.services import climb_calls

NUMBER = "13900000001"


@pytest.fixture
def sent(place, now) -> Attempt:
    """One text message that the gateway took as `biz-1`."""
    place.settle([("sms", NUMBER), ("sms", "13900000002")])
    place.start()
    with Twin(Behaviour(body=b'{"BizId":"biz-1"}')) as twin:
        settle(Sender(channels(sms={**sms(twin), "id_field": "BizId"})), now)
    Attempt.objects.exclude(contact_id=Contact.objects.get(address=NUMBER).pk).update(
        provider_id="biz-2"
    )
    return Attempt.objects.get(provider_id="biz-1")


def call_of(attempt: Attempt) -> Call:
    return Call.objects.get(pk=attempt.call_id)


def reply(text: str, number: str = NUMBER) -> dict:
    return {"phone_number": number, "content": text}


@pytest.mark.parametrize(
    ("number", "text"),
    [("13911111111", "1"), (NUMBER, "1 ZZZZ"), (NUMBER, "谢谢"), ("", "1"), ("1", "1")],
)
def test_a_reply_that_fits_no_message_changes_nothing(sent, now, number, text):
    assert take_in_replies([reply(text, number)], now=now)[0] == 0
    assert not Call.objects.exclude(understood_at=None).exists()


def test_a_reply_never_answers_an_exercise(place, now):
    place.settle([("sms", NUMBER)])
    drill = uuid4()
    place.start(drill=drill)
    send_due(now, lambda: now, drill)
    assert take_in_replies([reply("1")], now=now) == (0, 1)


def test_a_reply_to_a_message_of_last_week_is_left_to_a_human_being(sent, now):
    assert take_in_replies([reply("1")], now=now + timedelta(days=7)) == (0, 1)


def test_without_a_secret_nobody_is_the_gateway():
    assert not is_from_gateway("")
    assert not is_from_gateway("guess")


@pytest.mark.parametrize(
    "number", [NUMBER, f"+86{NUMBER}", f"86{NUMBER}", f"0086{NUMBER}", "139-0000-0001"]
)
def test_one_is_understood_and_two_is_carried_on(sent, now, number):
    later = now + timedelta(minutes=1)
    assert take_in_replies([reply("1", number)], now=later) == (1, 0)
    assert (call_of(sent).understood_at, call_of(sent).answered_via) == (later, "sms")
    assert take_in_replies([reply(f"2 {reply_code(sent.pk)}", number)], now=later) == (1, 0)
    assert call_of(sent).carried_at == later
    assert Contact.objects.get(address=NUMBER).worked_at == later
    assert Call.objects.exclude(understood_at=None).count() == 1


def test_the_same_reply_twice_counts_once(sent, now):
    assert take_in_replies([reply("1")], now=now)[0] == 1
    assert take_in_replies([reply("1")], now=now)[0] == 0


def test_a_delivery_report_is_a_receipt_and_comes_twice_without_harm(sent, now):
    report = {"biz_id": "biz-1", "success": True}
    assert take_in_reports([report], now=now) == 1
    assert take_in_reports({"list": [report]}, now=now) == 0
    assert call_of(sent).delivered_at == now
    assert Call.objects.exclude(delivered_at=None).count() == 1


def test_a_message_that_the_gateway_lost_lets_the_ladder_go_on(sent, now):
    lost = {"out_id": str(sent.pk), "success": False, "err_code": "UNDELIVERABLE"}
    assert take_in_reports(lost, now=now) == 1
    assert Contact.objects.get(address=NUMBER).failed_at == now
    fact = Entry.objects.get(verb="outreach.messages_lost")
    assert fact.facts["items"] == [[sent.call_id, str(sent.pk), str(sent.contact_id)]]
    assert climb_calls(now) == 1
    assert call_of(sent).state == "silent"


def test_the_same_word_of_loss_twice_is_one_fact(sent, now):
    lost = {"out_id": str(sent.pk), "success": False, "err_code": "UNDELIVERABLE"}
    take_in_reports(lost, now=now)
    assert take_in_reports(lost, now=now) == 0
    assert Entry.objects.filter(verb="outreach.messages_lost").count() == 1


def test_a_late_word_of_loss_does_not_undo_an_answer(sent, now):
    take_in_replies([reply("1")], now=now)
    due = call_of(sent).due_at
    assert take_in_reports({"biz_id": "biz-1", "success": False}, now=now) == 0
    assert call_of(sent).due_at == due


def test_a_number_s_spellings_meet():
    assert spellings("+86 139 0000 0001", "86") & spellings("13900000001", "86")
    assert spellings("008613900000001", "86") & spellings("139-0000-0001", "86")
    assert not spellings("13900000001", "86") & spellings("13900000002", "86")
