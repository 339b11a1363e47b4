"""No invented place name occurs in the official lists of real ones."""

import csv
from pathlib import Path

import pytest

from renwang.chain.invented.names import all_stems
from renwang.chain.invented.places import PROVINCE, invent
from renwang.chain.invented.sizes import Size

DATA = Path(__file__).parents[3] / "shared" / "data" / "admin"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real data is not beside this checkout"
)


def rows() -> list[dict[str, str]]:
    found = []
    for path in sorted(DATA.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found.extend(csv.DictReader(file))
    return found


def test_no_stem_of_a_place_name_is_part_of_a_real_name():
    real = "\n".join({row["name"] for row in rows()})
    assert [stem for stem in all_stems() if stem in real] == []


def test_no_sub_district_community_or_road_bears_a_real_name_or_code():
    real = {row["name"] for row in rows()}
    codes = {row["code"] for row in rows()}
    assert not [code for code in codes if code.startswith(str(PROVINCE))]
    for part in invent(Size(11_500, 4), 6):
        names = {unit.name for unit in part.units if unit.boundary and unit.level != "grid"}
        names |= {layer.name for layer in part.layers}
        assert names.isdisjoint(real)
        assert not [name for name in names if any(one.startswith(name) for one in real)]
