"""Say in plain words, in the reader's language, what is wrong with a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from renwang.base.tables.columns import in_language
from renwang.base.tables.reasons import Fault, Reason, TableError, TableRefused

REASONS: Mapping[Reason, Any] = {
    Reason.BLANK: _("this cell must not be blank."),
    Reason.NOT_AN_INTEGER: _("“{value}” is not a whole number."),
    Reason.NOT_A_NUMBER: _("“{value}” is not a number."),
    Reason.NOT_A_DATE: _("“{value}” is not a date. Write it as 2026-07-15."),
    Reason.NOT_A_MOMENT: _("“{value}” is not a date and time. Write it as 2026-07-15 08:30."),
    Reason.NOT_YES_OR_NO: _("“{value}” is neither yes nor no."),
    Reason.NOT_A_CHOICE: _("“{value}” is not one of the choices: {choices}."),
    Reason.TOO_LONG: _("“{value}” has {length} characters; at most {limit} are possible."),
    Reason.ROUNDED_BY_SHEET: _(
        "“{value}” has lost its last digits, because the spreadsheet took it for a number. "
        "Format the column as text and enter it again."
    ),
    Reason.FORMULA_ERROR: _("the formula ended in the error {value}."),
    Reason.FORMULA_NOT_COMPUTED: _(
        "the file does not hold the result of the formula. "
        "Open it in a spreadsheet program, save it and send it again."
    ),
    Reason.FAILS_CHECK: _("“{value}”: {sentence}"),
    Reason.TOO_MANY_CELLS: _(
        "the row has more cells than the heading ({width}); the last say “{value}”. "
        "A separator inside a text must stand in quotes."
    ),
    Reason.SAME_AS_ROW: _("“{value}” already stands in row {other}."),
}

FAULTS: Mapping[Fault, Any] = {
    Fault.EMPTY_FILE: _("The file is empty."),
    Fault.FILE_TOO_LARGE: _("The file is larger than {limit_mb} MB. Send it in parts."),
    Fault.TOO_MANY_ROWS: _("The table has more than {limit} rows. Send it in parts."),
    Fault.TOO_MANY_COLUMNS: _("The table has more than {limit} columns."),
    Fault.UNKNOWN_ENCODING: _(
        "The encoding of the file is unknown. Save it as “CSV UTF-8” or as an .xlsx workbook."
    ),
    Fault.BROKEN_QUOTES: _(
        "A quotation mark is opened or closed wrongly near row {row}, so the rows cannot be told "
        "apart. Mend it, or send an .xlsx workbook."
    ),
    Fault.CELL_TOO_LONG: _("A cell in row {row} is too long for a table."),
    Fault.OLD_EXCEL: _(
        "This is an old .xls or .et workbook. Open it and save it as “Excel workbook (.xlsx)”."
    ),
    Fault.WEB_PAGE: _(
        "This is a web page that is called a workbook. Open it in a spreadsheet program and save "
        "it as “Excel workbook (.xlsx)”."
    ),
    Fault.OTHER_FORMAT: _("This is neither a CSV file nor an .xlsx workbook."),
    Fault.PASSWORD: _("The workbook is locked with a password. Take the password off first."),
    Fault.MACROS: _(
        "The workbook contains macros, which are never opened here. Save it as “Excel workbook "
        "(.xlsx)”, without macros."
    ),
    Fault.EXTERNAL_LINKS: _(
        "The workbook takes figures from other workbooks, which may be out of date. Copy the "
        "table and paste it as values into a new workbook."
    ),
    Fault.UNPACKS_TOO_LARGE: _(
        "The workbook unpacks to more than {limit_mb} MB, or is damaged. Send the table in parts."
    ),
    Fault.BROKEN_XLSX: _(
        "The workbook is damaged. Open it in a spreadsheet program, save it and send it again."
    ),
    Fault.NO_SUCH_SHEET: _("There is no sheet “{sheet}”. The file has: {sheets}."),
    Fault.NO_HEADER: _(
        "None of the first {within} rows is a heading that is known here. Expected: {columns}."
    ),
    Fault.MISSING_COLUMNS: _("These columns are missing in the heading (row {row}): {columns}."),
    Fault.COLUMN_TWICE: _("“{columns}” stands twice in the heading: columns {first} and {second}."),
}

_IN_CELL = _("Row {row}, {column}: {sentence}")
_IN_ROW = _("Row {row}: {sentence}")
_BETWEEN = pgettext_lazy("between the items of a list", ", ")
_SHOWN = 60


class _Titles:
    """Headings that are chosen when the sentence is shown, in the language of who reads it."""

    def __init__(self, titles: Sequence[Sequence[str]]) -> None:
        self._titles = titles

    def __str__(self) -> str:
        language = get_language() or "en"
        return str(_BETWEEN).join(in_language(titles, language) for titles in self._titles)


def say_error(error: TableError) -> Any:
    """Give the sentence for one error, as a lazy string: Row 7, 出生日期: “2026-13-40” is …"""
    value = error.value if len(error.value) <= _SHOWN else error.value[:_SHOWN] + "…"
    sentence = format_lazy(REASONS[error.reason], **{**_speakable(error.params), "value": value})
    if not error.column_title:
        return format_lazy(_IN_ROW, row=error.row, sentence=sentence)
    return format_lazy(_IN_CELL, row=error.row, column=error.column_title, sentence=sentence)


def say_refusal(refused: TableRefused) -> Any:
    """Give the sentence for a file that cannot be read or written, as a lazy string."""
    return format_lazy(FAULTS[refused.fault], **_speakable(refused.params))


def _speakable(params: Mapping[str, Any]) -> dict[str, Any]:
    said = dict(params)
    for name in ("columns", "choices"):
        if name in said:
            said[name] = lazystr(_Titles(said[name]))
    if "sheets" in said:
        said["sheets"] = " · ".join(said["sheets"])
    if "limit" in said:
        said["limit_mb"] = said["limit"] >> 20
    return said
