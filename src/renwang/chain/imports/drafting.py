"""The frame of every import: rows with what is wrong in them, and the plan that may be committed."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from renwang.base.tables import Column, Reason, TableError, TablePlan, TableReading, TableRow
from renwang.base.tables.cells import show
from renwang.base.tables.plan import plan_rows
from renwang.chain.reach import Viewer
from renwang.chain.words import say_refusal

By = Viewer | str
_OUT_OF_RANGE = _("a number from {low} to {high} is expected.")
_SHOWN_FOR_KEY = ("code", "number", "door", "title", "name")
# Shares of the time an import takes until then; almost all of it is spent on writing rows.
READ, JUDGED, WRITTEN = 0.05, 0.15, 0.9
KEY = "key"  # under which a row is recognised; composed by each kind from what its file gives


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do, and for whom it was judged; nothing is written yet."""

    kind: str
    filename: str
    digest: str  # SHA-256 of the file
    table: TablePlan
    found: Mapping[str, Any] = field(default_factory=dict)  # rows already there, by key
    tell: Callable[[float], None] = field(default=lambda share: None, compare=False, repr=False)

    @property
    def may_commit(self) -> bool:
        """Is every row understood? One error stops the whole file."""
        return self.table.may_commit

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, as they were, and wrong."""
        return {
            "created": len(self.table.to_create),
            "updated": len(self.table.to_update),
            "unchanged": len(self.table.unchanged),
            "wrong": self.table.error_count,
        }


@dataclass(frozen=True, slots=True)
class ImportKind:
    """A kind of import: its columns, the capability it needs, how it is planned and written.

    `write` returns the paths of the places it touched.
    """

    key: str
    columns: tuple[Column, ...]
    capability: str
    plan: Callable[["Draft", By, datetime], tuple[TablePlan, Mapping[str, Any]]]
    write: Callable[[ImportPlan, By, datetime], set[str]]


class Draft:
    """The rows of a file while they are judged one by one."""

    def __init__(self, reading: TableReading, say: Callable[[Exception], Any] = say_refusal):
        self.reading = reading
        self._say = say
        self.rows: tuple[TableRow, ...] = reading.rows
        self._kept: list[TableRow] = []
        self._errors: list[TableError] = []

    def keep(self, row: TableRow, key: str, values: Mapping[str, Any]) -> None:
        """Take a row on under its key, with the values that are compared and written."""
        self._kept.append(replace(row, values={**values, KEY: key}))

    def refuse(self, row: TableRow, column: str, refusal: Exception) -> None:
        """Note what is wrong with a row, at the column that shows it."""
        self._errors.append(
            TableError(
                row.number,
                self.reading.titles.get(column, ""),
                show(row.values.get(column)),
                Reason.FAILS_CHECK,
                {"sentence": self._say(refusal)},
            )
        )

    def plan(self, existing: Mapping[str, Mapping[str, Any]]) -> TablePlan:
        """Sort the rows into new, changed and unchanged ones; `existing` is by key."""
        titles = self.reading.titles
        shown = next((titles[name] for name in _SHOWN_FOR_KEY if name in titles), "")
        judged = replace(
            self.reading,
            titles={**titles, KEY: shown},
            rows=tuple(sorted(self._kept, key=lambda row: row.number)),
            errors=(*self.reading.errors, *self._errors),
            error_count=self.reading.error_count + len(self._errors),
        )
        known = {(key,): {**values, KEY: key} for key, values in existing.items()}
        return plan_rows(judged, known, (KEY,))


def between(low: int, high: int) -> Callable[[int], Any]:
    """Make the check of a column whose numbers must lie in a range, both ends included."""

    def check(value: int) -> Any:
        fits = low <= value <= high
        return None if fits else format_lazy(_OUT_OF_RANGE, low=low, high=high)

    return check


def digest_of(data: bytes) -> str:
    """Return the fingerprint by which a file is recognised in the journal."""
    return hashlib.sha256(data).hexdigest()


def common_path(paths: Sequence[str] | set[str]) -> str | None:
    """Return the place that all paths lie in; None if only the whole node does."""
    parts = [path.strip("/").split("/") for path in paths]
    if not parts:
        return None
    shared = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return "/" + "/".join(shared) + "/" if shared else None
