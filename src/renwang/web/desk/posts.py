"""Posts: which are vacant, who is called for each in which order, who holds them; fill and leave them."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renwang.base.tables import Kind
from renwang.chain import selectors
from renwang.chain.models import Post
from renwang.chain.reach import NotInReach
from renwang.chain.rules import Refusal
from renwang.chain.selectors.people import POST_SORTS
from renwang.chain.selectors.posts import PostPage, post_page
from renwang.chain.services import posts as services
from renwang.chain.structures import structures
from renwang.web.desk import lists
from renwang.web.desk.forms.posts import AppointForm, PostForm, VacateForm
from renwang.web.desk.templatetags.chain_words import role_title
from renwang.web.desk.unit_pages import crumbs_of
from renwang.web.frame import tables
from renwang.web.frame.gates import done, may, refused, sentence_of


def _exported(post: Post) -> dict[str, Any]:
    held = post.current_holdings
    return {
        "title": post.title,
        "role": role_title(post),
        "unit": post.unit.name,
        "code": post.unit.code,
        "holder": next((one.person.name for one in held if one.rank == 0), ""),
        "deputies": " · ".join(one.person.name for one in held if one.rank),
    }


POSTS = lists.Listing(
    name="posts",
    find=selectors.list_posts,
    sorts=POST_SORTS,
    default="place",
    columns=[
        tables.Column(gettext_lazy("Post"), sort="title"),
        tables.Column(gettext_lazy("Unit"), sort="place"),
        tables.Column(gettext_lazy("Holder")),
        tables.Column(gettext_lazy("Deputies")),
    ],
    exported=[
        ("title", gettext_lazy("Post"), Kind.TEXT),
        ("role", gettext_lazy("Role"), Kind.TEXT),
        ("unit", gettext_lazy("Unit"), Kind.TEXT),
        ("code", pgettext_lazy("of a place", "Code"), Kind.CODE),
        ("holder", gettext_lazy("Holder"), Kind.TEXT),
        ("deputies", gettext_lazy("Deputies"), Kind.TEXT),
    ],
    row_of=_exported,
)


@require_GET
@may("chain.see")
def show_posts(request: HttpRequest) -> HttpResponse:
    """List posts; narrowed to a unit, a role, or to what is missing."""
    wanted = lists.wanted_of(request, POSTS) | {
        "role": request.GET.get("role", ""),
        "lacking": request.GET.get("lacking", ""),
    }
    lacks = [
        ("holder", pgettext("of a post", "Vacant")),
        ("deputy", _("Without deputy")),
        ("contact", _("Cannot be called")),
    ]
    chips = tables.chips_of(request, "lacking", lacks)
    return lists.show_list(request, POSTS, wanted, chips=chips, roles=role_choices())


def role_choices() -> list[tuple[str, str]]:
    """Return every role of every structure once."""
    language = get_language() or "zh-hans"
    found: dict[str, str] = {}
    for chain in structures().values():
        for level in chain.levels:
            for role in level.roles:
                found.setdefault(role.key, role.title(language))
    return [*found.items(), (services.OTHER_ROLE, _("Other"))]


# --- one post ------------------------------------------------------------------


@require_GET
@may("chain.see")
def show_post(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a post: who holds it, who is called in which order, who held it."""
    page = _page(request, key)
    may_edit = request.viewer.may("chain.edit", page.post.path)
    return render(
        request,
        "desk/posts/post.html",
        {
            "page": page,
            "post": page.post,
            "ladder": page.ladder if page.sees_people else [],
            "crumbs": [*crumbs_of(page.above, "")[:-1], (page.post.title, "")],
            "may_edit": may_edit and page.post.ended_on is None,
        },
    )


@require_http_methods(["GET", "POST"])
@may("chain.edit")
def create_post(request: HttpRequest, ref: str) -> HttpResponse:
    """Found a post in a unit."""
    unit = lists.unit_at(request, ref)
    bodies = selectors.organisations_visible_to(request.viewer).filter(unit=unit, ended_on=None)
    form = PostForm(request.viewer, unit, list(bodies), lists.sent(request))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        body = form.bodies.get(asked.pop("organisation"))
        try:
            made = services.create_post(
                unit=unit, organisation=body, by=request.viewer, now=request.now, **asked
            )
            return done(request, _("The post was created."), "desk:post", made.pk)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    crumbs = crumbs_of([*selectors.ancestors(unit), unit], _("Create a post"))
    return lists.show_form(request, form, _("Create a post"), unit.name, crumbs, _("Create a post"))


@require_http_methods(["GET", "POST"])
@may("chain.edit")
def appoint(request: HttpRequest, key: UUID, rank: str) -> HttpResponse:
    """Appoint the holder, or one more deputy, of a post."""
    page = _page(request, key)
    deed = services.appoint_holder if rank == "holder" else services.appoint_deputy
    form = AppointForm(request.viewer, lists.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            deed(post=page.post, by=request.viewer, now=request.now, **form.cleaned_data)
            return done(request, _("The appointment was recorded."), "desk:post", key)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    title = _("Appoint the holder") if rank == "holder" else _("Appoint a deputy")
    crumbs = [*_crumbs(page), (title, "")]
    return lists.show_form(request, form, title, page.post.title, crumbs, _("Appoint"))


@require_http_methods(["GET", "POST"])
@may("chain.edit")
def vacate(request: HttpRequest, key: UUID, person: UUID) -> HttpResponse:
    """Let the holder or a deputy leave a post."""
    page = _page(request, key)
    held = next((one for one in page.current if one.person_id == person), None)
    if held is None:
        raise Http404(person)
    form = VacateForm(lists.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.vacate_post(
                post=page.post,
                person=held.person,
                by=request.viewer,
                now=request.now,
                **form.cleaned_data,
            )
            return done(request, _("The post was left."), "desk:post", key)
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal))
    title = _("{name} leaves the post").format(name=held.person.name)
    crumbs = [*_crumbs(page), (title, "")]
    return lists.show_form(request, form, title, page.post.title, crumbs, _("Record it"))


@require_POST
@may("chain.edit")
def reorder(request: HttpRequest, key: UUID) -> HttpResponse:
    """Move one deputy up by one place."""
    page = _page(request, key)
    order = [one.person for one in page.deputies]
    place = next((n for n, one in enumerate(order) if str(one.pk) == request.POST.get("up")), 0)
    if place:
        order[place - 1], order[place] = order[place], order[place - 1]
    try:
        services.reorder_deputies(post=page.post, order=order, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:post", key)
    return done(request, _("The order of the deputies was changed."), "desk:post", key)


@require_POST
@may("chain.edit")
def close(request: HttpRequest, key: UUID) -> HttpResponse:
    """Close a post."""
    page = _page(request, key)
    try:
        services.close_post(post=page.post, by=request.viewer, now=request.now)
    except Refusal as refusal:
        return refused(request, refusal, "desk:post", key)
    return done(request, _("The post was closed."), "desk:unit", page.post.unit.ref)


def _page(request: HttpRequest, key: UUID) -> PostPage:
    """Read a post's page; what changes it needs reach at the post."""
    try:
        page = post_page(request.viewer, key)
    except Post.DoesNotExist:
        raise Http404(key) from None
    is_deed = request.method == "POST" or request.resolver_match.url_name != "post"
    if is_deed and not request.viewer.may("chain.edit", page.post.path):
        raise NotInReach("chain.edit", page.post.path)
    return page


def _crumbs(page: PostPage) -> list[tuple[str, str]]:
    address = reverse("desk:post", args=[page.post.pk])
    return [*crumbs_of(page.above, "")[:-1], (page.post.title, address)]
