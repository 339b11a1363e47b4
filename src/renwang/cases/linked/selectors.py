"""Find linked systems, what is exchanged with them, and where the cases of a viewer stand in them."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.cases.linked.models import Counterpart, System, Tiding, Visit
from renwang.cases.linked.rules import Sending
from renwang.cases.models import Case
from renwang.cases.rules import Act, State, acts_in
from renwang.chain.reach import Viewer

SORTS: dict[str, tuple[str, ...]] = {"label": ("label",), "-label": ("-label",)}


def visible_to(viewer: Viewer) -> QuerySet[System]:
    """Return the systems that a viewer operates."""
    return System.objects.filter(viewer.scope("node.operate"))


def list_systems(
    viewer: Viewer,
    *,
    text: str = "",
    state: str = "",
    sort: str = "label",
    cursor: str = "",
    size: int = 50,
) -> Page[System]:
    """List the systems that a viewer operates; `state` is "trouble", "paused" or nothing."""
    found = visible_to(viewer).select_related("unit").defer("unit__boundary", "services")
    if text:
        found = found.filter(Q(label__icontains=text) | Q(url__icontains=text))
    if state == "trouble":
        found = found.filter(is_active=True).exclude(trouble="")
    elif state == "paused":
        found = found.filter(is_active=False)
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


def system_of(viewer: Viewer, key: UUID) -> System | None:
    """Find one system with its place; None hides what is out of reach."""
    found = visible_to(viewer).select_related("unit").defer("unit__boundary")
    return found.filter(pk=key).first()


def sums_of(system: System) -> dict[str, int]:
    """Count what is exchanged with a system: taken in, sent, on its way, not taken there; one statement."""
    rows = Counterpart.objects.filter(system=system).values_list("sending").annotate(Count("pk"))
    counted = dict(rows.order_by())
    return {one.value: counted.get(one.value, 0) for one in Sending}


def last_visits(system: System, limit: int = 20) -> list[Visit]:
    """Give the visits that brought something, or went wrong, the latest first."""
    return list(Visit.objects.filter(system=system).order_by("-at")[:limit])


def last_counterparts(viewer: Viewer, system: System, limit: int = 20) -> list[Counterpart]:
    """Give what was exchanged last, as far as the viewer may see the cases."""
    seen = viewer.scope("cases.see", "case__path")
    found = Counterpart.objects.filter(seen, system=system).select_related("case")
    return list(found.defer("case__search", "case__words", "body").order_by("-at")[:limit])


def counterparts_of(case: Case) -> list[Counterpart]:
    """Give in which systems a case is known, with what waits to be told; one statement."""
    waiting = Count("tidings", filter=Q(tidings__sending=Sending.WAITING))
    found = Counterpart.objects.filter(case=case).select_related("system")
    kept = found.defer("body", "system__services").annotate(untold=waiting)
    return list(kept.order_by("at"))


def takers_of(case: Case, known: Sequence[Counterpart]) -> list[System]:
    """Name the systems to which a case may be sent now; one statement at most."""
    if Act.REFER not in acts_in(State(case.state)):
        return []
    found = System.objects.filter(pushes=True, is_active=True).only(
        "pk", "label", "path", "sent_as"
    )
    there = {one.system_id for one in known if one.sending != Sending.REFUSED}
    return [
        one
        for one in found.order_by("label")
        if case.kind in one.sent_as and case.path.startswith(one.path) and one.pk not in there
    ]


def taker_of(case: Case, key: UUID) -> System | None:
    """Find a system to which a case may be sent; None where it may not."""
    known = Counterpart.objects.filter(case=case).only("system", "sending")
    if key not in {one.pk for one in takers_of(case, list(known))}:
        return None
    return System.objects.get(pk=key)


def counterpart_of(case: Case, key: UUID) -> Counterpart | None:
    """Find where a case stands in one system."""
    return Counterpart.objects.filter(case=case, pk=key).select_related("system").first()


def count_untold(system: System) -> int:
    """Count what waits to be told to a system."""
    waiting = Tiding.objects.filter(counterpart__system=system, sending=Sending.WAITING)
    return waiting.count()
