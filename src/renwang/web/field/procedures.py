"""Procedures with one hand: what I must follow, start a run, tick its steps, hand it on, say what came of it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from renwang.base.pure.ids import uuid7
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import names_of, topmost_units
from renwang.registers import photos
from renwang.registers.procedures import services
from renwang.registers.procedures.models import Procedure
from renwang.registers.procedures.rules import EditionState
from renwang.registers.procedures.run_rules import Outcome, RunState, acts_of
from renwang.registers.procedures.runs import OUTCOMES
from renwang.registers.procedures.selectors import finding, following, running
from renwang.registers.procedures.selectors.running import RunPage
from renwang.registers.procedures.services import Occasion
from renwang.web.field.procedure_forms import TickForm
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import done, may, not_done, refused, signed_in


@require_safe
@signed_in
def show_procedures(request: HttpRequest) -> HttpResponse:
    """What I must follow, what I have not read first, and the runs I have in hand."""
    followed = following.followed_by(request.viewer.person, now=request.now)
    context = {"followed": followed, "runs": running.in_hand(request.viewer)}
    return render(request, "field/procedures.html", context)


@require_safe
@signed_in
def show_procedure(request: HttpRequest, ref: str) -> HttpResponse:
    """One procedure: its steps, whether I have read it, and the buttons that start it."""
    procedure = _procedure(request, ref)
    edition = finding.shown_of(finding.editions_of(procedure))
    mine = [
        one
        for one in following.followed_by(request.viewer.person, now=request.now)
        if one.edition.pk == edition.pk
    ]
    context = {
        "procedure": procedure,
        "edition": edition,
        "is_unread": any(not one.is_read for one in mine),
        "places": _places(request, procedure),
        "is_in_force": edition.state == EditionState.IN_FORCE,
        "id": uuid7(request.now),
    }
    return render(request, "field/procedure.html", context)


def _procedure(request: HttpRequest, ref: str) -> Procedure:
    procedure = finding.procedure_of(request.viewer, ref)
    if procedure is None:
        raise Http404(ref)
    return procedure


def _places(request: HttpRequest, procedure: Procedure) -> list[Any]:
    """Give the viewer's places at which he may run it; the procedure's own where his lie above it."""
    below = [
        one
        for one in topmost_units(request.viewer, "procedures.run")
        if one.path.startswith(procedure.path)
    ]
    if below:
        return below
    return [procedure.unit] if request.viewer.may("procedures.run", procedure.path) else []


@require_POST
@signed_in
def acknowledge(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """I have read this edition."""
    procedure = _procedure(request, ref)
    found = [one for one in finding.editions_of(procedure) if one.number == number]
    if not found:
        raise Http404(str(number))
    try:
        services.acknowledge_edition(found[0].pk, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "field:procedure", ref)
    return done(request, _("Noted: you have read it."), "field:procedures")


@require_POST
@may("procedures.run")
def start(request: HttpRequest, ref: str) -> HttpResponse:
    """Start a run, for real or as an exercise, by one tap. The id was made with the page."""
    procedure = _procedure(request, ref)
    places = _places(request, procedure)
    asked = [one for one in places if one.ref == request.POST.get("unit")] or places
    try:
        key = UUID(request.POST.get("id", ""))
    except ValueError:
        return not_done(request, _("Open the procedure again."), "field:procedure", ref)
    if not asked:
        raise Http404(ref)
    occasion = Occasion(request.POST.get("do") == "exercise", "", request.POST.get("reason", ""))
    try:
        run = services.start_run(
            key, procedure.pk, asked[0], occasion, by=request.viewer, now=request.now
        )
    except Refusal as refusal:
        return refused(request, refusal, "field:procedure", ref)
    return done(request, _("The run has begun."), "field:run", run.ref)


# --- a run ------------------------------------------------------------------------


def _page(request: HttpRequest, ref: str) -> RunPage:
    page = running.run_page(request.viewer, ref)
    if page is None:
        raise Http404(ref)
    return page


@require_safe
@signed_in
def show_run(request: HttpRequest, ref: str) -> HttpResponse:
    """A run: the step whose turn it is, the others below, and how it ends."""
    page = _page(request, ref)
    run, viewer = page.run, request.viewer
    is_mine = run.holder_id == viewer.id or viewer.may("procedures.run", run.path)
    acts = {act.value for act in acts_of(RunState(run.state))} if is_mine else set()
    people = running.people_in(page) | {run.holder_id}
    context = {
        "page": page,
        "run": run,
        "acts": acts,
        "ticks": [
            (one, TickForm(initial={"id": uuid7(request.now)}, auto_id=f"s{one.number}-%s"))
            for one in page.steps
        ],
        "names": names_of(viewer, people - {None}),
        "hands": running.hands_for(run, request.now) if "hand_over" in acts else [],
        "outcomes": list(OUTCOMES.items()),
        "left": [one.number for one in page.steps if one.tick is None],
    }
    return render(request, "field/run.html", context)


@takes(photos.LARGEST)
@require_POST
@signed_in
def tick(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """A step is done. Where somebody was faster, his tick stands, and mine is kept beside it."""
    page = _page(request, ref)
    form = TickForm(request.POST, request.FILES)
    if not form.is_valid():
        return not_done(request, _("Check what you entered for the step."), "field:run", ref)
    sent = form.cleaned_data["photo"]
    said = form.said(number, sent.read(photos.LARGEST + 1) if sent else b"")
    try:
        result = services.tick_step(page.run.pk, said, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "field:run", ref)
    sentence = (
        _("Step {number} is done.")
        if result.stands
        else _("Somebody else was faster with step {number}. What you said is kept too.")
    )
    return done(request, sentence.format(number=number), "field:run", ref)


_DEEDS: Mapping[str, Callable[..., Any]] = {
    "remark": lambda run, said, **who: services.remark_on_run(run, said["words"], **who),
    "break": lambda run, said, **who: services.break_off_run(run, said["words"], **who),
    "resume": lambda run, said, **who: services.resume_run(run, **who),
    "end": lambda run, said, **who: services.end_run(
        run, Outcome(said["outcome"]), said["words"], why_left=said["why"], **who
    ),
}


@require_POST
@signed_in
def act(request: HttpRequest, ref: str, deed: str) -> HttpResponse:
    """Remark, break off, take up again, end."""
    page = _page(request, ref)
    outcome = request.POST.get("outcome", "")
    if deed not in _DEEDS:
        raise Http404(deed)
    said = {
        "words": request.POST.get("words", "")[:2000],
        "why": request.POST.get("why", "")[:300],
        "outcome": outcome if outcome in set(Outcome) else Outcome.REACHED,
    }
    try:
        _DEEDS[deed](page.run.pk, said, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "field:run", ref)
    return done(request, _("Noted."), "field:run", ref)


@require_POST
@signed_in
def hand_over(request: HttpRequest, ref: str) -> HttpResponse:
    """Put the run into another person's hands."""
    page = _page(request, ref)
    wish = request.POST.get("to", "")
    found = [one for one in running.hands_for(page.run, request.now) if str(one.pk) == wish]
    if not found:
        return not_done(request, _("Choose to whom."), "field:run", ref)
    try:
        services.hand_over_run(page.run.pk, found[0], by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "field:run", ref)
    sentence = _("{name} has it in hand now.").format(name=found[0].name)
    return done(request, sentence, "field:procedures")
