"""Receipts and answers: whose are taken, what they imply, and that nothing counts twice."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from tests.outreach.conftest import CASCADE, call_of

from renwang.base.models import Entry
from renwang.base.pure.ids import uuid7
from renwang.outreach.attempts import note_failed, note_sent, sendable
from renwang.outreach.coverage import coverage
from renwang.outreach.models import Attempt, Call, Reach
from renwang.outreach.rules import CallState, NoticeWithdrawn, Receipt, Taken
from renwang.outreach.services import (
    NotAskedOfYou,
    Slip,
    answer_call,
    climb_calls,
    count_notice,
    record_receipts,
    withdraw_notice,
)
from renwang.outreach.services.tallying import recount_notice


def later(now, seconds):
    return now + timedelta(seconds=seconds)


def attempt_of(call: Call, now, provider: str = "") -> Attempt:
    return Attempt.objects.create(
        id=uuid7(now),
        call=call,
        notice=call.notice,
        rung=call.rung,
        person_id=call.person_id,
        contact_id=call.contact_id,
        channel=call.channel,
        outcome=Attempt.Outcome.SENDING,
        provider_id=provider,
        begun_at=now,
    )


def sums_hold(notice) -> bool:
    """The sums kept with every change are those that counting anew gives."""
    kept = list(Reach.objects.filter(notice=notice).order_by("path").values())
    notice.refresh_from_db()
    recount_notice(notice)
    fresh = list(Reach.objects.filter(notice=notice).order_by("path").values())
    return [{**a, "id": 0} for a in kept] == [{**b, "id": 0} for b in fresh]


def test_a_stranger_may_not_answer_and_whoever_is_asked_may(start, cast, now):
    call = call_of(start(), cast.grid)
    with pytest.raises(NotAskedOfYou):
        answer_call(call.pk, Receipt.CARRIED, by=cast.viewer(cast.stranger), now=now)
    with pytest.raises(NotAskedOfYou):
        answer_call(call.pk, Receipt.CARRIED, by=cast.viewer(cast.head), now=now)
    answered = answer_call(call.pk, Receipt.CARRIED, by=cast.viewer(cast.worker), now=now)
    assert answered.state == CallState.CARRIED
    assert answered.answered_by == cast.worker.pk


def test_the_level_above_may_note_what_he_was_told_by_telephone(start, cast, now):
    call = call_of(start(), cast.group)
    answered = answer_call(
        call.pk, Receipt.CARRIED, by=cast.viewer(cast.worker), now=now, via="phone"
    )
    assert (answered.state, answered.answered_via) == (CallState.CARRIED, "phone")


def test_a_deputy_may_answer_before_he_is_asked(start, cast, now):
    call = call_of(start(), cast.community)
    assert call.person_id == cast.secretary.pk
    answer_call(call.pk, Receipt.UNDERSTOOD, by=cast.viewer(cast.deputy), now=now)


def test_nobody_is_let_carry_on_what_was_taken_back_but_an_earlier_answer_counts(start, cast, now):
    notice = start()
    withdraw_notice(notice, by=cast.officer, now=later(now, 60))
    call, by = call_of(notice, cast.grid), cast.viewer(cast.worker)
    with pytest.raises(NoticeWithdrawn):
        answer_call(call.pk, Receipt.CARRIED, by=by, now=later(now, 90))
    kept = answer_call(call.pk, Receipt.CARRIED, by=by, now=later(now, 90), at=later(now, 30))
    assert kept.carried_at == later(now, 30)
    assert kept.state == CallState.WITHDRAWN


def test_sent_is_never_counted_as_received(start, cast, now):
    notice = start()
    call = call_of(notice, cast.grid)
    note_sent(attempt_of(call, now), provider_id="p-1", at=now)
    call.refresh_from_db()
    assert (call.sent_at, call.delivered_at, call.read_at) == (now, None, None)
    sums = coverage(notice).sums
    assert (sums.sent, sums.delivered, sums.understood, sums.missing) == (1, 0, 0, 5)


@pytest.mark.parametrize("order", list(permutations(["delivered", "read", "carried"])))
def test_receipts_in_any_order_and_twice_count_once(start, cast, now, order):
    notice = start()
    call = call_of(notice, cast.contact_household)
    for word in (*order, *order):
        record_receipts([Slip(Receipt(word), now, "sms", call_id=call.pk)], by="node:t", now=now)
    sums = coverage(notice).sums
    assert (sums.delivered, sums.read, sums.understood, sums.carried) == (1, 1, 1, 1)
    assert (sums.covered, sums.households) == (12, 12)
    assert sums_hold(notice)


def test_a_batch_says_for_each_what_became_of_it(start, cast, now):
    notice = start()
    call = call_of(notice, cast.grid)
    attempt = attempt_of(call, now, provider="gw-17")
    slips = [
        Slip(Receipt.DELIVERED, now, "app", attempt_id=attempt.pk),
        Slip(Receipt.READ, now, "app", provider_id="gw-17"),
        Slip(Receipt.DELIVERED, now, "app", call_id=call.pk),
        Slip(Receipt.READ, now, "app", call_id=10**9),
        Slip(Receipt.READ, now, "app", attempt_id=uuid4()),
        Slip(Receipt.READ, now, "app", provider_id="nobody's"),
    ]
    taken = record_receipts(slips, by="node:t", now=now)
    recorded, repeated, unknown = Taken.RECORDED, Taken.REPEATED, Taken.UNKNOWN
    assert taken == [recorded, recorded, repeated, unknown, unknown, unknown]
    fact = Entry.objects.get(verb="outreach.receipts")
    assert [item[:2] for item in fact.facts["items"]] == [[call.pk, "delivered"], [call.pk, "read"]]


def test_an_answer_stops_the_ladder_and_the_message(start, cast, now):
    notice = start()
    call = call_of(notice, cast.community)
    answered = answer_call(call.pk, Receipt.UNDERSTOOD, by=cast.viewer(cast.secretary), now=now)
    assert answered.send_at is None
    assert answered.due_at == later(now, notice.carry_for)
    climb_calls(later(now, 599))
    assert call_of(notice, cast.community).rung == 0


def test_the_next_level_is_asked_when_a_post_has_carried_on(start, cast, now):
    notice = start(CASCADE)
    at = later(now, 30)
    call = call_of(notice, cast.street)
    answer_call(call.pk, Receipt.UNDERSTOOD, by=cast.viewer(cast.officer), now=now)
    assert call_of(notice, cast.community).state == CallState.WAITING
    answer_call(call.pk, Receipt.CARRIED, by=cast.viewer(cast.officer), now=at)
    below = call_of(notice, cast.community)
    assert (below.state, below.send_at, below.asked_at) == (CallState.ASKING, at, at)
    assert call_of(notice, cast.grid).state == CallState.WAITING


def test_households_told_are_never_more_than_there_are(start, cast, now):
    notice = start()
    call = call_of(notice, cast.contact_household)
    by = cast.viewer(cast.head)
    told = answer_call(call.pk, Receipt.CARRIED, by=by, now=now, households_told=40)
    assert told.covered == 12


def test_receipts_before_the_sums_exist_are_counted_with_them(start, cast, now):
    notice = start()
    Reach.objects.all().delete()
    type(notice).objects.update(is_counted=False)
    call = call_of(notice, cast.grid)
    record_receipts([Slip(Receipt.CARRIED, now, "app", call_id=call.pk)], by="node:t", now=now)
    assert count_notice(notice.pk)
    assert not count_notice(notice.pk)
    assert coverage(notice).sums.carried == 1


def test_a_failed_message_is_tried_again_later_and_then_the_ladder_goes_on(start, cast, now):
    notice = start()
    call = call_of(notice, cast.community)
    note_failed(attempt_of(call, now), trouble="busy", at=now, retry=True)
    call.refresh_from_db()
    assert call.send_at == later(now, 2)
    note_failed(attempt_of(call, now), trouble="no such number", at=later(now, 3), retry=False)
    call.refresh_from_db()
    assert call.send_at is None
    climb_calls(later(now, 3))
    call.refresh_from_db()
    assert (call.rung, call.channel) == (1, "sms")


def test_the_same_result_twice_changes_nothing(start, cast, now):
    call = call_of(start(), cast.grid)
    attempt = attempt_of(call, now)
    note_sent(attempt, provider_id="a", at=now)
    note_failed(attempt, trouble="late", at=now, retry=False)
    attempt.refresh_from_db()
    assert (attempt.outcome, attempt.provider_id) == ("sent", "a")


def test_a_late_result_of_an_earlier_rung_leaves_the_present_one_alone(start, cast, now):
    notice = start()
    attempt = attempt_of(call_of(notice, cast.community), now)
    climb_calls(later(now, 120))
    note_sent(attempt, provider_id="", at=later(now, 121))
    call = call_of(notice, cast.community)
    assert (call.rung, call.send_at) == (1, later(now, 120))
    assert call.sent_at == later(now, 121)


def test_a_later_message_waits_while_an_earlier_one_of_its_thread_goes_out(start, cast, now):
    first = start(thread="t")
    attempt = attempt_of(call_of(first, cast.grid), now)
    second = start(thread="t", sequence=2)
    waiting = set(sendable(now).values_list("path", flat=True))
    assert cast.grid.path not in waiting
    assert cast.street.path in waiting
    note_sent(attempt, provider_id="", at=now)
    assert call_of(second, cast.grid) in sendable(now)
