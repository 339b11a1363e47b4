"""What is wrong with the sensors and triggers of a place, as the readiness check says it. Values in, holes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from renwang.registers.readiness.rules import Found, Severity
from renwang.signals.fault_rules import FaultKind


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """A fault that is open: of which kind, since when, of a sensor or of a trigger."""

    key: str
    kind: FaultKind
    path: str
    name: str  # of the sensor, or of what the trigger watches
    target: str  # reference of the sensor or trigger
    since: date
    is_relied_on: bool = False  # a trigger that is switched on reads it


@dataclass(frozen=True, slots=True)
class TriggerSeen:
    """A trigger as a place relies on it."""

    ref: str
    path: str
    name: str
    is_on: bool
    watches: int


def find_faults(faults: Iterable[FaultSeen]) -> list[Found]:
    """Find instruments that say nothing, or nothing to be believed; grave where a trigger relies on them."""
    found = []
    for one in faults:
        params = {"name": one.name, "since": one.since.isoformat()}
        check, severity = "signals.sensor_doubtful", Severity.ATTENTION
        if one.kind is FaultKind.TRIGGER:
            check, severity = "signals.trigger_fails", Severity.GRAVE
        elif one.kind is FaultKind.SILENCE:
            check = "signals.sensor_silent"
            severity = Severity.GRAVE if one.is_relied_on else Severity.ATTENTION
        found.append(Found(check, one.path, one.key, one.target, params, severity))
    return found


def find_idle(triggers: Iterable[TriggerSeen]) -> list[Found]:
    """Find triggers that are written and switched off, or on and with nothing to watch."""
    found = []
    for one in triggers:
        params = {"name": one.name}
        if not one.is_on:
            found.append(Found("signals.trigger_off", one.path, one.ref, one.ref, params))
        elif not one.watches:
            found.append(Found("signals.trigger_blind", one.path, one.ref, one.ref, params))
    return found
