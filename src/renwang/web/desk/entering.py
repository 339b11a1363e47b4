"""Enter a warning by hand that came as words only: read, checked by a person, then taken in like any other."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from renwang.alerts import cap
from renwang.alerts.cap.words import explain as explain_cap
from renwang.alerts.plain_text import Entered, PlainText
from renwang.alerts.services.entering import enter_alert
from renwang.web.desk.forms.entering import EnterForm
from renwang.web.frame.gates import done, may


@require_http_methods(["GET", "POST"])
@may("alerts.receive")
def enter(request: HttpRequest) -> HttpResponse:
    """Take in what was entered."""
    if request.method == "GET":
        return show(request, EnterForm(request.viewer))
    form = EnterForm(request.viewer, request.POST)
    if not form.is_valid():
        return show(request, form)
    said = form.cleaned_data
    try:
        alert = enter_alert(_entered(said), said["unit"], by=request.viewer, now=request.now)
    except cap.CapRefused as refusal:
        form.add_error(None, explain_cap(refusal))
        return show(request, form)
    return done(request, _("The warning was taken in."), "desk:alert", alert.pk)


def show_read(request: HttpRequest, read: PlainText) -> HttpResponse:
    """Show what was read out of a text, to be checked before it is taken in."""
    return show(request, EnterForm(request.viewer, initial=_initial(read)))


def show(request: HttpRequest, form: EnterForm) -> HttpResponse:
    """Draw the form."""
    return render(
        request, "desk/alerts/enter.html", {"form": form}, status=422 if form.errors else 200
    )


def _initial(read: PlainText) -> dict[str, Any]:
    said = read.said
    return {
        "words": read.words,
        "headline": read.headline,
        "issuer": said.issuer or "",
        "issued_at": said.issued_at,
        "ends_at": read.expires_at,
        "hazard": said.hazard or "",
        "colour": (said.colour or "").lower(),
        "is_lifted": said.act is not None and said.act.value == "lifted",
    }


def _entered(said: dict[str, Any]) -> Entered:
    unit = said["unit"]
    return Entered(
        headline=said["headline"],
        words=said["words"],
        issuer=said["issuer"],
        issued_at=said["issued_at"],
        hazard=said["hazard"],
        colour=said["colour"].capitalize(),
        area=unit.name,
        code=unit.code,
        expires_at=said["ends_at"],
        is_lifted=said["is_lifted"],
    )
