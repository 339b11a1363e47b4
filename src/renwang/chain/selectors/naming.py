"""Give keys and paths their names, many at a time: what a journal page or a list needs to be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from renwang.chain.models import Holding, Person, Unit, UnitVersion
from renwang.chain.reach import Viewer
from renwang.chain.selectors.people import organisations_visible_to


@dataclass(frozen=True, slots=True)
class Named:
    """A person's name, and whether the viewer may see more of him."""

    key: UUID
    name: str
    in_reach: bool


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A unit's name and reference; `name` is what it is called today."""

    ref: str
    name: str
    in_reach: bool


def names_of(viewer: Viewer, keys: Iterable[UUID]) -> dict[UUID, Named]:
    """Name people by their keys; one statement, none where nobody is asked for."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = Person.objects.filter(pk__in=wanted).values_list("pk", "name", "path")
    return {
        key: Named(key, name, key == viewer.id or viewer.may("people.see", path))
        for key, name, path in rows
    }


def known_as(actors: Iterable[str]) -> dict[str, str]:
    """Name who acted as a resident is told of it: name and post, by what the journal calls him; two statements."""
    keys = {actor.removeprefix("person:") for actor in actors if actor[:7] == "person:"}
    rows = Holding.objects.filter(person__in=keys, is_current=True).order_by("-post__answers")
    titles: dict[UUID, str] = {}
    for person, title in rows.values_list("person_id", "post__title"):
        titles.setdefault(person, title)
    people = Person.objects.filter(pk__in=keys).values_list("pk", "name")
    return {
        f"person:{key}": f"{name}（{titles[key]}）" if key in titles else name
        for key, name in people
    }


def places_at(viewer: Viewer, paths: Iterable[str]) -> dict[str, NamedPlace]:
    """Name the units that lie, or once lay, at some paths; two statements at most."""
    wanted = {path for path in paths if path}
    if not wanted:
        return {}
    rows = Unit.objects.filter(path__in=wanted).values_list("path", "ref", "name")
    found = {path: (ref, name, path) for path, ref, name in rows}
    gone = wanted - found.keys()
    if gone:
        versions = UnitVersion.objects.filter(path__in=gone).order_by("from_on")
        for path, ref, name, today in versions.values_list(
            "path", "unit__ref", "unit__name", "unit__path"
        ):
            found[path] = (ref, name, today)
    return {
        path: NamedPlace(ref, name, viewer.may("chain.see", today))
        for path, (ref, name, today) in found.items()
    }


def topmost_units(viewer: Viewer, capability: str = "chain.see") -> list[Unit]:
    """Return the units at the top of what a viewer may see, each with its tally; one statement."""
    places = viewer.places.get(capability, ())
    found = Unit.objects.filter(path__in=places).select_related("tally").defer("boundary")
    return list(found.order_by("path"))


def organisations_below(viewer: Viewer, unit: Unit) -> int:
    """Count the organisations in a unit and all below it, which no tally keeps."""
    standing = organisations_visible_to(viewer).filter(ended_on=None)
    return standing.filter(path__under=unit.path).count()
