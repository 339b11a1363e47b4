"""How a notice climbs and what counts as received. Values in, values out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from math import ceil, floor, log2
from types import MappingProxyType
from typing import Protocol
from uuid import UUID


class NoticeState(StrEnum):
    """Where a notice stands."""

    STARTED = "started"
    FINISHED = "finished"
    WITHDRAWN = "withdrawn"


class Order(StrEnum):
    """In which order the levels are told."""

    CASCADE = "cascade"  # each level when the one above has carried it on
    TOGETHER = "together"  # everybody at once


class CallState(StrEnum):
    """Where a call to one post stands."""

    WAITING = "waiting"  # for the level above to carry on
    ASKING = "asking"  # somebody is being asked
    CARRIED = "carried"  # the post has carried the words on
    SILENT = "silent"  # every rung was tried; the level below was called directly
    WITHDRAWN = "withdrawn"


class Receipt(StrEnum):
    """How far the words got, weakest first. `SENT` never counts as received."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNDERSTOOD = "understood"
    CARRIED = "carried"


class Act(StrEnum):
    """What can happen to a call: by the node, by a channel, by a person, by the clock."""

    ASK = "ask"
    SEND = "send"
    FAIL = "fail"
    DELIVER = "deliver"
    READ = "read"
    UNDERSTAND = "understand"
    CARRY = "carry"
    EXPIRE = "expire"
    BYPASS = "bypass"
    WAIT = "wait"  # until somebody's quiet hours end
    AGAIN = "again"  # the whole ladder once more
    WITHDRAW = "withdraw"


class Taken(StrEnum):
    """What became of one receipt that was handed in."""

    RECORDED = "recorded"
    REPEATED = "repeated"  # it, or a stronger one, was here before: nothing changed
    UNKNOWN = "unknown"  # it belongs to no call of this node


# --- channels ---------------------------------------------------------------

BY_HAND = frozenset({"phone", "knock", "neighbour"})
"""Kinds of contact that a person must use for us: nothing is sent, somebody is asked to go or ring."""


BY_MOUTH = frozenset({"phone", "knock", "neighbour", "gong", "loudspeaker", "desk"})
"""Ways in which a person passes the words on in his own voice: nobody can say whether they stayed the same."""


def words_mark(words: str) -> str:
    """Give a short mark by which words are recognised: the same words, the same mark."""
    return sha256(words.encode()).hexdigest()[:16]


def needs_a_hand(channel: str) -> bool:
    """Must a person ring, knock or go to a neighbour, because no message can be sent this way?"""
    return channel in BY_HAND


# --- the life of a call -----------------------------------------------------


class NotNow(Exception):
    """An act that has no place in the state the call is in."""

    def __init__(self, state: CallState, act: Act) -> None:
        super().__init__(f"{act.value} while {state.value}")
        self.state = state
        self.act = act


class NoticeWithdrawn(Exception):
    """The words were taken back: nobody should carry them on any more."""


class NoticeOvertaken(Exception):
    """A later notice of the same thread is already under way there."""


_W, _A, _C, _S, _X = (
    CallState.WAITING,
    CallState.ASKING,
    CallState.CARRIED,
    CallState.SILENT,
    CallState.WITHDRAWN,
)

MOVES: dict[tuple[CallState, Act], CallState] = {
    (_W, Act.ASK): _A,
    (_W, Act.DELIVER): _W,  # heard of it by another way, before his turn
    (_W, Act.READ): _W,
    (_W, Act.UNDERSTAND): _A,  # from now on he is expected to carry it on
    (_W, Act.CARRY): _C,
    (_W, Act.WITHDRAW): _X,
    (_A, Act.ASK): _A,  # the next rung
    (_A, Act.SEND): _A,
    (_A, Act.FAIL): _A,
    (_A, Act.DELIVER): _A,
    (_A, Act.READ): _A,  # "read" is no answer: the ladder goes on
    (_A, Act.UNDERSTAND): _A,
    (_A, Act.CARRY): _C,
    (_A, Act.EXPIRE): _A,
    (_A, Act.BYPASS): _S,
    (_A, Act.WAIT): _A,
    (_A, Act.WITHDRAW): _X,
    # What was under way when a call ended still comes in, and is kept.
    (_S, Act.SEND): _S,
    (_S, Act.FAIL): _S,
    (_S, Act.DELIVER): _S,
    (_S, Act.READ): _S,
    (_S, Act.UNDERSTAND): _S,
    (_S, Act.CARRY): _C,  # a late answer counts
    (_S, Act.AGAIN): _A,  # nobody has answered, so everybody is called again
    (_S, Act.WITHDRAW): _S,  # who was missing stays named
    (_C, Act.SEND): _C,
    (_C, Act.FAIL): _C,
    (_C, Act.DELIVER): _C,
    (_C, Act.READ): _C,
    (_C, Act.UNDERSTAND): _C,
    (_C, Act.CARRY): _C,
    (_C, Act.WITHDRAW): _C,
    (_X, Act.SEND): _X,
    (_X, Act.FAIL): _X,
    (_X, Act.DELIVER): _X,
    (_X, Act.READ): _X,
    (_X, Act.UNDERSTAND): _X,
    (_X, Act.CARRY): _X,
    (_X, Act.WITHDRAW): _X,
}


def move(state: CallState, act: Act) -> CallState:
    """Say where an act leads, or refuse with `NotNow`."""
    try:
        return MOVES[state, act]
    except KeyError:
        raise NotNow(state, act) from None


# --- receipts ---------------------------------------------------------------

STRENGTH: dict[Receipt, int] = {receipt: at for at, receipt in enumerate(Receipt)}

ACT_OF: dict[Receipt, Act] = {
    Receipt.SENT: Act.SEND,
    Receipt.DELIVERED: Act.DELIVER,
    Receipt.READ: Act.READ,
    Receipt.UNDERSTOOD: Act.UNDERSTAND,
    Receipt.CARRIED: Act.CARRY,
}


def is_received(receipt: Receipt) -> bool:
    """Did the words reach a person's device or ears? Having been sent is not enough."""
    return receipt is not Receipt.SENT


def is_answer(receipt: Receipt) -> bool:
    """Did a human being answer? Only that stops the ladder."""
    return receipt in (Receipt.UNDERSTOOD, Receipt.CARRIED)


def newly_reached(receipt: Receipt, had: frozenset[Receipt]) -> tuple[Receipt, ...]:
    """Name what a receipt adds to those a call already has.

    A receipt implies the weaker ones: whoever understood has read. It does not
    imply that anything was sent: a loudspeaker sends nothing. What is there
    already is never touched, so a doubled or late weaker receipt adds nothing.
    """
    if receipt is Receipt.SENT:
        return () if receipt in had else (receipt,)
    return tuple(
        one
        for one in Receipt
        if is_received(one) and STRENGTH[one] <= STRENGTH[receipt] and one not in had
    )


def moment_within(at: datetime, *, since: datetime, now: datetime) -> datetime:
    """Bring the moment of a receipt between the start of the notice and now: clocks in pockets are wrong."""
    return max(since, min(at, now))


def is_person_missing(state: CallState, has_understood: bool) -> bool:
    """Is a post missing: its turn has come, and no human being in it has answered?"""
    return not has_understood and state in (CallState.ASKING, CallState.SILENT)


# --- the ladder -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Terms:
    """How long people get to answer, in seconds, and in which order the levels are told."""

    order: Order
    contact_for: int  # one contact
    person_for: int  # one person over all his contacts, at most
    carry_for: int  # from "understood" to "carried on"
    again_every: int = 0  # where nobody answered, all are called again so often; 0 for never
    again_times: int = 0  # at most so many times; 0 for until the end
    breaks_quiet: bool = True  # nobody's quiet hours are kept


class Rung(Protocol):
    """One rung of the ladder of a post: this person by this contact."""

    @property
    def rung(self) -> int: ...
    @property
    def rank(self) -> int: ...
    @property
    def person_id(self) -> UUID | None: ...
    @property
    def contact_id(self) -> UUID | None: ...
    @property
    def channel(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """In which order the contacts of a post are asked, frozen when its turn came.

    Who comes onto the ladder later has his place in it as well; nobody is left
    out by a change, and nobody is asked twice in one lap.
    """

    asked: tuple[UUID, ...] = ()
    first: tuple[UUID, ...] = ()  # of those on duty when its turn came
    then: tuple[UUID, ...] = ()

    @classmethod
    def read(cls, text: str) -> "Plan":
        """Read a plan as it is kept beside a call."""
        parts = [tuple(map(UUID, filter(None, part.split(",")))) for part in text.split("|")]
        return cls(*parts[:3])

    def __str__(self) -> str:
        return "|".join(",".join(one.hex for one in part) for part in self.parts)

    @property
    def parts(self) -> tuple[tuple[UUID, ...], ...]:
        """Its three parts in order."""
        return (self.asked, self.first, self.then)

    def asking(self, contact: UUID | None) -> "Plan":
        """Give the plan once a contact is asked."""
        if contact is None:
            return self
        asked, first, then = (tuple(c for c in part if c != contact) for part in self.parts)
        return Plan((*asked, contact), first, then)


@dataclass(frozen=True, slots=True)
class Standing:
    """A call's facts as the ladder needs them."""

    state: CallState
    person_id: UUID | None
    turn_at: datetime | None  # when the present person's turn began
    due_at: datetime | None
    contact_id: UUID | None = None
    plan: Plan = Plan()
    understood_at: datetime | None = None
    reminded_at: datetime | None = None
    is_unsent: bool = False  # its message still waits in our own queue
    quiet_until: datetime | None = None  # whoever comes next is in his quiet hours until then
    lap: int = 0  # how many times the whole ladder was gone up before
    lap_at: datetime | None = None  # when it was begun this time


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask by this rung, and wait for an answer until `due_at`."""

    rung: Rung
    turn_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Remind:
    """Somebody understood but has not carried on: send him the words once more."""

    due_at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """The node was asleep, not the post: begin this person's time anew."""

    turn_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """Whoever comes next is in his quiet hours: ask this one when they end."""

    rung: Rung
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Bypass:
    """Nobody is left to ask: call the level below directly, and name the post as missing.

    At `due_at` the whole ladder is called again; None where that is not wanted.
    """

    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """Nobody could be called again now: look once more at `due_at`."""

    due_at: datetime


Step = Ask | Remind | Hold | Wait | Bypass | Rest


def first_wait(terms: Terms) -> timedelta:
    """Say how long the first contact of a person is waited for."""
    return timedelta(seconds=min(terms.contact_for, terms.person_for))


UNHEARD = frozenset({"email", "webhook"})
"""Kinds of contact that ring with nobody: a second time round they are used only where there is no other."""


def freeze_plan(
    ladder: Sequence[Rung], on_duty: Collection[UUID] = (), *, again: bool = False
) -> Plan:
    """Fix in which order a ladder is gone up: those on duty first, each in the order of the ladder.

    Who is off duty is asked when nobody on duty is left. With `again`, what
    rings with nobody is left out where there is anything else.
    """
    filled = [rung for rung in ladder if rung.person_id is not None and rung.contact_id is not None]
    if again:
        filled = [rung for rung in filled if rung.channel not in UNHEARD] or filled
    first = tuple(rung.contact_id for rung in filled if rung.person_id in on_duty)
    then = tuple(rung.contact_id for rung in filled if rung.person_id not in on_duty)
    return Plan((), _keys(first), _keys(then))


def _keys(contacts: Iterable[UUID | None]) -> tuple[UUID, ...]:
    return tuple(contact for contact in contacts if contact is not None)


def rungs_left(call: Standing, ladder: Sequence[Rung]) -> list[Rung]:
    """Give the rungs that were not asked yet, in the order that was frozen, people only.

    The ladder is the one of now: whoever has left it is not asked any more.
    Who has come onto it since stands before the first of those left that comes
    after him on the ladder, but behind those on duty.
    """
    filled = {rung.contact_id: rung for rung in ladder if rung.person_id is not None}
    asked = set(call.plan.asked) | {call.contact_id}
    waits = filled.get(call.contact_id) if call.quiet_until is not None else None
    first = [filled[key] for key in call.plan.first if key in filled and key not in asked]
    then = [filled[key] for key in call.plan.then if key in filled and key not in asked]
    known = {*asked, *call.plan.first, *call.plan.then}
    for key, rung in filled.items():
        if key not in known:
            behind = (at for at, other in enumerate(then) if other.rung > rung.rung)
            then.insert(next(behind, len(then)), rung)
    return [*([waits] if waits is not None else []), *first, *then]


def next_step(
    call: Standing,
    ladder: Sequence[Rung],
    terms: Terms,
    now: datetime,
    *,
    quiet: Mapping[UUID | None, datetime] = MappingProxyType({}),
    on_duty: Collection[UUID] = (),
) -> Step | None:
    """Say what happens to a call whose time is up; None while it is not, or when nothing is left to do.

    The holder's contacts come in order, each for `contact_for` and all together
    for at most `person_for`; then each deputy's in the same way; then the post
    is passed by, and after `again_every` all are called again. Who has
    understood is reminded once when `carry_for` is over, and passed by when it
    is over again: his deputies are not asked, because a human being has answered.

    `quiet` says of contacts in quiet hours until when; they are left for later
    and never left out. `on_duty` are the people who are on duty now.
    """
    if call.due_at is None or now < call.due_at:
        return None
    if call.state is CallState.SILENT:
        return _again(call, ladder, terms, now, quiet, on_duty)
    if call.state is not CallState.ASKING:
        return None
    if call.understood_at is not None:
        if call.reminded_at is None:
            return Remind(now + timedelta(seconds=terms.carry_for))
        return Bypass()
    contact_for = timedelta(seconds=terms.contact_for)
    person_for = timedelta(seconds=terms.person_for)
    if call.is_unsent and contact_for and now - call.due_at >= contact_for:
        return Hold(now, now + min(contact_for, person_for))
    turn_ends = (call.turn_at or call.due_at) + person_for
    left = [
        rung
        for rung in rungs_left(call, ladder)
        if rung.person_id != call.person_id or call.quiet_until is not None or now < turn_ends
    ]
    rung, until = first_awake(left, quiet)
    if rung is None:
        return Bypass(_again_at(call, terms, now))
    if until is not None:
        return Wait(rung, until)
    if rung.person_id != call.person_id or call.quiet_until is not None:
        return Ask(rung, now, now + min(contact_for, person_for))
    turn_at = turn_ends - person_for
    return Ask(rung, turn_at, min(now + contact_for, turn_ends))


def first_awake(
    left: Sequence[Rung], quiet: Mapping[UUID | None, datetime]
) -> tuple[Rung | None, datetime | None]:
    """Choose the first who is not in quiet hours; if all are, the one whose hours end first, and when."""
    awake = next((rung for rung in left if rung.contact_id not in quiet), None)
    if awake is not None or not left:
        return awake, None
    soonest = min(left, key=lambda rung: quiet[rung.contact_id])
    return soonest, quiet[soonest.contact_id]


def _again_at(call: Standing, terms: Terms, now: datetime) -> datetime | None:
    """Say when the ladder is gone up again: so long after it was begun, and not before now."""
    if not terms.again_every or (terms.again_times and call.lap >= terms.again_times):
        return None
    began = call.lap_at or call.turn_at or now
    return max(now, began + timedelta(seconds=terms.again_every))


def _again(
    call: Standing,
    ladder: Sequence[Rung],
    terms: Terms,
    now: datetime,
    quiet: Mapping[UUID | None, datetime],
    on_duty: Collection[UUID],
) -> Step | None:
    if call.understood_at is not None or _again_at(call, terms, now) is None:
        return None
    plan = freeze_plan(ladder, on_duty, again=True)
    filled = {rung.contact_id: rung for rung in ladder}
    rung, until = first_awake([filled[key] for key in (*plan.first, *plan.then)], quiet)
    if rung is None or until is not None:
        return Rest(until or now + timedelta(seconds=terms.again_every))
    return Ask(rung, now, now + timedelta(seconds=min(terms.contact_for, terms.person_for)))


def due_after_sending(call: Standing, terms: Terms, at: datetime) -> datetime | None:
    """Give a contact its whole time from the moment the message went out, within the person's time."""
    if call.due_at is None:
        return None
    turn_at = call.turn_at or at
    latest = turn_at + timedelta(seconds=terms.person_for)
    return max(call.due_at, min(at + timedelta(seconds=terms.contact_for), latest))


TRIES = 5


def next_try(tries: int, now: datetime, due_at: datetime | None) -> datetime | None:
    """Say when a message that could not be handed over is tried again: after 2, 4, 8, 16 seconds.

    None means that no try is left before the next rung is due, which is then the better way.
    """
    again = now + timedelta(seconds=2 ** (tries + 1))
    if tries + 1 >= TRIES or (due_at is not None and again >= due_at):
        return None
    return again


# --- households -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoundMade:
    """One knock, gong or loudspeaker round, as far as counting goes."""

    is_sweep: bool  # a gong or a loudspeaker: heard by many at once
    door: UUID | None
    answered: bool
    households: int


def households_covered(rounds: Iterable[RoundMade], households: int) -> int:
    """Count the households that have the words, never one of them twice.

    Doors at which somebody opened are added up, one door once. A gong or a
    loudspeaker is heard by many, and nobody can say whether by the same ones:
    the loudest round counts alone if it reached more than the doors did.
    """
    doors: set[UUID] = set()
    unnamed = loudest = 0
    for made in rounds:
        if not made.answered:
            continue
        if made.is_sweep:
            loudest = max(loudest, made.households)
        elif made.door is None:
            unnamed += made.households
        else:
            doors.add(made.door)
    return min(households, max(len(doors) + unnamed, loudest))


# --- figures ----------------------------------------------------------------

PACE_STEPS_PER_DOUBLING = 8


def pace_step(seconds: float) -> int:
    """Put a time to answer into one of the steps kept for large places; each is 9 % longer than the last."""
    return 0 if seconds <= 1 else 1 + floor(log2(seconds) * PACE_STEPS_PER_DOUBLING)


def pace_of_step(step: int) -> float:
    """Give the middle of a step in seconds, within 5 % of any time in it."""
    return 1.0 if step == 0 else float(2 ** ((step - 0.5) / PACE_STEPS_PER_DOUBLING))


def quantile(sorted_values: Sequence[float], share: float) -> float | None:
    """Give the value below which a share of all lies (nearest rank); None without values."""
    if not sorted_values:
        return None
    rank = ceil(len(sorted_values) * share)
    return sorted_values[max(0, rank - 1)]


def quantile_of_steps(counts: Sequence[tuple[int, int]], share: float) -> float | None:
    """Give the same from (step, number) pairs, in seconds."""
    total = sum(number for _, number in counts)
    wanted, passed = share * total, 0
    for step, number in sorted(counts):
        passed += number
        if total and passed >= wanted:
            return pace_of_step(step)
    return None
