"""How many people a facility takes in: every limit with its figure, and which of them binds. Pure.

A capacity is never a bare number: it carries each limit that was counted, the
figure it rests on, and what is not known. The figures themselves are
configuration with a source (`kinds.py`); nothing here asserts one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor, isfinite


class How(StrEnum):
    """How a figure turns what there is into people."""

    OVER = "over"  # what there is, divided by what one person needs
    TIMES = "times"  # what there is, times the people that one of it serves


@dataclass(frozen=True, slots=True)
class Need:
    """A limit that a kind of facility has: what is asked, the figure, and how they make people."""

    ask: str
    figure: str
    how: How


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit as it was counted; `people` is None where what there is was never said."""

    ask: str
    figure: str
    value: float  # of the figure
    given: float | None
    people: int | None


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many people fit, by which limits. `people` is None while the first limit, the room, is not known."""

    limits: tuple[Limit, ...]

    @property
    def binding(self) -> Limit | None:
        """The limit that is reached first; None while it is not known how much room there is."""
        if not self.limits or self.limits[0].people is None:
            return None
        known = [one for one in self.limits if one.people is not None]
        return min(known, key=lambda one: one.people if one.people is not None else 0)

    @property
    def people(self) -> int | None:
        """How many people fit."""
        return self.binding.people if self.binding else None

    @property
    def unknown(self) -> tuple[str, ...]:
        """What nobody has said yet, so that it could not be counted."""
        return tuple(one.ask for one in self.limits if one.people is None)


def count_people(given: float, value: float, how: How) -> int:
    """Turn an amount into people by a figure, rounded down. Raises ValueError for what is no amount."""
    if not (isfinite(given) and isfinite(value)) or given < 0 or value <= 0:
        raise ValueError("an amount is a number from 0 on, a figure is more than 0")
    # A trace is added so that 7 over 3.5 is two people and not one, whatever binary makes of it.
    return floor((given / value if how is How.OVER else given * value) + 1e-9)


def capacity_of(
    needs: Sequence[Need], given: Mapping[str, float], figures: Mapping[str, float]
) -> Capacity:
    """Count how many people fit, limit by limit in the order of the kind; the first is the room there is."""
    limits = []
    for need in needs:
        amount = given.get(need.ask)
        value = figures[need.figure]
        people = count_people(amount, value, need.how) if amount is not None else None
        limits.append(Limit(need.ask, need.figure, value, amount, people))
    return Capacity(tuple(limits))
