"""People: who can be called, in which order, for which posts; register them and let them go."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from renwang.base.tables import Kind
from renwang.chain import selectors
from renwang.chain.models import Person
from renwang.chain.reach import NotInReach
from renwang.chain.rules import Refusal
from renwang.chain.selectors import PersonPage
from renwang.chain.selectors.grants import account_of
from renwang.chain.selectors.people import PERSON_SORTS
from renwang.chain.services import people as services
from renwang.chain.services.rosters import set_quiet_hours
from renwang.response.fieldwork.selectors import phones_of
from renwang.web.desk import lists
from renwang.web.desk.forms.people import DeactivateForm, PersonForm, initial_of, ways_form
from renwang.web.desk.forms.rosters import QuietForm
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, sentence_of, signed_in


def _exported(person: Person) -> dict[str, Any]:
    """Leave numbers and addresses out: a file travels further than a screen."""
    return {
        "name": person.name,
        "number": person.number,
        "unit": person.unit.name if person.unit else "",
        "posts": " · ".join(held.post.title for held in person.current_holdings),
        "ways": " · ".join(str(one.get_kind_display()) for one in person.contacts.all()),
    }


PEOPLE = lists.Listing(
    name="people",
    find=selectors.list_people,
    sorts=PERSON_SORTS,
    default="name",
    columns=[
        tables.Column(pgettext_lazy("of a person", "Name"), sort="name"),
        tables.Column(gettext_lazy("At home in"), sort="place"),
        tables.Column(pgettext_lazy("the posts themselves", "Posts")),
        tables.Column(gettext_lazy("How to reach")),
    ],
    exported=[
        ("name", pgettext_lazy("of a person", "Name"), Kind.TEXT),
        ("number", gettext_lazy("Staff number"), Kind.CODE),
        ("unit", gettext_lazy("At home in"), Kind.TEXT),
        ("posts", pgettext_lazy("the posts themselves", "Posts"), Kind.TEXT),
        ("ways", gettext_lazy("How to reach"), Kind.TEXT),
    ],
    row_of=_exported,
)


@require_GET
@may("people.see")
def show_people(request: HttpRequest) -> HttpResponse:
    """List people with their posts and how they are reached."""
    lacking = request.GET.get("lacking", "")
    wanted = lists.wanted_of(request, PEOPLE) | {
        "lacking": "" if lacking == "left" else lacking,
        "active": lacking != "left",
        "posted": request.GET.get("in") == "posts",
    }
    lacks = [("contact", _("Cannot be reached")), ("post", _("Without post")), ("left", _("Left"))]
    return lists.show_list(
        request,
        PEOPLE,
        wanted,
        chips=tables.chips_of(request, "lacking", lacks),
        may_register=request.viewer.may("people.edit"),
    )


@require_GET
@signed_in
def show_person(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a person: posts, memberships, how he is reached, what he may do. Everybody sees himself."""
    page, viewer = _page(request, key), request.viewer
    person = page.person
    is_self = person.pk == viewer.id
    return render(
        request,
        "desk/people/person.html",
        {
            "page": page,
            "person": person,
            "is_self": is_self,
            "account": account_of(viewer, person),
            "phones": phones_of(person)
            if is_self or viewer.may("people.edit", person.path)
            else [],
            "may_edit": viewer.may("people.edit", person.path) and person.is_active,
            "may_set_ways": (is_self or viewer.may("people.edit", person.path))
            and person.is_active,
            "may_grant": viewer.may("grants.give"),
            "crumbs": [(_("People"), reverse("desk:people")), (person.name, "")],
        },
    )


@require_http_methods(["GET", "POST"])
@may("people.edit")
def register(request: HttpRequest) -> HttpResponse:
    """Register a person; how he is reached comes next."""
    under = lists.unit_asked(request)
    initial = {"language": get_language(), "unit": under}
    form = PersonForm(request.viewer, lists.sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.register_person(by=request.viewer, now=request.now, **form.cleaned_data)
            words = _("{name} was registered. Now say how to reach this person.")
            return done(request, words.format(name=made.name), "desk:contacts", made.pk)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    crumbs = [(_("People"), reverse("desk:people")), (_("Register a person"), "")]
    lead = _(
        "Only what is needed to call somebody: no number of a document, no birthday, no opinion."
    )
    return lists.show_form(request, form, _("Register a person"), lead, crumbs, _("Register"))


@require_http_methods(["GET", "POST"])
@may("people.edit")
def change(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change what is known of a person."""
    person = _page(request, key, edit=True).person
    form = PersonForm(request.viewer, lists.sent(request), initial=initial_of(person))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_person(
                person=person, by=request.viewer, now=request.now, **form.cleaned_data
            )
            return done(request, _("The change was recorded."), "desk:person", key)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    return lists.show_form(
        request, form, _("Change"), person.name, crumbs_of(person, _("Change")), _("Save")
    )


@require_http_methods(["GET", "POST"])
@signed_in
def set_rest(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say in which hours somebody rests; himself, or who keeps the people there."""
    person = _page(request, key, edit=key != request.viewer.id).person
    form = QuietForm(person, lists.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            set_quiet_hours(
                person=person,
                hours=form.cleaned_data["hours"],
                of_contacts=form.of_contacts(),
                by=request.viewer,
                now=request.now,
            )
            return done(request, _("The quiet hours were set."), "desk:person", key)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    title = _("Quiet hours")
    lead = _("Warnings that keep quiet hours wait until they end, or go to somebody who is awake.")
    return lists.show_form(request, form, title, lead, crumbs_of(person, title), _("Save"))


@require_http_methods(["GET", "POST"])
@signed_in
def set_contacts(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say how a person is reached, in order; himself, or who keeps the people there."""
    page = _page(request, key, edit=key != request.viewer.id)
    form = ways_form(request.viewer, page.contacts, lists.sent(request))
    trouble = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.set_contacts(
                person=page.person, contacts=form.ways(), by=request.viewer, now=request.now
            )
            return done(request, _("The contacts were set."), "desk:person", key)
        except Refusal as refusal:
            trouble = sentence_of(refusal)
    context = {
        "person": page.person,
        "form": form,
        "trouble": trouble,
        "crumbs": crumbs_of(page.person, _("How to reach")),
    }
    answer = 422 if trouble or (form.is_bound and not form.is_valid()) else 200
    return render(request, "desk/people/contacts.html", context, status=answer)


@require_http_methods(["GET", "POST"])
@may("people.edit")
def deactivate(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let a person go: he leaves his posts, and nobody calls him any more."""
    page = _page(request, key, edit=True)
    form = DeactivateForm(lists.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.deactivate_person(
                person=page.person, by=request.viewer, now=request.now, **form.cleaned_data
            )
            return done(request, _("It was recorded that the person has left."), "desk:person", key)
        except (Refusal, NotInReach) as refusal:
            form.add_error(None, sentence_of(refusal))
    held = [one.post.title for one in page.holdings if one.is_current]
    warns = _("Sign-in, keys and grants end at once.")
    if held:
        warns = _("These posts become vacant or lose a deputy: {posts}.").format(
            posts=" · ".join(held)
        ) + " " + warns  # fmt: skip
    title = _("{name} has left").format(name=page.person.name)
    crumbs = crumbs_of(page.person, title)
    return lists.show_form(request, form, title, "", crumbs, _("Record it"), warns=warns)


def crumbs_of(person: Person, here: str) -> list[tuple[str, str]]:
    """Lead from the list of people over a person to what is done about him."""
    address = reverse("desk:person", args=[person.pk])
    return [(_("People"), reverse("desk:people")), (person.name, address), (here, "")]


def _page(request: HttpRequest, key: UUID, *, edit: bool = False) -> PersonPage:
    """Read a person's page; 404 outside one's reach, a refusal where one may look but not change."""
    try:
        page = selectors.person_page(request.viewer, Person(pk=key))
    except Person.DoesNotExist:
        raise Http404(key) from None
    if edit and not request.viewer.may("people.edit", page.person.path):
        raise NotInReach("people.edit", page.person.path)
    return page
