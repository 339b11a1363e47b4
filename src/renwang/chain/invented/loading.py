"""Writes an invented place to the node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Any

import orjson
from django.db import models, transaction

from renwang.base import journal
from renwang.base.models import Entry
from renwang.chain.invented.parts import Geometry, Part, UnitPart
from renwang.chain.invented.places import STRUCTURE, invent, root_code
from renwang.chain.invented.sizes import DEMO, Size
from renwang.chain.invented.staff import SINCE
from renwang.chain.models import (
    Alliance,
    Backdrop,
    Building,
    Contact,
    Grant,
    Holding,
    Household,
    Membership,
    Organisation,
    Person,
    Post,
    Unit,
    UnitVersion,
)
from renwang.chain.routes import rebuild_routes
from renwang.chain.tallies import rebuild_tallies
from renwang.chain.tree import search_of

UNITS_SINCE = date(2019, 1, 1)
_VERB = "chain.place_invented"
_BATCH = 2_000

Progress = Callable[[int, int], None]


class PlaceTaken(Exception):
    """The node already has a place with this code, of another size or seed, or a real one."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def load_invented(
    size: Size = DEMO,
    seed: int = 1,
    *,
    now: datetime,
    by: Any = "node:invented",
    progress: Progress = lambda done, total: None,
) -> Unit:
    """Write an invented place and return its root; one already there by the same size and seed stays as it is.

    A sub-district is one transaction. A city is one for each sub-district, and
    a load that was cut off goes on where it stopped. Refuses with PlaceTaken.
    """
    code = root_code(size, seed)
    standing = Unit.objects.filter(code=code, ended_on=None).first()
    if standing and _is_finished(standing, size, seed):
        return standing
    if standing and not size.is_city:
        raise PlaceTaken(code)
    total = size.subdistricts + 2
    with transaction.atomic() if not size.is_city else _each_apart():
        for done, part in enumerate(invent(size, seed), start=1):
            if standing is None or not Unit.objects.filter(path=part.path).exists():
                write_part(part)
            progress(done, total)
        with transaction.atomic():
            root = Unit.objects.get(code=code, ended_on=None)
            rebuild_routes(root.path)
            progress(total - 1, total)
            rebuild_tallies(root.path)
            journal.record(
                _VERB,
                root,
                by=by,
                at=now,
                seed=seed,
                size=str(size),
                households=Household.objects.filter(path__under=root.path).count(),
            )
    progress(total, total)
    return root


@contextmanager
def _each_apart() -> Iterator[None]:
    yield


def _is_finished(root: Unit, size: Size, seed: int) -> bool:
    return any(
        entry.facts.get("seed") == seed and entry.facts.get("size") == str(size)
        for entry in Entry.objects.filter(verb=_VERB, subject_id=str(root.id))
    )


@transaction.atomic
def write_part(part: Part) -> None:
    """Write one part in one transaction; what it hangs on must be there."""
    _bulk(Unit, (_unit(one) for one in part.units))
    _bulk(UnitVersion, (_version(one) for one in part.units))
    _bulk(
        Person,
        (
            Person(**_columns(one), search=search_of(one.name, one.number), invented=True)
            for one in part.people
        ),
    )
    _bulk(Contact, (Contact(**_columns(one)) for one in part.contacts))
    _bulk(
        Organisation,
        (Organisation(**_columns(one), search=search_of(one.name)) for one in part.organisations),
    )
    _bulk(Post, (Post(**_columns(one)) for one in part.posts))
    _bulk(Holding, (Holding(**_columns(one)) for one in part.holdings))
    began = datetime.combine(SINCE, time(), UTC)
    _bulk(Grant, (Grant(**_columns(one), from_at=began) for one in part.grants))
    _bulk(Membership, (Membership(**_columns(one)) for one in part.memberships))
    _bulk(Alliance, (Alliance(**_columns(one)) for one in part.alliances))
    _bulk(Building, (_building(one) for one in part.buildings))
    _bulk(Household, (Household(**_columns(one)) for one in part.households))
    _bulk(Backdrop, (_backdrop(one, part.path) for one in part.layers))


def _bulk(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    model._default_manager.bulk_create(rows, batch_size=_BATCH)


def _columns(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def _unit(one: UnitPart) -> Unit:
    columns = _columns(one)
    geometry = columns.pop("boundary")
    return Unit(
        **columns,
        **(_box(geometry) if geometry else {}),
        boundary=_text(geometry),
        structure=STRUCTURE,
        search=search_of(one.name, one.code),
        depth=one.path.count("/") - 2,
        since_on=UNITS_SINCE,
    )


def _version(one: UnitPart) -> UnitVersion:
    return UnitVersion(
        unit_id=one.id,
        from_on=UNITS_SINCE,
        name=one.name,
        code=one.code,
        level=one.level,
        parent_id=one.parent_id,
        path=one.path,
        boundary=_text(one.boundary),
    )


def _building(one: Any) -> Building:
    columns = _columns(one)
    geometry = columns.pop("footprint")
    return Building(
        **columns, footprint=_text(geometry), search=search_of(one.name, one.code, one.address)
    )


def _backdrop(one: Any, path: str) -> Backdrop:
    return Backdrop(
        kind=one.kind, name=one.name, path=path, geometry=_text(one.geometry), **_box(one.geometry)
    )


def _text(geometry: Geometry | None) -> str:
    return orjson.dumps(geometry).decode() if geometry else ""


def _box(geometry: Geometry) -> dict[str, float]:
    rings = geometry["coordinates"]
    points = rings if geometry["type"] == "LineString" else rings[0]
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    return {"west": min(lons), "south": min(lats), "east": max(lons), "north": max(lats)}
