"""The clocks of a case: by when it is received, first replied to, answered; how a clock stands still, is extended, and climbs. Pure.

A term is so many working days, or, where danger is, so many minutes of the
day and the night. What is late does not stop: the level above hears of it,
one level after another, until somebody sees to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from renwang.cases.rules import CaseRefused, State, WordsMissing
from renwang.cases.workday_rules import Calendar, due_after, resumed


class ClockKind(StrEnum):
    """What a clock waits for."""

    RECEIVE = "receive"  # somebody looks at it
    FIRST_REPLY = "first_reply"  # the reporter is told that we see to it, or what it needs
    ANSWER = "answer"
    REFERRAL = "referral"  # who was asked answers
    DATE = "date"  # the date has come from which it can go on
    SILENCE = "silence"  # the reporter says what he thinks of the answer
    CALL_BACK = "call_back"  # somebody else than the answerer rings him
    ARBITRATE = "arbitrate"  # the arbiter says whose it is
    COOL = "cool"  # he has confirmed, and may think better of it


NEVER_CLIMB = frozenset({ClockKind.DATE, ClockKind.SILENCE, ClockKind.COOL})
"""Clocks that wait for time or for the reporter: nobody of ours is late when they are over."""


@dataclass(frozen=True, slots=True)
class Term:
    """How long there is: working days, or minutes that run day and night."""

    days: int = 0
    minutes: int = 0

    @property
    def is_urgent(self) -> bool:
        """Whether it runs day and night."""
        return self.minutes > 0


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one kind of case."""

    receive: Term
    first_reply: Term
    answer: Term
    extensions: int  # how often the answer may be put off
    extension_days: int  # working days that one extension may give at most
    silence_days: int = 5  # how long the reporter has to say something, before he is rung
    call_back_days: int = 2
    referral_days: int = 3
    arbitrate_days: int = 1
    cool_days: int = 3


class ExtendedTooLate(CaseRefused):
    """The time was over already; nothing is put off that is late."""


class ExtendedTooOften(CaseRefused):
    """It was put off as often as it may be."""


class ExtendedTooFar(CaseRefused):
    """One extension gives so many working days at most."""


class DateRefused(CaseRefused):
    """A case waits for a date from tomorrow on, half a year away at most."""


def due(term: Term, begun_at: datetime, calendar: Calendar) -> datetime:
    """Say when a term is over."""
    if term.is_urgent:
        return begun_at + timedelta(minutes=term.minutes)
    return due_after(calendar, begun_at, term.days)


def begun(terms: Terms, at: datetime, calendar: Calendar) -> Mapping[ClockKind, datetime]:
    """Say by when a case that comes in is to be looked at, first replied to, and answered."""
    return MappingProxyType(
        {
            ClockKind.RECEIVE: due(terms.receive, at, calendar),
            ClockKind.FIRST_REPLY: due(terms.first_reply, at, calendar),
            ClockKind.ANSWER: due(terms.answer, at, calendar),
        }
    )


STOPS: Mapping[State, frozenset[ClockKind]] = MappingProxyType(
    {
        State.RECEIVED: frozenset({ClockKind.RECEIVE, ClockKind.FIRST_REPLY, ClockKind.ANSWER}),
        State.SCREENED: frozenset({ClockKind.FIRST_REPLY, ClockKind.ANSWER, ClockKind.ARBITRATE}),
        State.ACCEPTED: frozenset({ClockKind.ANSWER}),
        State.ASSIGNED: frozenset({ClockKind.FIRST_REPLY, ClockKind.ANSWER}),
        State.IN_HAND: frozenset({ClockKind.ANSWER}),
        State.WAITING: frozenset({ClockKind.ANSWER, ClockKind.DATE}),
        State.REFERRED: frozenset({ClockKind.ANSWER, ClockKind.REFERRAL}),
        State.REOPENED: frozenset({ClockKind.ANSWER}),
        State.ANSWERED: frozenset({ClockKind.SILENCE, ClockKind.CALL_BACK}),
        State.CONFIRMED: frozenset({ClockKind.COOL}),
        State.REJECTED: frozenset(),
        State.CLOSED: frozenset(),
    }
)
"""The clocks that may run in a state; those of all others are met by coming into it."""


def check_extension(
    terms: Terms, *, due_at: datetime, now: datetime, used: int, days: int, reason: str
) -> None:
    """Let an answer be put off: before its time is over, with a reason, and no more than the kind allows.

    Refuses with `WordsMissing`, `ExtendedTooLate`, `ExtendedTooOften` and `ExtendedTooFar`.
    """
    if not reason.strip():
        raise WordsMissing
    if now >= due_at:
        raise ExtendedTooLate
    if used >= terms.extensions:
        raise ExtendedTooOften(most=terms.extensions)
    if not 1 <= days <= terms.extension_days:
        raise ExtendedTooFar(days=terms.extension_days)


def extended(due_at: datetime, days: int, calendar: Calendar) -> datetime:
    """Say when a term ends that was put off by so many working days."""
    return due_after(calendar, due_at, days)


LONGEST_WAIT = timedelta(days=183)


def check_date(until: datetime, now: datetime) -> None:
    """Refuse with `DateRefused` a date that is over, or so far away that it is forgotten."""
    if not now < until <= now + LONGEST_WAIT:
        raise DateRefused


def go_on(
    due_at: datetime,
    paused_at: datetime,
    resumed_at: datetime,
    *,
    is_urgent: bool,
    calendar: Calendar,
) -> datetime:
    """Say when a clock is over that stood still while the reporter was waited for."""
    if is_urgent:
        return due_at + max(resumed_at - paused_at, timedelta())
    return resumed(calendar, due_at=due_at, paused_at=paused_at, resumed_at=resumed_at)


SHORTEST_RUNG = timedelta(minutes=10)
LONGEST_RUNG = timedelta(days=1)


def next_rung(begun_at: datetime, due_at: datetime, rung: int, now: datetime) -> datetime:
    """Say when the next level above hears of it, after silence has climbed `rung` levels.

    What silence cost is not given once more: each level has half of what the
    one below had, from ten minutes up to a day.
    """
    term = max(due_at - begun_at, timedelta()) / (1 << min(rung, 20))
    return now + min(max(term, SHORTEST_RUNG), LONGEST_RUNG)
