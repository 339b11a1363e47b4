"""What cannot be solved here is asked of the level above, with an answer owed; and silence of any kind climbs."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer, require
from renwang.outreach.errand_rules import ErrandAct
from renwang.outreach.services import ask_errand, end_errand, move_up
from renwang.registers.risks.models import Referral, Risk, Survey
from renwang.registers.risks.rules import (
    Act,
    NobodyAbove,
    ReferralOver,
    ReferralState,
    State,
    check_term,
    check_words,
    move,
    next_rung_due,
)
from renwang.registers.risks.services.finding import By, hand_of, let, locked_risk, step
from renwang.registers.risks.waiting import REFERRAL, waiting_referral


@transaction.atomic
def refer_risk(risk_id: UUID, question: str, *, term: timedelta, by: By, now: datetime) -> Referral:
    """Ask the unit above one's own what is to be done about a risk, with an answer owed within a term.

    One's own is the highest place for which one judges it: nobody puts a
    question to himself. Refuses with `WordsMissing`, `TermRefused`, `NobodyAbove`,
    `NotNow` and `reach.NotInReach`.
    """
    risk = locked_risk(risk_id)
    require(by, "risks.judge", at=risk.path)
    check_term(term)
    question = check_words(question)
    unit = _asking_unit(risk, by)
    above = unit.parent
    if above is None:
        raise NobodyAbove(name=unit.name)
    let(risk, Act.REFER, now, answer_due=now + term)
    risk.asked, risk.asked_path = above, above.path
    risk.save()
    referral = Referral.objects.create(
        id=uuid7(now),
        risk=risk,
        question=question,
        unit=unit,
        asked=above,
        by=hand_of(by),
        at=now,
        due_at=now + term,
    )
    step(risk, Act.REFER, words=question, by=by, now=now, to=above.name, due_at=str(risk.due_at))
    journal.record(
        "risks.referred", risk, by=by, at=now, question=question, to=above.name,
        to_path=above.path, due_at=risk.due_at,
    )  # fmt: skip
    ask_errand(waiting_referral(referral, risk, now), by=by, now=now)
    return referral


@transaction.atomic
def answer_risk(risk_id: UUID, answer: str, *, by: By, now: datetime) -> Referral:
    """Answer what was asked about a risk. Whoever judges at the unit that was asked, or above it, may.

    Refuses with `WordsMissing`, `ReferralOver` and `reach.NotInReach`.
    """
    risk, referral = _owed(risk_id)
    require(by, "risks.judge", at=referral.asked.path)
    referral.answer = check_words(answer)
    referral.answered_by = hand_of(by)
    _settle(risk, referral, ReferralState.ANSWERED, Act.ANSWER, now)
    end_errand(REFERRAL, referral.pk, by=by, now=now)
    step(risk, Act.ANSWER, words=referral.answer, by=by, now=now)
    journal.record(
        "risks.answered", risk, by=by, at=now, answer=referral.answer,
        seconds=(now - referral.at).total_seconds(), due_at=risk.due_at,
    )  # fmt: skip
    return referral


@transaction.atomic
def withdraw_question(risk_id: UUID, *, by: By, now: datetime, reason: str) -> Referral:
    """Take a question back that has settled itself. Refuses with `WordsMissing` and `ReferralOver`."""
    risk, referral = _owed(risk_id)
    require(by, "risks.judge", at=risk.path)
    reason = check_words(reason)
    _settle(risk, referral, ReferralState.WITHDRAWN, Act.WITHDRAW, now)
    end_errand(REFERRAL, referral.pk, by=by, now=now, act=ErrandAct.DROP)
    step(risk, Act.WITHDRAW, words=reason, by=by, now=now)
    journal.record("risks.withdrawn", risk, by=by, at=now, reason=reason, due_at=risk.due_at)
    return referral


def _owed(risk_id: UUID) -> tuple[Risk, Referral]:
    risk = locked_risk(risk_id)
    owed = risk.referrals.select_related("asked").filter(state=ReferralState.OWED).first()
    if owed is None:
        raise ReferralOver
    return risk, owed


def _settle(risk: Risk, referral: Referral, state: ReferralState, act: Act, now: datetime) -> None:
    referral.state, referral.ended_at = state, now
    referral.save(update_fields=["state", "answer", "answered_by", "ended_at"])
    let(risk, act, now)
    risk.save()


def _asking_unit(risk: Risk, by: By) -> Unit:
    if not isinstance(by, Viewer):
        return risk.unit
    held = [path for path in by.places["risks.judge"] if risk.path.startswith(path)]
    return Unit.objects.select_related("parent").get(path=min(held, key=len))


def climb_risks(now: datetime) -> int:
    """Take every risk whose next step is late one level higher; return how many went.

    One that has reached the top of this node stays there, where it is seen as late
    until somebody sees to it.
    """
    due = Risk.objects.filter(climb_at__lte=now).order_by("climb_at")
    climbed = 0
    for risk_id in due.values_list("pk", flat=True)[:200]:
        with transaction.atomic():
            climbed += _climb(locked_risk(risk_id), now)
    return climbed


def _climb(risk: Risk, now: datetime) -> bool:
    if risk.climb_at is None or risk.climb_at > now:
        return False
    move(State(risk.state), Act.CLIMB)
    silent = risk.asked
    above = silent.parent
    if above is None:
        risk.climb_at = None
    else:
        risk.rung += 1
        risk.asked, risk.asked_path = above, above.path
        risk.climb_at = next_rung_due(risk.term or timedelta(), risk.rung, now)
    risk.save(update_fields=["rung", "asked", "asked_path", "climb_at"])
    facts = {"silent": silent.name, "to": above.name if above else ""}
    step(risk, Act.CLIMB, by="node:risks", now=now, **facts)
    journal.record(
        "risks.climbed", risk, by="node:risks", at=now, silent_path=silent.path,
        to_path=above.path if above else "", due_at=risk.due_at, **facts,
    )  # fmt: skip
    if above is not None and risk.state == State.REFERRED:
        owed = risk.referrals.filter(state=ReferralState.OWED).first()
        if owed is not None:
            move_up(REFERRAL, owed.pk, above.path, risk.climb_at or now, now=now)
    return True


def follow_division(now: datetime) -> int:
    """Let everything here lie where its unit lies today; return how many rows moved."""
    moved = 0
    for model, unit, column in (
        (Risk, "unit_id", "path"),
        (Risk, "asked_id", "asked_path"),
        (Survey, "unit_id", "path"),
    ):
        own = Unit.objects.filter(pk=OuterRef(unit), ended_on=None).exclude(path=OuterRef(column))
        moved += model.objects.filter(Exists(own)).update(**{column: Subquery(own.values("path"))})
    return moved
