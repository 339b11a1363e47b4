"""Found a unit, rename it, draw it, count it, close it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.datum import Datum
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain import boundaries, routes, tallies, tree
from renwang.chain.models import Building, Household, Unit, UnitChange
from renwang.chain.reach import Viewer, require
from renwang.chain.rules import (
    CodeTaken,
    UnitStillHolds,
    check_change,
    check_code,
    check_level,
)
from renwang.chain.services.posts import end_posts_of
from renwang.chain.structures import structure

By = Viewer | str


@transaction.atomic
def create_unit(
    *,
    name: str,
    level: str,
    parent: Unit | None,
    by: By,
    now: datetime,
    code: str = "",
    structure_key: str | None = None,
    households: int = 0,
    residents: int = 0,
    boundary: Mapping[str, Any] | None = None,
    datum: Datum = Datum.WGS84,
    since_on: date | None = None,
    position: int = 0,
) -> Unit:
    """Found a unit below another one; only the node itself may found a root.

    The structure is the parent's unless another is named. Refuses with
    LevelOrderBroken, CodeTaken, CodeNotUsable, UnitHasEnded, InTheFuture and
    the boundary's refusals.
    """
    require(by, "chain.edit", at=parent.path if parent else "/")
    parent = tree.locked(parent) if parent else None
    since_on = since_on or tree.today(now)
    # A child older than its parent's present state would lie, on those days, in a place that was
    # elsewhere or not there at all.
    check_change(tree.dated([parent]) if parent else (), since_on, tree.today(now))
    key = structure_key or (parent.structure if parent else "")
    rank = structure(key).level(level).rank
    if parent is None:
        check_level(rank, None, name=name)
        within = None
    else:
        check_level(rank, tree.level_of(parent).rank, name=name, parent_name=parent.name)
        within = boundaries.geometry_of(parent.boundary)
    check_code_free(code)
    made = Unit(
        id=uuid7(now),
        ref=next_reference("U", now),
        code=code,
        name=name,
        search=tree.search_of(name, code),
        structure=key,
        level=level,
        parent=parent,
        position=position,
        households=households,
        residents=residents,
        since_on=since_on,
    )
    made.path = tree.place_path(parent, code, made.id)
    made.depth = tree.depth_of(made.path)
    if boundary is not None:
        boundaries.draw(boundary, datum, within).put_on(made)
    made.save(force_insert=True)
    tree.write_version(made, since_on)
    tallies.refresh_tallies(made.path)
    journal.record(
        "chain.unit_created",
        made,
        by=by,
        at=now,
        name=name,
        code=code,
        structure=key,
        level=level,
        since_on=since_on,
        households=households,
        residents=residents,
        boundary=made.boundary,
    )
    return made


@transaction.atomic
def rename_unit(
    *,
    unit: Unit,
    name: str,
    by: By,
    now: datetime,
    code: str | None = None,
    on: date | None = None,
    reason: str = "",
) -> Unit:
    """Give a unit another name, another code, or both, from a day on; its path stays."""
    require(by, "chain.edit", at=unit.path)
    unit, on = tree.locked(unit), on or tree.today(now)
    check_change(tree.dated([unit]), on, tree.today(now))
    before = {"name": unit.name, "code": unit.code}
    if code is not None and code != unit.code:
        check_code_free(code)
        unit.code = code
    unit.name, unit.search = name, tree.search_of(name, unit.code)
    unit.save(update_fields=["name", "code", "search"])
    tree.write_version(unit, on)
    record_change(UnitChange.Kind.RENAME, on, [unit], [unit], reason, now)
    journal.record(
        "chain.unit_renamed",
        unit,
        by=by,
        at=now,
        on=on,
        before=before["name"],
        before_code=before["code"],
        name=name,
        code=unit.code,
        reason=reason,
    )
    return unit


@transaction.atomic
def set_boundary(
    *,
    unit: Unit,
    boundary: Mapping[str, Any] | None,
    by: By,
    now: datetime,
    datum: Datum = Datum.WGS84,
    on: date | None = None,
    reason: str = "",
) -> Unit:
    """Draw a unit's boundary from a day on, or take it away with None.

    Refuses with BoundaryNotUsable, LiesOutside, SwappedAxes or OtherDatum.
    """
    require(by, "chain.edit", at=unit.path)
    unit, on = tree.locked(unit), on or tree.today(now)
    check_change(tree.dated([unit]), on, tree.today(now))
    if boundary is None:
        unit.boundary = ""
        unit.west = unit.south = unit.east = unit.north = None
    else:
        within = boundaries.geometry_of(unit.parent.boundary) if unit.parent else None
        boundaries.draw(boundary, datum, within).put_on(unit)
    unit.save(update_fields=list(boundaries.COLUMNS))
    tree.write_version(unit, on)
    record_change(UnitChange.Kind.BOUNDARY, on, [unit], [unit], reason, now)
    journal.record(
        "chain.boundary_set",
        unit,
        by=by,
        at=now,
        on=on,
        name=unit.name,
        datum=datum.value,
        boundary=unit.boundary,
        reason=reason,
    )
    return unit


@transaction.atomic
def set_headcount(*, unit: Unit, households: int, residents: int, by: By, now: datetime) -> Unit:
    """Declare how many households and residents a unit has; counted doors go before it."""
    require(by, "chain.edit", at=unit.path)
    unit = tree.locked(unit)
    check_change(tree.dated([unit]), tree.today(now), tree.today(now))
    before = {"households": unit.households, "residents": unit.residents}
    unit.households, unit.residents = households, residents
    unit.save(update_fields=["households", "residents"])
    tallies.refresh_tallies(unit.path)
    journal.record(
        "chain.headcount_set",
        unit,
        by=by,
        at=now,
        name=unit.name,
        before=before,
        households=households,
        residents=residents,
    )
    return unit


@transaction.atomic
def close_unit(
    *,
    unit: Unit,
    by: By,
    now: datetime,
    on: date | None = None,
    successors: Sequence[Unit] = (),
    reason: str = "",
) -> Unit:
    """End a unit that holds no units, buildings or households any more; its posts end with it.

    `successors` are the units that took its place, so that its code still
    leads there. Refuses with UnitStillHolds, UnitHasEnded, BeforeLastChange.
    """
    require(by, "chain.edit", at=unit.parent.path if unit.parent else "/")
    unit, on = tree.locked(unit), on or tree.today(now)
    check_change(tree.dated([unit]), on, tree.today(now))
    holds = {
        "units": tree.current().filter(parent=unit).count(),
        "buildings": Building.objects.filter(unit=unit).count(),
        "households": Household.objects.filter(unit=unit).count(),
    }
    if any(holds.values()):
        raise UnitStillHolds(name=unit.name, **holds)
    end_unit(unit, on, now)
    routes.rebuild_routes(unit.path)
    tallies.rebuild_tallies(unit.path)
    record_change(UnitChange.Kind.CLOSE, on, [unit], list(successors), reason, now)
    journal.record(
        "chain.unit_closed",
        unit,
        by=by,
        at=now,
        on=on,
        name=unit.name,
        code=unit.code,
        successors=[one.ref for one in successors],
        reason=reason,
    )
    return unit


def end_unit(unit: Unit, on: date, now: datetime) -> None:
    """End a unit with its posts and grants in the caller's transaction; it stays, with its end.

    The caller derives routes and tallies again when all he changes is changed.
    """
    end_posts_of([unit], on, now)
    unit.grants.filter(ended_at=None).update(ended_at=now)
    unit.ended_on = on
    unit.save(update_fields=["ended_on"])
    tree.end_version(unit, on)


def record_change(
    kind: str,
    on: date,
    before: Sequence[Unit],
    after: Sequence[Unit],
    reason: str,
    now: datetime,
) -> UnitChange:
    """Keep which units became which, so that an old code still finds the new place."""
    change = UnitChange.objects.create(id=uuid7(now), kind=kind, on=on, reason=reason)
    change.before.set(before)
    change.after.set(after)
    return change


def check_code_free(code: str) -> None:
    """Refuse a code that is no code, or that another unit carries today."""
    check_code(code)
    holder = tree.current().filter(code=code).first() if code else None
    if holder:
        raise CodeTaken(code=code, name=holder.name)
