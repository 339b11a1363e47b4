"""Steps that take two people, where one person alone holds both: the checks, and how they are read."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.chain.models import Unit
from renwang.chain.reach import BUNDLES, grants_in_force
from renwang.chain.rules import line_above
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.place_rules import STEPS, find_lone_hands
from renwang.registers.readiness.reading import (
    divided,
    granted_places,
    inside,
    inside_or_above,
    people_in,
)
from renwang.registers.readiness.rules import Found, Scope, Severity

_WHY = _(
    "What goes out under the place's name is read by a second pair of eyes. Where there is only one, "
    "either nothing goes out, or somebody lends his sign-in."
)

CHECKS = (
    Check(
        "hands.warnings",
        _("Nobody to approve a warning"),
        _("In {place} one person alone may write and approve warnings. Let a second one approve."),
        _WHY,
        Severity.GRAVE,
        "grants.give",
        "chain.see",
        "grants",
    ),
    Check(
        "hands.duties",
        _("Nobody to approve a duty"),
        _("In {place} one person alone may write and approve duties. Let a second one approve."),
        _WHY,
        Severity.ATTENTION,
        "grants.give",
        "chain.see",
        "grants",
    ),
    Check(
        "hands.bulletins",
        _("Nobody to approve a bulletin"),
        _("In {place} one person alone may write and approve bulletins. Let a second one approve."),
        _WHY,
        Severity.ATTENTION,
        "grants.give",
        "chain.see",
        "grants",
    ),
)

_ASKED = frozenset(capability for pair in STEPS.values() for capability in pair)


def find(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find the places of a scope where a step for two can be done by one only; two statements."""
    held: dict[str, dict[str, set[UUID]]] = {}
    rows = grants_in_force(now).filter(inside_or_above(scope), person__is_active=True)
    for path, bundle, person in rows.values_list("path", "bundle", "person_id"):
        for capability in _ASKED & BUNDLES.get(bundle, frozenset()):
            held.setdefault(path, {}).setdefault(capability, set()).add(person)
    units = Unit.objects.filter(inside(scope), ended_on=None, grants__isnull=False).distinct()
    for path, name in units.order_by("path").values_list("path", "name"):
        line = [held[one] for one in (*line_above(path), path) if one in held]
        here = held.get(path, {})
        yield from find_lone_hands(path, name, _holders(line), here.__contains__)


def _holders(line: Sequence[dict[str, set[UUID]]]) -> Callable[[str], frozenset[UUID]]:
    return lambda capability: frozenset(
        person for place in line for person in place.get(capability, ())
    )


def touched(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again below every place for which the people in the facts have or had a grant."""
    places = granted_places(people_in(entries))
    places |= {entry.place for entry in entries if entry.verb.startswith("chain.grant")}
    return {Touch(path, True) for path in places if path} | divided(entries)


declare(
    Family(
        "hands",
        _("Two hands"),
        CHECKS,
        find,
        (
            "chain.grant_given",
            "chain.grant_taken_back",
            "chain.holder_appointed",
            "chain.deputy_appointed",
            "chain.deputies_reordered",
            "chain.post_vacated",
            "chain.post_closed",
            "chain.person_deactivated",
            "chain.person_changed",
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
