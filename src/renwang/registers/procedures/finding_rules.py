"""What is wrong with a procedures list: what nobody follows, reviews or has read, and duties without a procedure.

Values in, findings out; the sentences are in `finding_words.py`. The readiness
check asks the same rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from renwang.chain.rules import line_above
from renwang.registers.duties.finding_rules import Severity
from renwang.registers.duties.rules import Phase
from renwang.registers.hazards import EVERY
from renwang.registers.procedures.rules import Kind

WAITS_LONG = timedelta(days=14)
REVIEW_SOON = timedelta(days=30)
RUN_WITHIN = timedelta(days=365)
RUN_FORGOTTEN = timedelta(hours=24)
REVIEW_LOST = timedelta(days=180)


class Hole(StrEnum):
    """What can be wrong."""

    REVIEW_LOST = "review_lost"
    REVIEW_OVERDUE = "review_overdue"
    REVIEW_SOON = "review_soon"
    UNREAD = "unread"
    NOBODY_MEANT = "nobody_meant"
    DUTY_WITHOUT = "duty_without"
    NO_DUTY = "no_duty"
    NO_HAZARD = "no_hazard"
    NO_BASIS = "no_basis"
    NEVER_RUN = "never_run"
    OFTEN_OTHERWISE = "often_otherwise"
    RUN_FORGOTTEN = "run_forgotten"
    PROPOSAL_WAITS = "proposal_waits"
    PLACE_ENDED = "place_ended"


class Mender(StrEnum):
    """Who can mend it."""

    KEEPER = "keeper"  # who writes procedures there
    APPROVER = "approver"
    FOLLOWERS = "followers"  # those who must follow it
    DUTIES = "duties"  # who keeps the duties list there


_WEIGHTS: Mapping[Hole, tuple[Severity, Mender]] = {
    Hole.REVIEW_LOST: (Severity.GRAVE, Mender.KEEPER),
    Hole.REVIEW_OVERDUE: (Severity.ATTENTION, Mender.KEEPER),
    Hole.REVIEW_SOON: (Severity.NOTE, Mender.KEEPER),
    Hole.UNREAD: (Severity.ATTENTION, Mender.FOLLOWERS),
    Hole.NOBODY_MEANT: (Severity.GRAVE, Mender.KEEPER),
    Hole.DUTY_WITHOUT: (Severity.ATTENTION, Mender.KEEPER),
    Hole.NO_DUTY: (Severity.ATTENTION, Mender.DUTIES),
    Hole.NO_HAZARD: (Severity.NOTE, Mender.KEEPER),
    Hole.NO_BASIS: (Severity.NOTE, Mender.KEEPER),
    Hole.NEVER_RUN: (Severity.ATTENTION, Mender.FOLLOWERS),
    Hole.OFTEN_OTHERWISE: (Severity.ATTENTION, Mender.KEEPER),
    Hole.RUN_FORGOTTEN: (Severity.ATTENTION, Mender.FOLLOWERS),
    Hole.PROPOSAL_WAITS: (Severity.NOTE, Mender.APPROVER),
    Hole.PLACE_ENDED: (Severity.ATTENTION, Mender.KEEPER),
}

Cell = tuple[str, Phase | None]


@dataclass(frozen=True, slots=True)
class ProcedureSeen:
    """A procedure in force, or one that waits, as the rules see it."""

    ref: str
    title: str
    kind: Kind
    path: str
    cells: tuple[Cell, ...] = ()
    began_on: date | None = None  # None where nothing of it is in force
    review_on: date | None = None
    meant: int = 0  # holdings that must follow it
    posts_meant: int = 0
    unread: int = 0  # of them, those whose time to read is over
    last_run_at: datetime | None = None
    forgotten: str = ""  # reference of a run in which nothing has happened for a day
    often_otherwise: tuple[int, ...] = ()  # numbers of steps
    proposed_at: datetime | None = None
    has_basis: bool = True
    place_has_ended: bool = False


@dataclass(frozen=True, slots=True)
class DutyCell:
    """What somebody answers for in force: against what, when, where."""

    ref: str
    hazard: str
    phase: Phase
    path: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what, how grave, where, and who can mend it."""

    hole: Hole
    path: str
    procedure: str = ""  # reference
    hazard: str = ""
    phase: Phase | None = None
    duty: str = ""  # reference
    params: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def severity(self) -> Severity:
        """How grave it is; a response without a procedure weighs more than any other phase."""
        if self.hole is Hole.DUTY_WITHOUT and self.phase is not Phase.RESPOND:
            return Severity.NOTE
        return _WEIGHTS[self.hole][0]

    @property
    def mender(self) -> Mender:
        """Who can mend it."""
        return _WEIGHTS[self.hole][1]

    @property
    def order(self) -> tuple[int, str, str, str, str, str]:
        """The gravest first, then by kind and place."""
        return (
            self.severity, self.hole.value, self.path, self.procedure, self.hazard, self.phase or "",
        )  # fmt: skip


def find_holes(
    procedures: Sequence[ProcedureSeen],
    duties: Sequence[DutyCell],
    now: datetime,
    *,
    today: date,
    under: str = "/",
) -> list[Finding]:
    """Find everything that is wrong at a place and below it, the gravest first.

    `procedures` and `duties` are those at and below the place with those above
    it, which hold there too; only what lies at or below `under` is judged.
    `today` is the day it is at the node.
    """
    here = [one for one in procedures if one.path.startswith(under)]
    found: list[Finding] = []
    for one in here:
        found += _of_waiting(one, now)
        if one.began_on is not None:
            found += _of_review(one, today)
            found += _of_followers(one)
            found += _of_runs(one, now)
            found += _of_paper(one)
            found += _without_duty(one, duties)
    holding = [one for one in procedures if one.began_on is not None]
    found += _duties_without(holding, duties, under)
    return sorted(found, key=lambda one: one.order)


def _about(one: ProcedureSeen, hole: Hole, **params: object) -> Finding:
    return Finding(hole, one.path, one.ref, params={"title": one.title, **params})


def _of_waiting(one: ProcedureSeen, now: datetime) -> list[Finding]:
    if one.proposed_at is not None and one.proposed_at <= now - WAITS_LONG:
        return [_about(one, Hole.PROPOSAL_WAITS, since=one.proposed_at)]
    return []


def _of_review(one: ProcedureSeen, today: date) -> list[Finding]:
    due = one.review_on
    if due is None or due > today + REVIEW_SOON:
        return []
    if due > today:
        return [_about(one, Hole.REVIEW_SOON, on=due)]
    hole = Hole.REVIEW_LOST if due <= today - REVIEW_LOST else Hole.REVIEW_OVERDUE
    return [_about(one, hole, on=due, days=(today - due).days)]


def _of_followers(one: ProcedureSeen) -> list[Finding]:
    if not one.posts_meant:
        return [_about(one, Hole.NOBODY_MEANT)]
    if one.unread:
        return [_about(one, Hole.UNREAD, count=one.unread, of=one.meant)]
    return []


def _of_runs(one: ProcedureSeen, now: datetime) -> list[Finding]:
    found = []
    is_old = one.began_on is not None and one.began_on <= (now - RUN_WITHIN).date()
    is_unused = one.last_run_at is None or one.last_run_at <= now - RUN_WITHIN
    if one.kind in (Kind.RESPONSE, Kind.HANDLING) and is_old and is_unused:
        found.append(_about(one, Hole.NEVER_RUN))
    if one.often_otherwise:
        found.append(_about(one, Hole.OFTEN_OTHERWISE, steps=one.often_otherwise))
    if one.forgotten:
        found.append(_about(one, Hole.RUN_FORGOTTEN, run=one.forgotten))
    return found


def _of_paper(one: ProcedureSeen) -> list[Finding]:
    found = []
    if not one.cells:
        found.append(_about(one, Hole.NO_HAZARD))
    if not one.has_basis:
        found.append(_about(one, Hole.NO_BASIS))
    if one.place_has_ended:
        found.append(_about(one, Hole.PLACE_ENDED))
    return found


def _without_duty(one: ProcedureSeen, duties: Iterable[DutyCell]) -> list[Finding]:
    """A phase it is written for in which nobody answers, neither at its place nor above."""
    answered = {
        (duty.hazard, duty.phase)
        for duty in duties
        if one.path.startswith(duty.path) or duty.path.startswith(one.path)
    }
    return [
        Finding(Hole.NO_DUTY, one.path, one.ref, hazard, phase, params={"title": one.title})
        for hazard, phase in one.cells
        if phase is not None and not answered & {(hazard, phase), (EVERY, phase)}
    ]


def _duties_without(
    procedures: Iterable[ProcedureSeen], duties: Iterable[DutyCell], under: str
) -> list[Finding]:
    """A duty for which nothing is written down, neither at its place nor above; once for each cell."""
    written: dict[str, set[Cell]] = {}
    for one in procedures:
        written.setdefault(one.path, set()).update(one.cells)
    found: dict[tuple[str, str, Phase], Finding] = {}
    for duty in duties:
        if not duty.path.startswith(under):
            continue
        known: set[Cell] = set()
        for place in (*line_above(duty.path), duty.path):
            known |= written.get(place, set())
        wanted = {(who, when) for who in (duty.hazard, EVERY) for when in (duty.phase, None)}
        if not known & wanted:
            found.setdefault(
                (duty.path, duty.hazard, duty.phase),
                Finding(
                    Hole.DUTY_WITHOUT, duty.path, "", duty.hazard, duty.phase, duty.ref,
                    {"duty": duty.ref},
                ),
            )  # fmt: skip
    return list(found.values())
