"""Risks with one hand: report a hidden danger, do what I am to do about one, look whether another's work holds."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import topmost_units
from renwang.registers.risks import photos, services
from renwang.registers.risks.models import LEVELS, STATES, Risk
from renwang.registers.risks.rules import MOVES, Act, Source, State
from renwang.registers.risks.scale_rules import COLOURS, Level
from renwang.registers.risks.selectors import (
    RiskPage,
    measures_of,
    photo_of,
    reported_by,
    risk_page,
    to_recheck,
)
from renwang.registers.risks.services import Found
from renwang.web.field.risk_forms import LookForm, RiskForm
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import (
    done,
    may,
    not_done,
    refused,
    sent_form,
    sentence_of,
    show_form,
    signed_in,
)


@require_safe
@may("risks.report")
def show_risks(request: HttpRequest) -> HttpResponse:
    """What I am to do, where I am to look, what became of what I found."""
    context = {
        "measures": measures_of(request.viewer),
        "to_look": [(one, *_level(one)) for one in to_recheck(request.viewer)],
        "mine": [(one, STATES[State(one.state)]) for one in reported_by(request.viewer)],
        "today": timezone.localdate(request.now),
    }
    return render(request, "field/risks.html", context)


def _level(risk: Risk) -> tuple[str, Any]:
    found = Level(risk.level)
    return COLOURS[found], LEVELS[found]


@takes(photos.LARGEST)
@require_http_methods(["GET", "POST"])
@may("risks.report")
def report(request: HttpRequest) -> HttpResponse:
    """Report a hidden danger. The id was made with the page, so that sending it twice is one report."""
    places = topmost_units(request.viewer, "risks.report")
    files = request.FILES if request.method == "POST" else None
    form = RiskForm(places, sent_form(request), files, now=request.now)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        names = ("words", "hazard", "place", "lon", "lat")
        told = Found(
            found_at=request.now,
            source=Source.PATROL if request.viewer.may("risks.see") else Source.RESIDENT,
            outside=f"field:{said['id']}",
            **{name: said[name] for name in names},
        )
        try:
            made = services.report_risk(
                told, form.place_chosen(places), by=request.viewer, now=request.now
            )
            _keep(request, made.pk, said["photo"])
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("Reported as {ref}.").format(ref=made.ref), "field:risks")
    return show_form(request, "field/risk_report.html", form)


def _keep(request: HttpRequest, key: UUID, file: Any) -> None:
    if file:
        data = file.read(photos.LARGEST + 1)
        photos.add_photo(key, data, by=request.viewer, now=request.now)


def _page(request: HttpRequest, ref: str) -> RiskPage:
    page = risk_page(request.viewer, ref)
    if page is None:
        raise Http404(ref)
    return page


@require_safe
@signed_in
def show_risk(request: HttpRequest, ref: str) -> HttpResponse:
    """One risk: what was found, what I am to do, what I see who go and look."""
    page = _page(request, ref)
    risk, viewer = page.risk, request.viewer
    acts = {act.value for act in Act if (State(risk.state), act) in MOVES}
    colour, word = _level(risk)
    context = {
        "page": page,
        "risk": risk,
        "colour": colour,
        "level": word,
        "state": STATES[State(risk.state)],
        "acts": acts if viewer.may("risks.report", risk.path) else acts & {"measure"},
        "is_own": viewer.id in services.hands_of(risk),
        "look": LookForm(prefix="look"),
        "today": timezone.localdate(request.now),
        "photos": [reverse("field:risk_photo", args=[one.pk]) for one in page.photos],
    }
    return render(request, "field/risk.html", context)


def _do(
    request: HttpRequest,
    ref: str,
    deed: Callable[..., Any],
    sentence: str,
    *said: Any,
    key: UUID | None = None,
) -> HttpResponse:
    """Do one thing, keep the photograph that was sent with it, and go back."""
    risk = _page(request, ref).risk
    try:
        deed(key or risk.pk, *said, by=request.viewer, now=request.now)
        _keep(request, risk.pk, request.FILES.get("photo"))
    except Refusal as refusal:
        return refused(request, refusal, "field:risk", ref)
    return done(request, sentence, "field:risk", ref)


@takes(photos.LARGEST)
@require_POST
@signed_in
def finish(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """What I was to do is done."""
    found = [one for one in _page(request, ref).measures if one.number == number]
    if not found:
        raise Http404(str(number))
    words = request.POST.get("words", "")[:2000]
    return _do(
        request, ref, services.finish_measure, _("The measure is done."), words, key=found[0].pk
    )


@takes(photos.LARGEST)
@require_POST
@may("risks.report")
def rectify(request: HttpRequest, ref: str) -> HttpResponse:
    """It is mended, as far as I can see."""
    words = request.POST.get("words", "")[:2000]
    return _do(
        request, ref, services.rectify_risk, _("Noted. Somebody else goes and looks."), words
    )


@takes(photos.LARGEST)
@require_POST
@may("risks.report")
def look(request: HttpRequest, ref: str) -> HttpResponse:
    """I went and looked at what another one mended."""
    form = LookForm(request.POST, prefix="look")
    if not form.is_valid():
        return not_done(
            request, _("Say whether it is mended, and what you see."), "field:risk", ref
        )
    said = form.cleaned_data
    return _do(
        request,
        ref,
        services.recheck_risk,
        _("Closed: it is mended.") if said["mended"] else _("It is open again."),
        said["mended"],
        said["words"],
    )


@require_safe
@signed_in
def give_photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a photograph to whoever may see its risk."""
    photo = photo_of(request.viewer, key)
    data = photos.bytes_of(photo) if photo else None
    if data is None:
        raise Http404(str(key))
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type="image/jpeg", headers=headers)
