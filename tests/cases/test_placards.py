"""Placards: never at a household's door, one code for as long as the thing stands, a kind word where it is gone."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.base.jobs import claim_job, run_job
from renwang.cases import placard_paper, services
from renwang.cases.models import Placard
from renwang.cases.placard_jobs import JOB, ask_for_placards, printed
from renwang.cases.placard_paper import Printing, draw_placards
from renwang.cases.placard_rules import (
    CODE_LENGTH,
    LETTERS,
    BetraysAHome,
    NothingToHang,
    RetiredAlready,
    Scope,
    Size,
    code_from,
    entrances_of,
    read_code,
)
from renwang.cases.placards import hung_at, list_placards
from renwang.cases.rules import WordsMissing
from renwang.cases.services.placarding import Spot, spots_at, spots_of_building
from renwang.chain.reach import NotInReach
from renwang.chain.services import division, homes
from tests import make
from tests.registers.facilities.conftest import entered as facility

TODAY = date(2026, 7, 15)
EVERYTHING = list(Scope)
_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


@pytest.fixture
def house(cast):
    """A building of two entrances with doors of its own, and a cottage in which one household lives."""
    made = make.building("3 号楼", cast.group, code="B3", entrances=2)
    make.household(made, "101")
    make.household(made, "102")
    cottage = make.building("青石路 9 号", cast.group, code="B9")
    make.household(cottage, "1")
    return made


def worked(now) -> None:
    """Let the worker do what was asked for."""
    while row := claim_job(now):
        run_job(row, lambda: now)


def made_at(cast, unit, scopes=tuple(EVERYTHING), by=None):
    viewer = cast.viewer(by or cast.secretary)
    return services.make_placards(spots_at(unit, scopes), by=viewer, now=cast.now)


class TestRefused:
    def test_a_building_in_which_one_household_lives(self, cast, house):
        cottage = make.building("青石路 11 号", cast.group, code="B11")
        make.household(cottage, "1")
        with pytest.raises(BetraysAHome):
            spots_of_building(cottage, entrances=True)
        assert {one.name for one in spots_at(cast.grid, [Scope.BUILDINGS])} == {"3 号楼"}

    def test_nothing_of_what_was_chosen(self, cast):
        with pytest.raises(NothingToHang):
            spots_at(cast.grid, [Scope.FACILITIES])

    def test_a_contact_household_is_no_place_for_one(self, cast):
        with pytest.raises(NothingToHang):
            spots_at(cast.group, [Scope.PLACE, Scope.BELOW])

    def test_a_stranger(self, cast, house):
        with pytest.raises(NotInReach):
            made_at(cast, cast.grid, by=cast.stranger)
        assert not Placard.objects.exists()

    def test_taking_one_out_of_use_without_a_reason_or_twice(self, cast):
        one = made_at(cast, cast.grid, [Scope.PLACE])[0]
        by = cast.viewer(cast.secretary)
        with pytest.raises(WordsMissing):
            services.retire_placard(one.pk, " ", by=by, now=cast.now)
        services.retire_placard(one.pk, "撕坏了", by=by, now=cast.now)
        with pytest.raises(RetiredAlready):
            services.retire_placard(one.pk, "撕坏了", by=by, now=cast.now)


class TestMade:
    def test_for_the_place_its_buildings_entrances_and_facilities(self, cast, house):
        facility(cast, name="社区避难点")
        rows = made_at(cast, cast.grid)
        assert [(one.name, one.entrance) for one in rows] == [
            (cast.grid.name, 0), ("3 号楼", 0), ("3 号楼", 1), ("3 号楼", 2), ("社区避难点", 0),
        ]  # fmt: skip

    def test_printed_again_it_is_the_same_code_and_the_new_name(self, cast, house):
        before = {one.target: one.code for one in made_at(cast, cast.grid)}
        by = cast.viewer(cast.secretary)
        homes.change_building(building=house, by=by, now=cast.now, name="甲 3 栋", code="B-3")
        rows = made_at(cast, cast.grid)
        assert {one.target: one.code for one in rows} == before
        assert "甲 3 栋" in {one.name for one in Placard.objects.all()}

    def test_one_that_was_lost_gets_a_new_code(self, cast):
        first = made_at(cast, cast.grid, [Scope.PLACE])[0]
        by = cast.viewer(cast.secretary)
        services.retire_placard(first.pk, "丢失", by=by, now=cast.now)
        assert made_at(cast, cast.grid, [Scope.PLACE])[0].code != first.code

    def test_costs_the_same_for_many(self, cast, house, django_assert_max_num_queries):
        for number in range(20):
            one = make.building(f"{number + 10} 号楼", cast.group, entrances=3)
            make.household(one, "101")
            make.household(one, "102")
        with django_assert_max_num_queries(14):
            assert len(made_at(cast, cast.grid)) > 80

    def test_are_listed_to_who_sees_the_cases(self, cast, house):
        made_at(cast, cast.grid)
        assert len(list_placards(cast.viewer(cast.worker)).items) == 4
        assert not list_placards(cast.viewer(cast.stranger)).items
        assert len(list_placards(cast.viewer(cast.worker), text="号楼").items) == 3


class TestACode:
    def test_stands_for_the_entrance(self, cast, house):
        code = next(one.code for one in made_at(cast, cast.grid) if one.entrance == 2)
        hung = hung_at(f" {code[:3].lower()}-{code[3:]} ", TODAY)
        assert (hung.unit, hung.building, hung.entrance) == (cast.group, house, 2)

    def test_lives_on_when_its_grid_is_merged_away(self, cast):
        code = made_at(cast, cast.grid, [Scope.PLACE])[0].code
        other = make.unit("第九网格", cast.grid.level, cast.community)
        made = division.merge_units(
            units=[cast.grid, other], name="合并网格", by=cast.viewer(cast.operator), on=TODAY,
            now=cast.now,
        )  # fmt: skip
        assert hung_at(code, TODAY + timedelta(days=1)).unit == made
        assert hung_at(cast.grid.ref, TODAY + timedelta(days=1)).unit == made

    def test_out_of_use_leaves_the_choice(self, cast):
        one = made_at(cast, cast.grid, [Scope.PLACE])[0]
        by = cast.viewer(cast.secretary)
        services.retire_placard(one.pk, "挂错地方", by=by, now=cast.now)
        hung = hung_at(one.code, TODAY)
        assert hung.unit is None and hung.choices == (cast.grid,) and hung.name == cast.grid.name

    def test_of_a_building_that_is_gone_leaves_the_grid(self, cast):
        empty = make.building("5 号楼", cast.group)
        spots = spots_of_building(empty, entrances=False)
        one = services.make_placards(spots, by=cast.viewer(cast.secretary), now=cast.now)[0]
        homes.remove_building(building=empty, by=cast.viewer(cast.secretary), now=cast.now)
        hung = hung_at(one.code, TODAY)
        assert hung.unit is None and hung.choices == (cast.grid,) and hung.name == "5 号楼"

    def test_that_never_was(self, cast):
        assert hung_at("ABCDEFG", TODAY) is None and hung_at("", TODAY) is None

    @pytest.mark.anywhere
    @given(st.integers(min_value=0, max_value=2**64 - 1))
    def test_is_read_as_it_was_made(self, number):
        code = code_from(number)
        assert len(code) == CODE_LENGTH and set(code) <= set(LETTERS)
        assert read_code(f"{code[:3].lower()} {code[3:]}") == code

    @pytest.mark.anywhere
    def test_entrances_count_from_one_and_only_where_there_are_several(self):
        assert list(entrances_of(1)) == [] and list(entrances_of(3)) == [1, 2, 3]


class TestOnPaper:
    def pages(self, placards, printing) -> int:
        """Draw, and count the pages of the PDF."""
        return len(_PAGE.findall(draw_placards(placards, printing)))

    def printing(self, size=Size.A4, languages=("zh-hans", "en")) -> Printing:
        return Printing(
            size, languages, "https://qingshi.example.org/r/", "023-6000 0000", "社区办公室"
        )

    @pytest.mark.parametrize("size", [Size.A4, Size.A5])
    @pytest.mark.parametrize("languages", [["zh-hans"], ["en"], ["zh-hans", "en"]])
    def test_each_has_a_page_however_long_its_name(self, cast, size, languages):
        long = make.building(
            "中国共产党青石街道石桥社区第一网格老家属院综合服务楼东附楼" * 2, cast.group
        )
        spots = [Spot(cast.grid), Spot(cast.group, long, 12)]
        rows = services.make_placards(spots, by=cast.viewer(cast.secretary), now=cast.now)
        assert self.pages(rows, self.printing(size, languages)) == 2

    def test_eight_stickers_go_on_a_sheet(self, cast):
        spots = [Spot(cast.grid), Spot(cast.community)] + [
            Spot(cast.group, make.building(f"{number} 号楼", cast.group)) for number in range(7)
        ]
        rows = services.make_placards(spots, by=cast.viewer(cast.officer), now=cast.now)
        assert self.pages(rows[:8], self.printing(Size.STICKER)) == 1
        assert self.pages(rows, self.printing(Size.STICKER)) == 2

    def test_is_a_pdf_with_the_address_in_plain_letters(self, cast):
        rows = made_at(cast, cast.grid, [Scope.PLACE])
        assert draw_placards(rows, self.printing()).startswith(b"%PDF-")
        laid = list(placard_paper._laid_out(rows, self.printing(), lambda done, total: None))
        assert laid[0]["address"] == f"qingshi.example.org/r/{rows[0].code}"


class TestAJob:
    def test_prints_a_whole_community(
        self,
        cast,
        house,
    ):
        by = cast.viewer(cast.secretary)
        printing = Printing(Size.A5, ["zh-hans"], "https://example.org/r/")
        job = ask_for_placards(cast.community, EVERYTHING, printing, by=by, now=cast.now)
        worked(cast.now)
        job.refresh_from_db()
        assert job.kind == JOB and job.outcome == {"number": Placard.objects.count()}
        assert printed(job.pk).startswith(b"%PDF-")

    def test_prints_nothing_for_who_has_lost_his_reach(
        self,
        cast,
        house,
    ):
        printing = Printing(Size.A5, ["zh-hans"], "https://example.org/r/")
        by = cast.viewer(cast.stranger)
        job = ask_for_placards(cast.community, EVERYTHING, printing, by=by, now=cast.now)
        worked(cast.now)
        job.refresh_from_db()
        assert job.outcome == {"number": 0} and printed(job.pk) is None
