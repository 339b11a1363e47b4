"""What a person does with one case, or with many at once: each deed has its form, its service and its sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from renwang.cases import config, photos, services
from renwang.cases.models import Case
from renwang.cases.names import FINDINGS
from renwang.cases.route_rules import Verdict
from renwang.cases.rules import Act
from renwang.cases.selectors import cases_by_ref
from renwang.cases.services import show_code
from renwang.chain.rules import Refusal
from renwang.web.desk import lists
from renwang.web.desk.cases import page_of
from renwang.web.desk.forms.cases import (
    AnswerForm,
    BulkForm,
    ExtendForm,
    GiveForm,
    MaskForm,
    MaybeWordsForm,
    MergeForm,
    PartForm,
    PostponeForm,
    ReferForm,
    RingForm,
    ScreenForm,
    WordsForm,
)
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import (
    SeeOther,
    done,
    may,
    not_done,
    refused,
    sent_form,
    sentence_of,
    signed_in,
)


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that can be done: its form if it has one, what is done, and what is said afterwards."""

    form: Callable[[HttpRequest, Case], Any] | None
    run: Callable[[Case, Mapping[str, Any], Mapping[str, Any]], Any]
    sentence: Any


def _plain(form: Any, name: str) -> Callable[[HttpRequest, Case], Any]:
    return lambda request, _case: form(request.POST, prefix=name)


def _reach(form: Any, name: str) -> Callable[[HttpRequest, Case], Any]:
    return lambda request, _case: form(request.viewer, request.POST, prefix=name)


DEEDS: Mapping[str, Deed] = {
    "screen": Deed(
        lambda request, _case: ScreenForm(config.kinds(), request.POST, prefix="screen"),
        lambda case, said, who: services.screen_case(case.pk, kind=said["kind"], **who),
        gettext_lazy("Kind and place are right now."),
    ),
    "accept": Deed(
        _plain(MaybeWordsForm, "accept"),
        lambda case, said, who: services.accept_case(case.pk, words=said["words"], **who),
        gettext_lazy("The reporter sees that it is seen to."),
    ),
    "assign": Deed(
        _reach(GiveForm, "assign"),
        lambda case, said, who: services.assign_case(
            case.pk, said["unit"], words=said["words"], **who
        ),
        gettext_lazy("It lies with them now."),
    ),
    "take": Deed(
        None,
        lambda case, said, who: services.take_case(case.pk, **who),
        gettext_lazy("You have it in hand."),
    ),
    "ask": Deed(
        _plain(WordsForm, "ask"),
        lambda case, said, who: services.ask_reporter(case.pk, said["words"], **who),
        gettext_lazy("The reporter sees the question. The clock stands still until he answers."),
    ),
    "postpone": Deed(
        _plain(PostponeForm, "postpone"),
        lambda case, said, who: services.postpone_case(
            case.pk, said["until_on"], said["words"], **who
        ),
        gettext_lazy("It goes on by itself from that day."),
    ),
    "resume": Deed(
        None,
        lambda case, said, who: services.resume_case(case.pk, **who),
        gettext_lazy("It goes on."),
    ),
    "refer": Deed(
        _reach(ReferForm, "refer"),
        lambda case, said, who: services.refer_case(case.pk, said["words"], to=said["unit"], **who),
        gettext_lazy("They have been asked and owe an answer."),
    ),
    "reply": Deed(
        _plain(WordsForm, "reply"),
        lambda case, said, who: services.reply_case(case.pk, said["words"], **who),
        gettext_lazy("Answered; it goes on below."),
    ),
    "extend": Deed(
        _plain(ExtendForm, "extend"),
        lambda case, said, who: services.extend_case(case.pk, said["days"], said["words"], **who),
        gettext_lazy("Put off. The reporter sees why."),
    ),
    "arbitrate": Deed(
        _reach(GiveForm, "arbitrate"),
        lambda case, said, who: services.arbitrate_case(
            case.pk, said["unit"], said["words"], **who
        ),
        gettext_lazy("It is decided whose it is."),
    ),
    "note": Deed(
        _plain(WordsForm, "note"),
        lambda case, said, who: services.note_case(case.pk, said["words"], **who),
        gettext_lazy("The note stands beside it."),
    ),
    "mask": Deed(
        _plain(MaskForm, "mask"),
        lambda case, said, who: services.mask_case(case.pk, said["words"], said["reason"], **who),
        gettext_lazy("Others read the masked words. Nothing was deleted."),
    ),
    "unmask": Deed(
        None,
        lambda case, said, who: services.unmask_case(case.pk, **who),
        gettext_lazy("Everybody who may see it reads the words again."),
    ),
    "reopen": Deed(
        _plain(WordsForm, "reopen"),
        lambda case, said, who: services.reopen_case(case.pk, said["words"], **who),
        gettext_lazy("The case is open again."),
    ),
    "silent": Deed(
        None,
        lambda case, said, who: services.close_silent(case.pk, **who),
        gettext_lazy("Closed. The reporter can still open it again."),
    ),
    "unmerge": Deed(
        None,
        lambda case, said, who: services.unmerge_case(case.pk, **who),
        gettext_lazy("It stands for itself again."),
    ),
    "part": Deed(
        lambda request, _case: PartForm(
            config.kinds(), request.viewer, request.POST, prefix="part"
        ),
        lambda case, said, who: services.part_case(
            case.pk, said["words"], said["kind"], said["unit"], **who
        ),
        gettext_lazy("The part is a case of its own now."),
    ),
    "link": Deed(
        None,
        lambda case, said, who: services.put_on_risk_list(case.pk, **who),
        gettext_lazy("It stands on the risk list."),
    ),
}


@require_POST
@may("cases.handle")
def do(request: HttpRequest, ref: str, act: str) -> HttpResponse:
    """Do one thing to a case, and go back with what came of it."""
    deed = DEEDS.get(act)
    if deed is None:
        raise Http404(act)
    case = page_of(request, ref).case
    form = deed.form(request, case) if deed.form else None
    if form is not None and not form.is_valid():
        return _say_first(request, ref, form)
    said = form.cleaned_data if form is not None else {}
    try:
        deed.run(case, said, {"by": request.viewer, "now": request.now})
    except Refusal as refusal:
        return refused(request, refusal, "desk:case", ref)
    return done(request, deed.sentence, "desk:case", ref)


def _say_first(request: HttpRequest, ref: str, form: Any) -> HttpResponse:
    """Go back where a form was not filled in, saying the first thing that is wrong with it."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return not_done(request, f"{label}: {errors[0]}", "desk:case", ref)


_VERDICTS = {
    Verdict.DUTIES: gettext_lazy("Returned. The duties list gave it to {name}."),
    Verdict.STAYS: gettext_lazy("By the duties list it is yours, {name}. It stays with you."),
    Verdict.GAP: gettext_lazy(
        "Returned to {name}: the duties list names nobody. The gap is noted."
    ),
    Verdict.ARBITER: gettext_lazy("Returned a second time. {name} decides whose it is."),
}


@require_POST
@may("cases.handle")
def give_back(request: HttpRequest, ref: str) -> HttpResponse:
    """Return a case that is not ours; say what becomes of it."""
    case = page_of(request, ref).case
    form = WordsForm(request.POST, prefix="return")
    if not form.is_valid():
        return _say_first(request, ref, form)
    try:
        returned, verdict = services.return_case(
            case.pk, form.cleaned_data["words"], by=request.viewer, now=request.now
        )
    except Refusal as refusal:
        return refused(request, refusal, "desk:case", ref)
    sentence = str(_VERDICTS[verdict]).format(name=returned.holder.name)
    return done(request, sentence, "desk:case", ref)


@require_POST
@may("cases.handle")
def merge(request: HttpRequest, ref: str) -> HttpResponse:
    """Let another case stand for this one."""
    case = page_of(request, ref).case
    form = MergeForm(request.POST, prefix="merge")
    if not form.is_valid():
        return _say_first(request, ref, form)
    found = cases_by_ref(request.viewer, [form.cleaned_data["into"].strip().upper()])
    if not found:
        return not_done(request, _("There is no such case in your reach."), "desk:case", ref)
    try:
        into = services.merge_case(case.pk, found[0].pk, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:case", ref)
    return done(request, _("Merged. This reporter reads the answer here."), "desk:case", into.ref)


@require_http_methods(["GET", "POST"])
@may("cases.handle")
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Write the answer; before it goes out, see what is missing in it. A person decides."""
    page = page_of(request, ref)
    case = page.case
    form = AnswerForm(sent_form(request), initial={"who": case.holder.name})
    advice: list[str] = []
    if request.method == "POST" and form.is_valid():
        said = form.said()
        found = services.advise_answer(case, said)
        if not found or request.POST.get("send") == "anyway":
            try:
                services.answer_case(case.pk, said, by=request.viewer, now=request.now)
            except Refusal as refusal:
                form.add_error(None, sentence_of(refusal))
            else:
                return done(request, _("Answered. The reporter can read it now."), "desk:case", ref)
        advice = [str(FINDINGS[one.finding]).format(about=one.about) for one in found]
    context = {"case": case, "form": form, "advice": advice, "earlier": page.answers}
    return render(request, "desk/cases/answer.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@may("cases.handle")
def ring(request: HttpRequest, ref: str) -> HttpResponse:
    """Ring the reporter: his number is opened for this call alone, and what he says is kept."""
    page = page_of(request, ref)
    case = page.case
    form = RingForm(sent_form(request))
    contact = ""
    try:
        if request.method == "POST" and form.is_valid():
            came, words = form.cleaned_data["came"], form.cleaned_data["words"]
            settled = {"yes": True, "no": False}.get(came)
            services.call_back(case.pk, settled, words, by=request.viewer, now=request.now)
            return done(request, _("Noted."), "desk:case", ref)
        contact = services.read_contact(case.pk, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:case", ref)
    context = {
        "case": case,
        "form": form,
        "contact": contact,
        "answer": next(iter(page.answers), None),
    }
    return render(request, "desk/cases/ringing.html", context, status=422 if form.errors else 200)


@require_POST
@may("cases.handle")
def renew_code(request: HttpRequest, ref: str) -> HttpResponse:
    """Give the reporter a new code; it is shown once."""
    case = page_of(request, ref).case
    code = services.renew_code(case.pk, by=request.viewer, now=request.now)
    sentence = _("The new code, shown this once: {code}").format(code=show_code(code))
    return done(request, sentence, "desk:case", ref)


@takes(photos.LARGEST)
@require_POST
@signed_in
def photograph(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep a photograph that one of ours took."""
    case = page_of(request, ref).case
    file = request.FILES.get("photo")
    if file is None:
        return not_done(request, _("Choose a photograph first."), "desk:case", ref)
    data = file.read(photos.LARGEST + 1)
    shown = request.POST.get("shown") == "yes"
    try:
        services.add_photo(case.pk, data, by=request.viewer, now=request.now, shown=shown)
    except Refusal as refusal:
        return refused(request, refusal, "desk:case", ref)
    return done(request, _("The photograph is kept."), "desk:case", ref)


# --- many at once ---------------------------------------------------------------


@require_POST
@may("cases.handle")
def do_to_many(request: HttpRequest) -> HttpResponse:
    """Do one thing to all cases that were chosen; undo is offered at once."""
    back = f"{reverse('desk:cases')}?{request.POST.get('query', '')[:500]}"
    form = BulkForm(request.viewer, request.POST, prefix="bulk")
    chosen = cases_by_ref(request.viewer, request.POST.getlist("chosen")[:200])
    if not form.is_valid() or not chosen:
        return not_done(request, _("Choose cases and what is to be done to them."), back)
    said = form.cleaned_data
    act = Act(said["act"])
    if act is Act.ASSIGN and said["unit"] is None:
        return not_done(request, _("Say to which unit."), back)
    try:
        outcome = services.do_to_many(
            [one.pk for one in chosen], act, by=request.viewer, now=request.now, unit=said["unit"]
        )
    except Refusal as refusal:
        return not_done(request, sentence_of(refusal), back)
    for ref, refusal in list(outcome.refused.items())[:5]:
        lists.messages.error(request, f"{ref}: {sentence_of(refusal)}")
    if outcome.bunch is None:
        return SeeOther(back)
    lists.messages.success(
        request,
        ngettext("Done to {n} case.", "Done to {n} cases.", outcome.done).format(n=outcome.done),
    )
    return SeeOther(f"{back}&undo={outcome.bunch.pk}")


@require_POST
@may("cases.handle")
def undo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Undo what was done to many at once."""
    try:
        back, left = services.undo_bunch(key, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:cases")
    sentence = _("{back} stand where they stood; {left} have gone on since and stay.").format(
        back=back, left=left
    )
    return done(request, sentence, "desk:cases")


@require_POST
@may("cases.see")
def keep_filter(request: HttpRequest) -> HttpResponse:
    """Keep a way of looking at the inbox under a name; the same name again replaces it, no query forgets it."""
    query = request.POST.get("query", "")[:500]
    name = request.POST.get("name", "").strip()[:40]
    if not name:
        return not_done(request, _("Give it a name."), "desk:cases")
    services.keep_filter(name, query, by=request.viewer, now=request.now)
    sentence = _("Kept as “{name}”.") if query else _("“{name}” is forgotten.")
    return done(request, sentence.format(name=name), f"{reverse('desk:cases')}?{query}")
