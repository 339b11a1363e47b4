"""Read hot spots: the list by heat, one with its evidence. Every question starts from what the viewer may see."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.base.pure.text import search_key
from renwang.cases.models import Case, Topic
from renwang.cases.selectors import visible_to
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer

SORTS: dict[str, tuple[str, ...]] = {
    "-heat": ("-heat",),
    "heat": ("heat",),
    "-number": ("-number",),
    "number": ("number",),
    "-last": ("-last_at",),
    "last": ("last_at",),
}


@dataclass(frozen=True, slots=True)
class TopicPage:
    """A hot spot with its cases in the viewer's reach."""

    topic: Topic
    cases: Page[Case]


def topics_seen(viewer: Viewer) -> QuerySet[Topic]:
    """Hot spots of the places where the viewer may see cases."""
    return Topic.objects.filter(viewer.scope("cases.see", "path"))


def list_topics(
    viewer: Viewer,
    *,
    text: str = "",
    under: Unit | None = None,
    ended: bool = False,
    sort: str = "-heat",
    cursor: str = "",
    size: int = 50,
) -> Page[Topic]:
    """List hot spots, the hottest first. Two statements."""
    found = topics_seen(viewer).filter(ended_at__isnull=not ended)
    if under is not None:
        found = found.filter(path__under=under.path)
    for word in text.split()[:5]:
        found = found.filter(Q(search__contains=search_key(word)) | Q(ref=word.upper()))
    found = found.select_related("unit__parent").defer("unit__boundary", "unit__parent__boundary")
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


def topic_page(viewer: Viewer, ref: str, *, cursor: str = "", size: int = 50) -> TopicPage | None:
    """Read a hot spot with its cases, the newest first; None where the viewer may not see it."""
    found = topics_seen(viewer).filter(ref=ref.upper()).select_related("unit", "merged_into")
    topic = found.defer("unit__boundary").first()
    if topic is None:
        return None
    cases = visible_to(viewer).filter(raised__topic=topic).select_related("unit")
    cases = cases.defer("search", "unit__boundary")
    return TopicPage(topic, page_of(cases, ("-received_at",), cursor=cursor, size=size))
