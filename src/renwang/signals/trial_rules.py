"""What would a trigger have done? It is run over past data before anybody switches it on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from renwang.signals.scale_rules import WarningLevel
from renwang.signals.trigger_rules import (
    Definition,
    DividedByZero,
    Measure,
    Standing,
    TurnKind,
    advance,
)
from renwang.signals.window_rules import Record


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing a trigger would have done: proposed a level, or noticed that it has passed."""

    kind: TurnKind
    at: datetime
    level: WarningLevel | None  # the one that then stands
    before: WarningLevel | None
    measures: tuple[Measure, ...]


def try_trigger(
    definition: Definition,
    data: Mapping[str, Iterable[tuple[datetime, float]]],
    begin: datetime,
    end: datetime,
    *,
    every: Mapping[str, timedelta] | None = None,
) -> list[Trial]:
    """Run a trigger over series of readings, moment by moment from `begin` to `end`.

    Readings before `begin` fill its windows. `every` says how often each
    series should speak; one that is not named reports when it likes. Raises
    `KeyError` for a series that is not given and `DividedByZero`.
    """
    intervals = every or {}
    records = {
        alias: Record.of(rows, intervals.get(alias, timedelta(0))) for alias, rows in data.items()
    }
    missing = definition.aliases - records.keys()
    if missing:
        raise KeyError(min(missing))
    first, last = begin.timestamp(), end.timestamp()
    moments = sorted(
        {at for record in records.values() for at in record.times.tolist() if first <= at <= last}
    )
    steps = (datetime.fromtimestamp(moment, UTC) for moment in moments)
    return [
        Trial(turn.kind, turn.at, turn.level, turn.before, turn.measures)
        for _, turn in advance(definition, Standing(), records, steps)
        if turn is not None
    ]


__all__ = ["DividedByZero", "Trial", "try_trigger"]
