"""Write many rows in one statement, on both databases.

Receipts come in by thousands; an UPDATE for each would be forty times slower.
PostgreSQL joins the table with unnested arrays; SQLite, which has no network
between the statements, runs one prepared statement over all rows.
"""
# ruff: noqa: S608 - names come from the models only; every value is a parameter.

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet

CHUNK = 2000


def adapt(field: models.Field, value: Any) -> Any:
    """Turn a value into what the database's driver takes for a column."""
    return field.get_db_prep_save(value, connection)


def _adapted(field: models.Field, values: Sequence[Any], texts: dict) -> Sequence[Any]:
    """Turn a whole column; Django's own way does the same for one value, ten times as slowly.

    `texts` is shared by the columns of a statement: one moment often stands in several.
    """
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.CharField):
        return [value if type(value) is str else str(value) for value in values]
    if connection.vendor == "postgresql":
        return values
    if isinstance(field, models.DateTimeField):
        return _utc_texts(values, texts)
    if isinstance(field, models.UUIDField):
        return [None if value is None else value.hex for value in values]
    return values


def _utc_texts(values: Sequence[datetime | None], texts: dict[datetime, str]) -> list[str | None]:
    found: list[str | None] = []
    for value in values:
        text = None if value is None else texts.get(value)
        if text is None and value is not None:
            text = texts[value] = _utc_text(value)
        found.append(text)
    return found


def _utc_text(value: datetime) -> str:
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat(" ")[:-6]  # without "+00:00"


def read_moment(value: datetime | str | None) -> datetime | None:
    """Read a moment from a bare cursor: SQLite gives text, or no zone, which is UTC."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value is not None and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


def among(column: str) -> str:
    """Compose the condition that a column is in one list, which is one parameter (see `as_list`)."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)"
    return f"{column} IN (SELECT value FROM json_each(%s))"


def beside(column: str) -> str:
    """Compose the condition that a column has a value, to narrow only what another one has found by its index.

    Neither database knows any figures of the calls inserted a moment ago: both
    would rather walk a whole notice than look up two thousand calls.
    """
    if connection.vendor == "postgresql":
        return f"{column} IS NOT DISTINCT FROM %s"
    return f"+{column} = %s"


def as_list(numbers: Sequence[int]) -> Any:
    """Give a list of numbers as the parameter that `among` takes."""
    return list(numbers) if connection.vendor == "postgresql" else json.dumps(list(numbers))


def update_rows(
    model: type[models.Model],
    keys: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    adds: bool = False,
) -> None:
    """Set (or with `adds`, add to) columns of many rows; each row holds its keys, then its values.

    Keys must name a row at most once among `rows`. Rows that do not exist are passed over.
    """
    if not rows:
        return
    fields = [model._meta.get_field(name) for name in (*keys, *columns)]
    names = [field.column for field in fields]
    table = model._meta.db_table
    split = len(keys)
    texts: dict[datetime, str] = {}
    lists = [
        list(_adapted(field, values, texts))
        for field, values in zip(fields, zip(*rows, strict=True), strict=True)
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sets = ", ".join(
                f"{n} = t.{n} + v.{n}" if adds else f"{n} = v.{n}" for n in names[split:]
            )
            where = " AND ".join(f"t.{n} = v.{n}" for n in names[:split])
            arrays = ", ".join(f"%s::{_type(field)}[]" for field in fields)
            cursor.execute(
                f"UPDATE {table} t SET {sets} FROM unnest({arrays}) AS v({', '.join(names)})"
                f" WHERE {where}",
                lists,
            )
        else:
            sets = ", ".join(f"{n} = {n} + %s" if adds else f"{n} = %s" for n in names[split:])
            where = " AND ".join(f"{n} = %s" for n in names[:split])
            ordered = zip(*lists[split:], *lists[:split], strict=True)
            cursor.executemany(f"UPDATE {table} SET {sets} WHERE {where}", list(ordered))


def add_or_insert(
    model: type[models.Model],
    keys: Sequence[str],
    column: str,
    rows: Sequence[Sequence[Any]],
) -> None:
    """Add to a counting column, inserting the row where there is none; `keys` are unique together."""
    if not rows:
        return
    fields = [model._meta.get_field(name) for name in (*keys, column)]
    names = [field.column for field in fields]
    table = model._meta.db_table
    number = names[-1]
    into = f"INSERT INTO {table} ({', '.join(names)})"
    added = (
        f" ON CONFLICT ({', '.join(names[:-1])})"
        f" DO UPDATE SET {number} = {table}.{number} + excluded.{number}"
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{_type(field)}[]" for field in fields)
            lists = [list(values) for values in zip(*rows, strict=True)]
            cursor.execute(f"{into} SELECT * FROM unnest({arrays}){added}", lists)
        else:
            marks = ", ".join("%s" for _ in names)
            adapted = [
                [adapt(field, value) for field, value in zip(fields, row, strict=True)]
                for row in rows
            ]
            cursor.executemany(f"{into} VALUES ({marks}){added}", adapted)


def read_figures(*questions: QuerySet[Any]) -> list[Any]:
    """Read several single figures in one statement; each question gives one row of one value, or none."""
    parts, values = [], []
    for question in questions:
        sql, params = question.query.sql_with_params()
        parts.append(f"({sql})")
        values.extend(params)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())


def in_chunks(items: Sequence[Any], size: int = CHUNK) -> list[Sequence[Any]]:
    """Cut a list so that no statement has more parameters than a database takes."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def _type(field: models.Field) -> str:
    return (field.db_type(connection) or "text").split("(")[0]
