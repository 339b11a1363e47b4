"""Terms: how long people get to answer a warning of a colour, and in which order they are told."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from renwang.alerts.rules import DEFAULT_TERMS
from renwang.alerts.services import set_term
from renwang.alerts.terms import colour_terms
from renwang.web.desk.forms.alerts import TermsForm
from renwang.web.frame.gates import done, may, sent_form

NO_COLOUR = "none"  # how an address names the terms of warnings without a colour


@require_GET
@may("alerts.see")
def show_terms(request: HttpRequest) -> HttpResponse:
    """Show the terms of every colour."""
    rows = [
        (colour, colour or NO_COLOUR, terms, terms != DEFAULT_TERMS.get(colour))
        for colour, terms in colour_terms().items()
    ]
    return render(request, "desk/terms/list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@may("node.operate")
def change_terms(request: HttpRequest, colour: str) -> HttpResponse:
    """Change the terms of one colour."""
    key = "" if colour == NO_COLOUR else colour
    known = colour_terms()
    if key not in known:
        raise Http404(colour)
    form = TermsForm.of(known[key], sent_form(request))
    if request.method == "POST" and form.is_valid():
        set_term(key, form.terms(), by=request.viewer, now=request.now)
        return done(
            request, _("The terms hold for every relay that starts from now on."), "desk:terms"
        )
    context = {"form": form, "colour": key, "shipped": DEFAULT_TERMS.get(key)}
    return render(request, "desk/terms/form.html", context, status=422 if form.errors else 200)
