"""The gates of the doors: who may come in, and how a refusal is said.

    @may("alerts.see")
    def show_alerts(request): …

A visitor without sign-in is led to signing in and back. Who may not do
something gets a page with the sentence, status 403. Other named refusals of
services are caught by the view with `refused` or `sentence_of`; the sentences
come from the packages that refuse, through `register_words`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from renwang.chain.reach import CAPABILITIES, NotInReach

View = Callable[..., HttpResponse]
Words = Callable[[Exception], str | Promise | None]

_WORDS: list[Words] = []


class SeeOther(HttpResponseRedirectBase):
    """After a deed: look at this page, and do not send the form again.

    `went_well` and `sentence` say what came of it to whoever played the form
    without a browser (`frame.playing`); None where the page has to say it.
    """

    status_code = 303
    went_well: bool | None = None
    sentence = ""
    again: Sequence[tuple[str, str]] = ()


def signed_in(view: View) -> View:
    """Let only people through who have signed in; a PermissionError of the view becomes its page."""
    return _gate(view, "")


def may(capability: str) -> Callable[[View], View]:
    """Let only people through who may do this somewhere. Where exactly is for the service or selector to ask."""
    if capability not in CAPABILITIES:
        raise KeyError(capability)
    return lambda view: _gate(view, capability)


def _gate(view: View, capability: str) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.viewer:
            return _to_sign_in(request)
        if capability and not request.viewer.may(capability):
            return refused_page(request, NotInReach(capability, ""))
        try:
            return view(request, *args, **kwargs)
        except PermissionError as refusal:
            return refused_page(request, refusal)

    guarded.capability = capability
    return guarded


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to signing in. A part of a page that script fetches leads the whole page there."""
    is_part = request.headers.get("HX-Request") or request.GET.get("since")
    back = request.get_full_path() if request.method == "GET" and not is_part else "/"
    address = f"{reverse('account_login')}?{urlencode({'next': back})}"
    if is_part:
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return SeeOther(address)


def refused_page(request: HttpRequest, refusal: Exception) -> HttpResponse:
    """Say on a page of its own what may not be done here, with status 403."""
    if is_played(request):
        return unshown(403, sentence_of(refusal))
    return render(request, "frame/refused.html", {"sentence": sentence_of(refusal)}, status=403)


def address_of(request: HttpRequest) -> str:
    """The address a request came from; behind a proxy that is believed, the one that the proxy names last."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR", "")


# --- what refusals say ------------------------------------------------------


def register_words(words: Words) -> None:
    """Let a package say its refusals: a function that gives the sentence, or None for those of others."""
    if words not in _WORDS:
        _WORDS.append(words)


def sentence_of(refusal: Exception) -> str:
    """Give the sentence for a refusal. One that nobody can say is a fault of ours and goes on up."""
    if isinstance(refusal, NotInReach):
        return _("You may not do this here: {deed}.").format(deed=CAPABILITIES[refusal.capability])
    for words in _WORDS:
        sentence = words(refusal)
        if sentence is not None:
            return str(sentence)
    if isinstance(refusal, PermissionError):
        return _("It lies outside what you were given for this place.")
    raise refusal


def sent_form(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was sent, even if that is nothing; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def is_played(request: HttpRequest) -> bool:
    """Whether a form is played that was filled in earlier: nobody looks at a page that answers it."""
    return getattr(request, "is_played", False)


def unshown(status: int, sentence: str) -> HttpResponse:
    """Answer a form that is played: what a page would have said."""
    answer = HttpResponse(status=status)
    answer.sentence = sentence
    return answer


def show_form(
    request: HttpRequest, template: str, form: BaseForm, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Show a form; with status 422 where something is wrong with what was filled in."""
    if form.errors and is_played(request):
        return unshown(422, errors_of(form))
    status = 422 if form.errors else 200
    return render(request, template, {**(context or {}), "form": form}, status=status)


def errors_of(form: BaseForm) -> str:
    """Say in one line what is wrong with a form."""
    said = []
    for name, errors in form.errors.items():
        label = f"{form.fields[name].label}: " if name in form.fields else ""
        said += [f"{label}{error}" for error in errors]
    return " ".join(said)


def done(request: HttpRequest, sentence: str | Promise, where: Any, *args: Any) -> SeeOther:
    """After a deed that went well: say so on the next page."""
    messages.success(request, sentence)
    return _led(True, sentence, where, *args)


def refused(request: HttpRequest, refusal: Exception, where: Any, *args: Any) -> SeeOther:
    """After a deed that was refused: say why on the next page. Nothing was changed."""
    return not_done(request, sentence_of(refusal), where, *args)


def not_done(request: HttpRequest, sentence: str | Promise, where: Any, *args: Any) -> SeeOther:
    """Where a deed was not even begun because something is missing: say what on the next page."""
    messages.error(request, sentence)
    return _led(False, sentence, where, *args)


def advised(
    request: HttpRequest,
    sentence: str | Promise,
    again: Sequence[tuple[str, str]],
    where: Any,
    *args: Any,
) -> SeeOther:
    """Where an advice stands against a form that is played: what it has to carry to be taken all the same."""
    answer = not_done(request, sentence, where, *args)
    answer.again = again
    return answer


def _led(went_well: bool, sentence: str | Promise, where: Any, *args: Any) -> SeeOther:
    answer = SeeOther(resolve_url(where, *args))
    answer.went_well, answer.sentence = went_well, str(sentence)
    return answer
