"""Answer yesterday's question with yesterday's places, and find what became of an old code."""

from datetime import date

from django.db.models import Q, QuerySet

from renwang.chain.models import Unit, UnitChange, UnitVersion
from renwang.chain.reach import Viewer


def units_as_of(viewer: Viewer, day: date, *, under: Unit | None = None) -> QuerySet[UnitVersion]:
    """Return what every unit was on a day, from the top down.

    `under` asks for what then lay at or below a unit, by the path it had on
    that day. A unit that has moved since is seen by who may see it today.
    """
    found = _on(day).filter(viewer.scope("chain.see", "unit__path")).order_by("path")
    if under is None:
        return found
    then = _on(day).filter(unit=under).first()
    return found.filter(path__under=then.path) if then else found.none()


def unit_as_of(viewer: Viewer, unit: Unit, day: date) -> UnitVersion | None:
    """Say what a unit was on a day; None if it did not exist then, or is out of reach."""
    found = _on(day).filter(viewer.scope("chain.see", "unit__path"), unit=unit)
    return found.select_related("unit", "parent").first()


def successors(place: Unit | str, day: date) -> list[Unit]:
    """Say which units stand on a day where a unit, or the bearer of an old code, once stood.

    An old list of codes and a warning addressed by one still find the place.
    Needs no reach: names and codes of places are no secret. An empty list
    means that nobody ever had the code, or that nothing took its place.
    """
    units = list(Unit.objects.filter(pk=place.pk)) if isinstance(place, Unit) else _bearers(place)
    found: dict = {}
    met: set = set()
    while units:
        ended = []
        for unit in units:
            if unit.pk in met:
                continue
            met.add(unit.pk)
            if unit.ended_on is None or unit.ended_on > day:
                found[unit.pk] = unit
            else:
                ended.append(unit.pk)
        changes = UnitChange.objects.filter(before__in=ended, on__lte=day)
        units = list(Unit.objects.filter(changes_before__in=changes).distinct()) if ended else []
    return sorted(found.values(), key=lambda unit: unit.path)


def _bearers(code: str) -> list[Unit]:
    """Those who carry a code now, else those who carried it last."""
    if not code:
        return []
    standing = list(Unit.objects.filter(code=code, ended_on=None))
    if standing:
        return standing
    last = UnitVersion.objects.filter(code=code).order_by("-from_on", "-pk").first()
    return [last.unit] if last else []


def _on(day: date) -> QuerySet[UnitVersion]:
    return UnitVersion.objects.filter(Q(until_on=None) | Q(until_on__gt=day), from_on__lte=day)


def versions_of(unit: Unit) -> list[UnitVersion]:
    """Return every dated state of a unit, the latest first; whoever sees the unit sees its past."""
    return list(unit.versions.select_related("parent").defer("boundary").order_by("-from_on"))


def children_as_of(viewer: Viewer, unit: Unit, day: date) -> list[UnitVersion]:
    """Return what lay directly below a unit on a day; one statement."""
    found = _on(day).filter(viewer.scope("chain.see", "unit__path"), parent=unit)
    return list(found.select_related("unit").defer("boundary", "unit__boundary").order_by("path"))


def roots_as_of(viewer: Viewer, day: date) -> list[UnitVersion]:
    """Return what the topmost units of a viewer were on a day; one statement."""
    places = viewer.places.get("chain.see", ())
    found = _on(day).filter(unit__path__in=places).select_related("unit")
    return list(found.defer("boundary", "unit__boundary").order_by("path"))
