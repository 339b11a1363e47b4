"""The buildings of a viewer's place, as his phone draws them."""

from dataclasses import dataclass
from uuid import UUID

import orjson

from renwang.chain.models import Building
from renwang.chain.reach import Viewer


@dataclass(frozen=True, slots=True)
class Drawn:
    """One place on a map; `geometry` is GeoJSON text, empty where nobody has drawn it."""

    id: UUID
    path: str
    name: str
    geometry: str


def drawn_buildings(viewer: Viewer, *, most: int) -> list[Drawn]:
    """Give so many buildings at most where the viewer may see homes: their outline, or a point; one statement."""
    found = Building.objects.filter(viewer.scope("homes.see")).order_by("path", "name", "pk")
    rows = found.values_list("pk", "path", "name", "footprint", "lon", "lat")[:most]
    return [
        Drawn(key, path, name, footprint or _point(lon, lat))
        for key, path, name, footprint, lon, lat in rows
    ]


def _point(lon: float | None, lat: float | None) -> str:
    if lon is None or lat is None:
        return ""
    return orjson.dumps({"type": "Point", "coordinates": [lon, lat]}).decode()
