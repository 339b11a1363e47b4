"""Delivery on the node itself, by the thousand, leaves the same traces as one by one."""

from datetime import timedelta

import pytest

from renwang.base.pure.ids import moment_of
from renwang.outreach.attempts import note_sent
from renwang.outreach.inward import deliver_inward
from renwang.outreach.models import Attempt, Call, Delivered, Notice, Reach
from renwang.outreach.services import climb_calls, count_notice

CALL = ("path", "sent_at", "send_at", "claimed_until", "due_at", "tries", "state")
ATTEMPT = ("channel", "rung", "person_id", "contact_id", "outcome", "begun_at", "ended_at")
SUMS = ("path", "posts", "sent", "delivered", "silent")


def traces(notice: Notice) -> tuple:
    return (
        sorted(Call.objects.filter(notice=notice).values_list(*CALL), key=str),
        sorted(Attempt.objects.filter(notice=notice).values_list(*ATTEMPT), key=str),
        sorted(Reach.objects.filter(notice=notice).values_list(*SUMS)),
    )


def test_what_leaves_the_node_is_not_delivered_here(place, now):
    place.settle(
        [("webhook", "https://x.example"), ("sms", "13900000001"), ("phone", "13900000002")]
    )
    place.start()
    assert deliver_inward(now) == 0


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_many_at_once_leave_what_one_by_one_would(place, now, batch):
    place.settle([("app", "")] * 5)
    later = now + timedelta(seconds=30)
    count_notice((first := place.start()).pk)
    for call in Call.objects.filter(notice=first):
        attempt = Attempt.objects.create(
            id=call.post_id,
            call=call,
            notice=first,
            rung=call.rung,
            person_id=call.person_id,
            contact_id=call.contact_id,
            channel=call.channel,
            outcome="sending",
            begun_at=later,
        )
        note_sent(attempt, provider_id="", at=later)
    one_by_one = traces(first)
    Notice.objects.filter(pk=first.pk).update(state="finished")

    count_notice((second := place.start()).pk)
    assert deliver_inward(later, batch=batch) == 5
    assert traces(second) == one_by_one


def test_the_inbox_holds_the_very_words_once(place, now):
    place.settle([("app", "")] * 3)
    notice = place.start()
    assert (deliver_inward(now), deliver_inward(now)) == (3, 0)
    inbox = list(Delivered.objects.all())
    assert {(one.title, one.words, one.note) for one in inbox} == {
        (notice.title, notice.words, notice.note)
    }
    assert {one.attempt_id for one in inbox} == set(Attempt.objects.values_list("pk", flat=True))
    assert len({one.person_id for one in inbox}) == 3


def test_an_attempt_s_id_is_a_uuid_of_its_moment(place, now):
    place.settle([("app", "")] * 20)
    place.start()
    deliver_inward(now)
    ids = list(Attempt.objects.values_list("pk", flat=True))
    assert len(set(ids)) == 20
    assert {one.version for one in ids} == {7}
    assert {one.variant for one in ids} == {"specified in RFC 4122"}
    assert {moment_of(one) for one in ids} == {now}


def test_whoever_has_read_but_not_answered_is_asked_on_the_next_rung(place, now):
    place.settle([("app", "")])
    place.start()
    deliver_inward(now)
    due = Call.objects.get().due_at
    assert climb_calls(due - timedelta(seconds=1)) == 0
    assert climb_calls(due) == 1
