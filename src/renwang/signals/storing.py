"""Write readings by the thousand: COPY on PostgreSQL, one prepared statement on SQLite."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from renwang.signals.fault_rules import Standing
from renwang.signals.models import Pulse, Reading, Watch

Row = tuple[int, datetime, float, int]  # series, moment, value, doubt


@dataclass(frozen=True, slots=True)
class Beat:
    """Where a series stands after a batch."""

    series_id: int
    standing: Standing
    heard_at: datetime
    late_at: datetime | None
    writes: int


def insert_readings(rows: Sequence[Row]) -> None:
    """Write readings that are not there yet; the caller holds the pulses of their series."""
    if not rows:
        return
    table = Reading._meta.db_table
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            statement = f"COPY {table} (series_id, at, value, doubt) FROM STDIN (FORMAT BINARY)"
            with cursor.copy(statement) as copy:
                copy.set_types(["int8", "timestamptz", "float8", "int2"])
                for row in rows:
                    copy.write_row(row)
        return
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (series_id, at, value, doubt) VALUES (%s, %s, %s, %s)",  # noqa: S608
            [(series, adapt(at), value, doubt) for series, at, value, doubt in rows],
        )


def known_readings(rows: Iterable[Row]) -> dict[tuple[int, datetime], float]:
    """Give the readings that are there already for the series and moments of some rows; one statement."""
    wanted = {(series, at) for series, at, _, _ in rows}
    if not wanted:
        return {}
    moments = {at for _, at in wanted}
    found = Reading.objects.filter(series__in={series for series, _ in wanted}, at__in=moments)
    return {
        (series, at): value
        for series, at, value in found.values_list("series_id", "at", "value")
        if (series, at) in wanted
    }


_PULSE = {
    "last_at": "timestamptz", "last_value": "float8", "changed_at": "timestamptz",
    "heard_at": "timestamptz", "late_at": "timestamptz", "writes": "int8", "streaks": "jsonb",
}  # fmt: skip
_WATCH = {
    "standing": "jsonb", "is_met": "boolean", "is_failing": "boolean",
    "evaluated_to": "timestamptz", "proposal_id": "uuid",
}  # fmt: skip


def write_pulses(beats: Sequence[Beat]) -> None:
    """Let series stand where a batch has brought them; one statement."""
    _update(Pulse._meta.db_table, _PULSE, "series_id", [_pulse_row(one) for one in beats])


def mark_judged(counts: Mapping[int, int]) -> None:
    """Note up to which count series have been judged; what came late among it was seen as well. One statement."""
    rows = [(writes, series_id) for series_id, writes in counts.items()]
    _update(Pulse._meta.db_table, {"judged": "int8"}, "series_id", rows)


def write_watches(watches: Sequence[Watch]) -> None:
    """Let watches stand where a look has brought them; one statement."""
    rows = [
        (
            orjson.dumps(one.standing).decode(), one.is_met, one.is_failing, one.evaluated_to,
            one.proposal_id, one.pk,
        )
        for one in watches
    ]  # fmt: skip
    _update(Watch._meta.db_table, _WATCH, "id", rows, key_type="uuid")


def _update(
    table: str,
    columns: Mapping[str, str],
    key: str,
    rows: Sequence[tuple[Any, ...]],
    key_type: str = "int8",
) -> None:
    """Write many rows by their keys; the key comes last in each. `bulk_update` costs ten times as much."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{kind}[]" for kind in (*columns.values(), key_type))
            cursor.execute(
                f"UPDATE {table} AS held SET "  # noqa: S608
                + ", ".join(f"{name} = new.{name}" for name in columns)
                + f" FROM unnest({arrays}) AS new ({', '.join(columns)}, {key})"
                f" WHERE held.{key} = new.{key}",
                [list(column) for column in zip(*rows, strict=True)],
            )
            return
        cursor.executemany(
            f"UPDATE {table} SET {', '.join(f'{name} = %s' for name in columns)}"  # noqa: S608
            f" WHERE {key} = %s",
            [tuple(map(_adapted, row)) for row in rows],
        )


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.hex if isinstance(value, UUID) else value


def _pulse_row(one: Beat) -> tuple[Any, ...]:
    standing = one.standing
    streaks = orjson.dumps({str(kind): list(pair) for kind, pair in standing.streaks.items()})
    return (
        standing.last_at, standing.last_value, standing.changed_at, one.heard_at, one.late_at,
        one.writes, streaks.decode(), one.series_id,
    )  # fmt: skip
