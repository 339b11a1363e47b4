"""Placards are made, printed once more, and taken out of use. What was printed before keeps its code."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import randbits
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.cases.models import Placard
from renwang.cases.placard_rules import (
    MOST,
    BetraysAHome,
    NothingToHang,
    RetiredAlready,
    Scope,
    TooManyPlacards,
    betrays_a_home,
    code_from,
    entrances_of,
)
from renwang.cases.rules import check_words
from renwang.chain.models import Building, Household, Unit
from renwang.chain.reach import Viewer, require
from renwang.chain.selectors.public import public_names_at, public_places
from renwang.registers.facilities.models import Facility
from renwang.registers.facilities.rules import State

_AT_ONCE = 500  # rows of one statement


@dataclass(frozen=True, slots=True)
class Spot:
    """Somewhere a placard hangs: the place, and in it a building, an entrance of it, or a facility."""

    unit: Unit
    building: Building | None = None
    entrance: int = 0
    facility: Facility | None = None

    @property
    def target(self) -> str:
        """What it is made for, so that it is made once."""
        if self.facility is not None:
            return f"facility:{self.facility.pk}"
        if self.building is not None:
            return f"building:{self.building.pk}:{self.entrance}"
        return f"unit:{self.unit.pk}"

    @property
    def name(self) -> str:
        """How people call it, without the entrance."""
        return (self.facility or self.building or self.unit).name


def spots_at(unit: Unit, scopes: Collection[Scope]) -> list[Spot]:
    """Find where placards hang at a place and below it; in the order in which one walks. Six statements at most.

    Buildings in which one household lives are left out. Refuses with `NothingToHang` and `TooManyPlacards`.
    """
    found: list[Spot] = []
    if Scope.PLACE in scopes:
        found.extend(Spot(one) for one in public_places().filter(pk=unit.pk))
    if Scope.BELOW in scopes:
        below = public_places().filter(path__under=unit.path).exclude(pk=unit.pk)
        found.extend(Spot(one) for one in below.order_by("path"))
    if Scope.BUILDINGS in scopes or Scope.ENTRANCES in scopes:
        buildings = Building.objects.filter(path__under=unit.path).order_by("path", "name", "pk")
        found.extend(_of_buildings(buildings.select_related("unit").defer(*_LEFT), scopes))
    if Scope.FACILITIES in scopes:
        facilities = Facility.objects.filter(path__under=unit.path).exclude(state=State.GONE)
        facilities = facilities.select_related("unit").defer("unit__boundary")
        found.extend(
            Spot(one.unit, facility=one) for one in facilities.order_by("path", "name", "pk")
        )
    return _bounded(found)


_LEFT = ("unit__boundary", "footprint")


def spots_of_building(building: Building, *, entrances: bool) -> list[Spot]:
    """Find where placards hang at one building. Refuses with `BetraysAHome`."""
    scopes = [Scope.BUILDINGS, Scope.ENTRANCES] if entrances else [Scope.BUILDINGS]
    found = list(_of_buildings([building], scopes))
    if not found:
        raise BetraysAHome
    return found


def _of_buildings(buildings: Sequence[Building], scopes: Collection[Scope]) -> Iterator[Spot]:
    rows = list(buildings)
    doors = Household.objects.values_list("building").annotate(Count("pk")).order_by()
    number = dict(doors.filter(building__path__under=_round(rows)))
    for one in rows:
        if betrays_a_home(number.get(one.pk, 0)):
            continue
        entrances = entrances_of(one.entrances) if Scope.ENTRANCES in scopes else range(0)
        if Scope.BUILDINGS in scopes or not entrances:
            yield Spot(one.unit, one)
        for entrance in entrances:
            yield Spot(one.unit, one, entrance)


def _round(buildings: Sequence[Building]) -> str:
    """Give the path that all of some buildings lie under."""
    if not buildings:
        return "/"
    first, last = min(one.path for one in buildings), max(one.path for one in buildings)
    steps = []
    for ours, theirs in zip(first.strip("/").split("/"), last.strip("/").split("/"), strict=False):
        if ours != theirs:
            break
        steps.append(ours)
    return "/" + "".join(f"{step}/" for step in steps)


def _bounded(found: list[Spot]) -> list[Spot]:
    if not found:
        raise NothingToHang
    if len(found) > MOST:
        raise TooManyPlacards(most=MOST)
    return found


@transaction.atomic
def make_placards(spots: Sequence[Spot], *, by: Viewer, now: datetime) -> list[Placard]:
    """Make a placard for every spot, or take the one that hangs there: printed again it has the same code.

    Refuses with `reach.NotInReach`.
    """
    for path in {spot.unit.path for spot in spots}:
        require(by, "cases.handle", at=path)
    known: dict[str, Placard] = {}
    targets = [spot.target for spot in spots]
    for at in range(0, len(targets), _AT_ONCE):
        hang = Placard.objects.filter(target__in=targets[at : at + _AT_ONCE], retired_at=None)
        known.update({one.target: one for one in hang})
    new = [spot for spot in spots if spot.target not in known]
    for spot, code in zip(new, _fresh_codes(len(new)), strict=True):
        known[spot.target] = Placard(id=uuid7(now), code=code, target=spot.target)
    names = public_names_at({spot.unit.path for spot in spots})
    rows = [_brought_up(known[spot.target], spot, names, now) for spot in spots]
    made = {spot.target for spot in new}
    Placard.objects.bulk_create([one for one in rows if one.target in made], batch_size=_AT_ONCE)
    changed = [one for one in rows if one.target not in made]
    fields = ["unit", "path", "place", "name", "search", "printed_at"]
    Placard.objects.bulk_update(changed, fields, batch_size=_AT_ONCE)
    journal.record(
        "cases.placards_printed", rows[0], by=by, at=now, place=_round_all(rows), number=len(rows),
        new=len(new),
    )  # fmt: skip
    return rows


def _brought_up(row: Placard, spot: Spot, names: Mapping[str, str], now: datetime) -> Placard:
    row.unit, row.path, row.name = spot.unit, spot.unit.path, spot.name[:120]
    row.building, row.entrance, row.facility = spot.building, spot.entrance, spot.facility
    row.place = names[spot.unit.path]
    row.search = search_key(f"{row.place} {row.name}")[:240]
    row.printed_at = now
    return row


def _round_all(rows: Sequence[Placard]) -> str:
    paths = {one.path for one in rows}
    return paths.pop() if len(paths) == 1 else ""


def _fresh_codes(number: int) -> list[str]:
    codes: set[str] = set()
    while len(codes) < number:
        drawn = {code_from(randbits(64)) for _one in range(number - len(codes))}
        for at in range(0, len(drawn), _AT_ONCE):
            some = sorted(drawn)[at : at + _AT_ONCE]
            drawn_before = Placard.objects.filter(code__in=some).values_list("code", flat=True)
            codes.update(set(some) - set(drawn_before))
    return sorted(codes)


@transaction.atomic
def retire_placard(key: UUID, reason: str, *, by: Viewer, now: datetime) -> Placard:
    """Take a placard out of use: whoever still scans it is told so kindly, and led to the place.

    Refuses with `RetiredAlready`, `WordsMissing` and `reach.NotInReach`.
    """
    row = Placard.objects.select_for_update().get(pk=key)
    require(by, "cases.handle", at=row.path)
    if row.retired_at is not None:
        raise RetiredAlready
    row.retired_at, row.retired_reason = now, check_words(reason, 200)
    row.save(update_fields=["retired_at", "retired_reason"])
    journal.record("cases.placard_retired", row, by=by, at=now, reason=row.retired_reason)
    return row
