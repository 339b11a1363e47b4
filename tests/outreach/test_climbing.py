"""The clock: contacts, deputies, by-pass, and what a late answer is worth."""

from datetime import timedelta
from uuid import uuid4

from tests import make
from tests.outreach.conftest import CASCADE, TOGETHER, call_of
from tests.outreach.test_receipts import sums_hold

from renwang.base.models import Entry
from renwang.outreach.coverage import coverage
from renwang.outreach.models import Call
from renwang.outreach.rules import CallState, NoticeState, Receipt
from renwang.outreach.selectors import call_story, missing, my_calls, relay_tree, to_ring
from renwang.outreach.services import (
    Slip,
    answer_call,
    climb_calls,
    finish_notices,
    record_receipts,
    tallying,
)


def later(now, seconds):
    return now + timedelta(seconds=seconds)


def test_nothing_is_due_before_its_time(start, now):
    start()
    assert climb_calls(later(now, 119)) == 0


def test_holder_then_his_second_contact_then_his_deputy_then_passed_by(start, cast, now):
    notice = start(TOGETHER)
    asked = []
    for seconds in (0, 120, 240, 360):
        climb_calls(later(now, seconds))
        call = call_of(notice, cast.community)
        asked.append((call.person_id, call.channel, call.state))
    assert asked == [
        (cast.secretary.pk, "app", "asking"),
        (cast.secretary.pk, "sms", "asking"),
        (cast.deputy.pk, "app", "asking"),
        (cast.deputy.pk, "app", "silent"),
    ]
    assert call_of(notice, cast.community).bypassed_at == later(now, 360)


def test_the_level_below_a_silent_post_is_called_directly(start, cast, now):
    notice = start(CASCADE)
    climb_calls(later(now, 600))
    assert call_of(notice, cast.street).state == CallState.SILENT
    below = call_of(notice, cast.community)
    assert (below.state, below.send_at) == (CallState.ASKING, later(now, 600))


def test_a_vacant_post_is_passed_by_at_once_and_named(start, cast, now):
    gap = make.unit("空网格", "grid", cast.community)
    make.post("网格员", gap)
    notice = start(TOGETHER)
    assert coverage(notice).sums.vacant == 1
    climb_calls(now)
    assert call_of(notice, gap).state == CallState.SILENT
    row = next(row for row in missing(notice) if row.path == gap.path)
    assert (row.unit_name, row.holder, row.asked) == ("空网格", "", "")


def test_vacant_posts_one_below_the_other_do_not_stop_a_cascade(cast, now, start):
    cast.street_post.holdings.all().delete()
    cast.community_post.holdings.all().delete()
    notice = start(CASCADE)
    climb_calls(now)
    assert call_of(notice, cast.grid).state == CallState.ASKING


def test_a_late_answer_still_counts(start, cast, now):
    notice = start(TOGETHER)
    climb_calls(later(now, 120))
    assert call_of(notice, cast.grid).state == CallState.SILENT
    assert coverage(notice).sums.silent > 0
    by = cast.viewer(cast.worker)
    answer_call(call_of(notice, cast.grid).pk, Receipt.CARRIED, by=by, now=later(now, 900))
    assert call_of(notice, cast.grid).state == CallState.CARRIED
    assert sums_hold(notice)


def test_who_understood_and_does_not_carry_on_is_reminded_then_passed_by(start, cast, now):
    notice = start(CASCADE)
    call = call_of(notice, cast.street)
    answer_call(call.pk, Receipt.UNDERSTOOD, by=cast.viewer(cast.officer), now=now)
    climb_calls(later(now, 3600))
    call.refresh_from_db()
    assert (call.reminded_at, call.send_at) == (later(now, 3600), later(now, 3600))
    climb_calls(later(now, 7200))
    call.refresh_from_db()
    assert call.state == CallState.SILENT
    assert call_of(notice, cast.community).state == CallState.ASKING


def test_live_and_rehearsed_calls_never_move_each_other(start, now):
    drill = uuid4()
    notice = start(drill=drill)
    assert climb_calls(later(now, 9000)) == 0
    assert climb_calls(later(now, 120), drill=drill) > 0
    assert not my_calls(Call.objects.filter(notice=notice).first().person_id)


def test_every_step_is_a_fact(start, cast, now):
    notice = start()
    climb_calls(later(now, 120))
    items = [
        item for e in Entry.objects.filter(verb="outreach.climbed") for item in e.facts["items"]
    ]
    by_call = {item[0]: item for item in items}
    step = by_call[call_of(notice, cast.community).pk]
    assert step[1] == "ask"
    assert step[3] == str(cast.secretary.pk)


def test_the_missing_are_named_with_what_is_being_done(
    start, cast, now, django_assert_max_num_queries
):
    notice = start()
    climb_calls(later(now, 120))
    with django_assert_max_num_queries(4):
        rows = {row.path: row for row in missing(notice)}
    row = rows[cast.community.path]
    assert (row.holder, row.asked, row.channel) == ("石书勤", "石书勤", "sms")
    assert (row.next_person, row.next_channel) == ("傅助民", "app")
    assert row.until == later(now, 240)
    assert rows[cast.grid.path].state == CallState.SILENT
    assert [row.path for row in missing(notice, after=cast.community.path)] == [
        path for path in sorted(rows) if path > cast.community.path
    ]


def test_who_must_ring_whom_is_shown_to_those_who_may_answer_there(start, cast, now):
    start()
    assert [row.holder for row in to_ring(cast.viewer(cast.worker))] == ["楼长青"]
    assert not to_ring(cast.viewer(cast.stranger))


def test_the_tree_shows_each_unit_with_its_sums(start, cast, now, django_assert_max_num_queries):
    notice = start()
    record_receipts(
        [Slip(Receipt.CARRIED, now, "app", call_id=call_of(notice, cast.grid).pk)],
        by="node:t",
        now=now,
    )
    (top,) = relay_tree(notice)
    with django_assert_max_num_queries(4):
        (community,) = relay_tree(notice, top.path)
    assert (community.unit_name, community.holder, community.is_missing) == (
        "石桥社区",
        "石书勤",
        True,
    )
    assert (community.sums.posts, community.sums.carried) == (4, 1)
    (leaf,) = relay_tree(notice, cast.group.path)
    assert (leaf.is_leaf, leaf.sums.households) == (True, 12)


def test_a_person_finds_what_he_has_to_carry_on(start, cast, now):
    notice = start()
    (call,) = my_calls(cast.worker.pk)
    assert call.notice == notice
    answer_call(call.pk, Receipt.CARRIED, by=cast.viewer(cast.worker), now=now)
    assert not my_calls(cast.worker.pk)


def test_the_story_of_a_call_is_told_in_order(start, cast, now):
    notice = start()
    climb_calls(later(now, 120))
    call = call_of(notice, cast.community)
    answer_call(call.pk, Receipt.CARRIED, by=cast.viewer(cast.deputy), now=later(now, 200))
    story = call_story(call_of(notice, cast.community))
    words = [moment.word for moment in story]
    assert words[:2] == ["asked", "ask"]
    assert story[-1].person == "傅助民"
    assert [one.at for one in story] == sorted(one.at for one in story)


def test_times_to_answer_are_given_for_every_place(start, cast, now):
    notice = start()
    for unit, seconds in ((cast.grid, 10), (cast.group, 30), (cast.contact_household, 50)):
        at = later(now, seconds)
        slip = Slip(Receipt.UNDERSTOOD, at, "app", call_id=call_of(notice, unit).pk)
        record_receipts([slip], by="node:t", now=at)
    found = coverage(notice)
    assert (found.median, found.slowest, found.by_channel) == (30, 50, {"app": 3})
    assert coverage(notice, cast.contact_household.path).median == 50


def test_large_places_keep_steps_that_agree_with_the_calls(start, cast, now, monkeypatch):
    monkeypatch.setattr(tallying, "PACE_FROM", 2)
    notice = start()
    for unit, seconds in ((cast.grid, 100), (cast.group, 300), (cast.contact_household, 500)):
        at = later(now, seconds)
        slip = Slip(Receipt.CARRIED, at, "sms", call_id=call_of(notice, unit).pk)
        record_receipts([slip], by="node:t", now=at)
    found = coverage(notice)
    assert abs(found.median - 300) < 15
    assert found.by_channel == {"sms": 3}
    assert sums_hold(notice)
    assert coverage(notice).by_channel == {"sms": 3}


def test_a_notice_ends_when_its_time_is_over_or_everybody_has_carried_on(start, cast, now):
    first = start(ends_at=later(now, 600))
    second = start()
    for call in Call.objects.filter(notice=second):
        record_receipts([Slip(Receipt.CARRIED, now, "app", call_id=call.pk)], by="node:t", now=now)
    assert finish_notices(now) == 1
    assert finish_notices(later(now, 600)) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (NoticeState.FINISHED, NoticeState.FINISHED)
    assert {call.state for call in Call.objects.filter(notice=first)} == {CallState.SILENT}
    assert sums_hold(first)
