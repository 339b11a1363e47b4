"""The rules of check rounds: whom a warning concerns, in which order the doors are knocked at, and why.

What a hazard does to people is said in a few effects (people may have to
leave, the power may fail, …), and what a need cannot bear, and for how long,
stands with the need. So every place in the order has its reasons, in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

FEWEST_SHOWN = 5
"""Doors below which a number would tell a neighbour who is on the list."""

ANY = "any"
"""The effect of every hazard: one has to learn of it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A need that cannot bear an effect, and within how many minutes somebody should be there."""

    need: str
    effect: str
    within: int


@dataclass(frozen=True, slots=True)
class Door:
    """One entry as the order sees it; `place` sorts doors as one walks."""

    key: str
    needs: tuple[str, ...]
    place: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """One door of a round, at its place in the order, with its reasons, the most pressing first."""

    key: str
    reasons: tuple[Reason, ...]


class RoundOutcome(StrEnum):
    """What came of one door of a round."""

    WAITING = "waiting"
    WELL = "well"
    CLINIC = "clinic"  # with the clinic
    NEEDS = "needs"  # needs something else
    NOBODY = "nobody"  # no answer


ANSWERED = frozenset({RoundOutcome.WELL, RoundOutcome.CLINIC, RoundOutcome.NEEDS})


def reasons_of(
    needs: Sequence[str],
    effects: Sequence[str] | None,
    bears: Mapping[str, Mapping[str, int]],
) -> tuple[Reason, ...]:
    """Say why a hazard concerns somebody; empty where it does not.

    `effects` None is a hazard of which nobody has said what it does: then
    everybody is concerned, by all that he cannot bear.
    """
    found = [
        Reason(need, effect, within)
        for need in needs
        for effect, within in bears.get(need, {}).items()
        if effects is None or effect == ANY or effect in effects
    ]
    return tuple(sorted(found, key=lambda one: (one.within, one.need, one.effect)))


def order_round(
    doors: Sequence[Door],
    effects: Sequence[str] | None,
    bears: Mapping[str, Mapping[str, int]],
) -> list[Stop]:
    """Put exactly those doors in order that a hazard concerns.

    The most pressing reason decides; then the number of reasons; then the way
    one walks, so that two doors of one stairwell are not visited an hour apart.
    """
    found = [(door, reasons_of(door.needs, effects, bears)) for door in doors]
    concerned = [(door, reasons) for door, reasons in found if reasons]
    concerned.sort(key=lambda one: (one[1][0].within, -len(one[1]), one[0].place, one[0].key))
    return [Stop(door.key, reasons) for door, reasons in concerned]


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a round got, in numbers that name nobody."""

    doors: int
    answered: int
    clinic: int
    needs: int
    nobody: int

    @property
    def names_nobody(self) -> bool:
        """Whether it may be shown to those who may not see the list."""
        return self.doors >= FEWEST_SHOWN

    @property
    def mark(self) -> str:
        """What changes whenever a number does, for a page that asks whether anything is new."""
        return f"{self.doors}.{self.answered}.{self.clinic}.{self.needs}.{self.nobody}"

    @property
    def waiting(self) -> int:
        """Doors where nobody has knocked yet."""
        return self.doors - self.answered - self.nobody


def tally_of(counts: Mapping[str, int]) -> Tally:
    """Add up outcomes by their number."""
    return Tally(
        doors=sum(counts.values()),
        answered=sum(counts.get(one, 0) for one in ANSWERED),
        clinic=counts.get(RoundOutcome.CLINIC, 0),
        needs=counts.get(RoundOutcome.NEEDS, 0),
        nobody=counts.get(RoundOutcome.NOBODY, 0),
    )
