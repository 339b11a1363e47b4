"""Writing a message: how it begins, what it says, where it applies."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.alerts.composing.wordings import hazards
from renwang.alerts.composing_rules import COLOURS, Follow, Kind, check_kind
from renwang.alerts.desk_work import (
    draft_of,
    may_warn,
    speaking_units,
    units_to_choose,
    warning_unit_above,
)
from renwang.alerts.drafts import Draft
from renwang.alerts.finding import alert_of
from renwang.alerts.models import Alert
from renwang.alerts.rules import AlertRefused
from renwang.alerts.services import change_draft, write_draft, write_following
from renwang.alerts.wording import wording_of
from renwang.chain.models import Unit
from renwang.web.desk import maps
from renwang.web.desk.draft_page import DraftPage
from renwang.web.desk.forms.composing import (
    MOST_LANGUAGES,
    AreaForm,
    EditForm,
    LanguageForm,
    StartForm,
)
from renwang.web.desk.watching import mark_drill
from renwang.web.frame.gates import SeeOther, done, may, refused, sent_form


def draft_asked(request: HttpRequest, draft_id: UUID) -> Draft:
    """Find the draft of an address; 404 hides the others. One of an exercise marks the page."""
    draft = draft_of(request.viewer, draft_id)
    if draft is None:
        raise Http404(draft_id)
    mark_drill(request, draft.drill)
    return draft


def _proposal(request: HttpRequest) -> UUID | None:
    """Read which proposal of signals the draft grows from, where the address names one."""
    try:
        return UUID(request.GET["proposal"])
    except (KeyError, ValueError):
        return None


@require_http_methods(["GET", "POST"])
@may("alerts.compose")
def start(request: HttpRequest) -> HttpResponse:
    """Begin a message: kind, who speaks, hazard and colour; the wording fills in the rest."""
    units = speaking_units(request.viewer)
    form = StartForm(units, sent_form(request), initial=_wished(request, units))
    if request.method == "POST" and form.is_valid():
        unit, kind = form.chosen_unit(), form.chosen_kind()
        try:
            draft = write_draft(
                unit,
                kind,
                by=request.viewer,
                now=request.now,
                values=_begun_with(request, form),
                proposal_id=_proposal(request),
            )
        except AlertRefused as refusal:
            return _show_start(request, form, refusal, unit)
        return SeeOther(reverse("desk:draft_edit", args=[draft.pk]))
    return _show_start(request, form)


def _wished(request: HttpRequest, units: list[Unit]) -> dict[str, str]:
    """Read from the address what somebody has chosen before: kind, unit, hazard, colour."""
    wish = request.GET
    found = {}
    if wish.get("kind") in {kind.value for kind in Kind}:
        found["kind"] = wish["kind"]
    if wish.get("hazard") in hazards():
        found["hazard"] = wish["hazard"]
    if wish.get("colour") in COLOURS:
        found["colour"] = wish["colour"]
    asked = wish.get("unit", "")
    for unit in units:
        if asked in (unit.ref, str(unit.pk)):
            found["unit"] = str(unit.pk)
    return found


def _begun_with(request: HttpRequest, form: StartForm) -> dict[str, Any]:
    said = form.cleaned_data
    values = {
        "hazard": said["hazard"],
        "colour": said["colour"],
        "contact": form.chosen_unit().name,
    }
    if note := request.GET.get("place", "").strip()[:300]:
        values["place_words"] = note
    return values


def _show_start(
    request: HttpRequest,
    form: StartForm,
    refusal: AlertRefused | None = None,
    unit: Unit | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "refusal": refusal,
        "unit": unit,
        "above": warning_unit_above(unit) if unit else None,
        "may_warn": any(may_warn(one) for one in speaking_units(request.viewer)),
        "proposal": _proposal(request),
    }
    status = 422 if form.errors or refusal else 200
    return render(request, "desk/drafts/start.html", context, status=status)


@require_POST
@may("alerts.compose")
def start_relay(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Begin the relay of somebody else's warning with a local note that a second person reads first."""
    alert = _alert(request, alert_id)
    units = speaking_units(request.viewer)
    chosen = next((one for one in units if str(one.pk) == request.POST.get("unit")), None)
    unit = chosen or (units[0] if units else None)
    if unit is None:
        raise Http404(alert_id)
    check_kind(Kind.RELAY, level_may_originate=may_warn(unit))
    draft = write_draft(unit, Kind.RELAY, by=request.viewer, now=request.now, about=alert)
    return SeeOther(reverse("desk:draft_edit", args=[draft.pk]))


@require_POST
@may("alerts.compose")
def follow(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Begin what changes or ends a message of ours, filled in from it."""
    alert = _alert(request, alert_id)
    wish = request.POST.get("follow", "")
    if wish not in {one.value for one in Follow}:
        raise Http404(wish)
    try:
        draft = write_following(alert.pk, Follow(wish), by=request.viewer, now=request.now)
    except AlertRefused as refusal:
        return refused(request, refusal, "desk:alert", alert_id)
    return SeeOther(reverse("desk:draft_edit", args=[draft.pk]))


def _alert(request: HttpRequest, alert_id: UUID) -> Alert:
    alert = alert_of(request.viewer, alert_id)
    if alert is None:
        raise Http404(alert_id)
    return alert


@require_http_methods(["GET", "POST"])
@may("alerts.compose")
def edit(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Change what a draft says."""
    draft = draft_asked(request, draft_id)
    form = EditForm(draft, sent_form(request))
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, draft, form)
        except AlertRefused as refusal:
            return refused(request, refusal, "desk:draft", draft_id)
    context = {
        "page": DraftPage(request.viewer, draft, request.now),
        "draft": draft,
        "form": form,
        "languages": LanguageForm(form.languages),
        "may_add": len(form.languages) < MOST_LANGUAGES,
    }
    return render(request, "desk/drafts/edit.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, draft: Draft, form: EditForm) -> HttpResponse:
    """Keep what was entered, then do what the button said besides: add or take out a language, fill in anew."""
    values, deed = form.values(), request.POST.get("deed", "")
    texts = values.get("texts", {})
    if deed == "add":
        adding = LanguageForm(form.languages, request.POST)
        if adding.is_valid() and len(texts) < MOST_LANGUAGES:
            language = adding.cleaned_data["language"]
            values["texts"] = {**texts, language: _worded(draft, values, language)}
    elif deed.startswith("remove:"):
        values["texts"] = {key: said for key, said in texts.items() if key != deed[7:]}
    elif deed == "refill":
        values["texts"] = {key: _worded(draft, values, key) or said for key, said in texts.items()}
    change_draft(
        draft.pk,
        values,
        by=request.viewer,
        now=request.now,
        seen=form.cleaned_data["revision"],
    )
    if deed == "area":
        return SeeOther(reverse("desk:draft_area", args=[draft.pk]))
    if deed:
        return SeeOther(reverse("desk:draft_edit", args=[draft.pk]) + "#texts")
    return done(request, _("The draft was kept."), "desk:draft", draft.pk)


def _worded(draft: Draft, values: dict[str, Any], language: str) -> dict[str, str]:
    hazard = values.get("hazard", draft.hazard)
    colour = values.get("colour", draft.colour)
    said = wording_of(hazard, Kind(draft.kind), colour, language)
    if said.is_empty and language in draft.texts:
        return {}
    return {
        "headline": said.headline,
        "description": said.description,
        "instruction": said.instruction,
    }


@require_http_methods(["GET", "POST"])
@may("alerts.compose")
def area(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Say where it applies: choose units, draw, or type coordinates."""
    draft = draft_asked(request, draft_id)
    page = DraftPage(request.viewer, draft, request.now)
    form = AreaForm(
        request.viewer, draft, units_to_choose(draft, page.composed.units), sent_form(request)
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_draft(
                draft.pk,
                form.values(),
                by=request.viewer,
                now=request.now,
                seen=form.cleaned_data["revision"],
            )
        except AlertRefused as refusal:
            return refused(request, refusal, "desk:draft", draft_id)
        where = "desk:draft_area" if request.POST.get("deed") == "again" else "desk:draft"
        messages.success(request, _("The area was kept."))
        return SeeOther(reverse(where, args=[draft_id]))
    island = maps.island_of(
        reverse("desk:draft_units", args=[draft_id]), maps.area_states(), top=draft.path
    )
    context = {"page": page, "draft": draft, "form": form, "map": {**island, "draws": True}}
    return render(request, "desk/drafts/area.html", context, status=422 if form.errors else 200)


@require_GET
@may("alerts.compose")
def show_units(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Give the map the area of a draft, and the units that lie in it."""
    page = DraftPage(request.viewer, draft_asked(request, draft_id), request.now)
    drawn = [(page.composed.place, page.composed.area.geojson)]
    return maps.as_features(maps.area_units(page.draft.path, page.places, drawn))
