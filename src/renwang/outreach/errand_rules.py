"""What waits for a person: the life of an errand, how pressing it is, and how long people get. Values in, values out."""

from datetime import datetime, timedelta
from enum import StrEnum

from renwang.outreach.rollcall_rules import ROLLCALL
from renwang.outreach.rules import BY_HAND, Order, Terms

ERRAND = "outreach.errand"
"""The kind of a notice that calls somebody to work that waits for him; it carries no warning."""

TO_MEND = "outreach.to_mend"
"""The kind of an errand over contacts that did not work in a roll-call."""

NOT_HELD = "outreach.not_held"
"""The kind of an errand over a roll-call whose time came and that was put off."""

NOT_CARRIED = (ROLLCALL, ERRAND)
"""Kinds of notice with nothing in them to carry down the chain: no board, list or figure of warnings counts them."""


class ErrandState(StrEnum):
    """Where an errand stands."""

    OPEN = "open"
    DONE = "done"
    NEEDLESS = "needless"  # what waited is gone: withdrawn, replaced, changed


class ErrandAct(StrEnum):
    """What can happen to an errand."""

    TELL = "tell"  # the next level is called
    MOVE = "move"  # what waits went to the unit above, by its own clock
    TAKE = "take"  # somebody sees to it
    SETTLE = "settle"
    DROP = "drop"


class ErrandOver(Exception):
    """The work is done, or nobody needs it any more."""


_OPEN = ErrandState.OPEN

MOVES: dict[tuple[ErrandState, ErrandAct], ErrandState] = {
    (_OPEN, ErrandAct.TELL): _OPEN,
    (_OPEN, ErrandAct.MOVE): _OPEN,
    (_OPEN, ErrandAct.TAKE): _OPEN,  # seeing to it is not having done it
    (_OPEN, ErrandAct.SETTLE): ErrandState.DONE,
    (_OPEN, ErrandAct.DROP): ErrandState.NEEDLESS,
}


def move_errand(state: ErrandState, act: ErrandAct) -> ErrandState:
    """Say where an act leads an errand. Refuses with `ErrandOver`."""
    try:
        return MOVES[state, act]
    except KeyError:
        raise ErrandOver(state.value) from None


# --- how pressing it is -----------------------------------------------------

_WEIGHTS = {"red": 4, "orange": 3, "yellow": 2, "blue": 1}
URGENT_FROM = 3


def weight_of(colour: str) -> int:
    """Weigh a colour: 4 for red down to 1 for blue, 0 for none or one that is not known."""
    return _WEIGHTS.get(colour, 0)


def is_urgent(colour: str) -> bool:
    """Does it break quiet hours and use every channel? Only what is about orange or red."""
    return weight_of(colour) >= URGENT_FROM


def worst_first(weight: int, due_at: datetime | None, since: datetime) -> tuple[int, float, float]:
    """Give what a list of waiting work is sorted by: the gravest, then the soonest due, then the oldest."""
    due = due_at.timestamp() if due_at is not None else float("inf")
    return (-weight, due, since.timestamp())


URGENT_CONTACT, URGENT_PERSON, URGENT_AGAIN = 180, 600, 600
CALM_CONTACT, CALM_PERSON, CALM_AGAIN = 1_800, 3_600, 3_600
SHORTEST = 60

_DECISION = {4: 10, 3: 10, 2: 30, 1: 120}


def decision_term(colour: str) -> timedelta:
    """Say how long a decision about something of a colour may take: ten minutes at orange and red, an hour without one."""
    return timedelta(minutes=_DECISION.get(weight_of(colour), 60))


def errand_terms(colour: str, term: timedelta) -> Terms:
    """Say how people are called to work that has a term.

    Whoever has said that he sees to it is reminded when the term is over, and
    the level above is called when it is over once more. Where nobody has
    answered at all, everybody is called again: every ten minutes at orange and
    red, else when the term is over.
    """
    seconds = max(SHORTEST, int(term.total_seconds()))
    if is_urgent(colour):
        contact_for, person_for = URGENT_CONTACT, URGENT_PERSON
        again = URGENT_AGAIN
    else:
        # With a short term nobody may use up all of it by being waited for.
        contact_for = max(SHORTEST, min(CALM_CONTACT, seconds // 4))
        person_for = max(SHORTEST, min(CALM_PERSON, seconds // 2))
        again = max(CALM_AGAIN, seconds)
    return Terms(
        Order.TOGETHER,
        contact_for,
        person_for,
        carry_for=seconds,
        again_every=again,
        breaks_quiet=is_urgent(colour),
    )


LOUD = frozenset({"sms"})


def may_ring(channel: str, others: frozenset[str], *, urgent: bool) -> bool:
    """May somebody be called to work by this contact of his, given the kinds of all he has?

    Nobody is sent to ring or knock because of office work. A text message is
    for what is urgent, and for who has nothing quieter.
    """
    if channel in BY_HAND:
        return False
    quieter = others - LOUD - BY_HAND
    return urgent or channel not in LOUD or not quieter
