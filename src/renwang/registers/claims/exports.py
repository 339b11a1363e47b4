"""What departments claim, and our own grids, as rows of the very tables that are brought in: out and in again changes nothing."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from renwang.base.pure.datum import Datum
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.chain.selectors.units import visible_to
from renwang.chain.structures import structures
from renwang.registers.claims.models import ClaimedHome, Worker
from renwang.registers.claims.selectors import claims_visible_to

_BATCH = 500


def claim_rows(viewer: Viewer) -> Iterator[dict[str, Any]]:
    """Give the departments' grids that a viewer may see; two statements, and one for each 500 of them."""
    claims = claims_visible_to(viewer).select_related("department", "unit")
    claims = claims.defer("unit__boundary").order_by("department__name", "number")
    listed: dict[UUID, list[str]] = {}
    homes = ClaimedHome.objects.filter(claim__in=claims.order_by().values("pk"))
    for key, code, name, door in homes.order_by(
        "building__name", "household__door", "pk"
    ).values_list("claim", "building__code", "building__name", "household__door"):
        word = code or name
        listed.setdefault(key, []).append(f"{word}/{door}" if door else word)
    for one in claims.iterator(_BATCH):
        yield {
            "department": one.department.name,
            "kind": one.department.kind,
            "number": one.number,
            "name": one.name,
            "unit": _called(one.unit),
            "shape": one.boundary,
            "datum": Datum.WGS84.value if one.boundary else None,
            "homes": "、".join(listed.get(one.pk, ())),
        }


def worker_rows(viewer: Viewer) -> Iterator[dict[str, Any]]:
    """Give the departments' rosters at the places where a viewer may see people; one statement."""
    rows = Worker.objects.filter(viewer.scope("people.see", "claim__unit__path"))
    rows = rows.order_by("claim__department__name", "claim__number", "is_backup", "name", "pk")
    for department, number, *said in rows.values_list(
        "claim__department__name", "claim__number", "name", "phone", "role", "is_backup"
    ):
        names = ("name", "phone", "role", "is_backup")
        yield {
            "department": department, "number": number, **dict(zip(names, said, strict=True)),
        }  # fmt: skip


def grid_rows(viewer: Viewer) -> Iterator[dict[str, Any]]:
    """Give our own standing grids that a viewer may see, with what is declared of each; one statement."""
    levels = {one.key for known in structures().values() for one in known.levels if one.is_grid}
    grids = visible_to(viewer).filter(ended_on=None, level__in=levels).select_related("parent")
    for one in grids.defer("boundary", "parent__boundary").order_by("path").iterator(_BATCH):
        names = ("code", "name", "households", "residents", "lon", "lat")
        yield {
            **{name: getattr(one, name) for name in names},
            "parent": _called(one.parent) if one.parent else "",
        }


def _called(unit: Unit) -> str:
    return unit.code or unit.name
