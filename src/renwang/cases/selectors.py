"""Find cases: the inbox, one with its whole story, mine, who is to be rung, the map. Every question starts from what the viewer may see."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from renwang.base.fields import below
from renwang.base.paging import Page, off_index, page_nearby, page_of
from renwang.cases import seeking
from renwang.cases.clock_rules import ClockKind
from renwang.cases.models import (
    Answer,
    Case,
    Clock,
    Photo,
    Reporter,
    SavedFilter,
    Step,
    Telling,
    Voice,
)
from renwang.cases.rules import LIVE, OWED, State
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer

SORTS: dict[str, tuple[str, ...]] = {
    "received": ("received_at", "pk"),
    "-received": ("-received_at", "-pk"),
    "due": ("due_at",),
    "-due": ("-due_at", "-pk"),
    "place": ("path", "-received_at", "-pk"),
    "-place": ("-path", "-received_at", "-pk"),
}
_PLACES = ("path", "held_path", "asked_path")
SMALL = 12_000  # cases of a place that are sorted sooner than met among all others
NEARBY = 5_000  # cases among which a common word is looked for before the index is asked
MOST_SPOTS = 500
HANG_ON = 100  # parts of a case, and cases merged into it, that its page names


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; empty means any."""

    text: str = ""
    states: Collection[State] = ()
    kinds: Collection[str] = ()
    via: str = ""
    under: Unit | None = None
    older_than: timedelta | None = None
    mine: bool = False
    overdue: bool = False
    climbed: bool = False
    returned: bool = False
    reopened: bool = False
    alarm: bool = False
    gap: bool = False


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case with all that belongs to it; steps in their order, the last answer first."""

    case: Case
    steps: list[Step]
    answers: list[Answer]
    clocks: list[Clock]
    photos: list[Photo]
    voices: list[Voice]
    merged: list[Case]
    parts: list[Case]
    reporter: Reporter | None
    tellings: list[Telling]

    @property
    def has_contact(self) -> bool:
        """Whether the reporter left a way to be reached."""
        return self.reporter is not None


def visible_to(viewer: Viewer) -> QuerySet[Case]:
    """Cases at the places where the viewer may see them, or that were given to these places, or asked of them."""
    return Case.objects.filter(_seen_by(viewer))


def known_to(viewer: Viewer) -> QuerySet[Case]:
    """Cases that the viewer may see, or has brought in himself."""
    scope = _seen_by(viewer)
    if viewer.speaks("cases.report"):
        scope |= Q(entered_by=viewer.id)
    return Case.objects.filter(scope)


def _seen_by(viewer: Viewer) -> Q:
    return reduce(or_, (viewer.scope("cases.see", column) for column in _PLACES))


def may_handle(viewer: Viewer, case: Case) -> bool:
    """Say whether the viewer handles cases where this one lies, or at the unit whose it is or that was asked."""
    paths = (case.held_path, case.path, case.asked_path)
    return any(path and viewer.may("cases.handle", path) for path in paths)


def narrowed(viewer: Viewer, wanted: Wanted, *, now: datetime) -> QuerySet[Case]:
    """Return the cases that fit."""
    found = visible_to(viewer)
    exact: dict[str, Any] = {
        "state__in": wanted.states,
        "kind__in": wanted.kinds,
        "via": wanted.via,
        "received_at__lt": now - wanted.older_than if wanted.older_than else None,
        "due_at__lt": now if wanted.overdue else None,
        "returns__gt": 0 if wanted.returned else None,
        "reopenings__gt": 0 if wanted.reopened else None,
        "gap": wanted.gap or None,
    }
    found = found.filter(
        **{name: value for name, value in exact.items() if value not in (None, "", (), [])}
    )
    if wanted.under:
        # Not through the index of places: who asks that has the order of the list, or few places.
        place = {"each__gte": wanted.under.path, "each__lt": below(wanted.under.path)}
        found = found.alias(each=Coalesce("path", "path")).filter(**place)
    if wanted.mine:
        found = found.filter(Q(person=viewer.id) | Q(entered_by=viewer.id))
    if wanted.climbed:
        found = found.filter(Exists(_open_clocks().filter(rung__gt=0)))
    if wanted.alarm:
        found = found.exclude(alarm="")
    if wanted.text:
        found = found.filter(
            seeking.proposed(viewer, wanted.text), seeking.holds(viewer, wanted.text)
        )
    return _of_state(found, wanted)


def _of_state(found: QuerySet[Case], wanted: Wanted) -> QuerySet[Case]:
    """Say in so many words that nothing closed is meant: those few have an index of their own."""
    return found.exclude(state=State.CLOSED) if _is_open(wanted) else found


def _is_open(wanted: Wanted) -> bool:
    asked = bool(wanted.states) and LIVE.issuperset(wanted.states)
    return asked or wanted.climbed or wanted.overdue


def _open_clocks() -> QuerySet[Clock]:
    return Clock.objects.filter(case=OuterRef("pk"), met_at=None)


_LEFT = (
    "search", "unit__boundary", "unit__parent__boundary", "holder__boundary",
)  # fmt: skip


def list_cases(
    viewer: Viewer,
    wanted: Wanted,
    *,
    now: datetime,
    sort: str = "-received",
    cursor: str = "",
    size: int = 50,
) -> Page[Case]:
    """List cases, each with its places. Two statements; where closed ones of a place are asked for, one more finds how much there is.

    How many those are is said where a small place was named: elsewhere it takes longer than the page.
    """
    shown = Case.objects.select_related("unit__parent", "holder").defer(*_LEFT)
    cut: Any = {"cursor": cursor, "size": size, "shown": shown}
    text = wanted.text
    if text and sort.endswith("received"):
        return page_nearby(
            _of_state(Case.objects.all(), wanted),
            narrowed(viewer, replace(wanted, text=""), now=now),
            seeking.holds(viewer, text), lambda: seeking.proposed(viewer, text), SORTS[sort],
            most=NEARBY, **cut,
        )  # fmt: skip
    found = narrowed(viewer, wanted, now=now)
    if sort.endswith("due"):
        found = found.filter(due_at__isnull=False)
    if text or wanted.mine or _is_indexed(wanted):
        few = bool(text or wanted.mine)
        return page_of(found, SORTS[sort], count=not text, sorts=few, **cut)
    here = Q(path__under=wanted.under.path) if wanted.under else None
    if here is None or Case.objects.filter(here)[: SMALL + 1].count() > SMALL:
        return page_of(found, SORTS[sort], count=False, **cut)
    return page_of(found.filter(here), SORTS[sort], sorts=True, **cut)


def _is_indexed(wanted: Wanted) -> bool:
    """Say whether few cases can fit, and an index leads to them in the order of the list."""
    flags = (wanted.alarm, wanted.returned, wanted.reopened, wanted.gap)
    return any(flags) or _is_open(wanted)


def late_for(viewer: Viewer, *, now: datetime) -> QuerySet[Case]:
    """Return what is late where the viewer handles cases: what its own people owe, or the level above hears of."""
    scope = viewer.scope("cases.handle", "held_path")
    return Case.objects.filter(scope, due_at__lt=now)


def case_of(viewer: Viewer, ref: str) -> Case | None:
    """Find a case by its number, with its units; None where the viewer may not see it."""
    found = known_to(viewer).filter(ref=ref.upper())
    related = (
        "unit__parent",
        "holder__parent",
        "asked",
        "merged_into",
        "parent",
        "building",
        "reporter",
    )
    deferred = (
        *_LEFT,
        "holder__parent__boundary",
        "asked__boundary",
        "building__footprint",
        "reporter__sealed",
        "reporter__code",
    )
    return found.select_related(*related).defer(*deferred).first()


def case_page(viewer: Viewer, ref: str) -> CasePage | None:
    """Read the whole story of a case; None for one that the viewer may not see. Nine statements at most."""
    case = case_of(viewer, ref)
    if case is None:
        return None
    near = Case.objects.filter(Q(merged_into=case) | Q(parent=case)).defer("search")
    hang_on = list(near.order_by(off_index("received_at"))[:HANG_ON])
    return CasePage(
        case,
        list(case.steps.order_by("pk")),
        list(case.answers.order_by("-number").select_related("unit").defer("unit__boundary")),
        list(case.clocks.order_by("due_at")),
        list(case.photos.order_by("at", "pk")),
        list(case.voices.order_by("at", "pk")),
        [one for one in hang_on if one.merged_into_id == case.pk],
        [one for one in hang_on if one.parent_id == case.pk],
        getattr(case, "reporter", None),
        list(case.tellings.order_by("at", "pk")),
    )


def cases_by_ref(viewer: Viewer, refs: Collection[str]) -> list[Case]:
    """Find cases by their numbers, as far as the viewer may see them."""
    return list(visible_to(viewer).filter(ref__in=refs).only("pk", "ref"))


def voice_of(viewer: Viewer, key: UUID) -> Voice | None:
    """Find a voice message that the viewer may hear: of a case whose words are masked only whoever handles it."""
    voice = Voice.objects.filter(pk=key).select_related("case").first()
    if voice is None or not known_to(viewer).filter(pk=voice.case_id).exists():
        return None
    return None if voice.case.masked and not may_handle(viewer, voice.case) else voice


def photo_of(viewer: Viewer, key: UUID) -> Photo | None:
    """Find a photograph of a case that the viewer may see."""
    photo = Photo.objects.filter(pk=key).first()
    if photo is None or not known_to(viewer).filter(pk=photo.case_id).exists():
        return None
    return photo


def to_ring(viewer: Viewer, *, cursor: str = "", size: int = 50) -> Page[Case]:
    """List the answered cases whose reporter is to be rung, never by the one who answered; the longest owed first."""
    owed = _open_clocks().filter(kind=ClockKind.CALL_BACK)
    found = Case.objects.filter(viewer.scope("cases.handle", "held_path"), state=State.ANSWERED)
    found = found.filter(Exists(owed)).exclude(answered_by=viewer.id)
    found = (
        found.filter(due_at__isnull=False)
        .select_related("unit", "holder")
        .defer(*_LEFT[:2], "holder__boundary")
    )
    return page_of(found, ("due_at",), cursor=cursor, size=size)


def count_to_ring(viewer: Viewer) -> QuerySet[Case]:
    """Return the same cases to be counted."""
    owed = _open_clocks().filter(kind=ClockKind.CALL_BACK)
    found = Case.objects.filter(viewer.scope("cases.handle", "held_path"), state=State.ANSWERED)
    return found.filter(Exists(owed)).exclude(answered_by=viewer.id)


def taken_by(viewer: Viewer, *, limit: int = 50) -> list[Case]:
    """Return what a person has in hand, and what waits for a hand where he handles cases, the soonest due first."""
    own = Q(person=viewer.id, state__in=OWED)
    waits = viewer.scope("cases.handle", "held_path") & Q(person=None, state__in=OWED)
    found = Case.objects.filter(own | waits).select_related("unit", "holder")
    return list(found.defer(*_LEFT[:2], "holder__boundary").order_by("due_at", "pk")[:limit])


def brought_by(viewer: Viewer, *, limit: int = 20) -> list[Case]:
    """Return what a person brought in himself, the latest first."""
    found = Case.objects.filter(entered_by=viewer.id).select_related("unit")
    return list(found.defer(*_LEFT[:2]).order_by("-received_at")[:limit])


# --- map ------------------------------------------------------------------------


@dataclass(slots=True)
class Spot:
    """One place with the cases that lie there. Without a position it stands in the table only."""

    key: str
    unit_ref: str
    unit_name: str
    lon: float | None
    lat: float | None
    look: str  # late, alarm, waiting, answered
    number: int = 0
    late: int = 0
    latest_ref: str = ""
    latest_at: datetime | None = None
    states: dict[str, int] = field(default_factory=dict)


LOOKS = ("alarm", "late", "waiting", "answered")
_TOGETHER = 4  # decimals of a degree: about ten metres


def spots(viewer: Viewer, wanted: Wanted, *, now: datetime) -> tuple[list[Spot], bool]:
    """Give the places of the cases that fit, the most pressing first, and whether older ones were left out; one statement."""
    if not wanted.states:
        wanted = replace(wanted, states=tuple(sorted(LIVE)))
    names = (
        "ref", "state", "alarm", "due_at", "received_at", "lon", "lat", "unit_id", "unit__ref",
        "unit__name", "unit__lon", "unit__lat",
    )  # fmt: skip
    rows = narrowed(viewer, wanted, now=now).order_by("-received_at", "-pk").values(*names)
    found = list(rows[: MOST_SPOTS + 1])
    by_place: dict[tuple[Any, ...], Spot] = {}
    for row in found[:MOST_SPOTS]:
        _put(by_place, row, now)
    ordered = sorted(by_place.values(), key=lambda one: (LOOKS.index(one.look), -one.number))
    return ordered, len(found) > MOST_SPOTS


def _put(by_place: dict[tuple[Any, ...], Spot], row: dict[str, Any], now: datetime) -> None:
    lon, lat = row["lon"], row["lat"]
    if lon is None or lat is None:
        lon, lat = row["unit__lon"], row["unit__lat"]
    near = None if lon is None or lat is None else (round(lon, _TOGETHER), round(lat, _TOGETHER))
    key = (row["unit_id"], near)
    is_late = row["due_at"] is not None and row["due_at"] < now
    owed = row["state"] in OWED
    look = (
        "alarm"
        if row["alarm"] and owed
        else "late"
        if is_late
        else "waiting"
        if owed
        else "answered"
    )
    spot = by_place.get(key)
    if spot is None:
        name = "-".join(["spot", row["unit__ref"], *map(str, near or ())])
        spot = by_place[key] = Spot(name, row["unit__ref"], row["unit__name"], lon, lat, look)
        spot.latest_ref, spot.latest_at = row["ref"], row["received_at"]
    spot.number += 1
    spot.late += is_late
    spot.look = min(spot.look, look, key=LOOKS.index)
    spot.states[row["state"]] = spot.states.get(row["state"], 0) + 1


# --- saved filters ----------------------------------------------------------------


def filters_of(viewer: Viewer) -> list[SavedFilter]:
    """Return the ways in which a person looks at the inbox, under his own names."""
    return list(SavedFilter.objects.filter(person=viewer.id).order_by("name")[:20])
