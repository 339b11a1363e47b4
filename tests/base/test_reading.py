"""The journal is read by place, verb, subject, actor and time, page by page, many or few."""

from datetime import timedelta
from uuid import uuid4

import pytest

from renwang.base import reading
from renwang.base.reading import Filter, read_page
from renwang.base.sealing import seal_all

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[2000, 3], ids=["few", "many"])
def size(request, monkeypatch):
    """Every filter is tried both ways: from its own index, and walking the journal."""
    monkeypatch.setattr(reading, "FEW", request.param)


@pytest.fixture
def journal_of_sixty(record, now):
    """Sixty facts in three places, two verbs, two actors, a minute apart."""
    for number in range(60):
        record(
            1,
            "test.done" if number % 3 else "test.undone",
            place=("/50/1/", "/50/1/7/", "/50/10/")[number % 3],
            by=f"node:{number % 2}",
            at=now + timedelta(minutes=number),
            drill=uuid4() if number % 10 == 9 else None,
        )
    seal_all()


def numbers(page: reading.Page) -> list[int]:
    """The numbers of a page's facts."""
    return [entry.seq for entry in page.entries]


def everything(wanted: Filter, limit: int = 7) -> list[int]:
    """Leaf through all pages and return every number."""
    found: list[int] = []
    page = read_page(wanted, limit=limit)
    while True:
        found += numbers(page)
        if page.older is None:
            return found
        page = read_page(wanted, before=page.older, limit=limit)


def test_nobody_who_may_see_no_place_sees_a_fact(journal_of_sixty):
    assert numbers(read_page(Filter(under=()))) == []


def test_what_is_not_sealed_is_not_read(record):
    record(3)
    assert read_page(Filter()) == reading.Page([], None, None)


def test_pages_join_without_a_gap_or_a_double(journal_of_sixty):
    assert everything(Filter(with_drills=True)) == list(range(60, 0, -1))


def test_rehearsals_are_left_out_unless_asked_for(journal_of_sixty, record, now):
    drill = uuid4()
    record(2, drill=drill)
    seal_all()
    assert everything(Filter()) == [seq for seq in range(60, 0, -1) if seq % 10]
    assert everything(Filter(drill=drill)) == [62, 61]


def test_a_place_means_itself_and_what_is_below_and_not_its_namesake(journal_of_sixty, size):
    wanted = Filter(under=("/50/1/",), with_drills=True)
    assert everything(wanted) == [seq for seq in range(60, 0, -1) if seq % 3 != 0]
    assert everything(Filter(under=("/",), with_drills=True)) == list(range(60, 0, -1))


def test_several_places_are_read_together(journal_of_sixty, size):
    wanted = Filter(under=("/50/1/7/", "/50/10/"), with_drills=True)
    assert everything(wanted) == [seq for seq in range(60, 0, -1) if seq % 3 != 1]


def test_verbs_are_exact_or_prefixes(journal_of_sixty, size):
    undone = [seq for seq in range(60, 0, -1) if seq % 3 == 1]
    assert everything(Filter(verbs=("test.undone",), with_drills=True)) == undone
    assert len(everything(Filter(verbs=("test.",), with_drills=True))) == 60
    assert everything(Filter(verbs=("nothing.",))) == []


def test_filters_narrow_each_other(journal_of_sixty, size, now):
    wanted = Filter(
        under=("/50/1/",),
        verbs=("test.done",),
        actor="node:1",
        since=now + timedelta(minutes=10),
        until=now + timedelta(minutes=40),
        with_drills=True,
    )
    expected = [n + 1 for n in range(39, 9, -1) if n % 3 == 1 and n % 2 == 1]
    assert everything(wanted) == expected


def test_a_subjects_own_history(journal_of_sixty, record, thing, size):
    thing.id = uuid4()
    record(2)
    seal_all()
    assert everything(Filter(subject_id=str(thing.id))) == [62, 61]


def test_a_span_of_time_includes_its_beginning_and_not_its_end(journal_of_sixty, now):
    wanted = Filter(
        since=now + timedelta(minutes=3), until=now + timedelta(minutes=6), with_drills=True
    )
    assert everything(wanted) == [6, 5, 4]
    assert everything(Filter(since=now + timedelta(days=9))) == []


def test_what_is_new_since_a_page_was_read(journal_of_sixty, record):
    page = read_page(Filter(with_drills=True), limit=5)
    assert read_page(Filter(with_drills=True), after=page.newer).entries == []
    record(3)
    seal_all()
    assert numbers(read_page(Filter(with_drills=True), after=page.newer)) == [63, 62, 61]


def test_statements_do_not_depend_on_the_page_or_its_size(
    journal_of_sixty, size, now, django_assert_max_num_queries
):
    wanted = Filter(under=("/50/1/",), verbs=("test.done",), since=now, until=now + timedelta(1))
    for limit in (1, 50):
        with django_assert_max_num_queries(4):
            read_page(wanted, limit=limit)
        with django_assert_max_num_queries(4):
            read_page(wanted, before=30, limit=limit)
