"""How much a request may bring: little from everybody, more only where a file is awaited from somebody known.

Decided from the length that a request announces, before a byte of it is read.
What announces no length brings nothing: the server reads no further.

    @takes(64 << 20)
    @may("imports.run")
    def show_imports(request): …

What may not lie on a disk in the clear stays in memory, however large it is:

    @takes(4 << 20, in_memory=True)
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext as _

AROUND = 1 << 20
"""Bytes that a form sends around a file; a little too much is said beside the field, not on a page of its own."""


def is_signed_in(request: HttpRequest) -> bool:
    """Whether a person has signed in with his browser."""
    return bool(request.viewer)


class InMemoryHandler(MemoryFileUploadHandler):
    """Keeps a file in memory whatever its size; the framework would put a large one on the disk."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Take every file. How large it may be was asked before."""
        self.activated = True


def takes(
    size: int, *, known: Callable[[HttpRequest], bool] = is_signed_in, in_memory: bool = False
) -> Callable[[Any], Any]:
    """Let a view take files of so many bytes from whoever is known."""

    def mark(view: Any) -> Any:
        view.takes_bytes, view.takes_from = size + AROUND, known
        view.keeps_in_memory = in_memory
        return view

    return mark


class BodyMiddleware:
    """Refuses what brings more than its view takes. It stands before everything that reads a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if size := _announced(request):
            request._stream = _Whole(request._stream, size)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        """Answer a body that broke off; hardly anybody is still there to hear it."""
        return HttpResponseBadRequest() if isinstance(trouble, UnreadablePostError) else None

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer with 413, or let the view go on."""
        if getattr(view, "keeps_in_memory", False):
            request.upload_handlers = [InMemoryHandler(request)]
        size = _announced(request)
        if size <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return None
        if size > getattr(view, "takes_bytes", 0) or not view.takes_from(request):
            return _refuse(request)
        if request.content_type != "multipart/form-data":
            # A form's file goes where its handlers put it, piece by piece. Everything else the framework would
            # refuse here, by the one size it knows for all: so it finds the body read already.
            request._body = request.read()
        return None


class _Whole:
    """A body that is read whole or not at all: a phone that loses its network in between has sent nothing.

    A form would otherwise be taken without the photographs that did not come
    through, and sending it again would find it known.
    """

    def __init__(self, stream: Any, size: int):
        self._stream, self._left = stream, size

    def read(self, size: int | None = None) -> bytes:
        """Read on; an end before the announced one is an error."""
        if size is not None and size >= 0:
            return self._counted(self._stream.read(size), size)
        parts = []
        while self._left > 0:
            parts.append(self._counted(self._stream.read(self._left), self._left))
        return b"".join(parts)

    def readline(self, size: int = -1) -> bytes:
        """Read a line."""
        return self._counted(self._stream.readline(size), size)

    def close(self) -> None:
        """Let go of it."""
        self._stream.close()

    def _counted(self, data: bytes, asked: int) -> bytes:
        self._left -= len(data)
        if not data and asked and self._left > 0:
            raise OSError("the body ended before it was whole")
        return data


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refuse(request: HttpRequest) -> HttpResponse:
    if request.resolver_match and "api" in request.resolver_match.namespaces:
        detail = _("This is more than is taken in here at once.")
        body = {"type": "about:blank", "title": "Content Too Large", "status": 413}
        body |= {"code": "too-large", "detail": detail}
        return JsonResponse(body, status=413, content_type="application/problem+json")
    return render(request, "413.html", status=413)
