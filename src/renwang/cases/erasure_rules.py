"""Early erasure: what a person may have erased before its time is over, and whose two hands it takes. Pure."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from renwang.cases.rules import CaseRefused

REASON_AT_MOST = 500
TERM = timedelta(days=7)
"""How long a decision may take; the law leaves thirty days (GB/T 35273-2020, 8.7), and the level above hears of it after seven."""


class Scope(StrEnum):
    """What is to be erased."""

    CONTACT = "contact"  # how he can be reached; the case goes on
    ALL = "all"  # words, place, photographs, voice, answers too; an open case ends with it


class Wish(StrEnum):
    """Where a wish for early erasure stands."""

    ASKED = "asked"
    ERASED = "erased"
    REFUSED = "refused"


class Decision(StrEnum):
    """What somebody says to a wish."""

    GRANT = "grant"
    REFUSE = "refuse"


class ErasureRefused(CaseRefused):
    """An early erasure that may not be asked for, or not be decided so."""


class AskedAlready(ErasureRefused):
    """It waits for a decision already."""


class NothingToErase(ErasureRefused):
    """What is to be erased is not there, or not any more."""


class DecidedAlready(ErasureRefused):
    """Somebody has decided it meanwhile."""


class OneHandTwice(ErasureRefused):
    """Whoever asked for it, entered the case, answered it or gave out its code does not decide."""


class OthersWait(ErasureRefused):
    """Other reports were merged into this case; they are taken apart before it is erased."""


_MOVES: Mapping[tuple[Wish, Decision], Wish] = {
    (Wish.ASKED, Decision.GRANT): Wish.ERASED,
    (Wish.ASKED, Decision.REFUSE): Wish.REFUSED,
}


def decide(wish: Wish, decision: Decision) -> Wish:
    """Say where a decision leads a wish. Refuses with `DecidedAlready`."""
    try:
        return _MOVES[wish, decision]
    except KeyError:
        raise DecidedAlready from None


def check_hands(decider: UUID | None, hands: Iterable[UUID | None]) -> None:
    """Let nobody decide who has a hand in it. Refuses with `OneHandTwice`."""
    if decider is not None and decider in set(hands):
        raise OneHandTwice
