"""Stock: what is past its day, what goes out first, what is missing, and what cannot be."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.registers.facilities.finding_rules import FacilitySeen, Hole, find_faults
from renwang.registers.facilities.stock_rules import (
    MOST,
    CountedInTheFuture,
    Freshness,
    Lot,
    Needed,
    QuantityRefused,
    StockSeen,
    check_counted,
    check_quantity,
    first_out,
    freshness_of,
    held_of,
    missing,
)

TODAY = date(2026, 7, 15)
DAY = timedelta(days=1)
WATER = Needed("饮用水", ("饮用水",), {"瓶": 1, "箱": 24}, 240, "瓶")
DAYS = st.none() | st.dates(date(2025, 1, 1), date(2028, 1, 1))
LOTS = st.lists(
    st.builds(
        Lot, st.sampled_from(["饮用水", "瓶装饮用水", "棉被"]), st.floats(0, 1000),
        st.sampled_from(["瓶", "箱", "桶", ""]), DAYS, DAYS,
    )
)  # fmt: skip


def holes(*lots: Lot, needed=(WATER,)) -> list[Hole]:
    seen = FacilitySeen(
        "E1", "储备点", "/1/", "stock_point", stock=StockSeen(lots, needed, 60, 90), post=None
    )
    return [one.hole for one in find_faults([seen], TODAY) if one.hole.value.startswith("stock")]


class TestQuantities:
    @pytest.mark.parametrize("quantity", [-1, float("nan"), float("inf"), MOST + 1])
    def test_what_cannot_be(self, quantity):
        with pytest.raises(QuantityRefused):
            check_quantity(quantity)

    def test_nobody_counts_tomorrow(self):
        with pytest.raises(CountedInTheFuture):
            check_counted(TODAY + DAY, TODAY)
        assert check_counted(TODAY, TODAY) == TODAY
        assert check_counted(None, TODAY) is None


class TestDays:
    @pytest.mark.parametrize(
        ("days", "fresh"),
        [
            (-1, Freshness.OVER),
            (0, Freshness.ENDING),
            (60, Freshness.ENDING),
            (61, Freshness.FRESH),
        ],
    )
    def test_the_day_itself_still_counts(self, days, fresh):
        assert freshness_of(TODAY + days * DAY, TODAY, 60) is fresh

    def test_what_has_no_day_lasts(self):
        assert freshness_of(None, TODAY, 60) is Freshness.LASTING

    @given(LOTS)
    def test_what_ends_first_goes_first(self, lots):
        days = [one.expires_on or date.max for one in first_out(lots)]
        assert days == sorted(days)
        assert len(days) == len(lots)


class TestWhatIsThere:
    def test_boxes_are_counted_as_bottles_and_old_water_is_none(self):
        lots = [
            Lot("饮用水", 5, "箱", TODAY + DAY),
            Lot("饮用水", 30, "瓶"),
            Lot("饮用水", 100, "箱", TODAY - DAY),
            Lot("饮用水", 9, "桶"),  # nobody has said how much that is
            Lot("棉被", 40, "床"),
        ]
        assert held_of(WATER, lots, TODAY) == 150

    @given(LOTS)
    def test_never_less_than_nothing_and_missing_only_below_the_least(self, lots):
        held = held_of(WATER, lots, TODAY)
        assert held >= 0
        short = missing(StockSeen(tuple(lots), (WATER,), 60, 90), TODAY)
        assert bool(short) == (bool(lots) and held < WATER.least)


class TestHoles:
    def test_nothing_written_down_is_one_hole_and_not_four(self):
        assert holes() == [Hole.STOCK_NONE]
        assert holes(needed=()) == []

    def test_each_by_itself(self):
        counted = TODAY - DAY
        assert holes(Lot("饮用水", 10, "箱", TODAY + 90 * DAY, counted)) == []
        assert holes(Lot("饮用水", 9, "箱", None, counted)) == [Hole.STOCK_SHORT]
        assert holes(Lot("饮用水", 10, "箱", TODAY + 9 * DAY, counted)) == [Hole.STOCK_ENDING]
        old = Lot("饼干", 3, "箱", TODAY - DAY, counted)
        assert holes(Lot("饮用水", 10, "箱", None, counted), old) == [Hole.STOCK_OVER]
        assert holes(Lot("饮用水", 10, "箱", None, TODAY - 91 * DAY)) == [Hole.STOCK_UNCOUNTED]
        assert holes(Lot("饮用水", 10, "箱")) == [Hole.STOCK_UNCOUNTED]

    def test_what_is_used_up_is_not_past_its_day(self):
        gone = Lot("饼干", 0, "箱", TODAY - DAY, TODAY)
        assert holes(Lot("饮用水", 10, "箱", None, TODAY), gone) == []
