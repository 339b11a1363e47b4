"""Forms that would overwrite what another person has changed since: what stands there now, and what was sent.

Everything else only adds, or its own list keeps both: the steps of a run do,
where the tick that came later stands beside the first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from renwang.base.journal import actor_name
from renwang.base.models import Entry
from renwang.cases.models import Answer, Case
from renwang.chain.models import Person
from renwang.chain.reach import Viewer
from renwang.registers.facilities.models import Defect, Facility
from renwang.registers.facilities.rules import DefectState
from renwang.registers.risks.models import Measure, Risk

Kwargs = Mapping[str, Any]
Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stands:
    """What a form is about, and the values that stand there, by the names of `words.FIELDS`."""

    id: UUID
    ref: str
    path: str
    values: Values


@dataclass(frozen=True, slots=True)
class Guard:
    """How to see that a form would overwrite: who changed what since (`verbs`), and who decides.

    `find` takes the row of what the form is about, so that nobody changes it
    before the form has had its turn; None where it is not there.
    """

    verbs: frozenset[str]
    capability: str
    find: Callable[[Kwargs], Stands | None]
    sent: Callable[[Values, Viewer], Values]


@dataclass(frozen=True, slots=True)
class Difference:
    """What stands, what was sent, and the change that came between."""

    stands: Stands
    sent: Values
    by: str  # as the journal names who changed it
    at: datetime


def find_difference(
    guard: Guard,
    kwargs: Kwargs,
    fields: Values,
    *,
    by: Viewer,
    shown_at: int | None,
    happened_at: datetime,
) -> Difference | None:
    """Say how a form differs from what another person has changed since its page was made; two or three statements.

    Where the page's number is lost, what was recorded after the deed counts.
    None where nobody has changed it, and where there is nothing to change.
    """
    stands = guard.find(kwargs)
    if stands is None:
        return None
    since = Q(seq=None) | Q(seq__gt=shown_at) if shown_at else Q(recorded_at__gt=happened_at)
    changed = Entry.objects.filter(since, subject_id=str(stands.id), verb__in=guard.verbs)
    last = changed.exclude(actor=actor_name(by)).order_by("-id").first()
    if last is None:
        return None
    return Difference(stands, guard.sent(fields, by), last.actor, last.at)


def _name_of(key: UUID | None) -> str:
    person = Person.objects.filter(pk=key).only("name").first() if key else None
    return person.name if person else ""


# --- cases ----------------------------------------------------------------------


def _case(kwargs: Kwargs) -> Case | None:
    found = Case.objects.select_for_update(of=("self",)).filter(ref=kwargs["ref"].upper())
    return found.only("pk", "ref", "path", "state", "person").first()


def _case_taken(kwargs: Kwargs) -> Stands | None:
    case = _case(kwargs)
    if case is None:
        return None
    return Stands(case.pk, case.ref, case.path, {"taken": _name_of(case.person)})


def _case_answered(kwargs: Kwargs) -> Stands | None:
    case = _case(kwargs)
    if case is None:
        return None
    answer = Answer.objects.filter(case=case).order_by("-number").first()
    names = ("end", "words", "ground", "following", "whose")
    values = {name: getattr(answer, name, "") for name in names}
    return Stands(case.pk, case.ref, case.path, values)


# --- risks ----------------------------------------------------------------------


def _risk(kwargs: Kwargs) -> Stands | None:
    risk = Risk.objects.select_for_update().filter(ref=kwargs["ref"]).first()
    if risk is None:
        return None
    step = risk.steps.exclude(act="photo").order_by("-pk").first()
    values = {"risk_state": risk.state, "seen": step.words if step else ""}
    return Stands(risk.pk, risk.ref, risk.path, values)


def _measure(kwargs: Kwargs) -> Stands | None:
    """Take the risk first, as every other deed at one does; None while the measure is open, for then nothing is lost."""
    risk = Risk.objects.select_for_update().filter(ref=kwargs["ref"]).first()
    measure = Measure.objects.filter(risk=risk, number=kwargs["number"]).first() if risk else None
    if risk is None or measure is None:
        return None
    if measure.done_at is None and measure.dropped_at is None:
        return None
    over, said = "done" if measure.done_at else "dropped", measure.evidence or measure.reason
    return Stands(risk.pk, risk.ref, risk.path, {"over": over, "seen": said})


# --- facilities -------------------------------------------------------------------


def _facility(kwargs: Kwargs) -> Facility | None:
    return Facility.objects.select_for_update(of=("self",)).filter(ref=kwargs["ref"]).first()


def _inspected(kwargs: Kwargs) -> Stands | None:
    one = _facility(kwargs)
    if one is None:
        return None
    look = one.inspections.order_by("-at", "-pk").first()
    values = {"verdict": look.verdict if look else "", "seen": look.words if look else ""}
    return Stands(one.pk, one.ref, one.path, values)


def _mended(kwargs: Kwargs) -> Stands | None:
    one = _facility(kwargs)
    defect = Defect.objects.filter(facility=one, number=kwargs["number"]).first() if one else None
    if one is None or defect is None or defect.state == DefectState.OPEN:
        return None
    over = "done" if defect.state == DefectState.MENDED else "dropped"
    return Stands(one.pk, one.ref, one.path, {"over": over, "seen": defect.evidence})


def _sent_answer(fields: Values, _by: Viewer) -> Values:
    names = ("end", "words", "ground", "following", "whose")
    return {name: fields.get(f"answer-{name}", "") for name in names}


GUARDS: Mapping[str, Guard] = {
    "case_take": Guard(
        frozenset({"cases.taken", "cases.assigned", "cases.arbitrated"}),
        "cases.arbitrate",
        _case_taken,
        lambda _fields, by: {"taken": by.person.name},
    ),
    "case_answer": Guard(
        frozenset({"cases.answered", "cases.closed"}),
        "cases.arbitrate",
        _case_answered,
        _sent_answer,
    ),
    "risk_finish": Guard(
        frozenset({"risks.measure_done", "risks.measure_dropped"}),
        "risks.judge",
        _measure,
        lambda fields, _by: {"over": "done", "seen": fields.get("words", "")},
    ),
    "risk_rectify": Guard(
        frozenset({"risks.rectified", "risks.accepted", "risks.dismissed", "risks.referred"}),
        "risks.judge",
        _risk,
        lambda fields, _by: {"risk_state": "rectified", "seen": fields.get("words", "")},
    ),
    "risk_look": Guard(
        frozenset({"risks.confirmed", "risks.sent_back", "risks.reopened"}),
        "risks.judge",
        _risk,
        lambda fields, _by: {
            "risk_state": "closed" if fields.get("look-mended") == "yes" else "open",
            "seen": fields.get("look-words", ""),
        },
    ),
    "facility": Guard(
        frozenset({"facilities.inspected", "facilities.state_changed"}),
        "facilities.keep",
        _inspected,
        lambda fields, _by: {
            "verdict": fields.get("verdict", ""),
            "seen": fields.get("words", ""),
        },
    ),
    "facility_mend": Guard(
        frozenset({"facilities.defect_mended", "facilities.defect_dropped"}),
        "facilities.keep",
        _mended,
        lambda fields, _by: {"over": "done", "seen": fields.get("words", "")},
    ),
}
"""By the name of the form's address at the field door."""
