"""The rules of visits: how often, what came of one, and up to whom a missed one climbs."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

TRY_AGAIN = timedelta(days=1)
"""Nobody opened: somebody knocks again the next day."""

CLIMBS_AFTER = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""Days a visit is late until the back-up, the keeper, and the level above see that it hangs on them."""


class Outcome(StrEnum):
    """What came of a knock: one tap each."""

    WELL = "well"
    NEEDS = "needs"
    NOBODY = "nobody"


class Rung(StrEnum):
    """On whom a visit hangs."""

    HELPER = "helper"
    BACKUP = "backup"
    KEEPER = "keeper"
    ABOVE = "above"


RUNGS = tuple(Rung)


@dataclass(frozen=True, slots=True)
class Step:
    """On whom a visit hangs now, and when that changes next; None once it has come to the top."""

    rung: int
    climbs_on: date | None


def next_visit(outcome: Outcome, every: int, on: date) -> date:
    """Say when the next visit is due after one, in the rhythm of the need; where nobody opened, the next day."""
    if outcome is Outcome.NOBODY:
        return on + TRY_AGAIN
    return on + timedelta(days=every)


def climb_visit(due_on: date, today: date) -> Step:
    """Say on whom a visit hangs that was due on a day.

    It never climbs down by itself: only a visit brings it back to its helper.
    """
    late = today - due_on
    rung = sum(late >= after for after in CLIMBS_AFTER)
    return Step(rung, due_on + CLIMBS_AFTER[rung] if rung < len(CLIMBS_AFTER) else None)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be paired with a door: where he stands, and for how many doors he already looks."""

    key: str
    path: str
    pairs: int


def nearest(door_path: str, candidates: list[Candidate], *, most: int) -> list[Candidate]:
    """Order candidates by nearness on the chain, then by how few doors they have, and give the first ones.

    Nearness is how much of the line down to the door somebody shares: whoever
    looks after the very stairwell comes before whoever looks after the grid.
    """

    def apart(one: Candidate) -> tuple[int, int, str]:
        shared = 0
        for mine, its in zip(one.path.split("/"), door_path.split("/"), strict=False):
            if mine != its:
                break
            shared += 1
        return (-shared, one.pairs, one.key)

    return sorted(candidates, key=apart)[:most]
