"""Ask, look up one's answer, read what others were answered. No account; nothing is known of whoever asks."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from renwang.base.paging import WrongCursor
from renwang.bulletins import reading, selectors, services
from renwang.bulletins.models import Question
from renwang.bulletins.question_rules import SAID, AskedTooOften, QuestionState
from renwang.bulletins.rules import BulletinRefused
from renwang.bulletins.words import explain
from renwang.web.frame.gates import SeeOther, address_of, done, sent_form
from renwang.web.public.forms import AskForm, JudgeForm
from renwang.web.public.places import place_at, place_of, told


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, ref: str) -> HttpResponse:
    """Take in a question or a rumour for a place."""
    place = place_of(ref)
    form = AskForm(sent_form(request))
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            question = services.ask_publicly(
                form.asking(), place, address=address_of(request), now=request.now, via="web"
            )
        except BulletinRefused as refusal:
            form.add_error(None, explain(refusal))
            status = 429 if isinstance(refusal, AskedTooOften) else 422
        else:
            return private(SeeOther(reverse("public:asked", args=[question.code])))
    context = {"place": place, "form": form, "guide": selectors.guide_of(place.path)}
    return private(render(request, "public/ask.html", context, status=status))


@require_safe
def find_asked(request: HttpRequest) -> HttpResponse:
    """Lead from a code to its page."""
    code = request.GET.get("code", "").strip().replace(" ", "").lower()[:32]
    if code and selectors.asked_by_code(code) is not None:
        return redirect("public:asked", code)
    return private(render(request, "public/find_asked.html", {"code": code}))


@require_safe
def show_asked(request: HttpRequest, code: str) -> HttpResponse:
    """What became of a question, for whoever has its code."""
    question = _asked(code)
    head = question.merged_into or question
    answer = head.current
    language = get_language() or ""
    said = reading.said(answer.texts, answer.sources, language) if answer else None
    waits = head.state in (QuestionState.ASKED, QuestionState.PENDING)
    alike = selectors.answers_like(question.words, question.path) if waits else []
    context = {
        "question": question,
        "head": head,
        "answer": answer,
        "said": said,
        "place": place_at(question.path),
        "alike": told([one for one in alike if one.pk != head.pk], language),
        "guide": selectors.guide_of(question.path),
        "may_judge": head.state in SAID and question.helped is None,
    }
    return private(render(request, "public/asked.html", context))


@require_POST
def judge(request: HttpRequest, code: str) -> HttpResponse:
    """Let whoever asked say whether that was an answer."""
    _asked(code)
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return SeeOther(reverse("public:asked", args=[code]))
    helped = form.cleaned_data["helped"]
    try:
        services.judge_answer(code, helped, now=request.now)
    except BulletinRefused:
        return SeeOther(reverse("public:asked", args=[code]))
    thanks = (
        _("Thank you. Good that it helped.")
        if helped
        else _("Thank you for saying so. Somebody will look at it again.")
    )
    return done(request, thanks, "public:asked", code)


@require_safe
def list_questions(request: HttpRequest, ref: str) -> HttpResponse:
    """Search what was answered at a place."""
    place = place_of(ref)
    words = request.GET.get("q", "").strip()[:80]
    try:
        page = selectors.find_answers(place.path, words, cursor=request.GET.get("after", ""))
    except WrongCursor:
        page = selectors.find_answers(place.path, words)
    rows = told(page.items, get_language() or "")
    context = {"place": place, "words": words, "page": page, "rows": rows}
    return render(request, "public/questions.html", context)


@require_safe
def show_question(request: HttpRequest, ref: str) -> HttpResponse:
    """One answer that everybody may read, with those that once stood in its place."""
    question = selectors.shown_question(ref)
    if question is None:
        raise Http404(ref)
    language = request.GET.get("language", "")[:20] or get_language() or ""
    context = {
        "question": question,
        "answer": question.shown,
        "said": reading.shown_answer(question, language),
        "place": place_at(question.path),
        "before": [
            (one, reading.said(one.texts, one.sources, language)) for one in question.said_before
        ],
        "changed": _changed(question, language),
        "is_late": bool(question.shown.next_word_at and question.shown.next_word_at < request.now),
    }
    response = render(request, "public/question.html", context)
    response["Cache-Control"] = "no-cache"  # a correction is seen by the next who looks
    return response


def _changed(question: Question, language: str) -> reading.Changed | None:
    """What a correction changed: only where an answer, and no “not known yet”, stood there before."""
    last = question.said_before[0] if question.said_before else None
    if last is None or last.next_word_at is not None or question.shown.next_word_at is not None:
        return None
    return reading.changed(last.texts, question.shown.texts, language)


def _asked(code: str) -> Question:
    question = selectors.asked_by_code(code)
    if question is None:
        raise Http404
    return question


def private(response: HttpResponse) -> HttpResponse:
    """Keep a page that belongs to one person out of every cache and every search engine."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
