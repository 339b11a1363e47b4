"""Advise on plain language: which spots of a text many people will stumble over, and what to say instead.

Advice only: it marks and never refuses. Chinese: sentences of at most 40
characters, clauses of at most 22, everyday words, figures in digits, no chains
of passives or of 的, no character outside the 3,755 of the first level of the
national character set (GB/T 2312). English: sentences of at most 20 words,
words of at most three syllables, no passives.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

SENTENCE_AT_MOST = 40
CLAUSE_AT_MOST = 22
WORDS_IN_A_SENTENCE = 20
LETTERS_IN_A_WORD = 13
SYLLABLES_IN_A_WORD = 4


class Snag(StrEnum):
    """What makes a spot hard to read."""

    LONG_SENTENCE = "long_sentence"
    LONG_CLAUSE = "long_clause"
    JARGON = "jargon"
    LONG_WORD = "long_word"
    WORDS_FOR_FIGURES = "words_for_figures"
    PASSIVE = "passive"
    CHAIN = "chain"  # 的 upon 的
    EMPTY_VERB = "empty_verb"  # 对…进行…
    RARE_CHARACTER = "rare_character"
    TWICE_NOT = "twice_not"


@dataclass(frozen=True, slots=True)
class Spot:
    """One spot: where it stands in the text, why it is hard, and what could stand there instead."""

    start: int
    end: int
    snag: Snag
    better: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text for showing: plain, or marked with what is hard about it."""

    text: str
    spot: Spot | None = None


def advise(text: str, language: str) -> list[Spot]:
    """Find the hard spots of a text, first to last; none in a language that is not known here."""
    main = language.casefold().partition("-")[0]
    if main == "zh":
        found = _chinese(text)
    elif main == "en":
        found = _english(text)
    else:
        return []
    return sorted(found, key=lambda spot: (spot.start, -spot.end, spot.snag))


def mark(text: str, spots: list[Spot]) -> list[Piece]:
    """Cut a text into pieces for showing; of spots that overlap the shortest is marked."""
    chosen: list[Spot] = []
    for spot in sorted(spots, key=lambda one: (one.end - one.start, one.start)):
        if all(spot.end <= other.start or spot.start >= other.end for other in chosen):
            chosen.append(spot)
    pieces, at = [], 0
    for spot in sorted(chosen, key=lambda one: one.start):
        if spot.start > at:
            pieces.append(Piece(text[at : spot.start]))
        pieces.append(Piece(text[spot.start : spot.end], spot))
        at = spot.end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return pieces


@cache
def _plain_words(language: str) -> Mapping[str, str]:
    data = files("renwang.bulletins").joinpath("data/plain.json").read_text(encoding="utf-8")
    words: dict[str, str] = json.loads(data)[language]
    return words


# --- Chinese ----------------------------------------------------------------

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_CLAUSE = re.compile(r"[^，,、：:。！？!?；;\n（）()“”]+")
_COUNTED = re.compile(f"[{_HAN}A-Za-z0-9]")
_NUMERAL = "〇零一二三四五六七八九十百千"
# Each run of numerals is read once, however long somebody makes it.
_FIGURES = re.compile(
    f"(?<![{_NUMERAL}])[{_NUMERAL}]++"
    r"(?:时[〇零一二三四五六七八九十]{1,9}分|点[〇零一二三四五六七八九十]{1,9}分|时许?|点钟|月[一二三四五六七八九十]{1,9}日"
    f"|(?<=[{_NUMERAL}]{{2}})(?=[户人次米吨元毫里级]))"
)
_APART = frozenset(["不得", *"该其系均逾达故须"])
# These are only meant where they stand as words of their own.
_ALONE: Mapping[str, re.Pattern[str]] = {
    "不得": re.compile(r"(?<!了)不得(?![不了已])"),
    "该": re.compile(r"(?<![应活])该(?=[路段桥处区楼院河点小社单])"),
    "其": re.compile(r"(?<![尤极与])其(?![他它中实次余间])"),
    "系": re.compile(r"(?<=[，。：])?(?<![联关体水山])系(?=[^统列数带])"),
    "均": re.compile(r"(?<![平人户])均(?![匀衡等])"),
    "逾": re.compile(r"逾(?!期)"),
    "达": re.compile(r"(?<![到抵发表传])达(?=\d)"),
    "故": re.compile(r"(?<=[，。；])故(?![障意事])"),
    "须": re.compile(r"(?<!必)须(?!知)"),
}
_PASSIVE = re.compile(
    r"被[^，。；！？\n]{1,12}被|应予以?|[^，。；！？\n]{0,4}被予以|由[^，。；！？\n]{1,14}予以"
)
_EMPTY_VERB = re.compile(r"对[^，。；！？\n]{1,14}(?:进行|加以|予以|实施|开展)[^，。；！？\n]{0,4}")
_CHAIN = re.compile(r"(?:[^，。；！？、\n的]{1,10}的){3,}[^，。；！？、\n]{0,4}")
_TWICE_NOT = re.compile(r"不得不|不能不|无不|并非不|不会不|未必不|不是不")
_RARE = re.compile(f"[{_HAN}]+")


def _chinese(text: str) -> Iterator[Spot]:
    yield from _too_long(text, _SENTENCE, SENTENCE_AT_MOST, Snag.LONG_SENTENCE)
    yield from _too_long(text, _CLAUSE, CLAUSE_AT_MOST, Snag.LONG_CLAUSE)
    for pattern, snag in (
        (_FIGURES, Snag.WORDS_FOR_FIGURES),
        (_PASSIVE, Snag.PASSIVE),
        (_EMPTY_VERB, Snag.EMPTY_VERB),
        (_CHAIN, Snag.CHAIN),
        (_TWICE_NOT, Snag.TWICE_NOT),
    ):
        for found in pattern.finditer(text):
            yield Spot(*found.span(), snag)
    yield from _chinese_jargon(text)
    for run in _RARE.finditer(text):
        for at, letter in enumerate(run[0], run.start()):
            if is_rare(letter):
                yield Spot(at, at + 1, Snag.RARE_CHARACTER)


def _too_long(text: str, pattern: re.Pattern[str], at_most: int, snag: Snag) -> Iterator[Spot]:
    for found in pattern.finditer(text):
        if len(_COUNTED.findall(found[0])) > at_most:
            yield Spot(*_trimmed(text, *found.span()), snag)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


@cache
def _jargon_pattern(language: str) -> re.Pattern[str]:
    words = sorted(_plain_words(language), key=len, reverse=True)
    if language == "zh":
        return re.compile("|".join(word for word in words if word not in _APART))
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


def _chinese_jargon(text: str) -> Iterator[Spot]:
    words = _plain_words("zh")
    for found in _jargon_pattern("zh").finditer(text):
        yield Spot(*found.span(), Snag.JARGON, words[found[0]])
    for word, pattern in _ALONE.items():
        for found in pattern.finditer(text):
            yield Spot(*found.span(), Snag.JARGON, words[word])


def is_rare(letter: str) -> bool:
    """Say whether a Chinese character lies outside the first level of GB/T 2312, rows 16 to 55."""
    try:
        row = letter.encode("gb2312")[0]
    except UnicodeEncodeError:
        return True
    return row >= 0xD8


# --- English ----------------------------------------------------------------

_ENGLISH_SENTENCE = re.compile(r"[^.!?;\n]+(?:\.\d[^.!?;\n]*)*")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_SYLLABLE = re.compile(r"[aeiouy]+", re.IGNORECASE)
_ENGLISH_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?(?:\w{3,}ed|taken|given|known|shown|done|"
    r"made|kept|found|told|sent|held|built|cut|shut|driven|broken)\b",
    re.IGNORECASE,
)
_ENGLISH_TWICE_NOT = re.compile(r"\bnot\s+un\w+|\bnot\s+impossible\b", re.IGNORECASE)


def _english(text: str) -> Iterator[Spot]:
    for found in _ENGLISH_SENTENCE.finditer(text):
        if len(_WORD.findall(found[0])) > WORDS_IN_A_SENTENCE:
            yield Spot(*_trimmed(text, *found.span()), Snag.LONG_SENTENCE)
    words = _plain_words("en")
    taken: list[tuple[int, int]] = []
    for found in _jargon_pattern("en").finditer(text):
        taken.append(found.span())
        yield Spot(*found.span(), Snag.JARGON, words[found[0].casefold()])
    for found in _WORD.finditer(text):
        inside = any(start <= found.start() < end for start, end in taken)
        if not inside and _is_long(found[0]):
            yield Spot(*found.span(), Snag.LONG_WORD)
    for found in _ENGLISH_PASSIVE.finditer(text):
        yield Spot(*found.span(), Snag.PASSIVE)
    for found in _ENGLISH_TWICE_NOT.finditer(text):
        yield Spot(*found.span(), Snag.TWICE_NOT)


def _is_long(word: str) -> bool:
    if word[0].isupper():
        return False  # a name
    plain = word.casefold().removesuffix("es").removesuffix("ed")
    return len(word) > LETTERS_IN_A_WORD or len(_SYLLABLE.findall(plain)) > SYLLABLES_IN_A_WORD
