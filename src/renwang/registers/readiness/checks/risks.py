"""The risk list: the checks, and how they are read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.chain import tree
from renwang.chain.models import Holding
from renwang.chain.rules import line_above
from renwang.outreach.setwise import in_chunks
from renwang.registers.duties.rules import Phase
from renwang.registers.duties.selectors.answering import in_force
from renwang.registers.hazards import EVERY
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.reading import divided, inside, inside_or_above, people_in
from renwang.registers.readiness.risk_rules import (
    MeasureSeen,
    RiskSeen,
    find_risk_holes,
    find_survey_holes,
)
from renwang.registers.readiness.rules import Found, Scope, Severity
from renwang.registers.risks.models import Measure, Risk, Survey
from renwang.registers.risks.rules import LIVE, State
from renwang.registers.risks.scale import current_scale
from renwang.registers.risks.scale_rules import Level

_WHY_STEP = _("A risk is never parked: somebody owes the next step, by a day. The day is over.")
_WHY_MEASURE = _("A measure without a day, or without anybody, is a wish.")
_WHY_SEEN = _(
    "What was looked for long ago says little about today: buildings, slopes and people change."
)


def _check(
    key: str,
    name: Any,
    sentence: Any,
    why: Any,
    severity: Severity,
    mends: str = "risk",
    mender: str = "risks.judge",
) -> Check:
    return Check(f"risks.{key}", name, sentence, why, severity, mender, "risks.see", mends)


CHECKS = (
    _check(
        "nobody_answers",
        _("A grave risk that nobody answers for"),
        _("Nobody leads the response to {ref} ({hazard}), neither here nor above. Write a duty."),
        _("The lists belong together: a risk without a duty is known to all and nobody's."),
        Severity.GRAVE,
        "duty",
        "duties.write",
    ),
    _check(
        "unmeasured",
        _("A grave risk without measures"),
        _(
            "{ref} is so grave that it needs measures, and has none. Plan one, with a post and a day."
        ),
        _WHY_MEASURE,
        Severity.GRAVE,
    ),
    _check(
        "unjudged",
        _("A risk that nobody has judged"),
        _("{ref} should have been judged by {since}. Judge it, or put it aside with a reason."),
        _WHY_STEP,
        Severity.ATTENTION,
    ),
    _check(
        "step_late",
        _("Mending that is late"),
        _("{ref} should have been mended by {since}. Mend it, plan anew, or refer it upward."),
        _WHY_STEP,
        Severity.ATTENTION,
    ),
    _check(
        "unanswered",
        _("A question upward without an answer"),
        _("{ref} was referred upward, and the answer was due on {since}. Answer it."),
        _WHY_STEP,
        Severity.ATTENTION,
    ),
    _check(
        "unchecked",
        _("Said to be mended, not looked at"),
        _("{ref} is said to be mended. Somebody else should have looked by {since}."),
        _WHY_STEP,
        Severity.ATTENTION,
    ),
    _check(
        "measure_late",
        _("A measure that is late"),
        _("Measure {number} of {ref} was due on {since}. Do it, or plan anew."),
        _WHY_MEASURE,
        Severity.ATTENTION,
    ),
    _check(
        "measure_unheld",
        _("A measure that nobody can do"),
        _("Measure {number} of {ref} lies with “{post}”, which nobody holds. Give it to another."),
        _WHY_MEASURE,
        Severity.ATTENTION,
    ),
    _check(
        "acceptance_ends",
        _("An acceptance runs out"),
        _("{ref} was accepted until {until}. Decide again before that day."),
        _("What was accepted for a time opens again by itself; then it needs measures at once."),
        Severity.ATTENTION,
    ),
    _check(
        "no_kind",
        _("A risk of no kind"),
        _("{ref} names no hazard, so that no duty and no warning finds it. Choose one."),
        _("The kind of hazard is what ties risks, duties, procedures and warnings together."),
        Severity.NOTE,
    ),
    _check(
        "not_on_map",
        _("A grave risk that is not on the map"),
        _("{ref} has no point on the map. Mark where it is."),
        _WHY_SEEN,
        Severity.NOTE,
    ),
    _check(
        "not_counted",
        _("A grave risk, and nobody counted whom it hits"),
        _("{ref} does not say who and what is exposed. Judge it again with a reach."),
        _WHY_SEEN,
        Severity.NOTE,
    ),
    _check(
        "survey_due",
        _("A survey that is due"),
        _("After {ref} the next survey was due on {since}. Look round, and record it."),
        _WHY_SEEN,
        Severity.ATTENTION,
        "survey",
    ),
    _check(
        "survey_old",
        _("Not surveyed for a year"),
        _("{place} was last surveyed on {since}, and no rhythm is set. Look round again."),
        _WHY_SEEN,
        Severity.NOTE,
        "survey",
    ),
)


def find(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find what is wrong with the risks and surveys of a scope; six statements."""
    today = tree.today(now)
    measures_from = current_scale().measures_from
    answered = _answering(scope, now)
    for risk in _risks(scope):
        yield from find_risk_holes(risk, now, today, measures_from=measures_from, answered=answered)
    surveys = Survey.objects.filter(inside(scope, "unit__path"), followed_by=None)
    for row in surveys.values_list("unit__path", "unit__name", "on", "next_on", "ref"):
        yield from find_survey_holes(*row, today)


def _risks(scope: Scope) -> Iterator[RiskSeen]:
    """Read the risks that live on, with what is to be done about them; by their units, which may have moved."""
    undone = _undone(scope)
    planned = Measure.objects.filter(risk=OuterRef("pk"), dropped_at=None)
    rows = Risk.objects.filter(inside(scope, "unit__path"), state__in=sorted(LIVE))
    rows = rows.annotate(is_planned=Exists(planned)).order_by("pk")
    columns = (
        "pk", "ref", "unit__path", "hazard", "state", "level", "due_at", "accepted_until",
        "is_planned", "lon", "exposed",
    )  # fmt: skip
    for (
        key,
        ref,
        path,
        hazard,
        state,
        level,
        due,
        until,
        planned_,
        lon,
        exposed,
    ) in rows.values_list(*columns):
        yield RiskSeen(
            ref, path, hazard, State(state), Level(level), due, until, planned_,
            tuple(undone.get(key, ())), lon is not None, bool(exposed),
        )  # fmt: skip


def _undone(scope: Scope) -> dict[UUID, list[MeasureSeen]]:
    held = Holding.objects.filter(post=OuterRef("post_id"), is_current=True, person__is_active=True)
    rows = Measure.objects.filter(
        inside(scope, "risk__unit__path"), done_at=None, dropped_at=None,
        risk__state__in=sorted(LIVE),
    ).annotate(is_held=Exists(held))  # fmt: skip
    found: dict[UUID, list[MeasureSeen]] = {}
    for risk, number, title, due, is_held, ended in rows.order_by("number").values_list(
        "risk_id", "number", "post__title", "due_on", "is_held", "post__ended_on"
    ):
        seen = MeasureSeen(number, title, due, is_held and ended is None)
        found.setdefault(risk, []).append(seen)
    return found


def _answering(scope: Scope, now: datetime) -> Callable[[str, str], bool]:
    """Read for which hazards somebody leads the response in a scope and above it; one statement."""
    leads = in_force(now).filter(
        inside_or_above(scope, "unit__path"), phase=Phase.RESPOND.value, leader__isnull=False
    )
    held = set(leads.order_by().values_list("unit__path", "hazard").distinct())

    def answered(path: str, hazard: str) -> bool:
        line = (*line_above(path), path)
        return any((place, kind) in held for place in line for kind in (hazard, EVERY))

    return answered


def touched(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where a risk changed, below where a duty did, and at the measures of posts that changed hands."""
    found = divided(entries)
    for entry in entries:
        if entry.verb.startswith("risks."):
            found.add(Touch(entry.place or "/", not entry.place))
        elif entry.verb.startswith("duties."):
            found.add(Touch(entry.place or "/", True))
    chain = [entry for entry in entries if entry.verb.startswith("chain.")]
    posts: set[UUID] = {UUID(one.subject_id) for one in chain if one.subject_kind == "post"}
    for some in in_chunks(sorted(people_in(chain))):
        posts |= set(Holding.objects.filter(person__in=some).values_list("post_id", flat=True))
    for some in in_chunks(sorted(posts)):
        rows = Measure.objects.filter(post__in=some, done_at=None, dropped_at=None)
        paths = rows.values_list("risk__unit__path", flat=True).distinct()
        found |= {Touch(path) for path in paths}
    return found


declare(
    Family(
        "risks",
        _("Risk list"),
        CHECKS,
        find,
        (
            "risks.",
            "duties.",
            "chain.holder_appointed",
            "chain.deputy_appointed",
            "chain.post_vacated",
            "chain.post_closed",
            "chain.person_deactivated",
            "chain.imported",
            "chain.place_invented",
            "chain.unit_moved",
            "chain.unit_split",
            "chain.units_merged",
            "chain.unit_closed",
        ),
        touched,
    )
)
