"""Codes of grids: composed by a scheme from the code of the place above and a serial that is never given twice.

Serials run from west to east and from north to south (CJ/T 349-2010, DB11,
DB6101/T 3185-2024); 0 stands for a place that is not divided.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from renwang.chain.rules import Refusal


class SchemeUnknown(Refusal):
    """The node knows no scheme of that key."""


class ParentCodeWrong(Refusal):
    """The place above has no code of as many digits as the scheme takes."""


class SerialsUsedUp(Refusal):
    """Every serial of the place was given once; a scheme with more digits is needed."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a code: fixed text, digits `start` to `end` of the code above (from 1), or a serial of `serial` digits."""

    text: str = ""
    start: int = 0
    end: int = 0
    serial: int = 0


@dataclass(frozen=True, slots=True)
class Scheme:
    """How the codes of grids are composed; `sources` names the rule it follows, in each language."""

    key: str
    names: Mapping[str, str]
    parts: tuple[Part, ...]
    parent_digits: int
    sources: Mapping[str, str]

    def name(self, language: str) -> str:
        """The scheme's name in a language, else in Chinese."""
        return self.names.get(language) or self.names["zh-hans"]

    def source(self, language: str) -> str:
        """The rule it follows in a language, else in Chinese."""
        return self.sources.get(language) or self.sources["zh-hans"]

    @property
    def last(self) -> int:
        """The highest serial."""
        return int(10 ** next(part.serial for part in self.parts if part.serial)) - 1


@dataclass(frozen=True, slots=True)
class Coded:
    """A grid as a scheme sees it: the code it has ("" for none), and where it lies."""

    key: str
    code: str
    at: tuple[float, float] | None = None  # longitude, latitude


def compose_code(scheme: Scheme, parent_code: str, serial: int) -> str:
    """Compose the code of a grid. Refuses with ParentCodeWrong and SerialsUsedUp."""
    is_number = parent_code.isascii() and parent_code.isdecimal()
    if not is_number or len(parent_code) != scheme.parent_digits:
        raise ParentCodeWrong(code=parent_code or "–", digits=scheme.parent_digits)
    if serial > scheme.last:
        raise SerialsUsedUp(code=parent_code, last=scheme.last)
    written = []
    for part in scheme.parts:
        if part.serial:
            written.append(f"{serial:0{part.serial}}")
        else:
            written.append(part.text or parent_code[part.start - 1 : part.end])
    return "".join(written)


def serial_of(scheme: Scheme, parent_code: str, code: str) -> int | None:
    """Read the serial of a code that the scheme could have composed for the place; None for any other."""
    blank = compose_code(scheme, parent_code, 0)
    if len(code) != len(blank) or not code.isascii() or not code.isdigit():
        return None
    at = 0
    for part in scheme.parts:
        width = part.serial or len(part.text) or part.end - part.start + 1
        if part.serial:
            serial = int(code[at : at + width])
            return serial if compose_code(scheme, parent_code, serial) == code else None
        at += width
    return None


def in_reading_order(grids: Sequence[Coded]) -> list[Coded]:
    """Put grids into the order of serials: bands from north to south, in each from west to east.

    There are about as many bands as grids in a band; those without a position come last, as they came.
    """
    placed = [(one, *one.at) for one in grids if one.at is not None]
    if not placed:
        return list(grids)
    north = max(lat for _one, _lon, lat in placed)
    south = min(lat for _one, _lon, lat in placed)
    bands = ceil(sqrt(len(placed)))
    band = (north - south) / bands or 1.0
    ordered = sorted(
        placed, key=lambda one: (min(int((north - one[2]) / band), bands - 1), one[1], one[0].key)
    )
    return [*(one for one, *_at in ordered), *(one for one in grids if one.at is None)]


def assign_serials(
    scheme: Scheme,
    parent_code: str,
    grids: Sequence[Coded],
    used: Collection[str],
    *,
    afresh: bool = False,
) -> dict[str, str]:
    """Give codes to the grids that have none of this scheme, or to all with `afresh`; only those that change are returned.

    `used` are all codes that were ever given. No serial is given twice: the
    next one follows the highest there ever was. Refuses with ParentCodeWrong
    and SerialsUsedUp.
    """
    taken = [serial_of(scheme, parent_code, code) or 0 for code in used]
    following = max(taken, default=0) + 1
    given: dict[str, str] = {}
    for one in in_reading_order(grids):
        has_one = bool(one.code) and bool(serial_of(scheme, parent_code, one.code))
        if afresh or not has_one:
            given[one.key] = compose_code(scheme, parent_code, following)
            following += 1
    return given
