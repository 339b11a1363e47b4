"""Find agreements, what is seen through them, and who sees a case through which."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from renwang.base.paging import Page, page_of
from renwang.cases.models import Answer, Case, Photo, Step
from renwang.cases.sharing.models import Look, Passed, Sharing
from renwang.cases.sharing.rules import Mode, Part
from renwang.chain.models import Membership
from renwang.chain.reach import Viewer

SEE = "cases.see"
SORTS: dict[str, tuple[str, ...]] = {
    "-proposed": ("-proposed_at",),
    "proposed": ("proposed_at",),
    "giver": ("giver_path", "-proposed_at"),
    "-giver": ("-giver_path", "-proposed_at"),
}
_NAMED = ("giver", "taker", "place", "giver_body", "taker_body")
_LEFT = ("giver__boundary", "taker__boundary", "place__boundary")


def taken_by(viewer: Viewer) -> Q:
    """The condition that the viewer is of the side that sees: by his place, or as a member of the body that is named."""
    condition = viewer.scope(SEE, "taker_path") & Q(taker_body=None)
    if viewer.speaks(SEE):
        bodies = Membership.objects.filter(person=viewer.id, until_on=None)
        condition |= Q(taker_body__in=bodies.values("organisation"))
    return condition


def in_force(today: date) -> Q:
    """The condition that an agreement holds on a day."""
    return Q(
        Q(until_on=None) | Q(until_on__gte=today),
        approved_at__isnull=False, declined_at=None, ended_at=None, from_on__lte=today,
    )  # fmt: skip


def visible_to(viewer: Viewer) -> QuerySet[Sharing]:
    """Return the agreements of which the viewer is one side or the other, or stands above one."""
    giver = viewer.scope(SEE, "giver_path")
    found = Sharing.objects.filter(giver | viewer.scope(SEE, "taker_path") | taken_by(viewer))
    return found.select_related(*_NAMED).defer(*_LEFT)


def list_sharings(
    viewer: Viewer,
    *,
    today: date,
    text: str = "",
    state: str = "",
    sort: str = "-proposed",
    cursor: str = "",
    size: int = 50,
) -> Page[Sharing]:
    """List agreements; `state` is "in_force", "proposed", "over" or nothing."""
    found = visible_to(viewer)
    if text:
        found = found.filter(
            Q(ref=text.upper()) | Q(giver__name__icontains=text) | Q(taker__name__icontains=text)
            | Q(purpose__icontains=text)
        )  # fmt: skip
    if state == "in_force":
        found = found.filter(in_force(today))
    elif state == "proposed":
        found = found.filter(approved_at=None, declined_at=None, ended_at=None)
    elif state == "over":
        over = Q(ended_at__isnull=False) | Q(declined_at__isnull=False) | Q(until_on__lt=today)
        found = found.filter(over)
    found = found.annotate(seen=Sum("looks__number"))
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


def sharing_of(viewer: Viewer, ref: str) -> Sharing | None:
    """Find one agreement; None for one that is no business of the viewer."""
    return visible_to(viewer).filter(ref=ref.upper()).first()


def is_taker(viewer: Viewer, sharing: Sharing) -> bool:
    """Say whether the viewer is of the side that sees."""
    return Sharing.objects.filter(taken_by(viewer), pk=sharing.pk).exists()


def waiting_for(viewer: Viewer) -> QuerySet[Sharing]:
    """Return the agreements that wait for the yes of the viewer's side."""
    asked_taker = Q(proposed_by_giver=True) & viewer.scope("cases.share", "taker_path")
    asked_giver = Q(proposed_by_giver=False) & viewer.scope("cases.share", "giver_path")
    open_ = Sharing.objects.filter(approved_at=None, declined_at=None, ended_at=None)
    return open_.filter(asked_taker | asked_giver).exclude(proposed_by=viewer.id)


# --- the cases of an agreement --------------------------------------------------


def cases_of(sharing: Sharing) -> QuerySet[Case]:
    """Return the cases that an agreement covers, whether it holds or not."""
    found = Case.objects.filter(path__under=sharing.place_path)
    return found.filter(kind__in=sharing.keys) if sharing.keys else found


def list_shared(sharing: Sharing, *, cursor: str = "", size: int = 50) -> Page[Case]:
    """List the cases that are seen through an agreement, the latest first."""
    found = cases_of(sharing).select_related("unit").defer("search", "unit__boundary")
    return page_of(found, ("-received_at",), cursor=cursor, size=size)


def covering(case: Case, today: date) -> QuerySet[Sharing]:
    """Return the agreements in force that cover a case; one statement, over a handful of rows."""
    lines = [
        case.path[: at + 1] for at, sign in enumerate(case.path) if sign == "/" and at
    ]  # every place above it, and its own
    found = Sharing.objects.filter(in_force(today), place_path__in=lines)
    return found.filter(Q(kinds="") | Q(kinds__contains=f",{case.kind},"))


def through(viewer: Viewer, case: Case, today: date) -> Sharing | None:
    """Find the agreement through which a viewer sees a case, the one that shows and allows most; None where there is none."""
    found = covering(case, today).filter(taken_by(viewer)).select_related(*_NAMED).defer(*_LEFT)
    return max(
        found.order_by("proposed_at"),
        key=lambda one: (one.mode == Mode.TAKE_PART, len(one.parts)),
        default=None,
    )


def overseers(case: Case, today: date) -> list[Sharing]:
    """Name who sees a case through agreements, with how often each side has looked; one statement."""
    found = covering(case, today).select_related(*_NAMED).defer(*_LEFT)
    looks = Sum("looks__number", filter=Q(looks__case=case))
    return list(found.annotate(seen=looks).order_by("taker_path"))


@dataclass(frozen=True, slots=True)
class SharedCase:
    """A case as the other side sees it: what the agreement names and nothing more."""

    case: Case
    sharing: Sharing
    steps: Sequence[Step] = ()
    answers: Sequence[Answer] = ()
    photos: Sequence[Photo] = ()
    contact_passed: bool = False

    @property
    def words(self) -> str:
        """The words of the reporter; masked ones stay masked for the other side."""
        return self.case.masked or self.case.words

    def shows(self, part: str) -> bool:
        """Say whether the agreement names a part."""
        return part in self.sharing.parts


_STORY = ("mask", "unmask", "code")  # of no use to another side


def shared_case(viewer: Viewer, ref: str, today: date) -> SharedCase | None:
    """Find a case that is shared with the viewer, cut to what the agreement names; six statements at most."""
    found = Case.objects.filter(ref=ref.upper()).select_related("unit__parent", "holder")
    case = found.defer(
        "search", "unit__boundary", "unit__parent__boundary", "holder__boundary"
    ).first()
    sharing = through(viewer, case, today) if case is not None else None
    if case is None or sharing is None:
        return None
    parts: Collection[str] = sharing.parts
    steps = case.steps.exclude(act__in=_STORY).order_by("pk")
    if Part.STORY not in parts:
        steps = steps.filter(facts__sharing=sharing.ref)  # what passed between the two of them
    answers = case.answers.order_by("-number")
    return SharedCase(
        case,
        sharing,
        list(steps),
        list(answers) if Part.ANSWERS in parts else [],
        list(case.photos.order_by("at", "pk")) if Part.PHOTOS in parts else [],
        Passed.objects.filter(case=case, sharing=sharing).exists(),
    )


def shared_photo(viewer: Viewer, key: UUID, today: date) -> Photo | None:
    """Find a photograph of a case that is shared with the viewer, photographs included."""
    photo = Photo.objects.filter(pk=key).select_related("case").first()
    if photo is None:
        return None
    sharing = through(viewer, photo.case, today)
    return photo if sharing is not None and Part.PHOTOS in sharing.parts else None


# --- looks ------------------------------------------------------------------------


def looks_of(sharing: Sharing, limit: int = 20) -> list[Look]:
    """Give who looked at what through an agreement, the latest first."""
    return list(sharing.looks.select_related("case").defer("case__search").order_by("-at")[:limit])


def sum_of_looks(sharing: Sharing) -> dict[str, int]:
    """Count looks, cases and people."""
    found = sharing.looks.aggregate(
        looks=Sum("number"),
        cases=Count("case", distinct=True),
        people=Count("person", distinct=True),
    )
    return {name: value or 0 for name, value in found.items()}
