"""Checks of how the node is set up: its settings, its channels, and who can sign in."""

import warnings
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from renwang.base.environment import LOOPBACK
from renwang.chain.models import Account
from renwang.ops.doctor.findings import Level, Told
from renwang.outreach.channels import WrongChannels, configured


def configuration(now: datetime) -> Told:
    """Settings that hold together, and that are not left as for a trial."""
    found: Told = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        problems = [one for one in run_checks() if one.level >= WARNING and not one.is_silenced()]
    for problem in problems:
        found.append((Level.WARN, f"{problem.id}: {problem.msg}", problem.hint or ""))
    public = settings.RENWANG_PUBLIC_URL
    if settings.DEBUG:
        found.append((Level.BAD, say("Debugging is on."), say("Unset RENWANG_DEBUG.")))
    if settings.DEMO:
        found.append(
            (
                Level.WARN,
                say("This is a demo node: its sign-ins are printed for everybody."),
                say("Unset RENWANG_DEMO on a node with real people."),
            )
        )
    if public.startswith("https://") and not settings.SESSION_COOKIE_SECURE:
        found.append(
            (
                Level.BAD,
                say("The node is reached by https, but its cookies may travel without."),
                say("Set RENWANG_HTTPS=yes."),
            )
        )
    if not settings.DEMO:
        found += _address(public)
    secret = settings.HOME / "secret.key"
    if secret.exists() and secret.stat().st_mode & 0o077:
        found.append(
            (
                Level.BAD,
                say("Others on this machine can read the secret key."),
                f"chmod 600 {secret}",
            )
        )
    return found or [(Level.OK, say("The settings hold together."), "")]


def _address(public: str) -> Told:
    """A node that knows under which address it is reached, and answers under no other."""
    if not public:
        return [
            (
                Level.WARN,
                say("The node does not know its own address: its messages carry no link."),
                say("Set RENWANG_PUBLIC_URL to the address that people open, with http or https."),
            )
        ]
    if urlsplit(public).hostname in LOOPBACK:
        return [
            (
                Level.WARN,
                say("Links lead to {address}, which only this machine can open.").format(
                    address=public
                ),
                say("Set RENWANG_PUBLIC_URL to the address that people open, with http or https."),
            )
        ]
    if "*" in settings.ALLOWED_HOSTS:
        return [
            (
                Level.WARN,
                say("The node answers under any name."),
                say("Set RENWANG_HOSTS to the names it is reached by."),
            )
        ]
    return []


def channels(now: datetime) -> Told:
    """Ways out of the node that are configured without a mistake."""
    try:
        known = configured()
    except WrongChannels as trouble:
        return [(Level.BAD, str(trouble), say("See docs/reference/channels.md."))]
    if not known.by_kind:
        return [
            (
                Level.WARN,
                say("No channel leaves this node: people are reached by the field app only."),
                say("Configure one in RENWANG_CHANNELS or RENWANG_EMAIL_HOST."),
            )
        ]
    return [(Level.OK, say("Channels: {kinds}").format(kinds=", ".join(sorted(known.by_kind))), "")]


def accounts(now: datetime) -> Told:
    """Somebody who can sign in."""
    count = Account.objects.filter(is_active=True).count()
    if not count:
        return [
            (
                Level.WARN,
                say("Nobody can sign in yet."),
                "renwang account add USERNAME --name … --at UNIT",
            )
        ]
    return [
        (
            Level.OK,
            ngettext("{count} person can sign in.", "{count} people can sign in.", count).format(
                count=count
            ),
            "",
        )
    ]
