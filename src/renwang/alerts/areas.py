"""Where a warning applies: its codes and lines on the map, and the units of this node that lie there.

Words are never read for places: "the north of the district" is for a person to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import orjson
from django.db.models import QuerySet

from renwang.alerts import cap
from renwang.alerts.rules import code_spellings, codes_above, plain_code
from renwang.base.pure.datum import NotAPosition
from renwang.base.pure.geometry import CircleRefused, Geometry, circle, to_geojson
from renwang.base.pure.loading import on_first_use
from renwang.chain.models import Unit

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


TRIFLE = 0.01
"""Two boundaries drawn by different hands overlap by chance; only more than this share counts."""


@dataclass(frozen=True, slots=True)
class AreaRead:
    """One area of a warning as this node reads it."""

    words: str
    geometry: Geometry | None
    codes: tuple[tuple[str, str], ...]

    @property
    def geojson(self) -> str:
        """Its lines as GeoJSON text; empty without any."""
        return "" if self.geometry is None else orjson.dumps(to_geojson(self.geometry)).decode()


@dataclass(frozen=True, slots=True)
class Match:
    """A unit in which a warning applies, and how that was found: "code", "geometry" or "person"."""

    unit_id: UUID
    path: str
    by: str


@dataclass(frozen=True, slots=True)
class Found:
    """The topmost units a warning applies to, and the codes that no unit here has."""

    matches: tuple[Match, ...] = ()
    unknown_codes: tuple[str, ...] = field(default=())


def read_areas(areas: Iterable[cap.Area]) -> list[AreaRead]:
    """Read areas as this node understands them, each once however often it is repeated."""
    found: dict[tuple, AreaRead] = {}
    for area in areas:
        key = (area.description, area.polygons, area.circles, area.geocodes)
        if key not in found:
            codes = tuple((one.name, one.value) for one in area.geocodes)
            found[key] = AreaRead(area.description, geometry_of(area), codes)
    return list(found.values())


def geometry_of(area: cap.Area) -> Geometry | None:
    """Unite the polygons and circles of an area (which come latitude first); None without any usable one."""
    shapes: list[Geometry] = []
    for polygon in area.polygons:
        corners = [(lon, lat) for lat, lon in polygon.points]
        if len(set(corners)) >= 3:
            shapes.append(shapely.make_valid(shapely.Polygon(corners)))
    for one in area.circles:
        centre, radius = one.centre, one.radius_km
        if centre is None or radius is None:
            continue
        try:
            shapes.append(circle(centre[1], centre[0], radius * 1000))
        except (CircleRefused, NotAPosition):
            continue  # the codec has named it as a doubt already
    united = shapely.union_all([shape for shape in shapes if shape.area > 0])
    return None if united.is_empty else united


def find_units(areas: Sequence[AreaRead]) -> Found:
    """Find the units of this node in which any of the areas lies; the topmost ones only."""
    matches: dict[str, Match] = {}
    unknown: list[str] = []
    for code in dict.fromkeys(value for area in areas for _, value in area.codes):
        units = _by_code(code)
        if not units:
            unknown.append(code)
        for unit_id, path in units:
            matches[path] = Match(unit_id, path, "code")
    shapes = [area.geometry for area in areas if area.geometry is not None]
    if shapes:
        for unit_id, path in _by_geometry(shapely.union_all(shapes)):
            matches.setdefault(path, Match(unit_id, path, "geometry"))
    return Found(tuple(topmost(matches)), tuple(unknown))


def topmost(matches: dict[str, Match]) -> list[Match]:
    """Leave out what lies below another match."""
    kept: list[Match] = []
    for path in sorted(matches):
        if not kept or not path.startswith(kept[-1].path):
            kept.append(matches[path])
    return kept


# --- by code ----------------------------------------------------------------

_Places = list[tuple[UUID, str]]


def _units() -> QuerySet[Unit]:
    return Unit.objects.filter(ended_on=None)


def _by_code(text: str) -> _Places:
    """Find the units of a division code; none if the code is unknown here.

    A code above everything here stands for all of it that lies inside. A code
    below what is kept here stands for the unit that has no smaller ones.
    """
    code = plain_code(text)
    if code is None:
        return []
    if exact := list(_units().filter(code__in=code_spellings(code)).values_list("id", "path")):
        return exact
    inside = _units().filter(code__gte=code, code__lt=_after(code)).values_list("id", "path")
    if found := {path: (key, path) for key, path in inside}:
        paths: list[str] = []
        for path in sorted(found):
            if not paths or not path.startswith(paths[-1]):
                paths.append(path)
        return [found[path] for path in paths]
    for above in codes_above(code):
        unit = _units().filter(code__in=code_spellings(above)).first()
        if unit is not None:
            has_coded = (
                _units().filter(path__under=unit.path, depth__gt=unit.depth).exclude(code="")
            )
            return [] if has_coded.exists() else [(unit.id, unit.path)]
    return []


def _after(code: str) -> str:
    return code[:-1] + chr(ord(code[-1]) + 1)


# --- by lines on the map ----------------------------------------------------


def _by_geometry(geometry: Geometry) -> _Places:
    """Find the units that a geometry covers, going down wherever it covers only a part.

    A unit without a boundary lies where the unit above it does.
    """
    west, south, east, north = geometry.bounds
    near = _units().filter(
        west__isnull=False, west__lte=east, east__gte=west, south__lte=north, north__gte=south
    )
    tops: list[str] = []
    for path in near.order_by("path").values_list("path", flat=True):
        if not tops or not path.startswith(tops[-1]):
            tops.append(path)
    shapely.prepare(geometry)
    taken: _Places = []
    level = list(_units().filter(path__in=tops).values_list("id", "path", "boundary"))
    while level:
        partial: dict[UUID, str] = {}
        for unit_id, path, boundary in level:
            share = _share(geometry, boundary)
            if share is None or share > 1 - TRIFLE:
                taken.append((unit_id, path))
            elif share > 0:
                partial[unit_id] = path
        level = _children(partial, taken)
    return taken


def _children(partial: dict[UUID, str], taken: _Places) -> list[tuple[UUID, str, str]]:
    """Give the units below those that are covered in part; one without any drawn below is taken whole."""
    below: dict[UUID, list[tuple[UUID, str, str]]] = {unit_id: [] for unit_id in partial}
    rows = _units().filter(parent__in=partial).values_list("parent", "id", "path", "boundary")
    for parent, unit_id, path, boundary in rows:
        below[parent].append((unit_id, path, boundary))
    level: list[tuple[UUID, str, str]] = []
    for unit_id, children in below.items():
        if any(boundary for _, _, boundary in children):
            level += children
        else:
            taken.append((unit_id, partial[unit_id]))
    return level


def _share(geometry: Geometry, boundary: str) -> float | None:
    """Say how much of a unit is covered, 0 for nothing or a trifle; None for a unit without a boundary."""
    if not boundary:
        return None
    unit = shapely.from_geojson(boundary)
    if geometry.contains_properly(unit):
        return 1.0
    if not geometry.intersects(unit):
        return 0.0
    common = geometry.intersection(unit).area
    if common <= TRIFLE * min(unit.area, geometry.area):
        return 0.0
    return float(common / unit.area)


# --- by a person ------------------------------------------------------------


def chosen_units(units: Iterable[Unit]) -> list[Match]:
    """Take the units that a person has named."""
    return topmost({unit.path: Match(unit.pk, unit.path, "person") for unit in units})


def common_path(paths: Sequence[str]) -> str:
    """Give the path of the lowest unit that holds all; empty for none, or where they have nothing in common."""
    if not paths:
        return ""
    first, last = min(paths), max(paths)
    at = 0
    while at < min(len(first), len(last)) and first[at] == last[at]:
        at += 1
    found = first[: first.rfind("/", 0, at) + 1]
    return "" if found == "/" else found
