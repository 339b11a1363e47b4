"""Find people, posts and organisations: lists with filters, and one with all that hangs on it."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum, Value
from django.db.models.functions import Length, StrIndex

from renwang.base.paging import COUNTED_TO, Page, count_together, page_of
from renwang.base.pure.text import search_key
from renwang.chain.models import (
    Alliance,
    Contact,
    Grant,
    Holding,
    Membership,
    Organisation,
    Person,
    Post,
    Route,
    Tally,
    Unit,
)
from renwang.chain.reach import Viewer

PERSON_SORTS = {
    "name": ("name",),
    "-name": ("-name",),
    "place": ("path", "name"),
    "-place": ("-path", "-name"),
}
POST_SORTS = {
    "place": ("path", "position"),
    "-place": ("-path", "-position"),
    "title": ("title",),
    "-title": ("-title",),
}
ORGANISATION_SORTS = {
    "name": ("name",),
    "-name": ("-name",),
    "place": ("path", "kind", "name"),
    "-place": ("-path", "-kind", "-name"),
}

FEW = 2_000  # as many are quicker looked up and sorted than met among all in the order wanted


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything a person's page shows."""

    person: Person
    contacts: list[Contact]
    holdings: list[Holding]  # current first, then past, latest first
    memberships: list[Membership]
    grants: list[Grant]  # in force or still to come


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """Everything an organisation's page shows."""

    organisation: Organisation
    members: list[Membership]
    posts: list[Post]
    alliances: list[Alliance]  # that it is part of
    allied: list[Alliance]  # that are part of it, where it is an alliance


def people_visible_to(viewer: Viewer) -> QuerySet[Person]:
    """Return the people a viewer may see: at home or holding a post in his reach, and himself."""
    held = Holding.objects.filter(
        viewer.scope("people.see", "post__path"), person=OuterRef("pk"), is_current=True
    )
    return Person.objects.filter(viewer.scope("people.see") | Q(pk=viewer.id) | Q(Exists(held)))


def person_page(viewer: Viewer, person: Person) -> PersonPage:
    """Read a person's page. Whoever may not see him gets Person.DoesNotExist."""
    found = people_visible_to(viewer).select_related("unit").get(pk=person.pk)
    return PersonPage(
        person=found,
        contacts=list(found.contacts.select_related("neighbour")),
        holdings=list(
            found.holdings.select_related("post", "post__unit").order_by("-is_current", "-from_on")
        ),
        memberships=list(found.memberships.filter(until_on=None).select_related("organisation")),
        grants=list(
            found.grants.filter(Q(until_at=None) | Q(until_at__gt=viewer.now), ended_at=None)
            .select_related("unit", "post", "giver")
            .order_by("path", "bundle")
        ),
    )


def list_people(
    viewer: Viewer,
    *,
    under: Unit | None = None,
    text: str = "",
    active: bool | None = True,
    lacking: str = "",
    posted: bool = False,
    sort: str = "name",
    cursor: str = "",
    size: int = 50,
) -> Page[Person]:
    """List people with their contacts and current posts.

    `lacking` is "contact" (no way to reach him is known) or "post". `posted`
    asks for those who hold a post there, wherever they are at home.
    """
    among, at_least = _who_they_can_be(viewer, under, active, posted=posted)
    found = people_visible_to(viewer)
    if among is not None:
        found = found.filter(pk__in=among)
    if posted:
        within = {"post__path__under": under.path} if under is not None else {}
        open_posts = Holding.objects.filter(
            person=OuterRef("pk"), is_current=True, post__ended_on=None, **within
        )
        found = found.filter(Exists(open_posts))
    elif under is not None:
        found = found.filter(path__under=under.path)
    if active is not None:
        found = found.filter(is_active=active)
    if text:
        found = found.filter(search__contains=search_key(text))
    if lacking == "contact":
        found = found.filter(~Exists(Contact.objects.filter(person=OuterRef("pk"))))
    if lacking == "post":
        held = Holding.objects.filter(person=OuterRef("pk"), is_current=True)
        found = found.filter(~Exists(held))
    posts = Holding.objects.filter(is_current=True).select_related("post", "post__unit")
    found = found.select_related("unit").prefetch_related(
        "contacts", Prefetch("holdings", posts, to_attr="current_holdings")
    )
    if at_least > COUNTED_TO and not (text or lacking or posted):
        page = page_of(found, PERSON_SORTS[sort], cursor=cursor, size=size, count=False)
        return replace(page, total=COUNTED_TO, total_is_exact=False)
    return page_of(found, PERSON_SORTS[sort], cursor=cursor, size=size)


def _who_they_can_be(
    viewer: Viewer, under: Unit | None, active: bool | None, *, posted: bool
) -> tuple[QuerySet[Any] | None, int]:
    """Name those who come into question at all, where they are few; and say how many are surely seen.

    Who is seen for where he lives or for a post he holds is in no single
    index: without this, the names of a whole city are gone through for a page
    of one community.
    """
    held = Holding.objects.filter(is_current=True)
    home = Person.objects.all() if active is None else Person.objects.filter(is_active=active)
    if under is None:
        parts = [
            home.filter(viewer.scope("people.see")).values("pk"),
            held.filter(viewer.scope("people.see", "post__path")).values("person"),
            Person.objects.filter(pk=viewer.id).values("pk"),
        ]
    elif posted:
        parts = [held.filter(post__path__under=under.path).values("person")]
    else:
        parts = [home.filter(path__under=under.path).values("pk")]
    counts = count_together(parts, most=FEW + 1)
    surely = counts[0] if under is None else 0
    if max(counts) > FEW:
        return None, surely
    return parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0], surely


def find_people(viewer: Viewer, text: str, *, limit: int = 20) -> list[Person]:
    """Find active people by name or staff number."""
    key = search_key(text)
    if not key:
        return []
    found = people_visible_to(viewer).filter(is_active=True, search__contains=key)
    return list(
        found.select_related("unit")
        .annotate(at=StrIndex("search", Value(key)), long=Length("name"))
        .order_by("at", "long", "name", "pk")[:limit]
    )


# --- posts -------------------------------------------------------------------


def posts_visible_to(viewer: Viewer) -> QuerySet[Post]:
    """Return the posts a viewer may see, closed ones too."""
    return Post.objects.filter(viewer.scope("chain.see"))


def list_posts(
    viewer: Viewer,
    *,
    under: Unit | None = None,
    text: str = "",
    role: str = "",
    lacking: str = "",
    sort: str = "place",
    cursor: str = "",
    size: int = 50,
) -> Page[Post]:
    """List open posts with their unit and people.

    `lacking` is "holder", "deputy", or "contact" (the post answers for its
    unit, and nobody can be called).
    """
    found = posts_visible_to(viewer).filter(ended_on=None)
    if under is not None:
        found = found.filter(path__under=under.path)
    if role:
        found = found.filter(role=role)
    if text:
        key = search_key(text)
        found = found.filter(Q(title__icontains=text.strip()) | Q(unit__search__contains=key))
    if lacking in _TALLIED:
        found = _in_units_lacking(found, viewer, under, _TALLIED[lacking])
    if lacking in ("holder", "deputy"):
        held = Holding.objects.filter(
            **{"rank": 0} if lacking == "holder" else {"rank__gt": 0},
            post=OuterRef("pk"),
            is_current=True,
        )
        found = found.filter(~Exists(held))
    if lacking == "contact":
        called = Route.objects.filter(post=OuterRef("pk"), contact__isnull=False)
        found = found.filter(~Exists(called), answers=True)
    held = Holding.objects.filter(is_current=True).select_related("person").order_by("rank")
    found = found.select_related("unit", "organisation").defer("unit__boundary")
    found = found.prefetch_related(Prefetch("holdings", held, to_attr="current_holdings"))
    return page_of(found, POST_SORTS[sort], cursor=cursor, size=size)


_TALLIED = {"holder": "vacant", "contact": "unreachable"}


def _in_units_lacking(
    found: QuerySet[Post], viewer: Viewer, under: Unit | None, name: str
) -> QuerySet[Post]:
    """Look only into the units that count something lacking, where it is little: else all posts are gone through."""
    tops = viewer.places.get("chain.see", ()) if under is None else (under.path,)
    counted = Tally.objects.filter(unit__path__in=tops)
    known = counted.aggregate(places=Count("pk"), lacking=Sum(name))
    if known["places"] < len(tops) or (known["lacking"] or 0) > FEW:
        return found
    return found.filter(unit__in=Tally.objects.filter(**{f"{name}__gt": 0}).values("unit"))


# --- organisations -----------------------------------------------------------


def organisations_visible_to(viewer: Viewer) -> QuerySet[Organisation]:
    """Return the organisations a viewer may see, closed ones too."""
    return Organisation.objects.filter(viewer.scope("chain.see"))


def organisation_page(viewer: Viewer, organisation: Organisation) -> OrganisationPage:
    """Read an organisation's page. Whoever may not see it gets Organisation.DoesNotExist.

    Its members are named only to who may see people there.
    """
    found = organisations_visible_to(viewer).select_related("unit").get(pk=organisation.pk)
    members = found.memberships.filter(until_on=None).select_related("person")
    return OrganisationPage(
        organisation=found,
        members=list(members.order_by("person__name"))
        if viewer.may("people.see", found.path)
        else [],
        posts=list(found.posts.filter(ended_on=None).order_by("position", "title")),
        alliances=list(found.alliances.filter(until_on=None).select_related("alliance")),
        allied=list(
            found.allied.filter(until_on=None)
            .select_related("member", "member__unit")
            .order_by("-leads", "member__name")
        ),
    )


def list_organisations(
    viewer: Viewer,
    *,
    under: Unit | None = None,
    text: str = "",
    kind: str = "",
    sort: str = "name",
    cursor: str = "",
    size: int = 50,
) -> Page[Organisation]:
    """List organisations with their seat."""
    found = organisations_visible_to(viewer).filter(ended_on=None)
    if under is not None:
        found = found.filter(path__under=under.path)
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(search__contains=search_key(text))
    found = found.select_related("unit").defer("unit__boundary")
    return page_of(found, ORGANISATION_SORTS[sort], cursor=cursor, size=size)


def find_organisations(viewer: Viewer, text: str, *, limit: int = 20) -> list[Organisation]:
    """Find organisations by name or registration number."""
    key = search_key(text)
    if not key:
        return []
    found = organisations_visible_to(viewer).filter(ended_on=None, search__contains=key)
    return list(
        found.select_related("unit")
        .annotate(at=StrIndex("search", Value(key)), long=Length("name"))
        .order_by("at", "long", "name", "pk")[:limit]
    )
