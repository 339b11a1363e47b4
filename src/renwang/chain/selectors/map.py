"""Give the map what it draws: the units below one as GeoJSON, each with its figures."""

from typing import Any

import orjson

from renwang.chain.models import Tally, Unit
from renwang.chain.reach import Viewer
from renwang.chain.selectors.units import tally_of, visible_to

_FIGURES = tuple(field.name for field in Tally._meta.concrete_fields if not field.primary_key)


def map_features(viewer: Viewer, unit: Unit, depth: int = 1) -> dict[str, Any]:
    """Return the units down to `depth` levels below one as a GeoJSON FeatureCollection; one statement.

    A unit without a boundary is drawn at its point; one without either has no
    geometry and stands only in the table beside the map. `bbox` is where to
    look: the unit's own box, else what its parts cover; missing if nothing is
    drawn.
    """
    below_it = (
        visible_to(viewer)
        .filter(path__under=unit.path, ended_on=None)
        .filter(depth__gt=unit.depth, depth__lte=unit.depth + depth)
        .select_related("tally")
        .order_by("depth", "position", "code", "name")
    )
    parts = list(below_it)
    answer: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [_feature(part) for part in parts],
    }
    box = _box([unit]) or _box(parts)
    if box:
        answer["bbox"] = box
    return answer


def outline(unit: Unit) -> dict[str, Any] | None:
    """Return one unit's own boundary as a GeoJSON Feature; None where none is drawn."""
    return _feature(unit) if unit.boundary else None


def _feature(unit: Unit) -> dict[str, Any]:
    tally = tally_of(unit)
    return {
        "type": "Feature",
        "id": unit.ref,
        "geometry": _geometry(unit),
        "properties": {
            "id": str(unit.pk),
            "ref": unit.ref,
            "code": unit.code,
            "name": unit.name,
            "level": unit.level,
            "depth": unit.depth,
            "path": unit.path,
            **{name: getattr(tally, name) for name in _FIGURES},
        },
    }


def _geometry(unit: Unit) -> Any:
    if unit.boundary:
        return orjson.loads(unit.boundary)
    if unit.lon is not None and unit.lat is not None:
        return {"type": "Point", "coordinates": [unit.lon, unit.lat]}
    return None


def _box(units: list[Unit]) -> list[float] | None:
    west, south, east, north = [], [], [], []
    for unit in units:
        if unit.west is not None:
            west.append(unit.west)
            south.append(unit.south)
            east.append(unit.east)
            north.append(unit.north)
        elif unit.lon is not None and unit.lat is not None:
            west.append(unit.lon)
            south.append(unit.lat)
            east.append(unit.lon)
            north.append(unit.lat)
    return [min(west), min(south), max(east), max(north)] if west else None
