"""What a check of the doctor says: how well something is, in words, and what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what was looked at, how it is, and what to do where it is not well."""

    check: str
    level: Level
    words: str
    remedy: str = ""


Told = list[tuple[Level, str, str]]
"""What a check tells: how bad, in words, and what to do."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at. Its name is the function's."""

    look: Callable[[datetime], Told]
    reads_tables: bool = False  # left out where the tables are missing or of another version
    remedy: Callable[[], str] = lambda: ""  # what to do where the check itself fails

    @property
    def name(self) -> str:
        """What the report calls it."""
        return self.look.__name__
