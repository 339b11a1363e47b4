"""Kinds of hazard: what may happen, in the four categories of the national classification.

The four categories are the top layer of GB/T 35561-2017 (突发事件分类与编码). Its
table of sub-codes is not shipped; `code` is a place for them, filled where a
place knows its own. Keys are those of the warning desk's wordings, so that a
duty, a risk and a warning about one hazard find each other; a key outside the
list is kept as it is, because real data holds kinds that no list has.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

_SHIPPED = Path(__file__).with_name("hazards.json")

EVERY = "all"
"""What a duty is for that applies wherever none was made for the very hazard; no kind of its own."""
EVERY_NAMES: Mapping[str, str] = {"zh": "所有灾害", "en": "All hazards"}


class Category(StrEnum):
    """The four kinds of emergency."""

    NATURAL = "natural"  # 自然灾害
    ACCIDENT = "accident"  # 事故灾难
    HEALTH = "health"  # 公共卫生事件
    SECURITY = "security"  # 社会安全事件


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of hazard. `code` is its national sub-code, empty where it is not known."""

    key: str
    category: Category
    names: Mapping[str, str]
    code: str = ""

    def name(self, language: str) -> str:
        """Its name in a language, in English where there is none."""
        return self.names.get(language.lower().partition("-")[0]) or self.names["en"]


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind that ships, by key, in the order in which they are offered."""
    rows = json.loads(_SHIPPED.read_text(encoding="utf-8"))
    return {
        row["key"]: Kind(row["key"], Category(row["category"]), row["names"], row["code"])
        for row in rows
    }


def name_of(key: str, language: str) -> str:
    """Name a kind of hazard, or all of them, for people; a kind that no list has is called by its own key."""
    names = names_of(key)
    return (names.get(language.lower().partition("-")[0]) or names["en"]) if names else key


def names_of(key: str) -> Mapping[str, str]:
    """Give the names of a kind of hazard, or of all of them, by language; none for a kind that no list has."""
    if key == EVERY:
        return EVERY_NAMES
    kind = kinds().get(key)
    return kind.names if kind else {}
