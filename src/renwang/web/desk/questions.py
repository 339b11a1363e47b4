"""Questions and rumours at the desk: the inbox with its clocks, one with all that can be done about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.tables import Kind
from renwang.bulletins import finding, reading, services
from renwang.bulletins.models import Question
from renwang.bulletins.question_rules import QuestionAct, QuestionState, question_acts_in
from renwang.bulletins.rules import BulletinRefused
from renwang.bulletins.services.sorting import count_judgements
from renwang.chain.reach import Viewer
from renwang.chain.selectors.naming import names_of
from renwang.web.desk import lists
from renwang.web.desk.forms.bulletins import ReasonForm
from renwang.web.desk.forms.questions import (
    POSTPONE,
    EnterForm,
    MergeForm,
    QuestionFilterForm,
    ReplyForm,
)
from renwang.web.frame import tables
from renwang.web.frame.banners import Banner
from renwang.web.frame.banners import Kind as Loudness
from renwang.web.frame.gates import SeeOther, done, may, refused, sent_form, sentence_of

STATES = dict(Question._meta.get_field("state").choices)
MORE_STATES = {
    finding.LATE: gettext_lazy("Overdue"),
    finding.UNHELPED: gettext_lazy("Not an answer, says who asked"),
}

_COLUMNS = [
    tables.Column(gettext_lazy("Question")),
    tables.Column(gettext_lazy("State")),
    tables.Column(gettext_lazy("Clock")),
    tables.Column(gettext_lazy("Place"), sort="place"),
    tables.Column(gettext_lazy("Asked"), sort="asked"),
]
_EXPORTED = [
    ("ref", gettext_lazy("Number"), Kind.CODE),
    ("kind", gettext_lazy("Kind"), Kind.TEXT),
    ("title", gettext_lazy("Question"), Kind.TEXT),
    ("state", gettext_lazy("State"), Kind.TEXT),
    ("unit_name", gettext_lazy("Place"), Kind.TEXT),
    ("via", gettext_lazy("Came by"), Kind.TEXT),
    ("asked_at", gettext_lazy("Asked"), Kind.DATETIME),
    ("due_at", gettext_lazy("Next word at"), Kind.DATETIME),
    ("published_at", gettext_lazy("Published"), Kind.DATETIME),
]


@require_GET
@may("bulletins.see")
def show_questions(request: HttpRequest) -> HttpResponse:
    """List what people brought at the viewer's places."""
    form = QuestionFilterForm(request.GET)
    wanted = form.wanted()
    sort = lists.sort_asked(request, _COLUMNS, finding.QUESTION_SORTS, "-asked")

    def fetch(cursor: str, size: int) -> Any:
        return finding.list_questions(request.viewer, wanted, sort=sort, cursor=cursor, size=size)

    if lists.is_export(request):
        return lists.export(request, "questions", _EXPORTED, fetch, _row_of)
    page = lists.cut(request, fetch)
    counts = finding.count_questions(request.viewer, wanted)
    states = {**STATES, **MORE_STATES}
    chips = tables.chips_of(request, "state", states.items(), counts=counts)
    context = {
        "form": form,
        "rows": page.items,
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips),
        "is_narrowed": any(request.GET.get(key) for key in form.fields),
    }
    return render(request, "desk/questions/list.html", context)


def _row_of(question: Question) -> dict[str, Any]:
    row = {key: getattr(question, key, "") for key, _title, _kind in _EXPORTED}
    row["title"] = str(question)
    for key in ("state", "kind", "via"):
        row[key] = str(getattr(question, f"get_{key}_display")())
    return row


@require_GET
@may("bulletins.see")
def show_question(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Show what was brought, what is like it, and what was answered."""
    question = question_at(request, question_id)
    return _show(request, question, ReplyForm(question))


def _show(
    request: HttpRequest,
    question: Question,
    form: ReplyForm,
    *,
    contact: str = "",
    status: int = 200,
) -> HttpResponse:
    answers = finding.answers_of(question)
    names = names_of(request.viewer, {one.by_person for one in answers if one.by_person})
    language = get_language() or ""
    rights, judged = _may(request.viewer, question), count_judgements(question)
    context = {
        "question": question,
        "form": form,
        "contact": contact,
        "answers": [
            (one, reading.said(one.texts, one.sources, language), names.get(one.by_person))
            for one in answers
        ],
        "merged": finding.merged_into(question),
        "alike": finding.questions_like(request.viewer, question) if rights["merge"] else [],
        "judged": {"yes": judged[True], "no": judged[False]},
        "reason_form": ReasonForm(),
        "may": rights,
    }
    return render(request, "desk/questions/question.html", context, status=status)


def _may(viewer: Viewer, question: Question) -> dict[str, bool]:
    """Say which buttons the viewer gets; the services decide again when one is pressed."""
    acts = question_acts_in(QuestionState(question.state))
    writes = viewer.may("bulletins.write", question.path)
    decides = viewer.may("bulletins.approve", question.path)
    is_new = question.current_id is not None and question.current_id != question.shown_id
    is_other = question.current is None or question.current.by_person != viewer.id
    return {
        "answer": writes and QuestionAct.ANSWER in acts,
        "publish": decides and is_new and is_other and QuestionAct.PUBLISH in acts,
        "own": decides and is_new and not is_other and QuestionAct.PUBLISH in acts,
        "retract": decides and question.shown_id is not None and QuestionAct.RETRACT in acts,
        "merge": writes and QuestionAct.MERGE in acts,
        "unmerge": writes and QuestionAct.UNMERGE in acts,
        "aside": writes and QuestionAct.SET_ASIDE in acts,
        "take_up": writes and QuestionAct.TAKE_UP in acts,
        "contact": writes and bool(question.contact),
    }


def question_at(request: HttpRequest, question_id: UUID) -> Question:
    """Find the question of an address; 404 hides what is out of reach."""
    question = finding.question_of(request.viewer, question_id)
    if question is None:
        raise Http404(question_id)
    return question


@require_http_methods(["GET", "POST"])
@may("bulletins.write")
def enter(request: HttpRequest) -> HttpResponse:
    """Enter what somebody brought to the desk."""
    own = lists.unit_at_path(request, request.viewer.places["bulletins.write"][0])
    form = EnterForm(request.viewer, sent_form(request), initial={"unit": own})
    if form.is_bound and form.is_valid():
        unit = form.cleaned_data["unit"]
        try:
            made = services.enter_question(form.asking(), unit, by=request.viewer, now=request.now)
            sentence = _("Entered. The code for whoever asked: {code}").format(code=made.code)
            return done(request, sentence, "desk:question", made.pk)
        except BulletinRefused as refusal:
            form.add_error(None, sentence_of(refusal))
    title = _("Enter a question or a rumour")
    crumbs = [(_("Questions"), reverse("desk:questions")), (title, "")]
    lead = _("Only what somebody brings himself. Nothing is taken from anybody's posts or chats.")
    return lists.show_form(request, form, title, lead, crumbs, _("Enter"))


@require_POST
@may("bulletins.write")
def answer(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Answer, or say that it is not known yet and when the next word comes."""
    question = question_at(request, question_id)
    form, wish = ReplyForm(question, request.POST), request.POST.get("do")
    if not form.is_valid():
        return _show(request, question, form, status=422)
    who = {"by": request.viewer, "now": request.now}
    try:
        if wish == POSTPONE:
            moment = form.promised_at or request.now
            services.postpone_question(question.pk, form.reply(is_answer=False), moment, **who)
            sentence = _("Said that it is not known yet. The clock runs to your promise.")
        else:
            services.answer_question(question.pk, form.reply(is_answer=True), **who)
            sentence = _("Answered. Whoever asked can read it now.")
    except BulletinRefused as refusal:
        form.add_error(None, sentence_of(refusal))
        return _show(request, question, form, status=422)
    return done(request, sentence, "desk:question", question_id)


_PLAIN: dict[str, tuple[Callable[..., Any], Any]] = {
    "publish": (services.publish_answer, gettext_lazy("Everybody can read it now.")),
    "unmerge": (services.unmerge_question, gettext_lazy("It stands for itself again.")),
    "take-up": (services.take_up, gettext_lazy("It waits for an answer again.")),
}
_WITH_REASON: dict[str, tuple[Callable[..., Any], Any]] = {
    "retract": (services.retract_answer, gettext_lazy("It is not shown to everybody any more.")),
    "aside": (services.set_aside, gettext_lazy("Put aside. Whoever asked reads your reason.")),
}


@require_POST
@may("bulletins.write")
def act(request: HttpRequest, question_id: UUID, deed: str) -> HttpResponse:
    """Publish, unmerge, take up again; with a reason: no longer show, put aside."""
    question_at(request, question_id)
    known = _PLAIN.get(deed) or _WITH_REASON.get(deed)
    if known is None:
        raise Http404(deed)
    more = {"reason": request.POST.get("reason", "")[:300]} if deed in _WITH_REASON else {}
    try:
        known[0](question_id, by=request.viewer, now=request.now, **more)
    except BulletinRefused as refusal:
        return refused(request, refusal, "desk:question", question_id)
    return done(request, known[1], "desk:question", question_id)


@require_POST
@may("bulletins.write")
def merge(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Let another question stand for this one."""
    question_at(request, question_id)
    form = MergeForm(request.POST)
    number = form.cleaned_data["into"].strip() if form.is_valid() else ""
    into = finding.question_by_ref(request.viewer, number)
    if into is None:
        messages.error(request, _("There is no such question in your reach."))
        return SeeOther(reverse("desk:question", args=[question_id]))
    try:
        services.merge_question(question_id, into.pk, by=request.viewer, now=request.now)
    except BulletinRefused as refusal:
        return refused(request, refusal, "desk:question", question_id)
    sentence = _("Merged. Whoever asked reads the answer to {number}.").format(number=into.ref)
    return done(request, sentence, "desk:question", into.pk)


@require_POST
@may("bulletins.write")
def see_contact(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Show how to reach whoever asked; the look is recorded."""
    question = question_at(request, question_id)
    contact = services.open_contact(question_id, by=request.viewer, now=request.now)
    response = _show(request, question, ReplyForm(question), contact=contact or "–")
    response["Cache-Control"] = "no-store"
    return response


# --- what waits -------------------------------------------------------------


def count_waiting(request: HttpRequest) -> Any:
    """Give the questions that wait for a word, for the navigation."""
    if not request.viewer.may("bulletins.write"):
        return None
    return finding.to_answer(request.viewer)


def banners(request: HttpRequest) -> list[Banner]:
    """Say at the top of every page of the desk which promise was not kept."""
    viewer = getattr(request, "viewer", None)
    if not request.path.startswith("/desk/") or not viewer or not viewer.may("bulletins.write"):
        return []
    late = finding.late_for(viewer, request.now)
    if not late:
        return []
    first = late[0]
    text = _("{question} waits for the word that was promised.").format(question=str(first)[:40])
    href = reverse("desk:question", args=[first.pk])
    return [Banner(Loudness.ORDINARY, _("Overdue: "), text, href, _("Answer it"))]
