"""Sign-ins of others: open one, make a new password that is shown once, sign out everywhere, close it."""

import secrets
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from renwang.chain import selectors
from renwang.chain.models import Account, Person
from renwang.chain.reach import NotInReach
from renwang.chain.rules import Refusal
from renwang.chain.selectors.grants import account_of
from renwang.chain.services import accounts as services
from renwang.web.desk import lists
from renwang.web.desk.forms.people import AccountForm
from renwang.web.desk.people import crumbs_of
from renwang.web.frame.gates import done, may, refused, sentence_of

# Without the letters and digits that are taken for one another when read over a telephone.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@never_cache
@require_http_methods(["GET", "POST"])
@may("people.edit")
@sensitive_variables("password")
def open_account(request: HttpRequest, key: UUID) -> HttpResponse:
    """Open a sign-in; its first password is shown once."""
    person = _person(request, key)
    form = AccountForm(lists.sent(request))
    if request.method == "POST" and form.is_valid():
        password = _new_password()
        try:
            made = services.open_account(
                person=person,
                password=password,
                by=request.viewer,
                now=request.now,
                **form.cleaned_data,
            )
            return _show_once(request, made, password)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    title = _("Open a sign-in")
    return lists.show_form(request, form, title, person.name, crumbs_of(person, title), _("Open"))


@never_cache
@require_POST
@may("people.edit")
@sensitive_variables("password")
def new_password(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make a new password; the old one and every session end."""
    account = _account(request, key)
    password = _new_password()
    try:
        services.set_password(
            account=account, password=password, by=request.viewer, now=request.now
        )
        services.end_sessions(account=account, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:person", key)
    return _show_once(request, account, password)


@require_POST
@may("people.edit")
def end_sessions(request: HttpRequest, key: UUID) -> HttpResponse:
    """Sign somebody out everywhere."""
    ended = services.end_sessions(
        account=_account(request, key), by=request.viewer, now=request.now
    )
    signed_out = ngettext("Signed out on {n} device.", "Signed out on {n} devices.", ended)
    words = signed_out if ended else _("Was not signed in anywhere.")
    return done(request, words.format(n=ended), "desk:person", key)


@require_POST
@may("people.edit")
def close_account(request: HttpRequest, key: UUID) -> HttpResponse:
    """Close a sign-in."""
    services.close_account(account=_account(request, key), by=request.viewer, now=request.now)
    return done(request, _("The sign-in was closed."), "desk:person", key)


def _show_once(request: HttpRequest, account: Account, password: str) -> HttpResponse:
    crumbs = crumbs_of(account.person, _("New password"))
    context = {"account": account, "password": password, "crumbs": crumbs}
    return render(request, "desk/people/password.html", context)


def _new_password() -> str:
    """Make a password that can be read over a telephone: four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _n in range(4)) for _group in range(4))


def _person(request: HttpRequest, key: UUID) -> Person:
    person = selectors.people_visible_to(request.viewer).filter(pk=key).first()
    if person is None:
        raise Http404(key)
    if not request.viewer.may("people.edit", person.path):
        raise NotInReach("people.edit", person.path)
    return person


def _account(request: HttpRequest, key: UUID) -> Account:
    account = account_of(request.viewer, _person(request, key))
    if account is None:
        raise Http404(key)
    return account
