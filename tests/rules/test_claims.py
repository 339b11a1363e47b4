"""Departments' divisions beside each other and made into one: findings, old numbers to the last part, people named once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.registers.claims.comparing_rules import (
    Claimed,
    Finding,
    Home,
    Listed,
    compare,
    same_people,
)
from renwang.registers.claims.merging_rules import (
    WHOLE,
    Candidate,
    LooksAfterTwo,
    Measured,
    Staffed,
    StandsInForHimself,
    Why,
    check_staff,
    map_numbers,
    propose_staff,
    share_out,
)

HOMES = [
    Home(name, f"{name}号楼", count, "G1")
    for name, count in zip("abcd", (10, 20, 30, 0), strict=True)
]


def claimed(key, department, homes, outside=""):
    return Claimed(key, department, key, "", frozenset(homes), frozenset(outside))


def kinds(found):
    return [one.kind for one in found]


class TestChoosingPeople:
    GRIDS = {"1": "第一网格", "2": "第二网格"}
    PEOPLE = {"p": "王格平", "q": "李守望"}

    def test_nobody_looks_after_two_grids(self):
        with pytest.raises(LooksAfterTwo) as refused:
            check_staff({"1": Staffed("p"), "2": Staffed("p")}, self.GRIDS, self.PEOPLE)
        assert refused.value.params == {"name": "王格平", "grid": "第二网格"}

    @pytest.mark.parametrize("chosen", [Staffed("p", ("p",)), Staffed("p", ("q", "q"))])
    def test_nobody_stands_in_for_himself_or_twice(self, chosen):
        with pytest.raises(StandsInForHimself):
            check_staff({"1": chosen}, self.GRIDS, self.PEOPLE)

    def test_a_vacancy_and_one_backup_for_two_are_allowed(self):
        check_staff({"1": Staffed("", ("q",)), "2": Staffed("", ("q",))}, self.GRIDS, self.PEOPLE)


class TestFindings:
    def test_a_building_in_no_grid_and_one_in_two(self):
        found = compare(HOMES, [claimed("1", "police", "ab"), claimed("2", "police", "bc")])
        gap, overlap = found
        assert (gap.kind, gap.homes, gap.households) == (Finding.GAP, ("d",), 0)
        assert (overlap.kind, overlap.claims, overlap.households) == (
            Finding.OVERLAP,
            ("1", "2"),
            20,
        )

    def test_grids_of_two_departments_may_lie_on_each_other(self):
        found = compare(HOMES, [claimed("1", "police", "abcd"), claimed("2", "city", "abcd")])
        assert kinds(found) == [Finding.SAME_PLACE]
        assert found[0].households == 60

    def test_nearly_the_same_place_is_another(self):
        found = compare(HOMES, [claimed("1", "police", "abcd"), claimed("2", "city", "abd")])
        assert kinds(found) == [Finding.GAP]

    def test_an_area_in_common_where_no_building_stands(self):
        claims = [claimed("1", "police", "ab"), claimed("2", "police", "cd")]
        found = compare(HOMES, claims, areas={("1", "2"): 900})
        assert [(one.kind, one.area_m2) for one in found] == [(Finding.OVERLAP, 900)]

    def test_an_empty_grid_and_one_that_reaches_out(self):
        claims = [
            claimed("1", "police", "abcd"),
            claimed("2", "police", ""),
            claimed("3", "city", "abcdx", "x"),
        ]
        found = compare(HOMES, claims, beyond=[Home("x", "邻居", 7)])
        assert Finding.EMPTY in kinds(found)
        out = next(one for one in found if one.kind is Finding.OUTSIDE)
        assert (out.claims, out.households) == (("3",), 7)

    def test_rosters(self):
        claims = [
            claimed("1", "police", "ab"),
            claimed("2", "police", "cd"),
            claimed("3", "city", "abcd"),
        ]
        listed = [
            Listed("w1", "王格平", "154", "1", person="P"),
            Listed("w2", "李守望", "155", "1"),
            Listed("w3", "王格平", "154", "3"),
            Listed("w4", "李守望", "156", "3", is_backup=True),
        ]
        found = {one.kind: one for one in compare(HOMES, claims, listed)}
        assert found[Finding.TWO_WORKERS].claims == ("1",)
        assert found[Finding.NO_WORKER].claims == ("2",)
        assert found[Finding.ON_TWO_ROSTERS].people == ("w1", "w3")
        assert found[Finding.SAME_NAME].people == ("w2", "w4")
        assert found[Finding.KNOWN].people == ("w1", "w3")

    def test_a_name_without_a_telephone_joins_the_only_one_of_that_name(self):
        one, other = Listed("1", "王格平", "154", "a"), Listed("2", "王格平", "", "b")
        assert same_people([one, other]) == [[one, other]]
        third = Listed("3", "王格平", "155", "c")
        assert len(same_people([one, other, third])) == 3


sets = st.frozensets(st.sampled_from("abcdefgh"))
homes_of = st.fixed_dictionaries(
    {
        name: st.tuples(st.integers(0, 40), st.sampled_from(["G1", "G2", "G3", ""]))
        for name in "abcdefgh"
    }
)


class TestOldNumbers:
    @given(st.dictionaries(st.sampled_from(["1", "2", "3"]), sets), homes_of)
    def test_every_number_leads_to_ten_thousand_parts_or_nowhere(self, claims, homes):
        parts, nowhere = map_numbers(claims, homes)
        sums = {}
        for part in parts:
            assert part.share > 0 and part.grid
            sums[part.claim] = sums.get(part.claim, 0) + part.share
        assert set(sums.values()) <= {WHOLE}
        assert set(sums) | set(nowhere) == set(claims)
        assert not set(sums) & set(nowhere)

    @given(
        st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.floats(0, 1e6), max_size=12)
    )
    def test_shares_add_up_whatever_the_weights(self, weights):
        shares = share_out(weights)
        assert sum(shares.values()) in ({WHOLE} if any(weights.values()) else {0})

    def test_by_households_else_by_buildings_else_by_area(self):
        homes = {"a": (3, "G1"), "b": (1, "G2"), "c": (0, "G2"), "d": (0, "G1")}
        claims = {"1": "abc", "2": "cd", "3": "", "4": ""}
        parts, nowhere = map_numbers(claims, homes, {"3": {"G1": 2.0}})
        told = [(one.claim, one.grid, one.share, one.by) for one in parts]
        assert told == [
            ("1", "G1", 7500, Measured.HOUSEHOLDS),
            ("1", "G2", 2500, Measured.HOUSEHOLDS),
            ("2", "G1", 5000, Measured.BUILDINGS),
            ("2", "G2", 5000, Measured.BUILDINGS),
            ("3", "G1", WHOLE, Measured.AREA),
        ]
        assert nowhere == ["4"]


class TestStaff:
    def test_the_holder_stays_and_the_most_familiar_gets_the_vacancy(self):
        holder = Candidate("h", "王格平", 5, ("police",), Why.STAYS)
        familiar = {
            "1": [Candidate("a", "甲", 90), Candidate("h", "王格平", 5)],
            "2": [Candidate("a", "甲", 40), Candidate("b", "乙", 60)],
        }
        first, second = propose_staff(["1", "2"], familiar, {"1": [holder]})
        assert (first.worker, [one.key for one in first.backups]) == (holder, ["a"])
        assert (second.worker.key, second.worker.why) == ("b", Why.KNOWS_MOST)
        assert [one.key for one in second.backups] == ["a"]

    def test_nobody_leads_two_and_backups_are_three(self):
        same = [Candidate(key, key, 50 - at) for at, key in enumerate("abcdefg")]
        staff = propose_staff(["1", "2", "3"], dict.fromkeys("123", same), {})
        leads = [one.worker.key for one in staff]
        assert sorted(leads) == ["a", "b", "c"]
        assert all(len(one.backups) == 3 and len(one.others) == 3 for one in staff)

    def test_a_vacant_post_with_deputies(self):
        standing = [Candidate("", "", 0), Candidate("d", "丁", 0, (), Why.STANDS_IN)]
        (one,) = propose_staff(["1"], {}, {"1": standing})
        assert one.worker is None
        assert [backup.key for backup in one.backups] == ["d"]
