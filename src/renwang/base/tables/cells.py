"""Understand one cell: what a person typed, or what a spreadsheet stored.

Digits and signs may be full-width, dates may be written as people in China write them, and a
number that a spreadsheet has rounded is refused rather than believed.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation

from renwang.base.pure.text import fold_width, search_key, strip_invisible, trim
from renwang.base.tables.columns import Column, Kind
from renwang.base.tables.reasons import CellWrong, Reason

# A spreadsheet keeps 15 significant digits; what is longer has lost its last ones.
_EXACT = 10**15
_LARGEST = 10**30  # no count or measure comes near it
_NEWLINE = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_POWER = re.compile(r"[+-]?\d(?:\.\d+)?[eE]\+\d+", re.ASCII)  # as a sheet shows a long number
_DAY = r"(?P<year>\d{4})(?:[-/.]|年)(?P<month>\d{1,2})(?:[-/.]|月)(?P<day>\d{1,2})(?:日|号)?"
_COMPACT_DAY = r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
_CLOCK = (
    r"(?P<before>上午|下午|am|pm)?(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:\.(?P<part>\d{1,6})\d*)?)?)?"
    r"(?P<after>am|pm)?(?P<zone>z|[+-]\d{2}:?\d{2})?"
)
_CLOCK_WORDS = ((re.compile("[时点分]"), ":"), (re.compile(":?秒|:$"), ""))
_DATE = re.compile(rf"(?:{_DAY}|{_COMPACT_DAY.replace('<', '<c')})", re.ASCII)
_TIME = re.compile(_CLOCK, re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?", re.ASCII)
_SERIAL = re.compile(r"(?P<days>\d{5})(?:\.\d+)?", re.ASCII)
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no zone
_DAY_ZERO_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - a sheet knows no zone
_LAST_SERIAL = 2_958_466
_LEAP_BUG = 60  # spreadsheets count a 29 February 1900 that never was
_YES = frozenset(["是", "有", "对", "yes", "y", "true", "t", "1", "on", "√", "✓", "✔", "☑"])
_NO = frozenset(["否", "无", "没有", "不是", "no", "n", "false", "f", "0", "off", "×", "✗", "☐"])


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A formula that failed; `code` is what the spreadsheet shows (#REF!)."""

    code: str


@dataclass(frozen=True, slots=True)
class UncomputedCell:
    """A formula whose result the file does not hold."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How this file counts: the zone of its clock times, and its first day."""

    zone: tzinfo = UTC
    from_1904: bool = False


def clean_text(text: str) -> str:
    """Take margins and control characters off, and end every line in one way."""
    if not text.isprintable():
        text = _CONTROL.sub("", _NEWLINE.sub("\n", text))
    return trim(text)


def show(cell: object) -> str:
    """Write a cell the way its maker sees it, for a message."""
    if cell is None or isinstance(cell, UncomputedCell):
        return ""
    if isinstance(cell, ErrorCell):
        return cell.code
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, float):
        return _plain(Decimal(format(cell, ".15g")))
    return str(cell)


def is_blank(cell: object) -> bool:
    """Is there nothing to read in this cell?"""
    if not isinstance(cell, str):
        return cell is None
    # Most cells show by their first character that they are not blank.
    if not cell or "!" <= cell[0] <= "~" or "\u4e00" <= cell[0] <= "\u9fff":
        return not cell
    return not trim(cell)


def reader(column: Column, reading: Reading) -> Callable[[object], object]:
    """Build the function that reads the cells of a column.

    It gives the value, None for a blank cell, or raises `CellWrong`.
    """
    parse = _parser(column, reading)
    limit, check = column.max_length, column.check

    def read(cell: object) -> object:
        if is_blank(cell):
            if column.required:
                raise CellWrong(Reason.BLANK)
            return None
        if isinstance(cell, ErrorCell):
            raise CellWrong(Reason.FORMULA_ERROR)
        if isinstance(cell, UncomputedCell):
            raise CellWrong(Reason.FORMULA_NOT_COMPUTED)
        value = parse(cell)
        if limit is not None and isinstance(value, str) and len(value) > limit:
            raise CellWrong(Reason.TOO_LONG, limit=limit, length=len(value))
        if value is None or value == "":
            if column.required:
                raise CellWrong(Reason.BLANK)
            return None
        if check is not None and (sentence := check(value)) is not None:
            raise CellWrong(Reason.FAILS_CHECK, sentence=sentence)
        return value

    return read


def _parser(column: Column, reading: Reading) -> Callable[[object], object]:
    if column.kind is Kind.CHOICE:
        return _choice_parser(column)
    if column.kind is Kind.DATE:
        return lambda cell: _read_date(cell, reading)
    if column.kind is Kind.DATETIME:
        return lambda cell: _read_moment(cell, reading)
    return _PARSERS[column.kind]


def _choice_parser(column: Column) -> Callable[[object], object]:
    known: dict[str, str] = {}
    for value, titles in column.choices.items():
        for title in (value, *titles):
            known.setdefault(search_key(title), value)
    as_written = {
        title: known[search_key(title)] for titles in column.choices.values() for title in titles
    }

    def parse(cell: object) -> str:
        if isinstance(cell, str) and cell in as_written:
            return as_written[cell]
        value = known.get(search_key(_read_text(cell)))
        if value is None:
            raise CellWrong(Reason.NOT_A_CHOICE, choices=tuple(column.choices.values()))
        return value

    return parse


def _read_text(cell: object) -> str:
    if isinstance(cell, str):
        return clean_text(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= _EXACT:
        raise CellWrong(Reason.ROUNDED_BY_SHEET)
    return show(cell)


def _read_code(cell: object) -> str:
    text = _SPACE.sub("", strip_invisible(fold_width(_read_text(cell))))
    if _POWER.fullmatch(text):
        raise CellWrong(Reason.ROUNDED_BY_SHEET)
    return text


def _read_number(cell: object, reason: Reason) -> Decimal:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | Decimal):
        raise CellWrong(reason)
    if isinstance(cell, float):
        if abs(cell) >= _EXACT:
            raise CellWrong(Reason.ROUNDED_BY_SHEET)
        text = format(cell, ".15g")
    elif isinstance(cell, str) and len(cell) < 19 and _PLAIN_NUMBER.fullmatch(cell):
        return Decimal(cell)
    else:
        text = fold_width(clean_text(str(cell))).replace("\u2212", "-")
        text = _SPACE.sub("", text.replace("，", ","))
    if not _NUMBER.fullmatch(text):
        raise CellWrong(reason)
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise CellWrong(reason) from None
    if not abs(number) < _LARGEST:
        raise CellWrong(reason)
    return number


def _read_integer(cell: object) -> int:
    if type(cell) is int:
        if abs(cell) >= _EXACT:
            raise CellWrong(Reason.ROUNDED_BY_SHEET)
        return cell
    if isinstance(cell, str) and len(cell) < 19 and cell.isascii() and cell.isdigit():
        return int(cell)
    number = _read_number(cell, Reason.NOT_AN_INTEGER)
    if number != number.to_integral_value():
        raise CellWrong(Reason.NOT_AN_INTEGER)
    return int(number)


def _read_decimal(cell: object) -> Decimal:
    if type(cell) is int and abs(cell) >= _EXACT:
        raise CellWrong(Reason.ROUNDED_BY_SHEET)
    return _read_number(cell, Reason.NOT_A_NUMBER)


def _read_boolean(cell: object) -> bool:
    if isinstance(cell, bool):
        return cell
    word = cell if cell in _YES or cell in _NO else search_key(_read_text(cell))
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellWrong(Reason.NOT_YES_OR_NO)


def _read_date(cell: object, reading: Reading) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_serial(float(cell), reading, Reason.NOT_A_DATE).date()
    moment = _typed_moment(cell, reading, Reason.NOT_A_DATE)
    return moment.date()


def _read_moment(cell: object, reading: Reading) -> datetime:
    try:
        moment = _as_moment(cell, reading)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=reading.zone)
        return moment.astimezone(UTC)
    except OverflowError:
        raise CellWrong(Reason.NOT_A_MOMENT) from None


def _as_moment(cell: object, reading: Reading) -> datetime:
    if isinstance(cell, datetime):
        return _to_second(cell)
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _to_second(_from_serial(float(cell), reading, Reason.NOT_A_MOMENT))
    return _typed_moment(cell, reading, Reason.NOT_A_MOMENT)


def _to_second(moment: datetime) -> datetime:
    """Undo the noise of a moment that a spreadsheet keeps as a fraction of a day."""
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def _from_serial(serial: float, reading: Reading, reason: Reason) -> datetime:
    if not 1 <= serial < _LAST_SERIAL:
        raise CellWrong(reason)
    if reading.from_1904:
        return _DAY_ZERO_1904 + timedelta(days=serial)
    return _DAY_ZERO + timedelta(days=serial + (1 if serial < _LEAP_BUG else 0))


def _typed_moment(cell: object, reading: Reading, reason: Reason) -> datetime:
    if not isinstance(cell, str):
        raise CellWrong(reason)
    if _ISO.fullmatch(cell):
        try:
            return datetime.fromisoformat(cell)
        except ValueError:
            raise CellWrong(reason) from None
    text = unicodedata.normalize("NFKC", clean_text(cell)).lower()
    if _SERIAL.fullmatch(text):
        return _to_second(_from_serial(float(text), reading, reason))
    found = _DATE.match(text)
    if not found:
        raise CellWrong(reason)
    year, month, day = (int(found[name] or found[f"c{name}"]) for name in ("year", "month", "day"))
    rest = text[found.end() :]
    for word, sign in _CLOCK_WORDS:
        rest = word.sub(sign, rest)
    clock = _TIME.fullmatch(_SPACE.sub("", rest.lstrip().removeprefix("t"))) if rest else None
    if rest and (clock is None or rest[0].isdigit()):
        raise CellWrong(reason)
    try:
        moment = datetime(year, month, day)  # noqa: DTZ001 - the caller adds the zone
        return moment if clock is None else _at_clock(moment, clock)
    except (ValueError, OverflowError):
        raise CellWrong(reason) from None


def _at_clock(day: datetime, clock: re.Match[str]) -> datetime:
    hour = int(clock["hour"])
    half = clock["before"] or clock["after"]
    if half and clock["before"] and clock["after"]:
        raise ValueError("two halves of a day")
    if half in ("am", "pm", "上午", "下午") and not (half == "下午" and hour > 12):
        if not 0 <= hour <= 12:
            raise ValueError("no such hour in half a day")
        hour = hour % 12 + (12 if half in ("pm", "下午") else 0)
    moment = day.replace(
        hour=hour,
        minute=int(clock["minute"] or 0),
        second=int(clock["second"] or 0),
        microsecond=int((clock["part"] or "0").ljust(6, "0")),
    )
    offset = clock["zone"]
    if not offset:
        return moment
    if offset == "z":
        return moment.replace(tzinfo=UTC)
    away = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return moment.replace(tzinfo=timezone(-away if offset[0] == "-" else away))


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_PARSERS: dict[Kind, Callable[[object], object]] = {
    Kind.TEXT: _read_text,
    Kind.CODE: _read_code,
    Kind.INTEGER: _read_integer,
    Kind.DECIMAL: _read_decimal,
    Kind.BOOLEAN: _read_boolean,
}
