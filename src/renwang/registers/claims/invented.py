"""Invented grids and rosters of three departments for a demonstration, with the overlaps, gaps and doubles that real ones have.

Brought in through the same door as a department's own files, so that what the
demonstration shows is what an import does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import orjson
from django.db import transaction

from renwang.base.pure.loading import on_first_use
from renwang.base.tables import write_csv
from renwang.chain import boundaries
from renwang.chain.imports import commit_import
from renwang.chain.invented.names import mobile_number, person_names
from renwang.chain.models import Building, Contact, Holding, Unit
from renwang.registers.claims.imports import COLUMNS
from renwang.registers.claims.merging_rules import Staffed
from renwang.registers.claims.models import Claim
from renwang.registers.claims.proposing import propose_merger
from renwang.registers.claims.selectors import grids_of
from renwang.registers.claims.services import merge_divisions
from renwang.registers.claims.worker_imports import COLUMNS as ROSTER_COLUMNS

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


BY = "node:demo"
_POLICE, _CITY, _HEALTH = "派出所", "城管执法队", "卫生服务中心"
_KINDS = {_POLICE: "公安警务网", _CITY: "城管巡查网", _HEALTH: "卫健随访网"}
_SERIAL = 7_000_000  # of the first telephone, far from those of the invented chain
_COMMUNITIES = 3


@transaction.atomic
def invent_claims(root: Unit, *, now: datetime, seed: int = 1) -> int:
    """Let three departments claim the first communities of an invented place; return how many grids they claim.

    One community is merged already, so that old numbers lead somewhere. A
    second time nothing is done.
    """
    if Claim.objects.filter(unit__path__under=root.path).exists():
        return 0
    draw = Random(f"claims-{seed}")  # noqa: S311 (an invented place is no secret)
    communities = [
        one for one in _communities(root) if one.boundary and len(_right_below(one)) >= 4
    ][:_COMMUNITIES]
    claims: list[dict[str, Any]] = []
    roster: list[dict[str, Any]] = []
    people = _People(draw)
    for number, community in enumerate(communities, start=1):
        grids = _right_below(community)
        claims += _police(community, grids, number)
        claims += _city(community, number)
        claims += _health(community, grids, number, draw)
        roster += people.roster_of([one for one in claims if one["unit"] == community.code], grids)
    for kind, columns, rows in (
        ("claims", COLUMNS, claims),
        ("claim_workers", ROSTER_COLUMNS, roster),
    ):
        if rows:
            data = write_csv(columns, rows, language="zh-hans")
            commit_import(kind, data, f"{kind}.csv", by=BY, now=now)
    if communities:
        _merge(communities[-1], now)
    return len(claims)


def _communities(root: Unit) -> list[Unit]:
    """The places right above the grids, in their order."""
    parents = {grid.parent_id for grid in grids_of(root)}
    return list(Unit.objects.filter(pk__in=parents, ended_on=None).order_by("path"))


def _right_below(unit: Unit) -> list[Unit]:
    return [one for one in grids_of(unit) if one.parent_id == unit.pk and one.boundary]


def _police(community: Unit, grids: Sequence[Unit], number: int) -> Iterable[dict[str, Any]]:
    """Two of our grids make one beat; every other beat was drawn generously, over its neighbour."""
    for at in range(0, len(grids), 2):
        shape = shapely.union_all(
            [boundaries.geometry_of(one.boundary) for one in grids[at : at + 2]]
        )
        if at % 4 == 0:
            shape = shapely.buffer(shape, 0.0004, join_style="mitre")
        beat = at // 2 + 1
        yield _row(community, _POLICE, f"JW{number:02}{beat:02}", f"第{beat}警务区", shape=shape)


def _city(community: Unit, number: int) -> Iterable[dict[str, Any]]:
    """Strips from west to east, cut by nobody's map; the last one is missing."""
    whole = boundaries.geometry_of(community.boundary)
    west, south, east, north = whole.bounds
    count = 5
    for at in range(count - 1):
        left, right = (west + (east - west) * edge / count for edge in (at, at + 1))
        shape = shapely.intersection(shapely.box(left, south, right, north), whole)
        if shape.geom_type in ("Polygon", "MultiPolygon") and shape.area > 0:
            yield _row(community, _CITY, f"CG-{number}-{at + 1}", f"巡查{at + 1}段", shape=shape)


def _health(
    community: Unit, grids: Sequence[Unit], number: int, draw: Random
) -> Iterable[dict[str, Any]]:
    """Lists of buildings by our grids, kept by hand: some buildings stand on two, some on none."""
    before: list[str] = []
    for at, grid in enumerate(grids, start=1):
        codes = list(
            Building.objects.filter(path__under=grid.path)
            .order_by("code")
            .values_list("code", flat=True)
        )
        missing = set(draw.sample(codes, min(1, len(codes)))) if at % 3 == 0 else set()
        listed = [code for code in codes if code not in missing] + before
        before = draw.sample(codes, min(1, len(codes))) if at % 4 == 1 else []
        yield _row(community, _HEALTH, f"{number}{at:02}", f"随访{at}片", homes="、".join(listed))


def _row(
    community: Unit, department: str, number: str, name: str, *, shape: Any = None, homes: str = ""
) -> dict[str, Any]:
    drawn = orjson.dumps(shapely.geometry.mapping(shape)).decode() if shape is not None else ""
    return {
        "department": department,
        "kind": _KINDS[department],
        "number": number,
        "name": name,
        "unit": community.code,
        "shape": drawn,
        "datum": "wgs84" if drawn else None,
        "homes": homes,
    }


class _People:
    """Rosters: some of our own workers, some who serve two departments, grids with two and with nobody."""

    def __init__(self, draw: Random):
        self.draw = draw
        self.names = person_names(draw)
        self.serial = _SERIAL
        self.shared: tuple[str, str] | None = None

    def roster_of(
        self, claims: Sequence[dict[str, Any]], grids: Sequence[Unit]
    ) -> Iterable[dict[str, Any]]:
        """Fill the grids of three departments in one community."""
        ours = self._ours(grids)
        for at, claim in enumerate(claims):
            if at % 7 == 5:
                continue  # nobody
            yield self._entry(claim, ours.pop() if ours and at % 3 == 0 else self._someone(at))
            if at % 6 == 2:
                yield self._entry(
                    claim, self._someone(at, new=True)
                )  # a second one, and none stands in
            elif at % 4 == 1:
                yield self._entry(claim, self._someone(at, new=True), is_backup=True)

    def _entry(
        self, claim: dict[str, Any], who: tuple[str, str], *, is_backup: bool = False
    ) -> dict[str, Any]:
        return {
            "department": claim["department"],
            "number": claim["number"],
            "name": who[0],
            "phone": who[1],
            "role": "备岗" if is_backup else "专职网格员",
            "is_backup": is_backup,
        }

    def _someone(self, at: int, *, new: bool = False) -> tuple[str, str]:
        if at % 5 == 4 and self.shared and not new:
            return self.shared
        self.serial += 1
        self.shared = (next(self.names), mobile_number(self.serial))
        return self.shared

    def _ours(self, grids: Sequence[Unit]) -> list[tuple[str, str]]:
        holders = dict(
            Holding.objects.filter(
                post__unit__in=list(grids), post__answers=True, rank=0, is_current=True
            ).values_list("person", "person__name")
        )
        phones = dict(
            Contact.objects.filter(person__in=holders, kind="phone").values_list(
                "person", "address"
            )
        )
        return [(name, phones[key]) for key, name in sorted(holders.items()) if key in phones]


def _merge(community: Unit, now: datetime) -> None:
    """Let the divisions of one community have become one, as proposed."""
    plan = propose_merger(community)
    staff = {
        grid.key: Staffed(
            grid.staffing.worker.key if grid.staffing.worker else "",
            tuple(one.key for one in grid.staffing.backups[:3]),
        )
        for grid in plan.grids
    }
    merge_divisions(
        unit=community,
        staff=staff,
        by=BY,
        now=now,
        on=(now - timedelta(days=1)).date(),
        reason="“多网合一”工作方案",
    )
