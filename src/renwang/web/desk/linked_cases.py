"""A case and the systems that know it: sent there after a person has seen what goes, told more, waited for no longer."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from renwang.cases.linked import selectors, services
from renwang.cases.linked.models import System
from renwang.cases.linked.words import SENDINGS, say_trouble
from renwang.cases.models import Case
from renwang.cases.rules import Act
from renwang.cases.selectors import CasePage, case_of, may_handle
from renwang.chain.reach import NotInReach, Viewer
from renwang.chain.rules import Refusal
from renwang.web.desk.forms.linked import SendForm, TellForm
from renwang.web.frame.gates import done, not_done, refused, sent_form, sentence_of, signed_in

TOUCHED = frozenset({"link_in", "arrived", "far", "far_closed", Act.REFER.value})
"""Steps that every case has which another system knows; without one of them none is asked for."""


def elsewhere(page: CasePage, *, handles: bool) -> dict[str, Any]:
    """Give in which systems a case is known and to which it may be sent; two statements at most."""
    case = page.case
    is_touched = any(one.act in TOUCHED for one in page.steps)
    known = selectors.counterparts_of(case) if is_touched else []
    return {
        "counterparts": [(one, SENDINGS[one.sending], say_trouble(one.trouble)) for one in known],
        "takers": selectors.takers_of(case, known) if handles else [],
        "tell_form": TellForm(prefix="tell"),
        "give_up_form": TellForm(prefix="give-up"),
    }


def _case(viewer: Viewer, ref: str) -> Case:
    case = case_of(viewer, ref)
    if case is None:
        raise Http404(ref)
    if not may_handle(viewer, case):
        raise NotInReach("cases.handle", case.held_path)
    return case


@require_http_methods(["GET", "POST"])
@signed_in
def send(request: HttpRequest, ref: str, key: UUID) -> HttpResponse:
    """Show what a system would get of a case; sent only when that was seen and said to be right."""
    case = _case(request.viewer, ref)
    system = selectors.taker_of(case, key)
    if system is None:
        return not_done(request, _("It cannot be sent there now."), "desk:case", case.ref)
    plain = services.package_of(case, system)
    form = SendForm(plain.attributes, sent_form(request), has_contact=plain.has_contact)
    if request.method != "POST" or not form.is_valid():
        return _preview(request, case, system, form, plain, is_sure=False)
    said = form.cleaned_data
    package = services.package_of(case, system, said["note"], exactly=said["exactly"])
    if request.POST.get("sure") != "yes":
        return _preview(request, case, system, form, package, is_sure=True)
    return _send(request, case, system, form, package)


def _send(
    request: HttpRequest, case: Case, system: System, form: SendForm, package: Any
) -> HttpResponse:
    names = ("note", "exactly", "with_contact", "consented")
    said = {name: form.cleaned_data[name] for name in names if name in form.cleaned_data}
    try:
        services.send_case(
            case.pk, system.pk, **said, answers=form.answers(), by=request.viewer, now=request.now
        )
    except Refusal as refusal:
        form.add_error(None, sentence_of(refusal))
        return _preview(request, case, system, form, package, is_sure=False)
    sentence = _("It is on its way to {system}.").format(system=system.label)
    return done(request, sentence, "desk:case", case.ref)


def _preview(
    request: HttpRequest, case: Case, system: System, form: SendForm, package: Any, *, is_sure: bool
) -> HttpResponse:
    context = {
        "case": case, "system": system, "form": form, "package": package, "is_sure": is_sure,
        "sends_contact": is_sure and form.cleaned_data.get("with_contact"),
        "given": _given(form) if is_sure else [],
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "desk/linked/send.html", context, status=status)


def _given(form: SendForm) -> list[tuple[str, str]]:
    answers = form.answers()
    names = {one.code: dict(one.choices) for one in form.asked}
    return [
        (
            one.description,
            ", ".join(names[one.code].get(value, value) for value in answers[one.code]),
        )
        for one in form.asked
        if one.code in answers
    ]


@require_POST
@signed_in
def tell(request: HttpRequest, ref: str, key: UUID) -> HttpResponse:
    """Tell a system more about a case that it has."""
    sentence = _("They are told.")
    return _say(request, ref, key, "tell", services.tell_system, sentence)


@require_POST
@signed_in
def give_up(request: HttpRequest, ref: str, key: UUID) -> HttpResponse:
    """Wait no longer for the word of a system."""
    sentence = _("It goes on without them.")
    return _say(request, ref, key, "give-up", services.give_up_waiting, sentence)


def _say(
    request: HttpRequest, ref: str, key: UUID, prefix: str, deed: Any, sentence: str
) -> HttpResponse:
    case = _case(request.viewer, ref)
    found = selectors.counterpart_of(case, key)
    if found is None:
        raise Http404(key)
    form = TellForm(request.POST, prefix=prefix)
    if not form.is_valid():
        return not_done(request, _("Say it in words; they are missing."), "desk:case", case.ref)
    try:
        deed(found.pk, form.cleaned_data["words"], by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:case", case.ref)
    return done(request, sentence, "desk:case", case.ref)
