"""The doors I look after: what is due, the seal of one opened, three taps at the door. And who looked, by private code."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from renwang.base.pure.ids import uuid7
from renwang.registers.care import finding, services
from renwang.registers.care.models import CareEntry
from renwang.registers.care.round_rules import RoundOutcome
from renwang.registers.care.rules import CareRefused
from renwang.registers.care.services import Look
from renwang.registers.care.services.rounds import record_door
from renwang.registers.care.services.visiting import record_visit
from renwang.registers.care.visit_rules import Outcome
from renwang.web.frame.gates import done, refused, signed_in


@require_safe
@signed_in
def show_doors(request: HttpRequest) -> HttpResponse:
    """List the doors I look after: where somebody waits for me first. No names."""
    doors = finding.doors_of(request.viewer, request.now)
    return render(request, "field/doors.html", {"doors": doors})


def _entry(request: HttpRequest, entry_id: UUID) -> CareEntry:
    entry = finding.entry_for(request.viewer, entry_id, request.now)
    if entry is None:
        raise Http404(entry_id)
    return entry


@require_safe
@signed_in
def show_door(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One door: three answers for three taps; the seal opens only where it is needed."""
    return _show(request, _entry(request, entry_id))


@require_POST
@signed_in
def open_door(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Open the seal; the look is recorded, and the person can read it."""
    entry = _entry(request, entry_id)
    try:
        look = services.look_into(entry_id, by=request.viewer, now=request.now)
    except CareRefused as refusal:
        return refused(request, refusal, "field:doors")
    return _show(request, entry, look)


def _show(request: HttpRequest, entry: CareEntry, look: Look | None = None) -> HttpResponse:
    context = {
        "entry": entry,
        "look": look,
        "visits": finding.visits_of(entry, 3),
        "visit_id": uuid7(request.now),
        "in_round": finding.round_door_at(request.viewer, entry),
    }
    response = render(request, "field/door.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@signed_in
def visit(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Somebody knocked: well, needs something, nobody opened."""
    _entry(request, entry_id)
    try:
        visit_id, outcome = UUID(request.POST["id"]), Outcome(request.POST["outcome"])
    except (KeyError, ValueError):
        raise Http404("visit") from None
    want = request.POST.get("want", "")
    try:
        record_visit(visit_id, entry_id, outcome, by=request.viewer, now=request.now, want=want)
    except CareRefused as refusal:
        return refused(request, refusal, "field:doors")
    return done(request, _("The visit is noted."), "field:doors")


@require_POST
@signed_in
def round_door(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Somebody knocked in a check round: well, with the clinic, needs something, no answer."""
    _entry(request, entry_id)
    said = request.POST
    if not said.get("door", "").isdecimal() or said.get("outcome") not in set(RoundOutcome):
        raise Http404("round")
    try:
        record_door(
            int(said["door"][:18]),
            RoundOutcome(said["outcome"]),
            by=request.viewer,
            now=request.now,
        )
    except CareRefused as refusal:
        return refused(request, refusal, "field:doors")
    return done(request, _("Noted."), "field:doors")


# --- for the person himself: no sign-in, and the code in no address ----------


def show_looked(request: HttpRequest) -> HttpResponse:
    """Let whoever holds the private code read who looked, and be forgotten with one press."""
    code = request.POST.get("code", "")[:60]
    entry = finding.entry_by_code(code) if code else None
    context = {
        "entry": entry,
        "code": code if entry else "",
        "looks": finding.looks_at(entry) if entry else [],
        "helpers": finding.helpers_of(entry) if entry else [],
        "is_unknown": bool(code) and entry is None,
    }
    response = render(request, "field/looked.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Forget whoever asks for it with his code; no reason is asked."""
    try:
        services.withdraw_by_code(request.POST.get("code", "")[:60], now=request.now)
    except CareRefused as refusal:
        return refused(request, refusal, "field:looked")
    return done(request, _("You are forgotten. Nothing of it is kept."), "field:looked")


def count_due(request: HttpRequest) -> int:
    """How many doors wait for me."""
    if not request.viewer:
        return 0
    return finding.due_doors(request.viewer, request.now)
