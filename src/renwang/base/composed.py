"""Insert rows by statements that are composed once.

Composing an INSERT takes the framework three times as long as the database
takes to run it. Where rows come in one by one and often, such as facts and
reports, the statement of a model is composed once for each database and
filled with values from then on. A value that its field would store as it is
goes in as it is; what a field does to any other is done as ever.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

_TAKEN_AS_IS: tuple[tuple[type[models.Field], frozenset[type]], ...] = (
    (models.JSONField, frozenset()),
    (models.BooleanField, frozenset({bool, type(None)})),
    (models.CharField, frozenset({str, type(None)})),
    (models.TextField, frozenset({str, type(None)})),
    (models.FloatField, frozenset({float, type(None)})),
    (models.IntegerField, frozenset({int, type(None)})),
)
_NOTHING = frozenset({type(None)})


def insert(row: models.Model) -> None:
    """Insert one row; a number that the database gives stands in it afterwards."""
    made = Writing()
    made.add(row)
    made.run()


class Writing:
    """Rows that are to be written together: made ready before the transaction begins, so that nobody waits for that."""

    def __init__(self) -> None:
        self._statements: list[tuple[str, list[Any], str, Sequence[models.Model]]] = []

    def add(self, *rows: models.Model) -> None:
        """Make rows of one model ready to be inserted by one statement; it is composed once for each number of rows."""
        if not rows:
            return
        sql, fields, key = _composed(type(rows[0]), connection.vendor, len(rows))
        values = []
        for row in rows:
            for field, name, as_is in fields:
                value = getattr(row, name)
                if type(value) not in as_is:
                    value = field.get_db_prep_save(value, connection)
                values.append(value)
        self._statements.append((sql, values, key, rows))

    def run(self) -> None:
        """Insert the rows in the order in which they came, in the caller's transaction."""
        with connection.cursor() as cursor:
            for sql, values, key, rows in self._statements:
                cursor.execute(sql, values)
                if key:
                    for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
                        setattr(row, key, number)
                for row in rows:
                    row._state.adding, row._state.db = False, connection.alias


@cache
def _composed(
    model: type[models.Model], _vendor: str, number: int
) -> tuple[str, list[tuple[Any, str, frozenset[type]]], str]:
    """Compose the statement for so many rows; with the fields to fill in, and the key that comes back."""
    given = model._meta.pk
    fields = [
        (one, one.attname, _as_is(one))
        for one in model._meta.concrete_fields
        if not isinstance(one, models.AutoField)
    ]
    key = given.attname if isinstance(given, models.AutoField) else ""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(one.column) for one, _name, _as_is in fields)
    one_row = "(" + ", ".join("%s" for _one in fields) + ")"
    returning = f" RETURNING {quote(given.column)}" if key else ""
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608
        f"{', '.join([one_row] * number)}{returning}"
    )
    return sql, fields, key


def _as_is(field: Any) -> frozenset[type]:
    """Say which values a field stores as they are."""
    return next((types for kind, types in _TAKEN_AS_IS if isinstance(field, kind)), _NOTHING)
