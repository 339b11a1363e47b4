"""Find briefs: the list, one with its readers, what a figure counted. Every question starts from what the viewer may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from renwang.alerts.models import Relay
from renwang.base.paging import Page, page_of
from renwang.base.pure.text import search_key
from renwang.cases.selectors import visible_to as cases_visible
from renwang.cases.topics import topics_seen
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.chain.rules import line_above
from renwang.registers.risks.selectors import visible_to as risks_visible
from renwang.response.briefs.models import Addressee, Brief, Version
from renwang.response.briefs.rules import SHOWN, State

SORTS: dict[str, tuple[str, ...]] = {
    "-week": ("-from_on", "path"),
    "week": ("from_on", "path"),
    "place": ("path", "-from_on"),
    "-place": ("-path", "-from_on"),
}


@dataclass(frozen=True, slots=True)
class BriefPage:
    """A brief with its versions, the last first, and who is to read it."""

    brief: Brief
    versions: list[Version]
    addressees: list[Addressee]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a figure counted: its number, what it is called, its place, and by what it is found."""

    ref: str
    name: str
    place: str
    key: str


def visible_to(viewer: Viewer) -> QuerySet[Brief]:
    """Briefs of the viewer's places: those that are written only for whoever writes or approves them; and those sent to his units."""
    shown = Q(state__in=sorted(SHOWN)) & viewer.scope("briefs.see")
    own = viewer.scope("briefs.write") | viewer.scope("briefs.approve")
    sent = Addressee.objects.filter(viewer.scope("briefs.see")).values("brief")
    return Brief.objects.filter(shown | own | Q(pk__in=sent))


def list_briefs(
    viewer: Viewer,
    *,
    text: str = "",
    under: Unit | None = None,
    state: str = "",
    sort: str = "-week",
    cursor: str = "",
    size: int = 50,
) -> Page[Brief]:
    """List briefs, the latest week first. Two statements."""
    found = visible_to(viewer)
    if under is not None:
        found = found.filter(path__under=under.path)
    if state in set(State):
        found = found.filter(state=state)
    else:
        found = found.exclude(state=State.DISCARDED)
    for word in text.split()[:5]:
        found = found.filter(search__contains=search_key(word))
    found = found.select_related("unit__parent")
    found = found.defer("figures", "search", "unit__boundary", "unit__parent__boundary")
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


def count_waiting(viewer: Viewer) -> QuerySet[Brief]:
    """Return what waits for approval where the viewer approves, and what the viewer's units have not read, to be counted."""
    approves = Q(state=State.WAITING) & viewer.scope("briefs.approve")
    unread = Addressee.objects.filter(viewer.scope("briefs.see"), read_at=None)
    return Brief.objects.filter(approves | Q(state=State.PUBLISHED, pk__in=unread.values("brief")))


def brief_page(viewer: Viewer, ref: str) -> BriefPage | None:
    """Read a brief; None where the viewer may not see it. Three statements."""
    found = visible_to(viewer).filter(ref=ref.upper()).select_related("unit__parent", "current")
    brief = found.defer("unit__boundary", "unit__parent__boundary", "search").first()
    if brief is None:
        return None
    may_write = viewer.may("briefs.write", brief.path) or viewer.may("briefs.approve", brief.path)
    versions = list(brief.versions.order_by("-number")) if may_write else []
    rows = brief.addressees.select_related("unit").defer("unit__boundary").order_by("path")
    return BriefPage(brief, versions, list(rows))


def readers_for(brief: Brief) -> list[Unit]:
    """Give the units that may be chosen to read a brief: those above its place, and those right below it."""
    near = Q(path__in=line_above(brief.path)) | Q(parent=brief.unit_id)
    found = Unit.objects.filter(near, ended_on=None).defer("boundary")
    return list(found.order_by("path")[:200])


def figures_of(brief: Brief) -> Mapping[str, Mapping[str, Any]]:
    """Give the figures of a brief by their keys."""
    return {one["key"]: one for one in brief.figures}


def items_of(viewer: Viewer, figure: Mapping[str, Any]) -> list[Item]:
    """Give what a figure counted, as far as the viewer may see it. One statement."""
    refs = list(figure["refs"])
    if figure["kind"] == "case":
        cases = cases_visible(viewer).filter(ref__in=refs).select_related("unit")
        return [
            Item(one.ref, (one.masked or one.words)[:90], one.unit.name, one.ref)
            for one in cases.defer("search", "unit__boundary").order_by("ref")
        ]
    if figure["kind"] == "topic":
        topics = topics_seen(viewer).filter(ref__in=refs).select_related("unit")
        return [
            Item(one.ref, one.name or " · ".join(one.words), one.unit.name, one.ref)
            for one in topics.defer("unit__boundary").order_by("-heat")
        ]
    if figure["kind"] == "risk":
        risks = risks_visible(viewer).filter(ref__in=refs).select_related("unit")
        return [
            Item(one.ref, one.title, one.unit.name, one.ref)
            for one in risks.defer("unit__boundary").order_by("-level", "ref")
        ]
    relays = Relay.objects.filter(viewer.scope("alerts.see"), ref__in=refs).select_related("alert")
    return [Item(one.ref, str(one.alert), "", str(one.pk)) for one in relays]


# --- what everybody reads ---------------------------------------------------------


def public_briefs(*, since: date | None = None, most: int = 60) -> list[Brief]:
    """Give the briefs that everybody may read, the latest first; those taken back stay, with why."""
    found = Brief.objects.filter(is_public=True, state__in=sorted(SHOWN))
    if since is not None:
        found = found.filter(from_on__gte=since)
    found = found.select_related("unit", "current").defer("unit__boundary", "search")
    return list(found.order_by("-published_at")[:most])


def public_brief(ref: str) -> Brief | None:
    """Find a brief that everybody may read."""
    found = Brief.objects.filter(ref=ref.upper(), is_public=True, state__in=sorted(SHOWN))
    return found.select_related("unit", "current").defer("unit__boundary", "search").first()
