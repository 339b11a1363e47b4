"""Signing in through a provider: who lies is refused, who is unknown stays a stranger, who is known comes in."""

import http.client
import time
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from tests import make
from tests.frontend.provider import CLIENT, SECRET, Provider

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.frontend.addresses")]


@pytest.fixture
def provider(settings):
    """A provider that the node trusts."""
    with Provider() as one:
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": "oidc",
                        "name": "City",
                        "client_id": CLIENT,
                        "secret": SECRET,
                        "settings": {"server_url": one.url},
                    }
                ],
            }
        }
        yield one


@pytest.fixture
def accounts(cast):
    """Accounts of a duty officer and of a grid worker, neither with a password."""
    return SimpleNamespace(
        officer=make.account(cast.officer, "duty"), worker=make.account(cast.worker, "grid")
    )


@pytest.fixture
def client() -> Client:
    browser = Client()
    browser.cookies["renwang_language"] = "en"
    return browser


def leave(client: Client) -> str:
    """Press the button on the sign-in page; say where the provider's page is."""
    client.cookies["renwang_language"] = "en"
    page = client.get(reverse("account_login")).content.decode()
    address = reverse("openid_connect_login", args=["oidc"])
    assert "Sign in with City" in page
    assert address in page
    return client.post(f"{address}?process=login")["Location"]


def visit(address: str) -> str:
    """Go to the provider as the browser does; say where it sends the browser."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    connection.close()
    assert answer.status == 302
    return answer.headers["Location"]


def come_back(client: Client, address: str):
    """Follow the way back to the node."""
    parts = urlsplit(address)
    assert parts.path == "/account/provider/oidc/oidc/login/callback/"
    return client.get(f"{parts.path}?{parts.query}")


def sign_in(client: Client):
    """The whole way."""
    return come_back(client, visit(leave(client)))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


class TestRefused:
    def test_a_stranger_is_told_so_and_no_account_is_made(self, client, provider, accounts):
        provider.person = {"sub": "0018", "preferred_username": "nobody"}
        before = get_user_model().objects.count()
        answer = sign_in(client)
        assert answer.status_code == 403
        assert "There is no account here for the name" in answer.content.decode()
        assert get_user_model().objects.count() == before
        assert not is_in(client)
        assert not SocialAccount.objects.exists()

    def test_who_gives_no_name_is_told_so(self, client, provider, accounts):
        provider.person = {"sub": "0017", "email": "duty@city.example"}
        answer = sign_in(client)
        assert answer.status_code == 403
        assert "did not say under which name" in answer.content.decode()

    def test_a_closed_account(self, client, provider, accounts):
        assert sign_in(client).status_code == 302
        client.logout()
        accounts.officer.is_active = False
        accounts.officer.save()
        sign_in(client)
        assert not is_in(client)

    def test_somebody_new_under_a_name_that_was_free_again(self, client, provider, accounts):
        sign_in(client)
        client.logout()
        provider.person = {"sub": "0099", "preferred_username": "duty"}
        answer = sign_in(client)
        assert answer.status_code == 403
        assert "Somebody else of the other service" in answer.content.decode()
        assert not is_in(client)

    @pytest.mark.parametrize(
        "lie",
        [
            {"nonce": "of another visit"},
            {"nonce": None},
            {"iss": "https://elsewhere.example"},
            {"aud": "another party"},
            {"aud": [CLIENT, "another party"], "azp": "another party"},
            {"exp": time.time() - 3600},
            {"exp": None},
            {"sub": None},
            {"sub": "0018"},  # not whom the user information is about
        ],
    )
    def test_a_token_that_says_something_else(self, client, provider, accounts, lie):
        def spoil(claims):
            claims.update(lie)
            for name in [name for name, value in lie.items() if value is None]:
                del claims[name]

        provider.spoil = spoil
        self.assert_refused(sign_in(client), client)

    def test_a_token_signed_by_somebody_else(self, client, provider, accounts):
        provider.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.assert_refused(sign_in(client), client)

    @pytest.mark.parametrize(("algorithm", "key"), [("HS256", SECRET * 3), ("none", "")])
    def test_a_token_that_anybody_could_have_signed(
        self, client, provider, accounts, algorithm, key
    ):
        provider.algorithm, provider.signs_with = algorithm, key
        if algorithm == "none":
            provider._sign = lambda nonce: (
                "eyJhbGciOiJub25lIiwia2lkIjoiZmlyc3QifQ.eyJzdWIiOiIwMDE3In0."
            )
        self.assert_refused(sign_in(client), client)

    def test_no_token_at_all(self, client, provider, accounts):
        provider.gives_token = False
        self.assert_refused(sign_in(client), client)

    def test_an_answer_that_this_browser_did_not_ask_for(self, client, provider, accounts):
        answer = visit(leave(client))
        other = Client()
        other.cookies["renwang_language"] = "en"
        self.assert_refused(come_back(other, answer), other)
        self.assert_refused(come_back(client, answer.replace("state=", "state=x")), client)

    def test_an_answer_that_comes_twice(self, client, provider, accounts):
        answer = visit(leave(client))
        assert come_back(client, answer).status_code == 302
        client.logout()
        client.cookies["renwang_language"] = "en"
        self.assert_refused(come_back(client, answer), client)

    def test_a_code_stolen_from_another_visit(self, client, provider, accounts):
        stolen = parse_qs(urlsplit(visit(leave(Client()))).query)["code"][0]
        mine = urlsplit(visit(leave(client)))
        state = parse_qs(mine.query)["state"][0]
        self.assert_refused(client.get(f"{mine.path}?code={stolen}&state={state}"), client)

    def test_a_provider_that_does_not_say_where_its_keys_are(self, client, provider, accounts):
        provider.spoil_config = lambda config: config.pop("jwks_uri")
        address = reverse("openid_connect_login", args=["oidc"])
        self.assert_refused(client.post(f"{address}?process=login"), client)

    def test_a_provider_that_is_away(self, client, provider, accounts, settings):
        apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
        apps[0]["settings"]["server_url"] = "http://127.0.0.1:9"
        address = reverse("openid_connect_login", args=["oidc"])
        self.assert_refused(client.post(f"{address}?process=login"), client)

    def test_a_provider_that_nobody_configured(self, client, provider):
        address = reverse("openid_connect_login", args=["another"])
        assert client.post(address).status_code == 404

    def assert_refused(self, answer, client):
        page = answer.content.decode()
        assert "The other service did not let you in" in page
        assert "It answered with an error or not at all" in page
        assert not is_in(client)


class TestLetIn:
    def test_a_known_person_comes_to_his_workplace(self, client, provider, accounts):
        assert sign_in(client)["Location"] == "/desk/"
        assert client.session["_auth_user_id"] == str(accounts.officer.pk)
        assert provider.asked == [
            "/.well-known/openid-configuration", "/authorize",
            "/.well-known/openid-configuration", "/token", "/userinfo", "/keys",
        ]  # fmt: skip

    def test_he_is_known_by_what_never_changes_once_he_was_here(self, client, provider, accounts):
        sign_in(client)
        client.logout()
        provider.person = {"sub": "0017", "preferred_username": "duty.officer"}  # renamed there
        sign_in(client)
        assert client.session["_auth_user_id"] == str(accounts.officer.pk)

    def test_his_second_factor_is_asked_for_here_as_well(self, client, provider, accounts):
        TOTP.activate(accounts.officer, "JBSWY3DPEHPK3PXP")
        assert sign_in(client)["Location"].startswith(reverse("mfa_authenticate"))
        assert not is_in(client)

    def test_the_page_that_was_wanted_comes_first(self, client, provider, accounts):
        address = reverse("openid_connect_login", args=["oidc"])
        away = client.post(f"{address}?process=login&next=/design/")["Location"]
        assert come_back(client, visit(away))["Location"] == "/design/"

    def test_nobody_is_led_to_another_host(self, client, provider, accounts):
        address = reverse("openid_connect_login", args=["oidc"])
        away = client.post(f"{address}?process=login&next=https://elsewhere.example/")["Location"]
        assert come_back(client, visit(away))["Location"] == "/desk/"
