"""A question goes to the unit above, with an answer owed by a moment; silence takes it one level higher."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer, require
from renwang.outreach.errand_rules import ErrandAct
from renwang.outreach.services import ask_errand, end_errand, move_up
from renwang.signals.models import Matter, Referral, ReferralStep
from renwang.signals.rules import (
    AnswerOwed,
    NobodyAbove,
    ReferralAct,
    ReferralState,
    SignalAct,
    WordsMissing,
    check_reason,
    check_term,
    move_referral,
    next_due,
)
from renwang.signals.services.receiving import let_all, locked_signals_of
from renwang.signals.waiting import REFERRAL, waiting_referral

By = Viewer | str


@transaction.atomic
def refer_matter(
    matter_id: UUID, question: str, *, term: timedelta, by: By, now: datetime
) -> Referral:
    """Ask the unit above one's own what is to be done about a matter, with an answer owed within a term.

    One's own is the highest place for which one judges the matter: nobody
    puts a question to himself.

    Refuses with `WordsMissing`, `TermRefused`, `NobodyAbove`, `AnswerOwed` and
    `reach.NotInReach`.
    """
    matter = Matter.objects.select_for_update().get(pk=matter_id)
    require(by, "signals.judge", at=matter.path)
    check_term(term)
    if not question.strip():
        raise WordsMissing
    if matter.referrals.filter(state=ReferralState.OWED).exists():
        raise AnswerOwed
    unit = _asking_unit(matter, by)
    above = unit.parent
    if above is None:
        raise NobodyAbove(name=unit.name)
    let_all(locked_signals_of(matter), SignalAct.REFER)
    referral = Referral.objects.create(
        id=uuid7(now),
        ref=next_reference("Q", now),
        matter=matter,
        assessment=matter.assessment,
        question=question.strip(),
        unit=unit,
        path=unit.path,
        asked=above,
        asked_path=above.path,
        term=term,
        by=by.id if isinstance(by, Viewer) else None,
        at=now,
        due_at=next_due(term, 0, now),
        state=ReferralState.OWED,
        drill=matter.drill,
    )
    _write_step(referral, now)
    journal.record(
        "signals.referred", referral, by=by, at=now, drill=referral.drill,
        matter=matter.ref, question=referral.question, to=above.name, to_path=above.path,
        due_at=referral.due_at,
    )  # fmt: skip
    ask_errand(waiting_referral(referral, now), by=by, now=now)
    return referral


@transaction.atomic
def answer_referral(referral_id: UUID, answer: str, *, by: By, now: datetime) -> Referral:
    """Answer what was asked from below. Whoever judges at the unit that is asked, or above it, may.

    Every unit that was asked on the way and stayed silent may still answer.
    Refuses with `WordsMissing`, `ReferralOver` and `reach.NotInReach`.
    """
    referral = _locked(referral_id)
    _require_asked(referral, by)
    if not answer.strip():
        raise WordsMissing
    referral.state = move_referral(ReferralState(referral.state), ReferralAct.ANSWER)
    referral.answer = answer.strip()
    referral.answered_by = by.id if isinstance(by, Viewer) else None
    referral.ended_at = now
    referral.save(update_fields=["state", "answer", "answered_by", "ended_at"])
    let_all(locked_signals_of(referral.matter), SignalAct.ANSWER)
    journal.record(
        "signals.answered", referral, by=by, at=now, drill=referral.drill,
        matter=referral.matter.ref, answer=referral.answer,
        seconds=(now - referral.at).total_seconds(), levels=referral.rung + 1,
    )  # fmt: skip
    end_errand(REFERRAL, referral.pk, by=by, now=now)
    return referral


@transaction.atomic
def withdraw_referral(referral_id: UUID, *, by: By, now: datetime, reason: str) -> Referral:
    """Take a question back that has settled itself. Refuses with `ReasonMissing` and `ReferralOver`."""
    referral = _locked(referral_id)
    require(by, "signals.judge", at=referral.path)
    reason = check_reason(reason)
    referral.state = move_referral(ReferralState(referral.state), ReferralAct.WITHDRAW)
    referral.ended_at = now
    referral.save(update_fields=["state", "ended_at"])
    let_all(locked_signals_of(referral.matter), SignalAct.ANSWER)
    journal.record(
        "signals.referral_withdrawn", referral, by=by, at=now, drill=referral.drill,
        matter=referral.matter.ref, reason=reason,
    )  # fmt: skip
    end_errand(REFERRAL, referral.pk, by=by, now=now, act=ErrandAct.DROP)
    return referral


def climb_referrals(now: datetime, *, drill: UUID | None = None) -> int:
    """Take every overdue referral one level higher; return how many went.

    One that has reached the top of this node stays there and is marked, so
    that somebody there sees that it hangs on him.
    """
    due = Referral.objects.filter(
        state=ReferralState.OWED, due_at__lte=now, is_at_top=False, drill=drill
    )
    climbed = 0
    for referral_id in due.order_by("due_at").values_list("pk", flat=True)[:200]:
        with transaction.atomic():
            climbed += _climb(_locked(referral_id), now)
    return climbed


def _climb(referral: Referral, now: datetime) -> bool:
    if referral.state != ReferralState.OWED or referral.due_at > now or referral.is_at_top:
        return False
    move_referral(ReferralState(referral.state), ReferralAct.CLIMB)
    silent, above = referral.asked, referral.asked.parent
    if above is None:
        referral.is_at_top = True
        referral.save(update_fields=["is_at_top"])
    else:
        referral.rung += 1
        referral.asked, referral.asked_path = above, above.path
        referral.due_at = next_due(referral.term, referral.rung, now)
        referral.save(update_fields=["rung", "asked", "asked_path", "due_at"])
        _write_step(referral, now)
        move_up(REFERRAL, referral.pk, above.path, referral.due_at, now=now)
    journal.record(
        "signals.referral_climbed", referral, by="node:signals", at=now, drill=referral.drill,
        matter=referral.matter.ref, silent=silent.name, silent_path=silent.path,
        to=above.name if above else "", to_path=above.path if above else "",
        due_at=referral.due_at,
    )  # fmt: skip
    return True


def _write_step(referral: Referral, now: datetime) -> None:
    ReferralStep.objects.create(
        referral=referral,
        rung=referral.rung,
        unit=referral.asked,
        path=referral.asked_path,
        asked_at=now,
        due_at=referral.due_at,
    )


def _asking_unit(matter: Matter, by: By) -> Unit:
    if not isinstance(by, Viewer):
        return matter.unit
    held = [path for path in by.places["signals.judge"] if matter.path.startswith(path)]
    return Unit.objects.select_related("parent").get(path=min(held, key=len))


def _locked(referral_id: UUID) -> Referral:
    # `of` leaves the joined units free: half the tree would wait for one question otherwise.
    return (
        Referral.objects.select_for_update(of=("self",))
        .select_related("matter", "asked", "asked__parent")
        .get(pk=referral_id)
    )


def _require_asked(referral: Referral, by: By) -> None:
    """Let through whoever judges at a unit that was asked."""
    first = min((step.path for step in referral.steps.all()), key=len, default=referral.asked_path)
    asked = [step.path for step in referral.steps.all()]
    if isinstance(by, Viewer) and any(by.may("signals.judge", path) for path in asked):
        return
    require(by, "signals.judge", at=first)
