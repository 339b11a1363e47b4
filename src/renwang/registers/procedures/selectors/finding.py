"""Find procedures: the list with its filters, one with all its editions, two editions side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.base.pure.differences import Run, difference
from renwang.base.pure.text import search_key
from renwang.chain import tree
from renwang.chain.reach import Viewer
from renwang.chain.rules import line_above
from renwang.registers.hazards import EVERY
from renwang.registers.procedures.finding_rules import REVIEW_SOON
from renwang.registers.procedures.models import Audience, Cell, Edition, Procedure, Review
from renwang.registers.procedures.rules import OPEN, EditionState, Standing
from renwang.registers.procedures.selectors.following import procedures_followed
from renwang.registers.procedures.step_rules import write_steps

SORTS = {
    "title": ("title", "ref"),
    "-title": ("-title", "-ref"),
    "place": ("path", "kind", "ref"),
    "-place": ("-path", "-kind", "-ref"),
    "review": ("review_on",),
    "-review": ("-review_on",),
    "changed": ("changed_at",),
    "-changed": ("-changed_at",),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; empty means any. `review` is `overdue` or `soon`."""

    text: str = ""
    kind: str = ""
    standing: str = ""
    hazard: str = ""
    review: str = ""
    under: str = ""  # a path


def procedures_visible_to(viewer: Viewer) -> QuerySet[Procedure]:
    """Return the procedures a viewer may see: of his places, of those above, and those his posts must follow."""
    above = {
        path for place in viewer.places.get("procedures.see", ()) for path in line_above(place)
    }
    followed = procedures_followed(viewer.id, now=viewer.now).values("procedure")
    seen = Q(pk__in=followed)
    if viewer.may("procedures.see"):
        held = ~Q(standing__in=(Standing.DRAFT, Standing.PROPOSED, Standing.DISCARDED))
        seen |= viewer.scope("procedures.see") | (Q(path__in=sorted(above)) & held)
    return Procedure.objects.filter(seen)


def procedure_of(viewer: Viewer, ref: str) -> Procedure | None:
    """Find one procedure; None hides what is out of reach."""
    found = procedures_visible_to(viewer).filter(ref=ref).select_related("unit")
    return found.defer("unit__boundary").first()


def editions_of(procedure: Procedure) -> list[Edition]:
    """Give all editions of a procedure with what they are for and who must follow them, first to last; three statements."""
    found = _whole(procedure.editions.all())
    return list(found.order_by("number"))


def shown_of(editions: Sequence[Edition], number: str = "") -> Edition:
    """Choose the edition to show: the one asked for, else the one in force, else the latest."""
    if number == "open":
        return open_of(editions) or editions[-1]
    asked = [one for one in editions if str(one.number) == number]
    held = [one for one in editions if one.state == EditionState.IN_FORCE]
    return (asked or held or list(editions))[-1]


def open_of(editions: Sequence[Edition]) -> Edition | None:
    """Give the edition that is being written or waits for approval; None where there is none."""
    return next((one for one in editions if one.state in OPEN), None)


def reviews_of(procedure: Procedure) -> list[Review]:
    """Give the reviews of a procedure, the latest first."""
    return list(procedure.reviews.select_related("edition").order_by("-on", "-at"))


def list_procedures(
    viewer: Viewer, wanted: Wanted, *, sort: str = "title", cursor: str = "", size: int = 50
) -> Page[Procedure]:
    """List procedures with place, hazards and the editions that count; five statements.

    Each has `counting`: its editions but those that have ended, with their cells.
    """
    counting = Edition.objects.filter(state__in=[EditionState.IN_FORCE, *OPEN])
    found = _narrowed(viewer, wanted)
    if sort.endswith("review"):
        found = found.filter(review_on__isnull=False)
    found = (
        found.select_related("unit")
        .defer("unit__boundary", "search")
        .prefetch_related(
            Prefetch("editions", counting.prefetch_related("cells"), to_attr="counting")
        )
    )
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


def list_whole(
    viewer: Viewer, wanted: Wanted, *, sort: str = "title", cursor: str = "", size: int = 50
) -> Page[Procedure]:
    """List procedures for a file: each with `all_editions`, and these with all they say; six statements."""
    found = _narrowed(viewer, wanted).select_related("unit").defer("unit__boundary", "search")
    if sort.endswith("review"):
        found = found.filter(review_on__isnull=False)
    whole = Prefetch("editions", _whole(Edition.objects.order_by("number")), to_attr="all_editions")
    return page_of(found.prefetch_related(whole), SORTS[sort], cursor=cursor, size=size)


def _whole(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    lines = Audience.objects.select_related("unit", "post", "post__unit").defer(
        "unit__boundary", "post__unit__boundary"
    )
    return editions.prefetch_related("cells", Prefetch("audience", lines))


def _narrowed(viewer: Viewer, wanted: Wanted) -> QuerySet[Procedure]:
    found = procedures_visible_to(viewer).filter(_stands(wanted.standing))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.under:
        found = found.filter(path__under=wanted.under)
    if wanted.hazard:
        meant = Cell.objects.filter(
            edition__procedure=OuterRef("pk"), hazard=wanted.hazard,
            edition__state__in=[EditionState.IN_FORCE, *OPEN],
        )  # fmt: skip
        found = found.filter(Exists(meant))
    if wanted.review:
        found = found.filter(_review(wanted.review, tree.today(viewer.now)))
    for word in wanted.text.split():
        found = found.filter(Q(search__contains=search_key(word)) | Q(ref__iexact=word))
    return found


def _stands(standing: str) -> Q:
    if not standing:
        return ~Q(standing=Standing.DISCARDED)
    if standing in (Standing.DRAFT, Standing.PROPOSED):
        # Also the next edition of one that is in force.
        written = Edition.objects.filter(procedure=OuterRef("pk"), state=standing)
        return Q(Exists(written))
    return Q(standing=standing)


def _review(wish: str, today: date) -> Q:
    if wish == "overdue":
        return Q(standing=Standing.IN_FORCE, review_on__lte=today)
    soon = today + REVIEW_SOON
    return Q(standing=Standing.IN_FORCE, review_on__gt=today, review_on__lte=soon)


def to_decide(viewer: Viewer) -> QuerySet[Edition]:
    """Return the proposals that wait for the viewer's hand: at his places, and none of his own words."""
    waiting = Edition.objects.filter(
        viewer.scope("procedures.approve", "procedure__path"), state=EditionState.PROPOSED
    )
    return waiting.exclude(writers__icontains=str(viewer.id))


def procedures_for(path: str, hazard: str, phase: str) -> list[Procedure]:
    """Give what is written down for a hazard and a phase at a place, there or above, the nearest first."""
    meant = Cell.objects.filter(
        edition__procedure=OuterRef("pk"), edition__state=EditionState.IN_FORCE,
        hazard__in=(hazard, EVERY), phase__in=("", phase),
    )  # fmt: skip
    found = Procedure.objects.filter(Exists(meant), path__in=[*line_above(path), path])
    return list(found.order_by("-path", "title"))


# --- two editions -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compared:
    """One part of two editions, cut into what stayed, went and came."""

    part: str  # title, purpose, steps, basis
    runs: list[Run]


def compare(before: Edition, after: Edition) -> list[Compared]:
    """Show what became of the words from one edition to another."""
    parts = (
        ("title", before.title, after.title),
        ("purpose", before.purpose, after.purpose),
        ("steps", write_steps(before.step_list), write_steps(after.step_list)),
        ("basis", before.basis, after.basis),
    )
    return [Compared(part, difference(old, new)) for part, old, new in parts if old != new]
