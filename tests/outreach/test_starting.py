"""Starting a notice: who is called, in which order, and what may not be started."""

import pytest
from tests import make
from tests.outreach.conftest import CASCADE, TOGETHER, call_of

from renwang.base.models import Entry
from renwang.outreach.models import Call, Notice, Reach
from renwang.outreach.rules import CallState, NoticeOvertaken, NoticeState, Receipt
from renwang.outreach.services import NobodyThere, Slip, record_receipts


def test_a_place_without_any_post_is_refused(start, cast):
    empty = make.unit("空街道", "subdistrict", cast.district)
    with pytest.raises(NobodyThere):
        start(top=empty, place=empty)
    assert not Notice.objects.exists()


def test_an_earlier_notice_of_the_thread_cannot_follow_a_later_one(start):
    start(thread="t", sequence=2)
    with pytest.raises(NoticeOvertaken):
        start(thread="t", sequence=1)


def test_everybody_is_asked_at_once_when_told_together(start, cast, now):
    notice = start(TOGETHER)
    calls = {call.path: call for call in Call.objects.filter(notice=notice)}
    units = [cast.street, cast.community, cast.grid, cast.group, cast.contact_household]
    assert set(calls) == {unit.path for unit in units}
    assert {call.state for call in calls.values()} == {CallState.ASKING}
    assert calls[cast.grid.path].send_at == now
    assert (calls[cast.grid.path].due_at - now).total_seconds() == 120


def test_a_telephone_is_asked_of_a_person_and_never_queued_for_sending(start, cast):
    call = call_of(start(TOGETHER), cast.group)
    assert call.channel == "phone"
    assert call.send_at is None
    assert call.due_at is not None


def test_a_cascade_asks_only_the_top_and_lets_the_others_wait(start, cast):
    notice = start(CASCADE)
    assert call_of(notice, cast.street).state == CallState.ASKING
    below = call_of(notice, cast.community)
    assert (below.state, below.send_at, below.due_at) == (CallState.WAITING, None, None)


def test_who_starts_it_himself_has_carried_it_on(start, cast):
    notice = start(CASCADE, carried_by=cast.officer.pk)
    assert call_of(notice, cast.street).state == CallState.CARRIED
    assert call_of(notice, cast.community).state == CallState.ASKING
    assert call_of(notice, cast.grid).state == CallState.WAITING


def test_the_chain_above_a_small_area_is_called_too(start, cast):
    other = make.unit("第二网格", "grid", cast.community)
    make.post("网格员", other, make.person("贺另格", other))
    notice = start(place=cast.group)
    assert set(Call.objects.filter(notice=notice).values_list("path", flat=True)) == {
        unit.path
        for unit in (cast.street, cast.community, cast.grid, cast.group, cast.contact_household)
    }


def test_sums_exist_for_every_unit_that_has_calls_below_it(start, cast):
    notice = start()
    sums = {reach.path: reach for reach in Reach.objects.filter(notice=notice)}
    assert cast.contact_household.path not in sums
    top = sums[cast.street.path]
    assert (top.posts, top.households, top.vacant) == (5, 12, 0)
    assert sums[cast.group.path].posts == 2


def test_an_earlier_notice_ends_when_a_later_one_of_its_thread_starts(start, cast, now):
    first = start(CASCADE, thread="t")
    record_receipts(
        [Slip(Receipt.CARRIED, now, call_id=call_of(first, cast.street).pk)],
        by="node:test",
        now=now,
    )
    second = start(CASCADE, thread="t", sequence=2)
    first.refresh_from_db()
    assert first.state == NoticeState.WITHDRAWN
    assert call_of(first, cast.street).state == CallState.CARRIED
    assert call_of(first, cast.community).state == CallState.WITHDRAWN
    assert second.state == NoticeState.STARTED
    assert not Call.objects.filter(notice=first, send_at__isnull=False).exists()


def test_a_thread_elsewhere_goes_on(start, cast):
    make.post("街道值班员", cast.strangers_street, cast.stranger)
    there = start(thread="t", top=cast.strangers_street, place=cast.strangers_street)
    start(thread="t", sequence=2)
    there.refresh_from_db()
    assert there.state == NoticeState.STARTED


def test_who_was_asked_before_is_told_also_outside_the_new_area(start, cast):
    other = make.unit("第二网格", "grid", cast.community)
    make.post("网格员", other, make.person("贺另格", other))
    first = start(thread="t")
    second = start(thread="t", sequence=2, place=other, told_by=[first.pk])
    assert Call.objects.filter(notice=second).count() == 6


def test_the_start_is_one_fact_that_holds_the_words(start, cast):
    notice = start(note="本街道临时安置点在小学。")
    entry = Entry.objects.get(verb="outreach.started")
    assert entry.subject_id == str(notice.pk)
    assert entry.facts["words"] == "请立即转移到高处。"
    assert entry.facts["note"] == "本街道临时安置点在小学。"
    assert entry.facts["calls"] == 5
