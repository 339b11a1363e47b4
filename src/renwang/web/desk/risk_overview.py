"""The risk list at a glance: its holes, the matrix, the map; surveys that feed it; the scale it is judged on."""

from datetime import datetime
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from renwang.base.pure.geometry import circle, to_geojson
from renwang.chain.models import Unit
from renwang.chain.rules import Refusal
from renwang.chain.selectors.drawing import drawn_units
from renwang.chain.selectors.naming import topmost_units
from renwang.chain.selectors.units import children
from renwang.registers.risks import services
from renwang.registers.risks.counting import (
    COUNTED_TO,
    FINDINGS,
    Matrix,
    count_findings,
    count_matrix,
    points_of,
    worst_by_unit,
)
from renwang.registers.risks.models import LEVELS
from renwang.registers.risks.naming import say_step
from renwang.registers.risks.scale import current_body, current_scale
from renwang.registers.risks.scale_rules import COLOURS, Level, Scale, ScaleRefused
from renwang.registers.risks.selectors import list_surveys, risks_of_survey, survey_of
from renwang.registers.risks.services import Looked
from renwang.registers.risks.words import say_fault
from renwang.web.desk import lists, maps
from renwang.web.desk.forms.risks import ScaleForm, SurveyForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, sent_form, sentence_of

_HOLES = {
    "late": (gettext_lazy("Late"), "bad"),
    "climbed": (gettext_lazy("Climbed to me"), "bad"),
    "unmeasured": (gettext_lazy("Without measures"), "bad"),
    "unjudged": (gettext_lazy("Not judged"), "attention"),
    "unanswered": (gettext_lazy("Answer owed"), "attention"),
    "unchecked": (gettext_lazy("To be checked"), "attention"),
    "running_out": (gettext_lazy("Acceptance runs out"), "attention"),
    "surveys": (gettext_lazy("Surveys overdue"), "attention"),
}
_TONES = {
    Level.RED: ("bad", "cross"),
    Level.ORANGE: ("attention", "stripes"),
    Level.YELLOW: ("info", "dots"),
    Level.BLUE: ("good", "solid"),
    Level.UNKNOWN: ("idle", "dots"),
}
CORNERS, SMALLEST_M, SHOWN = 16, 25, 500


def _place(request: HttpRequest) -> Unit:
    found = lists.unit_asked(request) or next(
        iter(topmost_units(request.viewer, "risks.see")), None
    )
    if found is None:
        raise Http404("no place")
    return found


@require_GET
@may("risks.see")
def show_overview(request: HttpRequest) -> HttpResponse:
    """Show the holes, the matrix and the map of a place; everything leads into the list."""
    place, viewer = _place(request), request.viewer
    below = list(children(viewer, place)[: maps.MOST_UNITS])
    sums = worst_by_unit(viewer, [one.path for one in below], top=place.path)
    rows = [(unit, *sums.get(unit.path, (0, 0, 0))) for unit in below]
    rows.sort(key=lambda row: (-row[1], -row[3], -row[2]))
    address = f"{reverse('desk:risk_units')}?{urlencode({'under': place.ref})}"
    scale, matrix = current_scale(), count_matrix(viewer, under=place)
    context = {
        "place": place,
        "holes": _holes(request, place),
        "matrix": _cells(scale, matrix, place),
        "harms": [say_step(step) for step in scale.harm],
        "total": matrix.total,
        "unjudged": matrix.unjudged,
        "rows": rows,
        "map": maps.island_of(address, _states(), top=place.path),
    }
    return render(request, "desk/risks/overview.html", context)


def _holes(request: HttpRequest, place: Unit) -> list[dict[str, Any]]:
    counts = count_findings(request.viewer, now=request.now, under=place)
    found = []
    for key in (*FINDINGS, "surveys"):
        label, tone = _HOLES[key]
        query = {"under": place.ref} | ({"due": "1"} if key == "surveys" else {"finding": key})
        name = "desk:risk_surveys" if key == "surveys" else "desk:risks"
        number = counts[key]
        found.append(
            {
                "label": label,
                "value": f"{COUNTED_TO}+" if number >= COUNTED_TO else number,
                "tone": tone if number else "good",
                "href": f"{reverse(name)}?{urlencode(query)}" if number else "",
            }
        )
    return found


def _cells(scale: Scale, matrix: Matrix, place: Unit) -> list[dict[str, Any]]:
    """Draw the matrix as rows, the likeliest first; a cell leads to the risks in it."""
    rows = []
    for likelihood in range(len(scale.likelihood), 0, -1):
        cells = []
        for harm in range(1, len(scale.harm) + 1):
            level = scale.level(likelihood, harm)
            query = urlencode({"likelihood": likelihood, "harm": harm, "under": place.ref})
            cells.append(
                {
                    "count": matrix.cells.get((likelihood, harm), 0),
                    "colour": COLOURS[level],
                    "word": LEVELS[level],
                    "href": f"{reverse('desk:risks')}?{query}",
                }
            )
        rows.append({"word": say_step(scale.likelihood[likelihood - 1]), "cells": cells})
    return rows


def _states() -> list[dict[str, str]]:
    states = [
        {"key": str(int(key)), "word": str(LEVELS[key]), "tone": tone, "pattern": pattern}
        for key, (tone, pattern) in _TONES.items()
    ]
    return [*states, {"key": "none", "word": _("None known"), "tone": "idle", "pattern": "none"}]


@require_GET
@may("risks.see")
def show_units(request: HttpRequest) -> HttpResponse:
    """Give the map its units, each as bad as its worst risk, and the worst risks themselves."""
    place, viewer = _place(request), request.viewer
    drawn = drawn_units(place.path, most=maps.MOST_UNITS)
    sums = worst_by_unit(viewer, [one.path for one in drawn], top=place.path)
    features = []
    for unit in drawn:
        worst, number, _grave = sums.get(unit.path, (0, 0, 0))
        note = ngettext("{n} risk", "{n} risks", number).format(n=number) if number else ""
        state = str(worst) if number else "none"
        features.append(maps.feature_of(unit, state, note))
    features += [_spot(one) for one in points_of(viewer, top=place.path, most=SHOWN)]
    return maps.as_features(features)


def _spot(risk: dict[str, Any]) -> dict[str, Any]:
    """Draw a risk as the ground it would reach, or as a spot where nobody has said how far."""
    area = circle(risk["lon"], risk["lat"], max(risk["reach_m"] or 0, SMALLEST_M), corners=CORNERS)
    properties = {"id": risk["ref"], "name": risk["title"], "state": str(risk["level"]), "note": ""}
    geometry = orjson.Fragment(orjson.dumps(to_geojson(area)))
    return {"type": "Feature", "geometry": geometry, "properties": properties}


# --- surveys ------------------------------------------------------------------------

_COLUMNS = [
    tables.Column(gettext_lazy("Survey")),
    tables.Column(gettext_lazy("Place")),
    tables.Column(gettext_lazy("Who looked")),
    tables.Column(gettext_lazy("Day"), sort="on"),
    tables.Column(gettext_lazy("Next due")),
]


@require_GET
@may("risks.see")
def show_surveys(request: HttpRequest) -> HttpResponse:
    """List who looked round where, and when the next look is due."""
    sort = lists.sort_asked(request, _COLUMNS, {"on": 1, "-on": 1}, "-on")
    wanted = {
        "under": lists.unit_asked(request),
        "text": lists.text_asked(request),
        "due": request.GET.get("due") == "1",
    }

    def fetch(cursor: str, size: int) -> Any:
        return list_surveys(
            request.viewer, now=request.now, sort=sort, cursor=cursor, size=size, **wanted
        )

    page = lists.cut(request, fetch)
    chips = tables.chips_of(request, "due", [("1", _("Next one overdue"))])
    context = {
        "surveys": page.items,
        "table": lists.frame_of(request, _COLUMNS, page, sort=sort, chips=chips, exports=[]),
        "is_narrowed": any(wanted.values()),
        "today": _today(request.now),
    }
    return render(request, "desk/risks/surveys.html", context)


def _today(now: datetime) -> Any:
    return timezone.localdate(now, timezone.get_default_timezone())


@require_http_methods(["GET", "POST"])
@may("risks.judge")
def add_survey(request: HttpRequest) -> HttpResponse:
    """Record a looking round."""
    unit = next(iter(topmost_units(request.viewer, "risks.judge")), None)
    initial = {"unit": unit, "on": _today(request.now)}
    form = SurveyForm(request.viewer, sent_form(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        names = ("title", "on", "who", "words", "every_days")
        looked = Looked(kind=form.kind_said(), **{name: said[name] for name in names})
        try:
            made = services.record_survey(looked, said["unit"], by=request.viewer, now=request.now)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            sentence = _("Recorded as {ref}. Now put what was found on the list.")
            return done(request, sentence.format(ref=made.ref), "desk:risk_survey", made.ref)
    title = _("Record a survey")
    crumbs = [(_("Surveys"), reverse("desk:risk_surveys")), (title, "")]
    lead = _("Experts, residents or a patrol have looked round: who, when, and when again.")
    return lists.show_form(request, form, title, lead, crumbs, _("Record it"))


@require_GET
@may("risks.see")
def show_survey(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a survey with the risks that it found."""
    survey = survey_of(request.viewer, ref)
    if survey is None:
        raise Http404(ref)
    risks = risks_of_survey(request.viewer, survey)
    context = {"survey": survey, "risks": risks, "today": _today(request.now)}
    return render(request, "desk/risks/survey.html", context)


# --- the scale ------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@may("risks.see")
def show_scale(request: HttpRequest) -> HttpResponse:
    """Show the scale that holds at this node; its operator may write another one."""
    form = ScaleForm(current_body(), sent_form(request))
    may_change = request.viewer.may("node.operate")
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            services.change_scale(form.changed(), by=request.viewer, now=request.now, reason=reason)
        except ScaleRefused as refusal:
            form.add_error(None, say_fault(refusal))
        else:
            return done(request, _("The new scale holds from now on."), "desk:risk_scale")
    context = {"form": form, "may_change": may_change, "scale": current_scale()}
    status = 422 if form.errors else 200
    return render(request, "desk/risks/scale.html", context, status=status)
