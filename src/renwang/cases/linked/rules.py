"""What is exchanged with a linked system, how often, and what may not be. Pure.

A linked system (对接系统) speaks Open311 GeoReport v2: it is asked for what is
new there, and cases of ours are sent to it where a person has decided so.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from renwang.chain.rules import Refusal

SHORTEST, LONGEST = 60, 24 * 3600  # seconds between two visits
LONGEST_WAIT = timedelta(hours=1)
OVERLAP = timedelta(hours=1)
"""What was written late over there is still found: each visit begins so long before the latest it has seen."""

SPAN = timedelta(days=89)
"""GeoReport v2 gives 90 days at a time."""

DESCRIPTION_AT_MOST = 4_000
TELL_AT_MOST = 2_000


class LinkRefused(Refusal):
    """Something that may not be done with a linked system. Its parameters fill the sentence in `words.py`."""


class NoLabel(LinkRefused):
    """Nobody would recognise it."""


class NoWebAddress(LinkRefused):
    """It is no address of the web."""


class LinkedAlready(LinkRefused):
    """This address is linked for this jurisdiction."""


class WrongRhythm(LinkRefused):
    """It would be visited too often, or too seldom."""


class NothingMapped(LinkRefused):
    """Nothing can be exchanged before somebody has said which of its services is which of our kinds."""


class MappedToNothing(LinkRefused):
    """One of the two sides of a mapping is not there."""


class NotTaken(LinkRefused):
    """The system takes no cases of this kind from here."""


class SentAlready(LinkRefused):
    """The case is known over there."""


class AttributeOwed(LinkRefused):
    """The system wants an answer that was not given."""


class ConsentOwed(LinkRefused):
    """How a reporter can be reached goes to another body only with his consent."""


class NotThere(LinkRefused):
    """The system does not have this case, or not yet."""


class NoUpdates(LinkRefused):
    """The system takes no updates."""


class Sending(StrEnum):
    """How far something of ours has come on its way to a linked system."""

    NONE = "none"  # it came from there
    WAITING = "waiting"  # to be sent, or sent without a word yet whether it arrived
    SENT = "sent"
    REFUSED = "refused"


# --- rhythm -----------------------------------------------------------------------


def next_visit(every: int, failures: int, at: datetime) -> datetime:
    """Say when a system is visited again: after its interval, twice as long after each failure, up to an hour."""
    wait: timedelta = timedelta(seconds=every) * (1 << min(failures, 12))
    return at + min(wait, max(LONGEST_WAIT, timedelta(seconds=every)))


def check_rhythm(every: int) -> int:
    """Give back an interval in seconds. Refuses with `WrongRhythm`."""
    if not SHORTEST <= every <= LONGEST:
        raise WrongRhythm(shortest=SHORTEST, longest=LONGEST)
    return every


def ask_from(since: datetime, now: datetime) -> datetime:
    """Say from which moment on changes are asked for, given the latest that was seen."""
    return max(since - OVERLAP, now - SPAN)


def bookmark(since: datetime, seen: Iterable[datetime], now: datetime) -> datetime:
    """Give the latest change that was seen; never back, and never into the future, whatever a clock over there says."""
    return max([since, *(min(moment, now) for moment in seen)])


# --- what is whose ------------------------------------------------------------------

_MARK = re.compile(r"\[([A-Z0-9][A-Z0-9-]{0,16}-[0-9]{6}-[A-Z0-9]{4,12})\]")


def mark_of(ref: str) -> str:
    """Give the mark by which a case is found again in another system's words."""
    return f"[{ref}]"


def refs_in(text: str) -> list[str]:
    """Find the numbers of cases that stand as marks in a text, each once."""
    return list(dict.fromkeys(_MARK.findall(text)))[:5]


def describe(words: str, note: str, ref: str) -> str:
    """Put together what another system reads: the reporter's words, ours beside them, and the mark at the end.

    Words that would not fit are cut before the mark, which must stay whole.
    """
    mark = mark_of(ref)
    said = "\n\n".join(part for part in (words.strip(), note.strip()) if part)
    room = DESCRIPTION_AT_MOST - len(mark) - 2
    if len(said) > room:
        said = f"{said[: room - 2]} …"
    return f"{said}\n\n{mark}"


def contact_fields(contact: str) -> dict[str, str]:
    """Say under which name of GeoReport a way to reach somebody is sent."""
    if not contact:
        return {}
    return {"email": contact} if "@" in contact else {"phone": contact}


@dataclass(frozen=True, slots=True)
class Pair:
    """One of its services and one of our kinds: taken in as, sent as, or both."""

    code: str
    kind: str
    takes: bool = True
    sends: bool = False


def check_pairs(
    pairs: Sequence[Pair], codes: Iterable[str], kinds: Iterable[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Give which kind a service is taken in as, and which service a kind is sent as.

    A kind that several services could take is sent as the first of them.
    Refuses with `MappedToNothing`.
    """
    known, ours = set(codes), set(kinds)
    taken: dict[str, str] = {}
    sent: dict[str, str] = {}
    for pair in pairs:
        if pair.code not in known or pair.kind not in ours:
            raise MappedToNothing(code=pair.code, kind=pair.kind)
        if pair.takes:
            taken[pair.code] = pair.kind
        if pair.sends:
            sent.setdefault(pair.kind, pair.code)
    return taken, sent


def kind_for(code: str, taken: Mapping[str, str], other: str) -> tuple[str, bool]:
    """Say as which kind a service is taken in, and whether somebody has said so."""
    return (taken[code], True) if code in taken else (other, False)
