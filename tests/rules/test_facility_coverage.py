"""Who can walk where and who finds room: rivers and bridges, nearness and capacities, against a plain recount."""

from math import inf

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from renwang.registers.facilities.coverage_rules import (
    METRES_PER_DEGREE,
    Ground,
    Reached,
    Site,
    Sum,
    reach,
    sum_up,
)

WIDE = METRES_PER_DEGREE  # at the equator a degree is as wide as it is high


def at(x: float, y: float) -> tuple[float, float]:
    """A position so many metres east and north of nowhere."""
    return x / WIDE, y / WIDE


def site(x: float, y: float, walk_m: float, places: int | None = None) -> Site:
    return Site(*at(x, y), walk_m, places)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(*at(west, south), *at(east, north))


def line(*spots: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([at(*one) for one in spots])


# --- refusals -------------------------------------------------------------------


def test_every_home_has_people_and_nobody_walks_less_than_the_straight_line():
    with pytest.raises(ValueError, match="number of people"):
        reach([at(0, 0)], [], [], detour=1.3)
    with pytest.raises(ValueError, match="straight line"):
        reach([at(0, 0)], [1], [], detour=0.9)


@pytest.mark.parametrize("homes", [[], [at(0, 0)]])
def test_without_homes_or_facilities_nobody_is_within_reach(homes):
    found = reach(homes, [2] * len(homes), [], detour=1.3)
    assert found.beyond.all()
    assert not found.placed.any()
    assert len(reach([], [], [site(0, 0, 500)], detour=1.3).taken) == 1


# --- the walk ---------------------------------------------------------------------


def test_a_walk_is_the_straight_line_times_the_detour():
    found = reach([at(300, 0), at(400, 0)], [1, 1], [site(0, 0, 500)], detour=1.3)
    assert found.walk_m[0] == pytest.approx(390, rel=1e-6)
    assert found.site.tolist() == [0, -1]
    assert found.walk_m[1] == inf


def test_every_facility_serves_as_far_as_it_does_and_the_nearest_counts():
    sites = [site(0, 0, 200), site(1000, 0, 900)]
    found = reach([at(100, 0), at(300, 0)], [1, 1], sites, detour=1.0)
    assert found.site.tolist() == [0, 1]
    assert found.walk_m.tolist() == pytest.approx([100, 700])


def test_nobody_walks_through_water_but_over_the_bridge():
    river = box(-2000, 95, 2000, 105)
    homes = [at(0, 0), at(400, 0)]
    sites = [site(0, 200, 900)]
    dry = reach(homes, [1, 1], sites, detour=1.0, ground=Ground([river]))
    assert dry.beyond.all()
    bridge = line((300, 0), (300, 300))
    over = reach(homes, [1, 1], sites, detour=1.0, ground=Ground([river], [bridge]))
    # To the quay at (300, 91), over 18 m of bridge, and on from (300, 109).
    way = np.hypot(300, 91) + 18 + np.hypot(300, 91)
    assert over.walk_m[0] == pytest.approx(way, rel=0.01)
    assert not over.beyond.any()
    assert over.walk_m[1] < over.walk_m[0]


def test_a_street_that_ends_in_the_water_or_runs_along_it_is_no_bridge():
    river = box(-2000, 95, 2000, 105)
    pier, quay = line((300, 0), (300, 100)), line((-500, 90), (500, 90))
    ground = Ground([river], [pier, quay])
    found = reach([at(0, 0)], [1], [site(0, 200, 900)], detour=1.0, ground=ground)
    assert found.beyond.all()


def test_who_lives_on_the_bank_has_not_crossed():
    river = box(-2000, 95, 2000, 105)
    found = reach([at(0, 95)], [1], [site(0, 0, 900)], detour=1.0, ground=Ground([river]))
    assert not found.beyond.any()


# --- places -------------------------------------------------------------------------


def test_places_are_given_out_by_nearness_and_the_rest_goes_on():
    sites = [site(0, 0, 1000, 10), site(500, 0, 1000, 3)]
    found = reach([at(10, 0), at(100, 0), at(200, 0)], [6, 6, 6], sites, detour=1.0)
    assert found.placed.tolist() == [6, 4, 3]
    assert found.taken.tolist() == [10, 3]
    assert not found.beyond.any()


def test_a_facility_whose_room_nobody_knows_takes_nobody_in():
    found = reach([at(10, 0)], [6], [site(0, 0, 1000, None)], detour=1.0)
    assert found.site.tolist() == [0]
    assert found.placed.tolist() == [0]


spot = st.tuples(st.integers(-900, 900), st.integers(-900, 900))
places_ = st.none() | st.integers(0, 40)


@given(
    st.lists(st.tuples(spot, st.integers(0, 12)), max_size=12),
    st.lists(st.tuples(spot, st.integers(50, 1500), places_), max_size=5),
)
def test_reach_agrees_with_a_plain_recount(homes, sites):
    people = [heads for _spot, heads in homes]
    stands = [site(*where, walk, places) for where, walk, places in sites]
    found = reach([at(*where) for where, _heads in homes], people, stands, detour=1.3)
    walks = {
        (h, s): np.hypot(x - u, y - v) * 1.3
        for h, ((x, y), _heads) in enumerate(homes)
        for s, ((u, v), walk, _places) in enumerate(sites)
        if np.hypot(x - u, y - v) * 1.3 <= walk - 1e-3
    }
    for h in range(len(homes)):
        near = [walk for (home, _site), walk in walks.items() if home == h]
        if near:
            assert found.walk_m[h] == pytest.approx(min(near), abs=0.05)
    held = [places or 0 for _spot, _walk, places in sites]
    assert (found.placed <= people).all()
    assert (found.taken <= held).all()
    assert found.placed.sum() == found.taken.sum()
    # Nobody is left outside while a facility within his reach has room.
    for (h, s), _walk in walks.items():
        assert found.placed[h] == people[h] or found.taken[s] == held[s]


# --- sums -------------------------------------------------------------------------


def test_sums_hold_every_home_of_a_place_and_nobody_elses():
    reached = Reached(
        np.array([100.0, inf, 300.0]), np.array([0, -1, 0]), np.array([2, 0, 1]), np.array([3])
    )
    one, other, empty = sum_up([0, 0, 1], 3, [1, 2, 4], [2, 5, 9], reached)
    assert one == Sum(3, 7, 2, 5, 2, 100.0)
    assert (one.within_people, one.unplaced) == (2, 0)
    assert other == Sum(4, 9, 0, 0, 1, 300.0)
    assert other.unplaced == 8
    assert empty == Sum()
    assert sorted([other, one, empty], key=lambda each: each.worst_first) == [one, other, empty]
    assert sum_up([-1, -1, -1], 1, [1, 2, 4], [2, 5, 9], reached) == [Sum()]
