"""The map of an invented place: whole, without gaps or overlaps, houses on dry land beside the streets."""

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from renwang.base.pure.geometry import area_m2, check_boundary
from renwang.chain.invented.parts import Part
from renwang.chain.invented.places import invent
from renwang.chain.invented.sizes import Size

seeds = st.integers(0, 2**40)


def only(households: int, seed: int) -> Part:
    (part,) = invent(Size(households), seed)
    return part


def partitions(whole, parts) -> bool:
    """Whether the parts fill the whole without gap or overlap."""
    overlap = sum(part.area for part in parts) - whole.area
    return abs(overlap) < 1e-9 * whole.area and shapely.union_all(parts).symmetric_difference(whole).area < 1e-9 * whole.area  # fmt: skip


@settings(max_examples=6, deadline=None)
@given(seeds, st.sampled_from([600, 1_500, 3_000, 6_000, 13_000]))
def test_communities_fill_the_sub_district_and_grids_the_communities(seed, households):
    part = only(households, seed)
    areas = {unit.id: check_boundary(unit.boundary) for unit in part.units if unit.boundary}
    for unit in part.units:
        inside = [areas[u.id] for u in part.units if u.parent_id == unit.id and u.id in areas]
        if unit.id in areas and inside:
            assert partitions(areas[unit.id], inside), unit.level
        if unit.boundary:
            assert areas[unit.id].geom_type == "Polygon"
            assert areas[unit.id].contains(shapely.Point(unit.lon, unit.lat))


@settings(max_examples=6, deadline=None)
@given(seeds, st.sampled_from([600, 3_000, 13_000]))
def test_houses_stand_apart_in_their_grid_on_dry_land(seed, households):
    part = only(households, seed)
    homes = [shape(one.footprint) for one in part.buildings]
    assert all(home.is_valid for home in homes)
    tree = shapely.STRtree(homes)
    left, right = tree.query(homes, predicate="intersects")
    assert set(left[left != right]) == set()

    grids = {u.path: shape(u.boundary) for u in part.units if u.level == "grid"}
    for building, home in zip(part.buildings, homes, strict=True):
        grid = next((area for path, area in grids.items() if building.path.startswith(path)), None)
        assert grid is None or grid.contains(home)
    for layer in part.layers:
        drawn = shape(layer.geometry)
        assert drawn.is_valid
        if layer.kind in ("water", "avenue", "street", "lane"):
            assert len(tree.query(drawn, predicate="intersects")) == 0, layer.kind


@settings(max_examples=4, deadline=None)
@given(seeds)
def test_houses_have_right_angles_and_the_size_of_houses(seed):
    part = only(6_000, seed)
    for building in part.buildings:
        assert 40 < area_m2(shape(building.footprint)) < 1_200
        assert 1 <= building.storeys <= 34


def test_a_city_s_sub_districts_fill_their_districts():
    head, *parts = invent(Size(11_500, 32), 8)
    areas = {unit.id: shape(unit.boundary) for unit in head.units}
    tops = [part.units[0] for part in parts]
    for district in head.units[1:]:
        inside = [shape(one.boundary) for one in tops if one.parent_id == district.id]
        assert partitions(areas[district.id], inside)
    assert partitions(areas[head.units[0].id], [areas[one.id] for one in head.units[1:]])
