"""Kinds of facility, figures, tiers of service centres and emergency roles: configuration, each figure with its source.

What ships is `facilities.json`; a node with other kinds or figures names its own
file by `RENWANG_FACILITIES`. A figure says where it comes from and how much that
is worth (H, M, L); one marked L was not found in any text and is to be replaced
by what holds at the place.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from renwang.registers.facilities.capacity_rules import Capacity, How, Need, capacity_of
from renwang.registers.facilities.stock_rules import Needed

_SHIPPED = Path(__file__).with_name("facilities.json")
ROOMS = "rooms_m2"
"""The area of the rooms that take people in; summed, never asked."""

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the configuration: its unit, where it comes from, and how much that is worth."""

    key: str
    value: float
    unit: str
    names: Names
    source: Names
    confidence: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that an inspection looks at."""

    key: str
    names: Names


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of facility: what is asked of it, what it has, how often it is inspected, how far one walks to it."""

    key: str
    names: Names
    group: str
    every: str  # key of a figure, in days
    serves: str  # key of a figure, in metres; empty for what nobody walks to
    asks: tuple[str, ...]
    fittings: tuple[str, ...]
    checks: tuple[Check, ...]
    needs: tuple[Need, ...]
    shelters: bool = False  # takes people in
    is_public: bool = False  # everybody may know where it is
    is_grave: bool = False  # being out of order is grave
    is_backed: bool = False  # must work without the mains
    has_rooms: bool = False
    has_tiers: bool = False
    share: str = ""  # key of a figure: the share of the people that all of this kind must hold
    exits: str = ""  # key of a figure: the least number of exits
    is_expected: bool = False  # a place where many live beyond its reach has a hole


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier of service centres; `levels` are those of the chain's units whose centre it is."""

    key: str
    names: Names
    serves: str
    levels: tuple[str, ...]
    is_expected: bool  # a place of such a level without one has a hole


@dataclass(frozen=True, slots=True)
class Role:
    """What a room is for in an emergency."""

    key: str
    names: Names
    shelters: bool


@dataclass(frozen=True, slots=True)
class Least:
    """A thing that stock should hold: how people write and count it, and the figure of how much."""

    names: Names
    words: tuple[str, ...]
    figure: str
    unit: Names
    units: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class StockTerms:
    """Where stock is asked for, of what, and how often one looks at it."""

    kinds: tuple[str, ...]
    roles: tuple[str, ...]  # of a room
    soon: str  # key of a figure, in days
    every: str  # key of a figure, in days
    least: tuple[Least, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """All that is configured about facilities."""

    figures: Mapping[str, Figure]
    asks: Mapping[str, Names]
    fittings: Mapping[str, Names]
    uses: Mapping[str, Names]
    roles: Mapping[str, Role]
    groups: Mapping[str, Names]
    kinds: Mapping[str, Kind]
    tiers: Mapping[str, Tier]
    reach_tier: str  # of the places for which reach is judged
    share_tier: str  # of the places for which the share that shelters hold is judged
    beyond: str  # key of a figure: the share of households that may live beyond reach
    stock: StockTerms

    @property
    def values(self) -> dict[str, float]:
        """The value of every figure."""
        return {key: one.value for key, one in self.figures.items()}

    def days(self, kind: Kind) -> int:
        """Say how many days lie between two inspections."""
        return int(self.figures[kind.every].value)

    def walk_m(self, kind: Kind, tier: str = "") -> float | None:
        """Say how many metres one walks to it at most; None for what nobody walks to."""
        key = self.tiers[tier].serves if tier in self.tiers else kind.serves
        return self.figures[key].value if key else None

    @property
    def detour(self) -> float:
        """Walking distance over straight distance."""
        return self.figures["detour"].value

    def needed(self, language: str) -> tuple[Needed, ...]:
        """Give what stock should hold, named in a language."""
        return tuple(
            Needed(
                named(one.names, language),
                one.words,
                one.units,
                self.figures[one.figure].value,
                named(one.unit, language),
            )
            for one in self.stock.least
        )

    def capacity(self, kind: Kind, given: Mapping[str, float]) -> Capacity:
        """Count how many people fit, with every limit that was counted."""
        return capacity_of(kind.needs, given, self.values)

    @property
    def sheltering(self) -> tuple[Kind, ...]:
        """The kinds that take people in and are there for that alone."""
        return tuple(one for one in self.kinds.values() if one.shelters and not one.has_tiers)


def known_terms() -> Terms:
    """Return the configuration of this node."""
    return _read(Path(settings.RENWANG_FACILITIES or _SHIPPED))


def named(names: Names, language: str) -> str:
    """Say a name in a language, in English where there is none."""
    return names.get(language.lower().partition("-")[0]) or names["en"]


@cache
def _read(path: Path) -> Terms:
    said = json.loads(path.read_text(encoding="utf-8"))
    return Terms(
        figures={
            key: Figure(
                key, row["value"], row["unit"], row["names"], row["source"], row["confidence"]
            )
            for key, row in said["figures"].items()
        },
        asks={**said["asks"], ROOMS: said["rooms"]},
        fittings=said["fittings"],
        uses=said["uses"],
        roles={
            key: Role(key, row["names"], row.get("shelters", False))
            for key, row in said["roles"].items()
        },
        groups=said["groups"],
        kinds={row["key"]: _kind(row) for row in said["kinds"]},
        tiers={
            row["key"]: Tier(
                row["key"],
                row["names"],
                row["serves"],
                tuple(row["levels"]),
                row.get("expected", False),
            )
            for row in said["tiers"]
        },
        reach_tier=said["judged"]["reach"],
        share_tier=said["judged"]["share"],
        beyond=said["judged"]["beyond"],
        stock=_stock(said["stock"]),
    )


def _stock(said: Mapping[str, Any]) -> StockTerms:
    return StockTerms(
        tuple(said["kinds"]),
        tuple(said["roles"]),
        said["soon"],
        said["every"],
        tuple(
            Least(
                row["names"],
                tuple(word.casefold() for word in row["words"]),
                row["figure"],
                row["unit"],
                {unit.casefold(): float(number) for unit, number in row["units"].items()},
            )
            for row in said["least"]
        ),
    )


def _kind(row: Mapping[str, Any]) -> Kind:
    return Kind(
        key=row["key"],
        names=row["names"],
        group=row["group"],
        every=row["every"],
        serves=row["serves"] or "",
        asks=tuple(row["asks"]),
        fittings=tuple(row["has"]),
        checks=tuple(Check(one["key"], one["names"]) for one in row["checks"]),
        needs=tuple(Need(ask, figure, How(how)) for ask, figure, how in row["limits"]),
        shelters=row.get("shelters", False),
        is_public=row.get("is_public", False),
        is_grave=row.get("grave", False),
        is_backed=row.get("backed", False) or row.get("shelters", False),
        has_rooms=row.get("rooms", False),
        has_tiers=row.get("tiered", False),
        share=row.get("share", ""),
        exits=row.get("exits", ""),
        is_expected=row.get("expected", False),
    )
