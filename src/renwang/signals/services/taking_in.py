"""Readings come in by batches: kept, doubted, passed over or refused, each counted; never a crash."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain.reach import Viewer, require_anywhere
from renwang.signals.fault_rules import (
    Character,
    Doubt,
    Judged,
    Standing,
    Turn,
    judge_readings,
)
from renwang.signals.models import Fault, Intake, Pulse, Series, WatchSeries
from renwang.signals.storing import Beat, Row, insert_readings, known_readings, write_pulses

By = Viewer | str
AT_ONCE = 5_000
"""Readings in one transaction: on SQLite everybody else who writes waits so long."""

Given = tuple[str, datetime, float]  # key of the series (or its Datastream's id), moment, value


@dataclass(slots=True)
class Taken:
    """What became of a batch, counted; `strangers` are the names that no series here has."""

    stored: int = 0
    repeated: int = 0  # there already, with the same value
    contradicted: int = 0  # another value for a moment that has one; the first stays
    late: int = 0  # of the stored: older than what was there
    doubtful: int = 0  # of the stored: not believed
    refused: dict[str, int] = field(default_factory=dict)  # by `fault_rules.WrongMoment`
    unknown: int = 0
    strangers: list[str] = field(default_factory=list)  # the first twenty


def take_in(rows: Iterable[Given], *, by: By, now: datetime) -> Taken:
    """Take a batch of readings in, in any order; each may arrive late, doubled or not be believable.

    A reading of no series that the caller may feed counts as unknown. Needs
    `sensors.feed`; refuses with `reach.NotInReach` only where that holds nowhere.
    """
    require_anywhere(by, "sensors.feed")
    taken = Taken()
    batch: list[Given] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            _take(batch, taken, by=by, now=now)
            batch = []
    if batch:
        _take(batch, taken, by=by, now=now)
    return taken


@transaction.atomic
def _take(rows: Sequence[Given], taken: Taken, *, by: By, now: datetime) -> None:
    named: dict[str, list[tuple[datetime, float]]] = defaultdict(list)
    for key, at, value in rows:
        named[key].append((at, value))
    found = _series_called(list(named), by)
    batch = Taken()
    readings: dict[int, list[tuple[datetime, float]]] = defaultdict(list)
    known: dict[int, _Known] = {}
    for key, some in named.items():
        series = found.get(key)
        if series is None:
            batch.unknown += len(some)
            batch.strangers.append(key)
        else:
            known[series.pk] = series
            readings[series.pk] += some
    pulses = _locked_pulses(list(known))
    kept_for = timedelta(days=settings.RENWANG_READINGS_KEPT_DAYS)
    judged = {
        series_id: judge_readings(
            series.character,
            pulses[series_id].standing,
            readings[series_id],
            now=now,
            kept_for=kept_for,
        )
        for series_id, series in known.items()
    }
    _store(judged, batch)
    _stand(judged, known, pulses, now)
    _turn({series_id: one.turns for series_id, one in judged.items() if one.turns}, now)
    _count_in(batch, by=by, now=now)
    _add_up(taken, batch)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a batch needs to know of a series; a record each would cost more than all the rest."""

    pk: int
    key: str
    outside: str
    character: Character
    is_watched: bool


@dataclass(frozen=True, slots=True)
class _Held:
    """Where a series stood before the batch."""

    standing: Standing
    late_at: datetime | None
    writes: int


def _series_called(names: list[str], by: By) -> dict[str, _Known]:
    """Find series by their keys or by their ids elsewhere, each with whether a trigger watches it."""
    watched = WatchSeries.objects.filter(series=OuterRef("pk"), watch__trigger__is_on=True)
    rows = Series.objects.filter(
        Q(key__in=names) | (Q(outside__in=names) & ~Q(outside="")), sensor__is_active=True
    )
    if isinstance(by, Viewer):
        rows = rows.filter(by.scope("sensors.feed", "sensor__path"))
    rows = rows.annotate(is_watched=Exists(watched)).values_list(
        "pk", "key", "outside", "is_watched", "every", "low", "high", "jump", "stuck_for", "resting"
    )
    found: dict[str, _Known] = {}
    elsewhere: dict[str, _Known] = {}
    for pk, key, outside, is_watched, every, low, high, jump, stuck_for, resting in rows:
        character = Character(
            timedelta(seconds=every), low, high, jump, timedelta(seconds=stuck_for), resting
        )
        series = found[key] = _Known(pk, key, outside, character, is_watched)
        if outside:
            elsewhere[outside] = series
    return {**elsewhere, **found}


def _locked_pulses(series_ids: list[int]) -> dict[int, _Held]:
    rows = Pulse.objects.select_for_update().filter(pk__in=series_ids).order_by("pk")
    found = {}
    for pk, last_at, last_value, changed_at, streaks, late_at, writes in rows.values_list(
        "pk", "last_at", "last_value", "changed_at", "streaks", "late_at", "writes"
    ):
        pairs = {kind: (pair[0], pair[1]) for kind, pair in streaks.items()}
        found[pk] = _Held(Standing(last_at, last_value, changed_at, pairs), late_at, writes)
    return found


def _store(judged: dict[int, Judged], batch: Taken) -> None:
    """Write what is new; what came late only where its moment is still free."""
    rows: list[Row] = []
    late: list[Row] = []
    for series_id, one in judged.items():
        rows += [(series_id, at, value, int(doubt)) for at, value, doubt in one.fresh]
        late += [(series_id, at, value, int(doubt)) for at, value, doubt in one.late]
        batch.repeated += one.repeated
        batch.contradicted += one.contradicted
        for _, wrong in one.refused:
            batch.refused[wrong] = batch.refused.get(wrong, 0) + 1
    there = known_readings(late)
    for row in late:
        held = there.get((row[0], row[1]))
        if held is None:
            rows.append(row)
            batch.late += 1
        elif held == row[2]:
            batch.repeated += 1
        else:
            batch.contradicted += 1
    batch.stored = len(rows)
    batch.doubtful = sum(row[3] != Doubt.NONE for row in rows)
    insert_readings(rows)


def _stand(
    judged: dict[int, Judged], known: dict[int, _Known], pulses: dict[int, _Held], now: datetime
) -> None:
    beats = []
    for series_id, one in judged.items():
        before = pulses[series_id]
        came_late = [at for at, _, _ in one.late] + ([before.late_at] if before.late_at else [])
        late_at = min(came_late, default=None)
        writes = before.writes + bool(known[series_id].is_watched)
        beats.append(Beat(series_id, one.standing, now, late_at, writes))
    write_pulses(beats)


def _turn(turns: dict[int, tuple[Turn, ...]], now: datetime) -> None:
    if turns:
        rows = Series.objects.select_related("sensor").in_bulk(list(turns))
        turn_faults([(rows[pk], turn) for pk, some in turns.items() for turn in some], now=now)


def turn_faults(turns: Sequence[tuple[Series, Turn]], *, now: datetime) -> None:
    """Open and close faults, each with its fact; in the caller's transaction."""
    for series, turn in turns:
        still_open = Fault.objects.filter(series=series, kind=turn.kind, closed_at=None)
        if turn.is_open and not still_open.exists():
            fault = Fault.objects.create(
                id=uuid7(now),
                kind=turn.kind,
                series=series,
                path=series.sensor.path,
                opened_at=now,
                detail={"since": turn.at.isoformat(), "value": turn.value},
            )
            _tell("signals.fault_opened", fault, series, now)
        elif not turn.is_open:
            for fault in still_open:
                fault.closed_at = now
                fault.save(update_fields=["closed_at"])
                _tell("signals.fault_closed", fault, series, now)


def _tell(verb: str, fault: Fault, series: Series, now: datetime) -> None:
    journal.record(
        verb, fault, by="node:signals", at=now,
        kind=fault.kind, key=series.key, sensor=series.sensor.name, **fault.detail,
    )  # fmt: skip


_COUNTED = ("stored", "repeated", "contradicted", "late", "doubtful", "unknown")


def _count_in(batch: Taken, *, by: By, now: datetime) -> None:
    """Add to what this source handed in during the hour; the journal is told when it is over."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    source = journal.actor_name(by)
    more = {name: F(name) + getattr(batch, name) for name in _COUNTED}
    more["refused"] = F("refused") + sum(batch.refused.values())
    mine = Intake.objects.filter(source=source, hour=hour)
    if not mine.update(batches=F("batches") + 1, **more):
        Intake.objects.bulk_create([Intake(source=source, hour=hour)], ignore_conflicts=True)
        mine.update(batches=F("batches") + 1, **more)


def _add_up(taken: Taken, batch: Taken) -> None:
    for name in _COUNTED:
        setattr(taken, name, getattr(taken, name) + getattr(batch, name))
    for wrong, number in batch.refused.items():
        taken.refused[wrong] = taken.refused.get(wrong, 0) + number
    taken.strangers = list(dict.fromkeys([*taken.strangers, *batch.strangers]))[:20]
