"""Facilities with one hand: what I am to look at, what is near me, a look recorded, something mended."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from renwang.chain.rules import Refusal
from renwang.registers.facilities import photos, services
from renwang.registers.facilities.kinds import known_terms
from renwang.registers.facilities.models import STATES, Facility
from renwang.registers.facilities.naming import figure_of, say_ask, say_fitting, say_kind
from renwang.registers.facilities.rules import DefectState, State
from renwang.registers.facilities.selectors.listing import (
    FacilityPage,
    defect_of,
    defects_for,
    due_for,
    facility_page,
    near,
    photo_of,
)
from renwang.registers.photos import LARGEST
from renwang.web.field.facility_forms import LookForm, NearForm
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import (
    done,
    may,
    refused,
    sent_form,
    sentence_of,
    show_form,
    signed_in,
)

TONES = {State.READY: "good", State.LIMITED: "attention", State.OUT_OF_ORDER: "bad"}


@require_safe
@may("facilities.see")
def show_facilities(request: HttpRequest) -> HttpResponse:
    """What I am to inspect and to mend, and what is near where I stand."""
    form = NearForm(request.GET)
    position = form.position()
    found = near(request.viewer, *position) if position else []
    context = {
        "form": form,
        "is_asked": position is not None,
        "near": [(_line(one), round(metres)) for one, metres in found],
        "due": [_line(one) for one in due_for(request.viewer, limit=30)],
        "to_mend": defects_for(request.viewer),
        "today": _today(request),
    }
    return render(request, "field/facilities.html", context)


def _today(request: HttpRequest) -> Any:
    return timezone.localdate(request.now, timezone.get_default_timezone())


def _line(one: Facility) -> dict[str, Any]:
    state = State(one.state)
    return {
        "one": one,
        "kind": say_kind(one.kind),
        "state": STATES[state],
        "tone": TONES.get(state, "neutral"),
    }


def _page(request: HttpRequest, ref: str) -> FacilityPage:
    page = facility_page(request.viewer, ref)
    if page is None:
        raise Http404(ref)
    return page


@takes(LARGEST)
@require_http_methods(["GET", "POST"])
@may("facilities.see")
def show_facility(request: HttpRequest, ref: str) -> HttpResponse:
    """One facility, and a look at it. The id was made with the page, so that sending it twice is one look."""
    page = _page(request, ref)
    kind = known_terms().kinds.get(page.facility.kind)
    files = request.FILES if request.method == "POST" else None
    form = LookForm(kind, sent_form(request), files, now=request.now)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_inspection(
                page.facility.pk, form.looked(), by=request.viewer, now=request.now
            )
            _keep(request, page.facility.pk, form.cleaned_data["photo"])
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("The inspection was recorded."), "field:facilities")
    return show_form(request, "field/facility.html", form, _about(request, page))


def _about(request: HttpRequest, page: FacilityPage) -> dict[str, Any]:
    one, viewer = page.facility, request.viewer
    binding = page.capacity.binding if page.capacity else None
    return {
        "page": page,
        **_line(one),
        "asked": [(say_ask(key), value) for key, value in one.amounts.items()],
        "has": [(say_fitting(key), value) for key, value in one.fittings.items()],
        "binding": binding,
        "figure": figure_of(binding) if binding else None,
        "defects": [defect for defect in page.defects if defect.state == DefectState.OPEN],
        "may_report": viewer.may("facilities.report", one.path) and one.state != State.GONE,
        "today": _today(request),
        "photos": [reverse("field:facility_photo", args=[photo.pk]) for photo in page.photos[:6]],
    }


def _keep(request: HttpRequest, key: UUID, file: Any) -> None:
    if file:
        data = file.read(LARGEST + 1)
        photos.photograph_facility(key, data, by=request.viewer, now=request.now)


@takes(LARGEST)
@require_POST
@signed_in
def mend(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """What was broken is mended."""
    page = _page(request, ref)
    found = defect_of(page, number)
    if found is None:
        raise Http404(str(number))
    words = request.POST.get("words", "")[:2000]
    try:
        services.mend_defect(found.pk, words, by=request.viewer, now=request.now)
        _keep(request, page.facility.pk, request.FILES.get("photo"))
    except Refusal as refusal:
        return refused(request, refusal, "field:facility", ref)
    return done(request, _("The defect is mended."), "field:facility", ref)


@require_safe
@signed_in
def give_photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a photograph to whoever may see its facility."""
    photo = photo_of(request.viewer, key)
    data = photos.bytes_of(photo) if photo else None
    if data is None:
        raise Http404(str(key))
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type="image/jpeg", headers=headers)
