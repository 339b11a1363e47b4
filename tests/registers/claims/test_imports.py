"""Departments' grids and rosters from tables and GeoJSON: who may not, what is wrong where, twice is once."""

import orjson
import pytest
from django.utils import translation

from renwang.base.pure.datum import Datum, convert_geometry
from renwang.base.tables import write_csv
from renwang.chain.imports import KINDS, ImportRefused, commit_import, preview_import
from renwang.chain.imports.features import is_map, table_of
from renwang.chain.imports.units import GRID_COLUMNS
from renwang.chain.list_rules import NotAMap
from renwang.chain.reach import NotInReach
from renwang.registers.claims import exports, imports, worker_imports
from renwang.registers.claims.models import Claim, ClaimedHome, Department, Worker
from tests import make
from tests.chain.test_regrouping import box
from tests.registers.claims.conftest import (
    GRIDS,
    ROSTER,
    ROSTER_ROWS,
    bring_in,
    claims_text,
    drawn,
)

pytestmark = pytest.mark.django_db


class TestRefused:
    def test_whoever_may_not_change_units(self, cast, uneven, now):
        with pytest.raises(NotInReach):
            bring_in("claims", claims_text(), by=cast.viewer(cast.worker), now=now)

    def test_a_place_out_of_reach_is_unknown(self, cast, uneven, now):
        plan = bring_in(
            "claims", claims_text(), by=cast.viewer(cast.stranger), now=now, work=preview_import
        )
        assert {one.column_title for one in plan.table.errors} == {"所属社区"}

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            ("派出所,P3,,柳湾社区,,,\n", "楼栋清单"),
            ("派出所,P3,,柳湾社区,POLYGON (,,\n", "边界"),
            ('派出所,P3,,柳湾社区,"POINT (160 30)",,\n', "边界"),
            ("派出所,P3,,柳湾社区,,,没有的楼\n", "楼栋清单"),
            ("派出所,P3,,柳湾社区,,,0-0号楼/999\n", "楼栋清单"),
            ("派出所,P3,,不在的社区,,,0-0号楼\n", "所属社区"),
            ("派出所,,,柳湾社区,,,0-0号楼\n", "网格编号"),
            ("派出所,P1,,柳湾社区,,,0-0号楼\n", "网格编号"),
        ],
    )
    def test_a_wrong_row_says_where_and_stops_the_file(self, uneven, now, row, column):
        with pytest.raises(ImportRefused) as refused:
            bring_in("claims", claims_text() + row, now=now)
        assert [one.column_title for one in refused.value.plan.table.errors] == [column]
        assert not Claim.objects.exists()

    @pytest.mark.parametrize(
        ("row", "column"),
        [("派出所,P9,警九,15400000009,\n", "网格编号"), ("派出所,P1,警九,一五四,\n", "手机")],
    )
    def test_a_roster_of_a_grid_that_is_not_there(self, claimed, now, row, column):
        with pytest.raises(ImportRefused) as refused:
            bring_in("claim_workers", ROSTER + row, now=now)
        assert [one.column_title for one in refused.value.plan.table.errors] == [column]


def test_they_come_in_and_twice_is_once(claimed, now):
    assert sorted(Department.objects.values_list("name", flat=True)) == ["城管队", "派出所"]
    assert Claim.objects.exclude(boundary="").count() == 2
    assert ClaimedHome.objects.count() == 24 + 6
    assert Worker.objects.count() == 5
    before = list(Claim.objects.order_by("pk").values())
    for kind, text in (("claims", claims_text()), ("claim_workers", ROSTER_ROWS)):
        again = bring_in(kind, text, now=now)
        assert (again.counts["created"], again.counts["updated"]) == (0, 0)
    assert list(Claim.objects.order_by("pk").values()) == before


def test_a_changed_list_replaces_what_was_listed(claimed, now):
    plan = bring_in("claims", GRIDS + "城管队,002,二段,柳湾社区,,,7-3号楼\n", now=now)
    assert plan.counts["updated"] == 1
    assert ClaimedHome.objects.filter(claim__number="002").count() == 1


def test_a_backup_can_become_the_worker(claimed, now):
    bring_in("claim_workers", ROSTER + "城管队,001,城一,15400000003,否\n", now=now)
    assert not Worker.objects.get(name="城一").is_backup


def test_a_door_is_claimed_apart(uneven, now):
    text = GRIDS + "卫健,1,,柳湾社区,,,0-0号楼/101\n"
    bring_in("claims", text, now=now)
    assert ClaimedHome.objects.get().household.door == "101"


def test_a_datum_is_taken_back_to_the_earth(cast, now):
    place = cast.community
    shape = {
        "type": "Polygon",
        "coordinates": [[[106.5, 29.5], [106.51, 29.5], [106.51, 29.51], [106.5, 29.5]]],
    }
    shifted = (
        orjson.dumps(convert_geometry(shape, Datum.WGS84, Datum.GCJ02)).decode().replace('"', '""')
    )
    bring_in("claims", GRIDS + f'派出所,1,,{place.name},"{shifted}",高德,\n', now=now)
    kept = orjson.loads(Claim.objects.get().boundary)["coordinates"][0]
    assert kept[0] == pytest.approx([106.5, 29.5], abs=2e-6)


class TestGeoJSON:
    FILE = orjson.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": box(0, 3),
                    "properties": {
                        "部门": "派出所",
                        "网格编号": "P1",
                        "社区": "柳湾社区",
                        "颜色": "红",
                    },
                }
            ],
        }
    )

    @pytest.mark.parametrize(
        "data", [b"{", b'{"type": "Feature"}', b'{"type": "FeatureCollection", "features": [7]}']
    )
    def test_what_is_no_map_is_refused(self, data):
        assert is_map(data)
        with pytest.raises(NotAMap):
            table_of(data, KINDS["claims"].columns, Datum.WGS84)

    def test_a_map_becomes_the_table_of_the_same_list(self, uneven, now):
        assert not is_map(claims_text().encode())
        data = table_of(self.FILE, KINDS["claims"].columns, Datum.WGS84)
        plan = preview_import("claims", data, "警区.csv", by="node:test", now=now)
        assert plan.counts == {"created": 1, "updated": 0, "unchanged": 0, "wrong": 0}
        bring_in("claims", GRIDS + f"派出所,P1,,柳湾社区,{drawn(0, 3)},wgs84,\n", now=now)
        plan = preview_import("claims", data, "警区.csv", by="node:test", now=now)
        assert plan.counts["unchanged"] == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_out_and_in_again_changes_nothing(cast, claimed, now, language):
    make.building("9号楼", claimed, code="L-9")
    more = GRIDS + "派出所,P3,北警区,柳湾社区,,,L-9\n"
    bring_in("claims", more, now=now)
    tables = {
        "claims": (imports.COLUMNS, exports.claim_rows, 5),
        "claim_workers": (worker_imports.COLUMNS, exports.worker_rows, 5),
        "grids": (GRID_COLUMNS, exports.grid_rows, None),
    }
    viewer = cast.viewer(cast.operator)
    for kind, (columns, rows_of, number) in tables.items():
        rows = list(rows_of(viewer))
        assert number is None or len(rows) == number
        data = write_csv(columns, rows, language=language)
        with translation.override(language):
            counts = commit_import(kind, data, "out.csv", by=viewer, now=now).counts
        assert counts == {"created": 0, "updated": 0, "unchanged": len(rows), "wrong": 0}


def test_who_does_not_see_the_place_gets_an_empty_table(cast, claimed):
    stranger = cast.viewer(cast.stranger)
    for rows_of in (exports.claim_rows, exports.worker_rows):
        assert list(rows_of(stranger)) == []
