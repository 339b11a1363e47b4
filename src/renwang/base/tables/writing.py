"""Write tables that people open in a spreadsheet, and that are read back as they were."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any

from renwang.base.tables.cells import ErrorCell, UncomputedCell, is_blank, show
from renwang.base.tables.columns import Column, Kind
from renwang.base.tables.csv_source import guard
from renwang.base.tables.reading import OpenTable
from renwang.base.tables.reasons import Fault, TableError, TableRefused

Row = Mapping[str, Any]

_LONGEST_CELL = 32_767
_LAST_ROW = 1_048_576
_LAST_COLUMN = 16_383  # counted from 0
_EXACT_INTEGER = 10**15
_FIRST_DATE = date(1900, 3, 1)  # before it spreadsheets count a day that never was
_WIDEST = 40
_WIDTHS = {
    Kind.TEXT: 16,
    Kind.CODE: 22,
    Kind.INTEGER: 10,
    Kind.DECIMAL: 12,
    Kind.DATE: 12,
    Kind.DATETIME: 20,
    Kind.BOOLEAN: 8,
    Kind.CHOICE: 12,
}
_BOOLEANS = {True: ("是", "Yes"), False: ("否", "No")}


def write_csv(
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    language: str = "zh-hans",
    zone: tzinfo = UTC,
) -> bytes:
    """Write a CSV file: UTF-8 with its mark, without which Excel shows Chinese as rubbish.

    Texts that a spreadsheet would compute get an apostrophe in front, which `read_table` takes
    away again. Clock times are written in `zone`.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guard(column.title(language)) for column in columns])
    for row in rows:
        cells = [_as_text(column, row.get(column.key), language, zone) for column in columns]
        # A row of one blank cell would be no row at all.
        writer.writerow(cells if any(cells) or len(cells) > 1 else [" "])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    language: str = "zh-hans",
    zone: tzinfo = UTC,
    sheet: str = "",
    in_memory: bool = False,
) -> bytes:
    """Write a workbook of one sheet: heading fixed in place, real dates, codes as text.

    Texts are stored as texts and marked as such, so none is ever computed. Refuses a cell or a
    table larger than a spreadsheet can hold with `TableRefused`. What may not lie on a disk in
    the clear is written `in_memory`; else large tables go through temporary files.
    """
    out = io.BytesIO()
    with _new_book(out, in_memory=in_memory) as book:
        page = book.add_worksheet(sheet or None)
        formats = _Formats(book)
        for place, column in enumerate(columns):
            title = column.title(language)
            width = max(_WIDTHS[column.kind], 2 + _display_width(title))
            page.set_column(place, place, min(width, _WIDEST), formats.column(column.kind))
            _write_text(page, 0, place, title, formats.heading)
        page.freeze_panes(1, 0)
        number = 0
        for number, row in enumerate(rows, start=1):
            if number >= _LAST_ROW:
                raise TableRefused(Fault.TOO_MANY_ROWS, limit=_LAST_ROW - 1)
            for place, column in enumerate(columns):
                _write_cell(
                    page, number, place, column, row.get(column.key), language, zone, formats
                )
        if columns:
            page.autofilter(0, 0, max(number, 1), len(columns) - 1)
    return out.getvalue()


def write_errors_xlsx(
    table: OpenTable,
    errors: Iterable[TableError],
    say: Callable[[TableError], object],
    *,
    title: str,
    in_memory: bool = False,
) -> bytes:
    """Give a file back as it came, with what is wrong in a last column and the cells coloured.

    Every row keeps its number. `say` turns an error into a sentence, `title` heads the column,
    `in_memory` as for `write_xlsx`.
    """
    wrong: dict[int, list[TableError]] = {}
    for error in errors:
        wrong.setdefault(error.row, []).append(error)
    places = {written: place for place, written in table.heading.titles.items()}
    # After the widest row, so that nothing a row holds is written over.
    last = max(max(table.heading.titles) + 1, max(map(len, table.raw_rows())))
    last = min(last, _LAST_COLUMN)
    out = io.BytesIO()
    with _new_book(out, in_memory=in_memory) as book:
        page, formats = book.add_worksheet(), _Formats(book)
        page.set_column(0, last - 1, 16)
        page.set_column(last, last, 60)
        page.freeze_panes(table.heading_row, 0)
        for number, row in enumerate(table.raw_rows(), start=1):
            found = wrong.get(number, ())
            marked = {places[error.column_title] for error in found if error.column_title in places}
            for place in sorted({*range(min(len(row), last)), *marked}):
                cell = row[place] if place < len(row) else None
                style = formats.wrong if place in marked else None
                if number == table.heading_row:
                    style = formats.heading
                _write_raw(page, number - 1, place, cell, style, formats)
            if number == table.heading_row:
                _write_text(page, number - 1, last, title, formats.heading)
            elif found:
                note = "\n".join(str(say(error)) for error in found)
                _write_text(page, number - 1, last, _shortened(note), formats.note)
    return out.getvalue()


class _Formats:
    """The few looks that cells of a workbook have."""

    def __init__(self, book: Any) -> None:
        self.text = book.add_format({"num_format": "@", "quote_prefix": True})
        self.heading = book.add_format(
            {
                "bold": True,
                "bg_color": "#E8EEF4",
                "bottom": 1,
                "text_wrap": True,
                "valign": "vcenter",
                "quote_prefix": True,
            }
        )
        self.date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.wrong = book.add_format({"bg_color": "#FBE3E1", "border": 1, "quote_prefix": True})
        self.wrong_date = book.add_format(
            {"bg_color": "#FBE3E1", "border": 1, "num_format": "yyyy-mm-dd hh:mm:ss"}
        )
        self.note = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})

    def column(self, kind: Kind) -> Any:
        """What a user types into an empty cell of the column is kept in the same way."""
        looks = {Kind.DATE: self.date, Kind.DATETIME: self.moment}
        return looks.get(kind, self.text if kind in (Kind.TEXT, Kind.CODE) else None)


def _new_book(out: io.BytesIO, *, in_memory: bool) -> Any:
    import xlsxwriter  # ten megabytes that a node without exports never needs

    return xlsxwriter.Workbook(
        out,
        {
            "constant_memory": not in_memory,
            "in_memory": in_memory,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )


def _as_text(column: Column, value: Any, language: str, zone: tzinfo) -> str:
    if value is None:
        return ""
    kind = column.kind
    if kind in (Kind.INTEGER, Kind.DECIMAL):
        return format(value, "f" if isinstance(value, Decimal) else "")
    if kind is Kind.DATE:
        return str(value.isoformat())
    if kind is Kind.DATETIME:
        return _moment_text(value, zone)
    return guard(_word(column, value, language))


def _word(column: Column, value: Any, language: str) -> str:
    if column.kind is Kind.BOOLEAN:
        return _BOOLEANS[bool(value)][0 if language.startswith("zh") else 1]
    if column.kind is Kind.CHOICE:
        return column.choice_title(value, language)
    return str(value)


def _moment_text(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    if _is_plain(local, moment):
        return local.replace(tzinfo=None).isoformat(" ")
    return local.isoformat(" ")


def _is_plain(local: datetime, moment: datetime) -> bool:
    """Is the clock time alone enough? Not in the hour that comes twice when clocks go back."""
    again = local.replace(fold=0).astimezone(UTC)
    whole_minutes = (local.utcoffset() or again - again).total_seconds() % 60 == 0
    return again == moment or not whole_minutes


def _write_cell(
    page: Any,
    number: int,
    place: int,
    column: Column,
    value: Any,
    language: str,
    zone: tzinfo,
    formats: _Formats,
) -> None:
    if value is None:
        return
    kind = column.kind
    if kind in (Kind.INTEGER, Kind.DECIMAL) and _survives_as_float(value):
        page.write_number(number, place, value)
    elif kind is Kind.DATE and value >= _FIRST_DATE:
        page.write_datetime(number, place, value, formats.date)
    elif kind is Kind.DATETIME and _survives_as_serial(value, zone):
        local = value.astimezone(zone).replace(tzinfo=None)
        page.write_datetime(number, place, local, formats.moment)
    elif kind in (Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.DATETIME):
        _write_text(page, number, place, _as_text(column, value, language, zone), formats.text)
    else:
        _write_text(page, number, place, _word(column, value, language), formats.text)


def _write_raw(
    page: Any, number: int, place: int, cell: object, style: Any, formats: _Formats
) -> None:
    if isinstance(cell, datetime | date | time) and style is None:
        style = formats.moment if isinstance(cell, datetime) and cell.time() != time() else None
        style = style or formats.date
    if is_blank(cell) or isinstance(cell, UncomputedCell):
        if style is not None:
            page.write_blank(number, place, None, style)
    elif isinstance(cell, bool):
        page.write_boolean(number, place, cell, style)
    elif isinstance(cell, int | float):
        page.write_number(number, place, cell, style)
    elif isinstance(cell, datetime) and cell.date() >= _FIRST_DATE:
        page.write_datetime(
            number, place, cell, formats.wrong_date if style is formats.wrong else style
        )
    else:
        text = cell.code if isinstance(cell, ErrorCell) else show(cell)
        look = formats.text if style in (None, formats.date, formats.moment) else style
        _write_text(page, number, place, _shortened(text), look)


def _shortened(text: str) -> str:
    """Cut a text that no cell can hold: a file that is given back is for finding the errors in it."""
    if len(text) <= _LONGEST_CELL // 2:
        return text
    cut = text.encode("utf-16-le")[: 2 * _LONGEST_CELL].decode("utf-16-le", "ignore")
    return cut if cut == text else cut[:-1] + "…"


def _write_text(page: Any, number: int, place: int, text: str, style: Any) -> None:
    if len(text.encode("utf-16-le")) // 2 > _LONGEST_CELL:
        raise TableRefused(Fault.CELL_TOO_LONG, row=number + 1)
    page.write_string(number, place, text, style)


def _survives_as_float(value: int | Decimal) -> bool:
    if not -_EXACT_INTEGER < value < _EXACT_INTEGER:
        return False
    return isinstance(value, int) or value == Decimal(format(float(value), ".15g"))


def _survives_as_serial(moment: datetime, zone: tzinfo) -> bool:
    local = moment.astimezone(zone)
    return local.date() >= _FIRST_DATE and not local.microsecond and _is_plain(local, moment)


def _display_width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)
