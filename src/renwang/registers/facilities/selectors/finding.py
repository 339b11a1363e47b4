"""Read the facilities of a place as their rules see them, and find what is wrong there.

`find_holes` is for whoever asks at night or from another list; `holes_at` for a
page. Ten statements, however large the place is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from renwang.chain.models import Holding, Unit
from renwang.chain.reach import Viewer
from renwang.chain.rules import line_above
from renwang.registers.facilities.finding_rules import (
    STEP_FREE,
    DefectSeen,
    FacilitySeen,
    Finding,
    Hole,
    PlaceSeen,
    PostSeen,
    ReachSeen,
    ShareSeen,
    find_faults,
)
from renwang.registers.facilities.kinds import Kind, Terms, known_terms
from renwang.registers.facilities.models import Defect, Facility, Stock
from renwang.registers.facilities.naming import SHELTERS
from renwang.registers.facilities.rules import USABLE, DefectState, State
from renwang.registers.facilities.selectors.coverage import Area, given_of
from renwang.registers.facilities.stock_rules import Lot, StockSeen

BACKUP, NO_ROLE = "backup_power", "none"


@dataclass(frozen=True, slots=True)
class Holes:
    """What is wrong at a place and below it, the gravest first."""

    findings: list[Finding]
    units: Mapping[str, Unit]  # by path, of those that any finding is about
    judged: int  # facilities that were looked at

    @property
    def counts(self) -> Counter[Hole]:
        """How many there are of each kind."""
        return Counter(one.hole for one in self.findings)

    @property
    def by_severity(self) -> Counter[int]:
        """How many there are of each gravity."""
        return Counter(int(one.severity) for one in self.findings)


def find_holes(path: str, *, now: datetime, with_coverage: bool = True) -> list[Finding]:
    """Find everything that is wrong with the facilities at and below a place, the gravest first.

    `path` is that of a unit; whoever calls has asked whether he may see it.
    `with_coverage=False` leaves out who lives beyond reach, which is most of the
    work, and judges facilities and tiers of service centres only.
    """
    return _find(path, now, with_coverage=with_coverage)[0]


def holes_at(viewer: Viewer, unit: Unit, *, now: datetime, with_coverage: bool = True) -> Holes:
    """Find what is wrong with the facilities at a place and below it, as far as the viewer sees."""
    if not viewer.may("facilities.see", unit.path):
        return Holes([], {}, 0)
    findings, judged = _find(unit.path, now, with_coverage=with_coverage)
    paths = {one.path for one in findings}
    units = Unit.objects.filter(path__under=unit.path).only("ref", "name", "path")
    return Holes(findings, {one.path: one for one in units.iterator() if one.path in paths}, judged)


def _find(path: str, now: datetime, *, with_coverage: bool) -> tuple[list[Finding], int]:
    terms = known_terms()
    rows = read_rows(path)
    seen = [_seen(row, terms) for row in rows]
    units = _judged_units(path, terms)
    area = Area(path, terms)
    findings = find_faults(
        seen,
        timezone.localdate(now, timezone.get_default_timezone()),
        reaches=_reaches(area, units) if with_coverage else (),
        shares=_shares(area, units, rows) if with_coverage else (),
        places=_places(units, rows, terms),
        beyond_share=terms.figures[terms.beyond].value,
    )
    return findings, len(seen)


def stock_points(where: Q) -> list[tuple[str, str, StockSeen]]:
    """Give reference, place and stock of the facilities in use at some places that have to keep some; two statements."""
    terms = known_terms()
    asked = Q(kind__in=terms.stock.kinds) | Q(rooms__role__in=terms.stock.roles)
    found = Facility.objects.filter(where, asked, state__in=sorted(USABLE)).order_by("path", "ref")
    rows = list(found.distinct().values_list("pk", "ref", "path"))
    lots: dict[Any, list[Lot]] = defaultdict(list)
    kept = Stock.objects.filter(where, facility__in=found.order_by().values("pk"))
    for key, *said in kept.values_list(
        "facility_id", "name", "quantity", "unit", "expires_on", "checked_on"
    ):
        lots[key].append(Lot(*said))
    return [(ref, path, _stock_seen(lots.get(key, ()), terms)) for key, ref, path in rows]


def find_faults_in(where: Q, *, now: datetime) -> list[Finding]:
    """Find what is wrong with the facilities at some places, each by itself; four statements.

    Who lives beyond reach of them, and which tier is missing where, is judged
    over whole areas: see `find_holes`.
    """
    terms = known_terms()
    today = timezone.localdate(now, timezone.get_default_timezone())
    return find_faults([_seen(row, terms) for row in rows_in(where)], today)


def read_rows(path: str) -> list[dict[str, Any]]:
    """Read the standing facilities at and below a place with their posts, roles, stock and open defects; four statements."""
    return rows_in(Q(path__under=path))


def rows_in(where: Q) -> list[dict[str, Any]]:
    """Read the standing facilities at some places in the same way."""
    held = Holding.objects.filter(post=OuterRef("post_id"), is_current=True)
    found = Facility.objects.filter(where).exclude(state=State.GONE)
    found = found.annotate(post_held=Exists(held)).order_by("path", "kind", "ref")
    rows = list(found.values(*_COLUMNS, "post_held"))
    defects: dict[Any, list[DefectSeen]] = defaultdict(list)
    open_ones = Defect.objects.filter(where, state=DefectState.OPEN)
    for key, number, words, due_on, is_grave in open_ones.order_by("number").values_list(
        "facility_id", "number", "words", "due_on", "is_grave"
    ):
        defects[key].append(DefectSeen(number, words, due_on, is_grave))
    roles: dict[Any, set[str]] = defaultdict(set)
    with_rooms = Facility.objects.filter(where, rooms__isnull=False)
    for key, role in with_rooms.order_by().values_list("pk", "rooms__role"):
        roles[key].add(role)
    lots: dict[Any, list[Lot]] = defaultdict(list)
    kept = Stock.objects.filter(where).order_by("search", "lot", "pk")
    for key, *said in kept.values_list(
        "facility_id", "name", "quantity", "unit", "expires_on", "checked_on"
    ):
        lots[key].append(Lot(*said))
    for row in rows:
        row["defects"] = tuple(defects.get(row["pk"], ()))
        row["roles"] = roles.get(row["pk"], set())
        row["room_role"] = bool(row["roles"] - {NO_ROLE})
        row["lots"] = tuple(lots.get(row["pk"], ()))
    return rows


_COLUMNS = (
    "pk", "ref", "name", "path", "kind", "tier", "state", "expected_on", "inspected_on",
    "inspect_due_on", "post_id", "post__title", "post__unit__name", "post__ended_on", "fittings",
    "amounts", "rooms_m2", "emergency_role", "emergency_hours", "lon",
)  # fmt: skip


def _seen(row: Mapping[str, Any], terms: Terms) -> FacilitySeen:
    kind = terms.kinds.get(row["kind"])
    asks_backup = kind is not None and kind.is_backed and BACKUP in kind.fittings
    exits = terms.figures[kind.exits].value if kind and kind.exits else None
    return FacilitySeen(
        ref=row["ref"],
        name=row["name"],
        path=row["path"],
        kind=row["kind"],
        state=State(row["state"]),
        expected_on=row["expected_on"],
        inspected_on=row["inspected_on"],
        inspect_due_on=row["inspect_due_on"],
        post=_post(row),
        defects=row["defects"],
        is_grave=kind is not None and kind.is_grave,
        has_backup=not asks_backup or row["fittings"].get(BACKUP) is True,
        has_role=kind is None
        or not kind.has_tiers
        or bool(row["emergency_role"])
        or row["room_role"],
        has_hours=kind is None or not kind.has_tiers or bool(row["emergency_hours"]),
        has_capacity=kind is None or not kind.needs or _people(row, kind, terms) is not None,
        has_position=row["lon"] is not None,
        exits=row["amounts"].get("exits"),
        least_exits=exits,
        stock=_stock(row, terms),
    )


def _stock(row: Mapping[str, Any], terms: Terms) -> StockSeen | None:
    """Give the stock of a facility that keeps some, or has to by its kind or by a room of it."""
    asks = row["kind"] in terms.stock.kinds or bool(row["roles"] & set(terms.stock.roles))
    if not asks and not row["lots"]:
        return None
    return _stock_seen(row["lots"], terms, asks=asks)


def _stock_seen(lots: Sequence[Lot], terms: Terms, *, asks: bool = True) -> StockSeen:
    # In the node's own language: a hole must not become another one when another person looks.
    needed = terms.needed(settings.LANGUAGE_CODE) if asks else ()
    soon, every = (terms.figures[key].value for key in (terms.stock.soon, terms.stock.every))
    return StockSeen(tuple(lots), needed, int(soon), int(every))


def _people(row: Mapping[str, Any], kind: Kind, terms: Terms) -> int | None:
    return terms.capacity(kind, given_of(row)).people


def _post(row: Mapping[str, Any]) -> PostSeen | None:
    if row["post_id"] is None:
        return None
    title = f"{row['post__unit__name']} {row['post__title']}"
    ended = row["post__ended_on"] is not None
    return PostSeen(str(row["post_id"]), title, bool(row["post_held"]), ended)


def _judged_units(path: str, terms: Terms) -> dict[str, list[Unit]]:
    """Read the standing units of the levels that anything is judged for, by tier; one statement."""
    wanted = [terms.tiers[key] for key in {terms.reach_tier, terms.share_tier}]
    wanted += [tier for tier in terms.tiers.values() if tier.is_expected]
    levels = {level for tier in wanted for level in tier.levels}
    found = Unit.objects.filter(path__under=path, ended_on=None, level__in=sorted(levels))
    units = list(found.only("ref", "name", "path", "level").order_by("path"))
    return {
        key: [unit for unit in units if unit.level in tier.levels]
        for key, tier in terms.tiers.items()
    }


def _reaches(area: Area, units: Mapping[str, list[Unit]]) -> Iterator[ReachSeen]:
    """Judge each place by shelters of any kind, by shelters without a step, and by each kind that is expected."""
    terms, places = area.terms, units[area.terms.reach_tier]
    if not places or not len(area.homes):
        return
    expected = [kind for kind in terms.kinds.values() if kind.is_expected and not kind.shelters]
    served = {}
    for service in (SHELTERS, *(kind.key for kind in expected)):
        _found, reached = area.reach(service)
        sums = area.sums(places, reached)
        served[service] = sums
        for unit, one in zip(places, sums, strict=True):
            if one.households:
                yield ReachSeen(unit.path, service, one.households, one.beyond_households)
    _found, reached = area.reach(SHELTERS, step_free=True)
    for unit, one, any_one in zip(
        places, area.sums(places, reached), served[SHELTERS], strict=True
    ):
        # Who has no shelter at all is told of that; here only those who have one with steps.
        lacking = one.beyond_households - any_one.beyond_households
        if one.households:
            yield ReachSeen(unit.path, STEP_FREE, one.households, max(0, lacking))


def _shares(
    area: Area, units: Mapping[str, list[Unit]], rows: list[dict[str, Any]]
) -> Iterator[ShareSeen]:
    """Judge each place by what the usable facilities of a kind hold there, against who lives there."""
    terms, places = area.terms, units[area.terms.share_tier]
    kinds = [kind for kind in terms.kinds.values() if kind.share]
    if not places or not kinds or not len(area.homes):
        return
    sums = area.sums(places, area.reach(SHELTERS)[1])
    for kind in kinds:
        held: Counter[str] = Counter()
        for row in rows:
            if row["kind"] == kind.key and State(row["state"]) in USABLE:
                people = _people(row, kind, terms) or 0
                held.update(dict.fromkeys(_line(row["path"]), people))
        share = terms.figures[kind.share].value
        for unit, one in zip(places, sums, strict=True):
            yield ShareSeen(unit.path, kind.key, one.people, held[unit.path], share)


def _line(path: str) -> list[str]:
    return [*line_above(path), path]


def _places(
    units: Mapping[str, list[Unit]], rows: list[dict[str, Any]], terms: Terms
) -> Iterator[PlaceSeen]:
    for tier in terms.tiers.values():
        if not tier.is_expected:
            continue
        served = {path for row in rows if row["tier"] == tier.key for path in _line(row["path"])}
        for unit in units[tier.key]:
            yield PlaceSeen(unit.path, tier.key, unit.path in served)
