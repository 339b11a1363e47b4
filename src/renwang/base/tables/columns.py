"""Describe the columns of a table as data, and recognise them in the heading of a file."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from renwang.base.pure.text import search_key


class Kind(StrEnum):
    """What the cells of a column hold, and as what they are given."""

    TEXT = "text"  # str, as entered but for its margins
    CODE = "code"  # str, never a number however many digits it has
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # Decimal
    DATE = "date"  # date
    DATETIME = "datetime"  # aware datetime in UTC
    BOOLEAN = "boolean"  # bool
    CHOICE = "choice"  # str, a key of `choices`


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in the program, and its headings in files.

    `titles` are the Chinese heading, the English heading, then whatever else people write there;
    the key is recognised as well. `choices` maps each value to what people write for it, in the
    same order. `check` is asked with the parsed value and answers None or the sentence that says
    what is wrong (it may be a lazy translation).
    """

    key: str
    titles: tuple[str, ...]
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_length: int | None = None
    check: Callable[[Any], object | None] | None = None

    def title(self, language: str) -> str:
        """Give the heading in a language ("zh…" or any other, which means English)."""
        return in_language(self.titles, language) or self.key

    def choice_title(self, value: str, language: str) -> str:
        """Give what people write for a choice."""
        return in_language(self.choices[value], language) or value


@dataclass(frozen=True, slots=True)
class Heading:
    """What a row says when it is read as the heading of a table."""

    found: Mapping[int, Column]  # position -> column
    titles: Mapping[int, str]  # position -> heading as written, for every position that has one
    missing: tuple[Column, ...]  # required, but not there
    twice: tuple[tuple[Column, int, int], ...]  # one column, two positions

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headings that mean nothing to us, as written."""
        return tuple(title for place, title in self.titles.items() if place not in self.found)


_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|（[^（）]*）")
_ORNAMENT = re.compile(r"[\s*:_\-/·.、。※★#]+")


def in_language(titles: Sequence[str], language: str) -> str:
    """Choose the Chinese (first) or the English (second) of some titles; empty if there is none."""
    if not titles:
        return ""
    return titles[0] if language.startswith("zh") or len(titles) == 1 else titles[1]


def title_key(title: str) -> str:
    """Fold a heading: width, case, spaces, asterisks and colons make no difference."""
    folded = search_key(title)
    return _ORNAMENT.sub("", folded) or folded


def match_heading(cells: Sequence[object], columns: Sequence[Column]) -> Heading:
    """Recognise columns in a row; a remark in brackets, as in "姓名（必填）", is passed over."""
    known: dict[str, Column] = {}
    for column in columns:
        for title in (*column.titles, column.key):
            known.setdefault(title_key(title), column)
    found: dict[int, Column] = {}
    titles: dict[int, str] = {}
    places: dict[str, int] = {}
    twice: list[tuple[Column, int, int]] = []
    for place, cell in enumerate(cells):
        title = cell.strip() if isinstance(cell, str) else ""
        if not title:
            continue
        titles[place] = title
        match = known.get(title_key(title)) or known.get(title_key(_REMARK.sub("", title)))
        if match is None:
            continue
        if match.key in places:
            twice.append((match, places[match.key], place))
            continue
        places[match.key] = place
        found[place] = match
    missing = tuple(column for column in columns if column.required and column.key not in places)
    return Heading(found, titles, missing, tuple(twice))


def letter(position: int) -> str:
    """Name a position (from 0) as a spreadsheet does: A, B, … Z, AA."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
