"""What makes an answer one: what was done or decided, by whom, when, on what ground, what comes next. Pure.

The checker advises before an answer is sent; a person decides. It never
stops anybody, because what is right for one case may look short in another.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from renwang.base.pure.likeness import likeness, pairs_of
from renwang.base.pure.text import search_key
from renwang.cases.rules import End


class Finding(StrEnum):
    """What is missing in an answer, or wrong with it."""

    TOO_SHORT = "too_short"
    NO_ACT = "no_act"
    NO_DATE = "no_date"
    NO_GROUND = "no_ground"
    NO_NEXT = "no_next"
    CANNED = "canned"
    COPY = "copy"
    ECHO = "echo"  # it says back what the reporter said


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it is about to be sent."""

    words: str  # what was done or decided, and why not where it was not
    end: End | None = None
    who: str = ""  # the office or post that did it
    done_on: date | None = None
    ground: str = ""
    following: str = ""  # what comes next
    whose: str = ""  # where it is not ours


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by which acts and set phrases are known, folded for searching; data, by language."""

    acts: tuple[str, ...]
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that the checker found; `about` is what it rests on, such as the phrase or the earlier case."""

    finding: Finding
    about: str = ""


def read_lexicon(body: Mapping[str, Mapping[str, Iterable[str]]]) -> Lexicon:
    """Read the words of all languages from their JSON form."""
    languages = list(body.values())
    return Lexicon(
        tuple(search_key(word) for one in languages for word in one["acts"]),
        tuple(search_key(word) for one in languages for word in one["phrases"]),
    )


SHORTEST = 20
"""Signs, punctuation left out, under which nothing of substance was ever said; a Latin letter counts a third."""

COPY_FROM = 0.82
ECHO_FROM = 0.75
_PHRASES_FILL = 0.5
_DATE = re.compile(
    r"\d{4}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}|\d{1,2}\s*月\s*\d{1,2}\s*[日号]"
    r"|\b\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
_MARK = re.compile(r"[\W_]+")
_LATIN = re.compile(r"[a-z0-9]")


def weigh(words: str) -> float:
    """Say how much a text says: one for every sign, a third for a Latin letter or figure."""
    plain = _MARK.sub("", search_key(words))
    latin = len(_LATIN.findall(plain))
    return len(plain) - latin + latin / 3


def advise(
    said: Said,
    lexicon: Lexicon,
    *,
    brought: str = "",
    earlier: Iterable[tuple[str, str]] = (),
) -> list[Advice]:
    """Say what is missing in an answer; nothing where it says what it must.

    `brought` are the words of the reporter, `earlier` answers given before as
    (number of the case, words).
    """
    key = search_key(said.words)
    found = []
    if weigh(said.words) < SHORTEST:
        found.append(Advice(Finding.TOO_SHORT))
    if not any(word in key for word in lexicon.acts):
        found.append(Advice(Finding.NO_ACT))
    if said.done_on is None and not _DATE.search(key):
        found.append(Advice(Finding.NO_DATE))
    if not said.ground.strip():
        found.append(Advice(Finding.NO_GROUND))
    if said.end is not End.DONE and said.end is not End.BY_ITSELF and not said.following.strip():
        found.append(Advice(Finding.NO_NEXT))
    if phrase := _canned(key, lexicon):
        found.append(Advice(Finding.CANNED, phrase))
    return [*found, *_copied(key, brought, earlier)]


def _canned(key: str, lexicon: Lexicon) -> str:
    """Give the longest set phrase where such phrases make up half of what is said."""
    used = [phrase for phrase in lexicon.phrases if phrase in key]
    if not used or sum(map(len, used)) < _PHRASES_FILL * len(_MARK.sub("", key)):
        return ""
    return max(used, key=len)


def _copied(key: str, brought: str, earlier: Iterable[tuple[str, str]]) -> list[Advice]:
    own = pairs_of(key)
    found = []
    if brought and likeness(own, pairs_of(search_key(brought))) >= ECHO_FROM:
        found.append(Advice(Finding.ECHO))
    alike = [(likeness(own, pairs_of(search_key(words))), ref) for ref, words in earlier]
    best = max(alike, default=(0.0, ""))
    if best[0] >= COPY_FROM:
        found.append(Advice(Finding.COPY, best[1]))
    return found
