"""Organisations of every kind: who belongs to them, which posts they have, in which alliances they act together."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.tables import Kind
from renwang.chain import selectors
from renwang.chain.models import Organisation
from renwang.chain.reach import NotInReach
from renwang.chain.rules import Refusal
from renwang.chain.selectors import OrganisationPage
from renwang.chain.selectors.people import ORGANISATION_SORTS
from renwang.chain.services import organisations as services
from renwang.web.desk import lists
from renwang.web.desk.forms.organisations import JoinForm, MemberForm, OrganisationForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, refused, sentence_of


def _exported(one: Organisation) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "name": one.name,
        "kind": str(one.get_kind_display()),
        "unit": one.unit.name,
        "address": one.address,
        "telephone": one.telephone,
        "number": one.number,
    }


ORGANISATIONS = lists.Listing(
    name="organisations",
    find=selectors.list_organisations,
    sorts=ORGANISATION_SORTS,
    default="name",
    columns=[
        tables.Column(gettext_lazy("Name"), sort="name"),
        tables.Column(gettext_lazy("Kind")),
        tables.Column(gettext_lazy("Seat"), sort="place"),
        tables.Column(gettext_lazy("Telephone")),
    ],
    exported=[
        ("ref", gettext_lazy("Reference"), Kind.CODE),
        ("name", gettext_lazy("Name"), Kind.TEXT),
        ("kind", gettext_lazy("Kind"), Kind.TEXT),
        ("unit", gettext_lazy("Seat"), Kind.TEXT),
        ("address", gettext_lazy("Address"), Kind.TEXT),
        ("telephone", gettext_lazy("Telephone"), Kind.CODE),
        ("number", gettext_lazy("Registration number"), Kind.CODE),
    ],
    row_of=_exported,
)


@require_GET
@may("chain.see")
def show_organisations(request: HttpRequest) -> HttpResponse:
    """List organisations, of one kind or of all."""
    wanted = lists.wanted_of(request, ORGANISATIONS) | {"kind": request.GET.get("kind", "")}
    return lists.show_list(
        request,
        ORGANISATIONS,
        wanted,
        chips=tables.chips_of(request, "kind", Organisation.Kind.choices),
        may_create=request.viewer.may("chain.edit"),
    )


@require_GET
@may("chain.see")
def show_organisation(request: HttpRequest, ref: str) -> HttpResponse:
    """Show an organisation with its members, posts and alliances."""
    page = _page(request, ref)
    one = page.organisation
    return render(
        request,
        "desk/organisations/organisation.html",
        {
            "page": page,
            "organisation": one,
            "is_alliance": one.kind == Organisation.Kind.ALLIANCE,
            "sees_people": request.viewer.may("people.see", one.path),
            "may_edit": request.viewer.may("chain.edit", one.path) and one.ended_on is None,
            "crumbs": [(_("Organisations"), reverse("desk:organisations")), (one.name, "")],
        },
    )


@require_http_methods(["GET", "POST"])
@may("chain.edit")
def create(request: HttpRequest) -> HttpResponse:
    """Enter an organisation."""
    initial = {"unit": lists.unit_asked(request), "kind": request.GET.get("kind", "")}
    form = OrganisationForm(request.viewer, lists.sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_organisation(
                by=request.viewer, now=request.now, **form.cleaned_data
            )
            return done(request, _("The organisation was entered."), "desk:organisation", made.ref)
        except (Refusal, NotInReach) as refusal:
            form.add_error(None, sentence_of(refusal))
    title = _("Enter an organisation")
    crumbs = [(_("Organisations"), reverse("desk:organisations")), (title, "")]
    return lists.show_form(request, form, title, "", crumbs, _("Enter"))


@require_http_methods(["GET", "POST"])
@may("chain.edit")
def change(request: HttpRequest, ref: str) -> HttpResponse:
    """Change what is known of an organisation, or move its seat."""
    one = _page(request, ref, edit=True).organisation
    initial = {name: getattr(one, name) for name in OrganisationForm.base_fields}
    form = OrganisationForm(request.viewer, lists.sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_organisation(
                organisation=one, by=request.viewer, now=request.now, **form.cleaned_data
            )
            return done(request, _("The change was recorded."), "desk:organisation", ref)
        except (Refusal, NotInReach) as refusal:
            form.add_error(None, sentence_of(refusal))
    return lists.show_form(
        request, form, _("Change"), one.name, _crumbs(one, _("Change")), _("Save")
    )


@require_POST
@may("chain.edit")
def close(request: HttpRequest, ref: str) -> HttpResponse:
    """Close an organisation."""
    one = _page(request, ref, edit=True).organisation
    try:
        services.close_organisation(organisation=one, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:organisation", ref)
    return done(request, _("The organisation was closed."), "desk:organisation", ref)


@require_http_methods(["GET", "POST"])
@may("chain.edit")
def add_member(request: HttpRequest, ref: str) -> HttpResponse:
    """Enter a person as a member."""
    one = _page(request, ref, edit=True).organisation
    form = MemberForm(request.viewer, lists.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_member(
                organisation=one, by=request.viewer, now=request.now, **form.cleaned_data
            )
            return done(request, _("The member was entered."), "desk:organisation", ref)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    title = _("Enter a member")
    return lists.show_form(request, form, title, one.name, _crumbs(one, title), _("Enter"))


@require_POST
@may("chain.edit")
def remove_member(request: HttpRequest, ref: str) -> HttpResponse:
    """End a membership."""
    page = _page(request, ref, edit=True)
    wish = request.POST.get("person", "")
    found = next((one for one in page.members if str(one.person_id) == wish), None)
    if found is None:
        raise Http404(wish)
    try:
        services.remove_member(
            organisation=page.organisation,
            person=found.person,
            by=request.viewer,
            now=request.now,
        )
    except Refusal as refusal:
        return refused(request, refusal, "desk:organisation", ref)
    return done(request, _("The membership was ended."), "desk:organisation", ref)


@require_http_methods(["GET", "POST"])
@may("chain.edit")
def join(request: HttpRequest, ref: str) -> HttpResponse:
    """Take an organisation into this alliance."""
    one = _page(request, ref, edit=True).organisation
    form = JoinForm(request.viewer, lists.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.join_alliance(
                alliance=one, by=request.viewer, now=request.now, **form.cleaned_data
            )
            return done(request, _("The organisation joined."), "desk:organisation", ref)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    title = _("Take an organisation in")
    return lists.show_form(request, form, title, one.name, _crumbs(one, title), _("Take in"))


@require_POST
@may("chain.edit")
def leave(request: HttpRequest, ref: str) -> HttpResponse:
    """Let an organisation leave an alliance; who keeps either of them may."""
    page = _page(request, ref)
    wish = request.POST.get("part", "")
    parts = [*page.allied, *page.alliances]
    found = next((one for one in parts if str(one.pk) == wish), None)
    if found is None:
        raise Http404(wish)
    try:
        services.leave_alliance(
            alliance=found.alliance, member=found.member, by=request.viewer, now=request.now
        )
    except Refusal as refusal:
        return refused(request, refusal, "desk:organisation", ref)
    return done(request, _("The organisation left the alliance."), "desk:organisation", ref)


def _page(request: HttpRequest, ref: str, *, edit: bool = False) -> OrganisationPage:
    found = selectors.organisations_visible_to(request.viewer).filter(ref=ref).first()
    if found is None:
        raise Http404(ref)
    if edit and not request.viewer.may("chain.edit", found.path):
        raise NotInReach("chain.edit", found.path)
    return selectors.organisation_page(request.viewer, found)


def _crumbs(one: Organisation, here: str) -> list[tuple[str, str]]:
    address = reverse("desk:organisation", args=[one.ref])
    return [(_("Organisations"), reverse("desk:organisations")), (one.name, address), (here, "")]
