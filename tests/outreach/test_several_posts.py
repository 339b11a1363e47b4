"""Somebody on several posts is called once, and his answer counts for each of them."""

from datetime import timedelta

import pytest
from tests import make
from tests.channels.conftest import channels, settle
from tests.outreach.conftest import CASCADE, TOGETHER, call_of
from tests.outreach.test_receipts import sums_hold

from renwang.base.pure.ids import uuid7
from renwang.chain.models import Contact, Holding
from renwang.outreach.channels.twin import Behaviour, Twin
from renwang.outreach.coverage import coverage
from renwang.outreach.inward import deliver_inward
from renwang.outreach.models import Attempt, Call, Delivered
from renwang.outreach.rules import CallState, Receipt
from renwang.outreach.sending import Sender
from renwang.outreach.services import answer_call, climb_calls


@pytest.fixture
def both(cast, now):
    """The grid worker is building leader as well."""
    Holding.objects.filter(post=cast.group_post).update(person=cast.worker)
    return cast


def later(now, seconds):
    return now + timedelta(seconds=seconds)


def calls(notice, cast):
    return call_of(notice, cast.grid), call_of(notice, cast.group)


def test_one_message_speaks_for_both(start, both, now):
    notice = start(TOGETHER)
    deliver_inward(now)
    assert Attempt.objects.filter(person_id=both.worker.pk).count() == 1
    assert Delivered.objects.filter(person_id=both.worker.pk).count() == 1
    first, second = calls(notice, both)
    assert first.sent_at == second.sent_at == now
    assert first.send_at is None and second.send_at is None
    attempt = Attempt.objects.get(person_id=both.worker.pk)
    assert {attempt.call_id, int(attempt.also)} == {first.pk, second.pk}
    assert sums_hold(notice)


def test_one_answer_counts_for_each(start, both, now):
    notice = start(TOGETHER)
    deliver_inward(now)
    answer_call(
        calls(notice, both)[0].pk, Receipt.CARRIED, by=both.viewer(both.worker), now=later(now, 30)
    )
    assert {one.state for one in calls(notice, both)} == {CallState.CARRIED}
    assert coverage(notice).sums.carried == 2
    assert sums_hold(notice)


def test_a_number_of_households_belongs_to_the_post_it_was_given_for(start, both, now):
    notice = start(TOGETHER)
    first, _ = calls(notice, both)
    by = both.viewer(both.worker)
    answer_call(first.pk, Receipt.CARRIED, by=by, now=now, households_told=0)
    first, second = calls(notice, both)
    assert (first.state, second.state) == (CallState.CARRIED, CallState.ASKING)
    assert second.understood_at == now


def test_what_somebody_else_says_for_one_post_is_not_said_for_the_other(start, both, now):
    notice = start(TOGETHER)
    first, _ = calls(notice, both)
    answer_call(first.pk, Receipt.UNDERSTOOD, by=both.viewer(both.officer), now=now)
    first, second = calls(notice, both)
    assert (first.understood_at, second.understood_at) == (now, None)


def test_a_post_whose_turn_has_not_come_is_answered_as_well(start, both, now):
    notice = start(CASCADE)
    for place in (both.street, both.community):
        call = call_of(notice, place)
        by = both.viewer(both.officer)
        answer_call(call.pk, Receipt.CARRIED, by=by, now=now)
    first, second = calls(notice, both)
    assert (first.state, second.state) == (CallState.ASKING, CallState.WAITING)
    answer_call(first.pk, Receipt.CARRIED, by=both.viewer(both.worker), now=later(now, 60))
    assert {one.state for one in calls(notice, both)} == {CallState.CARRIED}
    assert call_of(notice, both.contact_household).state == CallState.ASKING
    assert sums_hold(notice)


def test_if_one_post_is_answered_for_before_the_message_goes_out_it_goes_for_the_other(
    start, both, now
):
    notice = start(TOGETHER)
    first, second = calls(notice, both)
    answer_call(first.pk, Receipt.CARRIED, by=both.viewer(both.officer), now=now)
    deliver_inward(now)
    attempt = Attempt.objects.get(person_id=both.worker.pk)
    assert (attempt.call_id, attempt.also) == (second.pk, "")


def test_the_ladders_of_both_go_on_together(start, both, now):
    make.contact(both.worker, "app", "second", 1)
    start(TOGETHER)
    for seconds in (0, 120):
        climb_calls(later(now, seconds))
        deliver_inward(later(now, seconds))
    assert Attempt.objects.filter(person_id=both.worker.pk).count() == 2


def test_who_comes_to_two_posts_as_a_deputy_is_called_once_too(start, cast, now):
    for post in (cast.grid_post, cast.group_post):
        Holding.objects.create(
            id=uuid7(now), post=post, person=cast.secretary, rank=1, from_on=make.SINCE
        )
    make.contact(cast.leader, "app", "l")
    Contact.objects.filter(person=cast.leader, kind="phone").delete()
    start(TOGETHER)
    deliver_inward(now)
    climb_calls(later(now, 120))
    deliver_inward(later(now, 120))
    again = Attempt.objects.filter(
        person_id=cast.secretary.pk, begun_at=later(now, 120), channel="app"
    )
    assert again.count() == 1
    assert again.get().also


def test_the_message_names_all_his_posts(start, both, now):
    with Twin(Behaviour()) as twin:
        Contact.objects.filter(person=both.worker).update(kind="webhook", address=twin.url)
        notice = start(TOGETHER)
        settle(Sender(channels(webhook={})), now)
        assert len(twin.received) == 1
        body = twin.received[0].body.decode()
    assert "第一网格 网格员" in body and "1号楼 楼栋长" in body
    first, second = calls(notice, both)
    assert first.sent_at is not None and second.sent_at is not None
    assert not Call.objects.filter(send_at__isnull=False, person_id=both.worker.pk).exists()
    assert sums_hold(notice)


def test_where_the_message_is_refused_both_ladders_go_on_at_once(start, both, now):
    with Twin(Behaviour(403)) as twin:
        Contact.objects.filter(person=both.worker).update(kind="webhook", address=twin.url)
        notice = start(TOGETHER)
        settle(Sender(channels(webhook={})), now)
    climb_calls(later(now, 1))
    assert {one.state for one in calls(notice, both)} == {CallState.SILENT}
