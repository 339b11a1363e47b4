"""Find who may do what, where and until when; and what a viewer could give himself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.base.pure.text import search_key
from renwang.chain import reach
from renwang.chain.models import Account, Grant, Person, Token, Unit
from renwang.chain.reach import Viewer
from renwang.chain.rules import GrantProblem, grant_problems
from renwang.chain.selectors.people import people_visible_to
from renwang.chain.services.grants import given_to

GRANT_SORTS = {"place": ("path", "bundle"), "-from": ("-from_at",), "from": ("from_at",)}


@dataclass(frozen=True, slots=True)
class Possible:
    """A bundle, and what forbids the viewer to give it at a place; nothing means that he may."""

    bundle: str
    problems: tuple[GrantProblem, ...]


def grants_visible_to(viewer: Viewer) -> QuerySet[Grant]:
    """Return the grants a viewer may see: where he may give any, his own, and those he gave."""
    mine = Q(person=viewer.id) | Q(giver=viewer.id)
    return Grant.objects.filter(viewer.scope("grants.give") | mine)


def list_grants(
    viewer: Viewer,
    *,
    under: Unit | None = None,
    text: str = "",
    bundle: str = "",
    state: str = "",
    sort: str = "place",
    cursor: str = "",
    size: int = 50,
) -> Page[Grant]:
    """List grants with their person, place and giver.

    `state` is "held" (in force), "mine" (in force, one's own) or "ended"; empty is all.
    """
    found = grants_visible_to(viewer)
    now = viewer.now
    if under is not None:
        found = found.filter(path__under=under.path)
    if text:
        found = found.filter(person__search__contains=search_key(text))
    if bundle:
        found = found.filter(bundle=bundle)
    if state in ("held", "mine"):
        found = found.filter(pk__in=reach.grants_in_force(now).values("pk"))
    if state == "mine":
        found = found.filter(person=viewer.id)
    if state == "ended":
        found = found.filter(Q(ended_at__lte=now) | Q(until_at__lte=now))
    found = found.select_related("person", "unit", "giver", "post").defer("unit__boundary")
    return page_of(found, GRANT_SORTS[sort], cursor=cursor, size=size)


def grant_of(viewer: Viewer, key: UUID) -> Grant | None:
    """Find one grant; None where there is none or the viewer may not see it."""
    found = grants_visible_to(viewer).select_related("person", "unit", "giver", "post", "given_by")
    return found.filter(pk=key).first()


def passed_on(grant: Grant) -> list[Grant]:
    """Return what was passed on from a grant and would end with it, one step deep."""
    below = Grant.objects.filter(given_by=grant, ended_at=None).select_related("person", "unit")
    return list(below.order_by("path", "bundle"))


def possible_bundles(
    viewer: Viewer, unit: Unit, *, from_at: datetime, until_at: datetime | None = None
) -> list[Possible]:
    """Say of every bundle whether the viewer may give it at a place until a moment, and why not."""
    giver = given_to(viewer, viewer.now) or []
    return [
        Possible(bundle, tuple(grant_problems(giver, capabilities, unit.path, from_at, until_at)))
        for bundle, capabilities in reach.BUNDLES.items()
    ]


def tokens_of(viewer: Viewer) -> list[Token]:
    """Return the viewer's own keys to the API, those that hold first."""
    own = Token.objects.filter(person=viewer.id)
    return sorted(
        own.order_by("-created_at"),
        key=lambda token: not token_holds(token, viewer.now),
    )


def token_of(viewer: Viewer, key: UUID) -> Token | None:
    """Find a key, one's own or that of somebody whose people one keeps."""
    keeps = Person.objects.filter(viewer.scope("people.edit")).values("pk")
    found = Token.objects.filter(Q(person=viewer.id) | Q(person__in=keeps))
    return found.select_related("person").filter(pk=key).first()


def token_holds(token: Token, now: datetime) -> bool:
    """Say whether a key still opens anything."""
    ended = token.ended_at is not None and token.ended_at <= now
    return not ended and (token.until_at is None or token.until_at > now)


def account_of(viewer: Viewer, person: Person) -> Account | None:
    """Find how a person signs in; None without a sign-in, or where the viewer keeps no people."""
    kept = people_visible_to(viewer).filter(pk=person.pk)
    if person.pk != viewer.id:
        kept = kept.filter(viewer.scope("people.edit"))
    return Account.objects.filter(person__in=kept.values("pk")).select_related("person").first()
