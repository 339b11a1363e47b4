"""What is wrong with the risks of a place and with what is done about them. Values in, holes out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from renwang.registers.duties.rules import Phase
from renwang.registers.readiness.rules import Found, Severity
from renwang.registers.risks.rules import State
from renwang.registers.risks.scale_rules import Level

ACCEPTANCE_ENDS_SOON = timedelta(days=14)
GRAVE_FROM = Level.ORANGE
SURVEYED_WITHIN = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class MeasureSeen:
    """Something that is to be done, still undone."""

    number: int
    post: str
    due_on: date
    is_held: bool = True  # somebody stands for its post


@dataclass(frozen=True, slots=True)
class RiskSeen:
    """A risk that lives on, as the rules see it."""

    ref: str
    path: str
    hazard: str
    state: State
    level: Level
    due_at: datetime | None = None
    accepted_until: datetime | None = None
    has_measures: bool = False  # any that was not given up
    undone: tuple[MeasureSeen, ...] = ()
    has_point: bool = True
    is_exposed: bool = True  # somebody counted who and what is exposed


_LATE = {
    State.FOUND: "risks.unjudged",
    State.OPEN: "risks.step_late",
    State.REFERRED: "risks.unanswered",
    State.RECTIFIED: "risks.unchecked",
}


def find_risk_holes(
    risk: RiskSeen,
    now: datetime,
    today: date,
    *,
    measures_from: Level,
    answered: Callable[[str, str], bool],
) -> list[Found]:
    """Find what is wrong with one risk. `answered` says whether somebody leads the response to a hazard at a place."""
    found = _late(risk, now) + _measures(risk, today, measures_from)
    is_judged = risk.level is not Level.UNKNOWN
    if risk.level >= GRAVE_FROM and not answered(risk.path, risk.hazard):
        params = {"ref": risk.ref, "hazard": risk.hazard, "phase": Phase.RESPOND.value}
        found.append(Found("risks.nobody_answers", risk.path, risk.ref, "", params))
    until = risk.accepted_until if risk.state is State.ACCEPTED else None
    if until is not None and until <= now + ACCEPTANCE_ENDS_SOON:
        found.append(_hole("risks.acceptance_ends", risk, until=until.date().isoformat()))
    if is_judged and not risk.hazard:
        found.append(_hole("risks.no_kind", risk))
    if risk.level >= GRAVE_FROM and not risk.has_point:
        found.append(_hole("risks.not_on_map", risk))
    if risk.level >= GRAVE_FROM and not risk.is_exposed:
        found.append(_hole("risks.not_counted", risk))
    return found


def _hole(check: str, risk: RiskSeen, **params: object) -> Found:
    return Found(check, risk.path, risk.ref, risk.ref, {"ref": risk.ref, **params})


def _late(risk: RiskSeen, now: datetime) -> list[Found]:
    if risk.state not in _LATE or risk.due_at is None or risk.due_at > now:
        return []
    late = _hole(_LATE[risk.state], risk, since=risk.due_at.date().isoformat())
    if risk.level < GRAVE_FROM:
        return [late]
    return [Found(late.check, late.path, late.subject, late.target, late.params, Severity.GRAVE)]


def _measures(risk: RiskSeen, today: date, measures_from: Level) -> list[Found]:
    """From a level on a risk has measures; each has somebody, and a day that is not over."""
    in_work = risk.state in (State.OPEN, State.REFERRED)
    if in_work and risk.level >= measures_from and not risk.has_measures:
        return [_hole("risks.unmeasured", risk)]
    found = []
    for one in risk.undone:
        subject = f"{risk.ref}/{one.number}"
        params = {"ref": risk.ref, "number": one.number, "since": one.due_on.isoformat()}
        if one.due_on < today:
            found.append(Found("risks.measure_late", risk.path, subject, risk.ref, params))
        if not one.is_held:
            params = {"ref": risk.ref, "number": one.number, "post": one.post}
            found.append(Found("risks.measure_unheld", risk.path, subject, risk.ref, params))
    return found


def find_survey_holes(
    path: str, name: str, last_on: date | None, next_on: date | None, ref: str, today: date
) -> list[Found]:
    """Find places that nobody has looked round for too long; `next_on` is when the next survey is due."""
    if next_on is not None and next_on < today:
        params = {"ref": ref, "since": next_on.isoformat()}
        return [Found("risks.survey_due", path, ref, ref, params)]
    if last_on is not None and last_on < today - SURVEYED_WITHIN and next_on is None:
        params = {"place": name, "since": last_on.isoformat()}
        return [Found("risks.survey_old", path, ref, ref, params)]
    return []
