"""Check rounds: the doors that a warning concerns in their order, who is sent, what came of it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from renwang.registers.care import finding
from renwang.registers.care.models import CheckRound
from renwang.registers.care.round_rules import RoundOutcome
from renwang.registers.care.rules import CareRefused
from renwang.registers.care.services.rounds import explain_order, record_door, send_helper
from renwang.web.desk import lists
from renwang.web.desk.forms.care import SendForm
from renwang.web.frame.gates import done, refused, sentence_of, signed_in


@require_GET
@signed_in
def show_rounds(request: HttpRequest) -> HttpResponse:
    """List the check rounds at one's places, with how far each has got."""
    rounds = finding.rounds_seen(request.viewer)
    tallies = finding.tallies_of([one.pk for one in rounds], viewer=request.viewer)
    context = {"rounds": [(one, tallies[one.pk]) for one in rounds]}
    return render(request, "desk/care/rounds.html", context)


def _round(request: HttpRequest, round_id: UUID) -> CheckRound:
    made = finding.round_of(request.viewer, round_id)
    if made is None:
        raise Http404(round_id)
    return made


@require_GET
@signed_in
def show_round(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Show the doors of a round in their order; why each stands where it does is under seal."""
    return _show(request, _round(request, round_id))


@require_POST
@signed_in
def explain(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Show the reasons of the order; that is a look at everybody in it, and recorded."""
    made = _round(request, round_id)
    reasons = explain_order(made.pk, by=request.viewer, now=request.now)
    return _show(request, made, reasons)


def _show(
    request: HttpRequest,
    made: CheckRound,
    reasons: dict[Any, Any] | None = None,
    form: SendForm | None = None,
) -> HttpResponse:
    doors = finding.round_doors(request.viewer, made)
    context = {
        "round": made,
        "tally": finding.tallies_of([made.pk], viewer=request.viewer)[made.pk],
        "doors": [(one, (reasons or {}).get(one.entry_id)) for one in doors],
        "in_sight": finding.in_sight(request.viewer, [one.entry_id for one in doors], request.now),
        "is_explained": reasons is not None,
        "form": form or SendForm(request.viewer),
        "outcomes": [one for one in RoundOutcome if one is not RoundOutcome.WAITING],
    }
    status = 422 if form and form.errors else 200
    response = render(request, "desk/care/round.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@signed_in
def send(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Send somebody to doors of the round."""
    made = _round(request, round_id)
    form = SendForm(request.viewer, request.POST)
    if not form.is_valid():
        return _show(request, made, form=form)
    person = form.cleaned_data["person"]
    ticked = map(lists.whole_number, request.POST.getlist("door"))
    chosen = [one for one in ticked if one is not None][:500]
    try:
        number = send_helper(made.pk, chosen, person, by=request.viewer, now=request.now)
    except CareRefused as refusal:
        form.add_error(None, sentence_of(refusal))
        return _show(request, made, form=form)
    said = _("{name} is sent to {number} doors.").format(name=person.name, number=number)
    return done(request, said, "desk:care_round", round_id)


@require_POST
@signed_in
def note(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Note what came of one door."""
    made = _round(request, round_id)
    door, _colon, outcome = request.POST.get("note", "").partition(":")
    number = lists.whole_number(door)
    if number is None or outcome not in set(RoundOutcome):
        raise Http404(door)
    try:
        record_door(number, RoundOutcome(outcome), by=request.viewer, now=request.now)
    except CareRefused as refusal:
        return refused(request, refusal, "desk:care_round", made.pk)
    return done(request, _("Noted."), "desk:care_round", made.pk)
