"""What people write to the node by text message, in a form that any telephone can send. Pure.

| to do | Chinese | English |
|---|---|---|
| report | `报 <place> <words>` | `R <place> <words>` |
| ask | `查 <code>` | `Q <code>` |
| say more | `补 <code> <words>` | `M <code> <words>` |
| confirm | `好 <code>` | `Y <code>` |
| reject | `不行 <code> <words>` | `N <code> <words>` |
| no more messages | `退订` | `STOP` |
| messages again | `恢复` | `START` |

The code is the reporter's code or the number of the case. Whatever else
somebody writes is answered with how to write; nothing is guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from renwang.base.pure.text import fold_width


class Wish(StrEnum):
    """What somebody wants by a text message."""

    REPORT = "report"
    ASK = "ask"
    ADD = "add"
    CONFIRM = "confirm"
    REJECT = "reject"
    STOP = "stop"  # no more messages to this number, about whatever case
    START = "start"
    HOW = "how"  # nothing that is known: he is told how


@dataclass(frozen=True, slots=True)
class Said:
    """A text message as it was read: what is wanted, of which case, in which words."""

    wish: Wish
    words: str = ""  # of a report with its place before them; of an unknown text all of it
    code: str = ""
    language: str = "zh-hans"


_WISHES = {
    Wish.REPORT: ("报告", "上报", "报事", "报", "r", "report"),
    Wish.ASK: ("查询", "查", "q", "query", "ask"),
    Wish.ADD: ("补充", "补", "m", "more", "add"),
    Wish.CONFIRM: ("满意", "解决了", "好", "y", "yes", "confirm"),
    Wish.REJECT: ("不满意", "没解决", "不行", "n", "no", "reject"),
    Wish.STOP: ("退订", "td", "t", "stop", "unsubscribe"),
    Wish.START: ("恢复", "start"),
}
_ALONE = (Wish.STOP, Wish.START)
"""Said by one word and nothing else: “stop the noise” is no wish for no more messages."""
_BY_WORD = {word: wish for wish, words in _WISHES.items() for word in words}
_HAN_WORDS = sorted((one for one in _BY_WORD if not one.isascii()), key=len, reverse=True)
_GAP = " \t\r\n,.:;!?#*+，。、；：！？　"
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]++(?![0-9A-Za-z])")
# Four groups of four with blanks or hyphens, or one word with a digit or a hyphen in it and six signs at least.
_CODE = re.compile(
    r"(?:[0-9A-Z]{4}[ -]){3}[0-9A-Z]{4}(?![0-9A-Z])"
    r"|[0-9A-Z]{16}(?![0-9A-Z])"
    r"|(?=[A-Z-]*[0-9-])[0-9A-Z][0-9A-Z-]{4,30}[0-9A-Z](?![0-9A-Z])",
    re.IGNORECASE,
)
LONGEST_NAME = 40


def read_text(text: str) -> Said:
    """Read a text message. Every text is read as something; what is not known is `Wish.HOW`.

    Only width is folded to find word and code: the words stay as they were typed.
    """
    plain = text.replace("\x00", "").strip(_GAP)
    language = "zh-hans" if _HAN.search(plain) else "en"
    word, at = _first(fold_width(plain))
    wish, rest = _BY_WORD.get(word), plain[at:].lstrip(_GAP)
    if wish in _ALONE and not rest:
        return Said(wish, language=language)
    if wish is None or wish in _ALONE or not rest:
        return Said(Wish.HOW, plain, language=language)
    if wish is Wish.REPORT:
        return Said(wish, rest, language=language)
    found = _CODE.match(fold_width(rest))
    words = rest[found.end() :].lstrip(_GAP) if found else ""
    if found is None or (wish in (Wish.ADD, Wish.REJECT) and not words):
        return Said(Wish.HOW, plain, language=language)
    return Said(wish, words, found[0].upper(), language)


def _first(plain: str) -> tuple[str, int]:
    """Find the first word and where it ends. Chinese needs no blank after it: `报3栋漏水` is a report."""
    for word in _HAN_WORDS:
        if plain.startswith(word):
            return word, len(word)
    head = _LATIN_WORD.match(plain)
    return (head[0].lower(), head.end()) if head else ("", 0)


def places_in(words: str) -> Iterator[tuple[str, str]]:
    """Give what may be the place at the beginning of a report, the longest first, each with what is left to be said."""
    for at in range(min(len(words) - 1, LONGEST_NAME), 0, -1):
        if words[at - 1] in _GAP:
            continue
        if (left := words[at:].strip(_GAP)) and not _cuts(words, at):
            yield words[:at], left


def _cuts(words: str, at: int) -> bool:
    """Would a cut here go through the middle of a number or of a word of letters?"""
    before, after = words[at - 1], words[at]
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum()


# --- how much comes by one number -------------------------------------------

TEXTS_IN_AN_HOUR = 12
TOLD_HOW_IN_AN_HOUR = 2
"""Two nodes that tell each other how to write would never end; a person has read it by then."""


def is_heard(number: int) -> bool:
    """Say whether the next text of a number is still read within the hour."""
    return number <= TEXTS_IN_AN_HOUR


def is_told_how(number: int) -> bool:
    """Say whether a number is told once more how to write within the hour."""
    return number <= TOLD_HOW_IN_AN_HOUR
