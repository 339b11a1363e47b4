"""Triggers are written, changed by dated versions, bound to series, switched on and off."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer, require
from renwang.signals.models import Sensor, Series, Trigger, TriggerVersion, Watch, WatchSeries
from renwang.signals.rules import SignalRefused
from renwang.signals.trigger_rules import Definition, definition_of, kept_form

By = Viewer | str


class SeriesNotBound(SignalRefused):
    """A condition reads a series that nobody has named."""


class NothingWatched(SignalRefused):
    """A trigger that watches nothing cannot be switched on."""


class SeriesOutOfReach(SignalRefused):
    """A series that is not there, or that the person may not set triggers for."""


@transaction.atomic
def add_trigger(
    name: str,
    hazard: str,
    levels: Mapping[str, Any],
    unit: Unit,
    *,
    by: By,
    now: datetime,
    each: Mapping[str, str] | None = None,
    source: str = "",
    note: str = "",
    invented: bool = False,
) -> Trigger:
    """Write a trigger; it stands switched off and watches nothing until told to.

    `levels` is the kept form of a definition. `each` maps the names in its
    conditions to quantities: then it watches every sensor at the place that
    measures them. Refuses with `ExpressionRefused`, `NoLevels`, `LevelTwice`,
    `HoldRefused` and `reach.NotInReach`.
    """
    require(by, "sensors.edit", at=unit.path)
    definition = definition_of(levels, sorted(each) if each else None)
    trigger = Trigger.objects.create(
        id=uuid7(now),
        ref=next_reference("G", now),
        name=name.strip(),
        hazard=hazard,
        unit=unit,
        path=unit.path,
        each=dict(each or {}),
        invented=invented,
    )
    _write_version(trigger, definition, by=by, now=now, source=source, note=note)
    journal.record(
        "signals.trigger_added", trigger, by=by, at=now, name=trigger.name, hazard=hazard,
        each=trigger.each, definition=kept_form(definition), source=source,
    )  # fmt: skip
    if trigger.each:
        _watch_each(trigger, Sensor.objects.filter(path__under=unit.path, is_active=True), now=now)
    return trigger


@transaction.atomic
def change_trigger(
    trigger_id: UUID,
    levels: Mapping[str, Any],
    *,
    by: By,
    now: datetime,
    source: str = "",
    note: str = "",
) -> TriggerVersion:
    """Let a trigger say something else from now on. What stands keeps standing until the new words say otherwise.

    Refuses like `add_trigger`; a name in a condition that is bound to no
    series is refused where it stands.
    """
    trigger = _locked(trigger_id)
    require(by, "sensors.edit", at=trigger.path)
    known = _aliases(trigger)
    definition = definition_of(levels, sorted(known) if known else None)
    before = trigger.version
    version = _write_version(trigger, definition, by=by, now=now, source=source, note=note)
    journal.record(
        "signals.trigger_changed", trigger, by=by, at=now, number=version.number, note=note,
        source=source, before=before.definition if before else None,
        definition=version.definition,
    )  # fmt: skip
    return version


@transaction.atomic
def watch_series(
    trigger_id: UUID, series: Mapping[str, int], *, by: By, now: datetime, label: str = ""
) -> Watch:
    """Let a trigger watch one set of series, each under the name its conditions use.

    Refuses with `SeriesNotBound`, `SeriesOutOfReach` and `reach.NotInReach`.
    """
    trigger = _locked(trigger_id)
    require(by, "sensors.edit", at=trigger.path)
    missing = definition_of(trigger.version.definition).aliases - series.keys()
    if missing:
        raise SeriesNotBound(names=", ".join(sorted(missing)))
    rows = Series.objects.select_related("sensor__unit").in_bulk(list(series.values()))
    for key in series.values():
        one = rows.get(key)
        if one is None or (isinstance(by, Viewer) and not by.may("sensors.edit", one.sensor.path)):
            raise SeriesOutOfReach(key=key)
    watch = _write_watch(trigger, {alias: rows[key] for alias, key in series.items()}, label, now)
    journal.record(
        "signals.watch_added", trigger, by=by, at=now, label=watch.label,
        series={alias: rows[key].key for alias, key in series.items()},
    )  # fmt: skip
    return watch


@transaction.atomic
def stop_watching(watch_id: UUID, *, by: By, now: datetime) -> None:
    """Let a trigger no longer watch a set of series; what it proposed stays."""
    watch = Watch.objects.select_for_update().get(pk=watch_id)
    trigger = watch.trigger
    require(by, "sensors.edit", at=trigger.path)
    label = watch.label
    watch.delete()
    journal.record("signals.watch_ended", trigger, by=by, at=now, label=label)


@transaction.atomic
def switch_trigger(
    trigger_id: UUID, on: bool, *, by: By, now: datetime, reason: str = ""
) -> Trigger:
    """Switch a trigger on or off. Switched on it begins with what it reads from now on.

    Refuses with `NothingWatched` and `reach.NotInReach`.
    """
    trigger = _locked(trigger_id)
    require(by, "sensors.edit", at=trigger.path)
    if on and not trigger.each and not trigger.watches.exists():
        raise NothingWatched(name=trigger.name)
    if on and not trigger.is_on:
        trigger.watches.update(standing={}, evaluated_to=now, proposal=None, is_met=False)
    trigger.is_on = on
    trigger.switched_at = now
    trigger.switched_by = by.id if isinstance(by, Viewer) else None
    trigger.save(update_fields=["is_on", "switched_at", "switched_by"])
    verb = "signals.trigger_on" if on else "signals.trigger_off"
    journal.record(verb, trigger, by=by, at=now, reason=reason)
    return trigger


def watch_new_series(sensor: Sensor, *, now: datetime) -> int:
    """Let triggers that watch each sensor of a place watch a new one; in the caller's transaction."""
    above = Trigger.objects.exclude(each={}).select_for_update()
    wanted = [one for one in above.order_by("pk") if sensor.path.startswith(one.path)]
    return sum(
        _watch_each(trigger, Sensor.objects.filter(pk=sensor.pk), now=now) for trigger in wanted
    )


def _watch_each(trigger: Trigger, sensors: Any, *, now: datetime) -> int:
    """Watch every sensor that measures all the quantities and is not watched yet."""
    taken = set(
        WatchSeries.objects.filter(watch__trigger=trigger).values_list("series__sensor", flat=True)
    )
    added = 0
    for sensor in sensors.select_related("unit").prefetch_related("series"):
        by_quantity: dict[str, Series] = {}
        for one in sorted(sensor.series.all(), key=lambda each: each.pk):
            by_quantity.setdefault(one.quantity, one)
        found = {alias: by_quantity.get(quantity) for alias, quantity in trigger.each.items()}
        if sensor.pk in taken or not all(found.values()):
            continue
        for one in found.values():
            one.sensor = sensor
        _write_watch(trigger, found, sensor.name, now)
        added += 1
    return added


def _write_watch(trigger: Trigger, series: Mapping[str, Any], label: str, now: datetime) -> Watch:
    sensors = {one.sensor.pk: one.sensor for one in series.values()}
    first = next(iter(sensors.values()))
    unit = first.unit if len(sensors) == 1 else trigger.unit
    watch = Watch.objects.create(
        id=uuid7(now),
        trigger=trigger,
        label=label or "、".join(one.name for one in sensors.values())[:120],
        unit=unit,
        path=unit.path,
        lon=first.lon,
        lat=first.lat,
        evaluated_to=now,
    )
    WatchSeries.objects.bulk_create(
        [WatchSeries(watch=watch, alias=alias, series=one) for alias, one in series.items()]
    )
    return watch


def _write_version(
    trigger: Trigger, definition: Definition, *, by: By, now: datetime, source: str, note: str
) -> TriggerVersion:
    version = TriggerVersion.objects.create(
        trigger=trigger,
        number=trigger.versions.count() + 1,
        definition=kept_form(definition),
        source=source,
        note=note,
        by=by.id if isinstance(by, Viewer) else None,
        from_at=now,
    )
    trigger.version = version
    trigger.save(update_fields=["version"])
    return version


def _aliases(trigger: Trigger) -> Sequence[str]:
    """The names that a trigger's conditions may use: those that every watch binds."""
    if trigger.each:
        return list(trigger.each)
    bound: dict[UUID, set[str]] = {}
    for watch_id, alias in WatchSeries.objects.filter(watch__trigger=trigger).values_list(
        "watch", "alias"
    ):
        bound.setdefault(watch_id, set()).add(alias)
    return sorted(set.intersection(*bound.values())) if bound else []


def _locked(trigger_id: UUID) -> Trigger:
    return (
        Trigger.objects.select_for_update(of=("self",))
        .select_related("version", "unit")
        .get(pk=trigger_id)
    )
