"""The rules of lists that leave the node, on paper or as a table: numbered, held by one person, ending, accounted for."""

from datetime import datetime, timedelta
from enum import StrEnum

from renwang.registers.care.rules import CareRefused

PAPER_AT_MOST = timedelta(days=7)
LINES_AT_MOST = 200


class PaperOver(CareRefused):
    """It has been accounted for already."""


class PaperTooLong(CareRefused):
    """A list on paper ends within seven days."""


class NothingToPrint(CareRefused):
    """There is no entry in this place that may stand on paper."""


class TooMuchForPaper(CareRefused):
    """More doors than one list may hold: whoever loses it would lose them all."""


class PaperForm(StrEnum):
    """As what a list leaves the node."""

    PAPER = "paper"
    TABLE = "table"  # a workbook, for work that cannot be done on paper


class PaperState(StrEnum):
    """Where a list on paper is."""

    OUT = "out"
    RETURNED = "returned"
    DESTROYED = "destroyed"
    LOST = "lost"


class PaperAct(StrEnum):
    """What can be said of it."""

    RETURN = "return"
    DESTROY = "destroy"
    LOSE = "lose"


MOVES = {
    (PaperState.OUT, PaperAct.RETURN): PaperState.RETURNED,
    (PaperState.OUT, PaperAct.DESTROY): PaperState.DESTROYED,
    (PaperState.OUT, PaperAct.LOSE): PaperState.LOST,
    (PaperState.RETURNED, PaperAct.DESTROY): PaperState.DESTROYED,
    (PaperState.LOST, PaperAct.RETURN): PaperState.RETURNED,  # found again
}


def move_paper(state: PaperState, act: PaperAct) -> PaperState:
    """Say where a list is after an act; refuses with `PaperOver` what makes no sense any more."""
    try:
        return MOVES[state, act]
    except KeyError:
        raise PaperOver from None


def acts_on(state: PaperState) -> list[PaperAct]:
    """Say what can be said of a list in a state."""
    return [act for (before, act) in MOVES if before is state]


def check_paper(until_at: datetime, lines: int, now: datetime) -> None:
    """Let a list be printed, or refuse."""
    if not now < until_at <= now + PAPER_AT_MOST:
        raise PaperTooLong
    if not lines:
        raise NothingToPrint
    if lines > LINES_AT_MOST:
        raise TooMuchForPaper
