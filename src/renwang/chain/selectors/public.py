"""Places as the public may ask for them: down to the grid, never a building group or a contact household."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet
from orjson import loads

from renwang.base.pure.geometry import from_geojson
from renwang.base.pure.loading import on_first_use
from renwang.base.pure.text import search_key
from renwang.chain.models import Building, Unit
from renwang.chain.rules import line_above
from renwang.chain.structures import structures

if TYPE_CHECKING:
    import shapely
else:
    shapely = on_first_use("shapely")


@cache
def _levels() -> frozenset[tuple[str, str]]:
    """The levels down to the grid, each as structure and level, whatever they are called."""
    found = set()
    for key, one in structures().items():
        deepest = max((level.rank for level in one.levels if level.is_grid), default=-1)
        found |= {(key, level.key) for level in one.levels if level.rank <= deepest}
    return frozenset(found)


@cache
def _public_levels() -> Q:
    """The condition for units at grid level and above."""
    by_structure: dict[str, list[str]] = {}
    for key, level in sorted(_levels()):
        by_structure.setdefault(key, []).append(level)
    conditions = [Q(structure=key, level__in=named) for key, named in by_structure.items()]
    return reduce(or_, conditions, Q(pk__in=[]))


def public_places() -> QuerySet[Unit]:
    """Return the standing units that have a page for everybody."""
    return Unit.objects.filter(_public_levels(), ended_on=None).defer("boundary")


def public_place(ref: str) -> Unit | None:
    """Find a place by its reference; None for one that has no page."""
    found = next(iter(Unit.objects.raw(_one_standing(), [ref])), None)
    return found if found is not None and (found.structure, found.level) in _levels() else None


@cache
def _one_standing() -> str:
    """The statement for one standing unit without its boundary; whoever reports something asks it, so it is composed once."""
    quote = connection.ops.quote_name
    fields = [one for one in Unit._meta.concrete_fields if one.name != "boundary"]
    columns = ", ".join(quote(one.column) for one in fields)
    table = quote(Unit._meta.db_table)
    return f"SELECT {columns} FROM {table} WHERE ref = %s AND ended_on IS NULL"  # noqa: S608


def public_tops() -> list[Unit]:
    """Return the node's topmost places."""
    return list(public_places().filter(parent=None).order_by("path"))


def public_children(place: Unit) -> list[Unit]:
    """Return the places right below one."""
    return list(public_places().filter(parent=place).order_by("position", "code", "name"))


def find_public_places(text: str, *, limit: int = 30) -> list[Unit]:
    """Find places by name or code, the highest first."""
    key = search_key(text)
    if not key:
        return []
    found = public_places().filter(search__contains=key).select_related("parent")
    return list(found.order_by("depth", "path")[:limit])


def _no_homes() -> QuerySet[Building]:
    """Buildings that everybody may be shown: none in which one household lives."""
    counted = Building.objects.annotate(known=Count("household_set")).exclude(known=1)
    return counted.filter(unit__ended_on=None).defer("footprint")


def public_buildings(place: Unit, *, limit: int = 400) -> list[Building]:
    """Return the buildings at a place by name, but none in which one household lives; one statement."""
    return list(_no_homes().filter(path__under=place.path).order_by("path", "name", "pk")[:limit])


def find_public_buildings(text: str, *, limit: int = 30) -> list[Building]:
    """Find buildings by name, code or address, but none in which one household lives; one statement."""
    key = search_key(text)
    return (
        list(_no_homes().filter(search__contains=key).order_by("path", "name")[:limit])
        if key
        else []
    )


def place_of_code(code: str) -> tuple[Unit, Building | None] | None:
    """Find what a code on a wall stands for: a place with a page, or a building and its unit; None for neither.

    The code of a place is its reference; that of a building its own code, or its id.
    """
    place = public_place(code)
    if place is not None:
        return place, None
    known = Q(code=code)
    with suppress(ValueError):
        known |= Q(pk=UUID(code))
    found = Building.objects.filter(known, unit__ended_on=None).select_related("unit")
    building = found.defer("footprint", "unit__boundary").first() if code else None
    return (building.unit, building) if building is not None else None


def public_place_round(lon: float, lat: float, tops: Sequence[Unit]) -> Unit | None:
    """Find the smallest drawn place below some others that a position (WGS-84) lies in; None where it lies in none."""
    inside = reduce(or_, (Q(path__under=top.path) for top in tops), Q(pk__in=[]))
    drawn = Unit.objects.filter(_public_levels(), inside, ended_on=None).exclude(boundary="")
    near = drawn.filter(west__lte=lon, east__gte=lon, south__lte=lat, north__gte=lat)
    spot = shapely.Point(lon, lat)
    deepest_first = near.order_by("-depth", "path")
    return next(
        (one for one in deepest_first if from_geojson(loads(one.boundary)).covers(spot)), None
    )


def public_names_at(paths: Iterable[str]) -> dict[str, str]:
    """Name for each path the smallest place round it that has a page for everybody; one statement."""
    wanted = set(paths)
    lines = {path: [path, *reversed(line_above(path))] for path in wanted}
    known = {step for line in lines.values() for step in line}
    names = dict(public_places().filter(path__in=known).values_list("path", "name"))
    return {
        path: next((names[one] for one in line if one in names), "") for path, line in lines.items()
    }
