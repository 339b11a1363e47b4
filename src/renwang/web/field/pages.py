"""The field door: what I am asked to carry on, whom I have to ring, from door to door."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.cases.mediation.selectors import mediates
from renwang.chain.selectors import units
from renwang.outreach import board, carrying, reaching, services, waiting
from renwang.outreach.errand_rules import ErrandOver
from renwang.outreach.models import Call, Round
from renwang.outreach.rules import CallState, NoticeWithdrawn, Receipt, words_mark
from renwang.outreach.selectors import call_for
from renwang.response.finding import clock_of
from renwang.web.field.forms import AnswerForm, RoundForm
from renwang.web.field.phones import is_kept
from renwang.web.frame.gates import done, may, not_done, refused, signed_in


@require_safe
@signed_in
def show_home(request: HttpRequest) -> HttpResponse:
    """What I am asked to carry on. Seeing it here counts as delivered, not as read."""
    context = _home(request)
    if not is_kept(request):
        _note(request, _unseen(request, context), Receipt.DELIVERED)
    context |= {"seq": journal.last_seq(), "mediates": mediates(request.viewer)}
    return render(request, "field/home.html", context)


@require_safe
@signed_in
def show_calls(request: HttpRequest) -> HttpResponse:
    """The same as a part of the page: 304 while nothing at all happened on the node."""
    seq = journal.last_seq()
    if request.GET.get("since") == str(seq):
        return HttpResponse(status=304)
    response = render(request, "field/_calls.html", _home(request))
    response["X-Seq"] = str(seq)
    return response


def _home(request: HttpRequest) -> dict[str, Any]:
    """What the first page shows: what waits, what to carry on, signs of life asked for."""
    return {
        "waits": waiting.list_waits(request.viewer),
        "calls": carrying.asked_of(request.viewer),
        "signs": reaching.signs_asked_of(request.viewer),
    }


def _unseen(request: HttpRequest, shown: dict[str, Any]) -> list[Call]:
    errands = [wait.errand for wait in shown["waits"]]
    calls = [call for call in shown["calls"] if call.delivered_at is None]
    return [*calls, *waiting.calls_asked_of(request.viewer, errands)]


@require_POST
@signed_in
def take(request: HttpRequest, errand_id: UUID) -> HttpResponse:
    """I see to what waits."""
    try:
        services.take_errand(errand_id, by=request.viewer, now=request.now, via="app")
    except ErrandOver as refusal:
        return refused(request, refusal, "field:home")
    sentence = _("Noted: you see to it. The others are not asked any more.")
    return done(request, sentence, "field:home")


@require_safe
@signed_in
def show_call(request: HttpRequest, call_id: int) -> HttpResponse:
    """One warning in its own words, with what can be done about it. Opening it counts as read by whoever is asked."""
    call = _call(request, call_id)
    if call.person_id == request.viewer.id and call.read_at is None and not is_kept(request):
        _note(request, [call], Receipt.READ)
        call.refresh_from_db(fields=["delivered_at", "read_at"])
    houses = carrying.doors_of(request.viewer, call)
    return render(
        request,
        "field/call.html",
        {
            "call": call,
            "houses": houses,
            "ids": _Ids(request.now),
            "below": []
            if call.is_leaf
            else board.branches_below(call.notice, [call.path])[call.path],
            "mark": words_mark(call.notice.words),
            "is_mine": call.person_id == request.viewer.id,
            "is_open": call.state in (CallState.ASKING, CallState.WAITING, CallState.SILENT),
        },
    )


@require_POST
@signed_in
def answer(request: HttpRequest, call_id: int) -> HttpResponse:
    """I have understood; I have carried it on."""
    call, form = _call(request, call_id), AnswerForm(request.POST)
    if not form.is_valid():
        return not_done(
            request, _("Say whether you have understood or carried it on."), "field:call", call_id
        )
    receipt = Receipt(form.cleaned_data["receipt"])
    try:
        services.answer_call(
            call_id,
            receipt,
            by=request.viewer,
            now=clock_of(call.notice.drill, request.now),
            via="app" if call.person_id == request.viewer.id else "phone",
            households_told=form.cleaned_data["households"],
            seen=form.cleaned_data["seen"],
        )
    except (NoticeWithdrawn, services.NotAskedOfYou) as refusal:
        return refused(request, refusal, "field:home")
    if receipt is Receipt.CARRIED:
        return done(request, _("Thank you. It is noted that you have carried it on."), "field:home")
    return done(request, _("Noted. Now carry it on, then say so here."), "field:call", call_id)


@require_POST
@signed_in
def give_sign(request: HttpRequest, call_id: int) -> HttpResponse:
    """The roll-call reached me by this contact."""
    own = [one for one in reaching.signs_asked_of(request.viewer) if one.pk == call_id]
    if not own:
        raise Http404(str(call_id))
    services.answer_call(
        call_id, Receipt.UNDERSTOOD, by=request.viewer, now=request.now, via=own[0].channel
    )
    return done(request, _("Thank you. It is noted that you can be reached."), "field:home")


@require_POST
@signed_in
def make_round(request: HttpRequest, call_id: int) -> HttpResponse:
    """A knock, a gong, a loudspeaker round."""
    call, form = _call(request, call_id), RoundForm(request.POST)
    if not form.is_valid():
        return not_done(request, _("Say how many households heard it."), "field:call", call_id)
    said = form.cleaned_data
    kind = Round.Kind(said["kind"])
    try:
        services.record_round(
            said["id"],
            call_id,
            kind,
            by=request.viewer,
            now=clock_of(call.notice.drill, request.now),
            household_id=said["household"],
            households=1 if said["household"] else (said["households"] or 0),
            answered=said["answered"],
            witness=said["witness"],
        )
    except (NoticeWithdrawn, services.NotAskedOfYou) as refusal:
        return refused(request, refusal, "field:home")
    return done(request, _("Recorded."), "field:call", call_id)


@require_safe
@may("alerts.answer")
def show_to_ring(request: HttpRequest) -> HttpResponse:
    """Whom I have to ring or visit, the most urgent first."""
    return render(request, "field/ring.html", {"calls": list(carrying.to_ring(request.viewer))})


@require_safe
@may("chain.see")
def show_place(request: HttpRequest) -> HttpResponse:
    """My place: its posts and who holds them, and what lies below."""
    place = units.visible_to(request.viewer).filter(path=request.viewer.top).first()
    if place is None:
        raise Http404(request.viewer.top)
    context = {
        "page": units.unit_page(request.viewer, place),
        "sees_readiness": request.viewer.may("readiness.see"),
    }
    return render(request, "field/place.html", context)


class _Ids:
    """A fresh id for every form on a page, so that pressing a button twice is one deed."""

    def __init__(self, now):
        self._now = now

    @property
    def next(self) -> str:
        """The next one."""
        return str(uuid7(self._now))


def _call(request: HttpRequest, call_id: int) -> Call:
    call = call_for(request.viewer, call_id)
    if call is None:
        raise Http404(str(call_id))
    return call


def _note(request: HttpRequest, calls: list[Call], receipt: Receipt) -> None:
    """Note how far words got by being shown here, each by the clock of its own notice."""
    slips = [
        services.Slip(
            receipt,
            clock_of(call.notice.drill, request.now),
            via="app",
            call_id=call.pk,
            person_id=request.viewer.id,
        )
        for call in calls
    ]
    if slips:
        services.record_receipts(slips, by=request.viewer, now=max(one.at for one in slips))
