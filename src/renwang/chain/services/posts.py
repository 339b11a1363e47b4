"""Found posts and fill them: holder, deputies in order, vacancy. What a post allows comes and goes with it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain import routes, tallies, tree
from renwang.chain.models import Grant, Holding, Organisation, Person, Post, Unit
from renwang.chain.reach import Viewer, require
from renwang.chain.rules import (
    Held,
    PostAlreadyAnswers,
    PostHasEnded,
    PostNotHeld,
    RoleUnknown,
    UnitHasEnded,
    check_holder,
    check_term,
    closed_up,
    next_rank,
    reordered,
)
from renwang.chain.services.grants import active, end_grants, given_to, grant_with_post

By = Viewer | str
OTHER_ROLE = "other"


@transaction.atomic
def create_post(
    *,
    unit: Unit,
    title: str,
    by: By,
    now: datetime,
    role: str = OTHER_ROLE,
    answers: bool | None = None,
    organisation: Organisation | None = None,
    position: int = 0,
) -> Post:
    """Found a post in a unit, or in an organisation that sits there.

    Whether it answers for the unit is the role's business unless said. Refuses
    with RoleUnknown, PostAlreadyAnswers and UnitHasEnded.
    """
    require(by, "chain.edit", at=unit.path)
    unit = tree.locked(unit)
    if unit.ended_on is not None:
        raise UnitHasEnded(name=unit.name, on=unit.ended_on)
    known = tree.level_of(unit).role(role)
    if known is None and role != OTHER_ROLE:
        raise RoleUnknown(role=role)
    if answers is None:
        answers = bool(known and known.answers) and organisation is None
    if answers:
        other = Post.objects.filter(unit=unit, answers=True, ended_on=None).first()
        if other:
            raise PostAlreadyAnswers(name=other.title)
    post = Post.objects.create(
        id=uuid7(now),
        title=title,
        role=role,
        unit=unit,
        organisation=organisation,
        path=unit.path,
        answers=answers,
        position=position,
    )
    if answers:
        routes.rebuild_routes(unit.path)
    tallies.refresh_tallies(unit.path)
    journal.record(
        "chain.post_created",
        post,
        by=by,
        at=now,
        title=title,
        role=role,
        unit=unit.name,
        answers=answers,
        organisation=organisation.ref if organisation else "",
    )
    return post


@transaction.atomic
def close_post(*, post: Post, by: By, now: datetime, on: date | None = None) -> Post:
    """Close a post; whoever holds it leaves it, and what it allowed ends."""
    require(by, "chain.edit", at=post.path)
    post = _locked(post)
    on = on or tree.today(now)
    _end([post], on, now)
    if post.answers:
        routes.rebuild_routes(post.path)
    tallies.refresh_tallies(post.path)
    journal.record("chain.post_closed", post, by=by, at=now, on=on, title=post.title)
    post.ended_on = on
    return post


@transaction.atomic
def appoint_holder(
    *,
    post: Post,
    person: Person,
    by: By,
    now: datetime,
    from_on: date | None = None,
    until_on: date | None = None,
    with_grant: bool = True,
) -> Holding:
    """Appoint the holder of a vacant post; a person may hold several.

    What the role allows is granted along, as far as `by` may give it, unless
    `with_grant` is False. Refuses with PostAlreadyHeld (who holds it is named),
    HoldsThisPost, PersonNotActive, PostHasEnded and GrantRefused.
    """
    require(by, "chain.edit", at=post.path)
    post = _locked(post)
    check_holder(_held(post), str(person.pk))
    return _appoint(post, person, 0, by, now, from_on, until_on, with_grant)


@transaction.atomic
def appoint_deputy(
    *,
    post: Post,
    person: Person,
    by: By,
    now: datetime,
    from_on: date | None = None,
    until_on: date | None = None,
    with_grant: bool = True,
) -> Holding:
    """Appoint one more deputy, after those there are; refuses as `appoint_holder` does."""
    require(by, "chain.edit", at=post.path)
    post = _locked(post)
    rank = next_rank(_held(post), str(person.pk))
    return _appoint(post, person, rank, by, now, from_on, until_on, with_grant)


@transaction.atomic
def reorder_deputies(*, post: Post, order: Sequence[Person], by: By, now: datetime) -> None:
    """Put the deputies into another order; `order` names all of them, the first first."""
    require(by, "chain.edit", at=post.path)
    post = _locked(post)
    ranks = reordered(_held(post), [str(person.pk) for person in order])
    _rank(post, ranks)
    routes.refresh_routes([post.pk])
    journal.record(
        "chain.deputies_reordered",
        post,
        by=by,
        at=now,
        title=post.title,
        order=[f"person:{person.pk}" for person in order],
    )


@transaction.atomic
def vacate_post(
    *, post: Post, person: Person, by: By, now: datetime, on: date | None = None, reason: str = ""
) -> Holding:
    """Let a holder or deputy leave a post; the deputies behind him move up, but none becomes holder.

    What came with the post ends. Refuses with PostNotHeld.
    """
    require(by, "chain.edit", at=post.path)
    post, on = _locked(post), on or tree.today(now)
    holding = Holding.objects.filter(post=post, person=person, is_current=True).first()
    if holding is None:
        raise PostNotHeld(name=post.title)
    held = _held(post)
    holding.is_current = False
    holding.until_on = max(on, holding.from_on)
    holding.save(update_fields=["is_current", "until_on"])
    _rank(post, closed_up(held, str(person.pk)))
    end_grants(Grant.objects.filter(post=post, person=person), now)
    routes.refresh_routes([post.pk])
    tallies.refresh_tallies(post.path)
    journal.record(
        "chain.post_vacated",
        post,
        by=by,
        at=now,
        title=post.title,
        person=f"person:{person.pk}",
        rank=holding.rank,
        on=on,
        reason=reason,
    )
    return holding


def end_posts_of(units: Iterable[Unit], on: date, now: datetime) -> list[Post]:
    """Close every post of some units in the caller's transaction, because the units end."""
    posts = list(Post.objects.filter(unit__in=list(units), ended_on=None))
    _end(posts, on, now)
    return posts


def _end(posts: list[Post], on: date, now: datetime) -> None:
    Holding.objects.filter(post__in=posts, is_current=True).update(is_current=False, until_on=on)
    end_grants(Grant.objects.filter(post__in=posts), now)
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(ended_on=on)


def _appoint(
    post: Post,
    person: Person,
    rank: int,
    by: By,
    now: datetime,
    from_on: date | None,
    until_on: date | None,
    with_grant: bool,
) -> Holding:
    person = active(person)
    from_on = from_on or tree.today(now)
    check_term(from_on, until_on)
    holding = Holding.objects.create(
        id=uuid7(now), post=post, person=person, rank=rank, from_on=from_on, until_on=until_on
    )
    granted = None
    if with_grant:
        granted = grant_with_post(post, person, until_on, given_to(by, now), by=by, now=now)
    if granted:
        granted.save(force_insert=True)
    routes.refresh_routes([post.pk])
    tallies.refresh_tallies(post.path)
    journal.record(
        "chain.deputy_appointed" if rank else "chain.holder_appointed",
        post,
        by=by,
        at=now,
        title=post.title,
        person=f"person:{person.pk}",
        rank=rank,
        from_on=from_on,
        until_on=until_on,
        bundle=granted.bundle if granted else "",
    )
    return holding


def _rank(post: Post, ranks: dict[str, int]) -> None:
    """Give holdings new ranks; by way of ranks that nobody has, for each rank is held once."""
    if not ranks:
        return
    moving = list(Holding.objects.filter(post=post, is_current=True, person_id__in=list(ranks)))
    away = 1 + max(held.rank for held in _held(post))
    for offset in (away, 0):
        for holding in moving:
            holding.rank = ranks[str(holding.person_id)] + offset
        Holding.objects.bulk_update(moving, ["rank"])


def _locked(post: Post) -> Post:
    post = (
        Post.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit")
        .get(pk=post.pk)
    )
    if post.ended_on is not None:
        raise PostHasEnded(name=post.title)
    return post


def _held(post: Post) -> list[Held]:
    rows = Holding.objects.filter(post=post, is_current=True).order_by("rank")
    return [
        Held(str(person), name, rank)
        for person, name, rank in rows.values_list("person_id", "person__name", "rank")
    ]
