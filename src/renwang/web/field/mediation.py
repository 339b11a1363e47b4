"""Mediation with one hand: my sessions, each party's room, what I am told there, what was agreed.

Nothing told in confidence stands on a page that is only looked at: who a party is, what he told and what was
agreed are opened by a press, each look is a fact of the journal, and no phone keeps the page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from renwang.cases.mediation import services
from renwang.cases.mediation.models import Party
from renwang.cases.mediation.rules import State, acts_in
from renwang.cases.mediation.selectors import (
    MediationPage,
    mediation_page,
    own_mediations,
    own_sessions,
    stations_for,
)
from renwang.chain.rules import Refusal
from renwang.web.field import mediation_forms as forms
from renwang.web.frame.gates import done, not_done, refused, sentence_of, signed_in

BACK, AHEAD = timedelta(days=60), timedelta(days=90)


@require_safe
@signed_in
def show_mediations(request: HttpRequest) -> HttpResponse:
    """What I mediate or learn from, and the sessions that are to come or were not recorded. No names."""
    sessions = own_sessions(request.viewer, request.now - BACK, request.now + AHEAD)
    context = {
        "sessions": [one for one in sessions if one.held_at is None],
        "mine": own_mediations(request.viewer),
    }
    return render(request, "field/mediations.html", context)


def _page(request: HttpRequest, ref: str) -> MediationPage:
    """Find a mediation of the viewer's own: as its mediator, beside him, or as a party."""
    page = mediation_page(request.viewer, ref)
    if page is None or not (page.is_mediator or page.is_apprentice or page.own):
        raise Http404(ref)
    return page


@require_safe
@signed_in
def show_mediation(request: HttpRequest, ref: str) -> HttpResponse:
    """One of mine: the sessions, the rooms of its parties, the agreement, what I can do."""
    page = _page(request, ref)
    today = timezone.localdate(request.now)
    context = {
        "page": page,
        "one": page.mediation,
        "acts": _acts(page),
        "rooms": [(side, side.consents_on(today)) for side in page.parties],
        "may_read": page.is_mediator or page.own or _learner_reads(page),
        "forms": _forms(request, page) if page.is_mediator else {},
        "is_due": page.is_mediator
        and page.mediation.follow_on
        and page.mediation.follow_on <= today,
    }
    return render(request, "field/mediation.html", context)


def _acts(page: MediationPage) -> set[str]:
    """Name what the mediator can do now; nobody else does anything here."""
    state = State(page.mediation.state)
    return {act.value for act in acts_in(state)} if page.is_mediator else set()


def _learner_reads(page: MediationPage) -> bool:
    return page.is_apprentice and all(side.apprentice_reads for side in page.parties)


def _forms(request: HttpRequest, page: MediationPage) -> dict[str, Any]:
    initial = {"station": page.mediation.station_id}
    unsigned = [one for one in page.parties if one.pk not in page.signed]
    return {
        "session": forms.SessionForm(stations_for(request.viewer), initial=initial),
        "sign": forms.SignForm(unsigned),
        "follow": forms.FollowForm(),
    }


# --- what I do ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Press:
    """One thing the mediator does: its form, what is done, and what is said afterwards."""

    form: Callable[[HttpRequest, MediationPage], Any]
    run: Callable[[MediationPage, Mapping[str, Any], Mapping[str, Any]], Any]
    sentence: Any


def _session(page: MediationPage, said: Mapping[str, Any]) -> UUID:
    """Give the session that is meant, of this mediation and no other."""
    key: UUID = said["session"]
    if key not in {one.pk for one in page.sessions}:
        raise Http404(str(key))
    return key


PRESSES: Mapping[str, Press] = {
    "held": Press(
        lambda request, _page: forms.OfSessionForm(request.POST),
        lambda page, said, who: services.hold_session(_session(page, said), **who),
        gettext_lazy("Recorded: the session was held."),
    ),
    "cancel": Press(
        lambda request, _page: forms.OfSessionForm(request.POST),
        lambda page, said, who: services.cancel_session(_session(page, said), **who),
        gettext_lazy("The session is called off; its hour is free again."),
    ),
    "session": Press(
        lambda request, _page: forms.SessionForm(stations_for(request.viewer), request.POST),
        lambda page, said, who: services.set_session(page.mediation.pk, **said["when"], **who),
        gettext_lazy("The session is set."),
    ),
    "sign": Press(
        lambda request, page: forms.SignForm(page.parties, request.POST),
        lambda _page, said, who: services.sign_agreement(said["party"], said["how"], **who),
        gettext_lazy("Recorded: the party has signed."),
    ),
    "follow": Press(
        lambda request, _page: forms.FollowForm(request.POST),
        lambda page, said, who: services.follow_up(page.mediation.pk, said["kept"], **who),
        gettext_lazy("Recorded: what the parties say."),
    ),
}


@require_POST
@signed_in
def do(request: HttpRequest, ref: str, act: str) -> HttpResponse:
    """Do one thing in a mediation of mine and return to it."""
    page, press = _page(request, ref), PRESSES.get(act)
    if press is None:
        raise Http404(act)
    form = press.form(request, page)
    if not form.is_valid():
        return not_done(request, _("Something is missing there. Nothing was done."), *_there(ref))
    try:
        press.run(page, form.cleaned_data, {"by": request.viewer, "now": request.now})
    except Refusal as refusal:
        return refused(request, refusal, *_there(ref))
    return done(request, press.sentence, *_there(ref))


def _there(ref: str) -> tuple[str, str]:
    return "field:mediation", ref


# --- the room of a party ------------------------------------------------------


def _room(request: HttpRequest, ref: str, key: UUID) -> tuple[MediationPage, Party]:
    page = _page(request, ref)
    side = next((one for one in page.parties if one.pk == key), None)
    if side is None or not (page.is_mediator or page.own == side):
        raise Http404(str(key))
    return page, side


def _show_room(
    request: HttpRequest, page: MediationPage, side: Party, *, status: int = 200, **opened: Any
) -> HttpResponse:
    context = {
        "page": page,
        "one": page.mediation,
        "side": side,
        "holds": side.consents_on(timezone.localdate(request.now)),
        "form": opened.pop("form", None) or forms.TellForm(),
        "may_tell": "tell" in _acts(page),
        **opened,
    }
    return _kept_nowhere(render(request, "field/mediation_room.html", context, status=status))


def _kept_nowhere(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
@signed_in
def show_room(request: HttpRequest, ref: str, key: UUID) -> HttpResponse:
    """The room of one party: what can be opened there, and where what he tells is written down."""
    return _show_room(request, *_room(request, ref, key))


@require_POST
@signed_in
def open_room(request: HttpRequest, ref: str, key: UUID) -> HttpResponse:
    """Open who the party is, or what he told me; that it was opened stands in the journal."""
    page, side = _room(request, ref, key)
    who = {"by": request.viewer, "now": request.now}
    try:
        if request.POST.get("what") == "told":
            told = services.read_confidences(page.mediation.pk, **who)
            opened = {"told": [one for one in told if one.letter == side.letter], "is_open": True}
        else:
            opened = {"known": services.read_party(key, **who)}
    except (Refusal, PermissionError) as refusal:
        return refused(request, refusal, *_there(ref))
    return _show_room(request, page, side, **opened)


@require_POST
@signed_in
def tell(request: HttpRequest, ref: str, key: UUID) -> HttpResponse:
    """Keep under seal what the party told me: where he stands, or what he offers."""
    page, side = _room(request, ref, key)
    form = forms.TellForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        who = {"by": request.viewer, "now": request.now}
        try:
            services.note_confidence(key, said["kind"], said["words"], **who)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            sentence = _("Kept under seal. Only you read it, and that party.")
            return done(request, sentence, "field:mediation_room", ref, key)
    return _show_room(request, page, side, status=422, form=form)


@require_POST
@signed_in
def open_agreement(request: HttpRequest, ref: str) -> HttpResponse:
    """Show the agreement, to be read out and signed; that it was opened stands in the journal."""
    page = _page(request, ref)
    try:
        opened = services.read_agreement(page.mediation.pk, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, *_there(ref))
    context = {"one": page.mediation, "opened": opened}
    return _kept_nowhere(render(request, "field/mediation_agreement.html", context))
