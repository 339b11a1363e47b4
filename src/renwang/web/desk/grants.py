"""Grants: who may do what, where, until when; give, pass on and take back. And one's own keys to the API."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.tables import Kind
from renwang.chain import selectors
from renwang.chain.models import Grant, Unit
from renwang.chain.reach import BUNDLE_NAMES, BUNDLES, NotInReach, Viewer
from renwang.chain.rules import Refusal
from renwang.chain.selectors import grants as found
from renwang.chain.selectors.naming import topmost_units
from renwang.chain.services import accounts, grants
from renwang.chain.words import GRANT_PROBLEMS
from renwang.web.desk import lists
from renwang.web.desk.forms.grants import DelegateForm, GrantForm, TakeBackForm, TokenForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, refused, sentence_of, signed_in


def _exported(one: Grant) -> dict[str, Any]:
    return {
        "person": one.person.name,
        "bundle": str(BUNDLE_NAMES.get(one.bundle, one.bundle)),
        "unit": one.unit.name,
        "from_at": one.from_at,
        "until_at": one.until_at,
        "ended_at": one.ended_at,
        "giver": one.giver.name if one.giver else "",
        "reason": one.reason,
    }


GRANTS = lists.Listing(
    name="grants",
    find=found.list_grants,
    sorts=found.GRANT_SORTS,
    default="place",
    columns=[
        tables.Column(gettext_lazy("Person")),
        tables.Column(gettext_lazy("May act as")),
        tables.Column(gettext_lazy("Where"), sort="place"),
        tables.Column(gettext_lazy("From"), sort="from"),
        tables.Column(gettext_lazy("Until")),
        tables.Column(gettext_lazy("Given by")),
    ],
    exported=[
        ("person", gettext_lazy("Person"), Kind.TEXT),
        ("bundle", gettext_lazy("May act as"), Kind.TEXT),
        ("unit", gettext_lazy("Where"), Kind.TEXT),
        ("from_at", gettext_lazy("From"), Kind.DATETIME),
        ("until_at", gettext_lazy("Until"), Kind.DATETIME),
        ("ended_at", gettext_lazy("Taken back"), Kind.DATETIME),
        ("giver", gettext_lazy("Given by"), Kind.TEXT),
        ("reason", gettext_lazy("Why"), Kind.TEXT),
    ],
    row_of=_exported,
)


@require_GET
@signed_in
def show_grants(request: HttpRequest) -> HttpResponse:
    """List grants in reach; everybody sees at least his own."""
    wanted = lists.wanted_of(request, GRANTS) | {
        "bundle": request.GET.get("bundle", ""),
        "state": request.GET.get("state", "held"),
    }
    states = [("mine", _("My own")), ("ended", _("Ended")), ("all", _("All"))]
    return lists.show_list(
        request,
        GRANTS,
        wanted,
        chips=tables.chips_of(request, "state", states),
        bundles=BUNDLE_NAMES.items(),
        may_give=request.viewer.may("grants.give"),
    )


@require_GET
@signed_in
def show_grant(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a grant: what it allows, where it comes from, what was passed on from it."""
    grant, viewer = _grant(request, key), request.viewer
    return render(
        request,
        "desk/grants/grant.html",
        {
            "grant": grant,
            "passed_on": found.passed_on(grant),
            "holds": _holds(grant, viewer),
            "may_pass_on": grant.person_id == viewer.id
            and "grants.give" in BUNDLES.get(grant.bundle, ()),
            "may_take_back": viewer.may("grants.give", grant.path)
            or viewer.id in (grant.giver_id, grant.person_id),
            "crumbs": [(_("Grants"), reverse("desk:grants")), (grant.person.name, "")],
        },
    )


@require_http_methods(["GET", "POST"])
@may("grants.give")
def give(request: HttpRequest) -> HttpResponse:
    """Give a grant out of one's own; what is not possible at the place is said beside it."""
    initial = {"person": _person_asked(request), "unit": lists.unit_asked(request)}
    form = GrantForm(request.viewer, lists.sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = grants.give_grant(by=request.viewer, now=request.now, **form.cleaned_data)
            return done(request, _("The grant was given."), "desk:grant", made.pk)
        except (Refusal, NotInReach) as refusal:
            form.add_error(None, sentence_of(refusal))
    unit = _unit_meant(form, request)
    title = _("Give a grant")
    context = {
        "form": form,
        "title": title,
        "possible": _possible(request.viewer, unit, request) if unit else [],
        "unit": unit,
        "crumbs": [(_("Grants"), reverse("desk:grants")), (title, "")],
    }
    return render(request, "desk/grants/give.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@signed_in
def pass_on(request: HttpRequest, key: UUID) -> HttpResponse:
    """Pass on one's own grant, or a part of it; it ends when that one ends."""
    grant = _grant(request, key)
    held = BUNDLES.get(grant.bundle, frozenset())
    narrower = [bundle for bundle, what in BUNDLES.items() if what <= held]
    initial = {"unit": grant.unit}
    form = DelegateForm(request.viewer, lists.sent(request), initial=initial, bundles=narrower)
    if request.method == "POST" and form.is_valid():
        try:
            made = grants.delegate_grant(
                grant=grant, by=request.viewer, now=request.now, **form.cleaned_data
            )
            return done(request, _("The grant was passed on."), "desk:grant", made.pk)
        except (Refusal, NotInReach) as refusal:
            form.add_error(None, sentence_of(refusal))
    title = _("Pass on")
    crumbs = _crumbs(grant, title)
    lead = f"{BUNDLE_NAMES.get(grant.bundle, grant.bundle)} · {grant.unit.name}"
    return lists.show_form(request, form, title, lead, crumbs, title)


@require_http_methods(["GET", "POST"])
@signed_in
def take_back(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a grant and everything that was passed on from it."""
    grant = _grant(request, key)
    form = TakeBackForm(lists.sent(request))
    if request.method == "POST" and form.is_valid():
        ended = grants.take_back_grant(
            grant=grant, by=request.viewer, now=request.now, **form.cleaned_data
        )
        words = ngettext("{n} grant was ended.", "{n} grants were ended.", ended).format(n=ended)
        return done(request, words, "desk:grant", key)
    title = _("Take back")
    warns = _("It ends at once, with everything that was passed on from it.")
    crumbs = _crumbs(grant, title)
    return lists.show_form(request, form, title, grant.person.name, crumbs, title, warns=warns)


# --- one's own keys ------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
@sensitive_variables("secret")
def show_tokens(request: HttpRequest) -> HttpResponse:
    """Show one's own keys to the API; make one, whose secret is shown once."""
    viewer = request.viewer
    form = TokenForm(viewer, lists.sent(request))
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = accounts.issue_token(
                person=viewer.person, by=viewer, now=request.now, **form.cleaned_data
            )
            form = TokenForm(viewer)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    tokens = [(one, found.token_holds(one, request.now)) for one in found.tokens_of(viewer)]
    context = {
        "form": form,
        "secret": secret,
        "tokens": tokens,
        "crumbs": [(_("Grants"), reverse("desk:grants")), (_("My keys"), "")],
    }
    return render(request, "desk/grants/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
def end_token(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a key."""
    token = found.token_of(request.viewer, key)
    if token is None:
        raise Http404(key)
    try:
        accounts.end_token(token=token, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:tokens")
    return done(request, _("The key was ended."), "desk:tokens")


def _grant(request: HttpRequest, key: UUID) -> Grant:
    grant = found.grant_of(request.viewer, key)
    if grant is None:
        raise Http404(key)
    return grant


def _holds(grant: Grant, viewer: Viewer) -> bool:
    ends = [moment for moment in (grant.until_at, grant.ended_at) if moment is not None]
    return grant.from_at <= viewer.now and all(moment > viewer.now for moment in ends)


def _person_asked(request: HttpRequest) -> Any:
    try:
        key = UUID(request.GET.get("person", ""))
    except ValueError:
        return None
    return selectors.people_visible_to(request.viewer).filter(pk=key, is_active=True).first()


def _unit_meant(form: GrantForm, request: HttpRequest) -> Unit | None:
    """Say at which unit possibilities are asked: the one chosen, else the top of one's own grants."""
    chosen = form.cleaned_data.get("unit") if form.is_bound and form.is_valid() else None
    if chosen is None:
        chosen = lists.unit_asked(request)
    if chosen is None:
        tops = topmost_units(request.viewer, "grants.give")
        chosen = tops[0] if tops else None
    return chosen


def _possible(viewer: Viewer, unit: Unit, request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "bundle": one.bundle,
            "problems": [GRANT_PROBLEMS[problem] for problem in one.problems],
        }
        for one in found.possible_bundles(viewer, unit, from_at=request.now)
    ]


def _crumbs(grant: Grant, here: str) -> list[tuple[str, str]]:
    address = reverse("desk:grant", args=[grant.pk])
    return [(_("Grants"), reverse("desk:grants")), (grant.person.name, address), (here, "")]
