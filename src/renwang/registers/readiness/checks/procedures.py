"""The procedures list: what is wrong with it, by its own rules.

Who has not read what he must follow is counted over everybody below, and the
procedures list calls him itself; it is left to that.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.chain import tree
from renwang.chain.models import Holding
from renwang.chain.rules import line_above
from renwang.registers.procedures import finding_words as said
from renwang.registers.procedures.finding_rules import (
    DutyCell,
    Finding,
    Hole,
    Mender,
    ProcedureSeen,
    find_holes,
)
from renwang.registers.procedures.selectors.holes import empty_roles, read_duties, read_near
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.reading import (
    divided,
    inside,
    inside_or_above,
    people_in,
    with_below,
)
from renwang.registers.readiness.rules import Found, Scope, Severity

_SERVES = _("A procedure that nobody looks at again describes people and places that are gone.")
_TRIED = _("What was never done once is done for the first time in the storm.")
_JOINED = _("The lists belong together: who answers, and how it is done, are two halves.")
_PAPER = _("What is not written down has to be asked when nobody has time to answer.")
WHY: Mapping[Hole, Any] = {
    Hole.REVIEW_LOST: _SERVES,
    Hole.REVIEW_OVERDUE: _SERVES,
    Hole.REVIEW_SOON: _SERVES,
    Hole.DUTY_WITHOUT: _JOINED,
    Hole.NO_DUTY: _JOINED,
    Hole.NO_HAZARD: _JOINED,
    Hole.NO_BASIS: _PAPER,
    Hole.NEVER_RUN: _TRIED,
    Hole.OFTEN_OTHERWISE: _TRIED,
    Hole.RUN_FORGOTTEN: _TRIED,
    Hole.PROPOSAL_WAITS: _PAPER,
    Hole.PLACE_ENDED: _SERVES,
}


def _check(hole: Hole) -> Check:
    example = Finding(hole, "/")
    return Check(
        f"procedures.{hole.value}",
        said.NAMES[hole],
        said.SENTENCES[hole],
        WHY[hole],
        Severity(int(example.severity)),
        said.CAPABILITY[example.mender],
        "procedures.see",
        "duty" if example.mender is Mender.DUTIES else "procedure",
    )


ROLE_EMPTY = "procedures.role_empty"
CHECKS = (
    *(_check(hole) for hole in WHY),
    Check(
        ROLE_EMPTY,
        _("A role in a procedure that nobody fills"),
        _(
            "“{procedure}” is to be followed by {place} {role}, and nobody stands for that. Appoint somebody, or name others."
        ),
        _("The steps are there, and the hands are not: on the day nobody does them."),
        Severity.GRAVE,
        "chain.edit",
        "procedures.see",
        "procedure",
    ),
)


def find(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find what is wrong with the procedures of a scope, place by place; eight statements."""
    seen = read_near(inside_or_above(scope), {}, now=now)
    by_place = _grouped(seen)
    duties = _grouped(read_duties(inside_or_above(with_below(scope, by_place)), now))
    today, further = tree.today(now), _below(by_place, duties)
    for path in sorted(by_place.keys() | duties.keys()):
        if not scope.covers(path):
            continue
        line = (*line_above(path), path)
        written = [one for place in line for one in by_place.get(place, ())]
        answered = [one for place in line for one in duties.get(place, ())]
        answered += further.get(path, ())
        for one in find_holes(written, answered, now, today=today, under=path):
            if one.path == path and one.hole in WHY:
                yield _found(one)
    yield from _empty(scope, now)


def _empty(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find the roles that nobody fills in the procedures of a scope; one statement."""
    for one in empty_roles(inside(scope), now=now):
        params: dict[str, object] = {"procedure": one.title, "place": one.place, "role": one.post}
        subject = f"{one.ref}/{one.line}"
        yield Found(ROLE_EMPTY, one.path, subject, one.ref, params, Severity.GRAVE)


def _grouped(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in rows:
        found.setdefault(one.path, []).append(one)
    return found


def _below(
    procedures: Mapping[str, list[ProcedureSeen]], duties: Mapping[str, list[DutyCell]]
) -> dict[str, list[DutyCell]]:
    """Give for every place that has procedures the duties below it."""
    found: dict[str, list[DutyCell]] = {}
    for place, some in duties.items():
        for path in line_above(place):
            if path in procedures:
                found.setdefault(path, []).extend(some)
    return found


def _found(one: Finding) -> Found:
    phase = one.phase.value if one.phase else ""
    params: dict[str, object] = {key: _plain(value) for key, value in one.params.items()}
    params |= {"hazard": one.hazard, "phase": phase}
    subject = one.procedure or f"{one.path}{one.hazard}/{phase}"
    if one.hole is Hole.NO_DUTY:
        subject += f":{one.hazard}/{phase}"
    target = "" if one.hole is Hole.NO_DUTY else one.procedure or one.duty
    check, severity = f"procedures.{one.hole.value}", Severity(int(one.severity))
    return Found(check, one.path, subject[:300], target, params, severity)


def _plain(value: object) -> object:
    if isinstance(value, date):  # a datetime is one too
        return f"{value:%Y-%m-%d}"
    return list(value) if isinstance(value, tuple) else value


_HANDS = (
    "chain.holder_appointed",
    "chain.deputy_appointed",
    "chain.post_vacated",
    "chain.post_created",
    "chain.post_closed",
    "chain.person_deactivated",
)


def touched(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where a procedure or a duty changed and below, and at the places above, which it answers for too.

    Where a post changed hands, at its place and above: procedures there may mean it.
    """
    found = divided(entries)
    hands = [entry for entry in entries if entry.verb in _HANDS]
    held = Holding.objects.filter(person__in=people_in(hands)).order_by()
    places = {entry.place for entry in hands if entry.place}
    places |= set(held.values_list("post__path", flat=True).distinct()) if hands else set()
    found |= {Touch(path) for place in places for path in (*line_above(place), place)}
    for entry in entries:
        if entry.verb.startswith(("procedures.", "duties.")):
            found.add(Touch(entry.place or "/", True))
            found |= {Touch(path) for path in line_above(entry.place or "/")}
    return found


declare(
    Family(
        "procedures",
        _("Procedures list"),
        CHECKS,
        find,
        (
            "procedures.",
            "duties.",
            *_HANDS,
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
