"""Triggers look at what is new: only those whose series have changed, one after the other, none stopping another."""

import logging
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import F

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.signals.fault_rules import FaultKind
from renwang.signals.models import Fault, Pulse, Watch, WatchSeries
from renwang.signals.records import Need, Records
from renwang.signals.services.proposing import ease, propose
from renwang.signals.storing import mark_judged, write_watches
from renwang.signals.trigger_rules import (
    Definition,
    DividedByZero,
    Standing,
    Turn,
    TurnKind,
    advance,
    definition_of,
    kept_standing,
    standing_of,
)
from renwang.signals.window_rules import Record

log = logging.getLogger(__name__)

BY = "node:triggers"
SERIES_AT_ONCE = 400
MOMENTS_AT_ONCE = 2_000
"""Moments that all watches together are taken through in one turn: the worker has warnings to carry as well."""

_records: dict[int, Records] = {}


@dataclass(slots=True)
class _Look:
    """One watch with all that a look at it needs, and what came of it."""

    watch: Watch
    definition: Definition
    series: dict[str, int]  # alias to series
    standing: Standing
    to: datetime | None = None
    turns: tuple[Turn, ...] = ()
    trouble: str = ""
    is_unfinished: bool = False


def evaluate_changed(now: datetime, *, most: int = SERIES_AT_ONCE) -> int:
    """Let the triggers look whose series have new readings; return how many series were judged.

    Runs again at once while more is waiting. Two processes may run it: the
    second finds that the first has been there and writes nothing; what only the
    second had read waits for another look.
    """
    waiting = list(
        Pulse.objects.filter(writes__gt=F("judged"))
        .order_by("pk")
        .values_list("pk", "writes", "last_at")[:most]
    )
    if not waiting:
        return 0
    changed = {pk for pk, _, _ in waiting}
    looks = _looks(
        WatchSeries.objects.filter(series__in=changed, watch__trigger__is_on=True).values("watch")
    )
    records = _read(looks)
    share = max(MOMENTS_AT_ONCE // max(len(looks), 1), 5)
    for look in looks:
        _take_through(look, records, changed, now=None, most=share)
    unfinished = {series for look in looks if look.is_unfinished for series in look.series.values()}
    judged = {pk: writes for pk, writes, _ in waiting if pk not in unfinished}
    own_records().judged(_write(looks, judged, now))
    return len(waiting)


def evaluate_standing(now: datetime) -> int:
    """Look once more at what stands, by the clock: rain that has stopped sends no readings. Return how many eased."""
    looks = _looks(Watch.objects.filter(is_met=True, trigger__is_on=True).values("pk"))
    records = _read(looks)
    for look in looks:
        _take_through(look, records, set(), now=now, most=1)
    _write(looks, {}, now)
    return sum(bool(look.turns) for look in looks)


def own_records() -> Records:
    """Give the records of this process; a forked one begins its own."""
    return _records.setdefault(os.getpid(), Records())


# --- what a look needs ----------------------------------------------------------


def _looks(watch_ids: Any) -> list[_Look]:
    """Gather watches with their definitions and series; two statements."""
    watches = (
        Watch.objects.filter(pk__in=watch_ids)
        .select_related("trigger__version", "unit", "proposal")
        .order_by("pk")
    )
    bound: dict[UUID, dict[str, int]] = defaultdict(dict)
    looks = [
        _Look(
            watch,
            _definition(watch.trigger.version_id, orjson.dumps(watch.trigger.version.definition)),
            bound[watch.pk],
            standing_of(watch.standing),
        )
        for watch in watches
    ]
    rows = WatchSeries.objects.filter(watch__in=[look.watch.pk for look in looks])
    for watch_id, alias, series_id in rows.values_list("watch", "alias", "series"):
        bound[watch_id][alias] = series_id
    return looks


@lru_cache(maxsize=2048)
def _definition(version_id: int, kept: bytes) -> Definition:
    return definition_of(orjson.loads(kept))


def _read(looks: Sequence[_Look]) -> dict[int, Record]:
    """Read what the conditions of some looks reach back to."""
    pulses = {
        pulse.pk: pulse
        for pulse in Pulse.objects.filter(
            pk__in={series for look in looks for series in look.series.values()}
        ).select_related("series")
    }
    needs: dict[int, Need] = {}
    for look in looks:
        newest = max(
            (pulses[s].last_at for s in look.series.values() if pulses[s].last_at), default=None
        )
        begin = look.watch.evaluated_to or newest
        if begin is None:
            continue
        since = min(begin, newest or begin) - look.definition.reach - timedelta(hours=1)
        for series_id in look.series.values():
            pulse = pulses[series_id]
            known = needs.get(series_id)
            needs[series_id] = Need(
                series_id,
                min(since, known.since) if known else since,
                pulse.series.every,
                pulse.judged,
                pulse.late_at is not None,
            )
    return own_records().look(needs.values())


# --- the look itself -------------------------------------------------------------


def _take_through(
    look: _Look, records: dict[int, Record], changed: set[int], *, now: datetime | None, most: int
) -> None:
    """Take a watch through its new moments, or through this one by the clock."""
    try:
        own = {alias: records[series] for alias, series in look.series.items()}
    except KeyError:
        return  # nothing has ever been read
    moments = [now] if now is not None else _moments(look, records, changed)
    look.is_unfinished = len(moments) > most
    moments = moments[:most]
    turns = []
    try:
        for standing, turn in advance(look.definition, look.standing, own, moments):
            look.standing = standing
            if turn is not None:
                turns.append(turn)
    except DividedByZero as zero:
        look.trouble = f"DividedByZero {zero.at}"
    except Exception as trouble:  # one trigger's fault stops no other
        log.exception("a trigger failed", extra={"trigger": look.watch.trigger.ref})
        look.trouble = type(trouble).__name__
    look.turns = tuple(turns)
    if moments and now is None:
        look.to = max(moments[-1], look.watch.evaluated_to or moments[-1])
    if look.trouble:
        look.is_unfinished = False  # what fails at one moment is not tried for ever


def _moments(look: _Look, records: dict[int, Record], changed: set[int]) -> list[datetime]:
    """Give the moments of new readings in their order; where some came late, the newest once more."""
    last = look.watch.evaluated_to
    found: set[float] = set()
    newest = 0.0
    for series_id in look.series.values():
        times = records[series_id].times
        if len(times):
            newest = max(newest, float(times[-1]))
            if last is not None and series_id in changed:
                found.update(times[times > last.timestamp()].tolist())
    if not found and newest:
        found.add(max(newest, last.timestamp()) if last else newest)
    return [datetime.fromtimestamp(moment, UTC) for moment in sorted(found)]


# --- what came of it ---------------------------------------------------------------


@transaction.atomic
def _write(looks: Sequence[_Look], judged: Mapping[int, int], now: datetime) -> dict[int, int]:
    """Write down what came of some looks; return the series that are judged by it, and up to which count."""
    locked = {
        pk: (standing, evaluated_to)
        for pk, standing, evaluated_to in Watch.objects.select_for_update()
        .filter(pk__in=[look.watch.pk for look in looks])
        .order_by("pk")
        .values_list("pk", "standing", "evaluated_to")
    }
    kept, missed = [], set()
    for look in looks:
        if locked.get(look.watch.pk) == (look.watch.standing, look.watch.evaluated_to):
            kept.append(look)
        else:  # another process was quicker, and may have known less
            missed.update(look.series.values())
    for look in kept:
        _tell_trouble(look, now)
        for turn in look.turns:
            if turn.kind is TurnKind.ROSE:
                propose(look.watch, turn, look.series, now=now)
            else:
                ease(look.watch, turn, now=now)
        look.watch.standing = kept_standing(look.standing)
        look.watch.is_met = look.standing.level is not None
        look.watch.evaluated_to = look.to or look.watch.evaluated_to
    write_watches([look.watch for look in kept])
    seen = {series: writes for series, writes in judged.items() if series not in missed}
    if seen:
        mark_judged(seen)
        late = Pulse.objects.filter(pk__in=seen, late_at__isnull=False, writes=F("judged"))
        late.update(late_at=None)
    return seen


def _tell_trouble(look: _Look, now: datetime) -> None:
    """Open a fault for a trigger that fails, and close it once it no longer does."""
    watch = look.watch
    if not look.trouble:
        if watch.is_failing:
            watch.is_failing = False
            for fault in Fault.objects.filter(watch=watch, closed_at=None):
                fault.closed_at = now
                fault.save(update_fields=["closed_at"])
                _tell("signals.fault_closed", fault, look, now)
        return
    if watch.is_failing:
        return
    watch.is_failing = True
    fault = Fault.objects.create(
        id=uuid7(now),
        kind=FaultKind.TRIGGER,
        watch=watch,
        path=watch.path,
        opened_at=now,
        detail={"trouble": look.trouble},
    )
    _tell("signals.fault_opened", fault, look, now)


def _tell(verb: str, fault: Fault, look: _Look, now: datetime) -> None:
    trigger = look.watch.trigger
    journal.record(
        verb, fault, by=BY, at=now,
        kind=fault.kind, key=trigger.ref, sensor=trigger.name, **fault.detail,
    )  # fmt: skip
