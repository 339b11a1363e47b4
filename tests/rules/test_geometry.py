from math import cos, pi, radians

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.base.pure import geometry
from renwang.base.pure.datum import NotAPosition, NotGeoJSON
from renwang.base.pure.geometry import BoundaryFault, BoundaryRefused, CircleRefused, PlaceIndex

SQUARE = [[106.0, 29.0], [106.1, 29.0], [106.1, 29.1], [106.0, 29.1], [106.0, 29.0]]
BOW_TIE = [[106.0, 29.0], [106.1, 29.1], [106.1, 29.0], [106.0, 29.1], [106.0, 29.0]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def moved(ring, east):
    return [[lon + east, lat] for lon, lat in ring]


@pytest.mark.parametrize(
    ("boundary", "fault"),
    [
        (None, BoundaryFault.NOT_GEOJSON),
        ({}, BoundaryFault.NOT_GEOJSON),
        ({"type": "Polygon"}, BoundaryFault.NOT_GEOJSON),
        (polygon([[106, 29], "x", [1, 2], [106, 29]]), BoundaryFault.NOT_GEOJSON),
        (polygon([[106, None], [1, 2], [3, 4], [106, None]]), BoundaryFault.NOT_GEOJSON),
        ({"type": "Point", "coordinates": [106, 29]}, BoundaryFault.NOT_AN_AREA),
        (polygon([[200, 29], *SQUARE]), BoundaryFault.OUTSIDE_THE_WORLD),
        (polygon([[float("nan"), 29], *SQUARE]), BoundaryFault.OUTSIDE_THE_WORLD),
        (polygon(SQUARE[:3]), BoundaryFault.RING_TOO_SHORT),
        (polygon([]), BoundaryFault.RING_TOO_SHORT),
        (polygon(SQUARE[:4]), BoundaryFault.RING_NOT_CLOSED),
        (polygon(BOW_TIE), BoundaryFault.CROSSES_ITSELF),
        (polygon(SQUARE, moved(SQUARE, 5)), BoundaryFault.HOLE_OUTSIDE),
        (polygon([[106, 29], [106.1, 29], [106, 29], [106, 29]]), BoundaryFault.NO_AREA),
        (polygon([[106, 29]] * 4), BoundaryFault.NO_AREA),
        (polygon(), BoundaryFault.NO_AREA),
        ({"type": "MultiPolygon", "coordinates": []}, BoundaryFault.NO_AREA),
        (
            {"type": "MultiPolygon", "coordinates": [[SQUARE], [moved(SQUARE, 0.05)]]},
            BoundaryFault.PARTS_OVERLAP,
        ),
    ],
)
def test_a_boundary_with_a_fault_is_refused_by_name(boundary, fault):
    with pytest.raises(BoundaryRefused) as refused:
        geometry.check_boundary(boundary)
    assert refused.value.fault is fault


def test_a_crossing_is_shown_on_the_map():
    with pytest.raises(BoundaryRefused) as refused:
        geometry.check_boundary(polygon(BOW_TIE))
    assert refused.value.at == pytest.approx((106.05, 29.05))


def test_a_good_boundary_is_accepted_with_its_holes_and_parts():
    hole = [[106.02, 29.02], [106.04, 29.02], [106.04, 29.04], [106.02, 29.02]]
    feature = {"type": "Feature", "properties": {}, "geometry": polygon(SQUARE, hole)}
    assert geometry.check_boundary(feature).area > 0
    two = {"type": "MultiPolygon", "coordinates": [[SQUARE], [moved(SQUARE, 1)]]}
    assert geometry.to_geojson(geometry.check_boundary(two)) == two


def test_parts_that_overlap_or_share_an_edge_are_united_on_request():
    for east in (0.05, 0.1):
        two = {"type": "MultiPolygon", "coordinates": [[SQUARE], [moved(SQUARE, east)]]}
        with pytest.raises(BoundaryRefused):
            geometry.check_boundary(two)
        united = geometry.check_boundary(geometry.unite_parts(two))
        assert geometry.bbox(united) == pytest.approx((106.0, 29.0, 106.1 + east, 29.1))
        assert united.geom_type == "Polygon"
    apart = {"type": "MultiPolygon", "coordinates": [[SQUARE], [moved(SQUARE, 1)]]}
    assert geometry.unite_parts(apart) == apart


def test_a_crossing_is_not_mended():
    crossed = {"type": "MultiPolygon", "coordinates": [[BOW_TIE], [SQUARE]]}
    with pytest.raises(BoundaryRefused):
        geometry.unite_parts(crossed)


@pytest.mark.parametrize("broken", [None, {}, {"type": "Circle"}, {"type": "Point"}, {"type": 5}])
def test_what_is_no_geometry_is_refused(broken):
    with pytest.raises(NotGeoJSON):
        geometry.from_geojson(broken)


def test_an_empty_geometry_has_no_box_and_no_point():
    empty = geometry.from_geojson({"type": "Polygon", "coordinates": []})
    with pytest.raises(NotGeoJSON):
        geometry.bbox(empty)
    with pytest.raises(NotGeoJSON):
        geometry.representative_point(empty)


def test_box_and_point():
    horseshoe = geometry.from_geojson(
        polygon([[0, 0], [3, 0], [3, 3], [2, 3], [2, 1], [1, 1], [1, 3], [0, 3], [0, 0]])
    )
    assert geometry.bbox(horseshoe) == (0, 0, 3, 3)
    lon, lat = geometry.representative_point(horseshoe)
    assert PlaceIndex([("u", horseshoe)]).containing(lon, lat) == ["u"]


def test_distance_and_area_against_the_sphere():
    quarter = pi / 2 * geometry.EARTH_RADIUS_M
    assert geometry.distance_m(0, 0, 90, 0) == pytest.approx(quarter)
    assert geometry.distance_m(0, 90, 50, 90) == pytest.approx(0, abs=1e-6)
    assert geometry.distance_m(0, 0, 180, 0) == pytest.approx(2 * quarter)
    eighth = geometry.from_geojson(polygon([[0, 0], [90, 0], [90, 90], [0, 90], [0, 0]]))
    assert geometry.area_m2(eighth) == pytest.approx(pi / 2 * geometry.EARTH_RADIUS_M**2)
    small = geometry.from_geojson(polygon(SQUARE))
    side = radians(0.1) * geometry.EARTH_RADIUS_M
    assert geometry.area_m2(small) == pytest.approx(side * side * cos(radians(29.05)), rel=1e-5)
    assert geometry.area_m2(geometry.from_geojson({"type": "Point", "coordinates": [1, 2]})) == 0


@pytest.mark.parametrize(
    ("lon", "lat", "radius_m"),
    [
        (106, 29, 0),
        (106, 29, -5),
        (106, 29, float("nan")),
        (106, 29, 3e6),
        (106, 89.99, 50_000),
        (179.99, 0, 50_000),
    ],
)
def test_a_circle_that_cannot_be_drawn_is_refused(lon, lat, radius_m):
    with pytest.raises(CircleRefused):
        geometry.circle(lon, lat, radius_m)


def test_a_circle_round_nowhere_is_refused():
    with pytest.raises(NotAPosition):
        geometry.circle(float("nan"), 29, 100)


@given(
    st.floats(-120, 120),
    st.floats(-60, 60),
    st.floats(1, 200_000),
    st.floats(0, 2 * pi),
    st.floats(0, 1),
)
def test_whoever_is_in_the_circle_is_in_the_polygon(lon, lat, radius_m, bearing, share):
    drawn = geometry.circle(lon, lat, radius_m)
    reach = radius_m * share / geometry.EARTH_RADIUS_M
    north = radians(lat)
    there = np.arcsin(np.sin(north) * np.cos(reach) + cos(north) * np.sin(reach) * np.cos(bearing))
    turn = np.arctan2(
        np.sin(bearing) * np.sin(reach) * cos(north), np.cos(reach) - np.sin(north) * np.sin(there)
    )
    point = (lon + float(np.degrees(turn)), float(np.degrees(there)))
    assert PlaceIndex([(1, drawn)]).containing(*point) == [1]
    corner = max(geometry.distance_m(lon, lat, *xy) for xy in drawn.exterior.coords)
    assert corner < radius_m * 1.01 + 0.01


def grid(columns, rows):
    return [
        (
            (column, row),
            geometry.from_geojson(
                polygon(
                    [
                        [column, row],
                        [column + 1, row],
                        [column + 1, row + 1],
                        [column, row + 1],
                        [column, row],
                    ]
                )
            ),
        )
        for column in range(columns)
        for row in range(rows)
    ]


@given(st.lists(st.tuples(st.floats(-1, 5), st.floats(-1, 5)), max_size=20))
def test_many_points_are_placed_as_one_by_one(points):
    places = PlaceIndex(grid(4, 4))
    alone = [places.containing(lon, lat) for lon, lat in points]
    assert places.containing_each(points) == alone
    for (lon, lat), keys in zip(points, alone, strict=True):
        touched = [
            (column, row)
            for column in range(4)
            for row in range(4)
            if column <= lon <= column + 1 and row <= lat <= row + 1
        ]
        assert keys == touched


def test_a_common_border_belongs_to_both_and_areas_find_all_they_touch():
    places = PlaceIndex(grid(3, 1))
    assert len(places) == 3
    assert places.containing(1, 0.5) == [(0, 0), (1, 0)]
    assert places.intersecting(geometry.circle(1.5, 0.5, 1000)) == [(1, 0)]
    assert places.containing(50, 50) == []


def test_the_nearest_place_is_judged_on_the_ground():
    north, east = (
        geometry.from_geojson({"type": "Point", "coordinates": xy}) for xy in ([0, 61], [1.5, 60])
    )
    places = PlaceIndex([("north", north), ("east", east)])
    key, away_m = places.nearest(0, 60)
    assert key == "east"
    assert away_m == pytest.approx(geometry.distance_m(0, 60, 1.5, 60), rel=1e-3)
    assert PlaceIndex([]).nearest(0, 0) is None
