"""Write a duty: a new one, other words for a draft, the successor of one that holds."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from renwang.chain.rules import Refusal
from renwang.registers.duties import services
from renwang.registers.duties.models import Duty
from renwang.registers.duties.rules import Phase
from renwang.registers.duties.selectors import finding
from renwang.web.desk import lists
from renwang.web.desk.duties import duty_at
from renwang.web.desk.forms.duties import DutyWriting
from renwang.web.frame.gates import done, may, refused, sent_form, sentence_of


@require_http_methods(["GET", "POST"])
@may("duties.write")
def write(request: HttpRequest) -> HttpResponse:
    """Begin a duty; the matrix and the findings fill in for what, where and when."""
    unit = lists.unit_asked(request)
    own = request.viewer.places["duties.write"][0]
    phase = request.GET.get("phase", "")
    cell = {
        "unit": unit or lists.unit_at_path(request, own),
        "hazard": request.GET.get("hazard", "")[:40],
        "phase": phase if phase in set(Phase) else Phase.RESPOND,
    }
    writing = DutyWriting(request.viewer, sent_form(request), cell=cell)

    def save() -> Duty:
        place = writing.cell.cleaned_data["unit"]
        return services.draft_duty(writing.terms(), place, by=request.viewer, now=request.now)

    return _handle(request, writing, save, title=_("Write a duty"))


@require_http_methods(["GET", "POST"])
@may("duties.write")
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Change a draft; what was proposed becomes a draft again."""
    duty = duty_at(request, ref)
    writing = _of(request, duty)

    def save() -> Duty:
        return services.edit_duty(duty.pk, writing.terms(), by=request.viewer, now=request.now)

    return _handle(request, writing, save, title=_("Change the duty"), duty=duty)


@require_http_methods(["GET", "POST"])
@may("duties.write")
def succeed(request: HttpRequest, ref: str) -> HttpResponse:
    """Write what takes a duty's place, beginning from its words."""
    duty = duty_at(request, ref)
    writing = _of(request, duty)

    def save() -> Duty:
        terms = writing.terms()
        return services.begin_successor(duty.pk, terms, by=request.viewer, now=request.now)

    return _handle(
        request, writing, save, title=_("Write the successor"), duty=duty, is_successor=True
    )


def _of(request: HttpRequest, duty: Duty) -> DutyWriting:
    helpers = finding.helpers_of(duty)
    return DutyWriting(request.viewer, sent_form(request), duty=duty, helpers=helpers)


def _handle(request: HttpRequest, writing: DutyWriting, save: Any, **context: Any) -> HttpResponse:
    if request.method == "POST" and writing.is_valid():
        try:
            made = save()
            return _proposed(request, made)
        except Refusal as refusal:
            writing.main.add_error(None, sentence_of(refusal))
    crumbs = [(_("Duties list"), reverse("desk:duties"))]
    if "duty" in context:
        crumbs.append((context["duty"].ref, reverse("desk:duty", args=[context["duty"].ref])))
    context |= {"writing": writing, "crumbs": [*crumbs, (context["title"], "")]}
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/duties/write.html", context, status=status)


def _proposed(request: HttpRequest, duty: Duty) -> HttpResponse:
    """Propose what was saved where that was asked for; what is missing for it is said on its page."""
    if request.POST.get("do") != "propose":
        return done(request, _("The draft was saved."), "desk:duty", duty.ref)
    try:
        services.propose_duty(duty.pk, by=request.viewer, now=request.now)
    except Refusal as refusal:
        messages.info(request, _("The draft was saved, but not proposed."))
        return refused(request, refusal, "desk:duty_edit", duty.ref)
    return done(request, _("Saved and proposed."), "desk:duty", duty.ref)
