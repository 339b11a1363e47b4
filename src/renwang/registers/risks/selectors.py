"""Find risks: the list, one with its whole story, what hangs on whom. Every question starts from what the viewer may see."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from renwang.base.paging import Page, page_of
from renwang.chain.models import Holding, Post, Unit
from renwang.chain.reach import Viewer
from renwang.chain.rules import line_above
from renwang.registers.risks.counting import narrow_to_finding
from renwang.registers.risks.models import Measure, Photo, Referral, Risk, Step, Survey
from renwang.registers.risks.rules import ReferralState, Source, State

SORTS: dict[str, tuple[str, ...]] = {
    "level": ("level", "-found_at"),
    "-level": ("-level", "-found_at"),
    "found": ("found_at",),
    "-found": ("-found_at",),
    "due": ("due_at",),
    "-due": ("-due_at",),
    "place": ("path", "-level"),
    "-place": ("-path", "-level"),
}
_POSTS = 200


@dataclass(frozen=True, slots=True)
class RiskPage:
    """A risk with all that belongs to it; steps and measures in their order, photographs as they came."""

    risk: Risk
    steps: list[Step]
    measures: list[Measure]
    referral: Referral | None  # the one still owed
    photos: list[Photo]
    owned: frozenset[UUID]  # the measures that are the viewer's to do


def visible_to(viewer: Viewer) -> QuerySet[Risk]:
    """Risks at the places where the viewer may see them."""
    return Risk.objects.filter(viewer.scope("risks.see"))


def known_to(viewer: Viewer) -> QuerySet[Risk]:
    """Risks that the viewer may see, has found himself, or is to do something about."""
    known = viewer.scope("risks.see")
    if viewer.speaks("risks.report"):
        owned = Measure.objects.filter(
            risk=OuterRef("pk"), post__holdings__person=viewer.id, post__holdings__is_current=True
        )
        known |= Q(found_by=viewer.id) | Q(Exists(owned))
    return Risk.objects.filter(known)


def list_risks(
    viewer: Viewer,
    *,
    now: datetime,
    states: Collection[State] = (),
    levels: Collection[int] = (),
    hazard: str = "",
    category: str = "",
    source: Source | None = None,
    pair: tuple[int, int] | None = None,
    finding: str = "",
    survey: Survey | None = None,
    under: Unit | None = None,
    text: str = "",
    sort: str = "-level",
    cursor: str = "",
    size: int = 50,
) -> Page[Risk]:
    """List risks, the worst first, each with its unit. Two statements.

    `pair` is a cell of the matrix (likelihood, harm); `finding` a key of `counting.FINDINGS`.
    """
    found = visible_to(viewer)
    exact: dict[str, Any] = {"hazard": hazard, "category": category, "source": source}
    found = found.filter(**{key: value for key, value in exact.items() if value})
    if states:
        found = found.filter(state__in=states)
    if levels:
        found = found.filter(level__in=levels)
    if pair is not None:
        found = found.filter(likelihood=pair[0], harm=pair[1])
    if finding:
        found = narrow_to_finding(found, finding, viewer, now=now)
    if survey is not None:
        found = found.filter(survey=survey)
    if under is not None:
        found = found.filter(path__under=under.path)
    if text:
        found = found.filter(
            Q(title__icontains=text) | Q(words__icontains=text) | Q(ref=text.strip().upper())
        )
    if sort.endswith("due"):
        found = found.filter(due_at__isnull=False)
    found = found.select_related("unit__parent").defer(
        "unit__boundary", "unit__parent__boundary", "exposed"
    )
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


def risk_of(viewer: Viewer, ref: str) -> Risk | None:
    """Find a risk by its reference, with its units and survey; None where the viewer may not see it."""
    found = known_to(viewer).filter(ref=ref).select_related("unit__parent", "asked", "survey")
    return found.defer("unit__boundary", "unit__parent__boundary", "asked__boundary").first()


def risk_page(viewer: Viewer, ref: str) -> RiskPage | None:
    """Read the whole story of a risk; None for one that the viewer may not see. Six statements."""
    risk = risk_of(viewer, ref)
    if risk is None:
        return None
    measures = list(with_owner(risk.measures.order_by("number")))
    owed = risk.referrals.select_related("asked", "unit").filter(state=ReferralState.OWED)
    return RiskPage(
        risk,
        list(risk.steps.order_by("pk")),
        measures,
        owed.first() if risk.state == State.REFERRED else None,
        list(risk.photos.order_by("at")),
        frozenset(
            one.pk
            for one in measures
            if any(held.person_id == viewer.id for held in one.post.current)
        ),
    )


def with_owner(measures: QuerySet[Measure]) -> QuerySet[Measure]:
    """Give measures with their post, its place, and who holds it or deputises now (`post.current`)."""
    holders = Holding.objects.filter(is_current=True).select_related("person").order_by("rank")
    return measures.select_related("post__unit").prefetch_related(
        Prefetch("post__holdings", holders, to_attr="current")
    )


def measures_of(viewer: Viewer) -> list[Measure]:
    """Return what the viewer is to do about risks, by his posts, the soonest first."""
    mine = Holding.objects.filter(person=viewer.id, is_current=True).values("post")
    undone = Measure.objects.filter(post__in=mine, done_at=None, dropped_at=None)
    found = undone.exclude(risk__state__in=[State.CLOSED, State.DISMISSED])
    return list(found.select_related("risk__unit", "post").order_by("due_on", "pk")[:100])


def reported_by(viewer: Viewer, *, limit: int = 20) -> list[Risk]:
    """Return what a person found himself, the latest first, each with its unit; one statement."""
    found = Risk.objects.filter(found_by=viewer.id).select_related("unit").defer("unit__boundary")
    return list(found.order_by("-received_at")[:limit])


def to_recheck(viewer: Viewer, *, limit: int = 50) -> list[Risk]:
    """Return what others said is mended and the viewer may go and look at, the soonest due first."""
    mine = Measure.objects.filter(risk=OuterRef("pk"), done_by=viewer.id)
    found = Risk.objects.filter(viewer.scope("risks.report"), state=State.RECTIFIED)
    found = found.exclude(rectified_by=viewer.id).exclude(Exists(mine))
    return list(found.select_related("unit").defer("unit__boundary").order_by("due_at")[:limit])


def photo_of(viewer: Viewer, key: UUID) -> Photo | None:
    """Find a photograph of a risk that the viewer may see."""
    photo = Photo.objects.filter(pk=key).first()
    if photo is None or not known_to(viewer).filter(pk=photo.risk_id).exists():
        return None
    return photo


def posts_near(viewer: Viewer, unit: Unit) -> list[Post]:
    """Return the posts that can be given a measure at a place: of the place, all above it, and what lies below."""
    here = Q(path__in=[*line_above(unit.path), unit.path]) | Q(path__under=unit.path)
    holders = Holding.objects.filter(is_current=True, rank=0).select_related("person")
    found = Post.objects.filter(here, viewer.scope("chain.see"), ended_on=None)
    found = found.select_related("unit").prefetch_related(
        Prefetch("holdings", holders, to_attr="current")
    )
    return list(found.order_by("unit__depth", "path", "position")[:_POSTS])


# --- surveys --------------------------------------------------------------------


def surveys_visible_to(viewer: Viewer) -> QuerySet[Survey]:
    """Surveys at the places where the viewer may see risks."""
    return Survey.objects.filter(viewer.scope("risks.see"))


def list_surveys(
    viewer: Viewer,
    *,
    now: datetime,
    due: bool = False,
    under: Unit | None = None,
    text: str = "",
    sort: str = "-on",
    cursor: str = "",
    size: int = 50,
) -> Page[Survey]:
    """List surveys, the latest first; `due` only those whose next one should have been. Two statements."""
    found = surveys_visible_to(viewer).select_related("unit").defer("unit__boundary")
    if due:
        today = timezone.localdate(now, timezone.get_default_timezone())
        found = found.filter(next_on__lt=today, followed_by=None)
    if under is not None:
        found = found.filter(path__under=under.path)
    if text:
        found = found.filter(Q(title__icontains=text) | Q(ref=text.strip().upper()))
    return page_of(found, ("on",) if sort == "on" else ("-on",), cursor=cursor, size=size)


def survey_of(viewer: Viewer, ref: str) -> Survey | None:
    """Find a survey by its reference; None where the viewer may not see it."""
    found = surveys_visible_to(viewer).filter(ref=ref)
    return found.select_related("unit", "followed_by", "follows").defer("unit__boundary").first()


def risks_of_survey(viewer: Viewer, survey: Survey, *, most: int = 200) -> list[Risk]:
    """Return the risks that a survey found, the worst first, each with its unit; one statement."""
    found = visible_to(viewer).filter(survey=survey).select_related("unit__parent")
    found = found.defer("unit__boundary", "unit__parent__boundary")
    return list(found.order_by("-level", "pk")[:most])
