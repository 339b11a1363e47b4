"""Contacts that a roll-call found silent become work for the post that keeps them, and answering mends them."""

from datetime import time, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from renwang.base.followers import follow_all
from renwang.base.models import Entry
from renwang.base.sealing import seal_all
from renwang.chain.models import Contact, Post
from renwang.chain.routes import rebuild_routes
from renwang.chain.services.people import set_contacts
from renwang.outreach.errand_rules import NOT_HELD, TO_MEND, ErrandState
from renwang.outreach.models import Call, Errand, Mending, RollCall
from renwang.outreach.rules import Receipt
from renwang.outreach.services import (
    answer_call,
    call_errands,
    finish_notices,
    withdraw_notice,
)
from renwang.outreach.services.rollcalls import set_plan, start_planned, start_rollcall
from renwang.outreach.waiting import waits_for

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _ladders(cast):
    rebuild_routes()


def follow(now):
    seal_all()
    while follow_all(now):
        pass


def hold(cast, now, *answering) -> RollCall:
    """A roll-call that only some people answered, by each of their contacts, and that is over."""
    made = start_rollcall(cast.street, window=HOUR, by=cast.viewer(cast.officer), now=now)
    for who in answering:
        for call in Call.objects.filter(notice=made.notice_id, person_id=who.pk):
            answer_call(call.pk, Receipt.UNDERSTOOD, by=cast.viewer(who), now=now, via=call.channel)
    finish_notices(now + HOUR)
    follow(now + HOUR)
    return made


def mender(errand: Errand) -> Post:
    return Post.objects.get(pk=errand.subject_id)


def work() -> dict[str, int]:
    """Open errands over contacts: the post, and how many are left."""
    found = Errand.objects.filter(kind=TO_MEND, state=ErrandState.OPEN)
    return {mender(one).title: one.number for one in found}


def test_silent_contacts_become_work_for_the_post_above_each_owner(cast, now):
    hold(cast, now, cast.secretary, cast.deputy)
    assert work() == {
        cast.street_post.title: 1,  # the officer's own: nobody stands above him at this node
        cast.community_post.title: 1,  # the grid worker's
        cast.group_post.title: 1,  # the contact household's
    }


def test_everybody_answering_leaves_no_work(cast, now):
    hold(cast, now, cast.officer, cast.secretary, cast.deputy, cast.worker, cast.head)
    assert work() == {}
    assert not Entry.objects.filter(verb="outreach.contacts_to_mend").exists()


def test_the_post_is_told_once_however_many_contacts(cast, now):
    hold(cast, now, cast.officer, cast.worker, cast.head)
    errand = Errand.objects.get(kind=TO_MEND)
    assert (mender(errand), errand.number) == (cast.street_post, 3)
    call_errands(now + HOUR)
    assert call_errands(now + HOUR) == 0
    call = Call.objects.get(notice__errand=errand)
    assert call.person_id == cast.officer.pk
    assert cast.secretary.name not in call.notice.words, "no name leaves the node"


def test_the_next_answer_through_it_mends_it(cast, now):
    made = hold(cast, now, cast.officer, cast.worker, cast.head, cast.deputy)
    errand = Errand.objects.get(kind=TO_MEND)
    later = now + 2 * HOUR
    for left, channel in ((1, "app"), (0, "sms")):
        call = Call.objects.get(notice=made.notice_id, person_id=cast.secretary.pk, channel=channel)
        answer_call(
            call.pk, Receipt.UNDERSTOOD, by=cast.viewer(cast.secretary), now=later, via=channel
        )
        follow(later)
        assert Mending.objects.filter(errand=errand, mended_at=None).count() == left
    errand.refresh_from_db()
    assert errand.state == ErrandState.DONE


def test_the_desk_shows_how_many_are_left(cast, now):
    made = hold(cast, now, cast.officer, cast.worker, cast.head)
    call = Call.objects.get(notice=made.notice_id, person_id=cast.deputy.pk)
    answer_call(call.pk, Receipt.UNDERSTOOD, by=cast.viewer(cast.deputy), now=now + 2 * HOUR)
    follow(now + 2 * HOUR)
    assert work() == {cast.street_post.title: 2}


def test_a_contact_that_is_taken_out_waits_no_more(cast, now):
    hold(cast, now, cast.officer, cast.secretary, cast.deputy, cast.head)
    assert work() == {cast.community_post.title: 1}
    by = cast.viewer(cast.secretary)
    set_contacts(person=cast.worker, contacts=[], by=by, now=now + 2 * HOUR)
    follow(now + 2 * HOUR)
    assert work() == {}


def test_the_next_roll_call_renews_the_work_with_what_is_left(cast, now):
    hold(cast, now, cast.officer, cast.worker, cast.head, cast.deputy)
    hold(cast, now + 24 * HOUR, cast.officer, cast.worker, cast.head)
    assert work() == {cast.street_post.title: 3}
    assert Errand.objects.filter(kind=TO_MEND).count() == 2
    assert Errand.objects.filter(kind=TO_MEND, state=ErrandState.NEEDLESS).count() == 1


def test_who_keeps_contacts_there_sees_it_and_a_stranger_does_not(cast, now):
    hold(cast, now, cast.officer, cast.secretary, cast.deputy, cast.head)
    assert waits_for(cast.viewer(cast.secretary)).filter(kind=TO_MEND).exists()
    assert waits_for(cast.viewer(cast.deputy)).filter(kind=TO_MEND).exists()
    for who in (cast.stranger, cast.worker):
        assert not waits_for(cast.viewer(who)).exists()


def test_reading_the_journal_again_changes_nothing(cast, now):
    hold(cast, now, cast.officer)
    before = work()
    follow(now + 3 * HOUR)
    assert work() == before
    assert Contact.objects.filter(failed_at__isnull=False).count() == Mending.objects.count()


# --- roll-calls that were not held ---------------------------------------------------


@pytest.fixture
def put_off(cast, now, start):
    """A planned roll-call that a warning under way has put off."""
    notice = start()
    by = cast.viewer(cast.officer)
    plan = set_plan(cast.street, every_days=1, at=time(8), window=HOUR, by=by, now=now)
    later = plan.next_at
    assert start_planned(later) == 0
    return plan, notice, later


def test_a_roll_call_that_was_put_off_waits_for_who_may_hold_one(cast, put_off):
    plan, _notice, later = put_off
    errand = Errand.objects.get(kind=NOT_HELD)
    assert errand.subject_id == plan.pk
    assert waits_for(cast.viewer(cast.officer)).filter(pk=errand.pk).exists()
    assert not waits_for(cast.viewer(cast.worker)).exists()
    assert start_planned(later + HOUR) == 0
    assert Errand.objects.count() == 1, "put off again is no second piece of work"


def test_holding_it_after_all_is_the_end_of_it(cast, put_off):
    _plan, notice, later = put_off
    with transaction.atomic():
        withdraw_notice(notice, by=cast.officer, now=later)
    assert start_planned(later + HOUR) == 1
    assert Errand.objects.get(kind=NOT_HELD).state == ErrandState.DONE
    assert isinstance(Errand.objects.get(kind=NOT_HELD).subject_id, UUID)
