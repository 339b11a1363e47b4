"""Who calls: a token with its scopes, or a person who is signed in with his browser."""

from typing import Any

from django.http import HttpRequest
from django.utils import translation
from ninja.security import APIKeyCookie, HttpBearer

from renwang.chain import reach
from renwang.chain.reach import Viewer
from renwang.chain.services.accounts import find_token
from renwang.web.api.problems import Problem


class ByToken(HttpBearer):
    """`Authorization: Bearer rw_…`: the token's person, with the token's scopes and nothing more."""

    openapi_name = "token"

    def authenticate(self, request: HttpRequest, token: str) -> Viewer | None:
        """Put the viewer of a token on the request; a token that is unknown or over lets nobody in."""
        found = find_token(token, request.now)
        if found is None:
            return None
        request.viewer = reach.viewer_of(found.person, request.now, scopes=found.scopes)
        if request.headers.get("Accept-Language"):
            translation.activate(translation.get_language_from_request(request))
        else:
            translation.activate(found.person.language)
        return request.viewer


class BySession(APIKeyCookie):
    """The session of the browser; acts need the CSRF token as on every other page."""

    openapi_name = "session"
    param_name = "renwang_session"

    def __init__(self) -> None:
        super().__init__(csrf=True)

    def authenticate(self, request: HttpRequest, key: str | None) -> Viewer | None:
        """Let the signed-in person in with all he may."""
        return request.viewer or None


ways_in = [ByToken(), BySession()]


def is_known(request: HttpRequest) -> bool:
    """Whether a request bears a token that is good, or comes from somebody who has signed in."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return find_token(token.strip(), request.now) is not None
    return bool(request.viewer)


def require(request: HttpRequest, capability: str, *, at: str | None = None) -> Viewer:
    """Return the viewer if he may do something (somewhere, or at a place), else raise NotInReach."""
    viewer: Any = request.viewer
    if not viewer.may(capability, at):
        raise reach.NotInReach(capability, at or "")
    return viewer


def found(thing: Any, what: str) -> Any:
    """Return a thing that was looked for, or answer 404: what is out of reach is not there."""
    if thing is None:
        raise Problem(404, "not-found", what)
    return thing
