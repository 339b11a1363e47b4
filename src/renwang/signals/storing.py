"""Write readings by the thousand: COPY on PostgreSQL, one prepared statement on SQLite."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from renwang.signals.fault_rules import Standing
from renwang.signals.models import Pulse, Reading

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


_COLUMNS = ("last_at", "last_value", "changed_at", "heard_at", "late_at", "writes", "streaks")


def write_pulses(beats: Sequence[Beat]) -> None:
    """Let series stand where a batch has brought them; one statement."""
    if not beats:
        return
    table = Pulse._meta.db_table
    rows = [_pulse_row(one) for one in beats]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"UPDATE {table} AS pulse SET "  # noqa: S608
                + ", ".join(f"{name} = new.{name}" for name in _COLUMNS)
                + " FROM unnest(%s::timestamptz[], %s::float8[], %s::timestamptz[], %s::timestamptz[],"
                " %s::timestamptz[], %s::int8[], %s::jsonb[], %s::int8[])"
                f" AS new ({', '.join(_COLUMNS)}, series_id) WHERE pulse.series_id = new.series_id",
                [list(column) for column in zip(*rows, strict=True)],
            )
            return
        adapt = connection.ops.adapt_datetimefield_value
        cursor.executemany(
            f"UPDATE {table} SET {', '.join(f'{name} = %s' for name in _COLUMNS)}"  # noqa: S608
            " WHERE series_id = %s",
            [tuple(adapt(v) if isinstance(v, datetime) else v for v in row) for row in rows],
        )


def _pulse_row(one: Beat) -> tuple[Any, ...]:
    standing = one.standing
    streaks = orjson.dumps({str(kind): list(pair) for kind, pair in standing.streaks.items()})
    return (
        standing.last_at, standing.last_value, standing.changed_at, one.heard_at, one.late_at,
        one.writes, streaks.decode(), one.series_id,
    )  # fmt: skip
