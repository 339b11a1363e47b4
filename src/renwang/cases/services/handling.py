"""A case is looked at, accepted, given out, taken in hand, waits, is asked of others, is put off: what staff do on the way to an answer."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from renwang.base import journal
from renwang.cases import config
from renwang.cases.clock_rules import (
    ClockKind,
    Term,
    check_date,
    check_extension,
    due,
    extended,
)
from renwang.cases.models import Case, Clock, Step
from renwang.cases.rules import Act, AskedItself, NobodyAbove, check_words
from renwang.cases.services.intake import route
from renwang.cases.services.moving import (
    By,
    Held,
    give_to,
    hand_of,
    hold,
    let,
    locked_case,
    new_clock,
    next_due,
    require_handler,
    tell,
    wind,
    write,
)
from renwang.cases.services.suggesting import keep_choice
from renwang.cases.suggesting import suggest_kind
from renwang.cases.waiting import CASE, call_to, drop_call, settle_calls
from renwang.chain.models import Unit
from renwang.chain.reach import require


@transaction.atomic
def screen_case(
    case_id: UUID, *, kind: str = "", unit: Unit | None = None, by: By, now: datetime
) -> Case:
    """Say that kind and place of a case are right, or put them right; a changed one goes where it belongs.

    The clock of its answer runs by the right kind, from when it came. What was
    suggested is kept beside the choice, and learned from. Refuses
    with `KindUnknown`, `NotNow` and `reach.NotInReach`.
    """
    held = hold(case_id)
    case = held.case
    require_handler(by, case)
    let(case, Act.SCREEN, now)
    moved = unit is not None and unit.pk != case.unit_id
    changed = bool(kind) and kind != case.kind
    start: list[Clock] = []
    kinds = config.kinds()
    suggested = suggest_kind(case.words, kinds)
    if changed:
        found = config.kind_of(kinds, kind)
        case.kind, held = kind, replace(held, kind=found)
        until = due(found.terms.answer, case.received_at, held.calendar)
        start = [new_clock(case, ClockKind.ANSWER, max(until, now + timedelta(hours=1)), now)]
    if unit is not None and moved:
        case.unit, case.path = unit, unit.path
    if moved or changed:
        give_to(case, route(case.unit, held.kind, now))
    wind(held, now, *start)
    case.save()
    keep_choice(case, suggested, by=by, now=now)
    tell(case, Act.SCREEN, by=by, now=now, facts={"kind": case.kind, "place": case.unit.name})
    if moved or changed:
        call_to(case, due_at=case.due_at or now, now=now, by=by)
    return case


@transaction.atomic
def accept_case(case_id: UUID, *, by: By, now: datetime, words: str = "") -> Case:
    """Tell the reporter that we see to it; the words, where there are any, are for him. Refuses with `NotNow`."""
    held = hold(case_id)
    require_handler(by, held.case)
    let(held.case, Act.ACCEPT, now)
    wind(held, now)
    held.case.save()
    tell(held.case, Act.ACCEPT, words=words.strip()[:1000], shown=True, by=by, now=now)
    return held.case


@transaction.atomic
def assign_case(case_id: UUID, unit: Unit, *, by: By, now: datetime, words: str = "") -> Case:
    """Give a case to a unit; whoever handles cases there is called. Refuses with `NotNow` and `reach.NotInReach`."""
    held = hold(case_id)
    require_handler(by, held.case)
    give_by(held, unit, Act.ASSIGN, by=by, now=now, words=words.strip()[:1000])
    return held.case


def give_by(held: Held, unit: Unit, act: Act, *, by: By, now: datetime, words: str = "") -> None:
    """Let a case be a unit's; one that comes back to whom it was with before is counted."""
    case = held.case
    let(case, act, now)
    if unit.pk != case.holder_id and _had_it(case, unit):
        case.pingpong += 1
    give_to(case, unit)
    wind(held, now)
    case.save()
    tell(case, act, words=words, by=by, now=now, facts={"to": unit.name, "to_path": unit.path})
    call_to(case, due_at=case.due_at or now, now=now, by=by)


def _had_it(case: Case, unit: Unit) -> bool:
    given = Step.objects.filter(case=case, act__in=[Act.ASSIGN, Act.ARBITRATE])
    return given.filter(facts__to_path=unit.path).exists()


@transaction.atomic
def take_case(case_id: UUID, *, by: By, now: datetime) -> Case:
    """Take a case in hand oneself. Refuses with `NotNow` and `reach.NotInReach`."""
    held = hold(case_id)
    case = held.case
    require_handler(by, case)
    let(case, Act.TAKE, now)
    case.person = hand_of(by)
    wind(held, now)
    case.save()
    tell(case, Act.TAKE, shown=True, by=by, now=now)
    settle_calls(case, CASE, by=by, now=now)
    return case


@transaction.atomic
def ask_reporter(case_id: UUID, question: str, *, by: By, now: datetime) -> Case:
    """Ask the reporter something; the clock of the answer stands still until he says more. Refuses with `NotNow`."""
    held = hold(case_id)
    case = held.case
    require_handler(by, case)
    question = check_words(question, 1000)
    let(case, Act.ASK, now)
    case.waits_for = "reporter"
    wind(held, now, pauses=True)
    case.save()
    tell(case, Act.ASK, words=question, shown=True, by=by, now=now)
    drop_call(case, by=by, now=now)
    return case


@transaction.atomic
def postpone_case(case_id: UUID, until_on: date, reason: str, *, by: By, now: datetime) -> Case:
    """Let a case wait for a day that the reporter is told, and why. The clock of its answer runs on.

    Refuses with `WordsMissing`, `DateRefused`, `NotNow` and `reach.NotInReach`.
    """
    held = hold(case_id)
    case = held.case
    require_handler(by, case)
    reason = check_words(reason, 1000)
    until = datetime.combine(until_on, time(), timezone.get_default_timezone())
    check_date(until, now)
    let(case, Act.POSTPONE, now)
    case.waits_for = "date"
    wind(held, now, new_clock(case, ClockKind.DATE, until, now))
    case.save()
    tell(
        case, Act.POSTPONE, words=reason, shown=True, by=by, now=now, facts={"until": str(until_on)}
    )
    drop_call(case, by=by, now=now)
    return case


@transaction.atomic
def resume_case(case_id: UUID, *, by: By, now: datetime) -> Case:
    """Let a case go on that waited. Refuses with `NotNow` and `reach.NotInReach`."""
    held = hold(case_id)
    require_handler(by, held.case)
    go_on(held, by=by, now=now)
    return held.case


def go_on(held: Held, *, by: By, now: datetime) -> None:
    """Let a case go on whose date has come, within the caller's transaction; whoever has it is called."""
    case = held.case
    let(case, Act.RESUME, now)
    case.waits_for = ""
    wind(held, now)
    case.save()
    tell(case, Act.RESUME, by=by, now=now)
    call_to(case, due_at=case.due_at or now, now=now, by=by)


@transaction.atomic
def refer_case(
    case_id: UUID, question: str, *, to: Unit | None = None, by: By, now: datetime
) -> Case:
    """Ask the unit above, or another one, what is to be done; it owes an answer, and its silence climbs.

    Refuses with `WordsMissing`, `NobodyAbove`, `AskedItself`, `NotNow` and `reach.NotInReach`.
    """
    held = hold(case_id)
    case = held.case
    require_handler(by, case)
    question = check_words(question, 2000)
    asked = to or case.holder.parent
    if asked is None:
        raise NobodyAbove(name=case.holder.name)
    if asked.pk == case.holder_id:
        raise AskedItself
    let(case, Act.REFER, now)
    case.asked, case.asked_path = asked, asked.path
    days = held.kind.terms.referral_days
    until = due(Term(days), now, held.calendar)
    wind(held, now, new_clock(case, ClockKind.REFERRAL, until, now, path=asked.path))
    case.save()
    tell(
        case, Act.REFER, words=question, by=by, now=now,
        facts={"to": asked.name, "to_path": asked.path, "up": to is None},
    )  # fmt: skip
    call_to(case, due_at=until, now=now, by=by)
    return case


@transaction.atomic
def reply_case(
    case_id: UUID, words: str, *, by: By, now: datetime, takes_over: bool = False
) -> Case:
    """Answer what was asked about a case; with `takes_over` the unit that was asked has it from now on.

    Whoever handles cases at the unit that was asked, or above it, may. Refuses
    with `WordsMissing`, `NotNow` and `reach.NotInReach`.
    """
    held = hold(case_id)
    case = held.case
    require(by, "cases.handle", at=case.asked_path or case.held_path)
    words = check_words(words, 2000)
    asked = case.asked
    let(case, Act.REPLY, now)
    if takes_over and asked is not None:
        give_to(case, asked)
        case.person = hand_of(by)
    else:
        case.asked, case.asked_path = None, ""
    wind(held, now)
    case.save()
    tell(case, Act.REPLY, words=words, by=by, now=now, facts={"takes_over": takes_over})
    if takes_over:
        settle_calls(case, CASE, by=by, now=now)
    else:
        call_to(case, due_at=case.due_at or now, now=now, by=by)
    return case


@transaction.atomic
def extend_case(case_id: UUID, days: int, reason: str, *, by: By, now: datetime) -> Case:
    """Put the answer off by some working days, before its time is over; the reporter sees the reason.

    Refuses with `WordsMissing`, `ExtendedTooLate`, `ExtendedTooOften`,
    `ExtendedTooFar`, `NotNow` and `reach.NotInReach`.
    """
    held = hold(case_id)
    case = held.case
    require_handler(by, case)
    let(case, Act.EXTEND, now)
    clocks = list(Clock.objects.filter(case=case, met_at=None))
    clock = next(one for one in clocks if one.kind == ClockKind.ANSWER)
    check_extension(
        held.kind.terms,
        due_at=clock.due_at,
        now=now,
        used=case.extensions,
        days=days,
        reason=reason,
    )
    clock.due_at = extended(clock.due_at, days, held.calendar)
    clock.look_at = None if clock.paused_at else clock.due_at
    clock.save(update_fields=["due_at", "look_at"])
    case.extensions += 1
    case.due_at = next_due(clocks)
    case.save(update_fields=["extensions", "due_at", "state", "since"])
    tell(
        case, Act.EXTEND, words=check_words(reason, 1000), shown=True, by=by, now=now,
        facts={"days": days},
    )  # fmt: skip
    return case


@transaction.atomic
def note_case(case_id: UUID, words: str, *, by: By, now: datetime) -> Step:
    """Write a note beside a case, for ourselves. The words of the reporter stay as they are."""
    case = locked_case(case_id)
    require_handler(by, case)
    made = write(case, "note", words=check_words(words, 2000), by=by, now=now)
    journal.record("cases.noted", case, by=by, at=now)
    return made


@transaction.atomic
def mask_case(case_id: UUID, shown: str, reason: str, *, by: By, now: datetime) -> Case:
    """Show others something else than the words of a case, and why; nothing is deleted, and whoever handles it reads both."""
    case = locked_case(case_id)
    require_handler(by, case)
    case.masked, case.mask_reason = check_words(shown), check_words(reason, 200)
    case.save(update_fields=["masked", "mask_reason"])
    write(case, "mask", words=case.mask_reason, shown=True, by=by, now=now)
    journal.record("cases.masked", case, by=by, at=now, reason=case.mask_reason)
    return case


@transaction.atomic
def unmask_case(case_id: UUID, *, by: By, now: datetime) -> Case:
    """Show the words of a case again to whoever may see it."""
    case = locked_case(case_id)
    require_handler(by, case)
    case.masked = case.mask_reason = ""
    case.save(update_fields=["masked", "mask_reason"])
    write(case, "unmask", shown=True, by=by, now=now)
    journal.record("cases.unmasked", case, by=by, at=now)
    return case
