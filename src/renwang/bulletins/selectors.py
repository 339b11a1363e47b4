"""What everybody may read: bulletins, answers, and what a place tells about itself. Nothing here knows who asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.base.pure.text import search_key
from renwang.bulletins.models import Bulletin, PlaceInfo, Question
from renwang.bulletins.question_rules import QuestionState, most_alike, telling_pairs
from renwang.bulletins.rules import SHOWN, BulletinState
from renwang.chain.models import Unit
from renwang.outreach.services.tallying import prefixes

SHOWN_AT_ONCE = 5
COMPARED = 300
"""So many of the latest questions are compared by their characters; older ones are found by search."""


def shown_bulletins() -> QuerySet[Bulletin]:
    """Return every bulletin that everybody may read, with its words and what it corrects."""
    return Bulletin.objects.filter(is_public=True, state__in=SHOWN).select_related(
        "current", "corrects__current"
    )


def bulletins_in_force(path: str, now: datetime, limit: int = SHOWN_AT_ONCE) -> list[Bulletin]:
    """Give the latest bulletins that hold at a place: its own and those of the places above it."""
    found = shown_bulletins().filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        state=BulletinState.PUBLISHED,
        path__in=prefixes(path),
    )
    return list(found.order_by("-published_at")[:limit])


def bulletins_ever(path: str, *, cursor: str = "", size: int = 20) -> Page[Bulletin]:
    """Give everything that was ever said at a place, the latest first; what was wrong stays, marked."""
    found = shown_bulletins().filter(path__in=prefixes(path))
    return page_of(found, ("-published_at",), cursor=cursor, size=size)


def shown_bulletin(ref: str) -> Bulletin | None:
    """Find a bulletin that everybody may read, with what it corrects and what corrects it (`known_corrections`)."""
    later = Bulletin.objects.filter(state__in=SHOWN).order_by("sequence")
    found = shown_bulletins().prefetch_related(
        Prefetch("corrections", later, to_attr="known_corrections")
    )
    return found.filter(ref=ref).first()


def feed_of(path: str | None, limit: int = 50) -> list[Bulletin]:
    """Give what a feed lists: everything lately said at a place, or on the whole node."""
    found = shown_bulletins()
    if path is not None:
        found = found.filter(path__in=prefixes(path))
    return list(found.order_by("-published_at")[:limit])


# --- questions --------------------------------------------------------------


def shown_questions() -> QuerySet[Question]:
    """Return every question whose answer everybody may read, without the words of whoever asked."""
    found = Question.objects.filter(shown__isnull=False).exclude(state=QuestionState.MERGED)
    return found.select_related("shown").defer("words", "contact")


def answered_questions(path: str, limit: int = SHOWN_AT_ONCE) -> list[Question]:
    """Give the answers of most general interest lately at a place and above it, the latest first."""
    found = shown_questions().filter(path__in=prefixes(path))
    return list(found.order_by("-published_at")[:limit])


def find_answers(path: str, text: str = "", *, cursor: str = "", size: int = 20) -> Page[Question]:
    """Search what was answered at a place and above it."""
    found = shown_questions().filter(path__in=prefixes(path))
    for word in search_key(text).split():
        found = found.filter(search__contains=word)
    return page_of(found, ("-published_at",), cursor=cursor, size=size)


def shown_question(ref: str) -> Question | None:
    """Find a question whose answer everybody may read, with every answer that once stood there (`said_before`)."""
    question = shown_questions().filter(ref=ref).first()
    if question is not None:
        earlier = question.answers.filter(
            approved_at__isnull=False, number__lt=question.shown.number
        )
        question.said_before = list(earlier.order_by("-number"))
    return question


def answers_like(text: str, path: str, limit: int = 3) -> list[Question]:
    """Give the published answers most like some words, at a place and above it."""
    key = search_key(text)
    found = shown_questions().filter(path__in=prefixes(path))
    return alike(found, key, limit)


def alike(found: QuerySet[Question], key: str, limit: int) -> list[Question]:
    """Rank the latest questions that share characters with a key by how like it they are; one statement."""
    pairs = telling_pairs(key)
    if not pairs:
        return []
    shares = Q()
    for pair in pairs:
        shares |= Q(search__contains=pair)
    rows = list(found.filter(shares).order_by("-asked_at")[:COMPARED])
    ranked = most_alike(key, ((at, row.search) for at, row in enumerate(rows)), at_most=limit)
    return [rows[at] for at, _likeness in ranked]


def asked_by_code(code: str) -> Question | None:
    """Find what somebody asked by his code, with the question that stands for it."""
    found = Question.objects.select_related("current", "merged_into__current")
    return found.filter(code=code).first()


# --- what a place tells about itself ----------------------------------------


@dataclass(frozen=True, slots=True)
class Guide:
    """Where to ask, where to go, what to do: of the place itself, else of the nearest above that says so."""

    telephone: str = ""
    office: str = ""
    hours: str = ""
    asked_at: str = ""  # path of the place that answers questions
    shelters: Sequence[dict[str, str]] = ()
    advice: Sequence[dict[str, str]] = ()  # own words, by hazard


def guide_of(path: str) -> Guide:
    """Gather what a place tells; one statement. A place's own words come before those of the places above."""
    rows = list(PlaceInfo.objects.filter(path__in=prefixes(path)).order_by("-path"))
    asks = next((row for row in rows if row.telephone or row.office), None)
    goes = next((row.shelters for row in rows if row.shelters), ())
    advice: dict[str, dict[str, str]] = {}
    for row in reversed(rows):
        advice.update({one["hazard"]: one for one in row.advice})
    return Guide(
        asks.telephone if asks else "",
        asks.office if asks else "",
        asks.hours if asks else "",
        asks.path if asks else "",
        goes,
        list(advice.values()),
    )


def place_info(unit: Unit) -> PlaceInfo | None:
    """Find what a unit itself tells, for changing it."""
    return PlaceInfo.objects.filter(pk=unit.pk).first()
