"""The real tree of Chongqing with its district boundaries, where the folder of real data is there."""

from pathlib import Path

import pytest

from renwang.base.pure.datum import Datum
from renwang.chain.imports.boundaries import import_boundaries
from renwang.chain.imports.divisions import import_divisions
from renwang.chain.models import Tally, Unit

ADMIN = Path(__file__).parents[3] / "shared" / "data" / "admin"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.skipif(not ADMIN.is_dir(), reason="the folder of real data is not here"),
]


def test_all_of_chongqing_loads_with_its_boundaries(now):
    names = ("areas.csv", "streets_chongqing.csv", "villages_chongqing.csv")
    files = {name: (ADMIN / name).read_bytes() for name in names}
    wanted = {"province": "50", "root_name": "重庆市", "by": "node:import", "now": now}
    plan = import_divisions(files, **wanted)
    assert plan.counts["created"] == 12_340
    assert plan.carried == []
    by_depth = [Unit.objects.filter(depth=depth).count() for depth in range(4)]
    assert by_depth == [1, 38, 1_031, 11_270]
    assert Tally.objects.get(unit__code="50").units == 12_340
    yuzhong = Tally.objects.get(unit__code="500103")
    assert yuzhong.units == 1 + 11 + 80
    assert import_divisions(files, **wanted).counts["unchanged"] == 12_340

    maps = {path.name: path.read_bytes() for path in (ADMIN / "geo_datav").glob("500[1-9]*.json")}
    drawn = import_boundaries(maps, datum=Datum.GCJ02, by="node:import", now=now)
    assert drawn.counts == {"created": 38, "updated": 0, "unchanged": 0}
    city_centre = Unit.objects.get(code="500103")
    assert city_centre.west < 106.55 < city_centre.east
