"""What I can mend, on the telephone: the holes of my places that I have the means to mend, the worst first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from renwang.registers.readiness import saying, selectors
from renwang.registers.readiness.models import SEVERITIES
from renwang.registers.readiness.rules import Severity
from renwang.registers.readiness.selectors import Wanted
from renwang.web.frame.gates import may

SHOWN = 50
_TONES = {Severity.GRAVE: "bad", Severity.ATTENTION: "attention", Severity.NOTE: "neutral"}


@require_safe
@may("readiness.see")
def show_readiness(request: HttpRequest) -> HttpResponse:
    """List what I can mend; what may stand is left out, and how many more there are is said."""
    viewer, wanted = request.viewer, Wanted(mine=True, waived=False)
    page = selectors.list_holes(viewer, wanted, now=request.now, size=SHOWN)
    places = selectors.units_at([one.path for one in page.items])
    people = selectors.people_named(viewer, page.items)
    rows = [
        {
            "name": saying.say_name(one),
            "sentence": saying.say_hole(one, people),
            "place": places[one.path].name if one.path in places else "",
            "severity": SEVERITIES[Severity(one.severity)],
            "tone": _TONES[Severity(one.severity)],
            "since": one.since_at,
        }
        for one in page.items
    ]
    context = {"rows": rows, "total": page.total, "more": page.total - len(rows)}
    return render(request, "field/readiness.html", context)
