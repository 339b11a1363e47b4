"""Read a table that a person made: find its heading, read its rows, say what is wrong where."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from renwang.base.tables import cells as cell_rules
from renwang.base.tables import csv_source, xlsx_source
from renwang.base.tables.columns import Column, Heading, letter, match_heading
from renwang.base.tables.reasons import CellWrong, Fault, Reason, TableError, TableRefused

HEADING_WITHIN = 10  # rows; above the heading stand titles, dates, instructions

Rows = Iterator[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost. Beyond it the whole file is refused, never cut short in silence."""

    bytes: int = 64 << 20
    rows: int = 500_000
    lines: int = 1_048_576  # with the blank ones: as many as a workbook has
    columns: int = 500
    unpacked_bytes: int = 1 << 30
    errors: int = 10_000  # kept in a reading; all are counted


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row that is not blank: its number in the file, its values by key, what is wrong in it.

    `values` holds the columns that the file has and that could be read; None is a blank cell.
    """

    number: int
    values: dict[str, Any]
    errors: tuple[TableError, ...] = ()


@dataclass(frozen=True, slots=True)
class TableReading:
    """What a whole file says.

    `rows` are those without an error; a file with any error is not to be committed. `errors` are
    the first of `error_count`.
    """

    filename: str
    heading_row: int
    columns: tuple[Column, ...]  # those found, in the order of the file
    titles: Mapping[str, str]  # by key, as the file has them
    rows: tuple[TableRow, ...]
    errors: tuple[TableError, ...]
    error_count: int
    ignored: tuple[str, ...]
    encoding: str | None = None  # of a text file
    sheet: str | None = None  # of a workbook


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A file whose heading is understood and whose rows can be read one at a time."""

    filename: str
    heading_row: int
    heading: Heading
    encoding: str | None
    sheet: str | None
    limits: Limits
    _open_rows: Callable[[], Rows]
    _reading: cell_rules.Reading = field(default_factory=cell_rules.Reading)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns found, in the order of the file."""
        return tuple(self.heading.found[place] for place in sorted(self.heading.found))

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headings that were not recognised, as written."""
        return self.heading.ignored

    def raw_rows(self) -> Rows:
        """Give every row as it stands in the file, heading and blank rows too."""
        return self._open_rows()

    def iterate(self) -> Iterator[TableRow]:
        """Read the rows below the heading; memory does not grow with their number."""
        found = sorted(self.heading.found.items())
        readers = [
            (place, column.key, cell_rules.reader(column, self._reading)) for place, column in found
        ]
        width = max(self.heading.titles) + 1
        blank = cell_rules.is_blank
        count = 0
        for number, row in enumerate(self._open_rows(), start=1):
            if number > self.limits.lines:
                raise TableRefused(Fault.TOO_MANY_ROWS, limit=self.limits.lines)
            if number <= self.heading_row or all(map(blank, row)) or self._repeats_heading(row):
                continue
            count += 1
            if count > self.limits.rows:
                raise TableRefused(Fault.TOO_MANY_ROWS, limit=self.limits.rows)
            values: dict[str, Any] = {}
            errors: list[TableError] = []
            length = len(row)
            for place, key, read in readers:
                cell = row[place] if place < length else None
                try:
                    values[key] = read(cell)
                except CellWrong as wrong:
                    errors.append(self._error(number, place, cell, wrong))
            # In a text file a cell too many means that all cells may have shifted.
            if length > width and self.encoding and not all(map(blank, row[width:])):
                extra = "".join(map(cell_rules.show, row[width:]))
                errors.append(
                    TableError(number, "", extra, Reason.TOO_MANY_CELLS, {"width": width})
                )
            yield TableRow(number, values, tuple(errors))

    def _repeats_heading(self, row: Sequence[object]) -> bool:
        """Is this the heading again, as on every printed page of a long list?"""
        for place, title in self.heading.titles.items():
            cell = row[place] if place < len(row) else None
            if not isinstance(cell, str) or cell.strip() != title:
                return False
        return True

    def _error(self, number: int, place: int, cell: object, wrong: CellWrong) -> TableError:
        title = self.heading.titles[place]
        return TableError(number, title, cell_rules.show(cell), wrong.reason, wrong.params)


def open_table(
    data: bytes,
    filename: str,
    columns: Sequence[Column],
    *,
    zone: tzinfo = UTC,
    sheet: str | None = None,
    limits: Limits | None = None,
) -> OpenTable:
    """Find out what kind of file it is and where its heading stands.

    `zone` is the one in which its clock times are meant; `sheet` names one of a workbook, else the
    first visible one with all required columns is taken. Refuses with `TableRefused`.
    """
    limits = limits or Limits()
    if not data.strip():
        raise TableRefused(Fault.EMPTY_FILE)
    if len(data) > limits.bytes:
        raise TableRefused(Fault.FILE_TOO_LARGE, limit=limits.bytes, size=len(data))
    xlsx_source.refuse_other_formats(data)
    if data.startswith(b"PK\x03\x04"):
        return _open_xlsx(data, filename, columns, zone, sheet, limits)
    return _open_csv(data, filename, columns, zone, limits)


def iterate(
    data: bytes, filename: str, columns: Sequence[Column], *, zone: tzinfo = UTC
) -> Iterator[TableRow]:
    """Read the rows of a large file one at a time, wrong ones included."""
    return open_table(data, filename, columns, zone=zone).iterate()


def read_table(
    data: bytes,
    filename: str,
    columns: Sequence[Column],
    *,
    zone: tzinfo = UTC,
    sheet: str | None = None,
    limits: Limits | None = None,
) -> TableReading:
    """Read a whole CSV or XLSX file; see `open_table` for what is accepted.

    What is wrong with cells and rows is listed in the reading; what makes the file unreadable is
    refused with `TableRefused`.
    """
    table = open_table(data, filename, columns, zone=zone, sheet=sheet, limits=limits)
    rows: list[TableRow] = []
    errors: list[TableError] = []
    count = 0
    for row in table.iterate():
        if not row.errors:
            rows.append(row)
            continue
        count += len(row.errors)
        errors.extend(row.errors[: table.limits.errors - len(errors)])
    return TableReading(
        filename=filename,
        heading_row=table.heading_row,
        columns=table.columns,
        titles={
            column.key: table.heading.titles[place] for place, column in table.heading.found.items()
        },
        rows=tuple(rows),
        errors=tuple(errors),
        error_count=count,
        ignored=table.ignored,
        encoding=table.encoding,
        sheet=table.sheet,
    )


def _open_csv(
    data: bytes, filename: str, columns: Sequence[Column], zone: tzinfo, limits: Limits
) -> OpenTable:
    encoding = csv_source.find_encoding(data)
    best: tuple[tuple[int, int], str, int, Heading] | None = None
    trouble: TableRefused | None = None
    for separator in csv_source.SEPARATORS:
        try:
            number, heading = _find_heading(
                csv_source.read_rows(data, encoding, separator), columns, limits
            )
        except TableRefused as refused:  # the wrong separator may break quotes
            trouble = trouble or refused
            continue
        score = (len(heading.found), len(heading.titles))
        if best is None or score > best[0]:
            best = (score, separator, number, heading)
    if best is None or (trouble and not best[3].found):
        raise trouble or TableRefused(Fault.NO_HEADER)
    _, separator, number, heading = best
    _accept(heading, number, columns)

    def open_rows() -> Rows:
        return csv_source.read_rows(data, encoding, separator)

    reading = cell_rules.Reading(zone)
    return OpenTable(filename, number, heading, encoding, None, limits, open_rows, reading)


def _open_xlsx(
    data: bytes,
    filename: str,
    columns: Sequence[Column],
    zone: tzinfo,
    sheet: str | None,
    limits: Limits,
) -> OpenTable:
    xlsx_source.check_package(data, filename, limits.unpacked_bytes)
    book = xlsx_source.Workbook(data)
    if sheet is not None and sheet not in book.sheets:
        raise TableRefused(Fault.NO_SUCH_SHEET, sheet=sheet, sheets=book.sheets)
    best: tuple[tuple[bool, int], str, int, Heading] | None = None
    for title in [sheet] if sheet is not None else book.sheets:
        number, heading = _find_heading(book.read_rows(title), columns, limits)
        score = (bool(heading.found) and not heading.missing, len(heading.found))
        if best is None or score > best[0]:
            best = (score, title, number, heading)
    if best is None:
        raise TableRefused(Fault.EMPTY_FILE)
    _, chosen, number, heading = best
    _accept(heading, number, columns)

    def open_rows() -> Rows:
        return book.read_rows(chosen)

    reading = cell_rules.Reading(zone, book.from_1904)
    return OpenTable(filename, number, heading, None, chosen, limits, open_rows, reading)


def _find_heading(rows: Rows, columns: Sequence[Column], limits: Limits) -> tuple[int, Heading]:
    """Choose the row that names most of our columns.

    Of two equal rows that follow each other the lower, because a heading of two rows with merged
    cells is complete there; of others the first, or the rows between them would be lost.
    """
    best = (0, Heading({}, {}, (), ()))
    for number, row in enumerate(itertools.islice(rows, HEADING_WITHIN), start=1):
        heading = match_heading(row, columns)
        if len(heading.titles) > limits.columns:
            raise TableRefused(Fault.TOO_MANY_COLUMNS, limit=limits.columns)
        better = len(heading.found) - len(best[1].found)
        if better > 0 or (heading.found and not better and number == best[0] + 1):
            best = (number, heading)
    return best


def _accept(heading: Heading, number: int, columns: Sequence[Column]) -> None:
    if not heading.found:
        titles = tuple(column.titles or (column.key,) for column in columns)
        raise TableRefused(Fault.NO_HEADER, columns=titles, within=HEADING_WITHIN)
    if heading.twice:
        column, first, second = heading.twice[0]
        raise TableRefused(
            Fault.COLUMN_TWICE,
            row=number,
            columns=(column.titles or (column.key,),),
            first=letter(first),
            second=letter(second),
        )
    if heading.missing:
        titles = tuple(column.titles or (column.key,) for column in heading.missing)
        raise TableRefused(Fault.MISSING_COLUMNS, row=number, columns=titles)
