"""Codes of grids: refused without the code above, in reading order, never given twice, by either scheme."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.chain.code_rules import (
    Coded,
    ParentCodeWrong,
    SchemeUnknown,
    SerialsUsedUp,
    assign_serials,
    compose_code,
    in_reading_order,
    serial_of,
)
from renwang.chain.schemes import scheme, schemes

COMMUNITY = "990105001001"
USUAL, NATIONAL = scheme("community_serial"), scheme("cjt_349")


class TestRefused:
    @pytest.mark.parametrize("code", ["", "9901050010", "99010500100A", "9901050010011"])
    def test_a_place_without_a_code_of_twelve_digits(self, code):
        with pytest.raises(ParentCodeWrong):
            compose_code(USUAL, code, 1)

    def test_numbers_used_up(self):
        with pytest.raises(SerialsUsedUp):
            assign_serials(
                NATIONAL, COMMUNITY, [Coded("a", "")], [compose_code(NATIONAL, COMMUNITY, 99)]
            )

    def test_a_scheme_that_nobody_knows(self):
        with pytest.raises(SchemeUnknown):
            scheme("mine")


def test_codes_as_the_standards_write_them():
    assert compose_code(USUAL, COMMUNITY, 7) == "990105001001007"
    assert compose_code(NATIONAL, COMMUNITY, 7) == "00000099010500100107"
    assert compose_code(NATIONAL, COMMUNITY, 0)[-2:] == "00"  # a community that is not divided


@given(st.sampled_from(sorted(schemes())), st.integers(0, 99))
def test_a_serial_reads_as_it_was_written(key, serial):
    chosen = scheme(key)
    assert serial_of(chosen, COMMUNITY, compose_code(chosen, COMMUNITY, serial)) == serial
    assert serial_of(chosen, COMMUNITY, "990105001002001") is None


def test_from_west_to_east_and_north_to_south():
    at = {"nw": (1, 9), "ne": (9, 9.2), "sw": (1.1, 1), "se": (9, 1.3)}
    grids = [Coded(key, "", spot) for key, spot in sorted(at.items())]
    assert [one.key for one in in_reading_order([*grids, Coded("?", "")])] == [
        "nw",
        "ne",
        "sw",
        "se",
        "?",
    ]


spots = st.one_of(st.none(), st.tuples(st.floats(100, 110), st.floats(20, 30)))
grids_of = st.lists(spots, max_size=30)


@given(grids_of, st.sets(st.integers(1, 60)), st.booleans())
def test_no_number_is_given_twice(spots, gone, afresh):
    used = [compose_code(USUAL, COMMUNITY, serial) for serial in gone]
    grids = [
        Coded(str(at), used[at] if at < len(used) // 2 else "", spot)
        for at, spot in enumerate(spots)
    ]
    given_codes = assign_serials(USUAL, COMMUNITY, grids, used, afresh=afresh)
    assert len(set(given_codes.values())) == len(given_codes)
    assert not set(given_codes.values()) & set(used)
    kept = {one.key for one in grids if one.code}
    assert set(given_codes) == {one.key for one in grids} - (set() if afresh else kept)
