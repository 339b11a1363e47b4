"""The script with which a browser keeps the last pages of a place, for when the node cannot be reached."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from renwang.web.frame import assets

SOURCE = "src/residents.ts"


@require_safe
def give_worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker from the top of the site, so that it may keep every page of this door."""
    data = assets.content_of(SOURCE)
    if data is None:
        raise Http404
    response = HttpResponse(data, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = "/"
    return response
