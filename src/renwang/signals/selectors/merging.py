"""Find which matters may be one: what a matter could be merged with, and what one brought along that was merged."""

from uuid import UUID

from django.db.models import Q, QuerySet

from renwang.base.models import Entry
from renwang.chain.reach import Viewer
from renwang.signals.models import Matter, Signal
from renwang.signals.rules import Sighting, suggest_links

LATEST = 200
SHOWN = 20


def matter_to_judge(viewer: Viewer, ref: str) -> Matter | None:
    """Find a matter that the viewer may judge; None hides any other."""
    return _judged(viewer).filter(ref=ref).first()


def merge_candidates(
    viewer: Viewer, matter: Matter, *, text: str = ""
) -> list[tuple[Matter, bool]]:
    """Give the matters one could be merged with, each with whether it is likely the same; the likely ones first, then the latest.

    Both must be the viewer's to judge; a matter that was merged itself is left out. One statement.
    """
    found = _judged(viewer).filter(merged_into=None, drill=matter.drill).exclude(pk=matter.pk)
    if text:
        found = found.filter(Q(title__icontains=text) | Q(ref=text.strip().upper()))
    rows = {str(one.pk): one for one in found.order_by("-opened_at", "-pk")[:LATEST]}
    alike = suggest_links(_sighting(matter), map(_sighting, rows.values()), limit=SHOWN)
    likely = [one.key for one in alike]
    others = [key for key in rows if key not in set(likely)]
    return [(rows[key], key in set(likely)) for key in (*likely, *others)][:SHOWN]


def came_with(matter: Matter) -> list[Signal]:
    """Give the signals that a merged matter brought along and that are still where they went; two statements."""
    if matter.merged_into_id is None:
        return []
    facts = Entry.objects.filter(verb="signals.matters_merged", subject_id=str(matter.pk))
    merged = facts.order_by("-id").first()
    ids = merged.facts["signal_ids"] if merged else []
    found = Signal.objects.filter(pk__in=list(map(UUID, ids)), matter=matter.merged_into_id)
    return list(found.select_related("unit").defer("unit__boundary").order_by("noticed_at"))


def _judged(viewer: Viewer) -> QuerySet[Matter]:
    rows = Matter.objects.filter(viewer.scope("signals.judge"))
    return rows.select_related("unit", "assessment", "merged_into").defer("unit__boundary")


def _sighting(matter: Matter) -> Sighting:
    return Sighting(str(matter.pk), matter.opened_at, matter.path, matter.hazard)
