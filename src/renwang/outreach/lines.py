"""What is known of each line out of the node, kept where the desk and the doctor can read it.

The worker decides by what it keeps in its own memory (`circuits`); this is
only how it tells others. Of several workers the last one to see a change counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from renwang.outreach.circuits import Circuit


class Line(models.Model):
    """One line: a gateway, a mail server, one receiver's host. It says nothing about any person."""

    name = models.CharField(max_length=120, primary_key=True)
    kind = models.CharField(max_length=10)
    failures = models.PositiveIntegerField(default=0)  # one after another
    rests_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "outreach"


@dataclass(frozen=True, slots=True)
class LineState:
    """How a line stands at a moment; `changed_at` is None for a channel that was never used."""

    name: str
    kind: str
    failures: int
    rests_until: datetime | None
    changed_at: datetime | None

    @property
    def works(self) -> bool:
        """Whether the last message that took it was answered."""
        return not self.failures

    @property
    def is_resting(self) -> bool:
        """Whether it has failed so often that it is left alone between tries."""
        return self.rests_until is not None


def tell_lines(changed: Mapping[str, tuple[str, Circuit]], now: datetime) -> None:
    """Write down how lines stand that stand otherwise than before: by name, kind and circuit."""
    rows = [
        Line(
            name=name[:120],
            kind=kind,
            failures=circuit.failures,
            rests_until=circuit.rests_until,
            changed_at=now,
        )
        for name, (kind, circuit) in sorted(changed.items())
    ]
    Line.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["kind", "failures", "rests_until", "changed_at"],
    )


def lines(kinds: Sequence[str]) -> list[LineState]:
    """Say how every line of the configured channels stands, those in trouble first; one read."""
    known = [
        LineState(one.name, one.kind, one.failures, one.rests_until, one.changed_at)
        for one in Line.objects.filter(kind__in=kinds)
    ]
    unused = set(kinds) - {one.kind for one in known}
    known += [LineState(kind, kind, 0, None, None) for kind in unused]
    return sorted(known, key=lambda one: (one.works, not one.is_resting, one.kind, one.name))
