"""Puts on every request who looks, at what moment, in which language."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from renwang.base.pure.clock import read_clock
from renwang.chain import reach


class NullMiddleware:
    """Turns away an address that holds a NUL character: no text here has one, and PostgreSQL stumbles over it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest()
        return self.get_response(request)


class ViewerMiddleware:
    """Sets `request.now` and `request.viewer` (None for a visitor without sign-in).

    The language follows the person, unless he chose another one in this
    browser; a visitor's follows his choice, else the node's first language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = read_clock()
        request.viewer = SimpleLazyObject(lambda: _viewer(request))
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            language = request.viewer.language if request.user.is_authenticated else None
            translation.activate(language or settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


def _viewer(request: HttpRequest) -> reach.Viewer | None:
    if not request.user.is_authenticated:
        return None
    return reach.viewer_of(request.user.person, request.now)
