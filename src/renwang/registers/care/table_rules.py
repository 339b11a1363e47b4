"""The rules of bringing the care list in from a table: how needs are written, which consent counts, what is too much."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from renwang.registers.care.rules import CONSENT_AT_MOST, CareRefused

LARGEST = 4 << 20  # bytes of a file
ROWS_AT_MOST = 2000
KEPT_FOR = timedelta(hours=1)  # between being sent and being brought in
KEPT_BACK_FOR = CONSENT_AT_MOST  # a consent from before a withdrawal has ended by then
BETWEEN = "；"
_PARTS = re.compile(r"[；;\n|]")
_FINER = re.compile(r"[、，,/]")


class NeedNotKnown(CareRefused):
    """A table names a need that this node does not know."""

    def __init__(self, need: str):
        super().__init__(need)
        self.params = {"need": need}


class DoorNotKnown(CareRefused):
    """There is no such door in the building's list."""


class NumberGone(CareRefused):
    """No entry has this number any more, or it lies out of reach."""


class StandsElsewhere(CareRefused):
    """The entry of this number stands behind another door."""


class ConsentWithdrawn(CareRefused):
    """The person behind this door withdrew his consent, and the one in the table is no newer."""


class ConsentOlder(CareRefused):
    """What stands on the list rests on a newer consent than the row."""


class TableGone(CareRefused):
    """The table was brought in or forgotten already, or its hour is over."""


class TableWrong(CareRefused):
    """A table with a wrong row was to be brought in."""


def needs_in(text: str, words: Mapping[str, str]) -> tuple[str, ...]:
    """Read needs as people write them into one cell; `words` gives the key for every folded name.

    Semicolons part them for certain. Commas do too, except within a name.
    Refuses with `NeedNotKnown`.
    """
    found: list[str] = []
    for part in _PARTS.split(text):
        whole = _folded(part)
        if not whole:
            continue
        pieces = [part] if whole in words else _FINER.split(part)
        for piece in filter(None, map(_folded, pieces)):
            if piece not in words:
                raise NeedNotKnown(piece)
            found.append(words[piece])
    return tuple(dict.fromkeys(found))


def need_words(names: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Give the key of every need by its key and by its names, also without what stands in brackets."""
    words: dict[str, str] = {}
    for key, named in names.items():
        for name in (key, *named.values()):
            words.setdefault(_folded(name), key)
            words.setdefault(_folded(name.partition("（")[0].partition("(")[0]), key)
    return words


def check_newer(given_on: date, *, known_on: date | None, withdrawn_on: date | None) -> None:
    """Let a row's consent count, or refuse with `ConsentOlder` or `ConsentWithdrawn`.

    `known_on` is when the consent was given that the list rests on now,
    `withdrawn_on` when one was withdrawn behind this door under this name.
    """
    if known_on is not None and given_on < known_on:
        raise ConsentOlder
    if withdrawn_on is not None and given_on <= withdrawn_on:
        raise ConsentWithdrawn


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
