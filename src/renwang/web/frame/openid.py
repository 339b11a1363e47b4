"""OpenID Connect, checked in full: the token's signature, for whom and by whom it is, and that it answers our question.

The library trusts a token that came over TLS unread. Here every token is
verified, because a node may reach its provider through a proxy of the house.
"""

from hashlib import sha256
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from requests import RequestException

from renwang.base.addresses import absolute

# Signatures that only the provider can make; never one made with the secret that both know.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
LEEWAY = 60  # seconds by which the provider's clock may differ


class Client(OAuth2Client):
    """Asks with a nonce."""

    def get_redirect_url(
        self, authorization_url: str, scope: list[str], extra_params: dict[str, str]
    ) -> str:
        """Add the nonce last, so that nobody's address can carry another one."""
        asked = {**extra_params, "nonce": nonce_of(self.state or "")}
        return super().get_redirect_url(authorization_url, scope, asked)


class Adapter(OpenIDConnectOAuth2Adapter):
    """Talks to the provider, and believes nothing that is not signed."""

    client_class = Client

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Let the provider send visitors back to the node's own address, whatever this one typed."""
        path = reverse("openid_connect_callback", kwargs={"provider_id": self.provider_id})
        return absolute(path) or super().get_callback_url(request, app)

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself; OAuth2Error where that is not enough to go on."""
        found = super().openid_config
        lacking = {
            "issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri",
        } - found.keys()  # fmt: skip
        if lacking:
            raise OAuth2Error(f"The provider does not say its {', '.join(sorted(lacking))}")
        return found

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **more: Any) -> Any:
        """Let in only with a token, and with user information about the same person."""
        if not more["response"].get("id_token"):
            raise OAuth2Error("The provider gave no id_token")
        login = super().complete_login(request, app, token, **more)
        said = login.account.extra_data
        if "userinfo" in said and said["userinfo"].get("sub") != said["id_token"]["sub"]:
            raise OAuth2Error("The user information is about somebody else")
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Verify a token; OAuth2Error says that something about it is wrong."""
        try:
            key = self._key_of(jwt.get_unverified_header(id_token))
            claims = jwt.decode(
                id_token,
                key,
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as trouble:
            raise OAuth2Error(f"The token is not valid: {type(trouble).__name__}") from trouble
        if claims.get("nonce") != nonce_of(self.request.GET.get("state", "")):
            raise OAuth2Error("The token answers another question")
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("The token was made for another party")
        return claims

    def _key_of(self, header: dict[str, Any]) -> jwt.PyJWK:
        """Find the key a token names; one that names none may mean the only one."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        name = header.get("kid")
        fitting = [key for key in keys if name is None or key.key_id == name]
        if len(fitting) != 1:
            raise OAuth2Error("The token names no key of the provider")
        return fitting[0]


def nonce_of(state: str) -> str:
    """Derive the nonce from the state, which is kept in the visitor's session and used once."""
    return sha256(f"nonce of {state}".encode()).hexdigest()


def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the visitor to the provider; say so where the provider does not answer."""
    try:
        adapter = Adapter(request, provider_id)
        return OAuth2LoginView.adapter_view(adapter)(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (RequestException, OAuth2Error) as trouble:
        return render_authentication_error(request, adapter.get_provider(), exception=trouble)


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Receive the visitor back from the provider."""
    try:
        return OAuth2CallbackView.adapter_view(Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (RequestException, OAuth2Error) as trouble:
        provider = Adapter(request, provider_id).get_provider()
        return render_authentication_error(request, provider, exception=trouble)
