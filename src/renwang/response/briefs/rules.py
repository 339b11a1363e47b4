"""The life of a brief: drafted from the data, put right by one, approved by another, read above and below. Pure.

A brief quotes figures, and every figure keeps the things it counted. What
everybody reads tells no number below three: among few, each can be guessed.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from renwang.cases.workday_rules import Calendar
from renwang.chain.rules import Refusal

TITLE_AT_MOST = 80
WORDS_AT_MOST = 4_000
SHOWN_FROM = 3
"""A smaller number is not told to everybody."""
READERS_AT_MOST = 60
WEEK = timedelta(days=7)
BEGINS = time(8)
"""From this hour of the first working day of a week its brief is prepared."""
GOES_ON_FOR = 4
"""The next brief of a place is prepared by itself while it published one within so many weeks."""


_FEW = re.compile(
    r"(?<![\d.])([12一二两])\s?(?:件|户|人|起|名|位|家)"
    r"|\b([12]|one|two)\s(?:cases?|households?|homes?|people|persons?|risks?|answers?)\b",
    re.IGNORECASE,
)


class State(StrEnum):
    """Where a brief stands."""

    DRAFT = "draft"
    WAITING = "waiting"  # somebody else must read it
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # stays on show, with why
    DISCARDED = "discarded"  # never published


class Act(StrEnum):
    """What can happen to a brief."""

    EDIT = "edit"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"  # and with that it is published
    WITHDRAW = "withdraw"
    DISCARD = "discard"


class Section(StrEnum):
    """The parts of a brief, in their order."""

    NUMBERS = "numbers"
    HOT_SPOTS = "hot_spots"
    RETURNED = "returned"
    EXEMPLARY = "exemplary"
    WARNINGS = "warnings"
    RISKS = "risks"
    DECISIONS = "decisions"  # what asks for a decision above


FIGURES: Mapping[str, Section] = {
    "received": Section.NUMBERS,
    "answered": Section.NUMBERS,
    "overdue": Section.NUMBERS,
    "rejected": Section.NUMBERS,
    "topics": Section.HOT_SPOTS,
    "returned": Section.RETURNED,
    "gaps": Section.RETURNED,
    "exemplary": Section.EXEMPLARY,
    "relays": Section.WARNINGS,
    "rounds": Section.WARNINGS,
    "risks_found": Section.RISKS,
    "risks_closed": Section.RISKS,
    "asked_above": Section.DECISIONS,
    "arbitrations": Section.DECISIONS,
    "risks_referred": Section.DECISIONS,
}
"""Every figure of a brief, with the part it belongs to."""
PUBLIC_FIGURES = (
    "received", "answered", "overdue", "rejected", "relays", "risks_found", "risks_closed",
)  # fmt: skip
"""What everybody may be told of. Hot spots, returns and decisions are for the desks."""


class BriefRefused(Refusal):
    """Something that may not be done with a brief. Its parameters fill the sentence in `words.py`."""


class NotNow(BriefRefused):
    """This cannot be done to a brief that stands where it stands."""


class SameHandTwice(BriefRefused):
    """Whoever wrote it is not the one who approves it."""


class WordsMissing(BriefRefused):
    """A title or a reason is missing, or nothing at all is said."""


class WordsTooLong(BriefRefused):
    """It is longer than anybody reads."""


class NobodyReads(BriefRefused):
    """It is for nobody: choose who reads it, or let everybody read it."""


class ReaderElsewhere(BriefRefused):
    """Its readers are units above its place and right below it."""


class BriefThere(BriefRefused):
    """This place has a brief of this week."""


class WeekNotOver(BriefRefused):
    """A brief tells of a week that is over."""


class FewAreTold(BriefRefused):
    """What everybody reads tells a number below three; `number` says which."""


MOVES: Mapping[tuple[State, Act], State] = {
    (State.DRAFT, Act.EDIT): State.DRAFT,
    (State.DRAFT, Act.SUBMIT): State.WAITING,
    (State.DRAFT, Act.DISCARD): State.DISCARDED,
    (State.WAITING, Act.EDIT): State.DRAFT,  # other words than those handed in
    (State.WAITING, Act.RETURN): State.DRAFT,
    (State.WAITING, Act.APPROVE): State.PUBLISHED,
    (State.WAITING, Act.DISCARD): State.DISCARDED,
    (State.PUBLISHED, Act.WITHDRAW): State.WITHDRAWN,
}
OPEN = frozenset({State.DRAFT, State.WAITING})
SHOWN = frozenset({State.PUBLISHED, State.WITHDRAWN})


def move(state: State, act: Act) -> State:
    """Say where an act leads a brief. Refuses with `NotNow`."""
    try:
        return MOVES[state, act]
    except KeyError:
        raise NotNow(state=state.value, act=act.value) from None


def acts_in(state: State) -> frozenset[Act]:
    """Name what can be done in a state."""
    return frozenset(act for at, act in MOVES if at is state)


def check_words(words: str, at_most: int) -> str:
    """Give words back without blanks round them. Refuses with `WordsMissing` and `WordsTooLong`."""
    words = words.strip()
    if not words:
        raise WordsMissing
    if len(words) > at_most:
        raise WordsTooLong(most=at_most)
    return words


def check_sections(sections: Mapping[str, str]) -> dict[str, str]:
    """Give the parts that say something, in their order. Refuses with `WordsMissing` and `WordsTooLong`."""
    said = {one.value: sections.get(one.value, "").strip() for one in Section}
    kept = {key: words for key, words in said.items() if words}
    if not kept:
        raise WordsMissing
    if any(len(words) > WORDS_AT_MOST for words in kept.values()):
        raise WordsTooLong(most=WORDS_AT_MOST)
    return kept


def check_other_hand(hand: object, hands: Collection[object]) -> None:
    """Let only somebody approve who has written nothing of it. Refuses with `SameHandTwice`."""
    if hand is not None and hand in hands:
        raise SameHandTwice


def shown_to_all(number: int) -> int | None:
    """Give a figure as everybody may read it; None where it is too small to be told."""
    return number if number == 0 or number >= SHOWN_FROM else None


def check_public(words: str) -> str:
    """Give back what everybody reads. Refuses with `FewAreTold` where it tells a number below three, and with `WordsTooLong`."""
    words = words.strip()
    if len(words) > WORDS_AT_MOST:
        raise WordsTooLong(most=WORDS_AT_MOST)
    if found := _FEW.search(words):
        raise FewAreTold(number=found[0])
    return words


def monday_of(day: date) -> date:
    """Give the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def check_week(monday: date, today: date) -> date:
    """Give the Monday of a week that is over. Refuses with `WeekNotOver`."""
    monday = monday_of(monday)
    if monday + WEEK > today:
        raise WeekNotOver
    return monday


def prepares_now(calendar: Calendar, now: datetime) -> bool:
    """Say whether the brief of last week is to be there: from eight on the first working day of this week."""
    here = now.astimezone(calendar.zone)
    day = monday_of(here.date())
    while not calendar.is_worked(day) and day < here.date():
        day += timedelta(days=1)
    return calendar.is_worked(day) and here >= datetime.combine(day, BEGINS, calendar.zone)
