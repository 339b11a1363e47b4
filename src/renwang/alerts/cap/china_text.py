"""Read a Chinese public warning text: what, how grave, by whom, when.

The texts follow one sentence: 某气象台某年某月某日某时某分发布某某黄色预警[Ⅲ级/较重].
Nothing is guessed: a part that the words do not say stays None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from .china import BEIJING


class Act(StrEnum):
    """What the text does with the warning."""

    ISSUED = "issued"
    RENEWED = "renewed"
    CHANGED = "changed"
    LIFTED = "lifted"


COLOUR_WORDS: Mapping[str, str] = MappingProxyType(
    {"红色": "Red", "橙色": "Orange", "黄色": "Yellow", "蓝色": "Blue"}
)
"""Colours as the public reads them, and as the Chinese profile writes them."""

ACT_WORDS: Mapping[str, Act] = MappingProxyType(
    {
        "继续发布": Act.RENEWED,
        "更新发布": Act.CHANGED,
        "变更发布": Act.CHANGED,
        "发布": Act.ISSUED,
        "更新": Act.CHANGED,
        "变更": Act.CHANGED,
        "升级": Act.CHANGED,
        "降级": Act.CHANGED,
        "解除": Act.LIFTED,
        "撤销": Act.LIFTED,
    }
)


@dataclass(frozen=True, slots=True)
class ChineseText:
    """What a text says of itself. `issued_at` is aware; the text is in Beijing time.

    `earlier_colour` is the colour that a change replaces. `level` is as
    printed (`Ⅲ级`), and so is `level_word` (`较重`).
    """

    issuer: str | None = None
    issued_at: datetime | None = None
    act: Act | None = None
    hazard: str | None = None
    colour: str | None = None
    earlier_colour: str | None = None
    level: str | None = None
    level_word: str | None = None


# 发布 is also part of the name of who issues (发布中心): there it is no act. Spaces are never given
# back: in a text of spaces every further try would begin at each of them again.
_SENTENCE = re.compile(
    r"\s*+(?P<issuer>[^，,。：:；;\s]{1,60}?)"
    r"\s*+(?:(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
    r"(?P<hour>\d{1,2})时(?:(?P<minute>\d{1,2})分)?\s*+)?"
    rf"(?P<act>{'|'.join(sorted(ACT_WORDS, key=len, reverse=True))})(?!中心)"
    r"(?P<what>[^，,。：:；;]{1,120})"
)
_LEVEL = re.compile(r"[\[【(（]\s*([ⅠⅡⅢⅣIV一二三四]{1,3}级)\s*[/／]\s*([^\]】)）]{1,8})[\]】)）]")
_BARE = re.compile(r"([^\[【(（]{1,30}?)预警")


def read_chinese_text(
    headline: str, description: str = "", *, colours: Mapping[str, str] = COLOUR_WORDS
) -> ChineseText:
    """Read both texts; where both say something, the description is the fuller one."""
    first, second = _read(description, colours), _read(headline, colours)
    return ChineseText(
        issuer=first.issuer or second.issuer,
        issued_at=first.issued_at or second.issued_at,
        act=first.act if first.act not in (None, Act.ISSUED) else second.act or first.act,
        hazard=first.hazard or second.hazard,
        colour=first.colour or second.colour,
        earlier_colour=first.earlier_colour or second.earlier_colour,
        level=first.level or second.level,
        level_word=first.level_word or second.level_word,
    )


def _read(text: str, colours: Mapping[str, str]) -> ChineseText:
    sentence = _SENTENCE.match(text)
    if sentence is None:
        return ChineseText()
    what = sentence["what"]
    # 蓝色为暴雨黄色: a change names both, the one that holds last.
    named = _before_colour(tuple(colours)).findall(what)
    hazard, colour, earlier = None, None, None
    if named:
        hazard = _without_signal(named[-1][0]) or _without_signal(named[0][0])
        colour = colours[named[-1][1]]
        earlier = colours[named[0][1]] if len(named) > 1 else None
    elif (bare := _BARE.match(what)) is not None:
        hazard = bare[1]
    level = _LEVEL.search(what)
    return ChineseText(
        issuer=sentence["issuer"],
        issued_at=_issued_at(sentence),
        act=ACT_WORDS[sentence["act"]],
        hazard=hazard or None,
        colour=colour,
        earlier_colour=earlier,
        level=level[1] if level else None,
        level_word=level[2].strip() if level else None,
    )


@cache
def _before_colour(words: tuple[str, ...]) -> re.Pattern[str]:
    """Find what stands before each word for a colour."""
    return re.compile(rf"([^为\[【(（]*?)({'|'.join(map(re.escape, words))})")


def _without_signal(words: str) -> str:
    """Drop what is left of the name of the signal before: 预警信号为…"""
    return words.removeprefix("预警信号").removeprefix("预警").strip()


def _issued_at(sentence: re.Match[str]) -> datetime | None:
    if sentence["year"] is None:
        return None
    year, month, day, hour = (int(sentence[part]) for part in ("year", "month", "day", "hour"))
    try:
        return datetime(year, month, day, hour, int(sentence["minute"] or 0), tzinfo=BEIJING)
    except ValueError:
        return None
