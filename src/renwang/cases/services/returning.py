"""Returned orders (退单): the duties list says whose a case is or has a gap, a second return goes to the arbiter."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from renwang.cases.clock_rules import ClockKind, Term, due
from renwang.cases.models import Case
from renwang.cases.route_rules import Returned, Verdict, climbed, decide_return
from renwang.cases.rules import Act, NotTheArbiter, check_words
from renwang.cases.services.handling import give_by
from renwang.cases.services.intake import route_named
from renwang.cases.services.moving import (
    BY,
    By,
    Held,
    hold,
    let,
    new_clock,
    require_handler,
    standing_unit,
    tell,
    wind,
)
from renwang.cases.waiting import ARBITRATE, call_arbiter, call_to, settle_calls
from renwang.chain.models import Unit
from renwang.chain.reach import require


@transaction.atomic
def return_case(case_id: UUID, reason: str, *, by: By, now: datetime) -> tuple[Case, Verdict]:
    """Return a case that is not ours, and why; say what has become of it.

    It goes where the duties list says, and comes straight back where that is
    here; where the list names nobody, the level above gives it out and the gap
    is on record. The second return goes to the arbiter. Refuses with
    `WordsMissing`, `ReturnedTooFar`, `NotNow` and `reach.NotInReach`.
    """
    held = hold(case_id)
    case = held.case
    require_handler(by, case)
    reason = check_words(reason, 1000)
    named = route_named(case.unit, held.kind, now)
    known = Returned(case.held_path, named.path if named else "", case.returns)
    verdict = decide_return(known)
    before = case.holder
    let(case, Act.RETURN, now)
    case.returns += 1
    case.asked, case.asked_path, case.person = None, "", None
    case.gap = verdict is Verdict.GAP
    _settle_return(held, verdict, named, before, reason, by=by, now=now)
    return case, verdict


def _settle_return(
    held: Held,
    verdict: Verdict,
    named: Unit | None,
    before: Unit,
    reason: str,
    *,
    by: By,
    now: datetime,
) -> None:
    case = held.case
    facts = {"verdict": verdict.value, "from": before.name, "from_path": before.path}
    if verdict in (Verdict.DUTIES, Verdict.STAYS):
        wind(held, now)
        case.save()
        tell(case, Act.RETURN, words=reason, by=by, now=now, facts=facts)
        give_by(held, named or before, Act.ASSIGN, by=BY, now=now)
        return
    above = standing_unit(climbed(before.path, 1)) or before
    case.holder, case.held_path = above, above.path
    if verdict is Verdict.GAP:
        wind(held, now)
        case.save()
        tell(case, Act.RETURN, words=reason, by=by, now=now, facts=facts)
        call_to(case, due_at=case.due_at or now, now=now, by=by)
        return
    until = due(Term(held.kind.terms.arbitrate_days), now, held.calendar)
    wind(held, now, new_clock(case, ClockKind.ARBITRATE, until, now, path=above.path))
    case.save()
    tell(case, Act.RETURN, words=reason, by=by, now=now, facts=facts | {"arbiter": above.name})
    call_arbiter(case, above.path, due_at=until, by=by, now=now)


@transaction.atomic
def arbitrate_case(case_id: UUID, unit: Unit, reason: str, *, by: By, now: datetime) -> Case:
    """Decide whose a case is that was returned twice; nobody returns it after that.

    Refuses with `WordsMissing`, `NotTheArbiter`, `NotNow` and `reach.NotInReach`.
    """
    held = hold(case_id)
    case = held.case
    require(by, "cases.arbitrate", at=case.held_path)
    reason = check_words(reason, 1000)
    if not case.clocks.filter(kind=ClockKind.ARBITRATE, met_at=None).exists():
        raise NotTheArbiter
    settle_calls(case, ARBITRATE, by=by, now=now)
    give_by(held, unit, Act.ARBITRATE, by=by, now=now, words=reason)
    return case
