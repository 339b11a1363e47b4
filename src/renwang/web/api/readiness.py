"""Readiness over the API: the holes of your places, and how many there are. What is under seal is not told to a key."""

from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from ninja import Query, Router

from renwang.base.addresses import link
from renwang.chain.reach import Viewer
from renwang.chain.selectors import units
from renwang.registers.readiness import saying, selectors
from renwang.registers.readiness.models import Hole
from renwang.registers.readiness.rules import Severity
from renwang.registers.readiness.selectors import Wanted
from renwang.web.api import readiness_shapes as shapes
from renwang.web.api.keys import found, require

router = Router(tags=["readiness"])
SeverityKey = Literal["grave", "attention", "note"]


@router.get("", response=shapes.Holes, summary="List holes")
def list_holes(
    request: HttpRequest,
    q: str = "",
    severity: SeverityKey | None = None,
    check: str = "",
    mine: bool = False,
    waived: bool | None = None,
    under: UUID | None = None,
    cursor: str = "",
    limit: int = Query(50, ge=1, le=200),
):
    """Of your places, the gravest first, of the equally grave the oldest. `mine` are those that you can mend."""
    viewer = require(request, "readiness.see")
    wanted = Wanted(
        under=_path(viewer, under),
        text=q[:80],
        severity=Severity[severity.upper()] if severity else None,
        check=check[:60],
        mine=mine,
        waived=waived,
    )
    page = selectors.list_holes(viewer, wanted, now=request.now, cursor=cursor, size=limit)
    places = selectors.units_at([one.path for one in page.items])
    people = selectors.people_named(viewer, page.items)
    return {
        "items": [_out(one, places.get(one.path), people) for one in page.items],
        "next": page.next,
    }


@router.get("/counts", response=shapes.CountsOut, summary="Count holes")
def count_holes(request: HttpRequest, under: UUID | None = None):
    """Of your places, or of one and all below it."""
    viewer = require(request, "readiness.see")
    return selectors.count_holes(viewer, Wanted(under=_path(viewer, under)), request.now)


def _out(hole: Hole, place, people) -> dict:
    return {
        "id": hole.pk,
        "check": hole.check_key,
        "name": saying.say_name(hole),
        "sentence": saying.say_hole(hole, people),
        "severity": Severity(hole.severity).name.lower(),
        "path": hole.path,
        "place": place.name if place else "",
        "mender": hole.mender,
        "since": hole.since_at,
        "waived_until": hole.waived_until,
        "page": link(reverse("desk:readiness_hole", args=[hole.pk])),
    }


def _path(viewer: Viewer, key: UUID | None) -> str:
    if key is None:
        return ""
    unit = found(units.visible_to(viewer).filter(pk=key).first(), str(key))
    return unit.path
