"""Stock of facilities: refusals first, then written down, counted, struck off, brought in twice, and what is missing of it."""

import pytest
from django.utils import translation

from renwang.base.models import Entry
from renwang.base.tables import Column, write_csv
from renwang.chain.imports import ImportRefused, commit_import, preview_import
from renwang.chain.reach import NotInReach
from renwang.registers.facilities import services, stock_imports
from renwang.registers.facilities.finding_rules import Hole
from renwang.registers.facilities.models import Stock
from renwang.registers.facilities.rules import NameMissing
from renwang.registers.facilities.selectors import stock
from renwang.registers.facilities.selectors.finding import find_holes
from renwang.registers.facilities.services import StockSaid
from renwang.registers.facilities.services.calling import follow_division
from renwang.registers.facilities.services.stocking import LotTwice
from renwang.registers.facilities.stock_rules import CountedInTheFuture, QuantityRefused
from tests.registers.facilities.conftest import DAY, TODAY, broken, centre, entered, shelter

HEAD = "所属社区,储备点,物资名称,数量,单位,批次,有效期至,存放位置,盘点日期,单价\n"
GOOD = (
    HEAD
    + "石桥社区,石桥储备点,饮用水,10,箱,A1,2026-12-31,货架 1,2026-07-01,30\n"
    + "石桥社区,石桥储备点,饮用水,2,箱,A0,2026-07-01,货架 1,2026-07-01,30\n"
    + "石桥社区,石桥储备点,棉被,40,床,,,,2026-07-01,80\n"
)


def point(cast):
    """A stock point of the community."""
    return entered(cast, "stock_point", "石桥储备点", unit=cast.community)


def kept(cast, one, name: str = "饮用水", quantity: float = 10, unit: str = "箱", **more) -> Stock:
    said = StockSaid(name, quantity, unit, **({"checked_on": TODAY} | more))
    return services.keep_stock(one.pk, said, by=cast.viewer(cast.secretary), now=cast.now)


def stock_holes(cast) -> list[Hole]:
    found = find_holes(cast.community.path, now=cast.now, with_coverage=False)
    return [one.hole for one in found if one.hole.value.startswith("stock")]


class TestRefused:
    def test_who_does_not_keep_the_list_writes_nothing(self, cast):
        one = point(cast)
        made = kept(cast, one)
        for who in (cast.stranger, cast.worker):
            by = cast.viewer(who)
            with pytest.raises(NotInReach):
                services.keep_stock(one.pk, StockSaid("x", 1), by=by, now=cast.now)
            with pytest.raises(NotInReach):
                services.strike_stock(one.pk, made.pk, by=by, now=cast.now)
        with pytest.raises(NotInReach):
            services.count_stock(one.pk, made.pk, 1, by=cast.viewer(cast.stranger), now=cast.now)
        assert Stock.objects.get().quantity == 10

    @pytest.mark.parametrize(
        ("said", "refusal"),
        [
            (StockSaid(" ", 1), NameMissing),
            (StockSaid("x", -1), QuantityRefused),
            (StockSaid("x", float("nan")), QuantityRefused),
            (StockSaid("x", 1, checked_on=TODAY + DAY), CountedInTheFuture),
            (StockSaid("饮 用水", 1), LotTwice),
        ],
    )
    def test_what_cannot_be(self, cast, said, refusal):
        one = point(cast)
        kept(cast, one)
        with pytest.raises(refusal):
            services.keep_stock(one.pk, said, by=cast.viewer(cast.secretary), now=cast.now)
        assert Stock.objects.count() == 1


class TestKept:
    def test_counted_by_who_goes_round_and_struck_off_by_who_keeps_it(self, cast):
        one = point(cast)
        made = kept(cast, one, checked_on=None)
        services.count_stock(one.pk, made.pk, 7, by=cast.viewer(cast.secretary), now=cast.now)
        made.refresh_from_db()
        assert (made.quantity, made.checked_on) == (7, TODAY)
        fact = Entry.objects.get(verb="facilities.stock_counted")
        assert (fact.facts["before"], fact.facts["quantity"]) == (10, 7)
        services.strike_stock(one.pk, made.pk, by=cast.viewer(cast.secretary), now=cast.now)
        assert not Stock.objects.exists()
        assert [one.act for one in one.steps.order_by("pk")][-3:] == [
            "stock", "counted", "stock_struck",
        ]  # fmt: skip

    def test_written_anew_it_stays_one(self, cast):
        one = point(cast)
        made = kept(cast, one, expires_on=TODAY + 90 * DAY, lot="A1")
        said = StockSaid("饮用水", 12, "箱", "A1", expires_on=TODAY + 90 * DAY)
        services.keep_stock(
            one.pk, said, by=cast.viewer(cast.secretary), now=cast.now, stock_id=made.pk
        )
        assert Stock.objects.get().quantity == 12

    def test_what_ends_first_stands_first(self, cast):
        one = point(cast)
        for days in (90, None, 10):
            until = TODAY + days * DAY if days else None
            kept(cast, one, expires_on=until, lot=str(days))
        assert [lot.lot for lot in stock.stock_of(one)] == ["10", "90", "None"]

    def test_it_lies_where_its_facility_lies(self, cast):
        one = point(cast)
        kept(cast, one)
        one.unit.__class__.objects.filter(pk=one.unit_id).update(path="/990105/elsewhere/")
        follow_division(cast.now)
        one.refresh_from_db()
        assert Stock.objects.get().path == one.path == "/990105/elsewhere/"


class TestMissing:
    def test_a_stock_point_with_nothing_written_down(self, cast):
        point(cast)
        assert stock_holes(cast) == [Hole.STOCK_NONE]

    def test_a_hydrant_needs_none_and_a_room_for_stock_does(self, cast):
        entered(cast)
        assert stock_holes(cast) == []
        centre(cast)
        assert stock_holes(cast) == [Hole.STOCK_NONE]

    def test_whole_it_has_no_hole_and_past_its_day_it_has(self, cast):
        one = point(cast)
        kept(cast, one, "饮用水", 10, "箱", expires_on=TODAY + 200 * DAY)
        kept(cast, one, "棉被", 20, "床")
        kept(cast, one, "应急灯", 10, "盏")
        kit = kept(cast, one, "急救包", 2, "个", expires_on=TODAY + 90 * DAY)
        assert stock_holes(cast) == []
        Stock.objects.filter(pk=kit.pk).update(expires_on=TODAY - DAY)
        assert stock_holes(cast) == [Hole.STOCK_OVER, Hole.STOCK_SHORT]

    def test_in_either_language_it_is_the_same_hole(self, cast):
        kept(cast, point(cast))
        said = []
        for language in ("zh-hans", "en"):
            with translation.override(language):
                found = find_holes(cast.community.path, now=cast.now, with_coverage=False)
            said.append([one.params for one in found if one.hole is Hole.STOCK_SHORT])
        assert said[0] == said[1] != []


class TestTables:
    def bring_in(self, cast, text: str, who=None, work=commit_import):
        by = cast.viewer(who or cast.secretary)
        return work("stock", text.encode("gb18030"), "物资台账.csv", by=by, now=cast.now)

    def test_who_does_not_keep_the_list_brings_none_in(self, cast):
        with pytest.raises(NotInReach):
            self.bring_in(cast, GOOD, cast.worker)

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            ("北山街道,石桥储备点,水,1,箱,,,,,", "所属社区"),
            ("石桥社区,没有的仓库,水,1,箱,,,,,", "储备点"),
            ("石桥社区,石桥储备点,水,-1,箱,,,,,", "数量"),
            ("石桥社区,石桥储备点,水,多,箱,,,,,", "数量"),
            ("石桥社区,石桥储备点,水,1,箱,,明年,,,", "有效期至"),
            ("石桥社区,石桥储备点,水,1,箱,,,,2026-08-01,", "盘点日期"),
            ("石桥社区,石桥储备点,,1,箱,,,,,", "物资名称"),
        ],
    )
    def test_a_wrong_cell_is_named_and_nothing_is_written(self, cast, row, column):
        point(cast)
        plan = self.bring_in(cast, HEAD + row + "\n", work=preview_import)
        assert [error.column_title for error in plan.table.errors] == [column]
        with pytest.raises(ImportRefused):
            self.bring_in(cast, HEAD + row + "\n")
        assert not Stock.objects.exists()

    def test_twice_is_once_and_a_new_count_changes_that(self, cast):
        point(cast)
        assert self.bring_in(cast, GOOD).counts["created"] == 3
        again = self.bring_in(cast, GOOD)
        assert (again.counts["created"], again.counts["unchanged"]) == (0, 3)
        changed = self.bring_in(cast, GOOD.replace("饮用水,10,", "饮用水,8,"))
        assert changed.counts["updated"] == 1
        assert Stock.objects.get(lot="A1").quantity == 8
        assert Entry.objects.filter(verb="facilities.stock_imported").count() == 2

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_out_and_in_again_changes_nothing(self, cast, language):
        point(cast)
        self.bring_in(cast, GOOD)
        with translation.override(language):
            columns = [
                Column(key, (title,), kind) for key, title, kind in stock_imports.headings(language)
            ]
            rows = [
                stock_imports.row_of(one)
                for one in Stock.objects.select_related("facility__unit").order_by("pk")
            ]
            data = write_csv(columns, rows, language=language)
        by = cast.viewer(cast.secretary)
        plan = preview_import("stock", data, "a.csv", by=by, now=cast.now)
        assert plan.counts == {"created": 0, "updated": 0, "unchanged": 3, "wrong": 0}


class TestJoined:
    def test_a_stranger_joins_nothing_and_the_first_number_stays(self, cast):
        defect = broken(cast, shelter(cast))
        with pytest.raises(NotInReach):
            services.join_risk(defect.pk, "F-1", by=cast.viewer(cast.stranger), now=cast.now)
        for ref in ("F-1", "F-2"):
            made = services.join_risk(defect.pk, ref, by=cast.viewer(cast.worker), now=cast.now)
        assert made.risk == "F-1"
        assert Entry.objects.filter(verb="facilities.defect_joined").count() == 1
