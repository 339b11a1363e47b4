"""Name everything that can be wrong with a table.

A fault refuses the file as a whole; a reason names what is wrong with one cell or row, so that
whoever made the file can mend exactly that. The sentences for both are in `words.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """Why a file cannot be read as a table at all."""

    EMPTY_FILE = "empty_file"
    FILE_TOO_LARGE = "file_too_large"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    UNKNOWN_ENCODING = "unknown_encoding"
    BROKEN_QUOTES = "broken_quotes"
    CELL_TOO_LONG = "cell_too_long"
    OLD_EXCEL = "old_excel"
    WEB_PAGE = "web_page"
    OTHER_FORMAT = "other_format"
    PASSWORD = "password"  # noqa: S105 - the name of a fault
    MACROS = "macros"
    EXTERNAL_LINKS = "external_links"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    BROKEN_XLSX = "broken_xlsx"
    NO_SUCH_SHEET = "no_such_sheet"
    NO_HEADER = "no_header"
    MISSING_COLUMNS = "missing_columns"
    COLUMN_TWICE = "column_twice"


class Reason(StrEnum):
    """What is wrong with one cell, or with one row."""

    BLANK = "blank"
    NOT_AN_INTEGER = "not_an_integer"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    NOT_A_MOMENT = "not_a_moment"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_A_CHOICE = "not_a_choice"
    TOO_LONG = "too_long"
    ROUNDED_BY_SHEET = "rounded_by_sheet"
    FORMULA_ERROR = "formula_error"
    FORMULA_NOT_COMPUTED = "formula_not_computed"
    FAILS_CHECK = "fails_check"
    TOO_MANY_CELLS = "too_many_cells"
    SAME_AS_ROW = "same_as_row"


class TableRefused(ValueError):
    """A file that cannot be read or written: the fault, and what its sentence needs."""

    def __init__(self, fault: Fault, **params: Any) -> None:
        super().__init__(f"{fault.value} {params}" if params else fault.value)
        self.fault = fault
        self.params = params


class CellWrong(ValueError):
    """One cell that cannot be understood: the reason, and what its sentence needs."""

    def __init__(self, reason: Reason, **params: Any) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.params = params


@dataclass(frozen=True, slots=True)
class TableError:
    """One thing wrong in the file, at the place where its maker can see it.

    `row` counts as a spreadsheet does, from 1 and with the heading; `column_title` is the heading
    as the file has it, empty when the whole row is meant; `value` is what was written there.
    """

    row: int
    column_title: str
    value: str
    reason: Reason
    params: Mapping[str, Any] = field(default_factory=dict)
