"""`renwang account`: sign-ins from the shell, for the first one and for whoever locked himself out."""

import secrets
import sys
from typing import NoReturn

import click
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from renwang.base import journal
from renwang.base.pure.clock import read_clock
from renwang.chain import reach
from renwang.chain.models import Account, Person, Unit
from renwang.chain.rules import Refusal
from renwang.chain.services.accounts import open_account, set_password
from renwang.chain.services.grants import give_grant
from renwang.chain.services.people import register_person
from renwang.chain.words import say_refusal

BY = "node:shell"
REFUSED = 1


def _refuse(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(REFUSED)


@click.group("account", help=_("Sign-ins: add one, set a new password, end sessions."))
def account() -> None:
    """The group itself does nothing."""


@account.command("add", help=_("Open the sign-in USERNAME for a person, and let him do something."))
@click.argument("username", metavar="USERNAME")
@click.option("--name", help=_("The name of a new person."))
@click.option("--person", "number", metavar="NUMBER", help=_("A known person's staff number."))
@click.option("--at", "code", required=True, metavar="UNIT", help=_("Code or reference of a unit."))
@click.option(
    "--may",
    "bundle",
    default="operator",
    show_default=True,
    type=click.Choice(sorted(reach.BUNDLES)),
    help=_("What he may do there."),
)
@click.option("--no-password", is_flag=True, help=_("He signs in through OpenID Connect only."))
def add(
    username: str, name: str | None, number: str | None, code: str, bundle: str, no_password: bool
) -> None:
    """The password is asked for, or made up and printed once where nobody can be asked."""
    unit = _find_unit(code)
    if bool(name) == bool(number):
        _refuse(say("Say who it is: --name for a new person, or --person for a known one."))
    password = None if no_password else _new_password()
    now = read_clock()
    try:
        with transaction.atomic():
            if name:
                who = register_person(name=name, unit=unit, by=BY, now=now)
            else:
                who = _find_person(number)
            open_account(person=who, username=username, password=password, by=BY, now=now)
            give_grant(person=who, bundle=bundle, unit=unit, by=BY, now=now)
    except Refusal as refusal:
        _refuse(str(say_refusal(refusal)))
    click.echo(say("{username} can sign in now.").format(username=username))


@account.command("password", help=_("Set a new password for USERNAME; his sessions end."))
@click.argument("username", metavar="USERNAME")
def password(username: str) -> None:
    """The password is asked for, or made up and printed once where nobody can be asked."""
    found = _find_account(username)
    now = read_clock()
    try:
        with transaction.atomic():
            set_password(account=found, password=_new_password(), by=BY, now=now)
            end_sessions(account=found, by=BY, now=now)
    except Refusal as refusal:
        _refuse(str(say_refusal(refusal)))
    click.echo(say("{username} has a new password.").format(username=username))


@account.command("end-sessions", help=_("Sign USERNAME out everywhere, at once."))
@click.argument("username", metavar="USERNAME")
def end(username: str) -> None:
    """For a lost telephone."""
    count = end_sessions(account=_find_account(username), by=BY, now=read_clock())
    click.echo(
        say("{count} sessions of {username} were ended.").format(count=count, username=username)
    )


@account.command(
    "forget-provider",
    help=_("Let USERNAME be joined anew to an identity of the OpenID Connect provider."),
)
@click.argument("username", metavar="USERNAME")
def forget(username: str) -> None:
    """For who was registered anew there, or a sign-in that has been given to somebody else."""
    count = forget_provider(account=_find_account(username), by=BY, now=read_clock())
    click.echo(
        say("{count} identities of {username} were forgotten.").format(
            count=count, username=username
        )
    )


@transaction.atomic
def forget_provider(*, account: Account, by: str, now) -> int:
    """Forget who an account is at the provider; its next sign-in there joins by name again."""
    count, _kinds = SocialAccount.objects.filter(user=account).delete()
    journal.record(
        "ops.identity_forgotten",
        account,
        by=by,
        at=now,
        place=account.person.path,
        person=f"person:{account.person_id}",
        count=count,
    )
    return count


@transaction.atomic
def end_sessions(*, account: Account, by: str, now) -> int:
    """End every session of an account and say how many there were."""
    sessions = list(UserSession.objects.filter(user=account))
    for session in sessions:
        session.end()
    journal.record(
        "ops.sessions_ended",
        account,
        by=by,
        at=now,
        place=account.person.path,
        person=f"person:{account.person_id}",
        count=len(sessions),
    )
    return len(sessions)


def _find_account(username: str) -> Account:
    found = Account.objects.filter(username=username).select_related("person").first()
    return found or _refuse(say("Nobody signs in as {username}.").format(username=username))


def _find_person(number: str | None) -> Person:
    found = Person.objects.filter(number=number).first()
    return found or _refuse(say("No person has the staff number {number}.").format(number=number))


def _find_unit(code: str) -> Unit:
    standing = Unit.objects.filter(ended_on=None)
    found = standing.filter(code=code).first() or standing.filter(ref=code).first()
    return found or _refuse(say("There is no unit with the code {code}.").format(code=code))


def _new_password() -> str:
    if sys.stdin.isatty():
        return click.prompt(say("New password"), hide_input=True, confirmation_prompt=True)
    made = secrets.token_urlsafe(12)
    click.echo(say("Password: {password}").format(password=made))
    return made
