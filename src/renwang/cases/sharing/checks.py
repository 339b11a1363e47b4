"""What the readiness check asks of agreements by which cases are shared."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from renwang.base.models import Entry
from renwang.cases.sharing.models import Look, Sharing
from renwang.cases.sharing.rules import Gap, gaps
from renwang.chain.tree import today
from renwang.registers.readiness.catalogue import Check, Family, Touch, declare
from renwang.registers.readiness.reading import divided, inside
from renwang.registers.readiness.rules import Found, Scope, Severity

_WHY = _(
    "What is shared needs a purpose and an end, and whoever relies on it must know that it holds."
)


def _check(gap: Gap, name: Any, sentence: Any, severity: Severity) -> Check:
    return Check(
        f"sharing.{gap}", name, sentence, _WHY, severity, "cases.share", "cases.see", "sharing"
    )


CHECKS = (
    _check(
        Gap.NO_END,
        _("A sharing agreement without an end"),
        _("The agreement {ref} ({giver} → {taker}) has no end. End it, and agree anew with one."),
        Severity.NOTE,
    ),
    _check(
        Gap.EXPIRED,
        _("A sharing agreement that has expired"),
        _(
            "The agreement {ref} ({giver} → {taker}) expired on {until}. Agree anew if it is needed."
        ),
        Severity.ATTENTION,
    ),
    _check(
        Gap.EXPIRES,
        _("A sharing agreement that is about to expire"),
        _("The agreement {ref} ({giver} → {taker}) ends on {until}. Agree anew if it is needed."),
        Severity.NOTE,
    ),
    _check(
        Gap.WAITS,
        _("A sharing agreement that waits for the other side"),
        _("The agreement {ref} ({giver} → {taker}) has waited for the other side for a week."),
        Severity.NOTE,
    ),
    _check(
        Gap.IDLE,
        _("A sharing agreement that nobody uses"),
        _("Nobody has looked through {ref} ({giver} → {taker}) for a year. End it."),
        Severity.NOTE,
    ),
)


def find(scope: Scope, now: datetime) -> Iterable[Found]:
    """Find what is wrong with the agreements of a scope, each where it gives; one statement."""
    day = today(now)
    looks = Look.objects.filter(sharing=OuterRef("pk"))
    rows = Sharing.objects.filter(inside(scope, "giver_path"), ended_at=None, declined_at=None)
    named = rows.select_related("giver", "taker").defer("giver__boundary", "taker__boundary")
    for one in named.annotate(seen=Exists(looks)):
        params = {
            "ref": one.ref,
            "giver": one.giver.name,
            "taker": one.taker.name,
            "until": one.until_on.isoformat() if one.until_on else "–",
        }
        for gap in gaps(
            one.period, one.stands(day), proposed_on=today(one.proposed_at),
            has_looks=one.seen, today=day,
        ):  # fmt: skip
            yield Found(f"sharing.{gap}", one.giver_path, str(one.pk), one.ref, params)


def touched(entries: Sequence[Entry]) -> Iterable[Touch]:
    """Look again where an agreement gives, and where the division has changed."""
    return divided(entries) | {Touch(entry.place) for entry in entries if entry.place}


declare(
    Family(
        "sharing",
        _("Sharing by agreement"),
        CHECKS,
        find,
        (
            "sharing.proposed",
            "sharing.approved",
            "sharing.declined",
            "sharing.ended",
            "chain.unit_moved",
            "chain.unit_split",
            "chain.units_merged",
            "chain.unit_closed",
        ),
        touched,
    )
)
