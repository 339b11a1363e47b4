"""Write a procedure: a new one, other words for a draft, the next edition of one in force."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from renwang.chain.rules import Refusal
from renwang.registers.duties.rules import Phase
from renwang.registers.procedures import services
from renwang.registers.procedures.advice_rules import advise
from renwang.registers.procedures.models import Edition
from renwang.registers.procedures.rules import Kind
from renwang.registers.procedures.selectors import finding
from renwang.registers.procedures.words import say_hint
from renwang.web.desk import lists
from renwang.web.desk.forms.procedures import ProcedureWriting
from renwang.web.desk.procedures import edition_at, procedure_at
from renwang.web.frame.gates import done, may, refused, sent_form, sentence_of


@require_http_methods(["GET", "POST"])
@may("procedures.write")
def write(request: HttpRequest) -> HttpResponse:
    """Begin a procedure; a finding fills in for what and where."""
    own = request.viewer.places["procedures.write"][0]
    place = lists.unit_asked(request) or lists.unit_at_path(request, own)
    phase = request.GET.get("phase", "")
    first = {
        "hazard": request.GET.get("hazard", "")[:40],
        "phase": phase if phase in set(Phase) else "",
        "kind": Kind.RESPONSE if phase == Phase.RESPOND else Kind.INSPECTION,
    }
    writing = ProcedureWriting(request.viewer, sent_form(request), place=place, initial=first)

    def save() -> Edition:
        terms = writing.terms()
        return services.draft_procedure(terms, writing.at, by=request.viewer, now=request.now)

    return _handle(request, writing, save, title=_("Write a procedure"))


@require_http_methods(["GET", "POST"])
@may("procedures.write")
def edit(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Change a draft; what was proposed becomes a draft again."""
    edition = edition_at(request, ref, number)
    writing = _of(request, edition)

    def save() -> Edition:
        terms = writing.terms()
        return services.edit_edition(edition.pk, terms, by=request.viewer, now=request.now)

    return _handle(request, writing, save, title=_("Change the draft"), edition=edition)


@require_http_methods(["GET", "POST"])
@may("procedures.write")
def succeed(request: HttpRequest, ref: str) -> HttpResponse:
    """Write the next edition, beginning from the words in force."""
    procedure = procedure_at(request, ref)
    edition = finding.shown_of(finding.editions_of(procedure))
    edition.procedure = procedure
    writing = _of(request, edition)
    if not writing.words.is_bound:
        writing.words.initial["changes"] = ""

    def save() -> Edition:
        terms = writing.terms()
        return services.begin_edition(procedure.pk, terms, by=request.viewer, now=request.now)

    return _handle(
        request, writing, save, title=_("Write the next edition"), edition=edition, is_next=True
    )


def _of(request: HttpRequest, edition: Edition) -> ProcedureWriting:
    place = edition.procedure.unit
    if not request.viewer.may("procedures.write", place.path):
        raise Http404(edition.procedure.ref)
    return ProcedureWriting(request.viewer, sent_form(request), place=place, edition=edition)


def _handle(
    request: HttpRequest, writing: ProcedureWriting, save: Callable[[], Edition], **context: Any
) -> HttpResponse:
    hints: list[str] = []
    if request.method == "POST" and writing.is_valid():
        if request.POST.get("do") == "advise":
            terms = writing.terms()
            hints = [say_hint(one) for one in advise(terms.kind, terms.purpose, terms.steps)]
            context |= {"hints": hints or [_("Short and plain: nothing to advise.")]}
            return _show(request, writing, context, 200)
        try:
            return _proposed(request, save())
        except Refusal as refusal:
            writing.words.add_error(None, sentence_of(refusal))
    return _show(request, writing, context, 422 if request.method == "POST" else 200)


def _show(
    request: HttpRequest, writing: ProcedureWriting, context: dict[str, Any], status: int
) -> HttpResponse:
    crumbs = [(_("Procedures list"), reverse("desk:procedures"))]
    if "edition" in context:
        ref = context["edition"].procedure.ref
        crumbs.append((ref, reverse("desk:procedure", args=[ref])))
    context |= {"writing": writing, "crumbs": [*crumbs, (context["title"], "")]}
    return render(request, "desk/procedures/write.html", context, status=status)


def _proposed(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Propose what was saved where that was asked for; what is missing for it is said on its page."""
    ref = edition.procedure.ref
    shown = f"{reverse('desk:procedure', args=[ref])}?edition={edition.number}"
    if request.POST.get("do") != "propose":
        return done(request, _("The draft was saved."), shown)
    try:
        services.propose_edition(edition.pk, by=request.viewer, now=request.now)
    except Refusal as refusal:
        messages.info(request, _("The draft was saved, but not proposed."))
        return refused(request, refusal, "desk:procedure_edit", ref, edition.number)
    return done(request, _("Saved and proposed."), shown)
