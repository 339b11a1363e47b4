"""The auditor finds what stopped climbing, says it once, and says when it goes on again."""

from datetime import timedelta

import pytest
from tests import make
from tests.outreach.conftest import CASCADE, TOGETHER, call_of

from renwang.base.models import Entry
from renwang.base.pure.ids import uuid7
from renwang.base.sealing import seal_all
from renwang.outreach.auditing import (
    audit_relays,
    count_stalls,
    look_for_stalls,
    open_stalls,
    stalls_for,
)
from renwang.outreach.inward import deliver_inward
from renwang.outreach.models import Attempt, Call, Notice
from renwang.outreach.rules import Order, Terms
from renwang.outreach.services import climb_calls, finish_notices
from renwang.outreach.words import describe_stall

AGAIN = Terms(Order.TOGETHER, 120, 300, 600, again_every=300)


def later(now, seconds):
    return now + timedelta(seconds=seconds)


def kinds(now) -> set[str]:
    """What is found of notices; the facts of a test are recorded by another clock."""
    return {one.kind.value for one in look_for_stalls(now) if one.notice_id}


def sealed_at(moment):
    """Seal the journal, and let its facts have been recorded by the test's clock."""
    seal_all()
    Entry.objects.update(recorded_at=moment)


def run(now, until):
    for seconds in range(0, until + 1, 30):
        climb_calls(later(now, seconds))
        deliver_inward(later(now, seconds))


@pytest.mark.parametrize("terms", [CASCADE, TOGETHER, AGAIN])
def test_while_everything_goes_on_nothing_is_found(start, now, terms):
    start(terms)
    for hour in range(5):
        run(later(now, 3600 * hour), 3600)
        assert kinds(later(now, 3600 * (hour + 1))) == set()


def test_a_clock_that_stopped_is_found(start, now):
    start(TOGETHER)
    deliver_inward(now)
    assert kinds(later(now, 200)) == set()
    assert kinds(later(now, 300)) == {"overdue"}


def test_messages_that_nobody_sends_are_found(start, now):
    start(TOGETHER)
    assert "unsent" in kinds(later(now, 500))


def test_a_message_that_is_being_sent_for_ever_is_found(start, cast, now):
    notice = start(TOGETHER)
    run(now, 30)
    Attempt.objects.create(
        id=uuid7(now), call=call_of(notice, cast.grid), notice=notice, rung=0, channel="sms",
        outcome="sending", begun_at=now,
    )  # fmt: skip
    run(now, 700)
    assert kinds(later(now, 700)) == {"sending"}


def test_an_open_call_without_a_next_step_is_found(start, cast, now):
    notice = start(AGAIN)
    Call.objects.filter(pk=call_of(notice, cast.grid).pk).update(due_at=None, send_at=None)
    assert kinds(now) == {"no-step"}
    Call.objects.filter(pk=call_of(notice, cast.grid).pk).update(state="silent")
    assert kinds(now) == {"no-step"}


def test_a_post_left_waiting_by_the_level_above_is_found(start, cast, now):
    notice = start(CASCADE)
    Call.objects.filter(pk=call_of(notice, cast.street).pk).update(state="carried", due_at=None)
    assert kinds(now) == {"not-asked"}


def test_a_clock_that_was_put_back_is_found(start, cast, now):
    notice = start(TOGETHER, now=later(now, 86_400))
    assert notice.started_at > now
    assert kinds(now) == {"ahead"}
    seal_all()
    Entry.objects.update(recorded_at=later(now, 600))
    assert "clock" in {one.kind.value for one in look_for_stalls(now)}


def test_a_notice_that_does_not_end_is_found_and_one_that_does_is_not(start, now):
    start(TOGETHER, ends_at=later(now, 100))
    run(now, 90)
    assert kinds(later(now, 300)) == {"not-ended"}
    finish_notices(later(now, 300))
    assert kinds(later(now, 300)) == set()


def test_a_notice_that_nobody_counted_is_found(start, now):
    notice = start(TOGETHER)
    run(now, 100)
    Notice.objects.filter(pk=notice.pk).update(is_counted=False)
    assert kinds(later(now, 100)) == {"not-counted"}


def test_facts_that_nobody_seals_are_found(start, now):
    start(TOGETHER)
    Entry.objects.update(recorded_at=now)
    found = look_for_stalls(later(now, 100))
    assert [(one.kind.value, one.notice_id, one.number) for one in found if not one.notice_id] == [
        ("unsealed", None, Entry.objects.count())
    ]


def test_it_is_said_once_and_once_when_it_goes_on(start, cast, now):
    notice = start(TOGETHER)
    deliver_inward(now)
    sealed_at(now)
    assert audit_relays(later(now, 300)) == 1
    sealed_at(later(now, 300))
    assert audit_relays(later(now, 360)) == 0
    fact = Entry.objects.get(verb="outreach.stalled")
    assert (fact.subject_id, fact.facts["kind"]) == (str(notice.pk), "overdue")
    assert [one.kind for one in open_stalls(notice)] == ["overdue"]
    assert count_stalls() == {"overdue": 1}
    assert describe_stall("overdue", 4)
    assert [one.notice for one in stalls_for(cast.viewer(cast.worker))] == [notice]
    assert stalls_for(cast.viewer(cast.stranger)) == []
    run(later(now, 400), 60)
    sealed_at(later(now, 460))
    assert audit_relays(later(now, 460)) == 1
    assert Entry.objects.filter(verb="outreach.goes_on").count() == 1
    assert open_stalls(notice) == []


def test_more_of_it_takes_no_more_statements(start, cast, now, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        look_for_stalls(now)
    for number in range(5):
        start(TOGETHER, thread=f"t{number}")
        make.person(f"人{number}", cast.grid)
    with django_assert_max_num_queries(12):
        look_for_stalls(later(now, 10_000))
