"""The node looks at clocks that are over: silence climbs, dates come, the reporter is rung, what is settled is closed."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from renwang.cases.clock_rules import ClockKind, Term, due, next_rung
from renwang.cases.models import Case, Clock, Placard, Reporter
from renwang.cases.rules import Act, State, move
from renwang.cases.services.answering import close
from renwang.cases.services.handling import go_on
from renwang.cases.services.moving import BY, Held, hold, new_clock, next_due, standing_unit, tell
from renwang.cases.waiting import call_late, call_to_ring
from renwang.chain.models import Unit
from renwang.chain.rules import line_above

AT_ONCE = 200


def look_at_clocks(now: datetime) -> int:
    """See to every clock that is over; return how many. Each in a transaction of its own: a kill leaves the rest for next time."""
    due_now = Clock.objects.filter(look_at__lte=now).order_by("look_at")
    seen = 0
    for clock_id, case_id in due_now.values_list("pk", "case_id")[:AT_ONCE]:
        with transaction.atomic():
            held = hold(case_id)
            clock = Clock.objects.get(pk=clock_id)
            if clock.look_at is not None and clock.look_at <= now and clock.met_at is None:
                _see_to(held, clock, now)
                seen += 1
    return seen


def _see_to(held: Held, clock: Clock, now: datetime) -> None:
    case = held.case
    match ClockKind(clock.kind):
        case ClockKind.DATE:
            go_on(held, by=BY, now=now)
        case ClockKind.COOL:
            close(held, by=BY, now=now)
        case ClockKind.SILENCE:
            _ring_or_close(held, clock, now)
        case _:
            _climb(held, case, clock, now)


def _ring_or_close(held: Held, clock: Clock, now: datetime) -> None:
    """Have the reporter rung who says nothing; where he left no way to be reached, his silence ends it."""
    case = held.case
    if not Reporter.objects.filter(case=case).exists():
        close(held, by=BY, now=now)
        return
    until = due(Term(held.kind.terms.call_back_days), now, held.calendar)
    clock.met_at, clock.look_at = now, None
    clock.save(update_fields=["met_at", "look_at"])
    ring = new_clock(case, ClockKind.CALL_BACK, until, now)
    ring.save(force_insert=True)
    case.due_at = ring.due_at
    case.save(update_fields=["due_at"])
    call_to_ring(case, due_at=until, now=now)


def _climb(held: Held, case: Case, clock: Clock, now: datetime) -> None:
    """Let the level above hear of what nobody saw to in time; at the top it stays, late, until somebody does."""
    move(State(case.state), Act.CLIMB)
    silent, line = clock.path, line_above(clock.path)
    above = standing_unit(line[-1]) if line else None
    if above is None:
        clock.look_at = None
    else:
        clock.path, clock.rung = above.path, clock.rung + 1
        clock.look_at = next_rung(clock.begun_at, clock.due_at, clock.rung, now)
    clock.save(update_fields=["path", "rung", "look_at"])
    case.due_at = next_due(list(Clock.objects.filter(case=case, met_at=None)))
    case.save(update_fields=["due_at"])
    unit = standing_unit(silent)
    facts = {
        "silent": unit.name if unit else silent,
        "to": above.name if above else "",
        "clock": clock.kind,
    }
    tell(case, Act.CLIMB, by=BY, now=now, facts=facts)
    if above is not None:
        call_late(case, above.path, due_at=clock.look_at or now, now=now)


def follow_division(now: datetime) -> int:
    """Let every case and placard lie where its units lie today; return how many rows moved."""
    moved = 0
    for model, unit, column in (
        (Case, "unit_id", "path"),
        (Case, "holder_id", "held_path"),
        (Case, "asked_id", "asked_path"),
        (Placard, "unit_id", "path"),
    ):
        own = Unit.objects.filter(pk=OuterRef(unit), ended_on=None).exclude(path=OuterRef(column))
        found = model.objects.filter(Exists(own))
        moved += found.update(**{column: Subquery(own.values("path"))})
    return moved
