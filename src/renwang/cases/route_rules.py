"""Whose a case is: where it goes when it comes in, is returned, or is rejected. Pure.

A returned order (退单) is never passed round by its receivers: the duties list
says whose it is, or has a gap that is named; the second return goes to a named
arbiter with a clock, and a third there is none.
"""

from dataclasses import dataclass
from enum import StrEnum

from renwang.cases.rules import ReturnedTooFar

RETURNS_AT_MOST = 2


class Verdict(StrEnum):
    """What becomes of a returned case."""

    DUTIES = "duties"  # the duties list names somebody else: it goes there
    STAYS = "stays"  # the duties list names the one who returned it: it is his
    GAP = "gap"  # the duties list names nobody: a person assigns it, and the gap is on record
    ARBITER = "arbiter"  # it was returned before: the arbiter decides by a moment


@dataclass(frozen=True, slots=True)
class Returned:
    """What is known when a case comes back: who returns it, who had it before, whom the duties list names."""

    returned_by: str  # path of the unit
    named: str  # path of the unit that leads by the duties list; empty where nobody is named
    returns: int  # how often it was returned before this time


def decide_return(returned: Returned) -> Verdict:
    """Say what becomes of a case that comes back. Refuses with `ReturnedTooFar` once the arbiter has spoken."""
    if returned.returns >= RETURNS_AT_MOST:
        raise ReturnedTooFar
    if returned.returns == RETURNS_AT_MOST - 1:
        return Verdict.ARBITER
    if not returned.named:
        return Verdict.GAP
    return Verdict.STAYS if returned.named == returned.returned_by else Verdict.DUTIES


def levels_up(reopenings: int) -> int:
    """Say how many levels above who can act a rejected case goes: none the first time, then one more each time."""
    return max(0, reopenings - 1)


def climbed(path: str, levels: int) -> str:
    """Give the path so many levels above a path, the topmost where there are not so many."""
    parts = path.strip("/").split("/")
    kept = parts[: max(1, len(parts) - levels)]
    return "/" + "/".join(kept) + "/"
