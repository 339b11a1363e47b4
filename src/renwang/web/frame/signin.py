"""How people sign in: accounts are made by those who look after them, never by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.views import AuthenticateView
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _

from renwang.base.pure.clock import read_clock
from renwang.chain import reach

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


class SecondFactorForm(AuthenticateForm):
    """A code of the second factor. Wrong ones count like wrong passwords: for all processes, in the database."""

    def clean_code(self) -> str:
        """Accept a right code; lock out who guesses."""
        request = context.request
        who = {"username": self.user.get_username()}
        if AxesProxyHandler.is_locked(request, who):
            request.axes_locked_out = True
            raise ValidationError(_("Too many failed attempts"))
        try:
            return super().clean_code()
        except ValidationError:
            AxesProxyHandler.user_login_failed(SecondFactorForm, credentials=who, request=request)
            raise


class SecondFactorView(AuthenticateView):
    """Asks for the second factor after the password was right."""

    form_class = SecondFactorForm


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Sign-in through an OpenID Connect provider that the node's operator trusts."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """A stranger whom the provider knows stays a stranger here."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Join the provider's identity to the account of the same sign-in name; refuse when there is none."""
        if sociallogin.is_existing:
            return
        name = _claimed_name(sociallogin.account.extra_data)
        account = _account_named(name)
        if account is None:
            refusal = (
                _("The other service did not say under which name you sign in here.")
                if not name
                else _(
                    "There is no account here for the name that the other service gave. Ask for one first."
                )
            )
            raise ImmediateHttpResponse(
                render(
                    request,
                    "socialaccount/authentication_error.html",
                    {"refusal": refusal},
                    status=403,
                )
            )
        sociallogin.connect(request, account)


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
