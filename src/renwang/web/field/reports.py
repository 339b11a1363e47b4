"""Reporting a signal with one hand: what I see, where, and what became of my reports."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from renwang.chain.selectors.naming import topmost_units
from renwang.signals import services
from renwang.signals.models import SIGNAL_STATES
from renwang.signals.rules import SignalRefused, SignalState, Source
from renwang.signals.selectors import reported_by
from renwang.signals.services import Report
from renwang.web.field.forms import ReportForm
from renwang.web.frame.gates import done, may, sent_form, sentence_of, show_form


@require_http_methods(["GET", "POST"])
@may("signals.report")
def report(request: HttpRequest) -> HttpResponse:
    """Say what I see. The id was made with the page, so that sending it twice is one report."""
    places = topmost_units(request.viewer, "signals.report")
    form = ReportForm(places, sent_form(request), now=request.now)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        told = Report(
            source=Source.PATROL,
            words=said["words"],
            noticed_at=request.now,
            hazard=said["hazard"],
            place=said["place"],
            person=request.viewer.person,
            outside=f"field:{said['id']}",
        )
        unit = next(one for one in places if one.ref == said["unit"])
        try:
            made = services.receive_signal(told, unit, by=request.viewer, now=request.now)
        except SignalRefused as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            return done(request, _("Reported as {ref}.").format(ref=made.ref), "field:report")
    mine = [(one, SIGNAL_STATES[SignalState(one.state)]) for one in reported_by(request.viewer)]
    return show_form(request, "field/report.html", form, {"mine": mine})
