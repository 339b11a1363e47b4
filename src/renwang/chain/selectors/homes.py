"""Find buildings and households, and search over everything in reach."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet, Sum, Value
from django.db.models.functions import Length, StrIndex

from renwang.base.paging import Page, page_of
from renwang.base.pure.text import search_key
from renwang.chain.models import Building, Household, Unit
from renwang.chain.reach import Viewer
from renwang.chain.selectors.people import find_organisations, find_people
from renwang.chain.selectors.units import find_units, full_names

BUILDING_SORTS = {
    "name": ("name",),
    "-name": ("-name",),
    "place": ("path", "name"),
    "-place": ("-path", "-name"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing a search found; `kind` is unit, person, organisation or building."""

    kind: str
    id: UUID
    ref: str
    name: str
    place: str  # its units, as people say them


def buildings_visible_to(viewer: Viewer) -> QuerySet[Building]:
    """Return the buildings a viewer may see."""
    return Building.objects.filter(viewer.scope("homes.see"))


def households_visible_to(viewer: Viewer) -> QuerySet[Household]:
    """Return the doors a viewer may see."""
    return Household.objects.filter(viewer.scope("homes.see"))


def list_buildings(
    viewer: Viewer,
    *,
    under: Unit | None = None,
    text: str = "",
    sort: str = "place",
    cursor: str = "",
    size: int = 50,
) -> Page[Building]:
    """List buildings with their unit, each with `doors` and `heads` counted."""
    found = buildings_visible_to(viewer)
    if under is not None:
        found = found.filter(path__under=under.path)
    if text:
        found = found.filter(search__contains=search_key(text))
    found = found.select_related("unit").defer("unit__boundary", "footprint")
    page = page_of(found, BUILDING_SORTS[sort], cursor=cursor, size=size)
    counted = {
        building: (doors, heads)
        for building, doors, heads in Household.objects.filter(building__in=page.items)
        .values_list("building")
        .annotate(Count("pk"), Sum("heads"))
        .order_by()
    }
    for building in page.items:
        building.doors, building.heads = counted.get(building.pk, (0, 0))
    return page


def list_households(
    viewer: Viewer,
    *,
    building: Building | None = None,
    under: Unit | None = None,
    cursor: str = "",
    size: int = 100,
) -> Page[Household]:
    """List doors in the order in which one knocks: place, building, storey, door."""
    found = households_visible_to(viewer)
    if building is not None:
        found = found.filter(building=building)
    if under is not None:
        found = found.filter(path__under=under.path)
    found = found.select_related("building", "unit").defer("unit__boundary", "building__footprint")
    within = ("building_id", "storey", "door")
    order = within if building is not None else ("path", *within)
    return page_of(found, order, cursor=cursor, size=size)


def find_buildings(viewer: Viewer, text: str, *, limit: int = 20) -> list[Building]:
    """Find buildings by name, code or address."""
    key = search_key(text)
    if not key:
        return []
    return list(
        buildings_visible_to(viewer)
        .filter(search__contains=key)
        .select_related("unit")
        .defer("footprint", "unit__boundary")
        .annotate(at=StrIndex("search", Value(key)), long=Length("name"))
        .order_by("at", "long", "name", "pk")[:limit]
    )


def search_everything(viewer: Viewer, text: str, limit: int = 8) -> list[Hit]:
    """Search units, people, organisations and buildings in reach: at most `limit` of each kind.

    Five statements, whatever is found.
    """
    units = find_units(viewer, text, limit=limit)
    people = find_people(viewer, text, limit=limit)
    organisations = find_organisations(viewer, text, limit=limit)
    buildings = find_buildings(viewer, text, limit=limit)
    seats = {one.unit for one in (*people, *organisations, *buildings) if one.unit}
    names = full_names(list({*units, *seats}))
    return [
        *(Hit("unit", one.pk, one.ref, one.name, names[one]) for one in units),
        *(Hit("person", one.pk, "", one.name, names.get(one.unit, "")) for one in people),
        *(Hit("organisation", one.pk, one.ref, one.name, names[one.unit]) for one in organisations),
        *(Hit("building", one.pk, one.code, one.name, names[one.unit]) for one in buildings),
    ]
