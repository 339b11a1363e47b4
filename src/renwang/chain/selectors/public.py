"""Places as the public may ask for them: down to the grid, never a building group or a contact household."""

from functools import cache, reduce
from operator import or_

from django.db.models import Q, QuerySet

from renwang.base.pure.text import search_key
from renwang.chain.models import Unit
from renwang.chain.structures import structures


@cache
def _public_levels() -> Q:
    """The condition for units at grid level and above, whatever they are called in a structure."""
    conditions = []
    for key, one in structures().items():
        deepest = max((level.rank for level in one.levels if level.is_grid), default=-1)
        named = [level.key for level in one.levels if level.rank <= deepest]
        conditions.append(Q(structure=key, level__in=named))
    return reduce(or_, conditions, Q(pk__in=[]))


def public_places() -> QuerySet[Unit]:
    """Return the standing units that have a page for everybody."""
    return Unit.objects.filter(_public_levels(), ended_on=None).defer("boundary")


def public_place(ref: str) -> Unit | None:
    """Find a place by its reference; None for one that has no page."""
    return public_places().filter(ref=ref).first()


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
