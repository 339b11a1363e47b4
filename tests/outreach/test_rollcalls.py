"""Roll-calls: who may hold one, whom it asks, what counts as an answer, and what contacts prove by it."""

from datetime import time, timedelta

import pytest
from tests import make

from renwang.base.followers import follow_all
from renwang.base.models import Entry
from renwang.base.sealing import seal_all
from renwang.chain.models import Contact
from renwang.chain.reach import NotInReach
from renwang.chain.routes import rebuild_routes
from renwang.outreach import carrying, reaching
from renwang.outreach.models import Call, Notice, RollCall, RollCallPlan
from renwang.outreach.reaching import Line, Which
from renwang.outreach.rollcall_rules import (
    TEST_MARK,
    AlreadyCalling,
    NobodyToCall,
    WindowNotSensible,
)
from renwang.outreach.rules import CallState, Receipt
from renwang.outreach.services import (
    Slip,
    answer_call,
    climb_calls,
    finish_notices,
    record_receipts,
)
from renwang.outreach.services.rollcalls import (
    end_rollcall,
    set_plan,
    start_planned,
    start_rollcall,
    stop_plan,
)

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _ladders(cast):
    rebuild_routes()


@pytest.fixture
def rollcall(cast, now):
    return start_rollcall(cast.street, window=HOUR, by=cast.viewer(cast.officer), now=now)


def follow(now):
    seal_all()
    while follow_all(now):
        pass


def line(rollcall: RollCall, who, kind: str) -> Call:
    return Call.objects.get(notice=rollcall.notice_id, person_id=who.pk, channel=kind)


# --- holding one ------------------------------------------------------------------


def test_a_stranger_and_whoever_only_carries_may_not_hold_one(cast, now):
    for who in (cast.stranger, cast.worker):
        with pytest.raises(NotInReach):
            start_rollcall(cast.street, window=HOUR, by=cast.viewer(who), now=now)
    assert not RollCall.objects.exists()


def test_a_window_nobody_can_use_is_refused(cast, now):
    with pytest.raises(WindowNotSensible):
        start_rollcall(
            cast.street, window=timedelta(minutes=1), by=cast.viewer(cast.officer), now=now
        )


def test_a_place_without_any_contact_has_nobody_to_call(cast, now):
    with pytest.raises(NobodyToCall):
        start_rollcall(cast.neighbour_community, window=HOUR, by=cast.viewer(cast.officer), now=now)
    assert not Notice.objects.exists()


def test_two_at_once_are_refused_above_and_below(cast, rollcall, now):
    by = cast.viewer(cast.officer)
    for place in (cast.street, cast.community):
        with pytest.raises(AlreadyCalling):
            start_rollcall(place, window=HOUR, by=by, now=now)


def test_its_first_words_say_in_both_languages_that_it_is_a_test(rollcall):
    notice = rollcall.notice
    assert notice.title.startswith(TEST_MARK)
    assert "联络测试" in notice.words
    assert "Nothing has happened" in notice.words


def test_every_contact_is_asked_and_a_telephone_only_of_who_has_nothing_else(cast, rollcall):
    asked = set(Call.objects.filter(notice=rollcall.notice_id).values_list("person_id", "channel"))
    assert asked == {
        (cast.officer.pk, "app"),
        (cast.secretary.pk, "app"),
        (cast.secretary.pk, "sms"),
        (cast.deputy.pk, "app"),
        (cast.worker.pk, "app"),
        (cast.leader.pk, "phone"),
        (cast.head.pk, "app"),
    }
    assert line(rollcall, cast.leader, "phone").send_at is None
    assert rollcall.contacts == 7


def test_a_telephone_of_somebody_with_an_app_is_not_asked(cast, now):
    make.contact(cast.worker, "phone", "13900000009", 1)
    rebuild_routes()
    made = start_rollcall(cast.street, window=HOUR, by=cast.viewer(cast.officer), now=now)
    assert not Call.objects.filter(
        notice=made.notice_id, person_id=cast.worker.pk, channel="phone"
    ).exists()


def test_it_is_no_warning_to_carry_on_and_nobody_to_ring_for_one(cast, rollcall):
    assert carrying.asked_of(cast.viewer(cast.worker)) == []
    assert list(carrying.to_ring(cast.viewer(cast.officer))) == []
    assert [one.channel for one in reaching.signs_asked_of(cast.viewer(cast.secretary))] == [
        "app",
        "sms",
    ]


# --- answering --------------------------------------------------------------------


def test_any_answer_completes_it_and_proves_the_contact(cast, rollcall, now):
    call = line(rollcall, cast.secretary, "sms")
    at = now + timedelta(minutes=3)
    slip = Slip(Receipt.UNDERSTOOD, at, via="sms", call_id=call.pk, person_id=cast.secretary.pk)
    record_receipts([slip], by="node:sms", now=at)
    call.refresh_from_db()
    assert call.state == CallState.CARRIED
    follow(at)
    worked = dict(Contact.objects.filter(person=cast.secretary).values_list("kind", "worked_at"))
    assert worked == {"app": None, "sms": at}


def test_delivered_alone_proves_nothing(cast, rollcall, now):
    call = line(rollcall, cast.worker, "app")
    record_receipts([Slip(Receipt.DELIVERED, now, call_id=call.pk)], by="node:sms", now=now)
    follow(now)
    assert Contact.objects.get(person=cast.worker).worked_at is None


def test_an_answer_to_a_warning_proves_the_contact_it_came_by(start, cast, now):
    notice = start()
    call = Call.objects.get(notice=notice, post_id=cast.street_post.pk)
    answer_call(call.pk, Receipt.UNDERSTOOD, by=cast.viewer(cast.officer), now=now)
    follow(now)
    assert Contact.objects.get(person=cast.officer).worked_at == now


def test_somebody_may_note_a_telephone_answer_and_a_stranger_may_not(cast, rollcall, now):
    call = line(rollcall, cast.leader, "phone")
    with pytest.raises(PermissionError):
        answer_call(
            call.pk, Receipt.UNDERSTOOD, by=cast.viewer(cast.stranger), now=now, via="phone"
        )
    answer_call(call.pk, Receipt.UNDERSTOOD, by=cast.viewer(cast.officer), now=now, via="phone")
    follow(now)
    assert Contact.objects.get(person=cast.leader).worked_at == now


def test_when_time_is_over_who_was_silent_has_failed_but_no_telephone_that_nobody_rang(
    cast, rollcall, now
):
    over = now + HOUR
    climb_calls(over)
    finish_notices(over)
    follow(over)
    rollcall.notice.refresh_from_db()
    assert rollcall.notice.state == "finished"
    assert Contact.objects.get(person=cast.worker).failed_at == over
    assert Contact.objects.get(person=cast.leader).failed_at is None


def test_a_late_answer_still_proves_the_contact(cast, rollcall, now):
    over = now + HOUR
    finish_notices(over)
    follow(over)
    late = over + HOUR
    call = line(rollcall, cast.worker, "app")
    answer_call(call.pk, Receipt.UNDERSTOOD, by=cast.viewer(cast.worker), now=late)
    follow(late)
    contact = Contact.objects.get(person=cast.worker)
    assert contact.worked_at == late > contact.failed_at


def test_ending_early_is_for_who_may_hold_one(cast, rollcall, now):
    with pytest.raises(NotInReach):
        end_rollcall(rollcall, by=cast.viewer(cast.worker), now=now)
    end_rollcall(rollcall, by=cast.viewer(cast.officer), now=now)
    rollcall.notice.refresh_from_db()
    assert rollcall.notice.state == "finished"


# --- by themselves ------------------------------------------------------------------


def plan_for(cast, now, **wish) -> RollCallPlan:
    wish = {"every_days": 7, "at": time(10, 0), "window": HOUR, **wish}
    return set_plan(cast.street, by=cast.viewer(cast.officer), now=now, **wish)


def test_a_plan_is_kept_once_a_place_and_held_when_its_time_comes(cast, now):
    plan_for(cast, now)
    plan = plan_for(cast, now, every_days=30)
    assert RollCallPlan.objects.count() == 1
    assert start_planned(plan.next_at - timedelta(seconds=1)) == 0
    assert start_planned(plan.next_at) == 1
    assert start_planned(plan.next_at) == 0
    plan_then, plan = plan, RollCallPlan.objects.get()
    assert plan.next_at - plan_then.next_at == timedelta(days=30)
    assert RollCall.objects.get().plan == plan


def test_it_stays_out_of_the_way_of_a_warning(start, cast, now):
    plan = plan_for(cast, now)
    start()
    assert start_planned(plan.next_at) == 0
    assert not RollCall.objects.exists()
    assert Entry.objects.filter(verb="outreach.rollcall_put_off").count() == 1
    assert RollCallPlan.objects.get().next_at == plan.next_at + timedelta(hours=1)


def test_a_stopped_plan_holds_nothing(cast, now):
    plan = plan_for(cast, now)
    with pytest.raises(NotInReach):
        stop_plan(plan, by=cast.viewer(cast.stranger), now=now)
    stop_plan(plan, by=cast.viewer(cast.officer), now=now)
    assert start_planned(plan.next_at + timedelta(days=1)) == 0


# --- who can be reached ---------------------------------------------------------------


def fail(who, now):
    Contact.objects.filter(person=who).update(failed_at=now)


def test_who_cannot_be_reached_is_named_with_the_households_that_hang_on_him(cast, now):
    fail(cast.head, now)
    viewer = cast.viewer(cast.officer)
    page = reaching.list_reachable(viewer, which=Which.NOBODY)
    assert [one.person for one in page.items] == [cast.head]
    found = page.items[0]
    assert found.households == 12
    assert (found.mender.mender, found.mender.mender_title) == ("楼长青", "楼栋长")
    assert reaching.cut_off(viewer) == reaching.CutOff(posts=1, households=12)
    assert reaching.count_unreachable(viewer) == 1


def test_a_post_with_a_deputy_who_can_be_reached_is_not_cut_off(cast, now):
    fail(cast.secretary, now)
    viewer = cast.viewer(cast.officer)
    found = reaching.list_reachable(viewer, which=Which.NOBODY).items[0]
    assert found.person == cast.secretary
    assert not found.posts[0].is_cut_off
    assert reaching.cut_off(viewer).posts == 0


def test_a_stranger_sees_none_of_them(cast, rollcall, now):
    fail(cast.head, now)
    viewer = cast.viewer(cast.stranger)
    assert reaching.list_reachable(viewer, which=Which.NOBODY).items == []
    assert reaching.rollcall_page(viewer, rollcall.pk) is None
    assert reaching.count_unreachable(viewer) == 0


@pytest.mark.parametrize("which", list(Which))
def test_every_list_takes_the_same_few_statements(which, cast, now, django_assert_max_num_queries):
    viewer = cast.viewer(cast.officer)
    with django_assert_max_num_queries(4):
        reaching.list_reachable(viewer, which=which)


def test_a_roll_call_page_counts_by_channel_and_by_person(cast, rollcall, now):
    call = line(rollcall, cast.secretary, "sms")
    answer_call(call.pk, Receipt.UNDERSTOOD, by=cast.viewer(cast.secretary), now=now, via="sms")
    page = reaching.rollcall_page(cast.viewer(cast.officer), rollcall.pk)
    assert (page.asked, page.answered, page.people, page.people_answered) == (7, 1, 6, 1)
    silent = reaching.list_lines(page, Line.SILENT).items
    assert len(silent) == 6
    assert [one.person_name for one in reaching.list_lines(page, Line.HAND).items] == ["楼长青"]
    assert [one.person_name for one in reaching.list_lines(page, text="石书").items] == [
        "石书勤"
    ] * 2


def test_who_answers_for_a_part_sees_his_part(cast, rollcall):
    page = reaching.rollcall_page(cast.viewer(cast.worker), rollcall.pk)
    assert page.people == 3
