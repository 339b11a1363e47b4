"""Live answers: "is there anything since 4711?" costs one indexed read while nothing happened.

`since` is the sealed number of the journal that the page was made at. The tag
is for what changes without a fact of its own, such as how many messages
channels have taken.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import get_language

from renwang.web.desk import lists


def answer_live(
    request: HttpRequest, draw: Callable[[], HttpResponse], *, seq: int, tag: str = ""
) -> HttpResponse:
    """Answer 304 while nothing is newer than what the page shows, else what `draw` draws.

    `seq` is the last fact that concerns the fragment; the answer's `X-Seq` is the next `since`.
    """
    mark = f'"{seq}-{tag}-{get_language()}"'
    if request.headers.get("If-None-Match") == mark:
        return HttpResponseNotModified(headers={"ETag": mark})
    since = request.GET.get("since", "")
    shown = lists.whole_number(since)
    if "If-None-Match" not in request.headers and not tag and shown is not None and shown >= seq:
        return HttpResponseNotModified(headers={"ETag": mark})
    response = draw()
    response.headers["ETag"] = mark
    response.headers["X-Seq"] = str(seq)
    response.headers["Cache-Control"] = "no-store"
    return response
