"""Dividing a community: in one piece, in balance, across no border, the same every time, and refused where it cannot be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon

from renwang.chain.dividing import (
    Barrier,
    CannotDivide,
    Piece,
    Weights,
    divide,
    lay_out,
    measure,
    pair_up,
    propose,
    rebalance,
    weigh,
)

METRE = 1 / 111_195


def lattice(columns, rows, step=20.0, *, west=160.0, south=0.0):
    """Buildings in rows and columns `step` metres apart, near the equator where a degree is one length."""
    return [
        (west + step * METRE * column, south + step * METRE * row)
        for row in range(rows)
        for column in range(columns)
    ]


class TestRefused:
    @pytest.mark.parametrize("grids", [0, -1, 5])
    def test_more_grids_than_buildings_or_none(self, grids):
        ground = lay_out(lattice(2, 2), [1] * 4)
        with pytest.raises(CannotDivide) as refused:
            divide(ground, {0: grids})
        assert (refused.value.buildings, refused.value.grids) == (4, grids)

    def test_lists_of_different_length(self):
        with pytest.raises(ValueError, match="one length"):
            lay_out(lattice(2, 2), [1] * 3)


class TestDivision:
    def test_even_ground_is_divided_evenly(self):
        ground = lay_out(lattice(20, 20), [10] * 400)
        found = measure(ground, divide(ground, {0: 8}))
        assert (found.grids, found.broken) == (8, 0)
        assert found.worst <= 0.03

    def test_it_is_work_that_is_balanced_not_buildings(self):
        work = [50 if at % 20 < 4 else 5 for at in range(400)]
        ground = lay_out(lattice(20, 20), work)
        labels = divide(ground, {0: 5})
        assert measure(ground, labels).worst <= 0.03
        sizes = [list(labels).count(grid) for grid in range(5)]
        assert max(sizes) > 2 * min(sizes)

    def test_no_grid_lies_in_two_communities(self):
        at = lattice(16, 16)
        communities = [int(index % 16 >= 8) for index in range(256)]
        ground = lay_out(at, [3] * 256, communities=communities)
        labels = divide(ground, {0: 3, 1: 5})
        homes = {(grid, home) for grid, home in zip(labels, communities, strict=True)}
        assert sorted(grid for grid, _home in homes) == list(range(8))

    def test_a_border_runs_along_the_river(self):
        """Two thirds lie west of the water: two grids of three are there, and none on both banks."""
        river = LineString([(160 + 160 * METRE, -1), (160 + 160 * METRE, 1)])
        ground = lay_out(lattice(12, 12, 21.25), [4] * 144, barriers=[(river, Barrier.WATER)])
        found = measure(ground, divide(ground, {0: 3}, tolerance=0.03))
        assert (found.over_water, found.broken) == (0, 0)

    def test_a_compound_stays_whole_where_balance_allows(self):
        at = lattice(12, 12)
        compounds = [(index % 12) // 3 * 4 + index // 12 // 3 for index in range(144)]
        ground = lay_out(at, [5] * 144, compounds=compounds)
        labels = divide(ground, {0: 4})
        homes = {(home, grid) for home, grid in zip(compounds, labels, strict=True)}
        assert len(homes) == 16

    def test_a_street_is_a_better_border_than_a_yard(self):
        at = lattice(10, 10)
        street = Polygon(
            [(160 + 85 * METRE, -1), (160 + 95 * METRE, -1), (160 + 95 * METRE, 1), (160 + 85 * METRE, 1)]
        )  # fmt: skip
        ground = lay_out(at, [1] * 100, barriers=[(street, Barrier.ROAD)])
        labels = divide(ground, {0: 2})
        assert {labels[index] for index in range(100) if index % 10 < 5} != {0, 1}

    @pytest.mark.parametrize(
        "at", [[(160.0, 0.0)] * 6, [(160 + one * METRE * 20, 0.0) for one in range(6)]]
    )
    def test_buildings_at_one_spot_or_in_one_row_are_divided_too(self, at):
        ground = lay_out(at, [1] * 6)
        found = measure(ground, divide(ground, {0: 2}))
        assert (found.grids, found.broken) == (2, 0)

    def test_one_great_building_is_the_only_thing_that_breaks_balance(self):
        ground = lay_out(lattice(5, 5), [400, *[4] * 24])
        found = measure(ground, divide(ground, {0: 4}))
        assert (found.grids, found.broken) == (4, 0)
        assert found.over > 0.03

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 60), st.integers(0, 60), st.integers(1, 40), st.integers(0, 2)
            ),
            min_size=4,
            max_size=70,
        ),
        st.integers(1, 6),
        st.booleans(),
    )
    def test_whatever_the_ground(self, rows, wanted, has_river):
        """Every building is in one grid, every grid exists, in one piece, in one community; and twice is the same."""
        at = [(160 + x * 10 * METRE, y * 10 * METRE) for x, y, _load, _home in rows]
        homes = [home for *_rest, home in rows]
        river = LineString([(160 + 300.5 * METRE, -1), (160 + 300.5 * METRE, 1)])
        ground = lay_out(
            at,
            [load for _x, _y, load, _home in rows],
            communities=homes,
            barriers=[(river, Barrier.WATER)] if has_river else [],
        )
        grids = {home: min(wanted, homes.count(home)) for home in set(homes)}
        labels = divide(ground, grids)
        assert sorted(set(labels.tolist())) == list(range(sum(grids.values())))
        assert measure(ground, labels).broken == 0
        assert len(set(zip(labels.tolist(), homes, strict=True))) == sum(grids.values())
        assert divide(ground, grids).tolist() == labels.tolist()


class TestRebalance:
    def test_an_even_division_stays_as_it_is(self):
        ground = lay_out(lattice(8, 4), [10] * 32)
        labels = [int(index % 8 >= 4) for index in range(32)]
        assert rebalance(ground, labels).tolist() == labels

    def test_work_flows_through_the_grid_between(self):
        """Three grids in a row, the first too heavy and the last too light: the middle one hands on."""
        ground = lay_out(lattice(12, 6), [10] * 72)
        labels = [0 if index % 12 < 6 else 1 if index % 12 < 10 else 2 for index in range(72)]
        found = rebalance(ground, labels)
        assert measure(ground, found).worst <= 0.03
        assert measure(ground, found).broken == 0
        assert set(found.tolist()) == {0, 1, 2}

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.integers(1, 30), min_size=20, max_size=20))
    def test_no_grid_is_lost_and_balance_gets_no_worse(self, rows):
        ground = lay_out(lattice(5, 4), rows)
        labels = divide(ground, {0: 3}).tolist()
        before = measure(ground, labels)
        found = rebalance(ground, labels)
        after = measure(ground, found)
        assert (after.grids, after.broken) == (before.grids, 0)
        assert set(found.tolist()) == set(labels)


class TestMeasures:
    def test_a_grid_in_two_pieces_is_counted(self):
        ground = lay_out([(160 + one * 20 * METRE, 0.0) for one in range(4)], [1] * 4)
        found = measure(ground, [0, 1, 0, 1])
        assert (found.broken, found.cut, found.over) == (2, 3, 0.0)

    def test_balance_is_told_on_both_sides(self):
        ground = lay_out(lattice(2, 2), [6, 2, 2, 2])
        found = measure(ground, [0, 1, 1, 1])
        assert (found.over, found.under) == (0.0, 0.0)
        found = measure(ground, [0, 0, 1, 1])
        assert found.over == pytest.approx(1 / 3)
        assert found.under == pytest.approx(1 / 3)

    def test_new_grids_continue_the_old_ones_they_share_most_with(self):
        before, after, work = [7, 7, 7, 8, 8], [1, 1, 2, 2, 2], [5, 5, 1, 5, 5]
        assert pair_up(before, after, work) == {1: 7, 2: 8}

    def test_a_grid_more_continues_none(self):
        assert pair_up([7, 7, 7], [0, 1, 2], [3, 2, 1]) == {0: 7}


def pieces(columns, rows, *, first=6):
    """A lattice of building groups in two grids, the first with only a few columns."""
    return [
        Piece(f"p{index}", f"{index}", "A" if index % columns < first else "B", at, doors=10)
        for index, at in enumerate(lattice(columns, rows))
    ]


class TestProposal:
    def test_nothing_with_a_position_is_refused(self):
        with pytest.raises(CannotDivide):
            propose([Piece("p", "1", "A", None)], 1, weights=Weights())

    def test_an_uneven_division_is_evened_and_little_changes_hands(self):
        found = propose(pieces(8, 4), 2, weights=Weights())
        assert found.before.over == pytest.approx(0.5)
        assert found.after.worst == 0
        assert found.moved_work == found.total_work / 4
        assert set(found.moves.values()) == {"B"}
        assert (found.new, found.left) == ((), ())

    def test_afresh_each_grid_goes_on_as_well(self):
        found = propose(pieces(8, 4), 2, weights=Weights(), afresh=True)
        assert found.after.worst <= 0.03
        assert (found.new, found.left) == ((), ())

    def test_what_has_no_position_stays_where_it_is(self):
        lost = Piece("lost", "?", "A", None, doors=900)
        found = propose([*pieces(8, 4), lost], 2, weights=Weights())
        assert found.placed["lost"] == "A"
        assert "lost" not in found.moves

    def test_more_grids_get_names_of_their_own_and_fewer_leave_some_empty(self):
        more = propose(pieces(8, 4), 4, weights=Weights())
        assert (more.new, more.left) == (("+1", "+2"), ())
        fewer = propose(pieces(8, 4), 1, weights=Weights())
        assert (fewer.new, len(fewer.left)) == ((), 1)

    def test_a_hand_may_change_it_and_is_told_what_comes_of_it(self):
        group = pieces(8, 4)
        placed = {piece.key: piece.grid for piece in group}
        same = weigh(group, placed, weights=Weights())
        assert (same.moved_work, same.moves, same.before) == (0, {}, same.after)
        placed["p0"] = "B"
        worse = weigh(group, placed, weights=Weights())
        assert worse.after.broken == 1
        assert worse.moves == {"p0": "B"}

    def test_weights_are_the_places_own_choice(self):
        piece = Piece("p", "1", "A", (160.0, 0.0), doors=10, people=25, storeys=6)
        assert piece.work(Weights()) == 61
        assert piece.work(Weights(door=0, person=2, storey=0)) == 50
        assert piece.work(Weights(0, 0, 0)) == 1
