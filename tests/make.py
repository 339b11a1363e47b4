"""Plain builders for tests: each writes one row with sensible values, straight to the database."""

from datetime import date, datetime, timedelta
from itertools import count

from renwang.base.pure.ids import uuid7
from renwang.chain import reach
from renwang.chain.models import (
    Account,
    Building,
    Contact,
    Grant,
    Holding,
    Household,
    Person,
    Post,
    Unit,
    UnitVersion,
)

_numbers = count(1)
SINCE = date(2020, 1, 1)
MOMENT = datetime.fromisoformat("2026-07-15T01:30:00+00:00")


def unit(
    name: str,
    level: str,
    parent: Unit | None = None,
    *,
    code: str = "",
    structure: str = "china_urban",
    households: int = 0,
    **fields,
) -> Unit:
    """A unit with its first version."""
    key = uuid7(MOMENT)
    segment = code or f"u{next(_numbers)}"
    path = f"{parent.path if parent else '/'}{segment}/"
    made = Unit.objects.create(
        id=key,
        ref=f"U{next(_numbers)}",
        code=code,
        name=name,
        search=name.casefold(),
        structure=structure,
        level=level,
        depth=path.count("/") - 2,
        parent=parent,
        path=path,
        households=households,
        since_on=SINCE,
        **fields,
    )
    UnitVersion.objects.create(
        unit=made, from_on=SINCE, name=name, code=code, level=level, parent=parent, path=path
    )
    return made


def person(name: str, home: Unit | None = None, **fields) -> Person:
    """A person without contacts."""
    return Person.objects.create(
        id=uuid7(MOMENT),
        name=name,
        search=name.casefold(),
        unit=home,
        path=home.path if home else "",
        **fields,
    )


def contact(
    of: Person, kind: str = "app", address: str = "", position: int = 0, **fields
) -> Contact:
    """A way to reach a person."""
    return Contact.objects.create(
        id=uuid7(MOMENT), person=of, kind=kind, address=address, position=position, **fields
    )


def post(title: str, at: Unit, *holders: Person, answers: bool = True, role: str = "other") -> Post:
    """A post with its holder and deputies in order."""
    made = Post.objects.create(
        id=uuid7(MOMENT), title=title, role=role, unit=at, path=at.path, answers=answers
    )
    for rank, who in enumerate(holders):
        Holding.objects.create(id=uuid7(MOMENT), post=made, person=who, rank=rank, from_on=SINCE)
    return made


def grant(to: Person, bundle: str, at: Unit, **fields) -> Grant:
    """A grant in force since yesterday."""
    fields.setdefault("from_at", MOMENT - timedelta(days=1))
    return Grant.objects.create(
        id=uuid7(MOMENT), person=to, bundle=bundle, unit=at, path=at.path, **fields
    )


def account(of: Person, username: str, password: str = "right-horse-battery") -> Account:
    """A sign-in for a person."""
    return Account.objects.create_user(username, password, person=of)


def viewer(of: Person, now: datetime = MOMENT) -> reach.Viewer:
    """The person with what his grants allow."""
    return reach.viewer_of(of, now)


def building(name: str, at: Unit, **fields) -> Building:
    """A building in a unit."""
    return Building.objects.create(id=uuid7(MOMENT), unit=at, path=at.path, name=name, **fields)


def household(
    inside: Building, door: str, carried_by: Unit | None = None, heads: int = 2
) -> Household:
    """A door in a building."""
    at = carried_by or inside.unit
    return Household.objects.create(
        id=uuid7(MOMENT), building=inside, unit=at, path=at.path, door=door, heads=heads
    )
