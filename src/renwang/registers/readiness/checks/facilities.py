"""Facilities and service centres: what is wrong with each of them, by the list's own rules.

Who lives beyond walking distance is judged over whole areas, on the list's own pages.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.chain.models import Holding
from renwang.outreach.setwise import in_chunks
from renwang.registers.facilities import finding_words as said
from renwang.registers.facilities.finding_rules import Finding, Hole
from renwang.registers.facilities.models import Facility
from renwang.registers.facilities.selectors.finding import find_faults_in
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.reading import divided, inside, people_in
from renwang.registers.readiness.rules import Found, Scope, Severity

_WORKS = _("On the day people walk to it, and find it shut, broken or without water.")
_LOOKED = _("A thing nobody has looked at is a guess: pumps seize, batteries die, keys are lost.")
_HELD = _("Somebody has the key and opens at night. Where nobody does, the place is not there.")
_PAPER = _("What is not written down is not reckoned with when people are sent somewhere.")
_STOCK = _("Water, light and blankets are missed in the first night, when no shop is open.")
WHY: Mapping[Hole, Any] = {
    Hole.OUT_OF_ORDER: _WORKS,
    Hole.GRAVE_DEFECT_LATE: _WORKS,
    Hole.OUT_OF_USE: _WORKS,
    Hole.BACK_OVERDUE: _WORKS,
    Hole.NOT_INSPECTED: _LOOKED,
    Hole.INSPECTION_LATE: _LOOKED,
    Hole.DEFECT_LATE: _WORKS,
    Hole.NO_POST: _HELD,
    Hole.POST_CLOSED: _HELD,
    Hole.POST_VACANT: _HELD,
    Hole.NO_ROLE: _PAPER,
    Hole.NO_BACKUP: _WORKS,
    Hole.FEW_EXITS: _WORKS,
    Hole.STOCK_NONE: _STOCK,
    Hole.STOCK_SHORT: _STOCK,
    Hole.STOCK_OVER: _STOCK,
    Hole.STOCK_ENDING: _STOCK,
    Hole.STOCK_UNCOUNTED: _LOOKED,
    Hole.NO_HOURS: _PAPER,
    Hole.NO_CAPACITY: _PAPER,
    Hole.NO_POSITION: _PAPER,
}


def _check(hole: Hole) -> Check:
    example = Finding(hole, "/")
    return Check(
        f"facilities.{hole.value}",
        said.NAMES[hole],
        said.SENTENCES[hole],
        WHY[hole],
        Severity(int(example.severity)),
        said.CAPABILITY[example.mender],
        "facilities.see",
        "facility",
    )


BACK_LATE = "facilities.back_late"
CHECKS = (
    *(_check(hole) for hole in WHY),
    Check(
        BACK_LATE,
        _("Should work again, and does not"),
        said.LATE_BACK,
        _WORKS,
        Severity(int(Finding(Hole.BACK_OVERDUE, "/").severity)),
        said.CAPABILITY[Finding(Hole.BACK_OVERDUE, "/").mender],
        "facilities.see",
        "facility",
    ),
)


def find(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find what is wrong with the facilities of a scope, each by itself; four statements."""
    for one in find_faults_in(inside(scope), now=now):
        if one.hole in WHY:
            yield _found(one)


def _found(one: Finding) -> Found:
    params = {key: _plain(value) for key, value in one.params.items()}
    subject = one.ref
    if one.hole in (Hole.DEFECT_LATE, Hole.GRAVE_DEFECT_LATE):
        subject += f"/{params.get('number', params.get('defect', ''))}"
    if one.hole is Hole.STOCK_SHORT:
        subject += f"/{params.get('thing', '')}"
    check, severity = f"facilities.{one.hole.value}", Severity(int(one.severity))
    if one.hole is Hole.BACK_OVERDUE and "until" in params:
        check = BACK_LATE
    return Found(check, one.path, subject[:300], one.ref, params, severity)


def _plain(value: object) -> object:
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else value


def touched(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where a facility changed, and at those of posts that changed hands."""
    found = divided(entries)
    found |= {
        Touch(entry.place or "/", not entry.place)
        for entry in entries
        if entry.verb.startswith("facilities.")
    }
    chain = [entry for entry in entries if entry.verb.startswith("chain.")]
    posts: set[UUID] = {UUID(one.subject_id) for one in chain if one.subject_kind == "post"}
    for some in in_chunks(sorted(people_in(chain))):
        posts |= set(Holding.objects.filter(person__in=some).values_list("post_id", flat=True))
    for some in in_chunks(sorted(posts)):
        rows = Facility.objects.filter(post__in=some).order_by().values_list("path", flat=True)
        found |= {Touch(path) for path in rows.distinct()}
    return found


declare(
    Family(
        "facilities",
        _("Facilities"),
        CHECKS,
        find,
        (
            "facilities.",
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
        ),
        touched,
    )
)
