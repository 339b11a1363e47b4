"""Structures: the levels of a chain and the roles at each, as data (C1).

A structure is a JSON file in this folder, or in the folder named by
`RENWANG_STRUCTURES`. Code asks what a level *is for* (`carries_to_doors`,
`may_originate`, `is_grid`), never what it is called.
"""

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path


class UnknownStructure(KeyError):
    """No structure or level of that key is known."""


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of post at a level; `answers` marks the one a warning is addressed to.

    `bundle` names the capabilities that come with the post, empty for none.
    """

    key: str
    titles: dict[str, str]
    answers: bool
    bundle: str = ""

    def title(self, language: str) -> str:
        """The role's title in a language, else in Chinese."""
        return self.titles.get(language) or self.titles["zh-hans"]


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a chain, topmost first."""

    key: str
    names: dict[str, str]
    rank: int  # 0 is the top of the structure
    roles: tuple[Role, ...]
    may_originate: bool  # an official warning to the public may start here (county level and above)
    is_grid: bool
    carries_to_doors: bool  # its posts knock at the doors themselves

    def name(self, language: str) -> str:
        """The level's name in a language, else in Chinese."""
        return self.names.get(language) or self.names["zh-hans"]

    def role(self, key: str) -> Role | None:
        """The role of that key, None for a post outside the structure."""
        return next((role for role in self.roles if role.key == key), None)


@dataclass(frozen=True, slots=True)
class Structure:
    """A chain of levels of one country or kind of place."""

    key: str
    names: dict[str, str]
    levels: tuple[Level, ...]

    def name(self, language: str) -> str:
        """The structure's name in a language, else in Chinese."""
        return self.names.get(language) or self.names["zh-hans"]

    def level(self, key: str) -> Level:
        """The level of that key. Raises UnknownStructure."""
        for level in self.levels:
            if level.key == key:
                return level
        raise UnknownStructure(f"{self.key}/{key}")


def _folders() -> list[Path]:
    more = os.environ.get("RENWANG_STRUCTURES", "")
    return [Path(__file__).parent, *([Path(more)] if more else [])]


@cache
def structures() -> dict[str, Structure]:
    """Return every structure by its key; one in the node's own folder replaces a shipped one."""
    found = {}
    for folder in _folders():
        for path in sorted(folder.glob("*.json")):
            data = json.loads(path.read_text(encoding="utf-8"))
            found[data["key"]] = _read(data)
    return found


def structure(key: str) -> Structure:
    """Return one structure. Raises UnknownStructure."""
    try:
        return structures()[key]
    except KeyError:
        raise UnknownStructure(key) from None


def _read(data: dict) -> Structure:
    levels = tuple(
        Level(
            key=level["key"],
            names=level["name"],
            rank=rank,
            roles=tuple(
                Role(role["key"], role["title"], role.get("answers", False), role.get("bundle", ""))
                for role in level["roles"]
            ),
            may_originate=level.get("may_originate", False),
            is_grid=level.get("is_grid", False),
            carries_to_doors=level.get("carries_to_doors", False),
        )
        for rank, level in enumerate(data["levels"])
    )
    return Structure(data["key"], data["name"], levels)
