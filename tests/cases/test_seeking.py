"""Cases are found by their words: by those who may read them, while they stand, and by nobody else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renwang.base.paging import page_nearby
from renwang.base.pure.text import search_key
from renwang.cases import seeking, services
from renwang.cases.models import Case
from renwang.cases.selectors import Wanted, list_cases, narrowed
from renwang.cases.services.forgetting import _erase_words
from tests import make
from tests.cases.conftest import brought

LIFT = "5号楼的电梯坏了，Lift No.3 一按就响，100%会出事，O'Hara也说\\害怕"
LAMP = "门口路灯不亮，孩子放学都走这里"


def found(viewer, text, now, **wanted) -> set[str]:
    """What the index and the words give together; the list has to give the same."""
    asked = Wanted(text=text, **wanted)
    by_index = set(narrowed(viewer, asked, now=now).values_list("words", flat=True))
    by_list = {one.words for one in list_cases(viewer, asked, now=now).items}
    assert by_index == by_list
    return by_index


def proposed(viewer, text) -> int:
    """How many cases the index itself knows."""
    return Case.objects.filter(seeking.proposed(viewer, text)).count()


@pytest.fixture
def two(cast):
    """Two cases of one grid."""
    return brought(cast, LIFT), brought(cast, LAMP)


class TestNobodyFinds:
    @pytest.mark.parametrize(
        "text",
        [
            "恐龙", "电灯", "梯电", "坏梯", "电梯坏了又坏", "电梯 路灯", "%灯", "_", "' OR '", "龘",
            "电梯*", '"电梯', "NOT 灯泡", "电" * 80, "x" * 5000,
        ],
    )  # fmt: skip
    def test_what_nobody_said(self, cast, now, two, text):
        assert found(cast.viewer(cast.secretary), text, now) == set()

    def test_what_lies_out_of_his_reach(self, cast, now, two):
        assert found(cast.viewer(cast.stranger), "电梯", now) == set()
        assert found(cast.viewer(cast.leader), "电梯", now) == set()
        assert proposed(cast.viewer(cast.stranger), "电梯") == 0

    def test_masked_words_unless_he_handles_them(self, cast, now, two):
        looker = make.person("某督查", cast.street)
        make.grant(looker, "looker", cast.street)
        sees = cast.viewer(looker)
        sees = replace(sees, places=sees.places | {"cases.see": (cast.street.path,)})
        assert found(sees, "电梯", now) == {LIFT}
        by = cast.viewer(cast.secretary)
        services.mask_case(two[0].pk, "****", "含隐私", by=by, now=now)
        assert found(sees, "电梯", now) == set()
        assert found(sees, two[0].ref, now) == {LIFT}
        assert found(by, "电梯", now) == {LIFT}
        services.unmask_case(two[0].pk, by=by, now=now)
        assert found(sees, "电梯", now) == {LIFT}

    def test_erased_words(self, cast, now, two):
        by = cast.viewer(cast.secretary)
        _erase_words([two[0].pk])
        assert found(by, "电梯", now) == set()
        assert proposed(by, "电梯") == 0
        assert found(by, "路灯", now) == {LAMP}

    def test_a_case_that_is_gone(self, cast, now):
        case = brought(cast, LIFT)
        Case.objects.filter(pk=case.pk)._raw_delete(
            "default"
        )  # and put back before its steps miss it
        assert proposed(cast.viewer(cast.secretary), "电梯") == 0
        case.save(force_insert=True)
        assert proposed(cast.viewer(cast.secretary), "电梯") == 1


class TestEverybodyFinds:
    @pytest.mark.parametrize(
        "text",
        [
            "电梯", "电梯坏了", "梯", "了", "电", "lift", "LIFT", "if", "Lift No.3 一按", "ｌｉｆｔ", "3",
            "坏了，", "，", "100%", "o'hara", "\\", "说\\害", "害怕", "怕", "电 梯", "  电梯   5号楼 ",
        ],
    )  # fmt: skip
    def test_any_part_of_what_was_said(self, cast, now, two, text):
        assert LIFT in found(cast.viewer(cast.secretary), text, now)

    def test_a_case_by_its_number_beside_its_words(self, cast, now, two):
        by = cast.viewer(cast.secretary)
        assert found(by, two[1].ref.lower(), now) == {LAMP}
        assert found(by, f"{two[1].ref} 路灯", now) == {LAMP}
        assert found(by, f"{two[1].ref} 电梯", now) == set()

    def test_everything_by_nothing(self, cast, now, two):
        assert found(cast.viewer(cast.secretary), "\u200b", now) == {LIFT, LAMP}

    def test_what_was_given_to_his_place_or_asked_of_it(self, cast, now, two):
        by = cast.viewer(cast.stranger)
        place = by.places["cases.see"][0]
        for column in ("held_path", "asked_path"):
            Case.objects.filter(pk=two[0].pk).update(**{column: place})
            assert found(by, "电梯", now) == {LIFT}
            Case.objects.filter(pk=two[0].pk).update(**{column: cast.grid.path})
            assert proposed(by, "电梯") == 0

    def test_what_was_written_down_later(self, cast, now, two):
        Case.objects.filter(pk=two[1].pk).update(search=search_key(LAMP + "水管爆裂"))
        assert found(cast.viewer(cast.secretary), "水管", now) == {LAMP}
        assert found(cast.viewer(cast.secretary), "路灯", now) == {LAMP}


def nearby(viewer, cursor="", *, most):
    """A page of two of the cases with a word, the newest first, after a look at the next few."""
    rows = narrowed(viewer, Wanted(), now=viewer.now)
    return page_nearby(
        Case.objects.all(), rows, seeking.holds(viewer, "电梯"),
        lambda: seeking.proposed(viewer, "电梯"), ("-received_at", "-pk"),
        most=most, cursor=cursor, size=2,
    )  # fmt: skip


@pytest.mark.parametrize("most", [1, 3, 100])
def test_pages_of_a_search_follow_each_other_and_lead_back(cast, most):
    for day in range(9):
        words = LIFT if day % 3 else LAMP
        brought(cast, words, now=cast.now - timedelta(days=day))
    viewer = cast.viewer(cast.secretary)
    page = nearby(viewer, most=most)
    seen = [list(page.items)]
    while page.next:
        page = nearby(viewer, page.next, most=most)
        seen.append(list(page.items))
    whole = Case.objects.filter(words=LIFT).order_by("-received_at")
    assert [one for some in seen for one in some] == list(whole)
    while page.previous:
        page = nearby(viewer, page.previous, most=most)
        assert page.items == seen[seen.index(page.items)]
    assert page.items == seen[0]


def test_a_search_costs_two_statements_at_most(cast, now, two):
    viewer = cast.viewer(cast.secretary)
    for text in ("电梯", "恐龙", two[0].ref, "电梯 坏了"):
        with CaptureQueriesContext(connection) as done:
            list_cases(viewer, Wanted(text=text), now=now)
        assert len(done) <= 2
