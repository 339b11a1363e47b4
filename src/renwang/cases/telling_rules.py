"""What a reporter is told by text message, when, in which words, and when the node stops trying. Pure.

A message says that something waits for him, where he sees it, and what he can
do; it never holds what was reported, where, or a name. So a wording has a few
blanks that are filled with figures only, and every one of them is checked
before it may hold.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from string import Formatter
from typing import Any

from renwang.base.pure.hours import NotHours, read_hours
from renwang.cases.rules import CaseRefused, State


class Event(StrEnum):
    """What the reporter is told of."""

    RECEIVED = "received"  # with his code, where he asked for it
    ASKED = "asked"
    EXTENDED = "extended"
    ANSWERED = "answered"
    MERGED = "merged"
    CLOSED = "closed"


class Fate(StrEnum):
    """What became of a message to a reporter."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"  # he wants none, or wants none any more
    NEEDLESS = "needless"  # something else has happened since, or messages are switched off


class Why(StrEnum):
    """Why a message never went out, where that was not the channel's doing."""

    STOPPED = "stopped"  # the number has asked for no more
    WITHDRAWN = "withdrawn"  # he no longer wants to be told about this case
    ERASED = "erased"  # how he can be reached is forgotten
    OFF = "off"  # the operator has switched messages off
    OVERTAKEN = "overtaken"


class TellingsRefused(CaseRefused):
    """These messages cannot be used; `at` says which wording, where it is one."""


class HoursUnreadable(TellingsRefused):
    """These are no hours from one time of day to another."""


class WordingMissing(TellingsRefused):
    """Something is told of in no words."""


class WordingTooLong(TellingsRefused):
    """A text message has no room for it."""


class BlankUnknown(TellingsRefused):
    """A wording has a blank that nothing may fill, or braces that are none."""


class NoWayThere(TellingsRefused):
    """A wording does not say where the reporter sees what it tells of."""


class NumberMissing(CaseRefused):
    """Whoever wants messages leaves one mobile number, and nothing else in its field."""


class NumberStopped(CaseRefused):
    """From this number came the wish for no more messages; only from there it can be taken back."""


class NothingToTellBy(CaseRefused):
    """No number stands beside this case."""


@dataclass(frozen=True, slots=True)
class Tellings:
    """Whether reporters are told, when they are left alone, and the wordings by language."""

    is_on: bool
    quiet: str  # hours such as 21:00-08:00; empty: those of the node
    texts: Mapping[str, Mapping[Event, str]]

    def wording(self, event: Event, language: str) -> str:
        """Give the wording of an event in a language, or in the first there is."""
        texts = self.texts.get(language.lower()) or next(iter(self.texts.values()))
        return texts[event]


BLANKS = frozenset({"ref", "link", "code", "due"})
WAYS_BACK = frozenset({"link", "code"})
LONGEST = 200
_NUMBER = re.compile(r"\+?[0-9][0-9 ()-]{4,24}[0-9]")
_FIGURE = re.compile(r"[0-9]")


def read_tellings(body: Any) -> Tellings:
    """Read what an operator has set. Refuses with `TellingsRefused`."""
    if not isinstance(body, dict) or not isinstance(body.get("texts"), dict) or not body["texts"]:
        raise TellingsRefused(at="")
    quiet = str(body.get("quiet", ""))
    try:
        read_hours(quiet)
    except NotHours:
        raise HoursUnreadable(at=quiet) from None
    texts = {
        language.lower(): {event: _checked(said, language, event) for event in Event}
        for language, said in body["texts"].items()
    }
    return Tellings(bool(body.get("on")), quiet, texts)


def _checked(said: Any, language: str, event: Event) -> str:
    at = f"{language}.{event.value}"
    words = str(said.get(event.value, "")).strip() if isinstance(said, dict) else ""
    if not words:
        raise WordingMissing(at=at)
    if len(words) > LONGEST:
        raise WordingTooLong(at=at, most=LONGEST)
    blanks = blanks_of(words, at)
    if wrong := blanks - (BLANKS if event is Event.EXTENDED else BLANKS - {"due"}):
        raise BlankUnknown(at=f"{at} {{{min(wrong)}}}")
    if not blanks & WAYS_BACK:
        raise NoWayThere(at=at)
    return words


def blanks_of(words: str, at: str = "") -> set[str]:
    """Name the blanks of a wording. Refuses with `TellingsRefused` what cannot be filled."""
    try:
        parts = list(Formatter().parse(words))
    except ValueError:
        raise BlankUnknown(at=at) from None
    if any(spec or how for _text, _name, spec, how in parts):
        raise BlankUnknown(at=at)
    return {name for _text, name, _spec, _how in parts if name is not None}


def fill(wording: str, *, ref: str, link: str, code: str, due: str) -> str:
    """Fill a wording. Where the node does not know its own address, the code stands for the link."""
    return wording.format(ref=ref, link=link or code, code=code, due=due)


def is_number(contact: str) -> bool:
    """Say whether a contact is one number and nothing else, so that a message can be sent to it."""
    plain = contact.strip()
    return _NUMBER.fullmatch(plain) is not None and 6 <= len(_FIGURE.findall(plain)) <= 15


# --- still worth sending ----------------------------------------------------

_STANDS: Mapping[Event, frozenset[State]] = {
    Event.ASKED: frozenset({State.WAITING}),
    Event.EXTENDED: frozenset(State)
    - {State.ANSWERED, State.CONFIRMED, State.REJECTED, State.CLOSED},
    Event.ANSWERED: frozenset({State.ANSWERED}),
    Event.CLOSED: frozenset({State.CLOSED}),
}
STALE = timedelta(days=2)
"""After so long nobody is helped by a message; the page says what it would have said."""


def is_overtaken(event: Event, state: State, queued_at: datetime, now: datetime) -> bool:
    """Say whether something else has happened since a message was written down."""
    stands = _STANDS.get(event)
    return now - queued_at > STALE or (stands is not None and state not in stands)


TRIES = 8


def next_try(tries: int) -> timedelta:
    """Say how long to wait after a try that failed: two minutes, then twice as long, two hours at most."""
    return min(timedelta(minutes=2**tries), timedelta(hours=2))


# --- what an operator has changed -------------------------------------------


def flat_of(body: Mapping[str, Any]) -> dict[str, str]:
    """Lay what is set out flat, each under its name, to be compared."""
    flat = {"on": "on" if body.get("on") else "off", "quiet": str(body.get("quiet", ""))}
    for language, texts in body["texts"].items():
        flat |= {f"{language}.{event}": words for event, words in texts.items()}
    return flat
