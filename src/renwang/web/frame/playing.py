"""Play a form that was filled in earlier into the view behind its address, as the person who filled it in.

A door says once which of its forms may be sent later, by the names of their
addresses (`register_forms`). The view is the one that the form itself would
have reached, with all its gates; only nobody looks at a page that answers it.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.base import BaseStorage
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from renwang.chain.reach import Viewer
from renwang.response.fieldwork.services import Form, Order, Played

_FORMS: set[str] = set()


def register_forms(namespace: str, names: Iterable[str]) -> None:
    """Let forms of a door be sent later, each named as in its `urls.py`."""
    _FORMS.update(f"{namespace}:{name}" for name in names)


def may_be_played(view_name: str) -> bool:
    """Whether the form behind an address may be sent later."""
    return view_name in _FORMS


class Player:
    """Reaches the forms as `services.take_deeds` asks for them."""

    def form_at(self, address: str) -> Form | None:
        """Find the form behind an address; None where none may be sent later."""
        match = _match(address)
        return Form(match.url_name or "", match.kwargs) if match else None

    def play(self, order: Order, *, by: Viewer) -> Played:
        """Send a form as that person, at that moment."""
        match = _match(order.address)
        if match is None:
            return Played(False, _("There is no such form."))
        with ExitStack() as open_files:
            request = _request(order, match, by, open_files)
            if _too_large(order, match):
                return Played(False, _("The file is too large."), order.address)
            try:
                answer = match.func(request, *match.args, **match.kwargs)
            except Http404:
                return Played(
                    False, _("What it was about is not there any more, or is no longer yours.")
                )
        return _read(answer, order)


def _match(address: str) -> ResolverMatch | None:
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return None
    return match if may_be_played(match.view_name) else None


def _too_large(order: Order, match: ResolverMatch) -> bool:
    if not order.files:
        return False
    return sum(size for _file, _path, size in order.files) > getattr(match.func, "takes_bytes", 0)


def _request(order: Order, match: ResolverMatch, by: Viewer, open_files: ExitStack) -> HttpRequest:
    request = HttpRequest()
    request.method = "POST"
    request.path = request.path_info = order.address.partition("?")[0]
    request.GET = QueryDict(order.address.partition("?")[2])
    request.POST = _posted(order.fields)
    request._files = MultiValueDict()
    for file, path, size in order.files:
        opened = open_files.enter_context(path.open("rb"))
        request._files.appendlist(
            file.field, UploadedFile(opened, file.name or "file", file.type, size)
        )
    request.FILES = request._files
    request.META = {"REQUEST_METHOD": "POST", "REMOTE_ADDR": ""}
    request.user, request.session = AnonymousUser(), {}
    request.viewer, request.now = by, order.at
    request.LANGUAGE_CODE = get_language()
    request.resolver_match = match
    request.htmx = False
    request.is_played = True
    request._messages = Unsaid(request)
    return request


def _posted(fields: Iterable[tuple[str, str]]) -> QueryDict:
    posted = QueryDict(mutable=True)
    for name, value in fields:
        posted.appendlist(name, value)
    posted._mutable = False
    return posted


class Unsaid(BaseStorage):
    """Messages that nobody is shown, and that take none away from where they are."""

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Any], bool]:
        return [], True

    def _store(self, *args: Any, **kwargs: Any) -> list[Any]:
        return []


def _read(answer: HttpResponse, order: Order) -> Played:
    went_well = getattr(answer, "went_well", None)
    sentence = getattr(answer, "sentence", "")
    if went_well is not None:
        return Played(went_well, sentence, answer.url, answer.again)
    return Played(
        False,
        sentence or _("The node did not take it. Open the page and do it there."),
        order.address,
    )
