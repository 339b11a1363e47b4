"""Call whoever can mend grave holes: one errand for each place and kind of mender, however many holes there are.

An errand lies at the nearest place, at or above the hole, for which somebody
was given what it takes to mend it. Where nobody was, there is nobody to call,
and the hole itself says so.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain.reach import BUNDLES, grants_in_force
from renwang.chain.rules import line_above
from renwang.outreach.errand_rules import ErrandAct, ErrandState
from renwang.outreach.models import Errand
from renwang.outreach.services.errands import Waiting, ask_errands, end_row, in_every_language
from renwang.outreach.setwise import in_chunks
from renwang.registers.readiness.catalogue import checks
from renwang.registers.readiness.checks.calls import OWN_ERRAND
from renwang.registers.readiness.models import Hole
from renwang.registers.readiness.rules import Severity

BY = "node:readiness"
TERM = timedelta(days=7)
"""Holes are mended in office hours; what is urgent on the day of a warning says so itself."""

SAID = _("Grave holes in readiness: {number}. Mend them, or ask the level above to let them stand.")
_SPACE = UUID(
    "0197a1c0-5a1e-7000-8000-6c6f6f6b6564"
)  # so that a place and a capability make one id

Place = tuple[str, str]  # capability, path


@dataclass(frozen=True, slots=True)
class Asked:
    """What a fact of the journal is about that tells of menders who were called."""

    id: UUID
    path: str


def ask_menders(paths: Iterable[str], *, now: datetime) -> int:
    """Bring the errands over grave holes up to date, in the caller's transaction and turn; return how many are new.

    `paths` are where holes appeared, changed or went, or the top of what was looked at.
    """
    asked = 0
    for top in _tops(set(paths), now):
        asked += _settle(top, _wanted(top, now), now)
    return asked


def _tops(paths: set[str], now: datetime) -> list[str]:
    """Give the topmost places whose errands can have changed: the nearest granted ones above, for any mender."""
    lines = {one for path in paths for one in (*line_above(path), path)}
    granted = _granted(lines, now)
    tops = set()
    for path in paths:
        line = (*line_above(path), path)
        nearest = (_nearest(line, places) for places in granted.values())
        tops |= {one for one in nearest if one} or {path}
    kept: list[str] = []
    for path in sorted(tops):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return kept


def _menders() -> set[str]:
    return {check.mender for check in checks().values()}


def _granted(paths: set[str], now: datetime, under: str = "") -> dict[str, set[str]]:
    """Give the places for which somebody has each capability that mends; of some places, or below one."""
    grants = grants_in_force(now).filter(person__is_active=True).order_by()
    rows: list[tuple[str, str]] = []
    for some in in_chunks(sorted(paths)):
        rows += grants.filter(path__in=some).values_list("bundle", "path").distinct()
    if under:
        rows += grants.filter(path__under=under).values_list("bundle", "path").distinct()
    menders = _menders()
    found: dict[str, set[str]] = {}
    for bundle, path in rows:
        for capability in BUNDLES.get(bundle, frozenset()) & menders:
            found.setdefault(capability, set()).add(path)
    return found


def _nearest(line: Iterable[str], places: set[str]) -> str:
    return max((one for one in line if one in places), key=len, default="")


def _wanted(top: str, now: datetime) -> Counter[Place]:
    """Count the grave holes at and below a place by who is to mend them, and where he stands; two statements."""
    granted = _granted({*line_above(top), top}, now, under=top)
    standing = Q(waived_until=None) | Q(waived_until__lte=now)
    holes = Hole.objects.filter(standing, path__under=top, severity=Severity.GRAVE, gone_at=None)
    counts: Counter[Place] = Counter()
    for mender, path, number in (
        holes.order_by().values_list("mender", "path").annotate(Count("pk"))
    ):
        place = _nearest((*line_above(path), path), granted.get(mender, set()))
        if place.startswith(top):
            counts[mender, place] += number
    return counts


def _settle(top: str, wanted: Mapping[Place, int], now: datetime) -> int:
    open_ones = Errand.objects.filter(kind=OWN_ERRAND, path__under=top, state=ErrandState.OPEN)
    known = {one.subject_id: one for one in open_ones}
    fresh: list[Waiting] = []
    for (capability, path), number in wanted.items():
        key = uuid5(_SPACE, f"{capability} {path}")
        errand = known.pop(key, None)
        if errand is None:
            fresh.append(_waiting(key, path, capability, number))
        elif errand.number != number:
            said = in_every_language(SAID, number=number)
            Errand.objects.filter(pk=errand.pk).update(number=number, said=said)
    for errand in known.values():
        end_row(errand, by=BY, now=now, act=ErrandAct.SETTLE)
    ask_errands(fresh, now=now)
    if fresh:
        journal.record(
            "readiness.menders_asked",
            Asked(uuid7(now), top),
            by=BY,
            at=now,
            places=len(fresh),
            items=[[one.capability, one.path, one.number] for one in fresh],
        )
    return len(fresh)


def _waiting(key: UUID, path: str, capability: str, number: int) -> Waiting:
    return Waiting(
        kind=OWN_ERRAND,
        subject_id=key,
        ref="",
        said=in_every_language(SAID, number=number),
        path=path,
        capability=capability,
        term=TERM,
        number=number,
    )
