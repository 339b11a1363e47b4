"""Wordings: what is said of each hazard and colour, shipped and changed here, with their versions."""

from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from renwang.alerts.composing.speaking import seconds_for
from renwang.alerts.composing.wordings import (
    Filling,
    Hazard,
    Texts,
    fill,
    hazards,
    tier_of,
    tiers_of,
)
from renwang.alerts.composing_rules import Kind
from renwang.alerts.wording import change_wording, list_wordings, versions_of, wording_of
from renwang.web.desk import lists
from renwang.web.desk.forms.composing import LANGUAGES, WordingForm
from renwang.web.frame.gates import done, may, sent_form

_SAMPLE_PLACES = {"zh-CN": "青石街道", "en": "Bluestone Sub-district"}


@require_GET
@may("alerts.compose")
def show_wordings(request: HttpRequest) -> HttpResponse:
    """List the wordings by hazard, kind and colour; ones changed here are marked."""
    text = lists.text_asked(request)
    category = request.GET.get("category", "")
    changed = bool(request.GET.get("changed"))
    rows: dict[str, dict[str, Any]] = {}
    for row in list_wordings(text, category, changed):
        group = rows.setdefault(row.hazard.key, {"hazard": row.hazard, "rows": []})
        group["rows"].append(row)
    context = {
        "groups": list(rows.values()),
        "text": text,
        "changed": changed,
        "language": "zh-CN" if (get_language() or "zh").startswith("zh") else "en",
    }
    return render(request, "desk/wordings/list.html", context)


def _meant(hazard: str, tier: str) -> tuple[Hazard, Kind, str]:
    found = hazards().get(hazard)
    for kind, colour in tiers_of(found) if found else ():
        if tier_of(kind, colour) == tier:
            return found, kind, colour
    raise Http404(f"{hazard}/{tier}")


@require_http_methods(["GET", "POST"])
@may("alerts.compose")
def change(request: HttpRequest, hazard: str, tier: str, language: str) -> HttpResponse:
    """Read a wording with its versions; an operator writes a new one or goes back to the shipped words."""
    found, kind, colour = _meant(hazard, tier)
    if language not in dict(LANGUAGES):
        raise Http404(language)
    texts = wording_of(hazard, kind, colour, language)
    form = WordingForm(sent_form(request), initial=asdict(texts))
    goes_back = request.POST.get("deed") == "shipped"
    if request.method == "POST" and (goes_back or form.is_valid()):
        said = None if goes_back else Texts(**form.cleaned_data)
        acting = {"by": request.viewer, "now": request.now}
        change_wording(hazard, kind, colour, language, said, **acting)
        return done(request, _("The wording was changed."), "desk:wording", hazard, tier, language)
    context = {
        "form": form,
        "versions": versions_of(hazard, tier, language),
        **_shown(found, kind, colour, language),
        **_sample(texts, request, language),
    }
    return render(
        request, "desk/wordings/wording.html", context, status=422 if form.errors else 200
    )


def _shown(hazard: Hazard, kind: Kind, colour: str, language: str) -> dict[str, Any]:
    """What of a wording its page names."""
    return {
        "hazard": hazard,
        "kind": kind,
        "colour": colour,
        "tier": tier_of(kind, colour),
        "language": language,
        "languages": [one for one in LANGUAGES if one[0] in ("zh-CN", "en", language)],
    }


def _sample(texts: Texts, request: HttpRequest, language: str) -> dict[str, Any]:
    """Fill the blanks with an invented place, so that one sees how it reads and how long it takes."""
    place = _SAMPLE_PLACES.get(language, _SAMPLE_PLACES["en"])
    filling = Filling(
        place=place, issuer=place, contact="023-00000000", begins_at=None, ends_at=request.now
    )
    said = fill(texts, filling, language, timezone.get_current_timezone())
    whole = said.headline + said.description + said.instruction
    return {"sample": said, "seconds": seconds_for(whole, language)}
