"""How a scope is asked of the database, and which places a fact about people touches. Every reader of checks uses it."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from renwang.base.models import Entry
from renwang.chain.models import Grant, Holding, Unit
from renwang.chain.rules import line_above
from renwang.chain.structures import structures
from renwang.outreach.setwise import in_chunks
from renwang.registers.readiness.catalogue import Touch
from renwang.registers.readiness.rules import Scope, after_all_below


def inside(scope: Scope, column: str = "path") -> Q:
    """Give the condition that a path column lies in a scope."""
    found = Q(**{f"{column}__in": sorted(scope.paths)}) if scope.paths else Q(pk__in=[])
    for low, high in scope.spans:
        found |= Q(**{f"{column}__gte": low, f"{column}__lt": high})
    return found


def inside_or_above(scope: Scope, column: str = "path") -> Q:
    """Give the condition that a path column lies in a scope or on the lines above it."""
    return inside(scope, column) | Q(**{f"{column}__in": sorted(scope.lines)})


def with_below(scope: Scope, places: Iterable[str]) -> Scope:
    """Widen a scope by all that lies below some of its places: what is there counts for them too."""
    here = sorted(path for path in places if scope.covers(path))
    tops = [path for path in here if not set(line_above(path)) & set(here)]
    reach = max((after_all_below(path) for path in tops), default="")
    spans = tuple((low, max(high, reach)) for low, high in scope.spans)
    if scope.paths:
        spans += tuple((path, after_all_below(path)) for path in tops)
    return Scope(scope.paths, spans)


def above_grids(scope: Scope) -> list[tuple[str, str]]:
    """Give path and name of the places of a scope that stand right above grids; one statement."""
    levels = {key.key for known in structures().values() for key in known.levels if key.is_grid}
    grids = Unit.objects.filter(
        inside(scope, "parent__path"), level__in=levels, ended_on=None, parent__ended_on=None
    )
    rows = grids.order_by("parent__path").values_list("parent__path", "parent__name")
    return list(rows.distinct())


# --- what facts touch ------------------------------------------------------------

DIVISION = frozenset(
    {
        "chain.unit_moved",
        "chain.unit_split",
        "chain.units_merged",
        "chain.unit_closed",
        "chain.unit_renamed",
        "chain.regrouped",
        "chain.imported",
        "chain.place_invented",
    }
)
"""What changes where places lie: everything round it is looked at again."""


def divided(entries: Iterable[Entry]) -> set[Touch]:
    """Give the places round those that facts of the division are about."""
    found = set()
    for entry in entries:
        if entry.verb in DIVISION:
            facts = entry.facts
            paths = {entry.place, *(str(facts.get(one) or "") for one in ("before", "after"))}
            found |= {
                Touch(above(path), True) for path in paths if path.startswith("/") or not path
            }
    return found


def above(path: str) -> str:
    """Give the place right above a place; the whole node above the topmost one."""
    return path[: path[:-1].rfind("/") + 1] if path else "/"


def people_in(entries: Sequence[Entry]) -> set[UUID]:
    """Give the people that facts are about: by themselves, named in them, or on the posts they speak of."""
    people: set[UUID] = set()
    posts: set[UUID] = set()
    for entry in entries:
        named = [str(entry.facts.get("person") or ""), *map(str, entry.facts.get("order") or ())]
        people |= {UUID(one[7:]) for one in named if one.startswith("person:")}
        if entry.subject_kind in ("person", "post"):
            (people if entry.subject_kind == "person" else posts).add(UUID(entry.subject_id))
    for some in in_chunks(sorted(posts)):
        people |= set(Holding.objects.filter(post__in=some).values_list("person_id", flat=True))
    return people


def places_of(people: Collection[UUID]) -> set[str]:
    """Give the places of all posts that people hold or ever held."""
    found: set[str] = set()
    for some in in_chunks(sorted(people)):
        found |= set(Holding.objects.filter(person__in=some).values_list("post__path", flat=True))
    return found


def granted_places(people: Collection[UUID]) -> set[str]:
    """Give the places for which people have or ever had a grant."""
    found: set[str] = set()
    for some in in_chunks(sorted(people)):
        found |= set(Grant.objects.filter(person__in=some).values_list("path", flat=True))
    return found


def grouped(rows: Iterable[Sequence[Any]]) -> dict[Any, list[Any]]:
    """Put rows under their first value, in the order in which they come; the rest of each row stays a tuple."""
    found: dict[Any, list[Any]] = {}
    for first, *rest in rows:
        found.setdefault(first, []).append(tuple(rest))
    return found
