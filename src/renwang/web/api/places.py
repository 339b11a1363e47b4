"""Units and the journal over the API."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from renwang.base.journal import sealed
from renwang.chain.models import Unit
from renwang.chain.selectors import map as unit_map
from renwang.chain.selectors import units
from renwang.web.api import shapes
from renwang.web.api.keys import found, require

router = Router(tags=["units"])
journal_router = Router(tags=["journal"])

FIGURES = (
    "units", "posts", "vacant", "people", "unreachable", "buildings", "households", "residents",
)  # fmt: skip


def unit_out(unit: Unit) -> dict:
    """Shape a unit with its sums."""
    tally = units.tally_of(unit)
    return {
        "id": unit.pk,
        "ref": unit.ref,
        "code": unit.code,
        "name": unit.name,
        "structure": unit.structure,
        "level": unit.level,
        "path": unit.path,
        "since_on": unit.since_on.isoformat(),
        "ended_on": unit.ended_on.isoformat() if unit.ended_on else None,
        "lon": unit.lon,
        "lat": unit.lat,
        "figures": {name: getattr(tally, name) for name in FIGURES},
    }


@router.get("", response=shapes.Units, summary="List units")
def list_units(
    request: HttpRequest,
    q: str = "",
    level: str = "",
    under: UUID | None = None,
    cursor: str = "",
    limit: int = Query(50, ge=1, le=500),
):
    """Standing units in reach, in the order of places."""
    viewer = require(request, "chain.see")
    top = found(units.visible_to(viewer).filter(pk=under).first(), str(under)) if under else None
    page = units.list_units(viewer, under=top, text=q, level=level, cursor=cursor, size=limit)
    return {
        "items": [unit_out(unit) for unit in page.items],
        "next": page.next,
        "total": page.total,
        "total_is_exact": page.total_is_exact,
    }


@router.get("/{unit_id}", response=shapes.UnitOut, summary="Read a unit")
def show_unit(request: HttpRequest, unit_id: UUID):
    """With the sums over everything below it."""
    return unit_out(_unit(request, unit_id))


@router.get("/{unit_id}/map", response=dict, summary="The units below as GeoJSON")
def show_map(request: HttpRequest, unit_id: UUID, depth: int = Query(1, ge=1, le=3)):
    """Boundaries where they are known, else points; WGS-84."""
    return unit_map.map_features(request.viewer, _unit(request, unit_id), depth)


@journal_router.get("", response=shapes.Facts, summary="What happened since")
def list_facts(request: HttpRequest, after: int = 0, limit: int = Query(100, ge=1, le=1000)):
    """Sealed facts at places in reach, oldest first, exercises included and marked."""
    viewer = require(request, "journal.read")
    wanted = sealed().filter(viewer.scope("journal.read", "place"), seq__gt=after)
    facts = list(wanted[:limit])
    return {
        "items": [
            {
                **{
                    name: getattr(fact, name)
                    for name in shapes.FactOut.model_fields
                    if hasattr(fact, name)
                },
                "is_exercise": fact.drill is not None,
            }
            for fact in facts
        ],
        "after": facts[-1].seq if facts else after,
    }


def _unit(request: HttpRequest, unit_id: UUID) -> Unit:
    viewer = require(request, "chain.see")
    unit = units.visible_to(viewer).select_related("tally").filter(pk=unit_id).first()
    return found(unit, str(unit_id))
