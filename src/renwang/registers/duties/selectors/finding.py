"""Find duties: the list with its filters, one with all that hangs on it, the posts that a duty can name."""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.base.pure.text import search_key
from renwang.chain.models import Holding
from renwang.chain.reach import Viewer
from renwang.chain.rules import line_above
from renwang.registers.duties.models import Duty, Helper, Remark
from renwang.registers.duties.rules import OPEN, DutyState, Standing
from renwang.registers.duties.selectors.answering import staffed

SORTS = {
    # Within a hazard in the order of writing: the keys of the phases are words, which sort as words.
    "place": ("path", "hazard", "ref"),
    "-place": ("-path", "-hazard", "-ref"),
    "hazard": ("hazard", "path", "ref"),
    "-hazard": ("-hazard", "-path", "-ref"),
    "-changed": ("-changed_at",),
    "changed": ("changed_at",),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; empty means any."""

    text: str = ""
    hazard: str = ""
    phase: str = ""
    standing: str = ""
    under: str = ""  # a path
    post: UUID | None = None  # led or helped by
    at: datetime | None = None  # the moment for `standing`


def duties_visible_to(viewer: Viewer) -> QuerySet[Duty]:
    """Return the duties a viewer may see: of his places, of those above, which hold for his too, and those that name him."""
    above = {path for place in viewer.places.get("duties.see", ()) for path in line_above(place)}
    held = Holding.objects.filter(person_id=viewer.id, is_current=True).values("post_id")
    helped = Helper.objects.filter(post__in=held).values("duty_id")
    named = Q(leader__in=held) | Q(pk__in=helped)
    return Duty.objects.filter(
        viewer.scope("duties.see") | Q(path__in=sorted(above)) | named
        if above or viewer.may("duties.see")
        else named
    )


def duty_of(viewer: Viewer, ref: str, now: datetime) -> Duty | None:
    """Find one duty with its place, its leader and who stands for it; None hides what is out of reach."""
    found = staffed(duties_visible_to(viewer).filter(ref=ref), now)
    return found.select_related(
        "leader", "leader__unit", "leader__organisation", "unit", "supersedes"
    ).first()


def helpers_of(duty: Duty) -> list[Helper]:
    """Give who helps, in order, each with its post or organisation; two statements."""
    return list(_named(Helper.objects.filter(duty=duty)))


def remarks_of(duty: Duty) -> list[Remark]:
    """Give what was said about a duty, first to last."""
    return list(Remark.objects.filter(duty=duty).select_related("post"))


@dataclass(frozen=True, slots=True)
class Beside:
    """What was written for the same place, hazard and phase as a duty."""

    line: list[Duty]  # what it follows, itself, and what follows it, first to last
    rivals: list[Duty]  # what holds together with it, though only one may


def beside(duty: Duty, now: datetime) -> Beside:
    """Find what a duty follows, what follows it, and what contradicts it; one statement.

    A successor keeps place, hazard and phase, so that a line never leaves its cell.
    """
    cell = Duty.objects.filter(unit=duty.unit_id, hazard=duty.hazard, phase=duty.phase)
    kept = cell.exclude(state=DutyState.DISCARDED).defer("search")
    rows = list(kept.order_by(F("held_from").asc(nulls_last=True), "written_at"))
    by_key = {one.pk: one for one in rows} | {duty.pk: duty}
    line = [duty]
    while line[0].supersedes_id in by_key:
        line.insert(0, by_key[line[0].supersedes_id])
    while found := next((one for one in rows if one.supersedes_id == line[-1].pk), None):
        line.append(found)
    holds = [one for one in rows if one.standing_at(now) is Standing.IN_FORCE]
    is_one = duty.standing_at(now) is Standing.IN_FORCE
    return Beside(line, [one for one in holds if is_one and one.pk != duty.pk])


def list_duties(
    viewer: Viewer, wanted: Wanted, *, sort: str = "place", cursor: str = "", size: int = 50
) -> Page[Duty]:
    """List duties with their helpers and who stands for each; four statements."""
    now = wanted.at or viewer.now
    found = staffed(_narrowed(viewer, wanted, now), now)
    found = found.select_related(
        "leader", "leader__unit", "leader__organisation", "unit", "supersedes"
    ).prefetch_related(Prefetch("helpers", _named(Helper.objects.all()), to_attr="named_helpers"))
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


def first_duties(viewer: Viewer, text: str, limit: int) -> list[Duty]:
    """Give the first duties that some words find, in the order of places, each with its place; one statement.

    What holds no longer is left to the list.
    """
    found = _narrowed(viewer, Wanted(text), viewer.now).select_related("unit")
    found = found.filter(state__in=[*OPEN, DutyState.APPROVED])
    return list(found.defer("search", "unit__boundary").order_by("path", "hazard", "ref")[:limit])


def _narrowed(viewer: Viewer, wanted: Wanted, now: datetime) -> QuerySet[Duty]:
    found = duties_visible_to(viewer).filter(_STANDS[wanted.standing](now))
    if wanted.hazard:
        found = found.filter(hazard=wanted.hazard)
    if wanted.phase:
        found = found.filter(phase=wanted.phase)
    if wanted.under:
        found = found.filter(path__under=wanted.under)
    if wanted.post:
        helped = Helper.objects.filter(post_id=wanted.post).values("duty_id")
        found = found.filter(Q(leader_id=wanted.post) | Q(pk__in=helped))
    for word in wanted.text.split():
        found = found.filter(Q(search__contains=search_key(word)) | Q(ref__iexact=word))
    return found


def _approved(now: datetime) -> Q:
    return Q(state=DutyState.APPROVED)


_STANDS = {
    "": lambda now: ~Q(state=DutyState.DISCARDED),
    **{
        one: (lambda now, state=state: Q(state=state))
        for one, state in (
            (Standing.DRAFT, DutyState.DRAFT),
            (Standing.PROPOSED, DutyState.PROPOSED),
            (Standing.OBJECTED, DutyState.OBJECTED),
            (Standing.SUPERSEDED, DutyState.SUPERSEDED),
            (Standing.WITHDRAWN, DutyState.WITHDRAWN),
            (Standing.DISCARDED, DutyState.DISCARDED),
        )
    },
    Standing.COMING: lambda now: _approved(now) & Q(held_from__gt=now),
    Standing.IN_FORCE: lambda now: (
        _approved(now) & Q(held_from__lte=now) & (Q(held_until=None) | Q(held_until__gt=now))
    ),
    Standing.EXPIRED: lambda now: (
        Q(state=DutyState.EXPIRED) | (_approved(now) & Q(held_until__lte=now))
    ),
}


def to_decide(viewer: Viewer) -> QuerySet[Duty]:
    """Return the proposals that wait for the viewer's hand: at his places, and none of his own words."""
    waiting = Duty.objects.filter(
        viewer.scope("duties.approve"), state__in=(DutyState.PROPOSED, DutyState.OBJECTED)
    )
    return waiting.exclude(writers__icontains=str(viewer.id))


def hazards_listed(paths: list[str]) -> list[str]:
    """Name the hazards that anything was approved against at or below some places; one statement."""
    if not paths:
        return []
    below = reduce(or_, (Q(path__under=path) for path in paths))
    found = Duty.objects.filter(below, held_from__isnull=False)
    return sorted(found.order_by().values_list("hazard", flat=True).distinct())


def _named(helpers: QuerySet[Helper]) -> QuerySet[Helper]:
    return helpers.select_related(
        "post", "post__unit", "post__organisation", "organisation", "organisation__unit"
    ).defer("post__unit__boundary", "organisation__unit__boundary")
