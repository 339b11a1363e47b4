"""Who must follow what, by the chain as it is at a moment, and who has read it. The same answers as `audience_rules`."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery

from renwang.chain import tree
from renwang.chain.models import Holding, Person
from renwang.chain.rules import line_above
from renwang.registers.procedures.audience_rules import (
    Line,
    PostSeen,
    is_overdue,
    meant_by,
    owed_since,
)
from renwang.registers.procedures.models import Acknowledgement, Audience, Edition, Procedure
from renwang.registers.procedures.rules import EditionState


def current_holdings(now: datetime) -> QuerySet[Holding]:
    """Return who holds or deputises for a standing post on the day of a moment."""
    day = tree.today(now)
    return Holding.objects.filter(
        Q(is_current=True) | Q(until_on__gt=day), from_on__lte=day, post__ended_on=None
    )


def holdings_meant(edition: Edition, *, now: datetime) -> QuerySet[Holding]:
    """Return the holdings that must follow an edition at a moment; one statement for its lines."""
    meant = Q(pk__in=[])
    for line in edition.audience.all():
        if line.post_id:
            meant |= Q(post=line.post_id)
            continue
        one = Q(post__path__under=line.path)
        one &= Q(post__unit__level=line.level) if line.level else Q()
        one &= Q(post__title=line.title) if line.title else Q()
        meant |= one
    return current_holdings(now).filter(meant)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who must follow an edition: for which post, since when he owes it, when he read it."""

    holding: Holding  # with person, post and its unit
    since: datetime
    read_at: datetime | None
    is_late: bool


def readers_of(edition: Edition, *, now: datetime, limit: int = 500) -> list[Reader]:
    """Give who must follow an edition in force, those who are late first; two statements."""
    read = Acknowledgement.objects.filter(edition=edition, holding=OuterRef("pk")).values("at")[:1]
    rows = (
        holdings_meant(edition, now=now)
        .annotate(read_at=Subquery(read, output_field=DateTimeField()))
        .select_related("person", "post", "post__unit")
        .defer("post__unit__boundary")
        .order_by(F("read_at").asc(nulls_first=True), "post__path", "post__position", "rank")
    )
    return [_reader(edition, one, now) for one in rows[:limit]]


def _reader(edition: Edition, holding: Holding, now: datetime) -> Reader:
    held_from = tree.beginning_of(holding.from_on)
    since = owed_since(edition.in_force_from or now, held_from)
    late = holding.read_at is None and is_overdue(since, edition.acknowledge_days, now)
    return Reader(holding, since, holding.read_at, late)


# --- what one person must follow -------------------------------------------------


@dataclass(frozen=True, slots=True)
class Followed:
    """A procedure that somebody must follow: by which of his posts, and whether he has read this edition."""

    procedure: Procedure
    edition: Edition
    posts: tuple[str, ...]  # titles
    is_read: bool
    is_late: bool


def followed_by(person: Person, *, now: datetime) -> list[Followed]:
    """Give what a person must follow, what he has not read first; three statements."""
    held = current_holdings(now).filter(person=person)
    mine = list(
        held.select_related("post", "post__unit").defer("post__unit__boundary").order_by("rank")
    )
    if not mine:
        return []
    found = _editions_for(mine)
    rows = found.select_related("procedure", "procedure__unit").defer("procedure__unit__boundary")
    editions = list(rows.prefetch_related("audience", "cells"))
    read = _read_pairs(editions, mine)
    followed = [_followed(one, mine, read, now) for one in editions]
    return sorted(followed, key=lambda one: (one.is_read, not one.is_late, one.procedure.title))


def count_unread(person_id: UUID, *, now: datetime) -> QuerySet[Edition]:
    """Return the editions somebody must follow and has not read; for the navigation, which counts."""
    mine = list(
        current_holdings(now)
        .filter(person=person_id)
        .select_related("post", "post__unit")
        .only("post__path", "post__title", "post__unit__level", "from_on", "post__unit_id")
    )
    unread = Q(pk__in=[])
    for one in mine:
        read = Acknowledgement.objects.filter(edition=OuterRef("pk"), holding=one.pk)
        unread |= Q(Exists(_lines_for(one).filter(edition=OuterRef("pk")))) & ~Q(Exists(read))
    return Edition.objects.filter(unread, state=EditionState.IN_FORCE)


def _editions_for(holdings: Iterable[Holding]) -> QuerySet[Edition]:
    meant = Q(pk__in=[])
    for one in holdings:
        meant |= Q(Exists(_lines_for(one).filter(edition=OuterRef("pk"))))
    return Edition.objects.filter(meant, state=EditionState.IN_FORCE)


def _lines_for(holding: Holding) -> QuerySet[Audience]:
    """Return the lines that mean one holding's post."""
    post = holding.post
    by_place = Q(
        post=None,
        path__in=[*line_above(post.path), post.path],
        level__in=("", post.unit.level),
        title__in=("", post.title),
    )
    return Audience.objects.filter(by_place | Q(post=post.pk))


def procedures_followed(person_id: UUID, *, now: datetime) -> QuerySet[Edition]:
    """Return the editions in force that somebody must follow; one statement to know his posts."""
    held = current_holdings(now).filter(person=person_id)
    return _editions_for(held.select_related("post", "post__unit").defer("post__unit__boundary"))


def _read_pairs(editions: Iterable[Edition], holdings: Iterable[Holding]) -> set[tuple[UUID, UUID]]:
    rows = Acknowledgement.objects.filter(
        edition__in=[one.pk for one in editions], holding__in=[one.pk for one in holdings]
    )
    return set(rows.values_list("edition_id", "holding_id"))


def _followed(
    edition: Edition, mine: list[Holding], read: set[tuple[UUID, UUID]], now: datetime
) -> Followed:
    lines = lines_of(edition.audience.all())
    by_key = {str(one.post_id): one for one in mine}
    seen = sorted((_seen(one) for one in mine), key=lambda one: one.path)
    meant = [by_key[key] for key in meant_by(lines, seen)]
    unread = [one for one in meant if (edition.pk, one.pk) not in read]
    late = any(_owes_late(edition, one, now) for one in unread)
    return Followed(
        edition.procedure, edition, tuple(one.post.title for one in meant), not unread, late
    )


def _owes_late(edition: Edition, holding: Holding, now: datetime) -> bool:
    since = owed_since(edition.in_force_from or now, tree.beginning_of(holding.from_on))
    return is_overdue(since, edition.acknowledge_days, now)


def _seen(holding: Holding) -> PostSeen:
    post = holding.post
    return PostSeen(str(post.pk), post.path, post.unit.level, post.title)


def lines_of(rows: Iterable[Audience]) -> list[Line]:
    """Give lines as the rules see them."""
    return [
        Line(one.path, one.level, one.title, str(one.post_id) if one.post_id else "")
        for one in rows
    ]


# --- many procedures and many people at once ----------------------------------------


@dataclass(frozen=True, slots=True)
class Owing:
    """Who must follow one edition below a place, and whose time to read it is over."""

    posts: int
    holdings: int
    late: tuple[tuple[UUID, UUID], ...]  # those who are late: unit and holding of each


def owing_below(*paths: str, now: datetime) -> Mapping[UUID, Owing]:
    """Say for every edition in force that concerns some places or anything below them who owes what; four statements.

    Keyed by edition; counted are the posts at and below the places.
    """
    near, below = Q(pk__in=[]), Q(pk__in=[])
    for path in paths:
        near |= Q(procedure__path__under=path) | Q(procedure__path__in=line_above(path))
        below |= Q(post__path__under=path)
    in_force = Edition.objects.filter(near, state=EditionState.IN_FORCE)
    editions = list(in_force.values_list("pk", "in_force_from", "acknowledge_days"))
    lines: dict[UUID, list[Audience]] = {}
    for line in Audience.objects.filter(edition__in=in_force.values("pk")):
        lines.setdefault(line.edition_id, []).append(line)
    holdings: dict[str, list[tuple[UUID, UUID, datetime]]] = {}
    posts: dict[str, PostSeen] = {}
    rows = current_holdings(now).filter(below).order_by("post__path")
    for holding, post, at, level, title, unit, from_on in rows.values_list(
        "pk", "post_id", "post__path", "post__unit__level", "post__title", "post__unit_id",
        "from_on",
    ):  # fmt: skip
        key = str(post)
        posts.setdefault(key, PostSeen(key, at, level, title))
        holdings.setdefault(key, []).append((holding, unit, tree.beginning_of(from_on)))
    read = set(
        Acknowledgement.objects.filter(edition__in=in_force.values("pk")).values_list(
            "edition_id", "holding_id"
        )
    )
    in_order = list(posts.values())
    found = {}
    for key, since, days in editions:
        meant = meant_by(lines_of(lines.get(key, ())), in_order)
        people = [one for post in meant for one in holdings[post]]
        late = tuple(
            (unit, holding)
            for holding, unit, held_from in people
            if (key, holding) not in read and is_overdue(owed_since(since, held_from), days, now)
        )
        found[key] = Owing(len(meant), len(people), late)
    return found


def overdue_by_unit(path: str, *, now: datetime) -> Counter[UUID]:
    """Count for every unit at and below a place what was not read there in time; four statements."""
    owing = owing_below(path, now=now).values()
    return Counter(unit for one in owing for unit, _holding in one.late)


@dataclass(frozen=True, slots=True)
class Late:
    """Somebody who has not read in time what he must follow."""

    holding: Holding  # with person, post and its unit
    edition: Edition  # with its procedure


def late_below(person: Person, *, now: datetime, limit: int = 50) -> list[Late]:
    """Give who has not read in time at and below the places whose answering posts somebody is on, himself left out.

    Seven statements however many places, one where there is none.
    """
    held = current_holdings(now).filter(person=person, post__answers=True)
    paths = sorted(set(held.values_list("post__path", flat=True)))
    tops = [one for one in paths if not any(above in paths for above in line_above(one))]
    owing = owing_below(*tops, now=now) if tops else {}
    pairs = [(edition, who) for edition, one in owing.items() for _unit, who in one.late]
    if not pairs:
        return []
    editions = Edition.objects.select_related("procedure").in_bulk({one for one, _who in pairs})
    people = current_holdings(now).exclude(person=person)
    people = people.select_related("person", "post__unit").defer("post__unit__boundary")
    known = people.in_bulk({who for _edition, who in pairs})
    found = [Late(known[who], editions[one]) for one, who in pairs if who in known]
    found.sort(key=lambda one: (one.holding.post.path, one.edition.title))
    return found[:limit]
