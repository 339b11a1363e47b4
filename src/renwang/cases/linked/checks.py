"""What the readiness check asks of linked systems."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.cases.linked.models import System
from renwang.cases.linked.readiness_rules import SystemSeen, find_system_holes
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.reading import divided, inside
from renwang.registers.readiness.rules import Found, Scope, Severity

_WHY = _("What residents report elsewhere comes in by it. A dead link looks like nothing to do.")


def _check(key: str, name: Any, sentence: Any, severity: Severity) -> Check:
    return Check(
        f"linked.{key}", name, sentence, _WHY, severity, "node.operate", "cases.see", "linked"
    )


CHECKS = (
    _check(
        "silent",
        _("A linked system that does not work"),
        _("The exchange with {name} has not worked since {since}. Look at what went wrong."),
        Severity.ATTENTION,
    ),
    _check(
        "paused",
        _("A linked system that was paused"),
        _("Nothing is exchanged with {name}. Let it go on, or say why not."),
        Severity.NOTE,
    ),
    _check(
        "unmapped",
        _("Services of a linked system that nobody has mapped"),
        _("{count} services of {name} come in as “other”. Say which of our kinds they are."),
        Severity.NOTE,
    ),
)


def find(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find what is wrong with the linked systems of a scope; one statement."""
    yield from find_system_holes(_systems(scope), now)


def _systems(scope: Scope) -> Iterator[SystemSeen]:
    rows = System.objects.filter(inside(scope))
    for one in rows.only(
        "pk", "path", "label", "every", "worked_at", "added_at", "is_active", "pulls", "pushes",
        "unmapped",
    ):  # fmt: skip
        span = timedelta(seconds=one.every)
        yield SystemSeen(
            str(one.pk), one.path, one.label, span, one.worked_at, one.added_at, one.is_active,
            one.pulls or one.pushes, len(one.unmapped),
        )  # fmt: skip


def touched(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where a system is linked, and where the division has changed."""
    return divided(entries) | {Touch(entry.place) for entry in entries if entry.place}


declare(
    Family(
        "linked",
        _("Linked systems"),
        CHECKS,
        find,
        (
            "linked.added",
            "linked.changed",
            "linked.mapped",
            "linked.paused",
            "linked.resumed",
            "linked.taken",
            "chain.unit_moved",
            "chain.unit_split",
            "chain.units_merged",
            "chain.unit_closed",
        ),
        touched,
    )
)
