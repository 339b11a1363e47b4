"""What goes on by itself beside the readings: silence is noticed, old readings go, hours are told, units are followed."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from renwang.base import journal
from renwang.chain.models import Unit
from renwang.signals.fault_rules import SILENT_AFTER, FaultKind, Turn, silent_since
from renwang.signals.models import (
    Intake,
    Matter,
    Proposal,
    Pulse,
    Reading,
    Referral,
    Sensor,
    Series,
    Signal,
    Trigger,
    Watch,
)
from renwang.signals.services.taking_in import turn_faults

BY = "node:signals"
SHORTEST_SILENCE = timedelta(seconds=1)
AT_ONCE = 500


def find_silent(now: datetime) -> int:
    """Open a fault for every series that has said nothing for three of its intervals; return how many.

    A node that was switched off itself hears nobody for a while: what it has
    not heard since counts from when it hears again.
    """
    suspects = (
        Pulse.objects.filter(
            series__every__gt=0, series__sensor__is_active=True, heard_at__lt=now - SHORTEST_SILENCE
        )
        .exclude(streaks__has_key=FaultKind.SILENCE.value)
        .order_by("heard_at")
        .values_list("pk", "heard_at", "series__every")
    )
    last = Pulse.objects.order_by("-heard_at").values_list("heard_at", flat=True).first()
    silent = [
        pk
        for pk, heard_at, every in suspects.iterator()
        if silent_since(timedelta(seconds=every), heard_at, now)
        and (
            last is None or last - heard_at > timedelta(seconds=every) or _is_only(every, last, now)
        )
    ]
    for start in range(0, len(silent), AT_ONCE):
        _open_silence(silent[start : start + AT_ONCE], now)
    return len(silent)


def _is_only(every: int, last: datetime, now: datetime) -> bool:
    """Nothing else was heard either; after a while it is no longer the node's own sleep."""
    return now - last > timedelta(seconds=every) * SILENT_AFTER


@transaction.atomic
def _open_silence(series_ids: list[int], now: datetime) -> None:
    pulses = list(Pulse.objects.select_for_update().filter(pk__in=series_ids).order_by("pk"))
    rows = {
        one.pk: one for one in Series.objects.filter(pk__in=series_ids).select_related("sensor")
    }
    turns = []
    for pulse in pulses:
        series = rows[pulse.pk]
        since = silent_since(timedelta(seconds=series.every), pulse.heard_at, now)
        if since is None or FaultKind.SILENCE in pulse.streaks:
            continue
        pulse.streaks[FaultKind.SILENCE] = (1, 0)
        turns.append((series, Turn(FaultKind.SILENCE, True, since, pulse.last_value)))
    Pulse.objects.bulk_update(pulses, ["streaks"])
    turn_faults(turns, now=now)


def drop_old_readings(now: datetime, *, at_once: int = 50_000) -> int:
    """Drop readings older than the node keeps them; return how many. Proposals keep their own evidence."""
    before = now - timedelta(days=settings.RENWANG_READINGS_KEPT_DAYS)
    dropped = 0
    for series_id in Series.objects.values_list("pk", flat=True):
        old = Reading.objects.filter(series_id=series_id, at__lt=before)
        if not old.exists():
            continue
        dropped += old.delete()[0]
        if dropped >= at_once:
            break
    if dropped:
        with transaction.atomic():
            journal.record(
                "signals.readings_dropped",
                _Kept(before),
                by=BY,
                at=now,
                dropped=dropped,
                before=before,
            )
    return dropped


class _Kept:
    """What the fact about dropped readings is about: all of them before a moment."""

    ref = ""
    path = ""

    def __init__(self, before: datetime) -> None:
        self.id = before.isoformat()[:32]


@transaction.atomic
def tell_intakes(now: datetime) -> int:
    """Tell the journal what each source handed in during the hours that are over; return how many were told."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    over = list(
        Intake.objects.select_for_update().filter(hour__lt=hour, is_told=False).order_by("pk")[:200]
    )
    for intake in over:
        journal.record(
            "signals.readings_taken", intake, by=intake.source, at=now, place="",
            hour=intake.hour, batches=intake.batches, stored=intake.stored,
            repeated=intake.repeated, contradicted=intake.contradicted, late=intake.late,
            doubtful=intake.doubtful, refused=intake.refused, unknown=intake.unknown,
        )  # fmt: skip
    Intake.objects.filter(pk__in=[one.pk for one in over]).update(is_told=True)
    return len(over)


def follow_division(now: datetime) -> int:
    """Let everything here lie where its unit lies today; return how many rows moved.

    Of a unit that has ended everything stays on record where it was.
    """
    moved = 0
    for model in (Sensor, Trigger, Watch, Signal, Matter, Proposal, Referral):
        own = Unit.objects.filter(pk=OuterRef("unit_id"), ended_on=None).exclude(
            path=OuterRef("path")
        )
        moved += model.objects.filter(Exists(own)).update(path=Subquery(own.values("path")))
    asked = Unit.objects.filter(pk=OuterRef("asked_id"), ended_on=None).exclude(
        path=OuterRef("asked_path")
    )
    return moved + Referral.objects.filter(Exists(asked)).update(
        asked_path=Subquery(asked.values("path"))
    )
