"""Borders drawn by hand and grids cut by a line: refused with what is wrong, then drawn, and nothing lost."""

import orjson
import pytest
import shapely
from shapely.geometry import shape

from renwang.chain.dividing.borders import Fault, is_same
from renwang.chain.models import Building, Post, Unit
from renwang.chain.reach import NotInReach
from renwang.chain.selectors.dividing import read_divided
from renwang.chain.selectors.history import successors
from renwang.chain.selectors.lying import Astray, check_lying
from renwang.chain.services.borders import (
    BordersAsTheyWere,
    BordersWrong,
    NotDrawn,
    cut_grid,
    draw_borders,
    plan_borders,
    plan_cut,
    united_boundary,
)
from tests import make
from tests.chain.test_regrouping import STEP, box, uneven  # noqa: F401 (the same uneven community)

pytestmark = pytest.mark.django_db
NODE = "node:test"


def grids(place):
    return list(Unit.objects.filter(parent=place, ended_on=None).order_by("path"))


def column(x):
    """A line from south to north just east of a column of buildings."""
    return shapely.LineString([(160 + (x + 0.5) * STEP, 29.99), (160 + (x + 0.5) * STEP, 30.01)])


class TestRefused:
    def test_whoever_may_not_change_the_place(self, cast, uneven, now):  # noqa: F811
        first = grids(uneven)[0]
        for who in (cast.stranger, cast.worker):
            with pytest.raises(NotInReach):
                draw_borders(grid=first, area=shape(box(0, 3)), by=cast.viewer(who), now=now)
            with pytest.raises(NotInReach):
                cut_grid(grid=first, line=column(2), names=("a", "b"), by=cast.viewer(who), now=now)

    def test_buildings_left_in_no_grid(self, uneven, now):  # noqa: F811
        first = grids(uneven)[0]
        with pytest.raises(BordersWrong) as refused:
            draw_borders(grid=first, area=shape(box(0, 3)), follows=False, by=NODE, now=now)
        assert {one.fault for one in refused.value.wrong} == {Fault.BUILDING_BARE}
        assert len(refused.value.wrong) == 8
        assert grids(uneven)[0].boundary == first.boundary

    def test_over_a_neighbour_without_its_giving_way(self, uneven, now):  # noqa: F811
        with pytest.raises(BordersWrong) as refused:
            draw_borders(
                grid=grids(uneven)[0], area=shape(box(0, 6)), follows=False, by=NODE, now=now
            )
        faults = {one.fault for one in refused.value.wrong}
        assert faults == {Fault.OVER_NEIGHBOUR, Fault.BUILDING_TWICE}

    def test_the_border_that_is_there_and_a_grid_that_is_not_drawn(self, cast, uneven, now):  # noqa: F811
        with pytest.raises(BordersAsTheyWere):
            draw_borders(grid=grids(uneven)[0], area=shape(box(0, 5)), by=NODE, now=now)
        with pytest.raises(NotDrawn):
            plan_cut(cast.grid, column(2))

    def test_a_line_through_a_building_group(self, uneven, now):  # noqa: F811
        first = grids(uneven)[0]
        group = Unit.objects.get(name="2-0楼组")
        make.building("另一边", group, lon=160 + 4 * STEP, lat=30.0)
        with pytest.raises(BordersWrong) as refused:
            cut_grid(grid=first, line=column(2), names=("a", "b"), by=NODE, now=now)
        assert [one.fault for one in refused.value.wrong] == [Fault.GROUP_CUT]


class TestDrawn:
    def test_the_neighbour_follows_with_its_buildings(self, uneven, now):  # noqa: F811
        first, second = grids(uneven)
        plan = draw_borders(grid=first, area=shape(box(0, 3)), by=NODE, now=now, reason="调整")
        assert len(plan.moves) == 8 and set(plan.moves.values()) == {second.ref}
        loads = {load.grid.ref: load.households for load in plan.loads}
        assert loads == {first.ref: (24, 16), second.ref: (8, 16)}
        first, second = grids(uneven)
        assert is_same(shape(orjson.loads(second.boundary)), shape(box(4, 7)))
        assert check_lying(uneven).strays == []

    def test_it_snaps_to_the_neighbour(self, uneven, now):  # noqa: F811
        first, second = grids(uneven)
        near = shapely.affinity.translate(shape(box(0, 5)), 0.00003, 0)
        plan = plan_borders(first, near, snap_m=8, follows=False)
        assert not plan.forbidden
        area = plan.areas[first.ref]
        assert area.bounds[2] == pytest.approx(shape(orjson.loads(second.boundary)).bounds[0])

    def test_a_grid_is_cut_and_the_old_code_finds_both(self, cast, uneven, now):  # noqa: F811
        first = grids(uneven)[0]
        make.post("网格员", first, cast.leader)
        plan = plan_cut(first, column(1))
        assert plan.households == (8, 16)
        made = cut_grid(grid=first, line=column(1), names=("西片", "东片"), by=NODE, now=now)
        assert [one.name for one in made] == ["西片", "东片"]
        assert Post.objects.get(unit=made[1], ended_on=None).title == "网格员"
        assert {one.pk for one in successors(first.code, now.date())} == {one.pk for one in made}
        assert check_lying(uneven).strays == []
        counts = [Building.objects.filter(path__under=one.path).count() for one in made]
        assert counts == [8, 16]

    def test_what_merges_is_drawn_together(self, cast, uneven):  # noqa: F811
        whole = united_boundary(grids(uneven))
        assert is_same(shape(whole), shape(box(0, 7)))
        assert united_boundary([*grids(uneven), cast.grid]) is None


def test_every_building_that_is_astray_is_found(cast, uneven):  # noqa: F811
    first, second = grids(uneven)
    make.building("社区楼", uneven, lon=160.0, lat=30.0)
    make.building("走错楼", first, lon=160 + 7 * STEP, lat=30.0)
    make.building("外面楼", second, lon=161.0, lat=30.0)
    make.building("无位楼", second)
    found = {one.name: one for one in check_lying(uneven).strays}
    assert {name: one.astray for name, one in found.items()} == {
        "社区楼": Astray.NO_GRID,
        "走错楼": Astray.ELSEWHERE,
        "外面楼": Astray.BETWEEN,
        "无位楼": Astray.NO_POSITION,
    }
    assert found["走错楼"].stands[0].pk == second.pk
    assert read_divided(uneven).grids
