"""What is said officially, over the API: read what everybody may read, without a key; ask; look up one's answer."""

from django.http import HttpRequest
from django.urls import reverse
from ninja import Query, Router, Status

from renwang.base.addresses import link
from renwang.base.paging import page_of
from renwang.bulletins import reading, selectors, services
from renwang.bulletins.models import Bulletin, Question
from renwang.bulletins.question_rules import Kind
from renwang.chain.models import Unit
from renwang.chain.selectors import public as places
from renwang.web.api import bulletin_shapes as shapes
from renwang.web.api.keys import found
from renwang.web.frame.gates import address_of

# Open to everybody, as the public pages are: what one may read there, one may read here.
router = Router(tags=["bulletins"], auth=None)
questions = Router(tags=["questions"], auth=None)


def bulletin_out(bulletin: Bulletin) -> dict:
    """Shape a bulletin."""
    return {
        **{name: getattr(bulletin, name) for name in ("id", "ref", "state", "path", "reason")},
        "texts": bulletin.current.texts,
        "sources": bulletin.current.sources,
        "published_at": bulletin.published_at,
        "ends_at": bulletin.ends_at,
        "taken_back_because": bulletin.ending,
        "corrects": bulletin.corrects.ref if bulletin.corrects else None,
        "page": _address("public:bulletin", bulletin.ref),
    }


def question_out(question: Question) -> dict:
    """Shape a published answer; the words of whoever asked are not in it."""
    return {
        **{name: getattr(question, name) for name in ("id", "ref", "kind", "state", "path")},
        "texts": question.shown.texts,
        "sources": question.shown.sources,
        "finding": question.shown.finding,
        "next_word_at": question.shown.next_word_at,
        "corrected_because": question.shown.reason,
        "answered_at": question.shown.at,
        "page": _address("public:question", question.ref),
    }


@router.get(
    "", response=shapes.Bulletins, summary="List what was said officially, the latest first"
)
def list_bulletins(
    request: HttpRequest,
    place: str = "",
    cursor: str = "",
    limit: int = Query(50, ge=1, le=200),
):
    """Of a place and those above it, by its reference; of the whole node without one. What was wrong stays, marked."""
    if place:
        page = selectors.bulletins_ever(_place(place).path, cursor=cursor, size=limit)
    else:
        wanted = selectors.shown_bulletins()
        page = page_of(wanted, ("-published_at",), cursor=cursor, size=limit, count=False)
    return {"items": [bulletin_out(one) for one in page.items], "next": page.next}


@router.get("/{ref}", response=shapes.BulletinOut, summary="Read a bulletin")
def show_bulletin(request: HttpRequest, ref: str):
    """Also one that was corrected, taken back or is over: its state says so."""
    return bulletin_out(found(selectors.shown_bulletin(ref), ref))


@router.get("/{ref}/spoken", response=shapes.SpokenOut, summary="A bulletin as it is read aloud")
def show_spoken(request: HttpRequest, ref: str, language: str = "zh-Hans"):
    """For a loudspeaker or a voice: times and numbers as they are spoken, no addresses of pages."""
    said = reading.said_by(found(selectors.shown_bulletin(ref), ref), language)
    return {"language": said.language, "text": said.spoken, "minutes": said.minutes}


@questions.get("", response=shapes.Questions, summary="Search published answers")
def list_questions(
    request: HttpRequest,
    place: str,
    q: str = "",
    cursor: str = "",
    limit: int = Query(50, ge=1, le=200),
):
    """Of a place and those above it, the latest first."""
    page = selectors.find_answers(_place(place).path, q[:80], cursor=cursor, size=limit)
    return {"items": [question_out(one) for one in page.items], "next": page.next}


@questions.post("", response={201: shapes.AskedOut}, summary="Ask, or say what one has heard")
def ask(request: HttpRequest, asked: shapes.AskIn):
    """The code that comes back is the only way to the answer. Of the caller nothing is kept."""
    question = services.ask_publicly(
        services.Asking(asked.words, Kind(asked.kind), asked.contact),
        _place(asked.place),
        address=address_of(request),
        now=request.now,
        via="api",
    )
    return Status(201, _asked_out(question))


@questions.get("/asked/{code}", response=shapes.AskedOut, summary="Look up an answer by its code")
def show_asked(request: HttpRequest, code: str):
    """What became of a question, for whoever has its code."""
    return _asked_out(found(selectors.asked_by_code(code), code))


@questions.get("/{ref}", response=shapes.QuestionOut, summary="Read a published answer")
def show_question(request: HttpRequest, ref: str):
    """With its sources, its finding where it is about a rumour, and when the next word comes."""
    return question_out(found(selectors.shown_question(ref), ref))


def _asked_out(question: Question) -> dict:
    head = question.merged_into or question
    answer = head.current
    return {
        "ref": question.ref,
        "code": question.code,
        "state": head.state,
        "asked_at": question.asked_at,
        "texts": answer.texts if answer else [],
        "sources": answer.sources if answer else [],
        "finding": answer.finding if answer else "",
        "next_word_at": answer.next_word_at if answer else None,
        "page": _address("public:asked", question.code),
    }


def _place(ref: str) -> Unit:
    return found(places.public_place(ref), ref)


def _address(name: str, key: str) -> str:
    return link(reverse(name, args=[key]))
