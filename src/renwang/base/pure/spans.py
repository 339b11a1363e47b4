"""Spans of days: from a first day, up to but without a last one.

Posts, boundaries, memberships and grants all hold for a span. The first day belongs to it and the
day on which it ends does not, so a successor can begin on the very day his predecessor ends. None
means open: it always was so, or has no end yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar


class Dated(Protocol):
    """Anything that holds for a span: a row of the database as well as a `Span`."""

    @property
    def from_on(self) -> date | None: ...

    @property
    def until_on(self) -> date | None: ...


D = TypeVar("D", bound=Dated)


class EndsBeforeItStarts(ValueError):
    """A span of no day at all: its end is not after its beginning."""

    def __init__(self, from_on: date, until_on: date) -> None:
        super().__init__(f"a span from {from_on} cannot end on {until_on}")
        self.from_on = from_on
        self.until_on = until_on


class DayOutside(ValueError):
    """A span was to be cut on a day that leaves nothing on one of the sides."""

    def __init__(self, day: date, span: "Span") -> None:
        super().__init__(f"{day} is not inside the span {span}")
        self.day = day
        self.span = span


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `from_on` (included) to `until_on` (excluded); None is open."""

    from_on: date | None = None
    until_on: date | None = None

    def __post_init__(self) -> None:
        if self.from_on and self.until_on and self.until_on <= self.from_on:
            raise EndsBeforeItStarts(self.from_on, self.until_on)

    def __str__(self) -> str:
        return f"{self.from_on or '…'} – {self.until_on or '…'}"

    def close(self, on: date) -> "Span":
        """End it on a day, which no longer belongs to it; an earlier end already set stays."""
        if self.until_on is not None and self.until_on <= on:
            return self
        return Span(self.from_on, on)

    def split(self, on: date) -> tuple["Span", "Span"]:
        """Cut it in two; the day belongs to the second. Refuses with `DayOutside`."""
        if not contains(self, on) or self.from_on == on:
            raise DayOutside(on, self)
        return Span(self.from_on, on), Span(on, self.until_on)


def span_of(item: Dated) -> Span:
    """Read the span of a row."""
    return Span(item.from_on, item.until_on)


def contains(item: Dated, day: date) -> bool:
    """Does it hold on this day?"""
    return (item.from_on is None or item.from_on <= day) and (
        item.until_on is None or day < item.until_on
    )


def overlaps(one: Dated, other: Dated) -> bool:
    """Is there a day on which both hold?"""
    return _starts_before_end(one, other) and _starts_before_end(other, one)


def intersection(one: Dated, other: Dated) -> Span | None:
    """Give the days on which both hold; None if there is none."""
    if not overlaps(one, other):
        return None
    starts = [day for day in (one.from_on, other.from_on) if day is not None]
    ends = [day for day in (one.until_on, other.until_on) if day is not None]
    return Span(max(starts, default=None), min(ends, default=None))


def as_of(items: Iterable[D], day: date) -> list[D]:
    """Choose what held on a day, in the order given."""
    return [item for item in items if contains(item, day)]


def first_overlap(items: Iterable[D]) -> tuple[D, D] | None:
    """Find two that hold on the same day, earliest first; None if all keep out of each other's way.

    This is the question whether a post ever had two holders.
    """
    latest: D | None = None
    for item in sorted(items, key=_start):
        if latest is not None and overlaps(latest, item):
            return latest, item
        if latest is None or _end(item) >= _end(latest):
            latest = item
    return None


def gaps(items: Iterable[Dated], within: Span) -> list[Span]:
    """Find the days of `within` on which none holds: the vacancies of a post."""
    found: list[Span] = []
    reached: date | None = within.from_on
    for item in sorted((item for item in items if overlaps(item, within)), key=_start):
        start = item.from_on
        if start is not None and (reached is None or reached < start):
            found.append(Span(reached, start))
        if item.until_on is None or (within.until_on and item.until_on >= within.until_on):
            return found
        reached = item.until_on if reached is None else max(reached, item.until_on)
    return [*found, Span(reached, within.until_on)]


def _starts_before_end(one: Dated, other: Dated) -> bool:
    return one.from_on is None or other.until_on is None or one.from_on < other.until_on


def _start(item: Dated) -> date:
    return item.from_on or date.min


def _end(item: Dated) -> date:
    return item.until_on or date.max
