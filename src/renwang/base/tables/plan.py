"""Say what importing a file would do, before it is done.

Rows are recognised by their key, so the same file brought twice changes nothing the second time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from renwang.base.tables.cells import show
from renwang.base.tables.reading import TableReading
from renwang.base.tables.reasons import Reason, TableError

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """A row of the file with its key; to be created, or already there just so."""

    number: int
    key: Key
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is known and says something new: only what changes, before and after."""

    number: int
    key: Key
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What an import would do. It may be committed only if nothing in it is wrong."""

    to_create: tuple[Planned, ...]
    to_update: tuple[Change, ...]
    unchanged: tuple[Planned, ...]
    errors: tuple[TableError, ...]
    error_count: int
    ignored: tuple[str, ...]

    @property
    def may_commit(self) -> bool:
        """Is every row understood? All or nothing: one error stops the whole file."""
        return not self.error_count


def plan_rows(
    reading: TableReading,
    existing: Mapping[Key, Mapping[str, Any]],
    key_columns: Sequence[str],
    *,
    blank_clears: bool = False,
) -> TablePlan:
    """Sort the rows of a file into new, changed and unchanged ones.

    `existing` holds what is already stored, by the tuple of its key columns' values. A column that
    the file does not have is left alone, and so is a value whose cell is blank, unless
    `blank_clears`. Two rows with one key are an error that names both, and so is a blank key.
    """
    first_rows: dict[Key, int] = {}
    errors = list(reading.errors)
    added = 0
    creates: list[Planned] = []
    updates: list[Change] = []
    unchanged: list[Planned] = []
    for row in reading.rows:
        key = tuple(row.values.get(name) for name in key_columns)
        error = _key_error(row.number, key, key_columns, reading.titles, first_rows)
        if error:
            errors.append(error)
            added += 1
            continue
        first_rows[key] = row.number
        stored = existing.get(key)
        if stored is None:
            creates.append(Planned(row.number, key, row.values))
            continue
        after = {
            name: value
            for name, value in row.values.items()
            if (blank_clears or value is not None) and stored.get(name) != value
        }
        if after:
            before = {name: stored.get(name) for name in after}
            updates.append(Change(row.number, key, before, after))
        else:
            unchanged.append(Planned(row.number, key, row.values))
    return TablePlan(
        to_create=tuple(creates),
        to_update=tuple(updates),
        unchanged=tuple(unchanged),
        errors=tuple(sorted(errors, key=lambda error: error.row)),
        error_count=reading.error_count + added,
        ignored=reading.ignored,
    )


def _key_error(
    number: int,
    key: Key,
    names: Sequence[str],
    titles: Mapping[str, str],
    first_rows: Mapping[Key, int],
) -> TableError | None:
    for name, part in zip(names, key, strict=True):
        if part is None or part == "":
            return TableError(number, titles.get(name, name), "", Reason.BLANK)
    if key in first_rows:
        shown = " · ".join(show(part) for part in key)
        title = titles.get(names[0], names[0]) if len(names) == 1 else ""
        return TableError(number, title, shown, Reason.SAME_AS_ROW, {"other": first_rows[key]})
    return None
