"""A warning that came as words only: by telephone, by chat, read off a screen. Pure.

What the words say of type, colour, level, issuer, time and how long is read out of them, so that
whoever enters the warning by hand only checks it. Nothing is guessed: what the words do not say
stays empty. The words themselves are kept as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from renwang.alerts import cap
from renwang.alerts.cap.china import COLOURS
from renwang.alerts.cap.china_text import Act, ChineseText

LONGEST = 20_000  # characters
_HEADLINE = 60
_TAG = re.compile(r"[【\[][^】\]\n]{1,30}[】\]]\s*+")
_GREETING = re.compile(r"[^：:，,。\n]{1,20}[：:]\s*+")
_END = re.compile(r"[：:。；;\n\[【]")
_HOURS = re.compile(r"(?:预计|未来)[^。；;\n]{0,8}?(\d{1,2})\s?(?:个)?小时")


@dataclass(frozen=True, slots=True)
class PlainText:
    """What the words of a warning say of themselves; `headline` is their first sentence."""

    words: str
    headline: str
    said: ChineseText
    lasts: timedelta | None = None

    @property
    def expires_at(self) -> datetime | None:
        """When it ends, by its own words: the hours it speaks of, from its issue."""
        if self.said.issued_at is None or self.lasts is None:
            return None
        return self.said.issued_at + self.lasts


def is_plain(text: str) -> bool:
    """Is a message that was pasted words, and not a document?"""
    return bool(text.strip()) and not text.lstrip("\ufeff \t\r\n").startswith(("<", "{", "PK"))


def read_words(text: str) -> PlainText | None:
    """Read a pasted message that is words and speaks of a warning; None for any other."""
    read = read_plain(text) if is_plain(text) else None
    return read if read is not None and read.said.act is not None else None


def read_plain(text: str) -> PlainText:
    """Read a text; it may begin with a tag in brackets, with whom it greets, or with its headline."""
    words = text[:LONGEST].strip()
    said, headline = ChineseText(), ""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    for line in lines[:5]:
        found, first = _read_line(line)
        if found.act is not None:
            said = _fuller(said, found)
            headline = headline or first
    return PlainText(words, headline or _first_sentence(words), said, _lasts(words))


def _read_line(line: str) -> tuple[ChineseText, str]:
    """Read a line from behind its tag, and from behind whom it greets."""
    tag = _TAG.match(line)
    starts = [line[tag.end() :] if tag else line]
    if found := _GREETING.match(starts[0]):
        starts.append(starts[0][found.end() :])
    read = [(cap.read_chinese_text("", start), start) for start in starts]
    best = max(read, key=lambda one: (one[0].colour is not None, one[0].act is not None))
    return best[0], _first_sentence(best[1])


def _fuller(one: ChineseText, other: ChineseText) -> ChineseText:
    """Keep what the first line said, and take from the next what it left open."""
    parts = (
        "issuer",
        "issued_at",
        "act",
        "hazard",
        "colour",
        "earlier_colour",
        "level",
        "level_word",
    )
    later = {part: getattr(other, part) for part in parts if getattr(one, part) is None}
    if other.issued_at is not None:
        later["issuer"] = other.issuer  # the sentence with the time names who issued it in full
    return replace(one, **later)


def _first_sentence(text: str) -> str:
    found = _END.search(text)
    first = (text[: found.start()] if found else text).strip()
    return first if len(first) <= _HEADLINE else f"{first[: _HEADLINE - 1]}…"


def _lasts(words: str) -> timedelta | None:
    found = _HOURS.search(words)
    return timedelta(hours=int(found[1])) if found and int(found[1]) else None


@dataclass(frozen=True, slots=True)
class Entered:
    """What somebody entered by hand, or let stand as it was read."""

    headline: str
    words: str
    issuer: str
    issued_at: datetime
    hazard: str
    colour: str  # "Red" to "Blue", or nothing
    area: str
    code: str = ""
    expires_at: datetime | None = None
    is_lifted: bool = False


def say_as_cap(entered: Entered, *, sender: str) -> cap.Alert:
    """Write a message that was entered by hand, unsigned and under the name of who took it down.

    The same words of the same moment are the same message, however often they are entered.
    """
    digest = sha256(entered.words.encode()).hexdigest()[:16]
    geocodes = (cap.Named("division", entered.code),) if entered.code else ()
    info = cap.Info(
        categories=(cap.Category.MET,),
        event=entered.hazard or entered.headline,
        urgency=cap.Urgency.UNKNOWN,
        severity=COLOURS.get(entered.colour, cap.Severity.UNKNOWN),
        certainty=cap.Certainty.UNKNOWN,
        language="zh-CN",
        effective=cap.Moment.of(entered.issued_at),
        expires=cap.Moment.of(entered.expires_at) if entered.expires_at else None,
        sender_name=entered.issuer,
        headline=entered.headline,
        description=entered.words,
        parameters=(cap.Named(cap.COLOUR_PARAMETER, entered.colour),) if entered.colour else (),
        areas=(cap.Area(entered.area, geocodes=geocodes),),
    )
    return cap.Alert(
        identifier=digest,
        sender=sender,
        sent=cap.Moment.of(entered.issued_at),
        status=cap.Status.ACTUAL,
        msg_type=cap.MsgType.CANCEL if entered.is_lifted else cap.MsgType.ALERT,
        scope=cap.Scope.PUBLIC,
        infos=(info,),
    )


__all__ = ["Act", "Entered", "PlainText", "is_plain", "read_plain", "read_words", "say_as_cap"]
