"""Open and close sign-ins; hand out keys to the API, whose secret is shown once and never kept."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hmac import compare_digest

from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain import reach
from renwang.chain.models import Account, Person, Token
from renwang.chain.reach import Viewer, require, require_no_less
from renwang.chain.rules import Refusal
from renwang.chain.services.grants import active

By = Viewer | str

_NOTED_EVERY = timedelta(minutes=1)  # how exactly "last used" is kept; each note is a write


class UsernameTaken(Refusal):
    """Somebody else signs in under this name."""


class AccountExists(Refusal):
    """The person has a sign-in already."""


class PasswordTooWeak(Refusal):
    """The password is easy to guess; `reasons` are sentences in the reader's language."""


class ScopeUnknown(Refusal):
    """A key was to carry something that is no capability, or that its person does not have."""


class NotYourKey(Refusal):
    """Only a person himself may make a key that acts for him."""


@transaction.atomic
def open_account(
    *,
    person: Person,
    username: str,
    password: str | None,
    by: By,
    now: datetime,
    email: str = "",
) -> Account:
    """Open a sign-in for a person who may do no more than oneself; without a password he signs in through the node's OpenID provider.

    Refuses with UsernameTaken, AccountExists, PasswordTooWeak, PersonNotActive.
    """
    require(by, "people.edit", at=person.path)
    require_no_less(by, person)
    person = active(person)
    username = username.strip()
    if Account.objects.filter(username__iexact=username).exists():
        raise UsernameTaken(username=username)
    if Account.objects.filter(person=person).exists():
        raise AccountExists(name=person.name)
    _check_password(password, Account(username=username, person=person, email=email))
    account = Account.objects.create_user(username, password, person=person, email=email)
    journal.record(
        "chain.account_opened",
        account,
        by=by,
        at=now,
        place=person.path,
        person=f"person:{person.pk}",
    )
    return account


@transaction.atomic
def set_password(*, account: Account, password: str, by: By, now: datetime) -> Account:
    """Set a new password, one's own or that of somebody who may do no more than oneself; his sessions end."""
    person = account.person
    if not (isinstance(by, Viewer) and by.id == person.pk):
        require(by, "people.edit", at=person.path)
        require_no_less(by, person)
    _check_password(password, account)
    account.set_password(password)
    account.save(update_fields=["password"])
    journal.record(
        "chain.password_set",
        account,
        by=by,
        at=now,
        place=person.path,
        person=f"person:{person.pk}",
    )
    return account


@transaction.atomic
def end_sessions(*, account: Account, by: By, now: datetime) -> int:
    """Sign a person out everywhere; return from how many devices. His keys go on."""
    person = account.person
    if not (isinstance(by, Viewer) and by.id == person.pk):
        require(by, "people.edit", at=person.path)
    sessions = list(UserSession.objects.filter(user=account))
    for session in sessions:
        session.end()
    journal.record(
        "chain.sessions_ended",
        account,
        by=by,
        at=now,
        place=person.path,
        person=f"person:{person.pk}",
        sessions=len(sessions),
    )
    return len(sessions)


@transaction.atomic
def close_account(*, account: Account, by: By, now: datetime, reason: str = "") -> Account:
    """Close a sign-in: its sessions end at once, and so do its person's keys; grants stay."""
    person = account.person
    require(by, "people.edit", at=person.path)
    require_no_less(by, person)
    account.is_active = False
    account.save(update_fields=["is_active"])
    Token.objects.filter(person=person, ended_at=None).update(ended_at=now)
    journal.record(
        "chain.account_closed",
        account,
        by=by,
        at=now,
        place=person.path,
        person=f"person:{person.pk}",
        reason=reason,
    )
    return account


@transaction.atomic
def issue_token(
    *,
    person: Person,
    label: str,
    scopes: Iterable[str],
    by: By,
    now: datetime,
    until_at: datetime | None = None,
    secret: str | None = None,
) -> tuple[Token, str]:
    """Make a key that carries some of a person's capabilities; returns it and its secret, once.

    Only the person himself, or the node, may. Refuses with NotYourKey,
    ScopeUnknown and PersonNotActive.
    """
    if isinstance(by, Viewer) and by.id != person.pk:
        raise NotYourKey()
    person = active(person)
    wanted = sorted(set(scopes))
    has = reach.viewer_of(person, now)
    for scope in wanted:
        if not has.may(scope):
            raise ScopeUnknown(scope=scope)
    secret = secret or f"rw_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        id=uuid7(now),
        person=person,
        label=label,
        digest=_digest(secret),
        scopes=wanted,
        created_at=now,
        until_at=until_at,
    )
    journal.record(
        "chain.token_issued",
        token,
        by=by,
        at=now,
        place=person.path,
        person=f"person:{person.pk}",
        label=label,
        scopes=wanted,
        until_at=until_at,
    )
    return token, secret


@transaction.atomic
def end_token(*, token: Token, by: By, now: datetime) -> Token:
    """End a key, one's own or that of somebody whose people one keeps."""
    if not (isinstance(by, Viewer) and by.id == token.person_id):
        require(by, "people.edit", at=token.person.path)
    token.ended_at = now
    token.save(update_fields=["ended_at"])
    journal.record(
        "chain.token_ended",
        token,
        by=by,
        at=now,
        place=token.person.path,
        person=f"person:{token.person_id}",
        label=token.label,
    )
    return token


def find_token(secret: str, now: datetime) -> Token | None:
    """Find the key of a secret if it still holds, with its person; None otherwise.

    Looked up by digest, so nothing about the secret can be learned from the
    time an answer takes. Notes when it was used, once a minute at most.
    """
    digest = _digest(secret)
    token = Token.objects.select_related("person").filter(digest=digest).first()
    if token is None or not compare_digest(token.digest, digest):
        return None
    ended = token.ended_at is not None and token.ended_at <= now
    expired = token.until_at is not None and token.until_at <= now
    if ended or expired or not token.person.is_active:
        return None
    if token.used_at is None or now - token.used_at >= _NOTED_EVERY:
        Token.objects.filter(pk=token.pk).update(used_at=now)
        token.used_at = now
    return token


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _check_password(password: str | None, account: Account) -> None:
    if password is None:
        return
    try:
        validate_password(password, account)
    except ValidationError as refused:
        raise PasswordTooWeak(reasons=" ".join(refused.messages)) from refused
