"""Cases and agreements: one of another place as far as it is shared, and who sees one of ours through which agreement."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from renwang.cases import config, photos
from renwang.cases.kind_rules import Kind
from renwang.cases.models import Case
from renwang.cases.selectors import case_of, may_handle
from renwang.cases.sharing import selectors, services
from renwang.cases.sharing.rules import Mode
from renwang.cases.sharing.words import MODES
from renwang.chain.reach import NotInReach
from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import names_of
from renwang.chain.tree import today
from renwang.web.desk.forms.sharing import HandOverForm, NoteForm
from renwang.web.frame.gates import SeeOther, done, not_done, refused, signed_in


def show_shared(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a case of another place as far as an agreement shows it, and keep that somebody looked; 404 where none does."""
    shared = selectors.shared_case(request.viewer, ref, today(request.now))
    if shared is None:
        raise Http404(ref)
    services.look_through(shared.sharing, shared.case, by=request.viewer, now=request.now)
    names = names_of(request.viewer, {one.by for one in shared.steps if one.by})
    context = {
        "shared": shared,
        "case": shared.case,
        "kinds": config.kinds(),
        "names": {key: who.name for key, who in names.items()},
        "mode": MODES[shared.sharing.mode],
        "takes_part": shared.sharing.mode == Mode.TAKE_PART,
        "shows_place": shared.shows("place"),
        "shows_answers": shared.shows("answers"),
        "note_form": NoteForm(),
    }
    return render(request, "desk/sharing/case.html", context)


def seen_by_others(case: Case, kinds: Mapping[str, Kind], now: datetime) -> dict[str, Any]:
    """Name who sees a case of ours through agreements, and what can be handed to them; one statement."""
    return {
        "sharings": selectors.overseers(case, today(now)),
        "modes": MODES,
        "hand_over": HandOverForm(kinds, prefix="hand-over", initial={"kind": case.kind}),
    }


@require_GET
@signed_in
def give_photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a photograph to whoever may see it through an agreement."""
    photo = selectors.shared_photo(request.viewer, key, today(request.now))
    data = photos.bytes_of(photo) if photo else None
    if data is None:
        raise Http404(str(key))
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type="image/jpeg", headers=headers)


# --- the side that sees ---------------------------------------------------------


def _shared(request: HttpRequest, ref: str) -> Case:
    shared = selectors.shared_case(request.viewer, ref, today(request.now))
    if shared is None:
        raise Http404(ref)
    return shared.case


@require_POST
@signed_in
def note(request: HttpRequest, ref: str) -> HttpResponse:
    """Write a note that both sides read."""
    case = _shared(request, ref)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return not_done(request, _("Say it in words; they are missing."), "desk:case", case.ref)
    try:
        services.note_shared(
            case.pk, form.cleaned_data["words"], by=request.viewer, now=request.now
        )
    except Refusal as refusal:
        return refused(request, refusal, "desk:case", case.ref)
    return done(request, _("Both sides read the note."), "desk:case", case.ref)


@require_POST
@signed_in
def read_contact(request: HttpRequest, ref: str) -> HttpResponse:
    """Open how a reporter can be reached who has agreed to it; said once, on the next page."""
    case = _shared(request, ref)
    try:
        said = services.read_passed_contact(case.pk, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:case", case.ref)
    messages.info(request, said or _("It has been erased; its time was over."))
    return SeeOther(reverse("desk:case", args=[case.ref]))


# --- the side that shows ----------------------------------------------------------


def _own(request: HttpRequest, ref: str) -> Case:
    case = case_of(request.viewer, ref)
    if case is None:
        raise Http404(ref)
    if not may_handle(request.viewer, case):
        raise NotInReach("cases.handle", case.held_path)
    return case


@require_POST
@signed_in
def hand_over(request: HttpRequest, ref: str, key: UUID) -> HttpResponse:
    """Hand a part of a case to the other side."""
    case = _own(request, ref)
    form = HandOverForm(config.kinds(), request.POST, prefix="hand-over")
    if not form.is_valid():
        return not_done(request, _("Say it in words; they are missing."), "desk:case", case.ref)
    said = form.cleaned_data
    try:
        part = services.hand_over_part(
            case.pk, key, said["words"], said["kind"], by=request.viewer, now=request.now
        )
    except Refusal as refusal:
        return refused(request, refusal, "desk:case", case.ref)
    sentence = _("They have it as a case of their own: {ref}").format(ref=part.ref)
    return done(request, sentence, "desk:case", case.ref)


@require_POST
@signed_in
def pass_on(request: HttpRequest, ref: str, key: UUID) -> HttpResponse:
    """Let the other side read how the reporter can be reached, because he has agreed."""
    case = _own(request, ref)
    agreed = request.POST.get("consented") == "yes"
    try:
        services.pass_contact(case.pk, key, consented=agreed, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:case", case.ref)
    return done(request, _("They may read it; every look is kept."), "desk:case", case.ref)
