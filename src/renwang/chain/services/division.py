"""Change the division of places: move, split, merge. Dated, and nothing is lost on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Func, IntegerField, Max, Value

from renwang.base import journal
from renwang.base.pure.datum import Datum
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain import boundaries, routes, tallies, tree
from renwang.chain.models import (
    Building,
    Grant,
    Household,
    Organisation,
    Person,
    Post,
    Unit,
    UnitChange,
)
from renwang.chain.reach import Viewer, require
from renwang.chain.rules import (
    NotOfThisUnit,
    PostAlreadyAnswers,
    Share,
    check_change,
    check_level,
    check_merge,
    check_move,
    check_split,
)
from renwang.chain.services.units import check_code_free, end_unit, record_change

By = Viewer | str


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of a split takes over from the whole."""

    name: str
    code: str = ""
    units: tuple[Unit, ...] = ()
    buildings: tuple[Building, ...] = ()
    posts: tuple[Post, ...] = ()  # with their holders; posts that no part takes are closed
    households: int = 0
    residents: int = 0
    boundary: Mapping[str, Any] | None = None  # WGS-84


@transaction.atomic
def move_unit(
    *,
    unit: Unit,
    parent: Unit | None,
    by: By,
    now: datetime,
    on: date | None = None,
    reason: str = "",
) -> Unit:
    """Hang a unit below another one from a day on, with everything in it.

    Needs `chain.edit` where it comes from and where it goes. Refuses with
    WouldCircle, LevelOrderBroken, UnitHasEnded, BeforeLastChange, InTheFuture,
    PathTooLong. Earlier days still find it, and all below it, in the old place.
    """
    require(by, "chain.edit", at=unit.parent.path if unit.parent else "/")
    require(by, "chain.edit", at=parent.path if parent else "/")
    unit, on = tree.locked(unit), on or tree.today(now)
    parent = tree.locked(parent) if parent else None
    check_change(
        [tree.dated_below(unit), *(tree.dated([parent]) if parent else [])], on, tree.today(now)
    )
    above = parent.path if parent else "/"
    old, old_parent = unit.path, unit.parent
    longest = _longest_below(old)
    start = len(old_parent.path if old_parent else "/")
    check_move(old, above, name=unit.name, depths=[longest - start], parent_depth=len(above))
    if parent:
        rank = tree.level_of(parent).rank
        check_level(tree.level_of(unit).rank, rank, name=unit.name, parent_name=parent.name)
    if parent is not None and parent.pk == unit.parent_id:
        return unit
    tree.hang([unit], parent, on)
    record_change(UnitChange.Kind.MOVE, on, [unit], [unit], reason, now)
    routes.rebuild_routes(unit.path)
    tallies.refresh_tallies(unit.path, *([old_parent.path] if old_parent else []))
    journal.record(
        "chain.unit_moved",
        unit,
        by=by,
        at=now,
        on=on,
        name=unit.name,
        before=old,
        after=unit.path,
        parent=parent.name if parent else "",
        reason=reason,
    )
    return unit


@transaction.atomic
def split_unit(
    *,
    unit: Unit,
    parts: Sequence[Part],
    by: By,
    now: datetime,
    on: date | None = None,
    reason: str = "",
) -> list[Unit]:
    """End a unit and put two or more parts of the same level in its place.

    Every unit and building in it goes to exactly one part, and the declared
    heads add up. The first part also takes who is at home there, the
    organisations, and doors of other units' buildings. Grants on the whole
    hold on every part. Refuses with NotPlaced, PlacedTwice, NotOfThisUnit,
    HeadcountChanged, TooFewParts, CodeTaken, and as any dated change does.
    """
    require(by, "chain.edit", at=unit.parent.path if unit.parent else "/")
    unit, on = tree.locked(unit), on or tree.today(now)
    check_change([tree.dated_below(unit)], on, tree.today(now))
    _check_parts(unit, parts)
    old = unit.path
    made = [_found_part(unit, part, index, on, now) for index, part in enumerate(parts)]
    for part, heir in zip(parts, made, strict=True):
        tree.hang(part.units, heir, on)
        keys = [building.pk for building in part.buildings]
        Building.objects.filter(pk__in=keys).update(unit=heir, path=heir.path)
        Household.objects.filter(building__in=keys, unit=unit).update(unit=heir, path=heir.path)
        _hand_over_posts(part.posts, heir)
    _hand_over_rest(unit, made[0])
    _spread_grants(unit, made, now)
    end_unit(unit, on, now)
    for heir, part in zip(made, parts, strict=True):
        check_code_free(part.code)
        Unit.objects.filter(pk=heir.pk).update(code=part.code)
        heir.code = part.code
        tree.write_version(heir, on)
    _derive_again([unit, *made])
    record_change(UnitChange.Kind.SPLIT, on, [unit], made, reason, now)
    journal.record(
        "chain.unit_split",
        unit,
        by=by,
        at=now,
        place=old,
        on=on,
        name=unit.name,
        code=unit.code,
        parts=[{"ref": one.ref, "name": one.name, "code": one.code} for one in made],
        reason=reason,
    )
    return made


@transaction.atomic
def merge_units(
    *,
    units: Sequence[Unit],
    name: str,
    by: By,
    now: datetime,
    code: str = "",
    posts: Sequence[Post] = (),
    boundary: Mapping[str, Any] | None = None,
    on: date | None = None,
    reason: str = "",
) -> Unit:
    """End units of one level that lie in the same unit, and put one in their place.

    Everything in them goes to the new one. `posts` go along with their
    holders; the others are closed. Grants on the old units end: on the whole
    they would allow more than was given. Refuses with NotBrothers,
    TooFewParts, CodeTaken, PostAlreadyAnswers, and as any dated change does.
    """
    for unit in units:
        require(by, "chain.edit", at=unit.parent.path if unit.parent else "/")
    units, on = tree.locked_all(units), on or tree.today(now)
    check_change([tree.dated_below(unit) for unit in units], on, tree.today(now))
    check_merge([(one.structure, one.level, str(one.parent_id)) for one in units])
    _check_posts(posts, units)
    part = Part(
        name,
        code,
        households=sum(unit.households for unit in units),
        residents=sum(unit.residents for unit in units),
        boundary=boundary,
    )
    whole = _found_part(units[0], part, 0, on, now)
    tree.hang(list(tree.current().filter(parent__in=units)), whole, on)
    Building.objects.filter(unit__in=units).update(unit=whole, path=whole.path)
    _hand_over_posts(posts, whole)
    for unit in units:
        _hand_over_rest(unit, whole)
        end_unit(unit, on, now)
    check_code_free(code)
    Unit.objects.filter(pk=whole.pk).update(code=code)
    whole.code = code
    tree.write_version(whole, on)
    _derive_again([*units, whole])
    record_change(UnitChange.Kind.MERGE, on, units, [whole], reason, now)
    journal.record(
        "chain.units_merged",
        whole,
        by=by,
        at=now,
        on=on,
        name=name,
        code=code,
        units=[{"ref": one.ref, "name": one.name, "code": one.code} for one in units],
        reason=reason,
    )
    return whole


def _check_parts(unit: Unit, parts: Sequence[Part]) -> None:
    whole = {
        **{str(pk): name for pk, name in _names(tree.current().filter(parent=unit))},
        **{str(pk): name for pk, name in _names(Building.objects.filter(unit=unit))},
    }
    posts = {
        str(pk): title
        for pk, title in Post.objects.filter(unit=unit, ended_on=None).values_list("pk", "title")
    }
    shares = []
    for part in parts:
        taken = [str(one.pk) for one in (*part.units, *part.buildings, *part.posts)]
        for key in taken:
            if key in posts:
                whole[key] = posts[key]
        shares.append(Share(part.name, frozenset(taken), part.households, part.residents))
    check_split(shares, whole, unit.households, unit.residents)
    for part in parts:
        check_code_free("" if part.code == unit.code else part.code)
        _check_posts(part.posts, [unit])


def _names(rows: Any) -> Any:
    return rows.values_list("pk", "name")


def _check_posts(posts: Sequence[Post], units: Sequence[Unit]) -> None:
    """Refuse posts from elsewhere, closed ones, and two that would answer for one unit."""
    keys = [post.pk for post in posts]
    held = list(Post.objects.filter(pk__in=keys, unit__in=list(units), ended_on=None))
    if len(held) < len(keys):
        missing = next(post for post in posts if post.pk not in {one.pk for one in held})
        raise NotOfThisUnit(part=missing.title)
    answering = [post for post in held if post.answers]
    if len(answering) > 1:
        raise PostAlreadyAnswers(name=answering[0].title)


def _found_part(like: Unit, part: Part, index: int, on: date, now: datetime) -> Unit:
    """Found a unit in the place of another one; it gets its code when the other has given it up."""
    made = Unit(
        id=uuid7(now),
        ref=next_reference("U", now),
        name=part.name,
        search=tree.search_of(part.name, part.code),
        structure=like.structure,
        level=like.level,
        parent=like.parent,
        position=like.position + index,
        households=part.households,
        residents=part.residents,
        since_on=on,
    )
    made.path = tree.place_path(like.parent, part.code, made.id)
    made.depth = tree.depth_of(made.path)
    if part.boundary is not None:
        within = boundaries.geometry_of(like.parent.boundary) if like.parent else None
        boundaries.draw(part.boundary, Datum.WGS84, within).put_on(made)
    else:
        made.lon, made.lat = like.lon, like.lat
    made.save(force_insert=True)
    return made


def _hand_over_posts(posts: Sequence[Post], heir: Unit) -> None:
    keys = [post.pk for post in posts]
    Post.objects.filter(pk__in=keys).update(unit=heir, path=heir.path)
    Grant.objects.filter(post__in=keys).update(unit=heir, path=heir.path)


def _hand_over_rest(unit: Unit, heir: Unit) -> None:
    for model in (Person, Organisation, Household):
        model.objects.filter(unit=unit).update(unit=heir, path=heir.path)


def _spread_grants(unit: Unit, parts: Sequence[Unit], now: datetime) -> None:
    """Let grants on the whole hold on every part, which is the same area, and end on the whole."""
    olds = list(Grant.objects.filter(unit=unit, ended_at=None, post=None))
    places: dict[tuple[Any, Any], Grant] = {}
    for part in parts:
        for old in olds:
            places[old.pk, part.pk] = Grant(
                id=uuid7(now),
                person_id=old.person_id,
                bundle=old.bundle,
                unit=part,
                path=part.path,
                from_at=old.from_at,
                until_at=old.until_at,
                giver_id=old.giver_id,
                given_by_id=old.given_by_id,
                reason=old.reason,
            )
    for (source, part_key), grant in places.items():
        above = next((old.given_by_id for old in olds if old.pk == source), None)
        passed_on = places.get((above, part_key))
        if passed_on:
            grant.given_by_id = passed_on.pk
    Grant.objects.bulk_create(sorted(places.values(), key=lambda one: one.given_by_id is not None))
    for (source, part_key), grant in places.items():
        path = next(part.path for part in parts if part.pk == part_key)
        passed_below = Grant.objects.filter(given_by=source, path__under=path)
        passed_below.exclude(unit=part_key).update(given_by=grant.pk)
    Grant.objects.filter(pk__in=[old.pk for old in olds]).update(ended_at=now)


def _derive_again(units: Sequence[Unit]) -> None:
    for unit in units:
        routes.rebuild_routes(unit.path)
    tallies.rebuild_tallies(*(unit.path for unit in units))


def _longest_below(path: str) -> int:
    lengths = Unit.objects.filter(path__under=path).annotate(
        long=Func(F("path"), function="LENGTH", output_field=IntegerField())
    )
    return lengths.aggregate(most=Max("long", default=Value(0)))["most"]
