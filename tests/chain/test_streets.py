"""Streets from tables and maps: refused without a line, kept in WGS-84, twice is once, and borders come onto them."""

import pytest

from renwang.chain.imports import ImportRefused, commit_import
from renwang.chain.models import Backdrop

pytestmark = pytest.mark.django_db
HEAD = "道路名称,类别,所属辖区,线位,坐标系\n"
LINE = '"LINESTRING (106.5 29.5, 106.51 29.5)"'


def bring_in(text, now):
    return commit_import("streets", (HEAD + text).encode(), "道路.csv", by="node:test", now=now)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("柳溪路,主干路,石桥社区,,\n", ""),
        ("柳溪路,主干路,石桥社区,POINT (1 2),\n", "线位"),
        ("柳溪路,主干路,石桥社区,一条线,\n", "线位"),
        (f"柳溪路,高铁,石桥社区,{LINE},\n", "类别"),
        (f"柳溪路,主干路,无此社区,{LINE},\n", "所属辖区"),
    ],
)
def test_a_wrong_row_stops_the_file(cast, now, row, column):
    with pytest.raises(ImportRefused) as refused:
        bring_in(f"青石路,secondary,石桥社区,{LINE},\n" + row, now)
    titles = [one.column_title for one in refused.value.plan.table.errors]
    assert titles == [column or "线位"]
    assert not Backdrop.objects.exists()


def test_they_lie_under_the_map_and_twice_is_once(cast, now):
    text = f"柳溪路,residential,石桥社区,{LINE},wgs84\n"
    bring_in(text, now)
    assert bring_in(text, now).counts["unchanged"] == 1
    one = Backdrop.objects.get()
    assert (one.kind, one.name, one.path) == ("lane", "柳溪路", cast.community.path)
    assert (one.west, one.east) == (106.5, 106.51)
