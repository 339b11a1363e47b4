"""Find holes: the list, the tree of places with their counts, the trend, waivers. Every question starts from what the viewer may see."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import StrIndex, Substr
from django.utils import timezone

from renwang.base.paging import Page, page_of
from renwang.chain.models import Unit
from renwang.chain.reach import SEALED, Viewer
from renwang.chain.rules import line_above
from renwang.chain.selectors.naming import names_of
from renwang.registers.readiness.catalogue import checks
from renwang.registers.readiness.models import Hole, Look, OwnCheck, Waiver
from renwang.registers.readiness.rules import Severity

SORTS: dict[str, tuple[str, ...]] = {
    "severity": ("severity", "since_at"),
    "-severity": ("-severity", "since_at"),
    "since": ("since_at",),
    "-since": ("-since_at",),
    "place": ("path", "severity"),
    "-place": ("-path", "severity"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; empty means any."""

    under: str = ""  # a path
    text: str = ""  # of a reference, a place or a post
    severity: int | None = None
    check: str = ""
    mender: str = ""
    mine: bool = False  # what the viewer himself can mend
    waived: bool | None = None
    here_only: bool = False  # at the very place, not below it


def visible_to(viewer: Viewer) -> QuerySet[Hole]:
    """Return the holes that a viewer may know of, those gone too.

    He needs the readiness check at the place, and what the hole itself asks
    for. What is under seal is shown to no key that acts for somebody.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for capability in sorted({check.sees for check in checks().values()}):
        if capability in SEALED and viewer.scopes is not None:
            continue
        held = viewer.places.get(capability, ())
        if held:
            groups.setdefault(held, []).append(capability)
    seen = Q(pk__in=[])
    for places, capabilities in groups.items():
        here = Q(pk__in=[])
        for place in places:
            here |= Q(path__under=place)
        seen |= Q(sees__in=capabilities) & here
    return Hole.objects.filter(viewer.scope("readiness.see")).filter(seen)


def open_holes(viewer: Viewer) -> QuerySet[Hole]:
    """Return the holes that are there now, those that may stand too."""
    return visible_to(viewer).filter(gone_at=None)


def list_holes(
    viewer: Viewer,
    wanted: Wanted,
    *,
    now: datetime,
    sort: str = "severity",
    cursor: str = "",
    size: int = 50,
) -> Page[Hole]:
    """List holes, the worst first, of the equally bad the oldest; two statements."""
    return page_of(narrowed(viewer, wanted, now), SORTS[sort], cursor=cursor, size=size)


def narrowed(viewer: Viewer, wanted: Wanted, now: datetime) -> QuerySet[Hole]:
    """Return the holes that are there now and looked for."""
    found = open_holes(viewer)
    if wanted.under:
        here = Q(path=wanted.under) if wanted.here_only else Q(path__under=wanted.under)
        found = found.filter(here)
    exact = {"severity": wanted.severity, "check_key": wanted.check or None}
    exact["mender"] = wanted.mender or None
    found = found.filter(**{key: value for key, value in exact.items() if value is not None})
    if wanted.mine:
        found = found.filter(_mine(viewer))
    if wanted.waived is not None:
        standing = Q(waived_until__gt=now)
        found = found.filter(standing if wanted.waived else ~standing | Q(waived_until=None))
    if wanted.text:
        places = Unit.objects.filter(name__icontains=wanted.text, ended_on=None)
        found = found.filter(
            Q(subject__icontains=wanted.text)
            | Q(path__in=places.values("path"))
            | Q(params__post__icontains=wanted.text)
        )
    return found


def _mine(viewer: Viewer) -> Q:
    menders = sorted({check.mender for check in checks().values()})
    found = Q(pk__in=[])
    for capability in menders:
        if viewer.may(capability):
            found |= Q(mender=capability) & viewer.scope(capability)
    return found


def hole_of(viewer: Viewer, key: int) -> Hole | None:
    """Find one hole, also one that is gone; None hides what is out of reach."""
    return visible_to(viewer).filter(pk=key).first()


# --- what a page says beside its holes ---------------------------------------------


def units_at(paths: Sequence[str]) -> dict[str, Unit]:
    """Give the units at some paths, and the one above each; one statement."""
    wanted = {one for path in paths for one in (path, _above(path))}
    units = Unit.objects.filter(path__in=sorted(wanted)).only("pk", "ref", "name", "path")
    return {one.path: one for one in units}


def _above(path: str) -> str:
    return (line_above(path) or [path])[-1]


def people_named(viewer: Viewer, holes: Sequence[Hole]) -> dict[str, str]:
    """Name those whom holes speak of, by key, as far as the viewer may know them; one statement."""
    keys = {UUID(one.params["person"]) for one in holes if one.params.get("person")}
    return {str(key): one.name for key, one in names_of(viewer, keys).items() if one.in_reach}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many holes there are, and of these how many may stand; never a score."""

    grave: int = 0
    attention: int = 0
    note: int = 0
    waived: int = 0

    @property
    def total(self) -> int:
        """All that are there, also those that may stand."""
        return self.grave + self.attention + self.note

    def __add__(self, other: "Counts") -> "Counts":
        """Add two countings up."""
        return Counts(
            self.grave + other.grave, self.attention + other.attention,
            self.note + other.note, self.waived + other.waived,
        )  # fmt: skip


def _sums(now: datetime) -> dict[str, Count]:
    return {
        "grave": Count("pk", filter=Q(severity=Severity.GRAVE)),
        "attention": Count("pk", filter=Q(severity=Severity.ATTENTION)),
        "note": Count("pk", filter=Q(severity=Severity.NOTE)),
        "waived": Count("pk", filter=Q(waived_until__gt=now)),
    }


def count_holes(viewer: Viewer, wanted: Wanted, now: datetime) -> Counts:
    """Count what is looked for, by how grave; one statement."""
    return Counts(**narrowed(viewer, wanted, now).order_by().aggregate(**_sums(now)))


def count_by_mender(viewer: Viewer, wanted: Wanted, now: datetime) -> dict[str, Counts]:
    """Count what is looked for by who can mend it, whoever most waits for first; one statement."""
    rows = narrowed(viewer, wanted, now).order_by().values("mender").annotate(**_sums(now))
    found = {row.pop("mender"): Counts(**row) for row in rows}
    return dict(sorted(found.items(), key=lambda one: (-one[1].grave, -one[1].total)))


def count_by_check(viewer: Viewer, wanted: Wanted, now: datetime) -> dict[str, Counts]:
    """Count what is looked for by check, the gravest first; one statement."""
    rows = narrowed(viewer, wanted, now).order_by().values("check_key").annotate(**_sums(now))
    return _gravest_first({row.pop("check_key"): Counts(**row) for row in rows})


def _gravest_first(found: Mapping[str, Counts]) -> dict[str, Counts]:
    order = checks()
    return dict(
        sorted(
            found.items(),
            key=lambda one: (order[one[0]].severity if one[0] in order else 9, -one[1].total),
        )
    )


@dataclass(frozen=True, slots=True)
class Below:
    """The holes of a place and below it: by check, and by its parts, each with all below it; the gravest first."""

    by_check: dict[str, Counts]
    parts: list[tuple[Unit, Counts]]


def count_below(viewer: Viewer, unit: Unit, now: datetime) -> Below:
    """Count the holes of a place and below it by check and by part; two statements."""
    here = open_holes(viewer).filter(path__under=unit.path).order_by()
    start = len(unit.path)
    part = Substr(F("path"), 1, start + StrIndex(Substr(F("path"), start + 1), Value("/")))
    rows = here.annotate(part=part).values_list("part", "check_key").annotate(**_sums(now))
    by_part: dict[str, Counts] = {}
    by_check: dict[str, Counts] = {}
    for path, key, *numbers in rows:
        counts = Counts(*numbers)
        by_part[path] = by_part.get(path, Counts()) + counts
        by_check[key] = by_check.get(key, Counts()) + counts
    parts = Unit.objects.filter(parent=unit, ended_on=None).defer("boundary")
    found = [(one, by_part.get(one.path, Counts())) for one in parts]
    found.sort(key=lambda one: (-one[1].grave, -one[1].attention, one[0].path))
    return Below(_gravest_first(by_check), found)


# --- the trend -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """How many holes there were at the end of a day, by how grave."""

    on: date
    grave: int
    attention: int
    note: int


def trend_of(viewer: Viewer, path: str, *, now: datetime, days: int = 30) -> list[Day]:
    """Say how many holes there were on each of the last days, from when each came and went; two statements."""
    zone = timezone.get_default_timezone()
    today = now.astimezone(zone).date()
    first = today - timedelta(days=days - 1)
    here = visible_to(viewer).filter(path__under=path).order_by()
    came = _by_day(here, "since_at", first, zone)
    went = _by_day(here.filter(gone_at__isnull=False), "gone_at", first, zone)
    counts = [0, 0, 0]
    moves = Counter(came)
    moves.subtract(went)
    for (day, severity), number in moves.items():
        if day < first:
            counts[severity] += number
    found = []
    for step in range(days):
        day = first + timedelta(days=step)
        for severity in range(3):
            counts[severity] += moves[day, severity]
        found.append(Day(day, *counts))
    return found


def _by_day(
    rows: QuerySet[Hole], column: str, first: date, zone: tzinfo
) -> Counter[tuple[date, int]]:
    """Count by day and gravity; what was before the first day counts for the day before it.

    A look writes all it finds with one moment, so there are few of them, however many holes there are.
    """
    begin = datetime.combine(first, time(), zone)
    lately = Case(When(**{f"{column}__gte": begin}, then=F(column)))
    found: Counter[tuple[date, int]] = Counter()
    counted = rows.annotate(moment=lately).values_list("moment", "severity").annotate(Count("pk"))
    for moment, severity, number in counted:
        day = moment.astimezone(zone).date() if moment else first - timedelta(days=1)
        found[day, severity] += number
    return found


# --- lookings, waivers, own checks ---------------------------------------------------


def last_look(path: str) -> Look | None:
    """Give the last whole look that covered a place; None where nobody has looked yet."""
    covering = ["/", *line_above(path), path]
    return (
        Look.objects.filter(path__in=covering, ended_at__isnull=False)
        .order_by("-started_at")
        .first()
    )


def waivers_seen(viewer: Viewer) -> QuerySet[Waiver]:
    """Return the waivers over holes that a viewer may know of."""
    found = Waiver.objects.filter(viewer.scope("readiness.see"))
    seen = Q(pk__in=[])
    for capability in {check.sees for check in checks().values()}:
        if capability not in SEALED or viewer.scopes is None:
            seen |= Q(sees=capability) & viewer.scope(capability)
    return found.filter(seen)


def list_waivers(
    viewer: Viewer,
    *,
    now: datetime,
    which: str = "",
    under: str = "",
    cursor: str = "",
    size: int = 50,
) -> Page[Waiver]:
    """List waivers, those that end last first; `which` is standing, over or nothing. Two statements."""
    found = waivers_seen(viewer)
    standing = Q(ended_at=None, until_at__gt=now)
    if which:
        found = found.filter(standing if which == "standing" else ~standing)
    if under:
        found = found.filter(path__under=under)
    return page_of(found, ("-until_at",), cursor=cursor, size=size)


def waivers_of(holes: Sequence[Hole], now: datetime) -> dict[int, Waiver]:
    """Give the waiver that holds for each of some holes, by the hole's key; one statement, none without any."""
    waived = {(one.check_key, one.subject): one.pk for one in holes if _stands(one, now)}
    if not waived:
        return {}
    rows = Waiver.objects.filter(
        subject__in=[subject for _check, subject in waived], ended_at=None, until_at__gt=now
    )
    return {
        waived[row.check_key, row.subject]: row
        for row in rows
        if (row.check_key, row.subject) in waived
    }


def _stands(hole: Hole, now: datetime) -> bool:
    return hole.waived_until is not None and hole.waived_until > now


def own_checks_seen(viewer: Viewer) -> QuerySet[OwnCheck]:
    """Return the own checks that look at a viewer's places: those made there, below, and above."""
    line = {one for path in viewer.places.get("readiness.see", ()) for one in line_above(path)}
    reach = viewer.scope("readiness.see") | Q(path__in=sorted(line))
    return OwnCheck.objects.filter(reach).select_related("version", "unit").defer("unit__boundary")


def own_check_of(viewer: Viewer, ref: str) -> OwnCheck | None:
    """Find an own check with its versions; None hides what is out of reach."""
    return own_checks_seen(viewer).filter(ref=ref).prefetch_related("versions").first()


def count_by_own(viewer: Viewer, own: OwnCheck) -> int:
    """Count the holes that an own check finds now; one statement."""
    return open_holes(viewer).filter(check_key="own", target=own.ref).count()
