"""The desk's first page: what matters now, at the places of whoever looks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from renwang.base import journal
from renwang.web.desk import maps
from renwang.web.desk.home_page import HomePage
from renwang.web.desk.live import answer_live
from renwang.web.frame.gates import signed_in


@require_GET
@signed_in
def show_home(request: HttpRequest) -> HttpResponse:
    """Show what matters now."""
    page = HomePage(request.viewer, request.now)
    units = f"{reverse('desk:home_units')}"
    if page.gravest is None:
        island = maps.island_of(units, maps.ordinary_states(), top=page.top)
    else:
        island = maps.island_of(units, maps.coverage_states(), top=page.top, every=10)
    context = {"page": page, "map": island if page.top else None, "seq": journal.last_seq()}
    return render(request, "desk/home/home.html", context)


@require_GET
@signed_in
def show_live(request: HttpRequest) -> HttpResponse:
    """Answer the first page's question whether anything is new."""
    return answer_live(
        request,
        lambda: render(
            request, "desk/home/_home.html", {"page": HomePage(request.viewer, request.now)}
        ),
        seq=journal.last_seq(),
    )


@require_GET
@signed_in
def show_facts(request: HttpRequest) -> HttpResponse:
    """Tell what happened here last: a part of the first page that comes when one looks at it."""
    page = HomePage(request.viewer, request.now)
    return render(request, "desk/home/_facts.html", {"facts": page.facts})


@require_GET
@signed_in
def show_units(request: HttpRequest) -> HttpResponse:
    """Give the map its units, coloured by what matters now."""
    page = HomePage(request.viewer, request.now)

    def draw() -> HttpResponse:
        if page.gravest is not None:
            return maps.as_features(maps.relay_units(page.gravest.notice, page.top))
        return maps.as_features(maps.ordinary_units(page.top))

    return answer_live(request, draw, seq=journal.last_seq())
