"""Give grants, pass them on, take them back. Delegation only narrows; what was passed on ends with its source."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain import reach, tree
from renwang.chain.models import Grant, Person, Post, Unit
from renwang.chain.reach import Viewer, require
from renwang.chain.rules import (
    Given,
    GrantNotYours,
    GrantRefused,
    PersonNotActive,
    grant_problems,
    source_of,
)

By = Viewer | str


@transaction.atomic
def give_grant(
    *,
    person: Person,
    bundle: str,
    unit: Unit,
    by: By,
    now: datetime,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    reason: str = "",
) -> Grant:
    """Grant a person a bundle at a place, out of one's own grants.

    Refuses with NotInReach, PersonNotActive, and GrantRefused where the grant
    would allow more, elsewhere or longer than the giver's own.
    """
    require(by, "grants.give", at=unit.path)
    made = _give(
        person, bundle, unit, None, given_to(by, now), from_at or now, until_at, by, now, reason
    )
    made.save(force_insert=True)
    _record(made, by, now)
    return made


@transaction.atomic
def delegate_grant(
    *,
    grant: Grant,
    person: Person,
    by: By,
    now: datetime,
    bundle: str | None = None,
    unit: Unit | None = None,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    reason: str = "",
) -> Grant:
    """Pass on one particular grant of one's own, or a part of it; it ends when that one ends."""
    unit = unit or grant.unit
    require(by, "grants.give", at=unit.path)
    if isinstance(by, Viewer) and grant.person_id != by.id:
        raise GrantNotYours()
    given = _as_given(reach.grants_in_force(now).filter(pk=grant.pk))
    made = _give(
        person,
        bundle or grant.bundle,
        unit,
        None,
        given,
        from_at or now,
        until_at or grant.until_at,
        by,
        now,
        reason,
    )
    made.save(force_insert=True)
    _record(made, by, now)
    return made


@transaction.atomic
def take_back_grant(*, grant: Grant, by: By, now: datetime, reason: str = "") -> int:
    """End a grant and everything that was passed on from it; return how many ended.

    Its giver and its owner may do so, and whoever may give grants at its place.
    """
    mine = isinstance(by, Viewer) and by.id in (grant.giver_id, grant.person_id)
    if not mine:
        require(by, "grants.give", at=grant.path)
    ended = end_grants(Grant.objects.filter(pk=grant.pk), now)
    journal.record(
        "chain.grant_taken_back",
        grant,
        by=by,
        at=now,
        person=f"person:{grant.person_id}",
        bundle=grant.bundle,
        ended=ended,
        reason=reason,
    )
    return ended


def active(person: Person) -> Person:
    """Read a person anew and keep him from leaving until the transaction ends.

    Refuses with PersonNotActive who has left.
    """
    found = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if not found.is_active:
        raise PersonNotActive(name=found.name)
    return found


def end_grants(grants: QuerySet[Grant], now: datetime) -> int:
    """End grants and all that was passed on from them in the caller's transaction."""
    waiting = list(grants.filter(ended_at=None).values_list("pk", flat=True))
    ended: set[UUID] = set()
    while waiting:
        ended.update(waiting)
        waiting = list(
            Grant.objects.filter(given_by__in=waiting, ended_at=None)
            .exclude(pk__in=ended)
            .values_list("pk", flat=True)
        )
    return Grant.objects.filter(pk__in=ended).update(ended_at=now)


def grant_with_post(
    post: Post,
    person: Person,
    until_on: date | None,
    giver: list[Given] | None,
    *,
    by: By,
    now: datetime,
) -> Grant | None:
    """Compose, unsaved, the grant of what a post's role allows, for its term.

    None where the role allows nothing. Refuses as `give_grant` does.
    """
    role = tree.level_of(post.unit).role(post.role)
    if role is None or not role.bundle:
        return None
    end = tree.beginning_of(until_on) if until_on else None
    return _give(person, role.bundle, post.unit, post, giver, now, end, by, now, "")


def _give(
    person: Person,
    bundle: str,
    unit: Unit,
    post: Post | None,
    giver: list[Given] | None,
    from_at: datetime,
    until_at: datetime | None,
    by: By,
    now: datetime,
    reason: str,
) -> Grant:
    person = active(person)
    capabilities = reach.BUNDLES.get(bundle)
    source = None
    if giver is not None:
        problems = grant_problems(giver, capabilities, unit.path, from_at, until_at)
        source = source_of(giver, unit.path, until_at)
    else:
        # The node itself owes nobody a narrower grant; only what is wrong in itself stops it.
        everything = [Given("", frozenset(reach.CAPABILITIES), "/", None)]
        problems = grant_problems(everything, capabilities, unit.path, from_at, until_at)
    if problems:
        raise GrantRefused(problems, name=person.name)
    return Grant(
        id=uuid7(now),
        person=person,
        bundle=bundle,
        unit=unit,
        path=unit.path,
        from_at=from_at,
        until_at=until_at,
        post=post,
        # What comes with a post ends with the post, not with the grant of whoever filled it.
        given_by_id=UUID(source) if source and post is None else None,
        giver=by.person if isinstance(by, Viewer) else None,
        reason=reason,
    )


def _record(made: Grant, by: By, now: datetime) -> None:
    journal.record(
        "chain.grant_given",
        made,
        by=by,
        at=now,
        person=f"person:{made.person_id}",
        bundle=made.bundle,
        unit=made.unit.name,
        from_at=made.from_at,
        until_at=made.until_at,
        reason=made.reason,
    )


def given_to(by: By, now: datetime) -> list[Given] | None:
    """Read the giver's grants in force, as the rules see them; None for the node itself."""
    if not isinstance(by, Viewer):
        return None
    return _as_given(reach.grants_in_force(now).filter(person=by.person))


def _as_given(grants: QuerySet[Grant]) -> list[Given]:
    return [
        Given(str(key), reach.BUNDLES.get(bundle, frozenset()), path, until)
        for key, bundle, path, until in grants.values_list("pk", "bundle", "path", "until_at")
    ]
