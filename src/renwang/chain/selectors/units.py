"""Find units: one with its page, its children, the line above it, lists, and places by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet, Value
from django.db.models.functions import Length, StrIndex

from renwang.base.paging import Page, page_of
from renwang.base.pure.text import search_key
from renwang.chain.models import Holding, Post, Tally, Unit, UnitChange
from renwang.chain.reach import Viewer
from renwang.chain.rules import line_above
from renwang.chain.structures import Level, structure

SORTS = {
    "place": ("path",),
    "-place": ("-path",),
    "name": ("name",),
    "-name": ("-name",),
    "households": ("tally__households",),
    "-households": ("-tally__households",),
    "vacant": ("tally__vacant",),
    "-vacant": ("-tally__vacant",),
    "unreachable": ("tally__unreachable",),
    "-unreachable": ("-tally__unreachable",),
}


@dataclass(frozen=True, slots=True)
class UnitPage:
    """Everything a unit's page shows, read in eight statements however large the unit is."""

    unit: Unit
    level: Level
    above: list[Unit]  # from the top down
    tally: Tally
    children: list[Unit]  # each with its tally
    posts: list[Post]  # each with `current_holdings`, holder first
    changes: list[UnitChange]  # latest first, each with `before` and `after`


def visible_to(viewer: Viewer) -> QuerySet[Unit]:
    """Return the units a viewer may see, ended ones too."""
    return Unit.objects.filter(viewer.scope("chain.see"))


def unit_of(viewer: Viewer, ref: str) -> Unit | None:
    """Find a unit by its reference; None where there is none or the viewer may not see it."""
    return visible_to(viewer).select_related("tally").filter(ref=ref).first()


def unit_page(viewer: Viewer, unit: Unit) -> UnitPage:
    """Read a unit's page. Whoever may not see the unit gets Unit.DoesNotExist."""
    found = visible_to(viewer).select_related("tally").get(pk=unit.pk)
    changes = (
        UnitChange.objects.filter(Q(before=found) | Q(after=found))
        .distinct()
        .prefetch_related("before", "after")
        .order_by("-on", "-id")[:10]
    )
    return UnitPage(
        unit=found,
        level=structure(found.structure).level(found.level),
        above=ancestors(found),
        tally=tally_of(found),
        children=list(children(viewer, found)),
        posts=posts_of(found),
        changes=list(changes),
    )


def tally_of(unit: Unit) -> Tally:
    """Read a unit's tally; one that was never counted has nothing."""
    try:
        return unit.tally
    except Tally.DoesNotExist:
        return Tally(unit=unit)


def children(viewer: Viewer, unit: Unit) -> QuerySet[Unit]:
    """Return the standing units directly below one, each with its tally, in their order."""
    return (
        visible_to(viewer)
        .filter(parent=unit, ended_on=None)
        .select_related("tally")
        .defer("boundary")
        .order_by("position", "code", "name")
    )


def ancestors(unit: Unit) -> list[Unit]:
    """Return the units above one, topmost first; their names are no secret."""
    line = Unit.objects.filter(path__in=line_above(unit.path)).defer("boundary")
    return list(line.order_by("depth"))


def posts_of(unit: Unit) -> list[Post]:
    """Return a unit's posts with their people, the one that answers first."""
    held = Holding.objects.filter(is_current=True).select_related("person").order_by("rank")
    return list(
        Post.objects.filter(unit=unit, ended_on=None)
        .select_related("organisation")
        .prefetch_related(Prefetch("holdings", held, to_attr="current_holdings"))
        .order_by("-answers", "position", "title")
    )


def list_units(
    viewer: Viewer,
    *,
    under: Unit | None = None,
    text: str = "",
    level: str = "",
    lacking: str = "",
    sort: str = "place",
    cursor: str = "",
    size: int = 50,
) -> Page[Unit]:
    """List standing units, each with its parent and tally.

    `lacking` is "holder" (somewhere in it a post is vacant), "contact" (a post
    that answers cannot be called) or "boundary".
    """
    found = visible_to(viewer).filter(ended_on=None, tally__isnull=False)
    if under is not None:
        found = found.filter(path__under=under.path)
    if level:
        found = found.filter(level=level)
    if text:
        found = found.filter(search__contains=search_key(text))
    found = found.filter(_LACKING.get(lacking, Q()))
    found = found.select_related("tally", "parent").defer("boundary", "parent__boundary")
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


_LACKING = {
    "holder": Q(tally__vacant__gt=0),
    "contact": Q(tally__unreachable__gt=0),
    "boundary": Q(boundary=""),
}


def find_units(viewer: Viewer, text: str, *, limit: int = 20) -> list[Unit]:
    """Find standing units by name or code; what begins with the text comes first, then the higher level."""
    key = search_key(text)
    if not key:
        return []
    return list(
        visible_to(viewer)
        .filter(ended_on=None, search__contains=key)
        .annotate(at=StrIndex("search", Value(key)), long=Length("name"))
        .defer("boundary")
        .order_by("at", "depth", "long", "path")[:limit]
    )


def full_names(units: Sequence[Unit], *, levels: int = 3) -> dict[Unit, str]:
    """Write each unit with the units above it, as people say it: 青石街道 · 石桥社区; one query."""
    lines = {unit: [*line_above(unit.path), unit.path][-levels:] for unit in units}
    wanted = {path for line in lines.values() for path in line}
    names = dict(Unit.objects.filter(path__in=wanted).values_list("path", "name"))
    return {
        unit: " · ".join(names[path] for path in line if path in names)
        for unit, line in lines.items()
    }
