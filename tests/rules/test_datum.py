from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renwang.base.pure import datum
from renwang.base.pure.datum import Datum, NotAPosition, NotGeoJSON, convert, convert_geometry
from renwang.base.pure.geometry import distance_m

lons = st.floats(datum.WEST, datum.EAST)
lats = st.floats(datum.SOUTH, datum.NORTH)
shifted = st.sampled_from([Datum.GCJ02, Datum.BD09])
datums = st.sampled_from(list(Datum))
FAR_AWAY = [(-0.1276, 51.5072), (151.2, -33.87), (-180.0, -90.0), (180.0, 90.0), (0.0, 0.0)]
EDGES = [
    (lon, lat)
    for lon in (datum.WEST, 105.0, datum.EAST)
    for lat in (datum.SOUTH, 35.0, datum.NORTH)
]


@pytest.mark.parametrize(
    ("lon", "lat"), [(nan, 30), (106, nan), (inf, 30), (106, -inf), (180.1, 0), (0, 90.1)]
)
@pytest.mark.parametrize("target", Datum)
def test_what_is_no_position_is_refused(lon, lat, target):
    with pytest.raises(NotAPosition):
        convert(lon, lat, Datum.WGS84, target)


@pytest.mark.parametrize(
    "broken",
    [
        None,
        {},
        {"type": "Point"},
        {"type": "Point", "coordinates": [106]},
        {"type": "Point", "coordinates": ["106", "29"]},
        {"type": "Point", "coordinates": [True, False]},
        {"type": "Polygon", "coordinates": [[106, 29]]},
        {"type": "Circle", "coordinates": [106, 29]},
        {"type": "GeometryCollection"},
        {"type": ["Point"], "coordinates": [106, 29]},
    ],
)
def test_what_is_no_geometry_is_refused(broken):
    with pytest.raises(NotGeoJSON):
        convert_geometry(broken, Datum.GCJ02, Datum.WGS84)


@pytest.mark.parametrize(
    ("source", "target", "answer"),
    [
        # The sample answers published with wandergis/coordtransform.
        (Datum.WGS84, Datum.GCJ02, (116.41024449916938, 39.91640428150164)),
        (Datum.GCJ02, Datum.BD09, (116.41036949371029, 39.92133699351021)),
    ],
)
def test_known_answers(source, target, answer):
    assert convert(116.404, 39.915, source, target) == pytest.approx(answer, abs=1e-9)


@given(lons, lats, shifted)
def test_there_and_back_ends_within_a_millimetre(lon, lat, target):
    away = convert(lon, lat, Datum.WGS84, target)
    back = convert(*away, target, Datum.WGS84)
    assert distance_m(lon, lat, *back) < 0.001


@pytest.mark.parametrize(("lon", "lat"), EDGES)
@pytest.mark.parametrize("target", [Datum.GCJ02, Datum.BD09])
def test_there_and_back_holds_on_the_edges(lon, lat, target):
    away = convert(lon, lat, Datum.WGS84, target)
    assert away != (lon, lat)
    assert distance_m(lon, lat, *convert(*away, target, Datum.WGS84)) < 0.001


@given(st.floats(73.5, 135.1), st.floats(3.4, 53.6), shifted)
def test_back_and_there_ends_within_a_millimetre(lon, lat, source):
    earth = convert(lon, lat, source, Datum.WGS84)
    assert distance_m(lon, lat, *convert(*earth, Datum.WGS84, source)) < 0.001


@given(st.floats(73.5, 135.1), st.floats(3.4, 53.6), datums, datums, datums)
def test_a_detour_changes_nothing(lon, lat, source, between, target):
    straight = convert(lon, lat, source, target)
    detour = convert(*convert(lon, lat, source, between), between, target)
    assert distance_m(*straight, *detour) < 0.001


@given(lons, lats, shifted)
def test_the_shift_is_felt_and_is_small(lon, lat, target):
    assert 1 < distance_m(lon, lat, *convert(lon, lat, Datum.WGS84, target)) < 2500


@given(lons, lats, st.floats(1e-6, 1.0), shifted)
def test_east_stays_east_and_north_stays_north(lon, lat, step, target):
    here = convert(lon, lat, Datum.WGS84, target)
    if lon + step <= datum.EAST:
        assert convert(lon + step, lat, Datum.WGS84, target)[0] > here[0]
    if lat + step <= datum.NORTH:
        assert convert(lon, lat + step, Datum.WGS84, target)[1] > here[1]


@pytest.mark.parametrize(("lon", "lat"), FAR_AWAY)
@pytest.mark.parametrize("source", Datum)
@pytest.mark.parametrize("target", Datum)
def test_far_away_nothing_is_shifted(lon, lat, source, target):
    assert convert(lon, lat, source, target) == (lon, lat)


def test_many_positions_are_converted_as_one_by_one():
    points = np.array([*EDGES, *FAR_AWAY])
    together = datum.convert_points(points, Datum.WGS84, Datum.GCJ02)
    alone = [convert(lon, lat, Datum.WGS84, Datum.GCJ02) for lon, lat in points.tolist()]
    assert together.tolist() == [list(pair) for pair in alone]
    assert datum.convert_points([], Datum.GCJ02, Datum.WGS84).shape == (0, 2)


def test_a_collection_is_converted_whole_and_keeps_the_rest():
    given_ = {
        "type": "FeatureCollection",
        "bbox": [106, 29, 107, 30],
        "name": "grids",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": "一"},
                "geometry": {"type": "Point", "coordinates": [106.5, 29.5, 240.0]},
            },
            {"type": "Feature", "properties": {}, "geometry": None},
            {
                "type": "Feature",
                "properties": {},
                "geometry": {
                    "type": "GeometryCollection",
                    "geometries": [
                        {"type": "LineString", "coordinates": [[106.5, 29.5], [106.6, 29.5]]},
                        {"type": "MultiPolygon", "coordinates": []},
                    ],
                },
            },
        ],
    }
    done = convert_geometry(given_, Datum.GCJ02, Datum.WGS84)
    lon, lat = convert(106.5, 29.5, Datum.GCJ02, Datum.WGS84)
    assert "bbox" not in done
    assert done["name"] == "grids"
    assert done["features"][0]["properties"] == {"name": "一"}
    assert done["features"][0]["geometry"]["coordinates"] == [lon, lat, 240.0]
    assert done["features"][1]["geometry"] is None
    line = done["features"][2]["geometry"]["geometries"][0]
    assert line["coordinates"][0] == [lon, lat]
    assert given_["features"][0]["geometry"]["coordinates"][0] == 106.5
