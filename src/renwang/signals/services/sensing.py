"""Sensors and their series are set up, changed and taken out of use."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain.models import Organisation, Unit
from renwang.chain.reach import Viewer, require
from renwang.signals.models import Pulse, Sensor, Series
from renwang.signals.series_rules import CodeTaken, KeyTaken, SeriesShape, check_series
from renwang.signals.services.triggering import watch_new_series

By = Viewer | str


@dataclass(frozen=True, slots=True)
class SensorShape:
    """What is known of a sensor when it is set up."""

    name: str
    code: str
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    organisation: Organisation | None = None
    invented: bool = False
    series: tuple[SeriesShape, ...] = field(default=())


@transaction.atomic
def add_sensor(shape: SensorShape, unit: Unit, *, by: By, now: datetime) -> Sensor:
    """Set up a sensor with its series; triggers that watch each sensor of a place begin to watch it.

    Refuses with `CodeTaken`, `KeyTaken`, `SeriesRefused` and `reach.NotInReach`.
    """
    require(by, "sensors.edit", at=unit.path)
    code = shape.code.strip()
    if Sensor.objects.filter(code=code).exists():
        raise CodeTaken(code=code)
    sensor = Sensor.objects.create(
        id=uuid7(now),
        ref=next_reference("I", now),
        name=shape.name.strip(),
        code=code,
        unit=unit,
        path=unit.path,
        place=shape.place,
        lon=shape.lon,
        lat=shape.lat,
        organisation=shape.organisation,
        invented=shape.invented,
        added_at=now,
    )
    for one in shape.series:
        _add(sensor, one)
    journal.record(
        "signals.sensor_added", sensor, by=by, at=now,
        name=sensor.name, code=sensor.code, series=[asdict(one) for one in shape.series],
    )  # fmt: skip
    watch_new_series(sensor, now=now)
    return sensor


@transaction.atomic
def add_series(sensor_id: UUID, shape: SeriesShape, *, by: By, now: datetime) -> Series:
    """Let a sensor measure one more thing. Refuses like `add_sensor`."""
    sensor = Sensor.objects.select_for_update().get(pk=sensor_id)
    require(by, "sensors.edit", at=sensor.path)
    series = _add(sensor, shape)
    journal.record("signals.series_added", sensor, by=by, at=now, **asdict(shape))
    watch_new_series(sensor, now=now)
    return series


@transaction.atomic
def change_series(series_id: int, shape: SeriesShape, *, by: By, now: datetime) -> Series:
    """Change what is known of a series. Its key stays: triggers, gateways and past readings name it."""
    series = Series.objects.select_for_update().select_related("sensor").get(pk=series_id)
    require(by, "sensors.edit", at=series.sensor.path)
    check_series(shape)
    before = {name: getattr(series, name) for name in _FIELDS}
    for name in _FIELDS:
        setattr(series, name, _value(shape, name))
    series.save(update_fields=list(_FIELDS))
    changed = {
        name: getattr(series, name) for name in _FIELDS if getattr(series, name) != before[name]
    }
    journal.record(
        "signals.series_changed", series.sensor, by=by, at=now, key=series.key, changed=changed
    )
    return series


@transaction.atomic
def change_sensor(
    sensor_id: UUID, *, name: str, place: str, lon: float | None, lat: float | None,
    unit: Unit, by: By, now: datetime,
) -> Sensor:  # fmt: skip
    """Change what a sensor is called and where it stands. What it measured stays with the place where it stood."""
    sensor = Sensor.objects.select_for_update().get(pk=sensor_id)
    require(by, "sensors.edit", at=sensor.path)
    require(by, "sensors.edit", at=unit.path)
    sensor.name, sensor.place, sensor.lon, sensor.lat = name.strip(), place, lon, lat
    sensor.unit, sensor.path = unit, unit.path
    sensor.save(update_fields=["name", "place", "lon", "lat", "unit", "path"])
    journal.record(
        "signals.sensor_changed", sensor, by=by, at=now,
        name=sensor.name, where=place, lon=lon, lat=lat,
    )  # fmt: skip
    return sensor


@transaction.atomic
def use_sensor(sensor_id: UUID, in_use: bool, *, by: By, now: datetime, reason: str = "") -> Sensor:
    """Take a sensor out of use, or into use again. Its readings stay; new ones are not taken."""
    sensor = Sensor.objects.select_for_update().get(pk=sensor_id)
    require(by, "sensors.edit", at=sensor.path)
    sensor.is_active = in_use
    sensor.save(update_fields=["is_active"])
    verb = "signals.sensor_in_use" if in_use else "signals.sensor_out_of_use"
    journal.record(verb, sensor, by=by, at=now, reason=reason)
    return sensor


_FIELDS = (
    "quantity", "unit_of_measure", "outside", "every", "low", "high", "jump", "stuck_for",
    "resting", "lines",
)  # fmt: skip


def _value(shape: SeriesShape, name: str) -> Any:
    value = getattr(shape, name)
    return [list(one) for one in value] if name == "lines" else value


def _add(sensor: Sensor, shape: SeriesShape) -> Series:
    check_series(shape)
    if Series.objects.filter(key=shape.key).exists():
        raise KeyTaken(key=shape.key)
    series = Series.objects.create(
        sensor=sensor, key=shape.key, **{name: _value(shape, name) for name in _FIELDS}
    )
    Pulse.objects.create(series=series)
    return series
