"""What a person does with one risk: judge, plan, say that it is mended, check, refer upward, accept."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from renwang.chain.rules import Refusal
from renwang.registers.risks import photos, services
from renwang.registers.risks.models import Measure
from renwang.registers.risks.scale import current_scale
from renwang.registers.risks.selectors import photo_of, posts_near
from renwang.web.desk import lists
from renwang.web.desk.forms.risks import (
    AcceptForm,
    JudgeForm,
    MeasureForm,
    PhotoForm,
    RecheckForm,
    ReferForm,
)
from renwang.web.desk.risks import page_of
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import done, may, not_done, refused, sent_form, sentence_of, signed_in
from renwang.web.frame.tags.signs import as_written


def _do(
    request: HttpRequest,
    ref: str,
    deed: Callable[..., Any],
    sentence: str,
    *said: Any,
    key: UUID | None = None,
    **more: Any,
) -> HttpResponse:
    """Do one thing to a risk, or to what `key` names of it, and go back with what came of it."""
    risk = page_of(request, ref).risk
    try:
        deed(key or risk.pk, *said, by=request.viewer, now=request.now, **more)
    except Refusal as refusal:
        return refused(request, refusal, "desk:risk", ref)
    return done(request, sentence, "desk:risk", ref)


def _say_first(request: HttpRequest, ref: str, form: Any) -> HttpResponse:
    """Go back where a form was not filled in, saying the first thing that is wrong with it."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return not_done(request, f"{label}: {errors[0]}", "desk:risk", ref)


@require_http_methods(["GET", "POST"])
@may("risks.judge")
def judge(request: HttpRequest, ref: str) -> HttpResponse:
    """Judge a risk: how likely, how much harm, for whom, and why."""
    risk = page_of(request, ref).risk
    names = ("likelihood", "harm", "form", "unfolding", "reach_m")
    initial = {name: getattr(risk, name) or "" for name in names}
    form = JudgeForm(current_scale(), sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        reach_m = form.cleaned_data["reach_m"]
        try:
            services.judge_risk(
                risk.pk, form.judgement(), by=request.viewer, now=request.now, reach_m=reach_m
            )
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("It is judged. Plan what is to be done."), "desk:risk", ref)
    title = _("Judge how bad it is")
    crumbs = [
        (_("Risk list"), reverse("desk:risks")),
        (risk.title, reverse("desk:risk", args=[ref])),
        (title, ""),
    ]
    return lists.show_form(
        request, form, title, as_written(risk.words), crumbs, _("Keep the judgement")
    )


@require_POST
@may("risks.judge")
def dismiss(request: HttpRequest, ref: str) -> HttpResponse:
    """Say that it is no risk."""
    return _do(
        request,
        ref,
        services.dismiss_risk,
        _("Kept as no risk. It can be opened again at any time."),
        reason=_words(request),
    )


@require_POST
@may("risks.report")
def reopen(request: HttpRequest, ref: str) -> HttpResponse:
    """Say that it is there again."""
    return _do(request, ref, services.reopen_risk, _("It is open again."), reason=_words(request))


@require_POST
@may("risks.report")
def note(request: HttpRequest, ref: str) -> HttpResponse:
    """Write a note into the story of a risk."""
    return _do(request, ref, services.note_risk, _("The note was written."), _words(request))


@takes(photos.LARGEST)
@require_POST
@may("risks.report")
def photograph(request: HttpRequest, ref: str) -> HttpResponse:
    """Add a photograph."""
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _say_first(request, ref, form)
    file = form.cleaned_data["photo"]
    data = file.read(photos.LARGEST + 1)
    return _do(request, ref, photos.add_photo, _("The photograph was added."), data)


@require_POST
@signed_in
def remove_photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Remove a photograph for good, saying why."""
    photo = photo_of(request.viewer, key)
    if photo is None:
        raise Http404(str(key))
    sentence = _("The photograph is gone, here and from every backup that is brought back.")
    reason = _words(request)
    return _do(request, photo.risk.ref, photos.remove_photo, sentence, key=key, reason=reason)


# --- measures -----------------------------------------------------------------------


@require_POST
@may("risks.judge")
def plan(request: HttpRequest, ref: str) -> HttpResponse:
    """Plan something to be done, by a post, until a day."""
    risk = page_of(request, ref).risk
    form = MeasureForm(posts_near(request.viewer, risk.unit), request.POST, prefix="measure")
    if not form.is_valid():
        return _say_first(request, ref, form)
    said = form.cleaned_data
    return _do(
        request,
        ref,
        services.plan_measure,
        _("The measure was planned."),
        said["words"],
        form.post_chosen(),
        due_on=said["due_on"],
    )


def _measure(request: HttpRequest, ref: str, number: int) -> Measure:
    found = [one for one in page_of(request, ref).measures if one.number == number]
    if not found:
        raise Http404(str(number))
    return found[0]


@require_POST
@signed_in
def finish(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Say that a measure is done, and by what one can see it."""
    measure = _measure(request, ref, number)
    return _do(
        request,
        ref,
        services.finish_measure,
        _("The measure is done."),
        _words(request),
        key=measure.pk,
    )


@require_POST
@may("risks.judge")
def drop(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Give a measure up, with a reason."""
    measure = _measure(request, ref, number)
    return _do(
        request,
        ref,
        services.drop_measure,
        _("The measure was given up."),
        reason=_words(request),
        key=measure.pk,
    )


@require_POST
@may("risks.report")
def rectify(request: HttpRequest, ref: str) -> HttpResponse:
    """Say that it is mended."""
    return _do(
        request,
        ref,
        services.rectify_risk,
        _("Noted. Somebody else goes and looks."),
        _words(request),
    )


@require_POST
@may("risks.report")
def recheck(request: HttpRequest, ref: str) -> HttpResponse:
    """Say what one saw who went to look."""
    form = RecheckForm(request.POST, prefix="recheck")
    if not form.is_valid():
        return _say_first(request, ref, form)
    said = form.cleaned_data
    return _do(
        request,
        ref,
        services.recheck_risk,
        _("Closed: it is mended.") if said["mended"] else _("It is open again."),
        said["mended"],
        said["words"],
    )


# --- upward, and living with it -------------------------------------------------------


@require_POST
@may("risks.judge")
def refer(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask the level above, with an answer owed."""
    form = ReferForm(request.POST, prefix="refer")
    if not form.is_valid():
        return _say_first(request, ref, form)
    said = form.cleaned_data
    return _do(
        request,
        ref,
        services.refer_risk,
        _("The level above owes an answer now."),
        said["question"],
        term=said["term"],
    )


@require_POST
@may("risks.judge")
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer what was asked from below."""
    return _do(request, ref, services.answer_risk, _("The answer was given."), _words(request))


@require_POST
@may("risks.judge")
def take_back(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a question back."""
    return _do(
        request,
        ref,
        services.withdraw_question,
        _("The question was taken back."),
        reason=_words(request),
    )


@require_POST
@may("risks.accept")
def accept(request: HttpRequest, ref: str) -> HttpResponse:
    """Live with it until a day."""
    form = AcceptForm(request.POST, prefix="accept")
    if not form.is_valid():
        return _say_first(request, ref, form)
    said = form.cleaned_data
    return _do(
        request,
        ref,
        services.accept_risk,
        _("Accepted until that day; then it opens again by itself."),
        until_on=said["until_on"],
        reason=said["reason"],
    )


def _words(request: HttpRequest) -> str:
    return request.POST.get("words", "")[:2000]
