"""What a person does with a facility: enter and change it, say where it stands, open it, inspect, mend, write its rooms."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from renwang.chain.rules import Refusal
from renwang.chain.selectors.naming import topmost_units
from renwang.registers.facilities import photos, services
from renwang.registers.facilities.kinds import Kind, known_terms
from renwang.registers.facilities.models import Defect, Facility
from renwang.registers.facilities.naming import kind_choices, say_kind
from renwang.registers.facilities.rules import Act
from renwang.registers.facilities.selectors.listing import (
    defect_of,
    photo_of,
    posts_for,
)
from renwang.registers.photos import LARGEST
from renwang.registers.risks.models import Risk
from renwang.registers.risks.services import Found, report_risk
from renwang.web.desk import lists
from renwang.web.desk.facilities import acts_of, page_of
from renwang.web.desk.forms.facilities import (
    AssignForm,
    DefectForm,
    FacilityForm,
    InspectForm,
    RoomForm,
    StateForm,
)
from renwang.web.desk.forms.risks import PhotoForm
from renwang.web.frame.bodies import takes
from renwang.web.frame.gates import done, may, not_done, refused, sent_form, sentence_of, signed_in

Crumbs = list[tuple[str, str]]


def _do(
    request: HttpRequest, ref: str, deed: Callable[..., Any], sentence: str, *said: Any, **more: Any
) -> HttpResponse:
    """Do one thing and go back with what came of it; `said` begins with the key of what it is done to."""
    try:
        deed(*said, by=request.viewer, now=request.now, **more)
    except Refusal as refusal:
        return refused(request, refusal, "desk:facility", ref)
    return done(request, sentence, "desk:facility", ref)


def _say_first(request: HttpRequest, ref: str, form: Any) -> HttpResponse:
    """Go back where a form was not filled in, saying the first thing that is wrong with it."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return not_done(request, f"{label}: {errors[0]}", "desk:facility", ref)


def _words(request: HttpRequest) -> str:
    return request.POST.get("words", "")[:2000]


def _crumbs(one: Facility | None, title: str) -> Crumbs:
    here = [(one.name, reverse("desk:facility", args=[one.ref]))] if one else []
    return [(_("Facilities"), reverse("desk:facilities")), *here, (title, "")]


# --- entering and changing ---------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may("facilities.keep")
def add(request: HttpRequest) -> HttpResponse:
    """Put a facility on the list: first its kind, then what is asked of that kind."""
    kind = known_terms().kinds.get(request.GET.get("kind", ""))
    if kind is None:
        crumbs = _crumbs(None, _("Put a facility on the list"))
        context = {"groups": kind_choices(), "crumbs": crumbs}
        return render(request, "desk/facilities/kinds.html", context)
    unit = lists.unit_asked(request) or next(
        iter(topmost_units(request.viewer, "facilities.keep")), None
    )
    form = FacilityForm(request.viewer, kind, sent_form(request), initial={"unit": unit})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.enter_facility(
                form.entered(), form.cleaned_data["unit"], by=request.viewer, now=request.now
            )
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            sentence = _("On the list as {ref}.").format(ref=made.ref)
            return done(request, sentence, "desk:facility", made.ref)
    title = _("Put on the list: {kind}").format(kind=say_kind(kind.key))
    lead = _("What is not known yet stays empty; nothing is reckoned with that nobody has said.")
    return lists.show_form(
        request, form, title, lead, _crumbs(None, title), _("Put it on the list")
    )


@require_http_methods(["GET", "POST"])
@may("facilities.keep")
def change(request: HttpRequest, ref: str) -> HttpResponse:
    """Change what is known of a facility."""
    one = page_of(request, ref).facility
    kind = _kind_of(one)
    form = FacilityForm(
        request.viewer, kind, sent_form(request), initial=FacilityForm.initial_of(one)
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_facility(
                one.pk,
                form.entered(),
                form.cleaned_data["unit"],
                by=request.viewer,
                now=request.now,
            )
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("The change was kept."), "desk:facility", ref)
    title = _("Change what is known")
    return lists.show_form(
        request, form, title, say_kind(one.kind), _crumbs(one, title), _("Keep the change")
    )


def _kind_of(one: Facility) -> Kind:
    kind = known_terms().kinds.get(one.kind)
    if kind is None:
        raise Http404(one.kind)
    return kind


# --- where it stands ---------------------------------------------------------------------


@require_POST
@may("facilities.keep")
def change_state(request: HttpRequest, ref: str) -> HttpResponse:
    """Say where a facility stands from now on."""
    one = page_of(request, ref).facility
    form = StateForm(acts_of(one.state), request.POST, prefix="state")
    if not form.is_valid():
        return _say_first(request, ref, form)
    said = form.cleaned_data
    return _do(
        request,
        ref,
        services.change_state,
        _("It is kept where it stands."),
        one.pk,
        Act(said["act"]),
        reason=said["reason"],
        expected_on=said["expected_on"],
    )


@require_POST
@may("facilities.keep")
def open_up(request: HttpRequest, ref: str) -> HttpResponse:
    """Open a facility for people."""
    one = page_of(request, ref).facility
    sentence = _("It is open. Everybody can see it on the public page.")
    return _do(request, ref, services.open_facility, sentence, one.pk, reason=_words(request))


@require_POST
@may("facilities.keep")
def shut(request: HttpRequest, ref: str) -> HttpResponse:
    """Shut what was opened."""
    one = page_of(request, ref).facility
    sentence = _("It is no longer open for people.")
    return _do(request, ref, services.shut_facility, sentence, one.pk, reason=_words(request))


@require_http_methods(["GET", "POST"])
@may("facilities.report")
def inspect(request: HttpRequest, ref: str) -> HttpResponse:
    """Record that somebody looked at a facility."""
    one = page_of(request, ref).facility
    today = timezone.localdate(request.now, timezone.get_default_timezone())
    form = InspectForm(known_terms().kinds.get(one.kind), sent_form(request), initial={"on": today})
    if request.method == "POST" and form.is_valid():
        try:
            services.record_inspection(one.pk, form.looked(), by=request.viewer, now=request.now)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("The inspection was recorded."), "desk:facility", ref)
    title = _("Record an inspection")
    lead = _("The next one is due from the day of this one.")
    return lists.show_form(request, form, title, lead, _crumbs(one, title), _("Record it"))


# --- defects -----------------------------------------------------------------------------


@require_POST
@may("facilities.report")
def report_defect(request: HttpRequest, ref: str) -> HttpResponse:
    """Say that something is broken."""
    one = page_of(request, ref).facility
    form = DefectForm(posts_for(request.viewer, one.unit), request.POST, prefix="defect")
    if not form.is_valid():
        return _say_first(request, ref, form)
    return _do(
        request,
        ref,
        services.report_defect,
        _("It is on the list of defects."),
        one.pk,
        form.broken(),
    )


def _defect(request: HttpRequest, ref: str, number: int) -> Defect:
    found = defect_of(page_of(request, ref), number)
    if found is None:
        raise Http404(str(number))
    return found


@require_POST
@signed_in
def mend(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Say that a defect is mended."""
    one = _defect(request, ref, number)
    return _do(
        request, ref, services.mend_defect, _("The defect is mended."), one.pk, _words(request)
    )


@require_POST
@may("facilities.keep")
def drop(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Give a defect up."""
    one = _defect(request, ref, number)
    sentence = _("The defect was given up.")
    return _do(request, ref, services.drop_defect, sentence, one.pk, reason=_words(request))


@require_POST
@may("facilities.report")
def reopen(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Say that a defect is there again."""
    one = _defect(request, ref, number)
    sentence = _("The defect is open again.")
    return _do(request, ref, services.reopen_defect, sentence, one.pk, reason=_words(request))


@require_POST
@may("facilities.keep")
def assign(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Give a defect to another post, or until another day."""
    one = _defect(request, ref, number)
    posts = posts_for(request.viewer, page_of(request, ref).facility.unit)
    form = AssignForm(posts, request.POST, prefix="assign")
    if not form.is_valid():
        return _say_first(request, ref, form)
    sentence = _("The defect was given to them.")
    day = form.cleaned_data["due_on"]
    return _do(
        request, ref, services.assign_defect, sentence, one.pk, form.post_chosen(), due_on=day
    )


@require_POST
@may("risks.report")
def raise_risk(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Put a defect on the risk list, in its own words; each then leads to the other."""
    defect = _defect(request, ref, number)
    facility = page_of(request, ref).facility
    try:
        risk = _as_risk(request, facility, defect)
    except Refusal as refusal:
        return refused(request, refusal, "desk:facility", ref)
    sentence = _("On the risk list as {ref}.").format(ref=risk.ref)
    return done(request, sentence, "desk:risk", risk.ref)


@transaction.atomic
def _as_risk(request: HttpRequest, facility: Facility, defect: Defect) -> Risk:
    who: dict[str, Any] = {"by": request.viewer, "now": request.now}
    found = Found(
        words=f"{facility.name}：{defect.words}",
        found_at=defect.found_at,
        place=(facility.address or facility.name)[:120],
        lon=facility.lon,
        lat=facility.lat,
        origin=facility.ref,
        outside=f"defect:{defect.pk}",  # pressing twice is one risk
    )
    risk = report_risk(found, facility.unit, **who)
    services.join_risk(defect.pk, risk.ref, **who)
    return risk


# --- rooms -------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may("facilities.keep")
def keep_room(request: HttpRequest, ref: str, number: int = 0) -> HttpResponse:
    """Write a room: a new one, or one that is there."""
    page = page_of(request, ref)
    room = next((one for one in page.rooms if one.number == number), None)
    if (number and room is None) or not _kind_of(page.facility).has_rooms:
        raise Http404(str(number))
    initial = RoomForm.initial_of(room) if room else {}
    form = RoomForm(sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        deed = {"number": number} if number else {}
        return _do(
            request,
            ref,
            services.keep_room,
            _("The room was kept."),
            page.facility.pk,
            form.said(),
            **deed,
        )
    title = room.name if room else _("Add a room")
    lead = _("What it is every day, and what it is in an emergency.")
    return lists.show_form(
        request, form, title, lead, _crumbs(page.facility, title), _("Keep the room")
    )


@require_POST
@may("facilities.keep")
def strike_room(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Strike a room off."""
    page = page_of(request, ref)
    if all(one.number != number for one in page.rooms):
        raise Http404(str(number))
    sentence = _("The room was struck off.")
    return _do(request, ref, services.strike_room, sentence, page.facility.pk, number)


# --- photographs -------------------------------------------------------------------------


@takes(LARGEST)
@require_POST
@may("facilities.report")
def photograph(request: HttpRequest, ref: str) -> HttpResponse:
    """Add a photograph."""
    one = page_of(request, ref).facility
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _say_first(request, ref, form)
    data = form.cleaned_data["photo"].read(LARGEST + 1)
    return _do(
        request, ref, photos.photograph_facility, _("The photograph was added."), one.pk, data
    )


@require_POST
@signed_in
def remove_photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Remove a photograph for good, saying why."""
    photo = photo_of(request.viewer, key)
    if photo is None:
        raise Http404(str(key))
    sentence = _("The photograph is gone, here and from every backup that is brought back.")
    return _do(
        request, photo.facility.ref, photos.remove_photo, sentence, key, reason=_words(request)
    )
