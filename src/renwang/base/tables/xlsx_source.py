"""Read the raw rows of an XLSX workbook, after making sure that it is safe to open.

The package is judged by its directory before anything is unpacked: what it would unpack to,
macros, links to other workbooks. Then each sheet is scanned once for what the row reader cannot
tell: merged cells, and formulas whose result the file does not hold.
"""

import io
import posixpath
import re
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from renwang.base.tables.cells import ErrorCell, UncomputedCell
from renwang.base.tables.reasons import Fault, TableRefused

Cells = list[object]

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CHUNK = 1 << 18
# No part of these reaches over a "<" or gives back what it took, so that a hostile file costs no
# more than its length.
_PREFIX = rb"<(?:\w{1,60}+:)?"
_END_PREFIX = rb"</(?:\w{1,60}+:)?"
_ATTRIBUTES = rb'(?:[^<>"]|"[^<"]*+")*+'
_MERGE = re.compile(_PREFIX + rb"mergeCell\b(" + _ATTRIBUTES + rb")>")
_SPAN = re.compile(rb'\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_UNCOMPUTED = re.compile(
    _PREFIX + rb"c\b(" + _ATTRIBUTES + rb")>\s*+" + _PREFIX + rb"f\b" + _ATTRIBUTES + rb">"
    rb"(?:[^<]*+" + _END_PREFIX + rb"f>)?\s*+"
    rb"(?:"
    + _PREFIX
    + rb"v\s*+/>\s*+|"
    + _PREFIX
    + rb"v>\s*+"
    + _END_PREFIX
    + rb"v>\s*+)?"
    + _END_PREFIX
    + rb"c>"
)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_STRAY = re.compile(
    rb"(?:" + _END_PREFIX + rb"row>|" + _PREFIX + rb"row\b" + _ATTRIBUTES + rb"(?<=/)>)\s*+"
    rb"<(?!/|(?:\w{1,60}+:)?row\b)[^<]"
)
_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+<(?:!doctype html|html|table|meta|head)\b", re.IGNORECASE
)
_LONGEST_ROW = 64 << 20
_LONGEST_TEXT = 4 << 20
# Parts that the library reads whole, and so as much as the node's memory must hold.
_LARGEST_STRINGS = 128 << 20
_LARGEST_PART = 16 << 20
# A parser keeps what is no row, and a row until it ends: hundreds of bytes for every element.
_MOST_SIGNS = 500_000
_MOST_SIGNS_OF_STRINGS = 3_000_000
# A row that was coloured to its end has 16,384 blank cells; only a few rows of a table can be so.
_WIDE = 500
_WIDE_CELLS = 5_000_000
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff])_")
_LAST_ROW = 1_048_576
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"

# Notes of the reader about charts and styles, which are not read.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")


@dataclass(slots=True)
class _Marks:
    """What a sheet's row reader cannot tell."""

    merged: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    uncomputed: set[tuple[int, int]] = field(default_factory=set)


def refuse_other_formats(data: bytes) -> None:
    """Refuse what is neither a workbook of today nor a text: each with the advice that helps."""
    if data.startswith(_OLE):
        raise TableRefused(Fault.PASSWORD if _ENCRYPTED in data else Fault.OLD_EXCEL)
    if _WEB_PAGE.match(data[:512]):
        raise TableRefused(Fault.WEB_PAGE)
    if data.startswith((b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf")):
        raise TableRefused(Fault.OTHER_FORMAT)


def check_package(data: bytes, filename: str, largest: int) -> None:
    """Judge a workbook without unpacking it; `largest` is what it may unpack to, in bytes."""
    if filename.lower().endswith((".xlsm", ".xltm", ".xlam", ".xlsb")):
        raise TableRefused(Fault.MACROS)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as trouble:
        raise TableRefused(Fault.BROKEN_XLSX) from trouble
    names = [part.filename.lower().lstrip("/") for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise TableRefused(Fault.PASSWORD)
    # Parts that share their bytes would unpack to more than the directory admits.
    packed, unpacked = (
        sum(part.compress_size for part in parts),
        sum(part.file_size for part in parts),
    )
    if unpacked > largest or packed > len(data) or len(set(names)) != len(names):
        raise TableRefused(Fault.UNPACKS_TOO_LARGE, limit=largest, size=unpacked)
    for name, part in zip(names, parts, strict=True):
        most = _most_of(name)
        if most is not None and part.file_size > most:
            raise TableRefused(Fault.UNPACKS_TOO_LARGE, limit=most, size=part.file_size)
    if any(name.endswith("vbaproject.bin") for name in names):
        raise TableRefused(Fault.MACROS)
    if any(name.startswith("xl/externallinks/") for name in names):
        raise TableRefused(Fault.EXTERNAL_LINKS)
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise TableRefused(Fault.OTHER_FORMAT)


def _most_of(name: str) -> int | None:
    """Say how large a part may be that is read whole; None for sheets, which are not, and pictures."""
    if not name.endswith((".xml", ".rels")) or name.startswith("xl/worksheets/sheet"):
        return None
    return _LARGEST_STRINGS if "sharedstrings" in name else _LARGEST_PART


class Workbook:
    """The visible sheets of a workbook that `check_package` let through."""

    def __init__(self, data: bytes) -> None:
        # Eleven megabytes in every process of the node, for something done now and then.
        import openpyxl
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        self._data = data
        try:
            self._refuse_hostile_parts()
            self._book: Any = openpyxl.load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
            self._paths = self._sheet_paths()
            self.sheets: tuple[str, ...] = tuple(
                sheet.title
                for sheet in self._book.worksheets
                if sheet.sheet_state == "visible" and sheet.title in self._paths
            )
            self.from_1904: bool = self._book.epoch == CALENDAR_MAC_1904
        except TableRefused:
            raise
        except Exception as trouble:  # a broken workbook may fail anywhere in the library
            raise TableRefused(Fault.BROKEN_XLSX) from trouble

    def read_rows(self, sheet: str) -> Iterator[Cells]:
        """Give every row of a sheet, blank ones too, as the values its cells show.

        A cell merged downwards gives its value to every row it spans, as its reader understands it.
        """
        try:
            yield from self._rows(sheet)
        except TableRefused:
            raise
        except Exception as trouble:  # as above
            raise TableRefused(Fault.BROKEN_XLSX) from trouble

    def _rows(self, title: str) -> Iterator[Cells]:
        marks = self._scan(self._paths[title])
        sheet = self._book[title]
        sheet.reset_dimensions()  # what the file says of its own size is often wrong
        spanning: dict[int, tuple[int, object]] = {}
        wide = 0
        for number, row in enumerate(sheet.iter_rows(), start=1):
            if number > _LAST_ROW:
                raise TableRefused(Fault.BROKEN_XLSX)
            wide += len(row) if len(row) > _WIDE else 0
            if wide > _WIDE_CELLS:
                raise TableRefused(Fault.TOO_MANY_COLUMNS, limit=_WIDE)
            cells: Cells = [_value(cell) for cell in row]
            if marks.uncomputed:
                for place, value in enumerate(cells):
                    if value is None and (number, place) in marks.uncomputed:
                        cells[place] = UncomputedCell()
            if any(value is not None for value in cells):
                _fill(cells, number, spanning)
            for place, last in marks.merged.get(number, ()):
                if place < len(cells):
                    spanning[place] = (last, cells[place])
            yield cells

    def _scan(self, path: str) -> _Marks:
        marks = _Marks()
        rest = b""
        with zipfile.ZipFile(io.BytesIO(self._data)) as package, package.open(path) as part:
            while chunk := part.read(_CHUNK):
                cut = chunk.rfind(b"row>") + len(b"row>")
                if cut < len(b"row>"):
                    rest += chunk
                    if len(rest) > _LONGEST_ROW:
                        raise TableRefused(Fault.BROKEN_XLSX)
                    continue
                _note(rest + chunk[:cut], marks)
                rest = chunk[cut:]
        _note(rest, marks)
        return marks

    def _refuse_hostile_parts(self) -> None:
        """Refuse what must not reach a parser, in one look at every part.

        A document type declaration is the door to entity bombs and to other files. A text of many
        megabytes is no cell, and a parser keeps it whole; so it does with millions of elements.
        """
        with zipfile.ZipFile(io.BytesIO(self._data)) as package:
            for name in package.namelist():
                if not name.lower().endswith((".xml", ".rels", ".vml")):
                    continue
                last, run, signs = b"", 0, 0
                most = _MOST_SIGNS_OF_STRINGS if "sharedstrings" in name.lower() else _MOST_SIGNS
                is_sheet = "worksheets/" in name.lower()
                with package.open(name) as part:
                    while chunk := part.read(_CHUNK):
                        sign = chunk.rfind(b"<")
                        run = run + len(chunk) if sign < 0 else len(chunk) - sign
                        if run > _LONGEST_TEXT:
                            raise TableRefused(Fault.BROKEN_XLSX)
                        signs += chunk.count(b"<")
                        if is_sheet and (b"<row" in chunk or b"row>" in chunk):
                            signs = 0
                            if _STRAY.search(chunk):
                                raise TableRefused(Fault.BROKEN_XLSX)
                        if signs > most:
                            raise TableRefused(Fault.BROKEN_XLSX)
                        seen = last + chunk.replace(b"\0", b"").upper()
                        if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                            raise TableRefused(Fault.BROKEN_XLSX)
                        last = seen[-len(b"<!DOCTYPE") :]

    def _sheet_paths(self) -> dict[str, str]:
        """Find the part of the package that holds each sheet."""
        with zipfile.ZipFile(io.BytesIO(self._data)) as package:
            top = _parse(package.read("_rels/.rels"))
            main = next(
                link.attrib["Target"].lstrip("/")
                for link in top
                if link.attrib["Type"].endswith("/officeDocument")
            )
            folder, name = posixpath.split(main)
            links = _parse(package.read(f"{folder}/_rels/{name}.rels"))
            targets = {link.attrib["Id"]: link.attrib["Target"] for link in links}
            book = _parse(package.read(main))
        paths = {}
        for sheet in [*book.iter(f"{_MAIN}sheet"), *book.iter(f"{_STRICT}sheet")]:
            link = next(value for key, value in sheet.attrib.items() if key.endswith("}id"))
            paths[sheet.attrib["name"]] = posixpath.normpath(
                posixpath.join("/" + folder, targets[link])
            ).lstrip("/")
        return paths


def _parse(xml: bytes) -> Any:
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))


def _value(cell: Any) -> object:
    value: object = cell.value
    if isinstance(value, str):
        if cell.data_type == "e":
            return ErrorCell(value)
        if "_x" in value:
            return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    return value


def _fill(cells: Cells, number: int, spanning: dict[int, tuple[int, object]]) -> None:
    for place, (last, value) in list(spanning.items()):
        if number > last:
            del spanning[place]
            continue
        cells.extend([None] * (place + 1 - len(cells)))
        if cells[place] is None:
            cells[place] = value


def _note(xml: bytes, marks: _Marks) -> None:
    for found in _MERGE.finditer(xml):
        if not (span := _SPAN.search(found[1])):
            continue
        first, top, _, bottom = span.groups()
        if int(bottom) > int(top):
            marks.merged[int(top)].append((_position(first), int(bottom)))
    if b"<f" in xml or b":f" in xml:
        for found in _UNCOMPUTED.finditer(xml):
            # An empty text is a result like any other.
            if b't="str"' not in found[1] and (at := _REFERENCE.search(found[1])):
                marks.uncomputed.add((int(at[2]), _position(at[1])))


def _position(letters: bytes) -> int:
    position = 0
    for char in letters:
        position = position * 26 + char - 64
    return position - 1
