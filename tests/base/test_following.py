"""A follower reads sealed facts once each, from its own bookmark; one that fails stops nobody else."""

from datetime import timedelta

import pytest

from renwang.base.followers import distances, follow_all, follower
from renwang.base.models import Bookmark, Counter
from renwang.base.references import next_number
from renwang.base.sealing import seal_all


def test_two_followers_of_one_name_are_refused():
    follower("test.reader", "test.")(lambda entries, now: None)
    with pytest.raises(ValueError, match="two followers"):
        follower("test.reader", "test.")(lambda entries, now: None)


def test_a_follower_sees_only_what_is_sealed(record, now):
    seen: list[int] = []
    follower("test.reader", "test.")(lambda entries, now: seen.extend(e.seq for e in entries))
    record(2)
    follow_all(now)
    assert seen == []
    seal_all()
    follow_all(now)
    assert seen == [1, 2]


def test_a_follower_gets_each_of_its_verbs_once_and_passes_the_others(record, now):
    seen: list[tuple[int, str]] = []
    follower("test.reader", "test.undone", batch=2)(
        lambda entries, now: seen.extend((e.seq, e.verb) for e in entries)
    )
    record(3)
    record(1, "test.undone")
    record(2)
    seal_all()
    while follow_all(now):
        pass
    assert seen == [(4, "test.undone")]
    assert [mark.behind for mark in distances()] == [0]


def test_a_failure_takes_the_effect_back_and_keeps_the_bookmark(record, now):
    @follower("test.clumsy", "test.")
    def clumsy(entries, now):
        next_number("effect")
        raise RuntimeError("the third plate broke")

    record(1)
    seal_all()
    assert follow_all(now) == 0
    assert not Counter.objects.filter(name="effect").exists()
    mark = Bookmark.objects.get(name="test.clumsy")
    assert (mark.seq, mark.failures) == (0, 1)
    assert "the third plate broke" in mark.trouble


def test_a_follower_that_fails_does_not_stop_the_others(record, now):
    seen: list[int] = []

    @follower("test.clumsy", "test.")
    def clumsy(entries, now):
        raise RuntimeError

    follower("test.reader", "test.")(lambda entries, now: seen.extend(e.seq for e in entries))
    record(2)
    seal_all()
    follow_all(now)
    assert seen == [1, 2]


def test_a_follower_that_failed_is_left_alone_for_longer_and_longer_and_then_goes_on(record, now):
    tries: list[int] = []
    broken = True

    @follower("test.clumsy", "test.")
    def clumsy(entries, now):
        tries.append(len(entries))
        if broken:
            raise RuntimeError

    record(1)
    seal_all()
    moments = [now + timedelta(seconds=second) for second in range(15)]
    for moment in moments:
        follow_all(moment)
    assert len(tries) == 4  # at 0, 2, 6 and 14 seconds
    broken = False
    follow_all(moments[-1] + timedelta(minutes=5))
    assert [(mark.behind, mark.failures) for mark in distances()] == [(0, 0)]


def test_nobody_behind_costs_two_reads(record, now, django_assert_num_queries):
    for name in ("test.one", "test.two", "test.three"):
        follower(name, "test.")(lambda entries, now: None)
    record(5)
    seal_all()
    follow_all(now)
    with django_assert_num_queries(2):
        assert follow_all(now) == 0


def test_a_new_follower_starts_at_the_first_fact(record, now):
    record(3)
    seal_all()
    follow_all(now)
    seen: list[int] = []
    follower("test.newcomer", "test.")(lambda entries, now: seen.extend(e.seq for e in entries))
    follow_all(now)
    assert seen == [1, 2, 3]


def test_a_failure_before_the_clock_was_put_back_stops_nobody(record, now):
    seen: list[int] = []
    broken = True

    @follower("test.mended", "test.")
    def mended(entries, now):
        if broken:
            raise RuntimeError("not yet")
        seen.extend(one.seq for one in entries)

    record(1)
    seal_all()
    follow_all(now + timedelta(hours=1))
    broken = False
    follow_all(now)
    assert seen == [1]
