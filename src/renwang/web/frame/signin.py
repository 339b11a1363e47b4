"""How people sign in: accounts are made by those who look after them, never by signing up."""

from collections.abc import Callable
from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm
from allauth.account.views import PasswordChangeView
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter as second_factors
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import Provider
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _

from renwang.base.pure.clock import read_clock
from renwang.base.references import advance
from renwang.chain import reach
from renwang.web.frame import openid

# Who may do one of these sits at a desk; everybody else works on the way.
DESK_WORK = ("alerts.relay", "alerts.receive", "journal.read", "imports.run", "node.operate")


def workplace(viewer: reach.Viewer) -> str:
    """Say at which door a person works."""
    return "/desk/" if any(viewer.may(work) for work in DESK_WORK) else "/field/"


class AccountAdapter(DefaultAccountAdapter):
    """Password sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for himself."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead to the desk or to the field, by what the person may do. `?next=` has been honoured before."""
        person = getattr(request.user, "person", None)
        if person is None:
            return "/"
        return workplace(reach.viewer_of(person, read_clock()))


def count_guess(user: Any, check: Callable[[], str]) -> str:
    """Let somebody try a code or a password; wrong ones count like wrong sign-ins and lock out.

    They count in the database, for all processes alike, and in an open session
    too: whoever finds one open must not learn there what closes it to others.
    """
    request, who = context.request, {"username": user.get_username()}
    if AxesProxyHandler.is_locked(request, who):
        request.axes_locked_out = True
        raise ValidationError(_("Too many failed attempts"))
    try:
        return check()
    except ValidationError:
        AxesProxyHandler.user_login_failed(count_guess, credentials=who, request=request)
        raise


STEPS_OF_AN_HOUR = 120


def spend_code(factor: Authenticator, code: str) -> None:
    """Let a code of an authenticator app open one door once, in whichever process it is entered.

    The library remembers used codes in the memory of one process only. Here
    the step of time that the code belongs to goes into the database, and none
    that is not later counts again. Recovery codes are struck off there by the
    library itself. Raises ValidationError for a code that was used.
    """
    if factor.type != Authenticator.Type.TOTP:
        return
    secret = decrypt(factor.data["secret"])
    for step in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            if advance(f"totp-{factor.pk}", step, far=STEPS_OF_AN_HOUR):
                return
            break
    raise second_factors().validation_error("incorrect_code")


class SecondFactorForm(AuthenticateForm):
    """A code of the second factor, after the password was right."""

    def clean_code(self) -> str:
        """Accept a right code, once; lock out who guesses."""
        return count_guess(self.user, self._check)

    def _check(self) -> str:
        code = super().clean_code()
        spend_code(self.authenticator, code)
        return code


class SecondFactorView(AuthenticateView):
    """Asks for the second factor after the password was right."""

    form_class = SecondFactorForm


class SecondFactorAgainForm(ReauthenticateForm):
    """A code of the second factor, asked for once more in an open session."""

    def clean_code(self) -> str:
        """Accept a right code, once; lock out who guesses."""
        return count_guess(self.user, self._check)

    def _check(self) -> str:
        code = super().clean_code()
        spend_code(self.authenticator, code)
        return code


class SecondFactorAgainView(ReauthenticateView):
    """Asks for the second factor before something that matters."""

    form_class = SecondFactorAgainForm


class NewPasswordForm(ChangePasswordForm):
    """A new password, for who knows the old one."""

    def clean_oldpassword(self) -> str:
        """Accept the right old password; lock out who guesses."""
        return count_guess(self.user, super().clean_oldpassword)


class NewPasswordView(PasswordChangeView):
    """Changes one's own password."""

    form_class = NewPasswordForm


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Sign-in through an OpenID Connect provider that the node's operator trusts."""

    def get_provider(self, *arguments: Any, **more: Any) -> Provider:
        """Let every provider be spoken to through the adapter that checks what it says."""
        provider = super().get_provider(*arguments, **more)
        provider.oauth2_adapter_class = openid.Adapter
        return provider

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """A stranger whom the provider knows stays a stranger here."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Join the provider's identity to the account of the same sign-in name; refuse when there is none."""
        if sociallogin.is_existing:
            return
        name = _claimed_name(sociallogin.account.extra_data)
        account = _account_named(name)
        if not name:
            refuse(request, _("The other service did not say under which name you sign in here."))
        if account is None:
            refuse(
                request,
                _(
                    "There is no account here for the name that the other service gave. Ask for one first."
                ),
            )
        # A name that was given to somebody new over there must not open his predecessor's account.
        joined = account.socialaccount_set.filter(provider=sociallogin.account.provider)
        if joined.exists():
            refuse(
                request,
                _(
                    "Somebody else of the other service already signs in under this name. Tell the operator of the node."
                ),
            )
        sociallogin.connect(request, account)


def refuse(request: HttpRequest, sentence: str) -> NoReturn:
    """Send a visitor back whom the provider knows and the node does not let in."""
    page = "socialaccount/authentication_error.html"
    raise ImmediateHttpResponse(render(request, page, {"refusal": sentence}, status=403))


_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def name_device(agent: str) -> str:
    """Name browser and system as people know them; empty when neither is known."""
    known = (
        next((name for token, name in names if token in agent), "")
        for names in (_BROWSERS, _SYSTEMS)
    )
    return " · ".join(name for name in known if name)


def _claimed_name(claims: dict[str, Any]) -> str:
    """Read `preferred_username`, from the user information first, then from the token."""
    for part in (claims.get("userinfo"), claims.get("id_token"), claims):
        if isinstance(part, dict) and part.get("preferred_username"):
            return str(part["preferred_username"])
    return ""


def _account_named(name: str) -> Any | None:
    accounts = get_user_model()
    if not name:
        return None
    try:
        account = accounts._default_manager.get_by_natural_key(name)
    except accounts.DoesNotExist:
        return None
    return account if account.is_active else None
