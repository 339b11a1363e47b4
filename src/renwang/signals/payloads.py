"""Readings as the world writes them: CSV, JSON, OGC SensorThings observations, single values. Bytes in, readings out.

OGC SensorThings API 1.1, part 1 (18-088): clause 10.3 (creating an entity),
13 (the data array extension, `CreateObservations`).
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from io import StringIO
from typing import Any

import orjson

Given = tuple[str, datetime, float]

LARGEST = 8 * 1024 * 1024
EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


class PayloadWrong(StrEnum):
    """Why a payload is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    NOT_JSON = "not_json"
    SHAPE = "shape"
    HEADING = "heading"
    ROW = "row"
    UNKNOWN_KIND = "unknown_kind"


class PayloadRefused(Exception):
    """A payload from which no readings can be taken; `row` counts from 1, the heading not included."""

    def __init__(self, wrong: PayloadWrong, about: str = "", row: int = 0) -> None:
        super().__init__(f"{wrong.value} {about} {row or ''}".strip())
        self.wrong = wrong
        self.about = about
        self.row = row


def read_payload(data: bytes, kind: str) -> list[Given]:
    """Read a payload by its content type: `text/csv` or `application/json`. Refuses with `PayloadRefused`.

    A payload is taken whole or refused whole, so that whoever sent it can send
    it again as it is.
    """
    plain = kind.partition(";")[0].strip().lower()
    if not data.strip():
        raise PayloadRefused(PayloadWrong.EMPTY)
    if len(data) > LARGEST:
        raise PayloadRefused(PayloadWrong.TOO_LARGE)
    if plain in ("text/csv", "text/plain"):
        return list(read_csv(data))
    if plain in ("application/json", "application/senml+json", ""):
        return list(read_json(data))
    raise PayloadRefused(PayloadWrong.UNKNOWN_KIND, plain[:80])


# --- one moment, one value --------------------------------------------------------

_SECONDS = re.compile(r"[0-9]{9,10}(?:\.[0-9]{1,6})?", re.ASCII)


def read_moment(given: Any) -> datetime:
    """Read a moment: ISO 8601 with its offset, or seconds or milliseconds since 1970.

    Of an interval (`begin/end`) the end counts. Raises ValueError; a moment
    without an offset is one of those, for nobody knows which it is.
    """
    if isinstance(given, bool) or given is None:
        raise ValueError("no moment")
    if isinstance(given, int | float):
        return _within(datetime.fromtimestamp(given / (1000 if abs(given) > 1e11 else 1), UTC))
    text = str(given).strip().rpartition("/")[2]
    if _SECONDS.fullmatch(text):
        return _within(datetime.fromtimestamp(float(text), UTC))
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without an offset")
    return _within(moment.astimezone(UTC))


def _within(moment: datetime) -> datetime:
    if not EARLIEST <= moment <= LATEST:
        raise ValueError("a moment beyond the calendar")
    return moment


def read_value(given: Any) -> float:
    """Read a value: a number, or a text that is one. Raises ValueError."""
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise ValueError("no number")
    if isinstance(given, str) and len(given) > 40:
        raise ValueError("no number")
    try:
        return float(given)
    except OverflowError:
        raise ValueError("too large a number") from None


def _given(key: Any, at: Any, value: Any, row: int) -> Given:
    try:
        if not isinstance(key, str | int) or isinstance(key, bool) or not str(key).strip():
            raise ValueError("no series")
        return str(key).strip()[:120], read_moment(at), read_value(value)
    except (ValueError, OverflowError, OSError) as wrong:
        raise PayloadRefused(PayloadWrong.ROW, str(wrong)[:80], row) from None


# --- CSV --------------------------------------------------------------------------

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "series": ("series", "key", "sensor", "测点", "序列"),
    "at": ("at", "time", "timestamp", "时间"),
    "value": ("value", "result", "值", "数值"),
}


def read_csv(data: bytes) -> Iterator[Given]:
    """Read `series,at,value` with a heading; commas, semicolons or tabs. Other columns are passed over."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PayloadRefused(PayloadWrong.NOT_TEXT) from None
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        rows = csv.reader(StringIO(text, newline=""), delimiter=mark, strict=True)
        heading = [cell.strip().lower() for cell in next(rows, [])]
        places = {
            name: next((heading.index(word) for word in words if word in heading), -1)
            for name, words in HEADINGS.items()
        }
        missing = [name for name, place in places.items() if place < 0]
        if missing:
            raise PayloadRefused(PayloadWrong.HEADING, ", ".join(missing))
        for number, cells in enumerate(rows, start=1):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) <= max(places.values()):
                raise PayloadRefused(PayloadWrong.ROW, f"{len(cells)}", number)
            yield _given(
                cells[places["series"]], cells[places["at"]], cells[places["value"]].strip(), number
            )
    except csv.Error as wrong:
        raise PayloadRefused(PayloadWrong.SHAPE, str(wrong)[:80]) from None


def read_column(data: bytes, column: str) -> Iterator[tuple[datetime, float]]:
    """Read one column of a table over time, for a trial: the first column that names a moment counts.

    Rows without a value are passed over.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PayloadRefused(PayloadWrong.NOT_TEXT) from None
    first = text.partition("\n")[0]
    rows = csv.DictReader(StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    names = rows.fieldnames or []
    when = next((name for name in names if name.strip().lower() in (*HEADINGS["at"], "utc")), None)
    if when is None or column not in names:
        raise PayloadRefused(PayloadWrong.HEADING, column if when else "at")
    for number, row in enumerate(rows, start=1):
        if (row[column] or "").strip():
            _, at, value = _given(column, row[when], row[column].strip(), number)
            yield at, value


# --- JSON -------------------------------------------------------------------------


def read_json(data: bytes) -> Iterator[Given]:
    """Read JSON in any of the forms that `docs/reference/signals.md` lists, told apart by their members."""
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise PayloadRefused(PayloadWrong.NOT_JSON) from None
    yield from read_observations(found)


def read_observations(found: Any) -> Iterator[Given]:
    """Read what JSON held: our own rows, one observation, a list of them, or data arrays."""
    if isinstance(found, Mapping) and isinstance(found.get("readings"), list):
        found = found["readings"]
    rows = found if isinstance(found, list) else [found]
    if not rows:
        raise PayloadRefused(PayloadWrong.EMPTY)
    for number, row in enumerate(rows, start=1):
        if isinstance(row, Mapping) and "dataArray" in row:
            yield from _data_array(row, number)
        elif isinstance(row, Mapping) and "result" in row:
            yield _given(_datastream(row, number), _time_of(row), row["result"], number)
        elif isinstance(row, Mapping) and {"series", "at", "value"} <= row.keys():
            yield _given(row["series"], row["at"], row["value"], number)
        elif isinstance(row, list) and len(row) == 3:
            yield _given(row[0], row[1], row[2], number)
        else:
            raise PayloadRefused(PayloadWrong.SHAPE, "series, at, value; result; dataArray", number)


_LINK = re.compile(r"Datastreams\((?P<id>'[^']{1,120}'|[^')]{1,120})\)")


def _datastream(row: Mapping[str, Any], number: int) -> str:
    """Find which Datastream an observation is of: by entity or by link."""
    entity = row.get("Datastream")
    if isinstance(entity, Mapping) and isinstance(entity.get("@iot.id"), str | int):
        return str(entity["@iot.id"])
    link = row.get("Datastream@iot.navigationLink")
    found = _LINK.search(link) if isinstance(link, str) else None
    if found is None:
        raise PayloadRefused(PayloadWrong.ROW, "Datastream", number)
    return found["id"].strip("'")


def _time_of(row: Mapping[str, Any]) -> Any:
    return row.get("phenomenonTime") or row.get("resultTime")


def _data_array(row: Mapping[str, Any], number: int) -> Iterator[Given]:
    """Read the data array extension: `components` names the columns, `dataArray` holds the rows."""
    key = _datastream(row, number)
    components, rows = row.get("components"), row["dataArray"]
    if not isinstance(components, list) or not isinstance(rows, list) or "result" not in components:
        raise PayloadRefused(PayloadWrong.SHAPE, "components, dataArray", number)
    at = next((c for c in ("phenomenonTime", "resultTime") if c in components), None)
    if at is None:
        raise PayloadRefused(PayloadWrong.SHAPE, "phenomenonTime", number)
    when, what = components.index(at), components.index("result")
    for place, cells in enumerate(rows, start=1):
        if not isinstance(cells, list) or len(cells) != len(components):
            raise PayloadRefused(PayloadWrong.ROW, "dataArray", place)
        yield _given(key, cells[when], cells[what], place)


# --- JSON paths ---------------------------------------------------------------------

_STEP = re.compile(r"\.([A-Za-z_@][A-Za-z0-9_@-]*)|\[([0-9]{1,6})\]|\['([^']{1,80})'\]")


def read_path(text: str) -> Sequence[str | int]:
    """Read a path such as `$.data[0].value` or `$['雨量']`. Raises ValueError for what is none."""
    if not text.startswith("$"):
        raise ValueError(text)
    steps: list[str | int] = []
    at = 1
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            raise ValueError(text)
        steps.append(int(found[2]) if found[2] else (found[1] or found[3]))
        at = found.end()
    return steps


def follow_path(found: Any, steps: Sequence[str | int]) -> Any:
    """Go along a path; None where it leads nowhere."""
    for step in steps:
        if isinstance(step, int):
            leads_on = isinstance(found, list) and step < len(found)
        else:
            leads_on = isinstance(found, Mapping) and step in found
        if not leads_on:
            return None
        found = found[step]
    return found
