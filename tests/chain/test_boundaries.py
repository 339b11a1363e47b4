"""Boundaries and official divisions: wrong datum, wrong way round, half a file, codes of no list."""

import json

import pytest

from renwang.base.pure.datum import Datum, convert_geometry
from renwang.base.tables import TableRefused
from renwang.chain import boundaries, reach
from renwang.chain.imports.boundaries import BoundariesRefused, import_boundaries
from renwang.chain.imports.divisions import import_divisions, plan_divisions, short_name
from renwang.chain.list_rules import CodeOfNoLevel, NotAMap, PlaceUnknown, ProvinceMissing
from renwang.chain.models import Unit, UnitVersion
from renwang.chain.services import units
from renwang.chain.words import say_refusal

pytestmark = pytest.mark.django_db
NODE = "node:import"


def square(west, south, side):
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def map_of(geometry, **properties):
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    return {"g.json": json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()}


@pytest.fixture
def street(cast, now):
    units.set_boundary(unit=cast.street, boundary=square(106.5, 29.5, 0.1), by=NODE, now=now)
    return cast.street


@pytest.mark.parametrize(
    ("geometry", "refusal"),
    [
        (square(107.5, 29.5, 0.05), boundaries.LiesOutside),
        (
            {
                "type": "Polygon",
                "coordinates": [[[y, x] for x, y in square(106.52, 29.52, 0.05)["coordinates"][0]]],
            },
            boundaries.BoundaryNotUsable,  # a latitude of 106° is nowhere on the Earth
        ),
        ({"type": "Point", "coordinates": [106.5, 29.5]}, boundaries.BoundaryNotUsable),
        (
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
            boundaries.BoundaryNotUsable,
        ),
    ],
)
def test_a_boundary_that_cannot_be_is_refused(cast, street, now, geometry, refusal):
    with pytest.raises(refusal) as refused:
        units.set_boundary(unit=cast.community, boundary=geometry, by=NODE, now=now)
    assert str(say_refusal(refused.value))
    assert Unit.objects.get(pk=cast.community.pk).boundary == ""


def test_swapped_axes_are_recognised_where_both_are_possible(cast, now):
    units.set_boundary(unit=cast.street, boundary=square(30, 50, 1), by=NODE, now=now)
    with pytest.raises(boundaries.SwappedAxes):
        units.set_boundary(unit=cast.community, boundary=square(50, 30, 1), by=NODE, now=now)


def test_the_wrong_datum_is_recognised_by_what_it_shifts_out(cast, street, now):
    true = square(106.5, 29.5, 0.02)
    shifted = convert_geometry(true, Datum.WGS84, Datum.GCJ02)
    far = square(106.58, 29.5, 0.02)
    assert units.set_boundary(
        unit=cast.community, boundary=shifted, datum=Datum.GCJ02, by=NODE, now=now
    ).boundary
    drawn = convert_geometry(far, Datum.WGS84, Datum.GCJ02)
    with pytest.raises(boundaries.OtherDatum) as refused:
        units.set_boundary(unit=cast.neighbour_community, boundary=drawn, by=NODE, now=now)
    assert refused.value.params["fits"] == "gcj02"


def test_parts_that_touch_along_an_edge_are_one_area(cast, now):
    east, west = square(0, 0, 1)["coordinates"], square(1, 0, 1)["coordinates"]
    unit = units.set_boundary(
        unit=cast.street,
        boundary={"type": "MultiPolygon", "coordinates": [east, west]},
        by=NODE,
        now=now,
    )
    assert (unit.west, unit.east) == (0, 2)
    assert json.loads(unit.boundary)["type"] == "Polygon"


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"type":"FeatureCollection","features":[', b'{"type":"Point"}', b"\xff"]
)
def test_what_is_no_map_is_refused(cast, now, data):
    with pytest.raises(NotAMap):
        import_boundaries({"x.json": data}, datum=Datum.WGS84, by=NODE, now=now)


def test_a_file_with_one_wrong_feature_draws_nothing(cast, street, now):
    good = map_of(square(106.52, 29.52, 0.02), adcode=990105001001)
    bad = {"b.json": map_of(square(1, 1, 1), code="404")["g.json"]}
    with pytest.raises(BoundariesRefused) as refused:
        import_boundaries({**good, **bad}, datum=Datum.WGS84, by=NODE, now=now)
    assert [(label, type(why)) for label, why in refused.value.wrong] == [("404", PlaceUnknown)]
    assert Unit.objects.get(pk=cast.community.pk).boundary == ""
    stranger = cast.viewer(cast.stranger)
    with pytest.raises(BoundariesRefused):
        import_boundaries(good, datum=Datum.WGS84, by=stranger, now=now)


def test_boundaries_are_drawn_once(cast, street, now):
    good = map_of(square(106.52, 29.52, 0.02), adcode=990105001001, name="石桥社区")
    assert import_boundaries(good, datum=Datum.GCJ02, by=NODE, now=now).counts["created"] == 1
    again = import_boundaries(good, datum=Datum.GCJ02, by=NODE, now=now)
    assert again.counts == {"created": 0, "updated": 0, "unchanged": 1}
    unit = Unit.objects.get(pk=cast.community.pk)
    assert 106.51 < unit.west < 106.52  # WGS-84 lies some 400 m west of what a Chinese map shows
    assert UnitVersion.objects.get(unit=unit, until_on=None).boundary == unit.boundary


# --- official divisions ------------------------------------------------------

FILES = {
    "areas.csv": "code,name\n880101,城中区\n880201,山前县\n".encode(),
    "streets.csv": ("code,name\n880101001,桥头街道\n880201100,河口镇\n880201200,岭上乡\n".encode()),
    "villages.csv": (
        "code,name\n880101001001,桥头社区居民委员会\n880201100201,柳树村民委员会\n"
        "880201200001,岭上社区\n880101999001,无街道社区\n".encode()
    ),
}


def load(files, now, by=NODE, province="88"):
    return import_divisions(files, province=province, root_name="虚构省", by=by, now=now)


@pytest.mark.parametrize(
    ("files", "refusal"),
    [
        ({"a.csv": b"code,name\n990101,x\n"}, ProvinceMissing),
        ({"a.csv": b"code,name\n8801,x\n"}, CodeOfNoLevel),
        ({"a.csv": b"code\n880101\n"}, TableRefused),
        ({"a.csv": b""}, TableRefused),
    ],
)
def test_lists_that_are_none_are_refused(db, now, files, refusal):
    with pytest.raises(refusal):
        load(files, now)
    assert not Unit.objects.exists()


def test_only_who_has_the_whole_province_loads_it(cast, now):
    with pytest.raises(reach.NotInReach):
        load(FILES, now, cast.viewer(cast.operator))


def test_a_code_of_no_list_is_carried_by_the_next_level_and_named(db, now):
    plan = plan_divisions(FILES, province="88", root_name="虚构省")
    assert [(one.code, one.missing, one.by) for one in plan.carried] == [
        ("880101999001", "880101999", "880101")
    ]
    load(FILES, now)
    assert Unit.objects.get(code="880101999001").parent.code == "880101"


def test_levels_follow_from_codes_and_endings_and_twice_is_once(db, now):
    assert load(FILES, now).counts == {"created": 10, "updated": 0, "unchanged": 0}
    found = {u.code: (u.structure, u.level, u.name) for u in Unit.objects.all()}
    assert found["880101001"] == ("china_urban", "subdistrict", "桥头街道")
    assert found["880201100"] == ("china_rural", "township", "河口镇")
    assert found["880101001001"] == ("china_urban", "community", "桥头社区")
    assert found["880201100201"] == ("china_rural", "village", "柳树村")
    assert found["880201200001"] == ("china_urban", "community", "岭上社区")
    assert Unit.objects.get(code="880201100201").path == "/88/880201/880201100/880201100201/"
    assert load(FILES, now).counts == {"created": 0, "updated": 0, "unchanged": 10}
    renamed = {**FILES, "areas.csv": "code,name\n880101,中城区\n880201,山前县\n".encode()}
    assert load(renamed, now).counts == {"created": 0, "updated": 1, "unchanged": 9}
    assert Unit.objects.filter(search__contains="桥头社区居民委员会").exists()


def test_short_names_leave_nothing_empty():
    assert short_name("居民委员会") == "居民委员会"
    assert short_name("东方社区居民委员会") == "东方社区"
