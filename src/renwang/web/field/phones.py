"""Phones that work without a network: let one in, end it, call one lost; and what is kept of a page."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from renwang.chain.rules import Refusal
from renwang.response.fieldwork import rules, selectors, services
from renwang.response.fieldwork.models import Phone
from renwang.web.frame.gates import View, done, refused, sentence_of, signed_in
from renwang.web.frame.playing import Unsaid
from renwang.web.frame.signin import name_device

COOKIE = "renwang_phone"
YEAR = 365 * 24 * 3600
DOOR = "/field/"
CLEARED = '"cache", "storage", "cookies"'
_STATUS: dict[type[Exception], tuple[int, str]] = {
    rules.PhoneUnknown: (404, "unknown"),
    rules.PhoneOfAnother: (409, "other"),
    rules.PhoneEnded: (409, "ended"),
    rules.PhoneLost: (410, "lost"),
    rules.TooManyDeeds: (413, "many"),
    rules.PieceTooLarge: (413, "large"),
    rules.UploadUnknown: (404, "unknown"),
    rules.BatchUnread: (400, "unread"),
}


class PhoneMiddleware:
    """Answers a lost phone with 410 wherever it knocks at the field door, signed in or not.

    A page that is fetched to be kept (`X-Keep`) shows no messages: whoever
    opens it later would read them as new.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DOOR):
            return self.get_response(request)
        key = _asked(request)
        if key is not None and services.wipe_lost_phone(key, now=request.now):
            return tell_lost(key)
        if is_kept(request):
            request._messages = Unsaid(request)
        return self.get_response(request)


def is_kept(request: HttpRequest) -> bool:
    """Whether a phone fetches this page to keep it: nobody has read it by that."""
    return request.headers.get("X-Keep") == "1"


def _asked(request: HttpRequest) -> UUID | None:
    said = request.headers.get("X-Phone") or request.COOKIES.get(COOKIE, "")
    try:
        return UUID(said)
    except ValueError:
        return None


def tell_lost(key: UUID) -> HttpResponse:
    """Tell a lost phone to wipe itself, in words for its browser and for its script."""
    answer = JsonResponse({"phone": str(key), "why": "lost"}, status=410)
    answer["Clear-Site-Data"] = CLEARED
    answer["Cache-Control"] = "no-store"
    answer.delete_cookie(COOKIE)
    return answer


def by_phone(view: View) -> View:
    """Let only a phone through that was let in and whose person has signed in; `request.phone` is it.

    Everything is answered in JSON and nothing leads elsewhere: a script reads it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.viewer:
            return _no_store(JsonResponse({"why": "signed out"}, status=401))
        try:
            request.phone = services.meet_phone(
                phone_id_of(request),
                session=request.session.session_key or "",
                by=request.viewer,
                now=request.now,
            )
            answer = view(request, *args, **kwargs)
        except Refusal as refusal:
            return tell_refusal(request, refusal)
        if COOKIE not in request.COOKIES:
            remember_phone(answer, request.phone)
        return _no_store(answer)

    return guarded


def phone_id_of(request: HttpRequest) -> UUID:
    """Read which phone it is. Refuses with `BatchUnread`."""
    return rules.read_id(request.headers.get("X-Phone"), "phone")


def tell_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Tell a script what is refused, by status and word; one that no phone knows is a fault of ours."""
    if isinstance(refusal, rules.PhoneLost):
        return tell_lost(phone_id_of(request))
    if type(refusal) not in _STATUS:
        raise refusal
    status, why = _STATUS[type(refusal)]
    return _no_store(JsonResponse({"why": why, "sentence": sentence_of(refusal)}, status=status))


def remember_phone(answer: HttpResponse, phone: Phone) -> None:
    """Let the browser say by itself which phone it is."""
    answer.set_cookie(
        COOKIE, str(phone.pk), max_age=YEAR, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def _no_store(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer


def said_by(request: HttpRequest) -> Any:
    """Read the JSON of a request. Refuses with `BatchUnread`."""
    try:
        return orjson.loads(request.body)
    except ValueError:
        raise rules.BatchUnread(what="JSON") from None


@require_http_methods(["GET", "HEAD", "POST"])
def meet(request: HttpRequest) -> HttpResponse:
    """Show their owner his phones; let one in that asks for it."""
    return let_in(request) if request.method == "POST" else show_phones(request)


def let_in(request: HttpRequest) -> HttpResponse:
    """Let this browser work without a network."""
    if not request.viewer:
        return JsonResponse({"why": "signed out"}, status=401)
    try:
        said = said_by(request)
        key = rules.read_id(said.get("phone") if isinstance(said, dict) else None, "phone")
        name = said.get("name")
        phone = services.let_phone_in(
            key,
            name if isinstance(name, str) else name_device(request.headers.get("User-Agent", "")),
            session=request.session.session_key or "",
            by=request.viewer,
            now=request.now,
        )
    except Refusal as refusal:
        return tell_refusal(request, refusal)
    # A phone is switched off and on again, and what it keeps still has to go out.
    request.session.set_expiry(settings.SESSION_COOKIE_AGE)
    answer = JsonResponse(_told(phone, request.now))
    remember_phone(answer, phone)
    return _no_store(answer)


def _told(phone: Phone, now: datetime) -> dict[str, str]:
    return {
        "phone": str(phone.pk),
        "person": str(phone.person_id),
        "let_in_at": phone.let_in_at.isoformat(),
        "now": now.isoformat(),
    }


@require_POST
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Hear that a phone wipes itself, because its person signs out there."""
    if not request.viewer:
        return JsonResponse({"why": "signed out"}, status=401)
    try:
        services.end_phone(key, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return tell_refusal(request, refusal)
    answer = JsonResponse({"phone": str(key)})
    answer.delete_cookie(COOKIE)
    return _no_store(answer)


# --- for their owner ---------------------------------------------------------------


@signed_in
def show_phones(request: HttpRequest) -> HttpResponse:
    """List my phones; one that is lost can be called so from here."""
    phones = selectors.phones_of(request.viewer.person)
    this = request.COOKIES.get(COOKIE, "")
    return render(request, "field/phones.html", {"phones": phones, "this": this})


@require_POST
@signed_in
def call_lost(request: HttpRequest, key: UUID) -> HttpResponse:
    """Call a phone of mine lost."""
    try:
        services.call_phone_lost(key, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "field:phones")
    sentence = _("Called lost. It is signed out, and wipes itself as soon as it comes back.")
    return done(request, sentence, "field:phones")
