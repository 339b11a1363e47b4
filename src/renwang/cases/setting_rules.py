"""Kinds of case and working days as tables that people fill in, what is wrong with each row, and what a change changed. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from renwang.cases.kind_rules import OTHER, KindsRefused, read_kinds
from renwang.cases.rules import CaseRefused
from renwang.cases.telling_rules import flat_of as flat_tellings

Row = Mapping[str, Any]
TERMS = ("receive", "first_reply", "answer")
COUNTS = ("extensions", "extension_days")
FLAT = (
    "key", "parent", "zh", "en", "hazard",
    *(f"{term}_{part}" for term in TERMS for part in ("days", "minutes")),
    *COUNTS, "kept_days",
)  # fmt: skip
"""The columns of the table of kinds. Terms that are left out are those of the kind it belongs to."""
DAY = timedelta(days=1)


class Fault(StrEnum):
    """What is wrong with a row."""

    SHAPE = "shape"  # a key, a name or a term is missing or cannot be used
    TWICE = "twice"
    PARENT = "parent"  # it belongs to one that does not stand above it, or that belongs to another
    OTHER = "other"  # the kind for everything else is missing
    DAYS = "days"  # it ends before it begins, or is longer than sixty days
    BOTH = "both"  # holiday and worked at the same time


@dataclass(frozen=True, slots=True)
class Wrong:
    """One row that cannot be used: its number, what it is called, and why."""

    row: int
    name: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a change changed. A side is None where there was nothing, or is nothing any more."""

    key: str
    field: str
    before: Any
    after: Any


class KindStillUsed(CaseRefused):
    """A kind cannot go while open cases have it; `key` and `number` say which and how many."""


class NothingChanged(CaseRefused):
    """It says what holds already."""


# --- kinds --------------------------------------------------------------------------


def check_kinds(rows: Sequence[tuple[int, Row]]) -> list[Wrong]:
    """Say what is wrong with each row of a table of kinds; `rows` are (number, kind as data)."""
    wrong: list[Wrong] = []
    good: list[Row] = []
    known: dict[str, bool] = {}  # whether it belongs to another
    for number, row in rows:
        key = str(row.get("key", ""))
        above = str(row.get("parent") or "")
        if key in known:
            wrong.append(Wrong(number, key, Fault.TWICE))
        elif above and known.get(above, True):
            wrong.append(Wrong(number, key, Fault.PARENT))
        elif not _is_sound([*good, {**row, "key": key}]):
            wrong.append(Wrong(number, key, Fault.SHAPE))
        else:
            known[key] = bool(above)
            good.append(row)
    if OTHER not in known and not wrong:
        wrong.append(Wrong(0, OTHER, Fault.OTHER))
    return wrong


_REST: Row = {
    "key": OTHER, "names": {"en": "-"},
    "terms": {"receive": {}, "first_reply": {}, "answer": {}, "extensions": 0, "extension_days": 0},
}  # fmt: skip


def _is_sound(rows: Sequence[Row]) -> bool:
    """Try the rows with one for everything else, whose lack is no fault of a row."""
    whole = rows if any(row.get("key") == OTHER for row in rows) else [*rows, _REST]
    try:
        read_kinds(whole)
    except (KindsRefused, OverflowError):
        return False
    return True


def flat_of(kind: Row) -> dict[str, Any]:
    """Give a kind as one row of a table."""
    terms = kind.get("terms") or {}
    row: dict[str, Any] = {
        "key": kind["key"],
        "parent": kind.get("parent", ""),
        "zh": kind["names"].get("zh", ""),
        "en": kind["names"].get("en", ""),
        "hazard": kind.get("hazard", ""),
        "kept_days": kind.get("kept_days"),
    }
    for term in TERMS:
        for part in ("days", "minutes"):
            row[f"{term}_{part}"] = terms[term].get(part) if term in terms else None
    return row | {name: terms.get(name) for name in COUNTS}


def kind_of_flat(flat: Row, before: Row | None = None) -> dict[str, Any]:
    """Make a kind of a row of a table; what the table has no column for stays as it was."""
    kind = {
        name: value
        for name, value in (before or {}).items()
        if name not in ("key", "parent", "names", "hazard", "terms", "kept_days")
    }
    names = {**((before or {}).get("names") or {}), "zh": flat.get("zh"), "en": flat.get("en")}
    kind |= {"key": flat.get("key") or ""}
    kind |= {name: flat[name] for name in ("parent", "hazard") if flat.get(name)}
    kind["names"] = {language: name for language, name in names.items() if name}
    if flat.get("kept_days") is not None:
        kind["kept_days"] = flat["kept_days"]
    own = [name for name in FLAT[5:-1] if flat.get(name) is not None]
    if own:
        kept = {
            name: value
            for name, value in ((before or {}).get("terms") or {}).items()
            if name not in (*TERMS, *COUNTS)
        }
        kind["terms"] = kept | {term: _term(flat, term) for term in TERMS}
        kind["terms"] |= {name: flat.get(name) or 0 for name in COUNTS}
    return kind


def _term(flat: Row, term: str) -> dict[str, int]:
    parts = {part: flat.get(f"{term}_{part}") for part in ("days", "minutes")}
    found = {part: int(value) for part, value in parts.items() if value is not None}
    return found or {"days": 0}


def kinds_gone(before: Sequence[Row], after: Sequence[Row]) -> list[str]:
    """Name the kinds that are no longer there."""
    left = {row["key"] for row in after}
    return [str(row["key"]) for row in before if row["key"] not in left]


def put_kind(rows: Sequence[Row], kind: Row, *, old: str = "") -> list[Row]:
    """Put a kind where it was, or, a new one, after those that belong together with it."""
    if old:
        return [kind if row["key"] == old else row for row in rows]
    parent = kind.get("parent")
    if not parent:
        return [*rows, kind]
    at = [place for place, row in enumerate(rows) if parent in (row["key"], row.get("parent"))]
    place = max(at, default=len(rows) - 1) + 1
    return [*rows[:place], kind, *rows[place:]]


# --- working days --------------------------------------------------------------------


def days_of(body: Row) -> list[dict[str, Any]]:
    """Give the working days as rows of a table: from when, until when, holiday or worked."""
    found = []
    for what, name in (("holiday", "holidays"), ("worked", "worked")):
        for span in body[name]:
            first, _slash, last = str(span).partition("/")
            begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
            found.append({"from_on": begin, "until_on": end, "what": what})
    return sorted(found, key=lambda row: (row["from_on"], row["what"]))


def calendar_of_days(
    rows: Iterable[tuple[int, Row]], before: Row
) -> tuple[dict[str, Any], list[Wrong]]:
    """Make a calendar of the rows of a table; its years are those that the rows and the calendar before name."""
    spans: dict[str, list[str]] = {"holiday": [], "worked": []}
    taken: dict[date, str] = {}
    wrong: list[Wrong] = []
    years = {int(year) for year in before["years"]}
    for number, row in rows:
        begin, what = row["from_on"], row["what"]
        end = row.get("until_on") or begin
        if not begin <= end <= begin + 60 * DAY:
            wrong.append(Wrong(number, str(begin), Fault.DAYS))
            continue
        days = [begin + step * DAY for step in range((end - begin).days + 1)]
        if clash := [day for day in days if day in taken]:
            fault = Fault.TWICE if taken[clash[0]] == what else Fault.BOTH
            wrong.append(Wrong(number, str(clash[0]), fault))
            continue
        taken |= dict.fromkeys(days, what)
        years |= {day.year for day in days}
        spans[what].append(str(begin) if begin == end else f"{begin}/{end}")
    body = {
        **before,
        "years": sorted(years),
        "holidays": spans["holiday"],
        "worked": spans["worked"],
    }
    return body, wrong


# --- what a change changed -------------------------------------------------------------


def changes_of_kinds(before: Sequence[Row], after: Sequence[Row]) -> list[Change]:
    """Say what became of each kind."""
    old, new = ({row["key"]: row for row in rows} for rows in (before, after))
    found = [Change(key, "kind", flat_of(old[key])["en"], None) for key in old if key not in new]
    found += [Change(key, "kind", None, flat_of(new[key])["en"]) for key in new if key not in old]
    for key in new:
        if key in old:
            one, two = flat_of(old[key]), flat_of(new[key])
            found += [
                Change(key, name, one[name], two[name])
                for name in FLAT[1:]
                if one[name] != two[name]
            ]
    orders = [
        [row["key"] for row in rows if row["key"] in old and row["key"] in new]
        for rows in (before, after)
    ]
    if orders[0] != orders[1]:
        found.append(Change("", "order", " ".join(orders[0]), " ".join(orders[1])))
    return found


def changes_of_calendar(before: Row, after: Row) -> list[Change]:
    """Say which days became holidays or working days, or no longer are, and what else changed."""
    found = []
    for what, name in (("holiday", "holidays"), ("worked", "worked")):
        old, new = set(before[name]), set(after[name])
        found += [Change(span, what, span, None) for span in sorted(old - new)]
        found += [Change(span, what, None, span) for span in sorted(new - old)]
    for name in ("weekend", "closes", "years"):
        if before.get(name) != after.get(name):
            found.append(Change("", name, _plain(before.get(name)), _plain(after.get(name))))
    return found


def changes_of_tellings(before: Row, after: Row) -> list[Change]:
    """Say which wordings, hours or switch were changed."""
    old, new = flat_tellings(before), flat_tellings(after)
    names = [*old, *(name for name in new if name not in old)]
    return [
        Change("", name, old.get(name), new.get(name))
        for name in names
        if old.get(name) != new.get(name)
    ]


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


CHANGES: Mapping[str, Callable[[Any, Any], list[Change]]] = {
    "kinds": changes_of_kinds,
    "calendar": changes_of_calendar,
    "telling": changes_of_tellings,
}
