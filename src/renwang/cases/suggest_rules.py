"""What kind of thing a text is probably about, and how sure that is: by words that are known, or by what the desk has chosen before. Pure.

From the first day the words of each kind speak. Once the desk has chosen
often enough, groups of one to three characters speak as well, each with a
weight for each kind. Groups are kept as numbers only (`grams`), many to one number, so
that nobody reads a text back out of the weights.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from renwang.base.pure.loading import on_first_use
from renwang.base.pure.text import search_key
from renwang.chain.rules import Refusal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = on_first_use("numpy")


BITS = 16
"""Groups of characters fall into so many numbers (2 to the power of)."""
READ = 1_000  # characters of a text: what it is about is said before
DOUBT = 1.5
"""What speaks against a kind of which nothing else is known, in characters found."""
CHOSEN_OWED = 60
"""So many choices of the desk are owed before anything is learned from them."""
OF_ONE_KIND = 3
"""A kind is learned from so many choices on; what is rarer stays with its words."""
HELD_OUT = 0.2
"""The share of the choices, the latest, on which what was learned is tried before it is believed."""
TRIED_AT_LEAST, TRIED_AT_MOST = 20, 1_000
LEARNED_AT_MOST = 20_000
SHOWN_FROM = 0.15
"""Whoever is less sure than this says nothing."""
PRESET_FROM = 0.5
"""From here on the desk's form is filled in with what is suggested."""

_MIX = 0x9E3779B97F4A7C15  # the golden ratio: neighbouring numbers end far apart
_MIX2 = 0xBF58476D1CE4E5B9
_CHARACTER = 21  # bits


class LearningMissing(Refusal):
    """What learns (scikit-learn) is not installed at this node."""


class ChosenTooSeldom(Refusal):
    """The desk has not chosen often enough for anything to be learned; `most` says how often is owed."""


class SwitchedSoAlready(Refusal):
    """It is switched so already."""


class Source(StrEnum):
    """From what a kind was suggested."""

    WORDS = "words"  # that are known for it
    LEARNED = "learned"  # from what the desk has chosen


@dataclass(frozen=True, slots=True)
class Suggested:
    """A kind that is suggested, how sure that is from 0 to 1, and from what."""

    kind: str
    sure: float
    source: Source
    version: int = 0  # of what was learned
    chosen: int = 0  # cases it was learned from
    words: tuple[str, ...] = ()  # that were found


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What was learned: for each number of a group, and each kind, a weight."""

    version: int
    chosen: int
    kinds: tuple[str, ...]
    weights: NDArray[np.float16]  # (numbers, kinds)
    bias: NDArray[np.float32]
    temperature: float  # by which scores are divided, so that sure means as often right as it says


KindWords = Mapping[str, tuple[str, ...]]


def read_kind_words(body: Mapping[str, Mapping[str, Sequence[str]]]) -> KindWords:
    """Read the words of each kind, folded for searching, those of all languages together."""
    return {
        kind: tuple(search_key(word) for words in languages.values() for word in words)
        for kind, languages in body.items()
    }


# --- by words -------------------------------------------------------------------


def by_words(text: str, known: KindWords) -> Suggested | None:
    """Suggest a kind by the words that were found; None where none was.

    A longer word says more. A Han character says as much as three letters.
    """
    found = _found(text, known)
    weights = {kind: sum(map(_weight, words)) for kind, words in found.items()}
    if not weights:
        return None
    best = max(weights, key=lambda kind: (weights[kind], kind))
    sure = weights[best] / (sum(weights.values()) + DOUBT)
    return Suggested(best, sure, Source.WORDS, words=tuple(found[best][:4]))


def _found(text: str, known: KindWords) -> dict[str, list[str]]:
    key = search_key(text[:READ])
    found = {kind: _widest([one for one in words if one in key]) for kind, words in known.items()}
    return {kind: words for kind, words in found.items() if words}


def _widest(found: Sequence[str]) -> list[str]:
    """Leave out words that stand inside another one that was found."""
    return [one for one in found if not any(one != other and one in other for other in found)]


def _weight(word: str) -> float:
    return sum(1 / 3 if sign.isascii() else 1.0 for sign in word)


# --- by what was learned ----------------------------------------------------------


def grams(text: str) -> NDArray[np.int64]:
    """Give the numbers of the groups of one, two and three characters in a text, each once, in order."""
    key = search_key(text[:READ])
    letters = np.frombuffer(key.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if not letters.size:
        return np.empty(0, dtype=np.int64)
    shift = np.uint64(_CHARACTER)
    pairs = (letters[:-1] << shift) | letters[1:]
    triples = (letters[:-2] << (shift + shift)) | (letters[1:-1] << shift) | letters[2:]
    mixed = np.concatenate((letters, pairs, triples)) * np.uint64(_MIX)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(_MIX2)
    numbers: NDArray[np.int64] = np.unique((mixed >> np.uint64(64 - BITS)).astype(np.int64))
    return numbers


def scores(text: str, learned: Learned, known: KindWords) -> NDArray[np.float64]:
    """Give for each kind what speaks for it: what was learned, and each known word that was found."""
    numbers = grams(text)
    found = learned.weights[numbers].astype(np.float64).sum(axis=0)
    total: NDArray[np.float64] = found / math.sqrt(max(len(numbers), 1)) + learned.bias
    at = {kind: column for column, kind in enumerate(learned.kinds)}
    for kind, words in _found(text, known).items():
        if kind in at:
            total[at[kind]] += sum(map(_weight, words))
    return total


def shares(found: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Turn scores into shares that make up one, each row for itself."""
    level = found / temperature
    level = np.exp(level - level.max(axis=-1, keepdims=True))
    total: NDArray[np.float64] = level / level.sum(axis=-1, keepdims=True)
    return total


def by_learned(text: str, learned: Learned, known: KindWords) -> Suggested | None:
    """Suggest a kind by what was learned; None for a text without a character."""
    if not text.strip():
        return None
    found = shares(scores(text, learned, known), learned.temperature)
    best = int(found.argmax())
    return Suggested(
        learned.kinds[best], float(found[best]), Source.LEARNED, learned.version, learned.chosen
    )


def suggest(
    text: str, known: KindWords, kinds: Mapping[str, Any], learned: Learned | None
) -> Suggested | None:
    """Suggest a kind of those that there are; None where nothing speaks for one."""
    here = {kind: words for kind, words in known.items() if kind in kinds}
    found = by_learned(text, learned, here) if learned else None
    if found is None or found.kind not in kinds:
        found = by_words(text, here)
    return found if found and found.sure >= SHOWN_FROM else None


# --- learning ----------------------------------------------------------------------


def best_temperature(found: NDArray[np.float64], right: NDArray[np.int64]) -> float:
    """Find by what scores are divided so that sure means as often right as it says (Guo and others 2017).

    `right` gives the column that is right in each row; rows without one (-1) do not count.
    """
    rows = np.flatnonzero(right >= 0)
    if not rows.size:
        return 1.0

    def surprise(temperature: float) -> float:
        share = shares(found[rows], temperature)[np.arange(len(rows)), right[rows]]
        return float(-np.log(np.maximum(share, 1e-9)).mean())

    tried = [1.25**step for step in range(-12, 13)]
    return min(tried, key=surprise)


def is_better(learned_right: int, words_right: int) -> bool:
    """Say whether what was learned may speak: never where the words of the first day were right more often."""
    return learned_right >= words_right


def held_out(chosen: int) -> int:
    """Say on how many of the latest choices what was learned is tried."""
    return min(max(int(chosen * HELD_OUT), TRIED_AT_LEAST), TRIED_AT_MOST)
