"""Delay and fidelity: what is noted of each hop when a warning is over, and who may see it."""

from datetime import date, timedelta

import pytest
from tests import make
from tests.outreach.conftest import CASCADE, TOGETHER, call_of

from renwang.base.followers import follow_all
from renwang.base.models import Entry
from renwang.base.paging import WrongCursor
from renwang.base.pure.ids import uuid7
from renwang.base.sealing import seal_all
from renwang.outreach.attempts import Sent, note_outcomes
from renwang.outreach.delays import Sort, list_hops, list_levels
from renwang.outreach.models import Attempt, Hop
from renwang.outreach.rules import Receipt, words_mark
from renwang.outreach.services import answer_call, finish_notice, withdraw_notice

SINCE = date(2026, 1, 1)


def follow(now):
    seal_all()
    while follow_all(now):
        pass


def end(notice, now):
    finish_notice(notice, by="node:test", now=now)
    follow(now)


def answer(call, who, cast, at, receipt=Receipt.UNDERSTOOD, via="app", **more):
    return answer_call(call.pk, receipt, by=cast.viewer(who), now=at, via=via, **more)


def hop_of(post) -> Hop:
    return Hop.objects.get(post_id=post.pk)


def test_a_hop_has_its_time_from_being_asked_and_from_the_level_above(start, cast, now):
    notice = start(CASCADE)
    carried = now + timedelta(minutes=2)
    answer(call_of(notice, cast.street), cast.officer, cast, carried, Receipt.CARRIED)
    told = carried + timedelta(minutes=5)
    answer(call_of(notice, cast.community), cast.secretary, cast, told)
    end(notice, told)
    assert hop_of(cast.street_post).wait_total == pytest.approx(120, abs=0.01)
    community = hop_of(cast.community_post)
    assert (community.asked, community.answered, community.silent) == (1, 1, 0)
    assert community.hop_total == pytest.approx(300, abs=0.01)
    assert community.month == date(2026, 7, 1)
    assert not Hop.objects.filter(post_id=cast.grid_post.pk).exists()


def test_silence_and_vacancy_are_told_apart(start, cast, now):
    make.post("志愿队队长", cast.neighbour_community)
    notice = start(TOGETHER)
    end(notice, now + timedelta(hours=1))
    assert (hop_of(cast.grid_post).silent, hop_of(cast.grid_post).vacant) == (1, 0)
    empty = Hop.objects.get(path=cast.neighbour_community.path)
    assert (empty.silent, empty.vacant) == (0, 1)


def test_sums_add_up_over_warnings_and_are_noted_once(start, cast, now):
    for minutes in (1, 3):
        notice = start(TOGETHER)
        at = now + timedelta(minutes=minutes)
        answer(call_of(notice, cast.grid), cast.worker, cast, at)
        end(notice, at)
        follow(at)
    hop = hop_of(cast.grid_post)
    assert (hop.asked, hop.answered) == (2, 2)
    assert hop.wait_total == pytest.approx(240, abs=0.01)
    assert hop.wait_longest == pytest.approx(180, abs=0.01)


def test_what_was_withdrawn_counts_and_an_exercise_does_not(start, cast, now):
    drill = start(TOGETHER, drill=uuid7(now))
    end(drill, now)
    assert not Hop.objects.exists()
    withdraw_notice(start(TOGETHER), by="node:test", now=now)
    follow(now)
    assert Hop.objects.count() == 5


def test_words_count_as_whole_as_shortened_or_as_told(start, cast, now):
    notice = start(TOGETHER)
    answer(call_of(notice, cast.grid), cast.worker, cast, now)
    answer(call_of(notice, cast.group), cast.officer, cast, now, via="phone")
    call = call_of(notice, cast.contact_household)
    attempt = Attempt.objects.create(
        id=uuid7(now), call=call, notice=notice, rung=0, person_id=cast.head.pk,
        contact_id=call.contact_id, channel="app", outcome="sending", begun_at=now,
    )  # fmt: skip
    note_outcomes([Sent(attempt.pk, now, is_shortened=True)])
    answer(call, cast.head, cast, now)
    end(notice, now)
    found = {
        post: (one.whole, one.shortened, one.by_mouth)
        for post in (cast.grid_post, cast.group_post, cast.contact_post)
        for one in [hop_of(post)]
    }
    assert found == {
        cast.grid_post: (1, 0, 0),
        cast.group_post: (0, 0, 1),
        cast.contact_post: (0, 1, 0),
    }


def test_an_answer_to_other_words_is_a_fact_and_is_counted(start, cast, now):
    notice = start(TOGETHER)
    answer(call_of(notice, cast.grid), cast.worker, cast, now, seen=words_mark("旧的话"))
    answer(
        call_of(notice, cast.community), cast.secretary, cast, now, seen=words_mark(notice.words)
    )
    end(notice, now)
    assert Entry.objects.filter(verb="outreach.other_words").count() == 1
    assert hop_of(cast.grid_post).other == 1
    assert hop_of(cast.community_post).other == 0


def test_the_worst_stand_first_page_after_page(start, cast, now):
    notice = start(TOGETHER)
    for minutes, unit, who in (
        (1, cast.street, cast.officer),
        (9, cast.grid, cast.worker),
        (4, cast.community, cast.secretary),
    ):
        answer(call_of(notice, unit), who, cast, now + timedelta(minutes=minutes))
    end(notice, now + timedelta(hours=1))
    viewer = cast.viewer(cast.officer)
    names, cursor = [], ""
    while cursor is not None:
        page = list_hops(viewer, since=SINCE, sort=Sort.WAIT, cursor=cursor, size=2)
        names += [one.unit_name for one in page.items]
        cursor = page.next
    assert names[:3] == ["第一网格", "石桥社区", "青石街道"]
    silent = list_hops(viewer, since=SINCE, only_silent=True).items
    assert {one.unit_name for one in silent} == {"1号楼", "中心户甲"}
    assert [one.unit_name for one in list_hops(viewer, since=SINCE, text="石桥").items] == [
        "石桥社区"
    ]
    with pytest.raises(WrongCursor):
        list_hops(viewer, since=SINCE, cursor="x")


@pytest.mark.parametrize("sort", Sort)
def test_every_order_goes_through_all_posts_once_and_back_again(cast, sort):
    """Equal sums, no answers at all, sums of fractions: no post is shown twice or left out."""
    months = [date(2026, month, 1) for month in (5, 6)]
    posts = [make.post(f"岗{number}", cast.grid, answers=False) for number in range(23)]
    for number, post in enumerate(posts):
        for month in months:
            answered = number % 4
            Hop.objects.create(
                post_id=post.pk, unit_id=cast.grid.pk, path=cast.grid.path, depth=3, month=month,
                asked=4, answered=answered, silent=number % 3, wait_total=answered * 10 / 3,
                hop_total=(number % 5) / 7,
            )  # fmt: skip
    viewer = cast.viewer(cast.officer)
    whole = [one.post_id for one in list_hops(viewer, since=SINCE, sort=sort, size=100).items]
    pages, cursor = [], ""
    while cursor is not None:
        page = list_hops(viewer, since=SINCE, sort=sort, cursor=cursor, size=5)
        pages.append([one.post_id for one in page.items])
        cursor = page.next
    assert [key for one in pages for key in one] == whole and len(set(whole)) == 23
    for before in reversed(pages[:-1]):
        page = list_hops(viewer, since=SINCE, sort=sort, cursor=page.previous, size=5)
        assert [one.post_id for one in page.items] == before
    assert page.previous is None


def test_older_months_are_left_out(start, cast, now):
    end(start(TOGETHER), now)
    assert list_hops(cast.viewer(cast.officer), since=date(2026, 8, 1)).items == []


def test_a_stranger_sees_no_hop(start, cast, now):
    end(start(TOGETHER), now)
    assert list_hops(cast.viewer(cast.stranger), since=SINCE).items == []
    assert list_levels(cast.viewer(cast.stranger), since=SINCE) == []


def test_levels_are_summed_from_the_top_down(start, cast, now, django_assert_num_queries):
    end(start(TOGETHER), now)
    viewer = cast.viewer(cast.officer)
    with django_assert_num_queries(2):
        rows = list_levels(viewer, since=SINCE)
    assert [one.level for one in rows] == [
        "subdistrict", "community", "grid", "building_group", "contact_household",
    ]  # fmt: skip
    assert sum(one.silent for one in rows) == 5
