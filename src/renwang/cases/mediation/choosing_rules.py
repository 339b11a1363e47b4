"""Whom to name: skilled in the quarrel, near to neither party, with time. Explained; a person decides. Pure.

Nobody is weighed against others by a figure: what bars somebody is named,
what speaks for him is named, and the list is ordered by it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

BUSY_FROM = 5
"""Open mediations from which somebody is called busy."""


class Bar(StrEnum):
    """Why somebody is not neutral. Each alone is enough."""

    IS_PARTY = "is_party"
    LIVES_NEAR = "lives_near"
    POST_NEAR = "post_near"
    KIN = "kin"
    ANSWERED = "answered"  # the case that it came from
    LEARNS = "learns"  # an apprentice mediates beside his master only


class For(StrEnum):
    """What speaks for naming somebody."""

    SKILLED = "skilled"
    STATION = "station"  # sits at the station that was asked for
    FREE = "free"  # has nothing else open


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the register, with what tells whether he is neutral."""

    key: UUID
    name: str
    skills: frozenset[str]
    person: UUID
    home: str = ""  # path of the unit where he lives
    posts: tuple[str, ...] = ()
    stations: frozenset[UUID] = frozenset()
    is_kin: bool = False
    learns: bool = False
    load: int = 0


@dataclass(frozen=True, slots=True)
class Need:
    """What a mediation needs. `near_levels` is how many levels above a party's own unit still count as near."""

    quarrel: str
    homes: tuple[str, ...]  # paths of the units where the parties live
    people: frozenset[UUID] = frozenset()  # parties who are people of the chain
    station: UUID | None = None
    answered_by: frozenset[UUID] = frozenset()
    near_levels: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One candidate with what bars him and what speaks for him."""

    candidate: Candidate
    bars: tuple[Bar, ...]
    reasons: tuple[For, ...]

    @property
    def may(self) -> bool:
        """Whether he may be named."""
        return not self.bars

    @property
    def is_busy(self) -> bool:
        """Whether he has much open already."""
        return self.candidate.load >= BUSY_FROM


def is_near(place: str, home: str, near_levels: int = 0) -> bool:
    """Say whether a place is a party's own unit, lies in it, or is at most some levels above it."""
    if not place or not home:
        return False
    if place.startswith(home):
        return True
    return home.startswith(place) and home.count("/") - place.count("/") <= near_levels


def bars_of(one: Candidate, need: Need) -> tuple[Bar, ...]:
    """Name everything that bars somebody from mediating here."""
    lives = any(is_near(one.home, home, need.near_levels) for home in need.homes)
    serves = any(is_near(post, home, need.near_levels) for post in one.posts for home in need.homes)
    found = {
        Bar.IS_PARTY: one.person in need.people,
        Bar.LIVES_NEAR: lives,
        Bar.POST_NEAR: serves,
        Bar.KIN: one.is_kin,
        Bar.ANSWERED: one.person in need.answered_by,
        Bar.LEARNS: one.learns,
    }
    return tuple(bar for bar, holds in found.items() if holds)


def reasons_for(one: Candidate, need: Need) -> tuple[For, ...]:
    """Name everything that speaks for naming somebody."""
    found = {
        For.SKILLED: need.quarrel in one.skills,
        For.STATION: need.station is not None and need.station in one.stations,
        For.FREE: one.load == 0,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def suggest(candidates: Iterable[Candidate], need: Need) -> list[Suggestion]:
    """Order those who could be named: who may, who is skilled, who sits at the station, who has least open."""
    found = [Suggestion(one, bars_of(one, need), reasons_for(one, need)) for one in candidates]
    return sorted(
        found,
        key=lambda one: (
            not one.may,
            For.SKILLED not in one.reasons,
            For.STATION not in one.reasons,
            one.candidate.load,
            one.candidate.name,
        ),
    )


def may_read(*, is_mediator: bool, is_apprentice: bool, parties_allow: Collection[bool]) -> bool:
    """Say whether somebody reads a position: the mediator, and an apprentice whom every party lets read."""
    return is_mediator or (is_apprentice and bool(parties_allow) and all(parties_allow))


def hours_of(lengths: Iterable[timedelta]) -> float:
    """Add up how long an apprentice has sat beside his master, in hours with one decimal."""
    return round(sum(lengths, timedelta()) / timedelta(hours=1), 1)
