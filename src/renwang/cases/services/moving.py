"""What every deed on a case begins and ends with: the lock, the move, the clocks, the step, the fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from renwang.base import journal
from renwang.cases import config
from renwang.cases.clock_rules import NEVER_CLIMB, STOPS, ClockKind, Term, due, go_on
from renwang.cases.kind_rules import Kind
from renwang.cases.models import Answer, Case, Clock, Step
from renwang.cases.rules import Act, State, move
from renwang.cases.services.telling import queue_tellings
from renwang.cases.waiting import ARBITRATE, settle_calls
from renwang.cases.workday_rules import Calendar
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer, require
from renwang.chain.rules import line_above

By = Viewer | str
BY = "node:cases"
REPORTER = "node:reporter"  # whoever holds the code; nobody knows who he is

VERBS: Mapping[Act, str] = {
    Act.SCREEN: "cases.screened",
    Act.ACCEPT: "cases.accepted",
    Act.ASSIGN: "cases.assigned",
    Act.TAKE: "cases.taken",
    Act.ASK: "cases.asked",
    Act.POSTPONE: "cases.postponed",
    Act.RESUME: "cases.resumed",
    Act.REFER: "cases.referred",
    Act.REPLY: "cases.replied",
    Act.RETURN: "cases.returned",
    Act.ARBITRATE: "cases.arbitrated",
    Act.EXTEND: "cases.extended",
    Act.ANSWER: "cases.answered",
    Act.ADD: "cases.added",
    Act.CONFIRM: "cases.confirmed",
    Act.REJECT: "cases.rejected",
    Act.CALL_BACK: "cases.rung",
    Act.REOPEN: "cases.reopened",
    Act.CLOSE: "cases.closed",
    Act.WITHDRAW: "cases.withdrawn",
    Act.MERGE: "cases.merged",
    Act.UNMERGE: "cases.unmerged",
    Act.CLIMB: "cases.climbed",
}


@dataclass(frozen=True, slots=True)
class Held:
    """A case taken for a deed, with the working days and the kinds that hold now."""

    case: Case
    calendar: Calendar
    kind: Kind
    answers: int  # given before


def locked_case(case_id: UUID) -> Case:
    """Take a case for a deed; nobody else changes it meanwhile. The joined units stay free."""
    return _locked().get(pk=case_id)


def _locked() -> QuerySet[Case]:
    found = Case.objects.select_for_update(of=("self",)).select_related("unit", "holder", "asked")
    return found.defer("search", "unit__boundary", "holder__boundary", "asked__boundary")


def hold(case_id: UUID) -> Held:
    """Take a case for a deed that winds its clocks."""
    given = Answer.objects.filter(case=OuterRef("pk")).order_by("-number").values("number")[:1]
    case = _locked().annotate(answers_given=Subquery(given)).get(pk=case_id)
    calendar, kinds = config.current()
    kind = kinds.get(case.kind) or kinds["other"]
    return Held(case, calendar, kind, case.answers_given or 0)


def require_handler(by: By, case: Case) -> None:
    """Let through whoever handles cases where this one lies, or at the unit whose it is or that was asked."""
    paths = (case.held_path, case.path, case.asked_path)
    if isinstance(by, Viewer) and any(path and by.may("cases.handle", path) for path in paths):
        return
    require(by, "cases.handle", at=case.held_path)


def hand_of(by: By) -> UUID | None:
    """Say whose hand does it: a person's id, None for the reporter and for a part of the node."""
    return by.id if isinstance(by, Viewer) else None


def let(case: Case, act: Act, now: datetime) -> None:
    """Do an act to a case. Refuses with `NotNow`."""
    case.state = move(State(case.state), act)
    case.since = now


def tell(
    case: Case,
    act: Act,
    *,
    by: By,
    now: datetime,
    words: str = "",
    shown: bool = False,
    facts: Mapping[str, Any] | None = None,
) -> Step:
    """Write a step into the story of a case, the fact of it without its words, and whom a message tells of it."""
    plain = dict(facts or {})
    made = write(case, act, words=words, facts=plain, shown=shown, by=by, now=now)
    journal.record(VERBS[act], case, by=by, at=now, state=case.state, due_at=case.due_at, **plain)
    queue_tellings(case, act, made.pk, now)
    return made


def write(
    case: Case,
    act: str,
    *,
    by: By,
    now: datetime,
    words: str = "",
    facts: Mapping[str, Any] | None = None,
    shown: bool = False,
) -> Step:
    """Write a step into the story of a case."""
    plain = {
        name: value if isinstance(value, int | bool) else str(value)
        for name, value in (facts or {}).items()
    }
    return Step.objects.create(
        case=case, act=act, words=words, facts=plain, is_shown=shown, by=hand_of(by), at=now
    )


# --- clocks -------------------------------------------------------------------


def new_clock(
    case: Case,
    kind: ClockKind,
    due_at: datetime,
    now: datetime,
    *,
    is_urgent: bool = False,
    path: str = "",
) -> Clock:
    """Make a clock that begins now; the node looks at it when it is over."""
    return Clock(
        case=case, kind=kind, path=path or case.held_path, is_urgent=is_urgent, begun_at=now,
        due_at=due_at, look_at=due_at,
    )  # fmt: skip


def wind(held: Held, now: datetime, *start: Clock, pauses: bool = False) -> list[Clock]:
    """Bring the clocks of a case into line with where it stands now, and begin others; three statements at most.

    Clocks that may not run in its state are met. With `pauses` that of the
    answer stands still; without, it goes on again where it stood still.
    Fills `case.due_at`; the caller saves the case.
    """
    case = held.case
    allowed = STOPS[State(case.state)]
    begins = {clock.kind for clock in start}
    running: list[Clock] = []
    changed: list[Clock] = []
    for clock in Clock.objects.filter(case=case, met_at=None):
        kind = ClockKind(clock.kind)
        if kind not in allowed or kind in begins:
            clock.met_at, clock.look_at = now, None
            changed.append(clock)
            if kind is ClockKind.ARBITRATE:  # somebody has it now: nobody is to decide any more
                settle_calls(case, ARBITRATE, by=BY, now=now)
            continue
        if kind is ClockKind.ANSWER and _stand_or_go(clock, held.calendar, now, pauses=pauses):
            changed.append(clock)
        if not clock.rung and clock.path != case.held_path and kind is not ClockKind.REFERRAL:
            clock.path = case.held_path
            changed.append(clock)
        running.append(clock)
    if changed:
        fields = ["met_at", "look_at", "paused_at", "due_at", "path"]
        Clock.objects.bulk_update(list({one.pk: one for one in changed}.values()), fields)
    if start:
        Clock.objects.bulk_create(start)
    running.extend(start)
    case.due_at = next_due(running)
    return running


def _stand_or_go(clock: Clock, calendar: Calendar, now: datetime, *, pauses: bool) -> bool:
    if pauses and clock.paused_at is None:
        clock.paused_at, clock.look_at = now, None
        return True
    if not pauses and clock.paused_at is not None:
        clock.due_at = go_on(
            clock.due_at, clock.paused_at, now, is_urgent=clock.is_urgent, calendar=calendar
        )
        clock.paused_at, clock.look_at = None, clock.due_at
        return True
    return False


def next_due(clocks: list[Clock]) -> datetime | None:
    """Say by when somebody of ours must have done something; None while only the reporter is waited for."""
    owed = [
        one.due_at
        for one in clocks
        if one.paused_at is None and ClockKind(one.kind) not in NEVER_CLIMB
    ]
    return min(owed, default=None)


def answer_clock(held: Held, now: datetime, *, half: bool = False) -> Clock:
    """Make a clock for an answer that is owed anew; half the term, a working day at least, where one was given before."""
    term = held.kind.terms.answer
    if half:
        term = Term(max(1, -(-term.days // 2)) if term.days else 0, term.minutes // 2)
    return new_clock(
        held.case, ClockKind.ANSWER, due(term, now, held.calendar), now, is_urgent=term.is_urgent
    )


# --- places -------------------------------------------------------------------


def standing_unit(path: str) -> Unit | None:
    """Find the unit at a path, or the nearest above it that stands; one statement."""
    line = [*line_above(path), path]
    found = Unit.objects.filter(path__in=line, ended_on=None).order_by("-depth").defer("boundary")
    return found.first()


def give_to(case: Case, unit: Unit) -> None:
    """Let a case be a unit's from now on; nobody has it in hand there yet."""
    case.holder, case.held_path = unit, unit.path
    case.asked, case.asked_path = None, ""
    case.person = None
    case.waits_for = ""
