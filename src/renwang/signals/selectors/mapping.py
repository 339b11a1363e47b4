"""Find where signals and sensors lie: what of one place belongs together on a map, the gravest saying what it looks like."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import F

from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.signals.fault_rules import FaultKind
from renwang.signals.models import Fault
from renwang.signals.rules import SignalState, Source
from renwang.signals.scale_rules import WarningLevel
from renwang.signals.selectors.inbox import narrowed
from renwang.signals.selectors.sensing import sensors_visible_to

MOST = 500
"""Signals and sensors of one map; what is more says less than a map of a smaller place."""

TOGETHER = 4
"""Decimals of a degree up to which positions are one place: about ten metres."""


class Look(StrEnum):
    """What signals look like on a map: the warning level somebody or a trigger gave, else where they stand. The gravest first."""

    RED = WarningLevel.RED.value
    ORANGE = WarningLevel.ORANGE.value
    YELLOW = WarningLevel.YELLOW.value
    BLUE = WarningLevel.BLUE.value
    WAITING = "waiting"  # nobody has judged it
    JUDGED = "judged"  # without a warning level, or met
    ASIDE = "aside"


class Health(StrEnum):
    """What a sensor looks like on a map. The worst first."""

    SILENT = "silent"
    STUCK = "stuck"
    DOUBTFUL = "doubtful"  # jumps, implausible values, a wrong clock
    WELL = "well"


@dataclass(slots=True)
class Spot:
    """One place with the signals that lie there. Without a position it stands in the table only."""

    key: str
    unit_ref: str
    unit_name: str
    lon: float | None
    lat: float | None
    place: str
    look: Look
    signals: int = 0
    waiting: int = 0
    latest_at: datetime | None = None
    latest_ref: str = ""
    latest_words: str = ""
    matters: dict[str, str] = field(default_factory=dict)  # title by number


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a sensor stands, and how it is."""

    key: str
    ref: str
    name: str
    unit_name: str
    lon: float | None
    lat: float | None
    health: Health
    faults: tuple[FaultKind, ...]


_COLUMNS = (
    "ref", "words", "state", "place", "lon", "lat", "received_at", "unit_id", "unit__ref",
    "unit__name", "unit__lon", "unit__lat", "sensor__lon", "sensor__lat", "matter__ref",
    "matter__title", "level", "proposed",
)  # fmt: skip


def signal_spots(
    viewer: Viewer,
    *,
    states: Collection[SignalState] = (),
    sources: Collection[Source] = (),
    hazard: str = "",
    under: Unit | None = None,
    text: str = "",
    drill: UUID | None = None,
    most: int = MOST,
) -> tuple[list[Spot], bool]:
    """Give the places of the signals that fit, the gravest first, and whether older ones were left out; one statement.

    The same signals as `list_signals` would list, the latest first, so map and list never disagree.
    """
    found = narrowed(
        viewer, states=states, sources=sources, hazard=hazard, under=under, text=text, drill=drill
    )
    found = found.annotate(
        level=F("matter__assessment__warning_level"), proposed=F("proposal__level")
    )
    rows = list(found.order_by("-received_at", "-pk").values(*_COLUMNS)[: most + 1])
    spots: dict[tuple[Any, ...], Spot] = {}
    for row in rows[:most]:
        lon, lat = _position(row)
        near = None if lon is None or lat is None else (round(lon, TOGETHER), round(lat, TOGETHER))
        key = (row["unit_id"], near)
        spot = spots.get(key)
        if spot is None:
            spot = spots[key] = Spot(
                "-".join(["spot", row["unit__ref"], *map(str, near or ())]),
                row["unit__ref"], row["unit__name"], lon, lat, "", Look.ASIDE,
                latest_at=row["received_at"], latest_ref=row["ref"], latest_words=row["words"],
            )  # fmt: skip
        _add(spot, row)
    order = list(Look)
    placed = sorted(spots.values(), key=lambda one: order.index(one.look))
    return placed, len(rows) > most


def _position(row: dict[str, Any]) -> tuple[float | None, float | None]:
    """Choose the signal's own position, else that of its sensor, else that of its unit."""
    for whose in ("", "sensor__", "unit__"):
        lon, lat = row[f"{whose}lon"], row[f"{whose}lat"]
        if lon is not None and lat is not None:
            return lon, lat
    return None, None


def _add(spot: Spot, row: dict[str, Any]) -> None:
    look = look_of(row["state"], row["level"] or "", row["proposed"] or "")
    spot.look = min(spot.look, look, key=list(Look).index)
    spot.signals += 1
    spot.waiting += look_of(row["state"], "", "") is Look.WAITING
    spot.place = spot.place or row["place"]
    if row["matter__ref"]:
        spot.matters[row["matter__ref"]] = row["matter__title"]


def look_of(state: str, level: str, proposed: str) -> Look:
    """Say what a signal looks like: what was put aside is nothing more, else its assessed or proposed level counts."""
    if state == SignalState.ASIDE:
        return Look.ASIDE
    if level or proposed:
        return Look(level or proposed)
    return Look.WAITING if state in (SignalState.NEW, SignalState.LINKED) else Look.JUDGED


def sensor_stands(
    viewer: Viewer, *, under: Unit | None = None, most: int = MOST
) -> tuple[list[Stand], bool]:
    """Give the sensors in use with their health, the worst first, and whether some were left out; two statements."""
    found = sensors_visible_to(viewer).filter(is_active=True)
    if under is not None:
        found = found.filter(path__under=under.path)
    columns = ("pk", "ref", "name", "unit__name", "lon", "lat", "unit__lon", "unit__lat")
    rows = list(found.order_by("path", "name", "pk").values(*columns)[: most + 1])
    kinds: dict[Any, list[FaultKind]] = {}
    faults = Fault.objects.filter(series__sensor__in=[row["pk"] for row in rows], closed_at=None)
    for sensor, kind in faults.values_list("series__sensor", "kind").order_by("kind"):
        kinds.setdefault(sensor, []).append(FaultKind(kind))
    stands = []
    for row in rows[:most]:
        wrong = tuple(dict.fromkeys(kinds.get(row["pk"], ())))
        own = row["lon"] is not None and row["lat"] is not None
        lon, lat = (row["lon"], row["lat"]) if own else (row["unit__lon"], row["unit__lat"])
        stands.append(
            Stand(
                f"sensor-{row['ref']}", row["ref"], row["name"], row["unit__name"], lon, lat,
                health_of(wrong), wrong,
            )
        )  # fmt: skip
    order = list(Health)
    return sorted(stands, key=lambda one: order.index(one.health)), len(rows) > most


def health_of(faults: Iterable[FaultKind]) -> Health:
    """Say how a sensor is by what is wrong with it now; silence outweighs all, for nothing else is known then."""
    kinds = set(faults)
    if FaultKind.SILENCE in kinds:
        return Health.SILENT
    if FaultKind.STUCK in kinds:
        return Health.STUCK
    return Health.DOUBTFUL if kinds else Health.WELL
