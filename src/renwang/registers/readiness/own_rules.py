"""What an organisation's own check may say: a condition over figures of a place, read before it is kept.

    vacant > 0 && households > 500
    risks_grave > 0 && days_since_rollcall > 30

Every such condition is valid CEL (https://cel.dev). Of CEL it keeps the figures
by name, numbers, the comparisons, `+ - * /`, `&& || !`, `? :` and brackets.
There is nothing in it that repeats, so that what it costs grows with its length
alone. Whole numbers are read as numbers: nobody has to know that 1 and 1.0 differ.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Any

from renwang.base.pure.loading import load_cel
from renwang.chain.rules import Refusal

CONDITION_AT_MOST = 300
NAME_AT_MOST = 80
SENTENCE_AT_MOST = 300
DEEPEST = 12
MOST_OWN = 200
"""Own checks that one node looks at; each is asked of every place it is for."""


class OwnRefused(Refusal):
    """An own check that cannot be kept."""


class OwnWordsMissing(OwnRefused):
    """It has no name, or does not say what to do."""


class OwnTooLong(OwnRefused):
    """A text is longer than it may be."""


class OwnLevelUnknown(OwnRefused):
    """It is for places of a level that no structure knows."""


class OwnMenderUnknown(OwnRefused):
    """Nobody could mend it: it names no capability."""


class OwnEnded(OwnRefused):
    """It has ended and is not written on."""


class OwnTooMany(OwnRefused):
    """There are as many as a night can look at."""


class ConditionEmpty(OwnRefused):
    """It says nothing."""


class ConditionTooLong(OwnRefused):
    """It is longer than a condition may be."""


class ConditionUnreadable(OwnRefused):
    """It is no condition: `at` is where, the first character 1."""


class FigureUnknown(OwnRefused):
    """It names a figure that there is not."""


class DivisorUnclear(OwnRefused):
    """It divides by something that may be zero."""


class ConditionTooDeep(OwnRefused):
    """Its brackets go too deep."""


class NotAYesOrNo(OwnRefused):
    """It comes to a number and not to yes or no."""


_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]+)
      | (?P<number>\d{1,12}(?:\.\d{1,6})?(?![\w.]))
      | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
      | (?P<sign>&&|\|\||==|!=|<=|>=|[-+*/<>!?:()])""",
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read: as it was written, as the engine gets it, and the figures it asks for."""

    text: str
    cel: str
    figures: frozenset[str]


def read_condition(text: str, known: Collection[str]) -> Condition:
    """Read a condition over figures that are known.

    Refuses with `ConditionEmpty`, `ConditionTooLong`, `ConditionUnreadable`,
    `FigureUnknown`, `DivisorUnclear`, `ConditionTooDeep` and `NotAYesOrNo`.
    """
    if not text.strip():
        raise ConditionEmpty
    if len(text) > CONDITION_AT_MOST:
        raise ConditionTooLong(limit=CONDITION_AT_MOST)
    parts: list[str] = []
    figures: set[str] = set()
    before, depth = "", 0
    for kind, word, at in _words(text):
        if before == "/" and (kind != "number" or float(word) == 0):
            raise DivisorUnclear(at=at)
        if kind == "name" and word not in ("true", "false"):
            if word not in known:
                raise FigureUnknown(about=word, at=at)
            figures.add(word)
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth > DEEPEST:
            raise ConditionTooDeep(at=at)
        parts.append(repr(float(word)) if kind == "number" else word)
        before = word
    condition = Condition(text, " ".join(parts), frozenset(figures))
    _try(condition)
    return condition


def _words(text: str) -> Iterator[tuple[str, str, int]]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ConditionUnreadable(at=at + 1, about=text[at])
        if found.lastgroup != "blank":
            yield found.lastgroup or "", found[0], at + 1
        at = found.end()


def _try(condition: Condition) -> None:
    """Let the engine read it once, with figures that everybody has, so that nothing unreadable is kept."""
    try:
        found = _program(condition.cel).execute(dict.fromkeys(condition.figures, 1.0))
    except Exception as trouble:
        about = str(trouble).split("\n", 1)[0][:80]
        raise ConditionUnreadable(at=1, about=about) from None
    if not isinstance(found, bool):
        raise NotAYesOrNo


@lru_cache(maxsize=512)
def _program(source: str) -> Any:
    return load_cel().compile(source)


def is_hole(condition: Condition, figures: Mapping[str, float | None]) -> bool:
    """Say whether a condition holds at a place. A figure that nobody knows there makes no hole."""
    given: dict[str, float] = {}
    for name in condition.figures:
        value = figures.get(name)
        if value is None or not isfinite(value):
            return False
        given[name] = float(value)
    return bool(_program(condition.cel).execute(given))
