"""Opening the care list in an emergency, with a reason and an end; and who did."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from renwang.chain.reach import NotInReach
from renwang.registers.care import finding, services
from renwang.registers.care.models import Opening
from renwang.registers.care.rules import CareRefused
from renwang.web.desk.forms.care import OpenForm
from renwang.web.frame.gates import done, refused, sent_form, sentence_of, signed_in


@require_http_methods(["GET", "POST"])
@signed_in
def show_openings(request: HttpRequest) -> HttpResponse:
    """Show the openings at one's places, and open for those who may."""
    viewer = request.viewer
    if not (viewer.may("care.open") or viewer.may("care.keep")):
        raise NotInReach("care.open", "")
    form = OpenForm(viewer, sent_form(request))
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            services.open_list(
                said["unit"], said["reason"], said["until_at"], by=viewer, now=request.now
            )
            return done(request, _("Open. Every entry you look into is recorded."), "desk:care")
        except CareRefused as refusal:
            form.add_error(None, sentence_of(refusal))
    context = {
        "form": form,
        "openings": [(one, _is_open(request, one)) for one in finding.openings_seen(viewer)],
    }
    status = 422 if form.errors else 200
    return render(request, "desk/care/openings.html", context, status=status)


def _is_open(request: HttpRequest, one: Opening) -> bool:
    return one.ended_at is None and one.until_at > request.now


@require_POST
@signed_in
def close(request: HttpRequest, opening_id: UUID) -> HttpResponse:
    """Close an opening before its end."""
    try:
        services.close_list(opening_id, by=request.viewer, now=request.now)
    except CareRefused as refusal:
        return refused(request, refusal, "desk:care_openings")
    return done(request, _("Closed again."), "desk:care_openings")
