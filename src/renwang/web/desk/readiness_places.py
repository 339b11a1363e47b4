"""Readiness place by place: how many holes each part has, how that went over the last days, and looking anew."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from renwang.chain.models import Unit
from renwang.registers.readiness import saying, selectors
from renwang.registers.readiness.catalogue import checks
from renwang.registers.readiness.selectors import Day
from renwang.registers.readiness.services import ask_for_look
from renwang.web.desk import lists
from renwang.web.desk.readiness import TONES, sum_of
from renwang.web.frame.gates import SeeOther, may

DAYS = {"30": 30, "90": 90, "365": 365}


def place_asked(request: HttpRequest) -> Unit:
    """Find the place that is looked at: the one asked for, else the viewer's own."""
    own = request.viewer.places["readiness.see"][0]
    found = lists.unit_asked(request) or lists.unit_at_path(request, own)
    if found is None:
        raise Http404
    return found


@require_GET
@may("readiness.see")
def show_places(request: HttpRequest) -> HttpResponse:
    """Show the parts of a place with the number of their holes, the gravest first; numbers, and never a score."""
    unit, viewer, now = place_asked(request), request.viewer, request.now
    days = DAYS.get(request.GET.get("days", ""), 30)
    trend = selectors.trend_of(viewer, unit.path, now=now, days=days)
    below = selectors.count_below(viewer, unit, now)
    known = checks()
    context = {
        "unit": unit,
        "counts": sum_of(below.by_check.values()),
        "parts": below.parts,
        "by_check": [
            (known[key], saying.say_mender(known[key].mender), counts, TONES[known[key].severity])
            for key, counts in below.by_check.items()
            if key in known
        ],
        "trend": list(reversed(trend)),
        "chart": _chart(trend),
        "days": days,
        "spans": [(key, int(key)) for key in DAYS],
        "last": selectors.last_look(unit.path),
    }
    return render(request, "desk/readiness/places.html", context)


def _chart(trend: list[Day]) -> dict[str, Any]:
    """Draw the trend: one line for each gravity, one step a day."""
    zone = timezone.get_default_timezone()

    def points(name: str) -> list[list[float]]:
        return [
            [
                datetime.combine(day.on + timedelta(days=1), time(), zone).timestamp() * 1000,
                getattr(day, name),
            ]
            for day in trend
        ]

    return {
        "unit": "",
        "step": True,
        "lines": [
            {"name": _("Grave holes"), "points": points("grave")},
            {"name": _("Holes that need attention"), "points": points("attention")},
            {"name": _("Holes on paper"), "points": points("note")},
        ],
    }


@require_POST
@may("readiness.see")
def look(request: HttpRequest) -> HttpResponse:
    """Have everything at a place and below it looked at now; how far that is stands on the next page."""
    unit = lists.unit_at(request, request.POST.get("under", ""))
    job = ask_for_look(unit.path, by=request.viewer, now=request.now)
    return SeeOther(resolve_url("desk:readiness_look", job.pk))
