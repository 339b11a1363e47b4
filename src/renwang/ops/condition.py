"""What state the node is in: readings that the doctor, the health pages and the metrics share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count

from renwang.base.followers import Distance, distances
from renwang.base.journal import last_seq
from renwang.base.models import Beat, Entry, Job
from renwang.ops.worker import HEARTBEAT
from renwang.outreach.auditing import count_stalls
from renwang.signals.figures import SensorFigures, count_sensor_figures

SILENT_AFTER = timedelta(seconds=60)  # a worker that has given no sign of life for so long is gone
LATE_AFTER = timedelta(seconds=30)  # a fact should be sealed within a second

_known: frozenset[tuple[str, str]] | None = None  # read once: the files do not change while it runs


@dataclass(frozen=True, slots=True)
class Condition:
    """One look at the node. Every figure is about records, none about a person."""

    sealed: int  # facts
    unsealed: int  # facts that wait for the sealer
    sealing_lag: timedelta  # age of the oldest of them
    worker_silence: timedelta | None  # None: no worker was ever seen
    failing_beats: dict[str, int]  # failures in a row
    followers: Sequence[Distance]
    jobs: dict[str, int]  # by state
    stalls: dict[str, int]  # what the auditor found that does not go on, by kind
    sensors: SensorFigures

    @property
    def worker_is_alive(self) -> bool:
        """Whether a worker gave a sign of life within the last minute."""
        return self.worker_silence is not None and self.worker_silence <= SILENT_AFTER

    @property
    def sealing_is_late(self) -> bool:
        """Whether a fact has been waiting for the sealer for too long."""
        return self.sealing_lag > LATE_AFTER


def look(now: datetime) -> Condition:
    """Read the node's condition: twelve small indexed reads."""
    waiting = Entry.objects.filter(seq=None)
    oldest = waiting.order_by("id").values_list("recorded_at", flat=True).first()
    beats = {beat.name: beat for beat in Beat.objects.all()}
    sign = beats[HEARTBEAT].ran_at if HEARTBEAT in beats else None
    return Condition(
        sealed=last_seq(),
        unsealed=waiting.count() if oldest else 0,
        sealing_lag=max(now - oldest, timedelta(0)) if oldest else timedelta(0),
        worker_silence=max(now - sign, timedelta(0)) if sign else None,
        failing_beats={name: beat.failures for name, beat in beats.items() if beat.failures},
        followers=distances(),
        jobs=dict(Job.objects.values_list("state").annotate(number=Count("id")).order_by()),
        stalls=count_stalls(),
        sensors=count_sensor_figures(),
    )


def migrations_missing() -> Sequence[str]:
    """Name the steps of this version that the database has not taken; one read once the files are known."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(".".join(key) for key in _known_migrations() - set(applied))


def migrations_unknown() -> Sequence[str]:
    """Name the steps in the database that this version does not know: a newer one wrote it."""
    known = _known_migrations()
    labels = {label for label, _name in known}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(".".join(key) for key in applied if key[0] in labels and key not in known)


def _known_migrations() -> frozenset[tuple[str, str]]:
    global _known
    if _known is None:
        _known = frozenset(MigrationLoader(None).disk_migrations or ())
    return _known
