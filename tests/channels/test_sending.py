"""The sending loop: what never goes out, what goes out once, and what delays nobody else."""

import json
from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from tests import make
from tests.channels.conftest import channels, settle, sms

from renwang.chain.routes import rebuild_routes
from renwang.outreach.channels.twin import HANGS, Behaviour
from renwang.outreach.circuits import FAILURES
from renwang.outreach.inward import deliver_inward
from renwang.outreach.lines import lines
from renwang.outreach.models import Attempt, Call, Delivered
from renwang.outreach.rules import TRIES
from renwang.outreach.sending import GRACE, LEASE, Sender, close_left_over, send_due
from renwang.outreach.services import climb_calls, withdraw_notice

NO = Behaviour(403)
SENT, FAILED, LATER, SENDING = (Attempt.Outcome(o) for o in ("sent", "failed", "later", "sending"))


def outcomes(contact) -> list[str]:
    return list(
        Attempt.objects.filter(contact_id=contact.pk)
        .order_by("begun_at", "id")
        .values_list("outcome", flat=True)
    )


def keys(twin) -> list[str]:
    return [one.headers["idempotency-key"] for one in twin.received]


# --- what never goes out ------------------------------------------------------


def test_an_exercise_never_meets_a_channel(place, twins, now):
    twin = twins()
    place.settle(
        [("webhook", twin.url), ("sms", "13900000001"), ("app", ""), ("email", "a@b.example")]
    )
    drill = uuid4()
    place.start(drill=drill)
    sender = Sender(channels(webhook={}, sms=sms(twin)))
    settle(sender, now)
    assert not Attempt.objects.exists()

    assert send_due(now, lambda: now, drill) == 4
    assert send_due(now, lambda: now, drill) == 0
    settle(sender, now)
    assert twin.received == []
    assert {one.channel for one in Delivered.objects.all()} == {"webhook", "sms", "app", "email"}
    assert all(one.title == "【演练】EXERCISE 暴雨橙色预警" for one in Delivered.objects.all())
    assert not Call.objects.filter(sent_at=None).exists()


def test_one_exercise_delivers_nothing_of_another_nor_of_real_life(place, now):
    place.settle([("app", "")])
    drill = uuid4()
    place.start(drill=drill)
    assert send_due(now, lambda: now) == 0
    assert send_due(now, lambda: now, uuid4()) == 0
    assert send_due(now, lambda: now, drill) == 1


def test_a_channel_that_the_node_lacks_lets_the_ladder_go_on_at_once(place, now):
    (contact,) = place.settle([("sms", "13900000001")])
    place.start()
    settle(Sender(channels()), now)
    attempt = Attempt.objects.get(contact_id=contact.pk)
    assert (attempt.outcome, attempt.trouble) == (FAILED, "not-configured")
    call = Call.objects.get()
    assert call.send_at is None and call.due_at == now
    assert climb_calls(now) == 1


def test_what_was_withdrawn_is_not_sent(place, twins, now):
    twin = twins()
    place.settle([("webhook", twin.url)])
    notice = place.start()
    withdraw_notice(notice, by="node:tests", now=now, reason="mistake")
    settle(Sender(channels(webhook={})), now)
    assert twin.received == []


def test_a_message_waits_until_it_is_due(place, twins, now):
    twin = twins()
    place.settle([("webhook", twin.url)])
    place.start()
    settle(Sender(channels(webhook={})), now - timedelta(seconds=1))
    assert twin.received == []


def test_a_contact_that_is_refused_is_not_tried_again(place, twins, now):
    twin = twins(NO)
    (contact,) = place.settle([("webhook", twin.url)])
    place.start()
    sender = Sender(channels(webhook={}))
    settle(sender, now)
    settle(sender, now + timedelta(minutes=5))
    contact.refresh_from_db()
    assert outcomes(contact) == [FAILED]
    assert contact.failed_at == now
    assert len(twin.received) == 1


# --- what goes out, once ------------------------------------------------------


def test_what_is_due_goes_out_and_is_written_down(place, twins, now):
    twin = twins(Behaviour(headers={"Message-Id": "m-1"}))
    hook, app = place.settle([("webhook", twin.url), ("app", "")])
    place.start()
    sender = Sender(channels(webhook={}))
    deliver_inward(now)
    settle(sender, now)
    settle(sender, now)
    attempt = Attempt.objects.get(contact_id=hook.pk)
    assert (attempt.outcome, attempt.provider_id, attempt.ended_at) == (SENT, "m-1", now)
    assert outcomes(app) == [SENT]
    assert keys(twin) == [str(attempt.pk)]
    said = json.loads(twin.received[0].body)
    assert (said["words"], said["note"]) == ("请立即转移到高处。", "先通知沿河三栋楼。")
    assert list(Call.objects.values_list("sent_at", "send_at", "claimed_until").distinct()) == [
        (now, None, None)
    ]


def test_the_attempt_stands_before_the_message_leaves(place, twins, now):
    twin = twins(HANGS)
    (contact,) = place.settle([("webhook", twin.url)])
    place.start()
    Sender(channels(webhook={})).step(now, lambda: now)
    assert twin.wait_for(1)
    assert outcomes(contact) == [SENDING]


def test_a_node_that_died_after_sending_sends_again_under_the_same_id(place, twins, now):
    twin = twins()
    (contact,) = place.settle([("webhook", twin.url)])
    place.start()
    Sender(channels(webhook={})).step(now, lambda: now)  # and dies before it reads the answer
    assert twin.wait_for(1)

    second = Sender(channels(webhook={}))
    settle(second, now + timedelta(seconds=30))
    assert len(twin.received) == 1  # its lease still runs
    settle(second, now + timedelta(seconds=20) + GRACE + LEASE)
    assert outcomes(contact) == [SENT]
    assert len(twin.received) == 2 and len(set(keys(twin))) == 1


def test_a_further_try_carries_the_id_of_the_first(place, twins, now):
    twin = twins()
    twin.behave(Behaviour(500), Behaviour(503))
    (contact,) = place.settle([("webhook", twin.url)])
    place.start()
    sender = Sender(channels(webhook={}))
    for seconds in (0, 10, 60):
        settle(sender, now + timedelta(seconds=seconds))
    assert outcomes(contact) == [LATER, LATER, SENT]
    first = Attempt.objects.order_by("begun_at").first()
    assert keys(twin) == [str(first.pk)] * 3


def test_tries_back_off_and_end_and_then_the_ladder_goes_on(place, twins, now):
    twin = twins(Behaviour(500))
    (contact,) = place.settle([("webhook", twin.url)])
    place.start()
    sender = Sender(channels(webhook={}))
    waits, at = [], now
    while (call := Call.objects.get()).send_at:
        waits.append(call.send_at - at)
        at = call.send_at
        settle(sender, at)
    assert outcomes(contact) == [LATER] * (TRIES - 1) + [FAILED]
    assert waits[1:] == sorted(waits[1:]) and waits[1] > timedelta(0)
    assert call.due_at == at
    assert climb_calls(at) == 1


def test_two_processes_never_send_one_message_twice(place, twins, now):
    twin = twins()
    place.settle([("webhook", f"{twin.url}/{n}") for n in range(6)])
    place.start()
    first, second = Sender(channels(webhook={})), Sender(channels(webhook={}))
    first.step(now, lambda: now)
    second.step(now, lambda: now)
    for sender in (first, second, first, second):
        settle(sender, now)
    assert len(keys(twin)) == len(set(keys(twin))) == 6


# --- in order -----------------------------------------------------------------


def test_a_later_message_waits_while_an_earlier_one_is_being_sent(place, twins, now):
    slow = twins(HANGS)
    (hook,) = place.settle([("webhook", slow.url)])
    person = hook.person
    place.start()
    sender = Sender(channels(webhook={}))
    sender.step(now, lambda: now)
    assert slow.wait_for(1)

    hook.delete()
    make.contact(person, "app")
    rebuild_routes()
    place.start(sequence=2, now=now)
    assert send_due(now, lambda: now) == 0
    slow.go_on()
    sender.wait(lambda: now, 20)
    assert send_due(now, lambda: now) == 1


def test_what_a_dead_node_left_under_way_for_an_ended_notice_is_closed(place, twins, now):
    twin = twins(HANGS)
    (contact,) = place.settle([("webhook", twin.url)])
    notice = place.start()
    Sender(channels(webhook={})).step(now, lambda: now)
    withdraw_notice(notice, by="node:tests", now=now, reason="mistake")
    assert close_left_over(now) == 0
    assert close_left_over(now + timedelta(hours=1)) == 1
    assert outcomes(contact) == [FAILED]


def test_a_sender_that_leaves_settles_what_is_on_its_way_and_frees_the_rest(place, twins, now):
    slow, answers = twins(), Event()
    slow.at("/", lambda _received: Behaviour() if answers.wait(60) else NO)
    texts = place.settle([("sms", f"1390000000{n}") for n in range(6)])
    place.start()
    gateway = channels(sms=sms(slow) | {"threads": 2})
    sender = Sender(gateway)
    sender.step(now, lambda: now)
    assert slow.wait_for(2)
    assert sender.busy == 4  # two on their way, two in the queue
    answers.set()
    sender.leave(lambda: now, 20)
    assert sender.busy == 0
    assert sorted(outcomes(text) for text in texts).count([SENT]) >= 2
    following = Sender(gateway)
    for _step in range(2):  # at the same moment: no lease has run out
        settle(following, now)
    assert [outcomes(text) for text in texts] == [[SENT]] * 6
    written = [one.body for one in slow.received]
    assert len(written) == len(set(written)) == 6  # nobody was written to twice


# --- what delays nobody else --------------------------------------------------


def times(contacts) -> list:
    ended = Attempt.objects.filter(contact_id__in=[c.pk for c in contacts])
    return sorted(ended.values_list("channel", "outcome", "begun_at", "ended_at"))


@pytest.mark.parametrize(
    "behaviour", [HANGS, Behaviour(500), Behaviour(body=b"x" * 9999, drips=True)]
)
def test_a_channel_that_hangs_or_fails_changes_nothing_for_another(place, twins, now, behaviour):
    sick, well = twins(behaviour), twins()
    hooks = place.settle([("webhook", f"{sick.url}/{n}") for n in range(12)])
    texts = place.settle([("sms", f"1390000000{n}") for n in range(4)])
    place.start()
    sender = Sender(channels(webhook={"timeout": 30}, sms=sms(well)))
    sender.step(now, lambda: now)
    assert well.wait_for(4)
    sender.wait(lambda: now, 10, ["sms"])
    assert times(texts) == [("sms", "sent", now, now)] * 4
    if behaviour is HANGS:
        assert "sending" in {o for hook in hooks for o in outcomes(hook)}
        a_minute_later = now + timedelta(seconds=60)
        sender.step(a_minute_later, lambda: a_minute_later)
        late = Attempt.objects.filter(channel="webhook").exclude(outcome=SENDING)
        assert {one.trouble for one in late} == {"timed-out"}


def test_one_dead_receiver_does_not_fill_the_lane_of_the_others(place, twins, now):
    dead, well = twins(HANGS), twins()
    place.settle([("webhook", f"{dead.url}/{n}") for n in range(20)])
    alive = place.settle([("webhook", well.url)])
    place.start()
    sender = Sender(channels(webhook={"threads": 4, "timeout": 30}))
    sender.step(now, lambda: now)
    assert well.wait_for(1) and dead.wait_for(1)
    assert len(dead.received) <= 2
    while outcomes(alive[0]) != [SENT]:
        assert sender.lanes["webhook"].busy == 3
        sender.step(now, lambda: now)


def test_a_line_that_keeps_failing_is_left_alone_and_tried_with_one_message(place, twins, now):
    twin = twins(Behaviour(500))
    place.settle([("sms", f"139000000{n:02}") for n in range(40)])
    place.start()
    sender = Sender(channels(sms=sms(twin)))
    settle(sender, now)
    begun = len(twin.received)
    assert FAILURES <= begun <= sender.lanes["sms"].size
    settle(sender, now)
    assert len(twin.received) == begun
    assert Attempt.objects.filter(trouble="resting").count() == 40 - begun
    (told,) = lines(["sms"])
    assert (told.works, told.is_resting, told.changed_at) == (False, True, now)
    rests_until = sender.circuits()["sms"].rests_until
    assert told.rests_until == rests_until
    twin.usual = Behaviour()
    settle(sender, rests_until)
    assert len(twin.received) == begun + 1
    settle(sender, rests_until)
    assert len(twin.received) > begun + 1
    assert [(one.name, one.works) for one in lines(["sms", "email"])] == [
        ("email", True),
        ("sms", True),
    ]


def test_an_invented_person_is_never_written_to_outside_even_in_real_life(place, twins, now):
    twin = twins()
    place.settle([("sms", "13900000001"), ("sms", "13900000002")])
    invented = place.contacts[0].person
    invented.invented = True
    invented.save()
    place.start()
    settle(Sender(channels(sms=sms(twin))), now)
    assert len(twin.received) == 1
    assert b"13900000002" in twin.received[0].body
    attempt = Attempt.objects.get(person_id=invented.pk)
    assert (attempt.outcome, attempt.trouble) == (FAILED, "drill")


def test_a_claim_from_before_the_clock_was_put_back_holds_no_message_back(place, now):
    place.settle([("app", "a")])
    place.start()
    Call.objects.update(claimed_until=now + timedelta(hours=1))
    assert send_due(now, lambda: now) == 1
