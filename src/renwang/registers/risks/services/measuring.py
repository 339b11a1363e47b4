"""What is done about a risk: measures with owner and date, the word that it is mended, and another person's look."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain.models import Holding, Post
from renwang.chain.reach import Viewer, require
from renwang.registers.risks.models import Measure, Risk
from renwang.registers.risks.rules import (
    Act,
    DueInThePast,
    EvidenceMissing,
    MeasureOver,
    MeasuresOpen,
    check_other_hand,
    check_words,
)
from renwang.registers.risks.scale import current_scale
from renwang.registers.risks.scale_rules import Level
from renwang.registers.risks.services.finding import By, hand_of, let, locked_risk, step


@transaction.atomic
def plan_measure(
    risk_id: UUID, words: str, post: Post, *, due_on: date, by: By, now: datetime
) -> Measure:
    """Plan something to be done about a risk, by a post, until a day.

    Refuses with `WordsMissing`, `DueInThePast`, `NotNow` and `reach.NotInReach`.
    """
    risk = locked_risk(risk_id)
    require(by, "risks.judge", at=risk.path)
    words = check_words(words)
    if due_on < timezone.localdate(now, timezone.get_default_timezone()):
        raise DueInThePast
    measure = Measure.objects.create(
        id=uuid7(now),
        risk=risk,
        number=risk.measures.count() + 1,
        words=words[:300],
        post=post,
        due_on=due_on,
        by=hand_of(by),
        at=now,
    )
    let(risk, Act.MEASURE, now)
    risk.save()
    step(risk, "planned", words=words, by=by, now=now, post=post.title, due_on=str(due_on))
    journal.record(
        "risks.measure_planned", risk, by=by, at=now, words=words, post=post.title,
        post_id=post.pk, due_on=due_on, number=measure.number, due_at=risk.due_at,
    )  # fmt: skip
    return measure


@transaction.atomic
def finish_measure(measure_id: UUID, evidence: str, *, by: By, now: datetime) -> Measure:
    """Say that a measure is done, and by what one can see it. Whoever holds its post may, and whoever judges there.

    Refuses with `EvidenceMissing`, `MeasureOver`, `NotNow` and `reach.NotInReach`.
    """
    measure, risk = _taken(measure_id)
    if not owns(measure, by):
        require(by, "risks.judge", at=risk.path)
    if not evidence.strip():
        raise EvidenceMissing
    measure.done_at, measure.done_by = now, hand_of(by)
    measure.evidence = evidence.strip()
    measure.save(update_fields=["done_at", "done_by", "evidence"])
    let(risk, Act.MEASURE, now)
    risk.save()
    step(risk, "done", words=measure.evidence, by=by, now=now, measure=measure.words)
    journal.record(
        "risks.measure_done", risk, by=by, at=now, evidence=measure.evidence,
        number=measure.number, words=measure.words, due_at=risk.due_at,
    )  # fmt: skip
    return measure


@transaction.atomic
def drop_measure(measure_id: UUID, *, by: By, now: datetime, reason: str) -> Measure:
    """Give a measure up, with a reason. Refuses with `WordsMissing`, `MeasureOver`, `NotNow`."""
    measure, risk = _taken(measure_id)
    require(by, "risks.judge", at=risk.path)
    measure.reason, measure.dropped_at = check_words(reason)[:300], now
    measure.save(update_fields=["reason", "dropped_at"])
    let(risk, Act.MEASURE, now)
    risk.save()
    step(risk, "dropped", words=measure.reason, by=by, now=now, measure=measure.words)
    journal.record(
        "risks.measure_dropped", risk, by=by, at=now, reason=measure.reason,
        number=measure.number, words=measure.words, due_at=risk.due_at,
    )  # fmt: skip
    return measure


def _taken(measure_id: UUID) -> tuple[Measure, Risk]:
    """Take a measure with its risk for a deed: first the risk, as every other deed does."""
    risk_id = Measure.objects.values_list("risk_id", flat=True).get(pk=measure_id)
    risk = locked_risk(risk_id)
    measure = Measure.objects.select_for_update().get(pk=measure_id)
    if measure.done_at or measure.dropped_at:
        raise MeasureOver
    return measure, risk


def owns(measure: Measure, by: By) -> bool:
    """Say whether somebody holds the post of a measure, or deputises for it."""
    if not isinstance(by, Viewer) or not by.speaks("risks.report"):
        return False
    held = Holding.objects.filter(post=measure.post_id, person=by.id, is_current=True)
    return held.exists()


@transaction.atomic
def rectify_risk(risk_id: UUID, words: str, *, by: By, now: datetime) -> Risk:
    """Say that a risk is mended. It is so only when somebody else has looked.

    Refuses with `WordsMissing`, `MeasuresOpen`, `NotNow` and `reach.NotInReach`.
    """
    risk = locked_risk(risk_id)
    require(by, "risks.report", at=risk.path)
    words = check_words(words)
    if risk.measures.filter(done_at=None, dropped_at=None).exists():
        raise MeasuresOpen
    risk.accepted_until, risk.rectified_by = None, hand_of(by)
    let(risk, Act.RECTIFY, now)
    risk.save()
    step(risk, Act.RECTIFY, words=words, by=by, now=now)
    journal.record("risks.rectified", risk, by=by, at=now, words=words, due_at=risk.due_at)
    return risk


@transaction.atomic
def recheck_risk(risk_id: UUID, is_mended: bool, words: str, *, by: By, now: datetime) -> Risk:
    """Look whether a risk is mended that somebody else said was. Closed if so, open again if not.

    From the colour on that the scale names, whoever looks must be one who judges.
    Refuses with `SameHandTwice`, `WordsMissing`, `NotNow` and `reach.NotInReach`.
    """
    risk = locked_risk(risk_id)
    is_grave = risk.level >= current_scale().recheck_judged_from
    require(by, "risks.judge" if is_grave else "risks.report", at=risk.path)
    words = check_words(words)
    act = Act.CONFIRM if is_mended else Act.SEND_BACK
    let(risk, act, now)
    check_other_hand(hand_of(by), hands_of(risk))
    risk.rechecked_by = hand_of(by)
    facts = {}
    if is_mended:
        facts = {"before": int(risk.level), "after": int(risk.residual)}
        risk.level = risk.residual or Level.BLUE
    risk.save()
    step(risk, act, words=words, by=by, now=now, **facts)
    verb = "risks.confirmed" if is_mended else "risks.sent_back"
    journal.record(verb, risk, by=by, at=now, words=words, due_at=risk.due_at, **facts)
    return risk


def hands_of(risk: Risk) -> set[UUID | None]:
    """Name everybody who had a hand in mending a risk: who said so, and who did a measure."""
    did = risk.measures.exclude(done_at=None).values_list("done_by", flat=True)
    return {risk.rectified_by, *did}
