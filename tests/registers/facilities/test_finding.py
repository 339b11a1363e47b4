"""What is wrong and who can walk where, out of the database: who may not see, each hole, the same at any size."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renwang.chain.models import Backdrop, Holding
from renwang.registers.facilities.finding_rules import Hole
from renwang.registers.facilities.naming import SHELTERS
from renwang.registers.facilities.rules import Act
from renwang.registers.facilities.selectors.coverage import Area, coverage_of
from renwang.registers.facilities.selectors.finding import find_holes, holes_at
from renwang.registers.facilities.selectors.listing import (
    Wanted,
    defects_for,
    due_for,
    list_facilities,
    near,
)
from renwang.registers.facilities.selectors.public import refuges_at
from renwang.registers.facilities.services import change_state, open_facility
from tests import make
from tests.registers.facilities.conftest import DAY, TODAY, broken, centre, entered, shelter

HERE = (106.5, 29.5)


def live(
    cast, number: int = 1, *, unit=None, lon: float = 106.5, lat: float = 29.5, doors: int = 3
):
    """A building with so many doors, two people behind each."""
    house = make.building(f"{number}号楼", unit or cast.grid, lon=lon, lat=lat)
    for door in range(doors):
        make.household(house, f"{door + 1}01")
    return house


def holes(cast, path=None) -> set[Hole]:
    return {one.hole for one in find_holes(path or cast.street.path, now=cast.now)}


# --- who may not ------------------------------------------------------------------


def test_a_stranger_sees_neither_facility_nor_hole_nor_coverage(cast):
    shelter(cast, lon=HERE[0], lat=HERE[1])
    live(cast)
    stranger, secretary = cast.viewer(cast.stranger), cast.viewer(cast.secretary)
    for who, many in ((stranger, 0), (secretary, 1)):
        assert len(list_facilities(who, Wanted(), today=TODAY).items) == many
        assert holes_at(who, cast.community, now=cast.now).judged == many
        assert (coverage_of(who, cast.community, SHELTERS, []) is None) is (not many)
        assert len(near(who, *HERE)) == many


# --- holes ------------------------------------------------------------------------


def test_a_community_with_nobody_near_a_shelter_has_a_grave_hole(cast):
    live(cast)
    assert Hole.NONE_IN_REACH in holes(cast)
    one = shelter(cast, lon=HERE[0], lat=HERE[1])
    found = find_holes(cast.street.path, now=cast.now)
    assert not [f for f in found if f.hole is Hole.NONE_IN_REACH and f.kind == SHELTERS]
    change_state(
        one.pk, Act.CLOSE, reason="施工", expected_on=TODAY + DAY,
        by=cast.viewer(cast.secretary), now=cast.now,
    )  # fmt: skip
    found = find_holes(cast.street.path, now=cast.now)
    assert [f.path for f in found if f.kind == SHELTERS] == [cast.community.path]


def test_who_reaches_only_shelters_with_steps_is_told_apart(cast):
    live(cast)
    shelter(cast, lon=HERE[0], lat=HERE[1], fittings={"step_free": False})
    assert Hole.NO_STEP_FREE in holes(cast)
    shelter(cast, lon=HERE[0], lat=HERE[1], code="B")
    assert Hole.NO_STEP_FREE not in holes(cast)


def test_fixed_shelters_must_hold_a_share_of_those_who_live_there(cast):
    live(cast, doors=20)  # forty people; six places are asked for
    assert Hole.SHARE_SHORT in holes(cast)
    small = {"area_m2": 10.0}
    one = entered(cast, "shelter_fixed", "小学操场", amounts=small, lon=HERE[0], lat=HERE[1])
    assert Hole.SHARE_SHORT in holes(cast)
    one.amounts = {"area_m2": 12.0}
    one.save()
    assert Hole.SHARE_SHORT not in holes(cast)


def test_a_centre_without_a_task_and_a_place_without_a_centre_are_holes(cast):
    found = find_holes(cast.street.path, now=cast.now)
    missing = {f.path for f in found if f.hole is Hole.TIER_MISSING}
    assert missing == {cast.street.path, cast.community.path, cast.neighbour_community.path}
    one = centre(cast)
    assert {Hole.NO_HOURS, Hole.NO_BACKUP} <= holes(cast, cast.community.path)
    assert Hole.NO_ROLE not in holes(cast)
    one.rooms.update(role="none")
    assert Hole.NO_ROLE in holes(cast)
    found = find_holes(cast.street.path, now=cast.now)
    missing = {f.path for f in found if f.hole is Hole.TIER_MISSING}
    assert cast.community.path not in missing


def test_posts_and_defects_are_judged_as_they_are_today(cast):
    one = shelter(cast)
    defect = broken(cast, one)
    assert not holes(cast) & {Hole.POST_VACANT, Hole.DEFECT_LATE}
    Holding.objects.filter(post=cast.grid_post).update(is_current=False)
    defect.due_on = TODAY - DAY
    defect.save()
    assert {Hole.POST_VACANT, Hole.DEFECT_LATE} <= holes(cast)


def test_a_larger_list_asks_no_more_statements(cast):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            find_holes(cast.street.path, now=cast.now)
        return len(asked)

    shelter(cast, lon=HERE[0], lat=HERE[1])
    live(cast)
    few = cost()
    for number in range(2, 12):
        live(cast, number, lat=29.5 + number / 10_000)
        entered(cast, name=f"{number} 号消火栓", lon=HERE[0], lat=HERE[1] + number / 10_000)
    assert cost() == few <= 10


# --- who can walk where -------------------------------------------------------------


def test_a_river_parts_a_place_until_there_is_a_bridge(cast):
    live(cast, 1, lat=29.4990)
    live(cast, 2, lat=29.5020)
    shelter(cast, lon=HERE[0], lat=29.5010)
    assert Area(cast.street.path).cover(SHELTERS).total.beyond_households == 0
    _draw(
        cast, "water", [[106.48, 29.4995], [106.52, 29.4995], [106.52, 29.4997], [106.48, 29.4997]]
    )
    assert Area(cast.street.path).cover(SHELTERS).total.beyond_households == 3
    _draw(cast, "street", [[106.5005, 29.498], [106.5005, 29.503]])
    assert Area(cast.street.path).cover(SHELTERS).total.beyond_households == 0


def _draw(cast, kind: str, spots: list[list[float]]) -> None:
    shape = "LineString" if len(spots) == 2 else "Polygon"
    inner = spots if shape == "LineString" else [[*spots, spots[0]]]
    text = str(inner).replace("'", '"')
    lons, lats = zip(*spots, strict=True)
    Backdrop.objects.create(
        kind=kind, path=cast.street.path, geometry=f'{{"type":"{shape}","coordinates":{text}}}',
        west=min(lons), east=max(lons), south=min(lats), north=max(lats),
    )  # fmt: skip


def test_room_runs_out_and_places_are_summed_the_worst_first(cast):
    live(cast, 1, doors=4)  # eight people
    live(cast, 2, unit=cast.neighbour_community, lat=29.5008, doors=2)
    make.building("空楼", cast.grid, lon=106.5, lat=29.5)
    lost = make.building("无坐标楼", cast.grid)
    make.household(lost, "101")
    shelter(cast, lon=HERE[0], lat=HERE[1], amounts={"area_m2": 4.5})  # nine people
    covered = Area(cast.street.path).cover(SHELTERS, [cast.community, cast.neighbour_community])
    assert covered.homes.lost == 1
    assert (covered.total.people, covered.total.placed, covered.total.unplaced) == (12, 9, 3)
    assert [row.unit for row in covered.rows] == [cast.neighbour_community, cast.community]
    assert covered.rows[0].sum.unplaced == 3
    assert covered.reached.taken.tolist() == [9]


def test_a_facility_just_over_the_border_counts(cast):
    live(cast)
    shelter(cast, unit=cast.strangers_street, by=cast.stranger, lon=106.501, lat=29.5)
    assert Area(cast.community.path).cover(SHELTERS).total.beyond_households == 0


# --- round a person -------------------------------------------------------------------


def test_what_is_due_near_or_to_mend_for_whom(cast):
    one = entered(cast, lon=106.5001, lat=29.5)
    far = entered(cast, name="远处", lon=106.6, lat=29.5)
    broken(cast, one)
    worker = cast.viewer(cast.worker)
    assert due_for(worker) == sorted([one, far], key=lambda f: f.pk)
    assert [(f, round(m)) for f, m in near(worker, *HERE)] == [(one, 10)]
    assert [d.facility for d in defects_for(worker)] == [one]
    assert defects_for(cast.viewer(cast.secretary)) == []


# --- what everybody may know ------------------------------------------------------------


def test_everybody_learns_where_to_go_and_nobodys_name(cast):
    one = shelter(cast, lon=HERE[0], lat=HERE[1], weekdays="09:00-17:00")
    entered(cast)  # a hydrant is nobody's refuge
    centre(cast)
    found = refuges_at(cast.community.path, cast.now)
    assert [(r.name, r.people, r.is_open, r.is_opened) for r in found] == [
        ("石桥广场", 1000, True, False),
        ("石桥社区党群服务中心", 20, None, False),
    ]
    assert found[0].binding.figure == "m2_gathering"
    open_facility(one.pk, reason="暴雨", by=cast.viewer(cast.secretary), now=cast.now)
    assert refuges_at(cast.grid.path, cast.now)[0].is_opened
    assert refuges_at(cast.neighbour_community.path, cast.now) == []
    assert not any(hasattr(found[0], name) for name in ("post", "reason", "ref"))


@pytest.mark.parametrize("text", ["石桥", "ＳＱ-1", "sq-1"])
def test_a_facility_is_found_by_name_and_own_number(cast, text):
    shelter(cast, code="SQ-1")
    entered(cast)
    found = list_facilities(cast.viewer(cast.secretary), Wanted(text=text), today=TODAY)
    assert [one.name for one in found.items] == ["石桥广场"]
