"""A community of two drawn grids and eight columns of buildings that two departments divide otherwise."""

import orjson
import pytest

from renwang.chain.imports import commit_import
from tests.chain.test_regrouping import box, uneven  # noqa: F401 (the same uneven community)

GRIDS = "部门,网格编号,网格名称,所属社区,边界,坐标系,楼栋清单\n"
ROSTER = "部门,网格编号,姓名,手机,备岗\n"


def drawn(west: int, east: int) -> str:
    """A drawing as a cell of a table."""
    return '"' + orjson.dumps(box(west, east)).decode().replace('"', '""') + '"'


def listed(west: int, east: int, rows: int = 4) -> str:
    """The buildings of some columns as a cell of a table."""
    return "、".join(
        f"{column}-{row}号楼" for column in range(west, east + 1) for row in range(rows)
    )


def claims_text() -> str:
    """The police draws, one column in two beats; the city lists, and forgets a row."""
    return GRIDS + (
        f"派出所,P1,东警区,柳湾社区,{drawn(0, 3)},wgs84,\n"
        f"派出所,P2,西警区,柳湾社区,{drawn(3, 7)},wgs84,\n"
        f"城管队,001,一段,柳湾社区,,,{listed(0, 5)}\n"
        f"城管队,002,二段,柳湾社区,,,{listed(6, 7, rows=3)}\n"
    )


ROSTER_ROWS = ROSTER + (
    "派出所,P1,警一,15400000001,\n"
    "派出所,P2,警二,15400000002,\n"
    "城管队,001,警一,154 0000 0001,\n"
    "城管队,001,城一,15400000003,是\n"
    "城管队,002,城二,,\n"
)


def bring_in(kind: str, text: str, by="node:test", now=None, work=commit_import):
    """Bring a table in, as an office would send it."""
    return work(kind, text.encode("gb18030"), f"{kind}.csv", by=by, now=now)


@pytest.fixture
def claimed(uneven, now):  # noqa: F811
    """The community with what both departments claim in it."""
    bring_in("claims", claims_text(), now=now)
    bring_in("claim_workers", ROSTER_ROWS, now=now)
    return uneven
