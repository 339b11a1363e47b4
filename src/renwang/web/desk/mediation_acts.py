"""What a person does in a mediation, and what he opens: each deed has its form, its service and its sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from renwang.cases.mediation import services
from renwang.cases.mediation.names import QUARRELS
from renwang.cases.mediation.paper import Document, can_draw, draw
from renwang.cases.mediation.rules import Quarrel
from renwang.cases.mediation.selectors import MediationPage, mediators_near, stations_for
from renwang.cases.mediation.services import Opened
from renwang.chain.rules import Refusal
from renwang.web.desk.forms import mediation as forms
from renwang.web.desk.mediations import choices_of, every_of, page_of
from renwang.web.frame.gates import done, not_done, refused, signed_in


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that can be done: its form if it has one, what is done, and what is said afterwards."""

    form: Callable[[HttpRequest, MediationPage], Any] | None
    run: Callable[[MediationPage, Any, Mapping[str, Any]], Any]
    sentence: Any


def _sides(form: Any, name: str) -> Callable[[HttpRequest, MediationPage], Any]:
    return lambda request, page: form(page.parties, request.POST, prefix=name)


def _plain(form: Any, name: str) -> Callable[[HttpRequest, MediationPage], Any]:
    return lambda request, _page: form(request.POST, prefix=name)


def _name_form(request: HttpRequest, page: MediationPage) -> Any:
    suggested = services.suggestions(page.mediation)
    return forms.NameForm(*choices_of(suggested), request.POST, prefix="name")


def _kin_form(request: HttpRequest, page: MediationPage) -> Any:
    suggested = services.suggestions(page.mediation)
    return forms.MediatorForm(every_of(suggested), request.POST, prefix="kin")


def _name(page: MediationPage, form: Any, who: Mapping[str, Any]) -> Any:
    said = form.cleaned_data
    keys = [said["mediator"], *([said["apprentice"]] if said["apprentice"] else [])]
    found = mediators_near(who["by"], keys)
    return services.name_mediator(
        page.mediation.pk, found[said["mediator"]], apprentice=found.get(said["apprentice"]), **who
    )


def _kin(page: MediationPage, form: Any, who: Mapping[str, Any]) -> Any:
    key = form.cleaned_data["mediator"]
    return services.declare_kin(page.mediation.pk, mediators_near(who["by"], [key])[key], **who)


def _session(page: MediationPage, form: Any) -> UUID:
    """Give the session that is meant, of this mediation and no other."""
    key = form.cleaned_data["session"]
    if key not in {one.pk for one in page.sessions}:
        raise Http404(str(key))
    return key


DEEDS: Mapping[str, Deed] = {
    "party": Deed(
        lambda request, _page: forms.PartyForm(request.viewer, request.POST, prefix="party"),
        lambda page, form, who: services.add_party(page.mediation.pk, form.side(), **who),
        gettext_lazy("The party is entered, under seal."),
    ),
    "consent": Deed(
        _sides(forms.ConsentForm, "consent"),
        lambda _page, form, who: services.consent_party(
            form.cleaned_data["party"], form.given(), **who
        ),
        gettext_lazy("The consent is kept."),
    ),
    "withdraw": Deed(
        _sides(forms.OfPartyForm, "withdraw"),
        lambda _page, form, who: services.withdraw_party(form.cleaned_data["party"], **who),
        gettext_lazy("The consent is taken back; the mediation has ended with that."),
    ),
    "name": Deed(_name_form, _name, gettext_lazy("The mediator is named.")),
    "kin": Deed(_kin_form, _kin, gettext_lazy("The kinship is declared.")),
    "session": Deed(
        lambda request, _page: forms.SessionForm(
            stations_for(request.viewer), request.POST, prefix="session"
        ),
        lambda page, form, who: services.set_session(page.mediation.pk, **form.session(), **who),
        gettext_lazy("The session stands in the calendar."),
    ),
    "held": Deed(
        _plain(forms.OfSessionForm, "session"),
        lambda page, form, who: services.hold_session(_session(page, form), **who),
        gettext_lazy("The session was held."),
    ),
    "cancel": Deed(
        _plain(forms.OfSessionForm, "session"),
        lambda page, form, who: services.cancel_session(_session(page, form), **who),
        gettext_lazy("The session is called off."),
    ),
    "tell": Deed(
        _sides(forms.ConfidenceForm, "tell"),
        lambda _page, form, who: services.note_confidence(
            form.cleaned_data["party"], form.cleaned_data["kind"], form.cleaned_data["words"], **who
        ),
        gettext_lazy("Kept under seal. Only you read it, and that party."),
    ),
    "write": Deed(
        _plain(forms.PointsForm, "write"),
        lambda page, form, who: services.write_agreement(page.mediation.pk, form.points(), **who),
        gettext_lazy("The agreement is written. Print it and let every party sign."),
    ),
    "sign": Deed(
        _sides(forms.SignForm, "sign"),
        lambda _page, form, who: services.sign_agreement(
            form.cleaned_data["party"], form.cleaned_data["how"], **who
        ),
        gettext_lazy("The signature is kept."),
    ),
    "suspend": Deed(
        _plain(forms.SuspendForm, "suspend"),
        lambda page, form, who: services.suspend_mediation(
            page.mediation.pk, form.cleaned_data["until_on"], **who
        ),
        gettext_lazy("It rests until that day, and goes on by itself."),
    ),
    "resume": Deed(
        None,
        lambda page, _form, who: services.resume_mediation(page.mediation.pk, **who),
        gettext_lazy("It goes on. Set a session."),
    ),
    "fail": Deed(
        None,
        lambda page, _form, who: services.fail_mediation(page.mediation.pk, **who),
        gettext_lazy("It has ended without agreement."),
    ),
    "allow": Deed(
        _sides(forms.AllowForm, "allow"),
        lambda _page, form, who: services.allow_referral(
            form.cleaned_data["party"], form.cleaned_data["to"], **who
        ),
        gettext_lazy("What the party allows is kept."),
    ),
    "refer": Deed(
        _plain(forms.BodyForm, "refer"),
        lambda page, form, who: services.refer_mediation(
            page.mediation.pk, form.cleaned_data["to"], **who
        ),
        gettext_lazy("It is handed on. What was told in confidence goes nowhere."),
    ),
    "follow": Deed(
        _plain(forms.FollowForm, "follow"),
        lambda page, form, who: services.follow_up(
            page.mediation.pk, form.cleaned_data["kept"], **who
        ),
        gettext_lazy("What they say is kept."),
    ),
}


@require_POST
@signed_in
def do(request: HttpRequest, ref: str, act: str) -> HttpResponse:
    """Do one thing in a mediation and return to its story."""
    page = page_of(request, ref)
    deed = DEEDS.get(act)
    if deed is None:
        raise Http404(act)
    form = deed.form(request, page) if deed.form else None
    if form is not None and not form.is_valid():
        where, faults = next(iter(form.errors.items()))
        label = form.fields[where].label if where in form.fields else ""
        return not_done(request, f"{label}: {faults[0]}", "desk:mediation", ref)
    try:
        deed.run(page, form, {"by": request.viewer, "now": request.now})
    except Refusal as refusal:
        return refused(request, refusal, "desk:mediation", ref)
    return done(request, deed.sentence, "desk:mediation", ref)


@require_POST
@signed_in
def open_party(request: HttpRequest, ref: str, key: UUID) -> HttpResponse:
    """Open who a party is; that it was opened stands in the journal."""
    page = page_of(request, ref)
    if key not in {side.pk for side in page.parties}:
        raise Http404(str(key))
    try:
        known = services.read_party(key, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:mediation", ref)
    context = {"one": page.mediation, "known": known}
    return _private(render(request, "desk/mediations/party.html", context))


@require_POST
@signed_in
def open_confidences(request: HttpRequest, ref: str) -> HttpResponse:
    """Open what was told in confidence, to whom it was told; that it was opened stands in the journal."""
    page = page_of(request, ref)
    try:
        told = services.read_confidences(page.mediation.pk, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:mediation", ref)
    context = {"one": page.mediation, "told": told}
    return _private(render(request, "desk/mediations/confidences.html", context))


@require_POST
@signed_in
def open_agreement(request: HttpRequest, ref: str) -> HttpResponse:
    """Open the agreement, to be read and printed; as PDF where `form` asks for it."""
    page = page_of(request, ref)
    try:
        opened = services.read_agreement(page.mediation.pk, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:mediation", ref)
    if request.POST.get("form") == "pdf" and can_draw():
        answer = HttpResponse(draw(_document(opened)), content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{opened.ref}.pdf"'
        return _private(answer)
    context = {"one": page.mediation, "opened": opened, "draws": can_draw()}
    return _private(render(request, "desk/mediations/agreement.html", context))


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer


def _document(opened: Opened) -> Document:
    def day(at: Any) -> str:
        return date_format(timezone.localtime(at), "DATE_FORMAT") if at else ""

    return Document(
        title=_("Mediation agreement"),
        language=get_language() or "zh",
        closing=_("Every party has read these points and agrees to them of his own will."),
        heads=["", _("What is done"), _("Who does it"), _("By when")],
        facts=[
            (_("Number"), opened.ref),
            (_("Kind of quarrel"), str(QUARRELS[Quarrel(opened.quarrel)])),
            (_("Place"), opened.place),
            (_("Mediator"), opened.mediator),
            (_("Written on"), day(opened.written_at)),
        ],
        points=[
            (
                str(number),
                one.what,
                one.who,
                date_format(one.by_when, "DATE_FORMAT") if one.by_when else "–",
            )
            for number, one in enumerate(opened.points, 1)
        ],
        signers=[
            *((f"{one.letter}  {one.name}", day(one.signed_at)) for one in opened.signers),
            (_("Mediator"), ""),
        ],
    )
