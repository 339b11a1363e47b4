"""The tree as rows: lock a unit, date its versions, carry paths along, find places by code or name."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from uuid import UUID

from django.apps import apps
from django.db.models import F, Max, Q, QuerySet, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone

from renwang.base.fields import PathField
from renwang.base.pure.ids import short_code
from renwang.base.pure.text import search_key
from renwang.chain.models import Unit, UnitVersion
from renwang.chain.rules import Dated, check_code, compose_path
from renwang.chain.structures import Level, structure


def today(now: datetime) -> date:
    """Return the day it is at the node."""
    return now.astimezone(timezone.get_default_timezone()).date()


def beginning_of(day: date) -> datetime:
    """Return the moment at which a day begins at the node."""
    return datetime.combine(day, time(), timezone.get_default_timezone())


def level_of(unit: Unit) -> Level:
    """Return what a unit's level is for."""
    return structure(unit.structure).level(unit.level)


def locked(unit: Unit) -> Unit:
    """Read a unit anew and keep others from changing it until the transaction ends."""
    return Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)


def locked_all(units: Iterable[Unit]) -> list[Unit]:
    """Lock several units in one order, so that two changes never wait for each other."""
    keys = [unit.pk for unit in units]
    return list(
        Unit.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
    )


def dated(units: Iterable[Unit]) -> list[Dated]:
    """Read units as a dated change sees them; one query."""
    units = list(units)
    days = dict(
        UnitVersion.objects.filter(unit__in=units)
        .values_list("unit")
        .annotate(last=Max("from_on"))
        .order_by()
    )
    return [
        Dated(unit.name, unit.since_on, days.get(unit.pk, unit.since_on), unit.ended_on)
        for unit in units
    ]


def dated_below(unit: Unit) -> Dated:
    """Read a unit as a change sees it that carries everything below it along; one query."""
    last = UnitVersion.objects.filter(path__under=unit.path, until_on=None).aggregate(
        day=Max("from_on")
    )["day"]
    return Dated(unit.name, unit.since_on, last or unit.since_on, unit.ended_on)


def search_of(name: str, *more: str) -> str:
    """Fold a name and what else identifies it into one search key."""
    return search_key(" ".join(part for part in (name, *more) if part))


def place_path(parent: Unit | None, code: str, key: UUID) -> str:
    """Compose the path of a new or moved unit; tells it apart from an ended one with its code."""
    check_code(code)
    above = parent.path if parent else "/"
    short = short_code(key)
    path = compose_path(above, code, short)
    if Unit.objects.filter(path=path).exclude(pk=key).exists():
        path = compose_path(above, code, short, taken=True)
    return path


def depth_of(path: str) -> int:
    """Count how deep a path lies; the root is 0."""
    return path.count("/") - 2


def write_version(unit: Unit, on: date) -> None:
    """Date a unit's present state from a day; a second change on one day replaces the first."""
    state = {
        "name": unit.name,
        "code": unit.code,
        "level": unit.level,
        "parent_id": unit.parent_id,
        "path": unit.path,
        "boundary": unit.boundary,
    }
    standing = UnitVersion.objects.filter(unit=unit, until_on=None)
    if not standing.filter(from_on=on).update(**state):
        standing.update(until_on=on)
        UnitVersion.objects.create(unit=unit, from_on=on, **state)


def end_version(unit: Unit, on: date) -> None:
    """Date a unit's end."""
    UnitVersion.objects.filter(unit=unit, until_on=None).update(until_on=on)


def hang(children: Sequence[Unit], under: Unit | None, on: date) -> None:
    """Hang units below another one from a day on, with everything below them.

    The number of statements grows with the number of places they come from,
    not with how much lies in them.
    """
    above = under.path if under else "/"
    groups: dict[str, list[Unit]] = {}
    taken = set(Unit.objects.filter(parent=under).values_list("path", flat=True))
    for child in children:
        old_parent = child.path[: child.path.rstrip("/").rindex("/") + 1]
        new = above + child.path[len(old_parent) :]
        if new in taken:  # an ended unit, or one from elsewhere, lies there
            new = place_path(under, child.code, child.pk)
            carry_paths([child.path], child.path, new, on)
        else:
            groups.setdefault(old_parent, []).append(child)
        taken.add(new)
        child.parent = under
    Unit.objects.filter(pk__in=[child.pk for child in children]).update(parent=under)
    for old_parent, group in groups.items():
        carry_paths([child.path for child in group], old_parent, above, on)
    keys = [child.pk for child in children]
    UnitVersion.objects.filter(unit__in=keys, until_on=None).update(parent=under)
    paths = dict(Unit.objects.filter(pk__in=keys).values_list("pk", "path"))
    for child in children:
        child.path = paths[child.pk]
        child.depth = depth_of(child.path)


def carry_paths(roots: Sequence[str], old: str, new: str, on: date) -> None:
    """Carry everything at and below some paths along: their beginning `old` becomes `new`, dated.

    Every path column of the chain follows. The versions that stood until now
    are closed on the day and followed by new ones, so an earlier day still
    finds the old place; what is already past keeps the path it had.
    """
    _date_versions(roots, old, new, on)
    deeper = depth_of(new) - depth_of(old)
    for model in apps.get_app_config("chain").get_models():
        columns = [one for one in model._meta.local_fields if isinstance(one, PathField)]
        if model is UnitVersion or not columns:
            continue
        for column in columns:
            change = {column.attname: _moved(column.attname, old, new)}
            if column.attname == "path" and deeper and hasattr(model, "depth"):
                change["depth"] = F("depth") + deeper
            model._default_manager.filter(_at(column.attname, roots)).update(**change)


def _date_versions(roots: Sequence[str], old: str, new: str, on: date) -> None:
    standing = UnitVersion.objects.filter(_at("path", roots), until_on=None)
    earlier = list(standing.filter(from_on__lt=on))
    standing.filter(from_on__gte=on).update(path=_moved("path", old, new))
    UnitVersion.objects.filter(pk__in=[one.pk for one in earlier]).update(until_on=on)
    for one in earlier:
        one.pk, one.from_on, one.path = None, on, new + one.path[len(old) :]
    UnitVersion.objects.bulk_create(earlier, batch_size=500)


def _at(column: str, roots: Sequence[str]) -> Q:
    found = Q()
    for root in roots:
        found |= Q(**{f"{column}__under": root})
    return found


def _moved(column: str, old: str, new: str) -> Concat:
    return Concat(Value(new), Substr(column, len(old) + 1), output_field=PathField())


def current() -> QuerySet[Unit]:
    """Return the units that stand today."""
    return Unit.objects.filter(ended_on=None)
