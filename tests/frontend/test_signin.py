"""Signing in: who is kept out, who gets in, and where he lands."""

from types import SimpleNamespace

import pytest
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse
from tests import make

from renwang.web.frame.signin import ProviderAdapter, name_device

PASSWORD = "eine-Brücke-über-den-Fluss"
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.frontend.addresses")]


@pytest.fixture
def accounts(cast):
    """Accounts of a duty officer, who works at the desk, and of a grid worker, who does not."""
    return SimpleNamespace(
        officer=make.account(cast.officer, "duty", PASSWORD),
        worker=make.account(cast.worker, "grid", PASSWORD),
    )


def browser(language: str) -> Client:
    """A browser whose language was chosen."""
    client = Client()
    client.cookies["renwang_language"] = language
    return client


@pytest.fixture
def english() -> Client:
    return browser("en")


def sign_in(client: Client, name: str, password: str = PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": name, "password": password, **more})


class TestKeptOut:
    def test_a_wrong_password(self, english, accounts):
        answer = sign_in(english, "duty", "wrong")
        assert answer.status_code == 200
        assert "_auth_user_id" not in english.session

    def test_after_too_many_failures_even_the_right_password(self, english, accounts, settings):
        for _ in range(settings.AXES_FAILURE_LIMIT):
            answer = sign_in(english, "duty", "wrong")
        assert answer.status_code == 429
        answer = sign_in(english, "duty")
        assert answer.status_code == 429
        assert "Too many failed attempts" in answer.content.decode()
        assert "15 minutes" in answer.content.decode()

    def test_others_are_not_locked_out_with_him(self, english, accounts, settings):
        for _ in range(settings.AXES_FAILURE_LIMIT):
            sign_in(english, "duty", "wrong")
        assert sign_in(english, "grid").status_code == 302

    def test_nobody_signs_up(self, english):
        answer = english.get(reverse("account_signup"))
        assert "There is no sign-up" in answer.content.decode()
        english.post(
            reverse("account_signup"),
            {"username": "new", "password1": PASSWORD, "password2": PASSWORD},
        )
        assert not get_user_model().objects.filter(username="new").exists()

    def test_a_closed_account(self, english, accounts):
        accounts.officer.is_active = False
        accounts.officer.save()
        sign_in(english, "duty")
        assert "_auth_user_id" not in english.session

    def test_no_way_to_another_host(self, english, accounts):
        answer = sign_in(english, "duty", next="https://elsewhere.example/")
        assert answer["Location"] == "/desk/"


class TestLetIn:
    def test_desk_work_leads_to_the_desk(self, english, accounts):
        assert sign_in(english, "duty")["Location"] == "/desk/"

    def test_work_on_the_way_leads_to_the_field(self, english, accounts):
        assert sign_in(english, "grid")["Location"] == "/field/"

    def test_the_page_that_was_wanted_comes_first(self, english, accounts):
        page = english.get(
            reverse("account_login"), {"next": "/design/?theme=dark"}
        ).content.decode()
        assert 'value="/design/?theme=dark"' in page
        assert (
            sign_in(english, "duty", next="/design/?theme=dark")["Location"]
            == "/design/?theme=dark"
        )

    def test_signing_out(self, english, accounts):
        sign_in(english, "duty")
        english.post(reverse("account_logout"))
        assert "_auth_user_id" not in english.session


class TestSecondFactor:
    @pytest.fixture
    def secret(self, accounts):
        cache.clear()  # it remembers which codes were used
        secret = "JBSWY3DPEHPK3PXP"
        TOTP.activate(accounts.officer, secret)
        return secret

    def code(self, secret: str) -> str:
        counter = next(iter(yield_hotp_counters_from_time()))
        return format_hotp_value(hotp_value(secret, counter))

    def test_the_password_alone_does_not_let_in(self, english, accounts, secret):
        answer = sign_in(english, "duty")
        assert answer["Location"].startswith(reverse("mfa_authenticate"))
        assert "_auth_user_id" not in english.session
        answer = english.post(reverse("mfa_authenticate"), {"code": "000000"})
        assert "_auth_user_id" not in english.session

    def test_codes_cannot_be_guessed(self, english, accounts, secret, settings):
        sign_in(english, "duty")
        for _ in range(settings.AXES_FAILURE_LIMIT):
            answer = english.post(reverse("mfa_authenticate"), {"code": "000000"})
        assert answer.status_code == 429
        answer = english.post(reverse("mfa_authenticate"), {"code": self.code(secret)})
        assert answer.status_code == 429
        assert "_auth_user_id" not in english.session
        assert sign_in(Client(), "duty").status_code == 429

    def test_a_code_that_was_used_opens_nothing_in_another_process(self, accounts, secret):
        code = self.code(secret)
        for client in (browser("en"), browser("en")):
            cache.clear()  # another process has a memory of its own
            sign_in(client, "duty")
            answer = client.post(reverse("mfa_authenticate"), {"code": code})
        assert "Incorrect code" in answer.content.decode()
        assert "_auth_user_id" not in client.session

    def test_nor_once_more_in_the_session_that_it_opened(self, english, accounts, secret):
        code = self.code(secret)
        sign_in(english, "duty")
        english.post(reverse("mfa_authenticate"), {"code": code})
        cache.clear()
        answer = english.post(reverse("mfa_reauthenticate"), {"code": code})
        assert (answer.status_code, "Incorrect code" in answer.content.decode()) == (200, True)

    def test_nor_in_an_open_session(self, english, accounts, secret, settings):
        self.enter(english, secret)
        again = reverse("mfa_reauthenticate")
        assert english.get(again).status_code == 200
        for _ in range(settings.AXES_FAILURE_LIMIT):
            answer = english.post(again, {"code": "000000"})
        assert answer.status_code == 429
        # A recovery code that nobody has used is right as well: the right code no longer helps.
        codes = RecoveryCodes.activate(accounts.officer).get_unused_codes()
        assert english.post(again, {"code": codes[0]}).status_code == 429
        assert sign_in(Client(), "duty").status_code == 429

    @pytest.mark.parametrize(
        ("name", "guess"),
        [
            ("account_reauthenticate", {"password": "wrong"}),
            (
                "account_change_password",
                {"oldpassword": "wrong", "password1": PASSWORD * 2, "password2": PASSWORD * 2},
            ),
        ],
    )
    def test_the_password_cannot_be_guessed_in_an_open_session(
        self, english, accounts, settings, name, guess
    ):
        sign_in(english, "duty")
        for _ in range(settings.AXES_FAILURE_LIMIT):
            answer = english.post(reverse(name), guess)
        assert answer.status_code == 429
        assert sign_in(Client(), "duty").status_code == 429

    def test_the_right_code_goes_on_to_what_was_wanted(self, english, accounts, secret):
        self.enter(english, secret)
        codes = RecoveryCodes.activate(accounts.officer).get_unused_codes()
        wanted = f"{reverse('mfa_reauthenticate')}?next=/design/"
        answer = english.post(wanted, {"code": codes[0], "next": "/design/"})
        assert (answer.status_code, answer["Location"]) == (302, "/design/")

    def test_the_right_password_changes_it(self, english, accounts):
        sign_in(english, "duty")
        new = PASSWORD * 2
        english.post(
            reverse("account_change_password"),
            {"oldpassword": PASSWORD, "password1": new, "password2": new},
        )
        assert sign_in(Client(), "duty", new).status_code == 302

    def enter(self, client: Client, secret: str) -> None:
        sign_in(client, "duty")
        client.post(reverse("mfa_authenticate"), {"code": self.code(secret)})
        assert "_auth_user_id" in client.session

    def test_password_and_code_do(self, english, accounts, secret):
        sign_in(english, "duty")
        page = english.get(reverse("mfa_authenticate")).content.decode()
        assert 'class="button button-primary"' in page
        english.post(reverse("mfa_authenticate"), {"code": self.code(secret)})
        assert "_auth_user_id" in english.session

    def test_codes_name_the_node(self, accounts):
        assert "Renwang" in mfa_adapter().build_totp_url(accounts.officer, "JBSWY3DPEHPK3PXP")


class TestOwnPages:
    @pytest.mark.parametrize(
        "name",
        ["mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "account_change_password",
         "usersessions_list", "account_reauthenticate", "account_logout"],
    )  # fmt: skip
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_each_is_drawn_by_the_frame(self, accounts, name, language):
        client = browser(language)
        sign_in(client, "duty")
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        answer = client.get(reverse(name))
        page = answer.content.decode()
        assert answer.status_code == 200
        assert 'class="sheet' in page
        assert f'lang="{ {"zh-hans": "zh-Hans"}.get(language, language) }"' in page

    def test_other_sessions_can_be_ended(self, accounts):
        here, there = Client(), Client()
        sign_in(here, "duty")
        sign_in(there, "duty")
        here.get(reverse("usersessions_list"))
        here.post(reverse("usersessions_list"))
        assert "_auth_user_id" in here.session
        assert "_auth_user_id" not in there.session

    def test_a_visitor_is_led_to_signing_in(self, english):
        answer = english.get(reverse("usersessions_list"))
        assert answer["Location"].startswith(reverse("account_login"))


class StubLogin(SimpleNamespace):
    """What allauth hands over after the provider said who somebody is."""

    is_existing = False
    joined = None

    def connect(self, request, account):
        self.joined = account


class TestProvider:
    def meet(self, claims):
        login = StubLogin(account=SimpleNamespace(extra_data=claims, provider="oidc"))
        request = RequestFactory().get("/")
        request.session = {}
        request.user = SimpleNamespace(is_authenticated=False)
        request.viewer = None
        ProviderAdapter().pre_social_login(request, login)
        return login.joined

    @pytest.mark.parametrize(
        "claims",
        [
            {},
            {"userinfo": {"preferred_username": ""}},
            {"preferred_username": "nobody"},
            {"email": "duty"},
            {"sub": "duty"},
        ],
    )
    def test_a_stranger_stays_one(self, accounts, claims):
        before = get_user_model().objects.count()
        with pytest.raises(ImmediateHttpResponse) as refusal:
            self.meet(claims)
        assert refusal.value.response.status_code == 403
        assert get_user_model().objects.count() == before

    def test_a_closed_account_is_not_joined(self, accounts):
        accounts.officer.is_active = False
        accounts.officer.save()
        with pytest.raises(ImmediateHttpResponse):
            self.meet({"preferred_username": "duty"})

    @pytest.mark.parametrize("part", ["userinfo", "id_token", None])
    def test_the_account_of_the_same_name_is_joined(self, accounts, part):
        claims = {"preferred_username": "duty"}
        assert self.meet({part: claims} if part else claims) == accounts.officer

    def test_who_was_joined_before_is_not_asked_again(self, accounts):
        login = StubLogin(account=SimpleNamespace(extra_data={}), is_existing=True)
        ProviderAdapter().pre_social_login(RequestFactory().get("/"), login)
        assert login.joined is None

    def test_the_provider_makes_no_accounts(self):
        assert not ProviderAdapter().is_open_for_signup(RequestFactory().get("/"), StubLogin())


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Linux; Android 12; HarmonyOS) AppleWebKit/537.36 Chrome/99 Mobile Safari/537.36", "Chrome · HarmonyOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) Version/16.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/107 MicroMessenger/8.0", "WeChat · Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537.36 Edg/120", "Edge · Windows"),
        ("curl/8.0", ""),
    ],
)  # fmt: skip
def test_devices_are_named_as_people_know_them(agent, said):
    assert name_device(agent) == said
