"""Find bulletins and questions for those who write and answer: lists with filters, one by its key, what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from renwang.base.paging import Page, page_of
from renwang.base.pure.text import search_key
from renwang.bulletins.models import Bulletin, PlaceInfo, Question, Version
from renwang.bulletins.question_rules import RUNNING, QuestionState
from renwang.bulletins.rules import BulletinState
from renwang.bulletins.selectors import alike
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.chain.selectors.public import public_places
from renwang.outreach.coverage import Coverage, coverage
from renwang.outreach.models import Notice
from renwang.outreach.services.tallying import prefixes

BULLETIN_SORTS = {
    "-changed": ("-changed_at",),
    "changed": ("changed_at",),
    "title": ("title", "-changed_at"),
    "-title": ("-title", "-changed_at"),
    "place": ("path", "-changed_at"),
    "-place": ("-path", "-changed_at"),
}
QUESTION_SORTS = {
    "-asked": ("-asked_at",),
    "asked": ("asked_at",),
    "place": ("path", "-asked_at"),
    "-place": ("-path", "-asked_at"),
}
LATE = "late"  # a filter beside the states: promised and not kept
UNHELPED = "unhelped"  # whoever asked says that it was no answer


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; empty means any."""

    text: str = ""
    state: str = ""
    kind: str = ""
    under: str = ""  # a path


# --- bulletins --------------------------------------------------------------


def bulletins_visible_to(viewer: Viewer) -> QuerySet[Bulletin]:
    """Return the bulletins at the places where the viewer may see them before they are published."""
    return Bulletin.objects.filter(viewer.scope("bulletins.see"))


def bulletin_of(viewer: Viewer, bulletin_id: UUID) -> Bulletin | None:
    """Find one bulletin with its words and its place's name; None hides what is out of reach."""
    found = bulletins_visible_to(viewer).filter(pk=bulletin_id)
    return _placed(found).select_related("current", "corrects__current").first()


def list_bulletins(
    viewer: Viewer, wanted: Wanted, *, sort: str = "-changed", cursor: str = "", size: int = 50
) -> Page[Bulletin]:
    """List bulletins, the last changed first by default; two statements."""
    found = _placed(_narrowed_bulletins(viewer, wanted)).select_related("current", "corrects")
    return page_of(found.defer("search"), BULLETIN_SORTS[sort], cursor=cursor, size=size)


def first_bulletins(viewer: Viewer, wanted: Wanted, limit: int) -> list[Bulletin]:
    """Give the last changed bulletins that fit; one statement."""
    return list(_narrowed_bulletins(viewer, wanted).order_by("-changed_at")[:limit])


def count_bulletins(viewer: Viewer, wanted: Wanted) -> dict[str, int]:
    """Count the bulletins in each state, whatever state is looked for; one statement."""
    others = Wanted(wanted.text, "", wanted.kind, wanted.under)
    counted = _narrowed_bulletins(viewer, others).order_by().values_list("state")
    return dict(counted.annotate(Count("pk")))


def _narrowed_bulletins(viewer: Viewer, wanted: Wanted) -> QuerySet[Bulletin]:
    found = bulletins_visible_to(viewer)
    if wanted.state:
        found = found.filter(state=wanted.state)
    else:
        found = found.exclude(state=BulletinState.DISCARDED)
    if wanted.under:
        found = found.filter(path__under=wanted.under)
    for word in wanted.text.split():
        found = found.filter(Q(search__contains=search_key(word)) | Q(ref__iexact=word))
    return found


def versions_of(bulletin: Bulletin) -> list[Version]:
    """Give every version of a bulletin's words, the latest first."""
    return list(Version.objects.filter(bulletin=bulletin).order_by("-number"))


def thread_of(bulletin: Bulletin) -> list[Bulletin]:
    """Give a bulletin with all it corrects and all that corrects it, first to last."""
    same = Bulletin.objects.filter(thread=bulletin.thread).exclude(state=BulletinState.DISCARDED)
    return list(same.order_by("sequence", "written_at"))


def to_approve(viewer: Viewer) -> QuerySet[Bulletin]:
    """Return the bulletins that wait for a hand other than those that wrote them: the viewer's."""
    return Bulletin.objects.filter(
        viewer.scope("bulletins.approve"), state=BulletinState.WAITING
    ).exclude(versions__by_person=viewer.id)


def coverage_of(bulletin: Bulletin) -> tuple[Notice, Coverage] | None:
    """Say how far a bulletin got down the chain; None where the chain was not told."""
    notice = Notice.objects.filter(pk=bulletin.notice_id).first() if bulletin.notice_id else None
    return (notice, coverage(notice)) if notice else None


# --- questions --------------------------------------------------------------


def questions_visible_to(viewer: Viewer) -> QuerySet[Question]:
    """Return the questions at the places where the viewer may see what is not published."""
    return Question.objects.filter(viewer.scope("bulletins.see"))


def question_of(viewer: Viewer, question_id: UUID) -> Question | None:
    """Find one question with its answer and its place's name; None hides what is out of reach."""
    found = questions_visible_to(viewer).filter(pk=question_id)
    return _placed(found).select_related("current", "shown", "merged_into").first()


def list_questions(
    viewer: Viewer, wanted: Wanted, *, sort: str = "-asked", cursor: str = "", size: int = 50
) -> Page[Question]:
    """List questions, the latest first by default, each with the number merged into it; two statements."""
    merged = Question.objects.filter(merged_into=OuterRef("pk")).order_by().values("merged_into")
    found = _placed(_narrowed_questions(viewer, wanted)).annotate(
        others=Subquery(merged.annotate(number=Count("pk")).values("number"))
    )
    found = found.defer("contact", "search")
    return page_of(found, QUESTION_SORTS[sort], cursor=cursor, size=size)


def first_questions(viewer: Viewer, wanted: Wanted, limit: int) -> list[Question]:
    """Give the latest questions that fit; one statement."""
    found = _narrowed_questions(viewer, wanted).defer("contact")
    return list(found.order_by("-asked_at")[:limit])


def count_questions(viewer: Viewer, wanted: Wanted) -> dict[str, int]:
    """Count the questions in each state, whatever state is looked for; one statement."""
    others = Wanted(wanted.text, "", wanted.kind, wanted.under)
    counted = _narrowed_questions(viewer, others).order_by().values_list("state")
    return dict(counted.annotate(Count("pk")))


def _narrowed_questions(viewer: Viewer, wanted: Wanted) -> QuerySet[Question]:
    found = questions_visible_to(viewer)
    if wanted.state == LATE:
        found = found.exclude(climbed_path="")
    elif wanted.state == UNHELPED:
        found = found.filter(helped=False)
    elif wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.under:
        found = found.filter(path__under=wanted.under)
    for word in wanted.text.split():
        found = found.filter(Q(search__contains=search_key(word)) | Q(ref__iexact=word))
    return found


def questions_like(viewer: Viewer, question: Question, limit: int = 6) -> list[Question]:
    """Give the questions most like one, into which it could be merged; one statement."""
    others = questions_visible_to(viewer).exclude(pk=question.pk).filter(merged_into=None)
    found = others.exclude(state=QuestionState.ASIDE).defer("contact")
    return alike(found, search_key(question.words), limit)


def merged_into(question: Question) -> list[Question]:
    """Give what others asked in their own words, and were answered with this one."""
    return list(Question.objects.filter(merged_into=question).order_by("asked_at")[:50])


def answers_of(question: Question) -> list:
    """Give every answer to a question, the latest first."""
    return list(question.answers.order_by("-number"))


def to_answer(viewer: Viewer) -> QuerySet[Question]:
    """Return the questions somebody waits for a word on."""
    return Question.objects.filter(viewer.scope("bulletins.write"), state__in=RUNNING)


def late_for(viewer: Viewer, now: datetime) -> list[Question]:
    """Give the broken promises that have climbed up to the viewer's own place, the oldest first; one statement."""
    places: Sequence[str] = viewer.places.get("bulletins.write", ())
    if not places:
        return []
    condition = Q(pk__in=[])
    for place in places:
        # It shows at the place it has climbed to and below: who stands higher hears of it later.
        condition |= Q(path__under=place, climbed_path__in=prefixes(place))
    found = Question.objects.filter(condition, due_at__lte=now).order_by("due_at")
    return list(found.only("pk", "ref", "due_at", "title", "words")[:3])


def _placed(found: QuerySet) -> QuerySet:
    place = Unit.objects.filter(pk=OuterRef("unit_id"))
    return found.annotate(unit_name=Subquery(place.values("name")[:1]))


def question_by_ref(viewer: Viewer, ref: str) -> Question | None:
    """Find a question by its number; None hides what is out of reach."""
    return questions_visible_to(viewer).filter(ref__iexact=ref).first()


# --- places -----------------------------------------------------------------


def list_places(viewer: Viewer, text: str, *, cursor: str = "", size: int = 50) -> Page[Unit]:
    """List the places with a public page for which the viewer may speak; two statements."""
    found = public_places().filter(viewer.scope("bulletins.write"))
    if key := search_key(text):
        found = found.filter(search__contains=key)
    return page_of(found, ("path",), cursor=cursor, size=size)


def infos_of(units: Sequence[Unit]) -> list[tuple[Unit, PlaceInfo | None]]:
    """Put beside each unit what it tells everybody; one statement."""
    infos = PlaceInfo.objects.in_bulk([unit.pk for unit in units])
    return [(unit, infos.get(unit.pk)) for unit in units]
