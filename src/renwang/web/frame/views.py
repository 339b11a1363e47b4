"""What belongs to no door: choosing a language and a theme."""

from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from renwang.chain.reach import NotInReach
from renwang.chain.services.people import change_person
from renwang.web.frame.context import THEME_COOKIE, THEMES

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponse:
    """Lead back to the page where the choice was made, never to another host."""
    page = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure()):
        page = "/"
    return redirect(page)


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Show this browser's pages in another language from now on; an unknown one changes nothing.

    Messages to a person follow what is known of him: changed here as well
    where he may change that himself.
    """
    response = _back(request)
    wish = request.POST.get("language", "")
    if wish in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, wish)
        if request.viewer:
            with suppress(NotInReach):
                change_person(
                    person=request.viewer.person, by=request.viewer, now=request.now, language=wish
                )
    return response


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Show this browser's pages in another theme from now on; an unknown one changes nothing."""
    response = _back(request)
    wish = request.POST.get("theme", "")
    if wish in THEMES:
        _remember(response, THEME_COOKIE, wish)
    return response
