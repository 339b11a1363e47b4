"""The rules of stock: what is past its day, what goes out first, what is missing of what should be there. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from renwang.registers.facilities.rules import FacilityRefused

MOST = 10_000_000  # of one thing in one place: more is a slip of the pen


class QuantityRefused(FacilityRefused):
    """A quantity is no number, negative, or beyond belief."""


class CountedInTheFuture(FacilityRefused):
    """It was counted on a day that has not come."""


class Freshness(StrEnum):
    """How a thing stands towards its day."""

    LASTING = "lasting"  # it has none
    FRESH = "fresh"
    ENDING = "ending"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Lot:
    """Things of one kind and one day of expiry in one place."""

    name: str
    quantity: float
    unit: str = ""
    expires_on: date | None = None
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Needed:
    """What should be there: at least so much, counted by what each unit of counting comes to."""

    name: str
    words: tuple[str, ...]  # any of them in the name of a lot means it
    units: Mapping[str, float]  # as people count -> how many of the unit of `least`
    least: float
    unit: str


@dataclass(frozen=True, slots=True)
class StockSeen:
    """The stock of one facility, what should be there, and after how many days one looks again."""

    lots: tuple[Lot, ...]
    needed: tuple[Needed, ...]
    soon: int  # days before its end that a thing is to be used up or exchanged
    every: int  # days between two counts


def freshness_of(expires_on: date | None, today: date, soon: int) -> Freshness:
    """Say how a thing stands towards its day; the day itself still counts."""
    if expires_on is None:
        return Freshness.LASTING
    if expires_on < today:
        return Freshness.OVER
    if expires_on <= today + timedelta(days=soon):
        return Freshness.ENDING
    return Freshness.FRESH


def first_out(lots: Iterable[Lot]) -> list[Lot]:
    """Put lots in the order in which they are to be used: what ends first goes first, what never ends last."""
    return sorted(lots, key=lambda one: (one.expires_on or date.max, one.name))


def held_of(needed: Needed, lots: Iterable[Lot], today: date) -> float:
    """Count how much there is of something that may still be used.

    What is counted in a unit that nobody has explained does not count: whoever
    reckons with it would be mistaken.
    """
    return sum(
        one.quantity * needed.units[one.unit.strip().casefold()]
        for one in lots
        if any(word in one.name.casefold() for word in needed.words)
        and one.unit.strip().casefold() in needed.units
        and freshness_of(one.expires_on, today, 0) is not Freshness.OVER
    )


def missing(seen: StockSeen, today: date) -> list[tuple[Needed, float]]:
    """Give what there is too little of, with how much there is; nothing where no stock is written at all."""
    if not seen.lots:
        return []
    held = [(one, held_of(one, seen.lots, today)) for one in seen.needed]
    return [(one, number) for one, number in held if number < one.least]


def lacking(points: Sequence[StockSeen], today: date) -> list[Needed]:
    """Give what none of several stock points holds enough of, in the order in which it is asked for."""
    asked = {one.name: one for point in points for one in point.needed}
    held = {
        one.name
        for point in points
        for one in point.needed
        if held_of(one, point.lots, today) >= one.least
    }
    return [one for name, one in asked.items() if name not in held]


def uncounted(seen: StockSeen, today: date) -> list[Lot]:
    """Give the lots that nobody has counted within the time."""
    last = today - timedelta(days=seen.every)
    return [one for one in seen.lots if one.checked_on is None or one.checked_on < last]


def check_quantity(quantity: float) -> float:
    """Give a quantity that can be, or refuse."""
    if not 0 <= quantity <= MOST:  # nor what is no number
        raise QuantityRefused(quantity=quantity)
    return round(quantity, 3)


def check_counted(on: date | None, today: date) -> date | None:
    """Give the day of a count, or refuse."""
    if on is not None and on > today:
        raise CountedInTheFuture
    return on


def names_of(lots: Sequence[Lot], most: int = 3) -> str:
    """Name some lots in one breath."""
    names = list(dict.fromkeys(one.name for one in lots))
    return "、".join(names[:most]) + ("…" if len(names) > most else "")
