"""Read the raw rows of a CSV file in whatever encoding and with whatever separator it came."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator

from renwang.base.tables.reasons import Fault, TableRefused

SEPARATORS = (",", ";", "\t")
# What a program writes in front of a text that a spreadsheet would otherwise compute.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
GUARD = "'"

_CHUNK = 1 << 20
_LONGEST_LINE = 4 << 20
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, ""),  # begins like UTF-16 and is not
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def guard(text: str) -> str:
    """Mark a text that a spreadsheet would compute, so that it is shown instead."""
    return GUARD + text if text.lstrip(GUARD).startswith(FORMULA_SIGNS) else text


def unguard(text: str) -> str:
    """Take the mark away again; the text is then as it was."""
    if text.startswith(GUARD) and text.lstrip(GUARD).startswith(FORMULA_SIGNS):
        return text[1:]
    return text


def find_encoding(data: bytes) -> str:
    """Say how a text file is encoded, by its mark, else by what its bytes can be.

    UTF-8 is tried before GB18030, because almost no Chinese text in GB18030 is valid UTF-8 while
    almost any UTF-8 is valid GB18030. Refuses what is neither.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            candidates = [encoding] if encoding else []
            break
    else:
        # A text has no zero bytes: this is UTF-16 without its mark, or no text.
        candidates = [] if b"\0" in data else ["utf-8", "gb18030"]
    for encoding in candidates:
        if _decodes(data, encoding):
            return encoding
    raise TableRefused(Fault.UNKNOWN_ENCODING)


def read_rows(data: bytes, encoding: str, separator: str) -> Iterator[list[str]]:
    """Give every row, blank ones too, one at a time. Refuses broken quotes with their row."""
    with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="") as lines:
        rows = csv.reader(_short(lines), delimiter=separator, strict=True)
        number = 0
        while True:
            number += 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as trouble:
                too_long = "field limit" in str(trouble)
                fault = Fault.CELL_TOO_LONG if too_long else Fault.BROKEN_QUOTES
                raise TableRefused(fault, row=number) from trouble
            if "'" in "".join(row):
                row = [unguard(cell) for cell in row]
            yield row


def _short(lines: Iterable[str]) -> Iterator[str]:
    """Give the lines on; refuse one that would make millions of cells of a single row."""
    for number, line in enumerate(lines, start=1):
        if len(line) > _LONGEST_LINE:
            raise TableRefused(Fault.CELL_TOO_LONG, row=number)
        yield line


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(bytes(view[start : start + _CHUNK]))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
