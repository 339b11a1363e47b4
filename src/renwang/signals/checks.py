"""What the readiness check asks of sensors, triggers and questions upward."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.reading import divided, inside
from renwang.registers.readiness.rules import Found, Scope, Severity
from renwang.signals.fault_rules import FaultKind
from renwang.signals.models import Fault, Referral, Sensor, Trigger, WatchSeries
from renwang.signals.readiness_rules import FaultSeen, TriggerSeen, find_faults, find_idle
from renwang.signals.rules import ReferralState

_WHY_SENSOR = _("A gauge that is silent looks like a river that is calm.")
_WHY_TRIGGER = _(
    "A trigger proposes a warning while everybody sleeps; one that is idle lets them sleep."
)


def _check(
    key: str, name: Any, sentence: Any, why: Any, severity: Severity, mends: str, mender: str = ""
) -> Check:
    mender = mender or "sensors.edit"
    return Check(f"signals.{key}", name, sentence, why, severity, mender, "signals.see", mends)


CHECKS = (
    _check(
        "sensor_silent",
        _("A sensor that is silent"),
        _("{name} has said nothing since {since}. Look at the instrument and its connection."),
        _WHY_SENSOR,
        Severity.ATTENTION,
        "sensor",
    ),
    _check(
        "sensor_doubtful",
        _("A sensor that is not believed"),
        _("What {name} says has not been believed since {since}. Look at the instrument."),
        _WHY_SENSOR,
        Severity.ATTENTION,
        "sensor",
    ),
    _check(
        "trigger_fails",
        _("A trigger that fails"),
        _("The trigger over {name} has failed since {since}. Correct its condition."),
        _WHY_TRIGGER,
        Severity.GRAVE,
        "trigger",
    ),
    _check(
        "trigger_off",
        _("A trigger that is switched off"),
        _("{name} is written and switched off. Try it over past data, and switch it on."),
        _WHY_TRIGGER,
        Severity.NOTE,
        "trigger",
    ),
    _check(
        "trigger_blind",
        _("A trigger with nothing to watch"),
        _("{name} is switched on and watches no sensor. Choose its sensors."),
        _WHY_TRIGGER,
        Severity.ATTENTION,
        "trigger",
    ),
    _check(
        "sensor_unwatched",
        _("A sensor that no trigger watches"),
        _("Nothing is done with what {name} measures. Write a trigger, or take it off."),
        _WHY_TRIGGER,
        Severity.NOTE,
        "sensor",
    ),
    _check(
        "question_late",
        _("A question from below without an answer"),
        _("{ref} has waited for an answer since {since}. Answer it."),
        _("Whoever asked upward waits with his own decision for what comes back."),
        Severity.GRAVE,
        "referral",
        "signals.judge",
    ),
)


def find(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find what is wrong with the sensors, triggers and questions of a scope; four statements."""
    yield from find_faults(_faults(scope))
    watched = Trigger.objects.filter(inside(scope)).annotate(Count("watches"))
    rows = watched.filter(version__isnull=False).values_list(
        "ref", "path", "name", "is_on", "watches__count"
    )
    yield from find_idle(TriggerSeen(*row) for row in rows)
    read = WatchSeries.objects.filter(series__sensor=OuterRef("pk"))
    unwatched = Sensor.objects.filter(inside(scope), ~Exists(read), is_active=True)
    for ref, path, name in unwatched.values_list("ref", "path", "name"):
        yield Found("signals.sensor_unwatched", path, ref, ref, {"name": name})
    late = Referral.objects.filter(
        inside(scope, "asked_path"), state=ReferralState.OWED, due_at__lt=now, drill=None
    )
    for ref, path, due in late.values_list("ref", "asked_path", "due_at"):
        params = {"ref": ref, "since": due.date().isoformat()}
        yield Found("signals.question_late", path, ref, ref, params)


def _faults(scope: Scope) -> Iterator[FaultSeen]:
    relied = WatchSeries.objects.filter(
        series=OuterRef("series"), watch__trigger__is_on=True, series__isnull=False
    )
    rows = Fault.objects.filter(inside(scope), closed_at=None).annotate(is_relied=Exists(relied))
    rows = rows.exclude(series__sensor__is_active=False)
    for key, kind, path, opened, sensor, ref, label, trigger, is_relied in rows.values_list(
        "pk", "kind", "path", "opened_at", "series__sensor__name", "series__sensor__ref",
        "watch__label", "watch__trigger__ref", "is_relied",
    ):  # fmt: skip
        name, target = (sensor, ref) if sensor is not None else (label, trigger)
        since = opened.date()
        yield FaultSeen(str(key), FaultKind(kind), path, name or "", target or "", since, is_relied)


def touched(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where a fact lies; a question's answer is owed above where it was asked."""
    found = divided(entries)
    refs = [one.subject_id for one in entries if one.subject_kind == "referral"]
    asked = Referral.objects.filter(pk__in=refs).values_list("asked_path", "steps__path")
    found |= {Touch(path) for pair in asked for path in pair if path}
    for entry in entries:
        is_trigger = entry.verb.startswith("signals.trigger")
        found.add(Touch(entry.place or "/", is_trigger or not entry.place))
    return found


declare(
    Family(
        "signals",
        _("Sensors and signals"),
        CHECKS,
        find,
        (
            "signals.sensor_added",
            "signals.sensor_changed",
            "signals.sensor_in_use",
            "signals.sensor_out_of_use",
            "signals.series_added",
            "signals.series_changed",
            "signals.fault_opened",
            "signals.fault_closed",
            "signals.trigger_added",
            "signals.trigger_changed",
            "signals.trigger_on",
            "signals.trigger_off",
            "signals.watch_added",
            "signals.watch_ended",
            "signals.referred",
            "signals.referral_climbed",
            "signals.answered",
            "signals.referral_withdrawn",
            "chain.unit_moved",
            "chain.unit_split",
            "chain.units_merged",
        ),
        touched,
    )
)
