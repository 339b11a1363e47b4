"""Briefs that everybody may read: what a week brought, with no number below three."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from renwang.response.briefs.models import Brief
from renwang.response.briefs.rules import PUBLIC_FIGURES, State, shown_to_all
from renwang.response.briefs.selectors import figures_of, public_brief, public_briefs
from renwang.response.briefs.words import FIGURES


@require_safe
def show_briefs(request: HttpRequest) -> HttpResponse:
    """List them, the latest first."""
    return render(request, "public/briefs.html", {"briefs": public_briefs()})


@require_safe
def show_brief(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one; what was taken back says why and nothing else."""
    brief = public_brief(ref)
    if brief is None:
        raise Http404(ref)
    is_back = brief.state == State.WITHDRAWN
    context = {"brief": brief, "is_back": is_back, "figures": [] if is_back else _figures(brief)}
    return render(request, "public/brief.html", context)


def _figures(brief: Brief) -> list[tuple[Any, int | None]]:
    known = figures_of(brief)
    return [
        (FIGURES[key], shown_to_all(known[key]["number"])) for key in PUBLIC_FIGURES if key in known
    ]
