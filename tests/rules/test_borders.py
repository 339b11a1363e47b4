"""Borders drawn by hand: what is wrong is named, neighbours follow without a gap, a line cuts in two, points snap."""

import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from renwang.chain.dividing.borders import (
    CutsNothing,
    CutsTwice,
    Fault,
    Plane,
    Spot,
    cut,
    find_wrong,
    from_rings,
    let_follow,
    place_spots,
    snap,
    to_rings,
)

LON, LAT, STEP = 160.0, 30.0, 0.002  # some 200 metres


def box(west, south, east, north):
    return shapely.box(LON + west * STEP, LAT + south * STEP, LON + east * STEP, LAT + north * STEP)


def at(x, y):
    return (LON + x * STEP, LAT + y * STEP)


TWO = {"a": box(0, 0, 1, 1), "b": box(1, 0, 2, 1)}
NAMES = {"a": "甲", "b": "乙"}


def faults(areas, **more):
    return [one.fault for one in find_wrong(areas, NAMES, **more)]


class TestWrong:
    def test_nothing_is_wrong_with_two_neighbours(self):
        spots = [Spot("1", "1号楼", "1", at(0.5, 0.5)), Spot("2", "2号楼", "2", at(1, 0.5))]
        assert faults(TWO, before=TWO, whole=box(0, 0, 2, 1), spots=spots) == []

    def test_a_border_that_crosses_itself_says_where(self):
        bow = shapely.Polygon([at(0, 0), at(1, 1), at(1, 0), at(0, 1)])
        (one,) = find_wrong({"a": bow}, NAMES)
        assert one.fault is Fault.CROSSES_ITSELF
        assert one.at == pytest.approx(at(0.5, 0.5))

    def test_pieces_overlap_and_reaching_out(self):
        apart = shapely.union_all([box(0, 0, 1, 1), box(3, 0, 4, 1)])
        assert faults({"a": apart}) == [Fault.IN_PIECES]
        assert faults({"a": apart}, before={"a": apart}) == []
        assert faults({"a": box(0, 0, 1.2, 1), "b": TWO["b"]}) == [Fault.OVER_NEIGHBOUR]
        assert faults({"a": box(-1, 0, 1, 1)}, whole=box(0, 0, 2, 1)) == [Fault.OUT_OF_PLACE]

    def test_a_building_in_none_in_two_and_a_group_on_both_sides(self):
        lost = Spot("1", "1号楼", "g", at(5, 5))
        assert faults(TWO, spots=[lost]) == [Fault.BUILDING_BARE]
        over = {"a": box(0, 0, 1.2, 1), "b": TWO["b"]}
        twice = Spot("2", "2号楼", "h", at(1.1, 0.5))
        assert Fault.BUILDING_TWICE in faults(over, spots=[twice])
        group = [Spot("3", "3号楼", "k", at(0.5, 0.5)), Spot("4", "4号楼", "k", at(1.5, 0.5))]
        assert faults(TWO, spots=group, groups={"k": "3-4号楼组"}) == [Fault.GROUP_CUT]

    def test_bare_ground_is_said_and_allowed(self):
        found = find_wrong({"a": box(0, 0, 0.5, 1), "b": TWO["b"]}, NAMES, before=TWO)
        assert [one.fault for one in found] == [Fault.GROUND_BARE]
        assert not found[0].fault.forbids and found[0].area_m2 > 10_000


class TestNeighboursFollow:
    edges = st.floats(0.2, 1.8)

    @given(edges, edges)
    def test_no_ground_is_lost_or_doubled(self, low, high):
        assume(abs(low - 1) > 0.01 or abs(high - 1) > 0.01)
        drawn = shapely.Polygon([at(0, 0), at(low, 0), at(high, 1), at(0, 1)])
        after = let_follow("a", drawn, TWO)
        plane = Plane(box(0, 0, 2, 1))
        whole = plane.to(box(0, 0, 2, 1)).area
        assert plane.to(shapely.union_all(list(after.values()))).area == pytest.approx(
            whole, rel=1e-6
        )
        assert sum(plane.to(one).area for one in after.values()) == pytest.approx(whole, rel=1e-6)

    @given(edges, st.lists(st.tuples(st.floats(0.01, 1.99), st.floats(0.01, 0.99)), max_size=20))
    def test_every_building_lies_in_exactly_one(self, edge, places):
        after = let_follow("a", box(0, 0, edge, 1), TWO)
        spots = [Spot(str(n), str(n), str(n), at(*one)) for n, one in enumerate(places)]
        assert all(len(there) == 1 for there in place_spots(after, spots).values())

    def test_who_touches_what_is_left_longest_gets_it(self):
        three = {**TWO, "c": box(0, 1, 2, 2)}
        after = let_follow("a", box(0, 0, 0.2, 1), three)
        assert after["b"].area > TWO["b"].area
        assert after["c"].equals(three["c"])


class TestCut:
    def test_refused(self):
        with pytest.raises(CutsNothing):
            cut(TWO["a"], shapely.LineString([at(3, 0), at(3, 1)]))
        with pytest.raises(CutsNothing):
            cut(TWO["a"], shapely.LineString([at(0.4, 0.4), at(0.5, 0.5)]))
        u = from_rings(
            [[at(0, 0), at(3, 0), at(3, 2), at(2, 2), at(2, 1), at(1, 1), at(1, 2), at(0, 2)]]
        )
        with pytest.raises(CutsTwice):
            cut(u, shapely.LineString([at(-1, 1.5), at(4, 1.5)]))

    @given(st.floats(0.1, 0.9), st.floats(0.1, 0.9))
    def test_two_parts_that_are_the_whole(self, low, high):
        west, east = cut(TWO["a"], shapely.LineString([at(low, 0), at(high, 1)]))
        plane = Plane(TWO["a"])
        assert west.centroid.x < east.centroid.x
        assert sum(plane.to(one).area for one in (west, east)) == pytest.approx(
            plane.to(TWO["a"]).area, rel=1e-6
        )

    def test_a_line_that_does_not_quite_reach(self):
        west, _east = cut(TWO["a"], shapely.LineString([at(0.5, 0.05), at(0.5, 0.95)]))
        assert west.area == pytest.approx(TWO["a"].area / 2, rel=0.01)


class TestSnap:
    def test_points_near_a_border_come_onto_it_and_others_stay(self):
        drawn = from_rings([[at(0, 0), at(0.98, 0.01), at(1.02, 0.99), at(0, 1)]])
        snapped = snap(drawn, [[TWO["b"]]], 10)
        assert not shapely.intersection(snapped, TWO["b"]).area
        assert snapped.normalize().equals_exact(TWO["a"].normalize(), 1e-9)
        assert snap(drawn, [[TWO["b"]]], 0) is drawn

    def test_a_border_follows_the_bends_of_a_street(self):
        street = shapely.LineString([at(1, -1), at(1, 0.4), at(1.03, 0.5), at(1, 0.6), at(1, 2)])
        drawn = from_rings([[at(0, 0), at(0.99, 0), at(0.99, 1), at(0, 1)]])
        corners = shapely.get_coordinates(snap(drawn, [[], [street]], 10)).tolist()
        assert [pytest.approx(x) for x in at(1.03, 0.5)] in corners

    def test_rings_are_read_as_they_are_written_with_holes(self):
        holed = box(0, 0, 4, 4).difference(box(1, 1, 2, 2))
        assert from_rings(to_rings(holed)).equals(holed)
