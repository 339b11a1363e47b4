"""The ground as an area: to each building what lies nearest to it (Voronoi 1908), and what grids cover together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from renwang.base.pure.loading import on_first_use

if TYPE_CHECKING:
    import shapely
    from shapely.geometry.base import BaseGeometry
else:
    shapely = on_first_use("shapely")


AROUND = 0.0004  # degrees: what is drawn round buildings where nobody has drawn a boundary


def cover(spots: Sequence[tuple[float, float]]) -> BaseGeometry:
    """Return an area that holds all spots, for places without a boundary of their own."""
    return shapely.buffer(shapely.convex_hull(shapely.multipoints(spots)), AROUND)


def cells(spots: Sequence[tuple[float, float]], whole: BaseGeometry) -> list[BaseGeometry]:
    """Share an area out among different spots; the parts come in the order of the spots, some may be empty."""
    if len(spots) < 2:
        return [whole] * len(spots)
    drawn = shapely.voronoi_polygons(shapely.multipoints(spots), extend_to=whole, ordered=True)
    return [shapely.intersection(cell, whole) for cell in shapely.get_parts(drawn)]


def areas(
    owners: Mapping[tuple[float, float], str], whole: BaseGeometry
) -> dict[str, BaseGeometry]:
    """Share an area out among the owners of spots; an owner to whom nothing falls is left out."""
    parts: dict[str, list[BaseGeometry]] = {}
    for owner, cell in zip(owners.values(), cells(list(owners), whole), strict=True):
        parts.setdefault(owner, []).append(cell)
    found = {}
    for owner, own in parts.items():
        area = shapely.make_valid(shapely.union_all(own))
        flat = [one for one in shapely.get_parts(area) if one.geom_type == "Polygon"]
        if flat:
            found[owner] = shapely.union_all(flat)
    return found
