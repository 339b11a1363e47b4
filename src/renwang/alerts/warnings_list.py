"""Lists of warnings in force, and the changes between them: rows in, warnings out, and back to CAP.

Many services publish no messages but a table that is drawn anew every hour: which place has which
warning now. What is missing from the next table is over. A warning is known by its division code
and its type, and by nothing else: its name is written in several ways, its colour is what changes.

Nothing is dropped for being odd. A row without a colour, of a type nobody knows, or with a code
that no list has is a warning like any other; only a row that names neither place nor type is told
as unreadable.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from renwang.alerts import cap
from renwang.alerts.cap.china import COLOURS
from renwang.alerts.cap.china_text import COLOUR_WORDS

LIST_LIMIT = 32 << 20
ROWS_AT_MOST = 100_000
LONGEST = 300  # characters of a name or a type that are kept
DIVISION = "division"
LEVEL = "level"

Key = tuple[str, str]


class Act(StrEnum):
    """What happened to a warning between two lists."""

    APPEAR = "appear"
    CHANGE = "change_level"
    RENEW = "renew"
    DISAPPEAR = "disappear"


class ListRefused(ValueError):
    """What was sent is no list of warnings; the reason is one of `ListFault`."""

    def __init__(self, fault: ListFault):
        super().__init__(fault.value)
        self.fault = fault


class ListFault(StrEnum):
    """Why something is no list of warnings."""

    TOO_LARGE = "too-large"
    NOT_TEXT = "not-text"
    NO_TABLE = "no-table"
    NO_COLUMNS = "no-columns"
    TOO_MANY_ROWS = "too-many-rows"


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list. `colour` is "Red" to "Blue", or as written where that is none of them."""

    code: str
    kind: str
    name: str = ""
    colour: str = ""
    level: str = ""
    issued_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def key(self) -> Key:
        """By what it is known in the next list."""
        return self.code, self.kind


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to a warning, and the list in which it was seen."""

    act: Act
    warning: Listed
    seen_at: datetime | None = None
    earlier_colour: str = ""


@dataclass(frozen=True, slots=True)
class ListRead:
    """A list as read: what is in force, what the list itself says happened, rows nobody can read."""

    warnings: tuple[Listed, ...]
    changes: tuple[Change, ...] = ()
    unreadable: tuple[int, ...] = ()  # row numbers, from 1 for the first below the heading


_NAMES = {
    "code": ("adcode", "code", "division", "行政区划代码", "区划代码"),
    "kind": ("type", "kind", "event", "warning_type", "预警类型", "类型", "灾种"),
    "name": ("name", "area", "area_name", "地区", "区域", "发布区域"),
    "colour": ("color", "colour", "颜色", "预警颜色"),
    "level": ("level", "等级", "级别", "预警级别"),
    "issued_at": ("issued_utc", "issued", "issued_at", "发布时间"),
    "expires_at": ("expires_utc", "expires", "expires_at", "失效时间", "有效期至"),
    "act": ("action", "act", "变化"),
    "seen_at": ("snapshot_utc", "seen_at", "updated_utc"),
    "earlier": ("prev_color", "previous_colour", "原颜色"),
}
_BY_NAME = {name: field for field, names in _NAMES.items() for name in names}
_COLOURS = {
    **dict(COLOUR_WORDS),
    **{word.removesuffix("色"): colour for word, colour in COLOUR_WORDS.items()},
    **{colour.lower(): colour for colour in COLOUR_WORDS.values()},
}
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")


# --- reading ------------------------------------------------------------------


def read_list(data: bytes) -> ListRead:
    """Read a table of warnings, CSV or JSON (an array, or an object with one); or raise `ListRefused`.

    A table with a column of acts tells changes; one without is what is in force.
    """
    rows = _rows(data)
    warnings: list[Listed] = []
    changes: list[Change] = []
    unreadable: list[int] = []
    for number, row in enumerate(rows, start=1):
        if number > ROWS_AT_MOST:
            raise ListRefused(ListFault.TOO_MANY_ROWS)
        warning = _listed(row)
        act = _act(row)
        if warning is None or (act is None and row.get("act")):
            unreadable.append(number)
        elif act is None:
            warnings.append(warning)
        else:
            earlier = _colour(row.get("earlier", ""))
            changes.append(Change(act, warning, _moment(row.get("seen_at", "")), earlier))
    return ListRead(tuple(warnings), tuple(changes), tuple(unreadable))


def may_be_list(data: bytes) -> bool:
    """Is it worth reading as a list? What is empty or begins like XML is none."""
    begun = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return bool(begun) and not begun.startswith((b"<", b"\xff\xfe", b"\xfe\xff", b"\0"))


def _rows(data: bytes) -> Iterator[dict[str, str]]:
    if len(data) > LIST_LIMIT:
        raise ListRefused(ListFault.TOO_LARGE)
    text = _text(data)
    if text.lstrip()[:1] in ("[", "{"):
        return _from_json(text)
    return _from_csv(text)


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise ListRefused(ListFault.NOT_TEXT)


def _from_csv(text: str) -> Iterator[dict[str, str]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        heading = [_BY_NAME.get(title.strip().casefold(), "") for title in next(reader, [])]
        if not {"code", "kind"} <= set(heading):
            raise ListRefused(ListFault.NO_COLUMNS)
        for cells in reader:
            if any(cells):
                yield {field: cell for field, cell in zip(heading, cells, strict=False) if field}
    except csv.Error:
        raise ListRefused(ListFault.NO_TABLE) from None


def _from_json(text: str) -> Iterator[dict[str, str]]:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise ListRefused(ListFault.NO_TABLE) from None
    if isinstance(found, dict):
        found = next((value for value in found.values() if isinstance(value, list)), None)
    if not isinstance(found, list):
        raise ListRefused(ListFault.NO_TABLE)
    if found and not any(isinstance(row, dict) and _has_key(row) for row in found):
        raise ListRefused(ListFault.NO_COLUMNS)
    for row in found:
        yield _named(row) if isinstance(row, dict) else {}


def _has_key(row: Mapping[str, Any]) -> bool:
    return {"code", "kind"} <= {_BY_NAME.get(str(name).strip().casefold(), "") for name in row}


def _named(row: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for name, value in row.items():
        field = _BY_NAME.get(str(name).strip().casefold())
        if field and isinstance(value, str | int) and not isinstance(value, bool):
            # A number of thousands of digits cannot even be written out.
            found[field] = value if isinstance(value, str) else str(value % 10**18)
    return found


def _listed(row: Mapping[str, str]) -> Listed | None:
    code, kind = _clean(row.get("code", "")), _clean(row.get("kind", ""))
    name = _clean(row.get("name", ""))
    if not kind or not (code or name):
        return None
    return Listed(
        code or name,  # without a code the name is all there is to tell two places apart
        kind,
        name,
        _colour(row.get("colour", "")),
        _clean(row.get("level", "")),
        _moment(row.get("issued_at", "")),
        _moment(row.get("expires_at", "")),
    )


def _clean(text: str) -> str:
    text = "".join(char for char in text if not 0xD800 <= ord(char) <= 0xDFFF)
    return _SPACE.sub(" ", text).strip().replace("\ufffe", "").replace("\uffff", "")[:LONGEST]


def _colour(text: str) -> str:
    word = _clean(text)
    return _COLOURS.get(word.casefold(), _COLOURS.get(word, word))


def _act(row: Mapping[str, str]) -> Act | None:
    try:
        return Act(row.get("act", "").strip().casefold())
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    """Read a time with its offset; one without is Beijing time, as these lists are made there."""
    try:
        at = datetime.fromisoformat(text.strip())
        at = at if at.tzinfo else at.replace(tzinfo=cap.BEIJING)
        return at.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


# --- what is in force ---------------------------------------------------------


def apply_changes(force: Mapping[Key, Listed], changes: Iterable[Change]) -> dict[Key, Listed]:
    """Say what is in force after some changes. One of a warning that was never seen makes it known."""
    now = dict(force)
    for change in changes:
        if change.act is Act.DISAPPEAR:
            now.pop(change.warning.key, None)
        else:
            now[change.warning.key] = change.warning
    return now


def compare(
    before: Mapping[Key, Listed], now: Iterable[Listed], *, seen_at: datetime
) -> list[Change]:
    """Say what happened between what was in force and a new list; the same list again says nothing."""
    changes = []
    listed = {warning.key: warning for warning in now}
    for key, warning in listed.items():
        earlier = before.get(key)
        if earlier is None:
            changes.append(Change(Act.APPEAR, warning, seen_at))
        elif earlier.colour != warning.colour:
            changes.append(Change(Act.CHANGE, warning, seen_at, earlier.colour))
        elif _terms(earlier) != _terms(warning):
            changes.append(Change(Act.RENEW, warning, seen_at, earlier.colour))
    gone = (warning for key, warning in before.items() if key not in listed)
    changes += [Change(Act.DISAPPEAR, one, seen_at, one.colour) for one in gone]
    return changes


def _terms(warning: Listed) -> tuple[object, ...]:
    return warning.level, warning.issued_at, warning.expires_at


def by_list(changes: Sequence[Change]) -> dict[datetime | None, list[Change]]:
    """Sort changes by the list in which they were seen, in the order given."""
    found: dict[datetime | None, list[Change]] = {}
    for change in changes:
        found.setdefault(change.seen_at, []).append(change)
    return found


# --- as CAP -------------------------------------------------------------------

_COLOUR_NAMES = {colour: word for word, colour in COLOUR_WORDS.items()}
_MESSAGES = {
    Act.APPEAR: cap.MsgType.ALERT,
    Act.CHANGE: cap.MsgType.UPDATE,
    Act.RENEW: cap.MsgType.UPDATE,
    Act.DISAPPEAR: cap.MsgType.CANCEL,
}


def say_as_cap(
    change: Change, *, sender: str, at: datetime, earlier: Sequence[cap.Reference] = ()
) -> cap.Alert:
    """Write a change as the message that the service would have sent.

    Its words are the row's own, in one sentence; the colour is kept as a colour. It is unsigned,
    and `sender` names the list, so that nobody takes it for the service's own message. A change
    of a warning that is not known here (no `earlier`) is a first message.
    """
    warning = change.warning
    msg_type = _MESSAGES[change.act] if earlier else cap.MsgType.ALERT
    digest = sha256("\x1f".join(warning.key).encode()).hexdigest()[:12]
    return cap.Alert(
        identifier=f"{digest}-{at.astimezone(UTC):%Y%m%d%H%M%S}",
        sender=sender,
        sent=cap.Moment.of(at),
        status=cap.Status.ACTUAL,
        msg_type=msg_type,
        scope=cap.Scope.PUBLIC,
        references=cap.join_references(earlier),
        infos=(_info(warning, msg_type),),
    )


def _info(warning: Listed, msg_type: cap.MsgType) -> cap.Info:
    colour = _COLOUR_NAMES.get(warning.colour, "")
    headline = f"{warning.name}{warning.kind}{colour}预警"
    if msg_type is cap.MsgType.CANCEL:
        headline = f"解除{headline}"
    level = f"（{warning.level}级）" if warning.level else ""
    parameters = [(cap.COLOUR_PARAMETER, warning.colour), (LEVEL, warning.level)]
    return cap.Info(
        categories=(cap.Category.MET,),
        event=warning.kind,
        urgency=cap.Urgency.UNKNOWN,
        severity=COLOURS.get(warning.colour, cap.Severity.UNKNOWN),
        certainty=cap.Certainty.UNKNOWN,
        language="zh-CN",
        effective=cap.Moment.of(warning.issued_at) if warning.issued_at else None,
        expires=cap.Moment.of(warning.expires_at) if warning.expires_at else None,
        headline=headline,
        description=f"{headline}{level}。",
        parameters=tuple(cap.Named(name, value) for name, value in parameters if value),
        areas=(cap.Area(warning.name or warning.code, geocodes=_geocodes(warning)),),
    )


def _geocodes(warning: Listed) -> tuple[cap.Named, ...]:
    is_name = warning.code == warning.name and not warning.code.isdigit()
    return () if is_name else (cap.Named(DIVISION, warning.code),)


def listed_in(alert: cap.Alert) -> Listed | None:
    """Read back the row that a message was written from; None for a message of another kind."""
    if len(alert.infos) != 1 or len(alert.infos[0].areas) != 1:
        return None
    info, area = alert.infos[0], alert.infos[0].areas[0]
    code = next((one.value for one in area.geocodes if one.name == DIVISION), area.description)
    return Listed(
        code,
        info.event,
        area.description if area.description != code or not area.geocodes else "",
        info.parameter(cap.COLOUR_PARAMETER) or "",
        info.parameter(LEVEL) or "",
        info.effective.at if info.effective else None,
        info.expires.at if info.expires else None,
    )
