"""Where a warning applies: codes of every depth, lines on the map, and units without a boundary."""

import json

import pytest
from tests import make

from renwang.alerts import cap
from renwang.alerts.areas import common_path, find_units, geometry_of, read_areas
from renwang.chain.models import Unit


def square(west: float, south: float, east: float, north: float) -> dict:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def draw(unit: Unit, west: float, south: float, east: float, north: float) -> Unit:
    boundary = json.dumps(square(west, south, east, north))
    Unit.objects.filter(pk=unit.pk).update(
        boundary=boundary, west=west, south=south, east=east, north=north
    )
    return unit


@pytest.fixture
def drawn(cast):
    """The sub-district is a square of a tenth of a degree, its communities the western and eastern half."""
    draw(cast.street, 106.0, 29.0, 106.1, 29.1)
    draw(cast.community, 106.0, 29.0, 106.05, 29.1)
    draw(cast.neighbour_community, 106.05, 29.0, 106.1, 29.1)
    draw(cast.strangers_street, 106.1, 29.0, 106.2, 29.1)
    return cast


def found(*areas: cap.Area) -> set[str]:
    return {match.path for match in find_units(read_areas(areas)).matches}


def polygon(west: float, south: float, east: float, north: float) -> cap.Area:
    corners = [(south, west), (south, east), (north, east), (north, west)]
    return cap.Area("x", polygons=(cap.Polygon.of(corners),))


def codes(*values: str) -> cap.Area:
    return cap.Area("x", geocodes=tuple(cap.Named("code", value) for value in values))


def test_words_alone_are_never_read_for_places(drawn):
    result = find_units(read_areas([cap.Area("青石街道")]))
    assert (result.matches, result.unknown_codes) == ((), ())


def test_codes_that_fit_nothing_are_carried_and_shown(cast):
    result = find_units(read_areas([codes("440305", "no code", "9901"), codes("990105001777")]))
    assert result.unknown_codes == ("440305", "no code", "990105001777")
    assert {match.path for match in result.matches} == {cast.district.path}


@pytest.mark.parametrize("code", ["990105001", "990105001000", " 990105001 "])
def test_a_code_is_found_however_it_is_padded(cast, code):
    assert found(codes(code)) == {cast.street.path}


def test_a_code_above_everything_here_stands_for_all_of_it(cast):
    assert found(codes("990000")) == {cast.district.path}


def test_a_code_below_what_is_kept_stands_for_the_unit_that_has_no_smaller_ones(cast):
    assert found(codes("990105002003")) == {cast.strangers_street.path}


def test_the_map_is_longitude_and_latitude_the_right_way_round(drawn):
    assert found(polygon(105.9, 28.9, 106.1, 29.2)) == {drawn.street.path}


def test_a_unit_covered_in_part_is_opened(drawn):
    assert found(polygon(105.9, 28.9, 106.05, 29.2)) == {drawn.community.path}


def test_a_border_drawn_by_another_hand_is_a_trifle(drawn):
    assert found(polygon(105.9, 28.9, 106.1003, 29.2)) == {drawn.street.path}


def test_units_without_a_boundary_lie_where_the_one_above_does(drawn):
    assert found(polygon(106.01, 29.01, 106.04, 29.02)) == {drawn.community.path}


def test_a_small_circle_in_a_large_unit_is_not_overlooked(drawn):
    circle = cap.Area("x", circles=(cap.Circle.of((29.05, 106.075), 0.3),))
    assert found(circle) == {drawn.neighbour_community.path}


def test_code_and_map_together_name_each_unit_once(drawn):
    both = cap.Area(
        "x",
        polygons=polygon(105.9, 28.9, 106.05, 29.2).polygons,
        geocodes=codes("990105001").geocodes,
    )
    assert found(both) == {drawn.street.path}


def test_a_place_on_the_other_side_of_the_world_is_nowhere_here(drawn):
    assert found(polygon(-10, 50, -9, 51)) == set()


@pytest.mark.parametrize(
    "area",
    [
        cap.Area("x", polygons=(cap.Polygon("1,2 3,4"),)),
        cap.Area("x", polygons=(cap.Polygon("nonsense"),)),
        cap.Area("x", circles=(cap.Circle("29,106 0"),)),
        cap.Area("x", circles=(cap.Circle("89.99,106 500"),)),
    ],
)
def test_lines_that_enclose_nothing_are_left_out(area):
    assert geometry_of(area) is None


def test_a_polygon_that_crosses_itself_still_warns_whom_it_encloses(drawn):
    bow = cap.Polygon.of([(29.0, 106.0), (29.1, 106.1), (29.0, 106.1), (29.1, 106.0)])
    assert found(cap.Area("x", polygons=(bow,))) >= {drawn.community.path}


def test_a_unit_that_has_ended_is_not_warned(cast, now):
    gone = make.unit("旧街道", "subdistrict", cast.district, code="990105009")
    Unit.objects.filter(pk=gone.pk).update(ended_on=now.date())
    assert gone.path not in found(codes("990105009"))


@pytest.mark.parametrize(
    ("paths", "common"),
    [
        ([], ""),
        (["/a/b/"], "/a/b/"),
        (["/a/b/", "/a/bc/"], "/a/"),
        (["/a/b/c/", "/a/b/d/"], "/a/b/"),
        (["/a/", "/b/"], ""),
    ],
)
def test_the_lowest_unit_that_holds_all(paths, common):
    assert common_path(paths) == common
