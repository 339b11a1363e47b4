"""What many people raise in one place: texts that are alike in words, place and time, and the words that tell it. Pure.

Words are compared by groups of two and three characters, weighed by how rare
they are (TF-IDF, cosine), which needs no list of Chinese words. Two texts
belong together where they are alike enough; a topic is all that hangs
together so. No pair is left out: texts that share none of their rarest groups
cannot be alike enough (prefix filtering; Bayardo, Ma and Srikant 2007), so
the others are never looked at.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from renwang.base.pure.loading import on_first_use
from renwang.base.pure.text import search_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = on_first_use("numpy")


ALIKE_FROM = 0.26
ALONE = 0.6
"""How much what one text alone has weighs, against what two have."""
WITHIN_DAYS = 30.0
WINDOW = timedelta(days=90)
"""How far back topics are looked for."""
CASES_OWED = 3
"""So many cases make a topic."""
VOICES_OWED = 2
"""From so many people who can be told apart, or none of whom is known: nobody makes a topic alone."""
SHOWN_FROM = 5
"""A smaller number of people is not told in figures: among few, each can be guessed."""

_BREAKS = str.maketrans(",.;:!?，。；：！？、", " " * 13)
_MARKS = str.maketrans("", "", " \t\r\n,.;:!?，。；：！？、“”‘’\"'()（）《》【】…—-")
_BITS = 21  # of a character
_RARE = 3


@dataclass(frozen=True, slots=True)
class Voice:
    """A case as topics are made of: its words, its place (alike only within one), when it came in days."""

    words: str
    place: str
    day: float


def group(
    voices: Sequence[Voice], *, alike_from: float = ALIKE_FROM, within: float = WITHIN_DAYS
) -> list[list[int]]:
    """Put what belongs together into groups of two and more, the largest first; numbers are positions in `voices`."""
    if not voices:
        return []
    places = np.unique([one.place for one in voices], return_inverse=True)[1]
    keys = [search_key(one.words).translate(_MARKS) for one in voices]
    rows = _Rows(keys, places, alike_from)
    days = np.array([one.day for one in voices])
    label = np.arange(len(voices))
    members: list[list[int]] = [[at] for at in range(len(voices))]
    for at in range(len(voices)):
        near = rows.candidates(at)
        near = near[label[near] != label[at]]
        near = near[np.abs(days[near] - days[at]) <= within]
        if not near.size:
            continue
        for other in near[rows.likeness(at, near) >= alike_from - 1e-9].tolist():
            one, two = int(label[at]), int(label[other])
            if one == two:
                continue
            if len(members[one]) < len(members[two]):
                one, two = two, one
            label[members[two]] = one
            members[one] += members[two]
            members[two] = []
    found = [sorted(some) for some in members if len(some) > 1]
    return sorted(found, key=lambda some: (-len(some), some[0]))


class _Rows:
    """Texts as weighted groups of characters; earlier ones of the same place are found by their rarest groups."""

    def __init__(self, keys: Sequence[str], places: Any, alike_from: float):
        doc, gram = _grams(keys)
        _known, gram = np.unique(gram, return_inverse=True)
        size = int(gram.max()) + 1 if gram.size else 1
        both, times = np.unique(doc * size + gram, return_counts=True)
        doc, gram = both // size, both % size
        spread = np.bincount(gram, minlength=size)
        # What one text alone has says little of what it shares: it weighs less than what two have.
        alone = ALONE * (math.log((1 + len(keys)) / 3) + 1)
        rarity = np.where(spread > 1, np.log((1 + len(keys)) / (1 + spread)) + 1, alone)
        weight = times * rarity[gram]
        norm = np.sqrt(np.bincount(doc, weights=weight**2, minlength=len(keys)))
        weight = weight / norm[doc]
        rank = np.empty(size, dtype=np.int64)
        rank[np.argsort(spread, kind="stable")] = np.arange(size)
        gram = rank[gram]  # from here on the rarest has the lowest number
        order = np.argsort(doc * size + gram, kind="stable")
        self._gram, self._weight, doc = gram[order], weight[order], doc[order]
        self._starts = np.searchsorted(doc, np.arange(len(keys) + 1))
        self._dense = np.zeros(size)
        # What is left of a text from a group on; while it is long enough to be alike, the group is looked up.
        squares = np.cumsum(self._weight**2)
        ends = np.concatenate(([0.0], squares))[self._starts]
        left = ends[doc + 1] - squares + self._weight**2
        self._is_key = left >= alike_from**2 - 1e-9
        kept = np.flatnonzero(self._is_key)
        here = self._gram[kept] * (int(places.max()) + 1) + places[doc[kept]]
        order = np.argsort(here, kind="stable")  # within a group and place, the earlier text first
        by_gram, here = kept[order], here[order]
        self._posted = doc[by_gram]
        self._from = np.empty(len(doc), dtype=np.int64)
        self._from[by_gram] = np.searchsorted(here, here)
        # Where each looked-up entry itself stands among the posted ones: all before it are earlier texts.
        self._own = np.empty(len(doc), dtype=np.int64)
        self._own[by_gram] = np.arange(len(by_gram))

    def candidates(self, at: int) -> NDArray[np.int64]:
        """Give the earlier texts of its place that share one of the rarest groups with this one."""
        span = np.arange(self._starts[at], self._starts[at + 1])
        span = span[self._is_key[span]]
        first, own = self._from[span], self._own[span]
        some = [
            self._posted[a:b] for a, b in zip(first.tolist(), own.tolist(), strict=True) if b > a
        ]
        found: NDArray[np.int64] = (
            np.unique(np.concatenate(some)) if some else np.empty(0, dtype=np.int64)
        )
        return found

    def likeness(self, at: int, others: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the cosine of a text with each of some others."""
        starts = self._starts
        own = slice(starts[at], starts[at + 1])
        self._dense[self._gram[own]] = self._weight[own]
        lengths = starts[others + 1] - starts[others]
        ends = np.cumsum(lengths)
        spots = np.arange(ends[-1]) + np.repeat(starts[others] - ends + lengths, lengths)
        products = self._dense[self._gram[spots]] * self._weight[spots]
        self._dense[self._gram[own]] = 0.0
        cosines: NDArray[np.float64] = np.add.reduceat(products, ends - lengths)
        return cosines


def _grams(keys: Sequence[str]) -> tuple[Any, Any]:
    """Give every group of two and three characters as a number, with the position of its text."""
    letters = np.frombuffer("".join(keys).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    doc = np.repeat(np.arange(len(keys)), [len(key) for key in keys])
    two = doc[:-1] == doc[1:]
    pairs = ((letters[:-1] << _BITS) | letters[1:])[two]
    three = doc[:-2] == doc[2:]
    triples = ((letters[:-2] << 2 * _BITS) | (letters[1:-1] << _BITS) | letters[2:])[three]
    return np.concatenate((doc[:-1][two], doc[:-2][three])), np.concatenate((pairs, triples))


# --- what tells a topic ---------------------------------------------------------


def telling_words(texts: Sequence[str], others: Sequence[str], *, most: int = 3) -> list[str]:
    """Give the words that most of these texts have and few of the others, the most telling first."""
    keys = [search_key(one) for one in texts]
    seen: Counter[str] = Counter()
    for key in keys:
        seen.update(_pieces(key))
    owed = max(2, (len(keys) + 1) // 2)
    rest = [search_key(one) for one in others]
    scored = []
    for piece, number in seen.items():
        if number >= owed:
            elsewhere = sum(piece in key for key in rest) / max(len(rest), 1)
            scored.append((number / len(keys) * len(piece) * (1 - elsewhere), piece))
    found: list[str] = []
    for _score, piece in sorted(scored, key=lambda pair: (-pair[0], pair[1])):
        if not any(set(pairs(piece)) & set(pairs(one)) for one in found):
            found.append(piece)
    return found[:most]


def _pieces(key: str) -> set[str]:
    found: set[str] = set()
    for word in key.translate(_BREAKS).split():
        if word.isascii():
            found |= {word} if len(word) > _RARE and word.isalpha() else set()
        else:
            plain = word.translate(_MARKS)
            for size in (2, 3, 4):
                found.update(plain[at : at + size] for at in range(len(plain) - size + 1))
    return found


def pairs(word: str) -> list[str]:
    """Give the pairs of neighbouring characters of a word."""
    return [one + two for one, two in pairwise(word)]


# --- how hot it is ---------------------------------------------------------------


def heat_of(recent: int, before: int, voices: int) -> float:
    """Say how hot a topic is: the people behind it, the cases of the last four weeks, and their growth against the four before."""
    growth = (recent + 1) / (before + 1)
    return round((recent + voices) * math.sqrt(min(growth, 4.0)), 2)
