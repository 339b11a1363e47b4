"""Figures about sensors for the node's own condition: counts, and no place or name."""

from dataclasses import dataclass, field

from django.db.models import Count, F, Sum

from renwang.signals.models import Ear, Fault, Intake, Pulse


@dataclass(frozen=True, slots=True)
class SensorFigures:
    """How sensors and triggers stand: readings ever taken, series that triggers have not looked at, open faults, brokers away."""

    readings: int = 0
    waiting: int = 0
    faults: dict[str, int] = field(default_factory=dict)  # by kind
    brokers_away: int = 0


def count_sensor_figures() -> SensorFigures:
    """Count them; four small reads."""
    return SensorFigures(
        Intake.objects.aggregate(found=Sum("stored"))["found"] or 0,
        Pulse.objects.filter(writes__gt=F("judged")).count(),
        dict(
            Fault.objects.filter(closed_at=None)
            .order_by()
            .values_list("kind")
            .annotate(Count("pk"))
        ),
        Ear.objects.filter(holder__isnull=False, is_connected=False).count(),
    )
