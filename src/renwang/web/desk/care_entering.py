"""Enter somebody on the care list with his consent, change what stands there, hand out the slip with the private code."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from renwang.registers.care import services
from renwang.registers.care.rules import CareRefused
from renwang.registers.care.services import Entered
from renwang.web.desk import lists
from renwang.web.desk.care import entry_at, show
from renwang.web.desk.forms.care import ChangeForm, ConsentForm, DoorForm, EnterForm
from renwang.web.frame.gates import done, may, refused, sent_form, sentence_of


@require_http_methods(["GET", "POST"])
@may("care.keep")
def enter(request: HttpRequest) -> HttpResponse:
    """Put somebody on the list who agreed to it; the slip comes next."""
    form = EnterForm(request.viewer, sent_form(request))
    consent = ConsentForm(sent_form(request), now=request.now)
    if form.is_bound and all([form.is_valid(), consent.is_valid()]):
        try:
            made = services.enter_entry(
                form.household,
                form.content(),
                consent.consent(),
                by=request.viewer,
                now=request.now,
            )
            return _slip(request, made)
        except CareRefused as refusal:
            form.add_error(None, sentence_of(refusal))
    context = {"form": form, "consent": consent}
    status = 422 if form.errors or consent.errors else 200
    response = render(request, "desk/care/enter.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@may("care.keep")
def change(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Change what is sealed; the form came with the opened seal."""
    entry = entry_at(request, entry_id)
    form = ChangeForm(request.viewer, request.POST)
    if form.is_valid():
        try:
            services.change_entry(
                entry_id, form.content(), version=form.cleaned_data["version"], by=request.viewer,
                now=request.now,
            )  # fmt: skip
            return done(request, _("Changed, and confirmed by that."), "desk:care_entry", entry_id)
        except CareRefused as refusal:
            form.add_error(None, sentence_of(refusal))
    return show(request, entry, status=422, change=form)


@require_http_methods(["GET", "POST"])
@may("care.keep")
def move(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Give an entry another door: the person has moved, or the old door is off the books."""
    entry = entry_at(request, entry_id)
    form = DoorForm(request.viewer, sent_form(request))
    if form.is_bound and form.is_valid():
        try:
            services.move_entry(entry_id, form.household, by=request.viewer, now=request.now)
            sentence = _("It stands behind the new door now. Look whether the helpers still fit.")
            return done(request, sentence, "desk:care_entry", entry_id)
        except CareRefused as refusal:
            form.add_error(None, sentence_of(refusal))
    title = _("Another door")
    crumbs = [
        (_("Care list"), reverse("desk:care")),
        (entry.ref, reverse("desk:care_entry", args=[entry_id])),
        (title, ""),
    ]
    lead = _("Consent, words and helpers stay. Only where to knock changes.")
    return lists.show_form(request, form, title, lead, crumbs, _("Move it there"))


@require_POST
@may("care.keep")
def hand_out(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Print a new slip for one that was lost; the old code opens nothing any more."""
    entry_at(request, entry_id)
    try:
        made = services.renew_code(entry_id, by=request.viewer, now=request.now)
    except CareRefused as refusal:
        return refused(request, refusal, "desk:care")
    return _slip(request, made)


def _slip(request: HttpRequest, made: Entered) -> HttpResponse:
    """Show the consent slip once: its code is kept nowhere."""
    address = request.build_absolute_uri(reverse("field:looked"))
    context = {"entry": made.entry, "code": made.code, "address": address}
    response = render(request, "desk/care/slip.html", context)
    response["Cache-Control"] = "no-store"
    return response
