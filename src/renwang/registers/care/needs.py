"""Needs: what help somebody may need, in what rhythm, and what each hazard does to whom. Configuration.

What ships is `needs.json`; a node with other needs names its own file by
`RENWANG_CARE_NEEDS`. The minutes in it say in which order one knocks, not how
long anybody can hold out: they are no medical advice.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from renwang.registers.care.rules import Rhythm

_SHIPPED = Path(__file__).with_name("needs.json")


@dataclass(frozen=True, slots=True)
class Need:
    """A help that somebody needs; `bears` says within how many minutes of an effect somebody should be there."""

    key: str
    names: Mapping[str, str]
    rhythm: Rhythm
    bears: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Needs:
    """All that is known of needs, effects and hazards."""

    needs: Mapping[str, Need]
    effects: Mapping[str, Mapping[str, str]]
    hazards: Mapping[str, Sequence[str]]

    @property
    def rhythms(self) -> Mapping[str, Rhythm]:
        """The rhythm of every need."""
        return {key: one.rhythm for key, one in self.needs.items()}

    @property
    def bears(self) -> Mapping[str, Mapping[str, int]]:
        """What every need cannot bear."""
        return {key: one.bears for key, one in self.needs.items()}

    def effects_of(self, hazard: str) -> Sequence[str] | None:
        """Say what a hazard does; None where nobody has said."""
        return self.hazards.get(hazard)


def known_needs() -> Needs:
    """Return the needs of this node."""
    return _read(Path(settings.RENWANG_CARE_NEEDS or _SHIPPED))


def need_name(key: str, language: str) -> str:
    """Name a need for people; one that is no longer known is called by its key."""
    one = known_needs().needs.get(key)
    return _named(one.names, language) if one else key


def effect_name(key: str, language: str) -> str:
    """Name what a hazard does."""
    names = known_needs().effects.get(key)
    return _named(names, language) if names else key


def _named(names: Mapping[str, str], language: str) -> str:
    return names.get(language.lower().partition("-")[0]) or names["en"]


@cache
def _read(path: Path) -> Needs:
    data = json.loads(path.read_text(encoding="utf-8"))
    return Needs(
        needs={
            row["key"]: Need(
                row["key"],
                row["names"],
                Rhythm(row["confirm_days"], row["visit_days"]),
                row["bears"],
            )
            for row in data["needs"]
        },
        effects={row["key"]: row["names"] for row in data["effects"]},
        hazards=data["hazards"],
    )
