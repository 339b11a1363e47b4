"""Invented briefs for a demonstration: one published and read by some, one that waits for another hand."""

from datetime import datetime, timedelta

from renwang.chain.models import Holding, Unit
from renwang.chain.reach import Viewer, viewer_of
from renwang.response.briefs import services
from renwang.response.briefs.models import Brief
from renwang.response.briefs.rules import Section
from renwang.response.briefs.selectors import readers_for

WEEK = timedelta(days=7)
_ASKED = (
    "建议街道协调城管、水务两家明确夜市油烟和河道护栏的牵头单位；地下车库积水列入汛前清淤计划。"
)


def invent_briefs(root: Unit, *, now: datetime) -> int:
    """Draft the briefs of the last two weeks of a place; return how many. Where there are any nothing changes."""
    hands = _hands(root, now)
    if len(hands) < 2 or Brief.objects.filter(unit=root).exists():
        return 0
    writer, approver = hands[:2]
    for weeks in (2, 1):
        day = (now - weeks * WEEK).date()
        brief = services.draft_brief(root, day, by=writer, now=now)
        said = services.Wording(
            brief.title,
            dict(brief.current.sections)
            | {Section.DECISIONS.value: f"{brief.current.sections['decisions']}\n{_ASKED}"},
            brief.current.public_words,
            True,
            readers_for(brief)[:8],
        )
        services.edit_brief(brief.pk, said, by=writer, now=now)
        services.submit_brief(brief.pk, by=writer, now=now)
        if weeks == 2:
            services.approve_brief(brief.pk, by=approver, now=now)
    return 2


def _hands(root: Unit, now: datetime) -> list[Viewer]:
    """Find people who write and approve briefs of a place."""
    held = Holding.objects.filter(post__path__under=root.path, is_current=True)
    found: dict[object, Viewer] = {}
    for one in held.filter(post__unit__depth__lte=root.depth + 1).select_related("person"):
        viewer = viewer_of(one.person, now)
        if viewer.may("briefs.write", root.path) and viewer.may("briefs.approve", root.path):
            found[viewer.id] = viewer
    return list(found.values())
