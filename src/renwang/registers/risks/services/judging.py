"""A person judges: how bad it is, that it is none, that it is lived with until a day, that it is there again."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from renwang.base import journal
from renwang.base.pure.geometry import circle
from renwang.chain.exposure import exposed_in_area, exposed_in_units
from renwang.chain.reach import Viewer, require
from renwang.registers.risks.models import Risk
from renwang.registers.risks.rules import Act, check_words
from renwang.registers.risks.scale import current_scale
from renwang.registers.risks.scale_rules import (
    COLOURS,
    MOST,
    Judgement,
    Level,
    check_acceptance,
    judge,
)
from renwang.registers.risks.services.finding import By, end_of_day, let, locked_risk, step


@transaction.atomic
def judge_risk(
    risk_id: UUID, said: Judgement, *, by: By, now: datetime, reach_m: int | None = None
) -> Risk:
    """Say how bad a risk is, and count who is exposed to it. What was said before stays in its story.

    Whoever lives within `reach_m` of its point is exposed; without them, its whole unit.

    Refuses with `ReasonMissing`, `OffTheScale`, `LevelsOutOfOrder`, `NotNow` and
    `reach.NotInReach`.
    """
    risk = locked_risk(risk_id)
    require(by, "risks.judge", at=risk.path)
    judged = judge(current_scale(), said)
    risk.likelihood, risk.harm = said.present
    risk.inherent, risk.level, risk.residual = judged.inherent, judged.level, judged.residual
    risk.form, risk.unfolding = said.form.strip(), said.unfolding.strip()
    risk.reach_m = reach_m if reach_m is not None else risk.reach_m
    risk.exposed = _exposed(risk, by)
    risk.judged_at, risk.accepted_until = now, None
    let(risk, Act.JUDGE, now)
    risk.save()
    figures = {
        "likelihood": risk.likelihood, "harm": risk.harm, "level": COLOURS[judged.level],
        "inherent": COLOURS[judged.inherent], "residual": COLOURS[judged.residual],
        "exposed": risk.exposed,
    }  # fmt: skip
    step(risk, Act.JUDGE, words=said.reason.strip(), by=by, now=now, **figures)
    journal.record(
        "risks.judged", risk, by=by, at=now, reason=said.reason.strip(), form=risk.form,
        unfolding=risk.unfolding, due_at=risk.due_at, **figures,
    )  # fmt: skip
    return risk


def _exposed(risk: Risk, by: By) -> dict[str, Any]:
    if not isinstance(by, Viewer):
        return risk.exposed
    if risk.lon is not None and risk.lat is not None and risk.reach_m:
        return exposed_in_area(by, circle(risk.lon, risk.lat, risk.reach_m)).as_kept()
    return exposed_in_units(by, [risk.unit]).as_kept()


@transaction.atomic
def dismiss_risk(risk_id: UUID, *, by: By, now: datetime, reason: str) -> Risk:
    """Say that it is no risk. Refuses with `WordsMissing`, `NotNow` and `reach.NotInReach`."""
    risk = locked_risk(risk_id)
    require(by, "risks.judge", at=risk.path)
    reason = check_words(reason)
    let(risk, Act.DISMISS, now)
    risk.save()
    step(risk, Act.DISMISS, words=reason, by=by, now=now)
    journal.record("risks.dismissed", risk, by=by, at=now, reason=reason)
    return risk


@transaction.atomic
def reopen_risk(risk_id: UUID, *, by: By, now: datetime, reason: str) -> Risk:
    """Open a risk again that was closed or dismissed. Refuses like `dismiss_risk`.

    Whoever may report may say that it is there again.
    """
    risk = locked_risk(risk_id)
    require(by, "risks.report", at=risk.path)
    reason = check_words(reason)
    risk.rectified_by = risk.rechecked_by = None
    let(risk, Act.REOPEN, now)
    risk.save()
    step(risk, Act.REOPEN, words=reason, by=by, now=now)
    journal.record("risks.reopened", risk, by=by, at=now, reason=reason, due_at=risk.due_at)
    return risk


@transaction.atomic
def accept_risk(risk_id: UUID, *, until_on: date, by: By, now: datetime, reason: str) -> Risk:
    """Live with a risk until the end of a day. Only whoever answers for a place large enough for its colour may.

    Refuses with `WordsMissing`, `NeverAccepted`, `TooLowToAccept`, `AcceptedTooLong`,
    `NotNow` and `reach.NotInReach`.
    """
    risk = locked_risk(risk_id)
    require(by, "risks.accept", at=risk.path)
    reason = check_words(reason)
    days = (until_on - timezone.localdate(now, timezone.get_default_timezone())).days
    level = Level(risk.level)
    check_acceptance(current_scale(), level, above=levels_above(risk, by), days=days)
    risk.accepted_until = end_of_day(until_on)
    let(risk, Act.ACCEPT, now)
    risk.save()
    step(risk, Act.ACCEPT, words=reason, by=by, now=now, until=str(until_on))
    journal.record(
        "risks.accepted", risk, by=by, at=now, reason=reason, until=until_on, level=COLOURS[level]
    )
    return risk


def levels_above(risk: Risk, by: By) -> int:
    """Count how many levels over a risk's place somebody may accept risks for; a part of the node stands above all."""
    if not isinstance(by, Viewer):
        return MOST
    held = [path for path in by.places.get("risks.accept", ()) if risk.path.startswith(path)]
    return max((risk.path.count("/") - path.count("/") for path in held), default=0)


def end_acceptances(now: datetime) -> int:
    """Open every risk again whose acceptance has run out; return how many."""
    due = Risk.objects.filter(state="accepted", due_at__lte=now)
    ended = 0
    for risk_id in due.order_by("due_at").values_list("pk", flat=True)[:200]:
        with transaction.atomic():
            ended += _end_acceptance(locked_risk(risk_id), now)
    return ended


def _end_acceptance(risk: Risk, now: datetime) -> bool:
    if risk.state != "accepted" or risk.due_at is None or risk.due_at > now:
        return False
    risk.accepted_until = None
    let(risk, Act.EXPIRE, now)
    risk.save()
    step(risk, Act.EXPIRE, by="node:risks", now=now)
    journal.record("risks.acceptance_ended", risk, by="node:risks", at=now, due_at=risk.due_at)
    return True
