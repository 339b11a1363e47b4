"""Find facilities: the list, one with its story, what is due, the centres by tier. Every question starts from what the viewer may see."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.base.pure.geometry import distance_m
from renwang.base.pure.text import search_key
from renwang.chain.models import Holding, Post, Unit
from renwang.chain.reach import Viewer
from renwang.chain.rules import line_above
from renwang.registers.facilities.capacity_rules import Capacity
from renwang.registers.facilities.coverage_rules import METRES_PER_DEGREE
from renwang.registers.facilities.kinds import known_terms
from renwang.registers.facilities.models import (
    Defect,
    Facility,
    Inspection,
    Photo,
    Room,
    Step,
    Stock,
)
from renwang.registers.facilities.rules import STANDING, DefectState, State
from renwang.registers.facilities.selectors.coverage import given_of
from renwang.registers.facilities.selectors.stock import stock_of

SORTS: dict[str, tuple[str, ...]] = {
    "place": ("path", "kind", "name"),
    "-place": ("-path", "-kind", "-name"),
    "name": ("name",),
    "-name": ("-name",),
    "kind": ("kind", "path", "name"),
    "-kind": ("-kind", "-path", "-name"),
    "due": ("inspect_due_on",),
    "-due": ("-inspect_due_on",),
}
DUE, BROKEN, OPENED, NO_POST = "due", "broken", "opened", "no_post"
FINDINGS = (DUE, BROKEN, OPENED, NO_POST)
SHOWN = 20  # inspections on the page of a facility
_POSTS = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; empty means any. `finding` is one of `FINDINGS`."""

    text: str = ""
    kind: str = ""
    tier: str = ""
    states: Collection[State] = ()
    finding: str = ""
    under: Unit | None = None


@dataclass(frozen=True, slots=True)
class FacilityPage:
    """A facility with all that belongs to it; inspections and photographs the latest first."""

    facility: Facility
    capacity: Capacity | None
    rooms: list[Room]
    stock: list[Stock]  # what ends first stands first
    inspections: list[Inspection]
    defects: list[Defect]
    photos: list[Photo]
    steps: list[Step]
    owned: frozenset[UUID]  # the defects that are the viewer's to mend


def visible_to(viewer: Viewer) -> QuerySet[Facility]:
    """Facilities at the places where the viewer may see them."""
    return Facility.objects.filter(viewer.scope("facilities.see"))


def list_facilities(
    viewer: Viewer,
    wanted: Wanted,
    *,
    today: date,
    sort: str = "place",
    cursor: str = "",
    size: int = 50,
) -> Page[Facility]:
    """List facilities, each with its unit, post, capacity (`capacity`) and open defects (`broken`). Three statements."""
    found = _narrowed(visible_to(viewer), wanted, today)
    if sort.endswith("due"):
        found = found.filter(inspect_due_on__isnull=False)
    found = found.select_related("unit__parent", "post__unit", "post__organisation").defer(
        "unit__boundary", "unit__parent__boundary", "post__unit__boundary"
    )
    page = page_of(found, SORTS[sort], cursor=cursor, size=size)
    with_capacity(page.items)
    broken = dict(
        Defect.objects.filter(facility__in=page.items, state=DefectState.OPEN)
        .values_list("facility_id")
        .annotate(Count("pk"))
        .order_by()
    )
    for one in page.items:
        one.broken = broken.get(one.pk, 0)
    return page


def _narrowed(found: QuerySet[Facility], wanted: Wanted, today: date) -> QuerySet[Facility]:
    exact = {"kind": wanted.kind, "tier": wanted.tier}
    found = found.filter(**{key: value for key, value in exact.items() if value})
    found = found.filter(state__in=[one.value for one in wanted.states or STANDING])
    if wanted.under is not None:
        found = found.filter(path__under=wanted.under.path)
    if wanted.finding:
        found = narrow_to(found, wanted.finding, today)
    for word in wanted.text.split():
        found = found.filter(Q(search__contains=search_key(word)) | Q(ref__iexact=word))
    return found


def narrow_to(found: QuerySet[Facility], finding: str, today: date) -> QuerySet[Facility]:
    """Narrow facilities to one kind of hole; nothing where there is no such kind."""
    if finding == DUE:
        return found.filter(inspect_due_on__lt=today)
    if finding == BROKEN:
        broken = Defect.objects.filter(facility=OuterRef("pk"), state=DefectState.OPEN)
        return found.filter(Exists(broken))
    if finding == OPENED:
        return found.filter(opened_at__isnull=False)
    return found.filter(post=None) if finding == NO_POST else found.none()


def with_capacity(facilities: Iterable[Facility]) -> None:
    """Put the capacity beside each facility that has one, counted from what it has; no statement."""
    terms = known_terms()
    for one in facilities:
        kind = terms.kinds.get(one.kind)
        given = given_of({"amounts": one.amounts, "rooms_m2": one.rooms_m2})
        one.capacity = terms.capacity(kind, given) if kind and kind.needs else None


def count_states(viewer: Viewer, *, under: Unit | None = None) -> dict[State, int]:
    """Count the facilities of each state; one statement."""
    found = visible_to(viewer)
    if under is not None:
        found = found.filter(path__under=under.path)
    counted = dict(found.order_by().values_list("state").annotate(Count("pk")))
    return {state: counted.get(state.value, 0) for state in State}


def count_kinds(viewer: Viewer, under: Unit) -> Counter[str]:
    """Count what stands of each kind at a place and below it; one statement."""
    found = visible_to(viewer).filter(path__under=under.path).exclude(state=State.GONE)
    return Counter(dict(found.order_by().values_list("kind").annotate(Count("pk"))))


def facility_of(viewer: Viewer, ref: str) -> Facility | None:
    """Find a facility by its reference, with unit and post; None where the viewer may not see it."""
    found = visible_to(viewer).filter(ref=ref)
    found = found.select_related("unit__parent", "post__unit", "post__organisation")
    return found.defer("unit__boundary", "unit__parent__boundary", "post__unit__boundary").first()


def facility_page(viewer: Viewer, ref: str) -> FacilityPage | None:
    """Read all that belongs to a facility; None for one that the viewer may not see. Eight statements."""
    facility = facility_of(viewer, ref)
    if facility is None:
        return None
    with_capacity([facility])
    defects = list(_with_post(facility.defects.order_by("-number")))
    return FacilityPage(
        facility,
        facility.capacity,
        list(facility.rooms.order_by("number")),
        stock_of(facility),
        list(facility.inspections.order_by("-on", "-at")[:SHOWN]),
        sorted(defects, key=lambda one: (one.state != DefectState.OPEN, one.due_on)),
        list(facility.photos.order_by("-at")),
        list(facility.steps.order_by("pk")),
        frozenset(
            one.pk
            for one in defects
            if one.post and any(held.person_id == viewer.id for held in one.post.current)
        ),
    )


def _with_post(defects: QuerySet[Defect]) -> QuerySet[Defect]:
    holders = Holding.objects.filter(is_current=True).order_by("rank")
    return defects.select_related("post__unit").prefetch_related(
        Prefetch("post__holdings", holders, to_attr="current")
    )


def defects_of_risk(viewer: Viewer, ref: str) -> list[Defect]:
    """Give the defects that stand on the risk list under a number, of facilities the viewer may see; one statement."""
    found = Defect.objects.filter(viewer.scope("facilities.see"), risk=ref)
    return list(found.select_related("facility").order_by("found_at"))


def defect_of(page: FacilityPage, number: int) -> Defect | None:
    """Find a defect of a page by its number."""
    return next((one for one in page.defects if one.number == number), None)


def photo_of(viewer: Viewer, key: UUID) -> Photo | None:
    """Find a photograph of a facility that the viewer may see."""
    photo = Photo.objects.filter(pk=key).first()
    if photo is None or not visible_to(viewer).filter(pk=photo.facility_id).exists():
        return None
    return photo


def posts_for(viewer: Viewer, unit: Unit) -> list[Post]:
    """Return the posts that can answer for a facility of a place: of the place, all above it, and what lies below."""
    here = Q(path__in=[*line_above(unit.path), unit.path]) | Q(path__under=unit.path)
    found = Post.objects.filter(here, viewer.scope("chain.see"), ended_on=None)
    found = found.select_related("unit", "organisation").defer("unit__boundary")
    return list(found.order_by("unit__depth", "path", "position")[:_POSTS])


# --- round a person ---------------------------------------------------------------


def overdue_for(viewer: Viewer, today: date) -> QuerySet[Facility]:
    """Give the facilities that the viewer inspects and that are overdue for it."""
    found = Facility.objects.filter(viewer.scope("facilities.report"), inspect_due_on__lt=today)
    return found.exclude(state=State.GONE)


def due_for(viewer: Viewer, *, limit: int = 50) -> list[Facility]:
    """Return what the viewer inspects, the soonest due first, each with its unit; one statement."""
    found = Facility.objects.filter(viewer.scope("facilities.report"), inspect_due_on__isnull=False)
    found = found.exclude(state=State.GONE).select_related("unit").defer("unit__boundary")
    return list(found.order_by("inspect_due_on", "pk")[:limit])


def near(
    viewer: Viewer, lon: float, lat: float, *, within_m: float = 1_000, limit: int = 30
) -> list[tuple[Facility, float]]:
    """Return what the viewer may see round a position (WGS-84) with its straight distance, the nearest first."""
    up = within_m / METRES_PER_DEGREE
    box = visible_to(viewer).filter(
        lon__range=(lon - 2 * up, lon + 2 * up), lat__range=(lat - up, lat + up)
    )
    rows = box.exclude(state=State.GONE).select_related("unit").defer("unit__boundary")[:500]
    found = [(one, distance_m(lon, lat, one.lon, one.lat)) for one in rows]
    found = [pair for pair in found if pair[1] <= within_m]
    return sorted(found, key=lambda pair: (pair[1], str(pair[0].pk)))[:limit]


def defects_for(viewer: Viewer, *, limit: int = 50) -> list[Defect]:
    """Return what the viewer is to mend by his posts, the soonest first, each with its facility; one statement."""
    mine = Holding.objects.filter(person=viewer.id, is_current=True).values("post")
    found = Defect.objects.filter(post__in=mine, state=DefectState.OPEN)
    return list(found.select_related("facility__unit").order_by("due_on", "pk")[:limit])


# --- the centres and the map ------------------------------------------------------


def centres(viewer: Viewer, under: Unit) -> list[Facility]:
    """Return the service centres of a place with unit, post, rooms and capacity; two statements."""
    kinds = [kind.key for kind in known_terms().kinds.values() if kind.has_tiers]
    found = visible_to(viewer).filter(path__under=under.path, kind__in=kinds)
    found = found.exclude(state=State.GONE).select_related("unit", "post__unit")
    found = found.defer("unit__boundary", "post__unit__boundary").prefetch_related("rooms")
    made = list(found.order_by("path", "name")[:2_000])
    with_capacity(made)
    return made


def places_without(
    viewer: Viewer, under: Unit, standing: Iterable[Facility]
) -> dict[str, list[Unit]]:
    """Name the places of each tier that have no centre of it; one statement."""
    terms = known_terms()
    levels = {level for tier in terms.tiers.values() if tier.is_expected for level in tier.levels}
    found = Unit.objects.filter(
        viewer.scope("facilities.see"), path__under=under.path, ended_on=None, level__in=levels
    )
    units = list(found.only("ref", "name", "path", "level").order_by("path"))
    served: dict[str, set[str]] = {key: set() for key in terms.tiers}
    for one in standing:
        served.setdefault(one.tier, set()).update([*line_above(one.path), one.path])
    return {
        key: [unit for unit in units if unit.level in tier.levels and unit.path not in served[key]]
        for key, tier in terms.tiers.items()
        if tier.is_expected
    }


def marks_of(
    viewer: Viewer, top: str, *, kinds: Collection[str] = (), most: int = 2_000
) -> list[dict[str, Any]]:
    """Give what stands at a place and has a position, as a map shows it; what does not work first. One statement."""
    found = visible_to(viewer).filter(path__under=top, lon__isnull=False).exclude(state=State.GONE)
    if kinds:
        found = found.filter(kind__in=kinds)
    names = ("ref", "name", "kind", "state", "lon", "lat", "inspect_due_on")
    return list(found.order_by("state", "pk").values(*names)[:most])
