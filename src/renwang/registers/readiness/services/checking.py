"""Look at places: read, judge, compare with what is known, keep the difference; all of it, or what a change touched.

One look at a time writes (`Turn`), and each takes its turn before it reads: so
a look that began earlier never puts an older truth over a newer one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.chain.imports.drafting import common_path
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer, require
from renwang.chain.tree import current
from renwang.outreach.setwise import in_chunks
from renwang.registers.readiness.catalogue import Family, checks, families, family_of
from renwang.registers.readiness.models import Hole, Look, Touched, Turn, Waiver
from renwang.registers.readiness.reading import inside
from renwang.registers.readiness.rules import (
    Found,
    Scope,
    after_all_below,
    compare,
    spans_of,
    telling,
)
from renwang.registers.readiness.services.asking import ask_menders

BY = "node:readiness"
PLACES = 1_000
"""Places that are looked at together: what a look holds in memory does not grow with the city."""
AT_ONCE = 400
"""Places that one turn of the worker looks at again, so that warnings are never kept waiting by it."""
SAME_WITHIN = timedelta(hours=1)


@dataclass(slots=True)
class Changes:
    """What a look changed: how many holes appeared and went, by check, and at which places anything did."""

    appeared: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    paths: set[str] = field(default_factory=set)

    def __iadd__(self, other: "Changes") -> "Changes":
        self.appeared.update(other.appeared)
        self.gone.update(other.gone)
        self.paths |= other.paths
        return self


@transaction.atomic
def look_at(scope: Scope, now: datetime, some: Sequence[Family] | None = None) -> Changes:
    """Look at the places of a scope, by all families of checks or by some, and keep what has changed."""
    take_turn(now)
    return _look(scope, now, families() if some is None else some)


def take_turn(now: datetime) -> None:
    """Wait in the caller's transaction until no other look is writing; what is read from now on is newer than theirs."""
    Turn.objects.get_or_create(pk=1)
    Turn.objects.filter(pk=1).update(at=now)


def _look(scope: Scope, now: datetime, some: Sequence[Family]) -> Changes:
    keys = [check.key for family in some for check in family.checks]
    rows = Hole.objects.filter(inside(scope), check_key__in=keys, gone_at=None)
    known = {(row.check_key, row.subject): row for row in rows}
    found = [one for family in some for one in family.find(scope, now)]
    back = _fetch_elsewhere(known, found, now)
    told = {key: _telling_of(row) for key, row in known.items()}
    difference = compare(told, map(_whole, found))
    gone = [known[key] for key in difference.gone]
    _close(gone, now)
    _change([(known[one.key], one) for one in difference.changed])
    _open(difference.appeared, now)
    return Changes(
        Counter(one.check for one in difference.appeared) + Counter(row.check_key for row in back),
        Counter(row.check_key for row in gone),
        {row.path for row in (*gone, *back)}
        | {one.path for one in (*difference.appeared, *difference.changed)},
    )


def _whole(one: Found) -> Found:
    """Fill in what a hole has from its check."""
    check = checks()[one.check]
    return Found(
        one.check,
        one.path,
        one.subject[:300],
        one.target,
        one.params,
        check.severity if one.severity is None else one.severity,
        one.mender or check.mender,
    )


def _telling_of(row: Hole) -> tuple[Any, ...]:
    one = Found(
        row.check_key, row.path, row.subject, row.target, row.params, row.severity, row.mender
    )
    return telling(one)


def _fetch_elsewhere(
    known: dict[tuple[str, str], Hole], found: Iterable[Found], now: datetime
) -> list[Hole]:
    """Fetch into `known` what was found here and is known elsewhere, or went a moment ago; return the latter.

    A hole whose place has moved is still the same, and so is one that comes back within the hour.
    """
    by_check: dict[str, set[str]] = {}
    for one in found:
        if (one.check, one.subject) not in known:
            by_check.setdefault(one.check, set()).add(one.subject)
    there = Q(gone_at=None) | Q(gone_at__gt=now - SAME_WITHIN)
    for check, subjects in by_check.items():
        for some in in_chunks(sorted(subjects)):
            rows = Hole.objects.filter(there, check_key=check, subject__in=some)
            ordered = rows.order_by(F("gone_at").asc(nulls_last=True))
            known.update({(row.check_key, row.subject): row for row in ordered})
    back = [row for row in known.values() if row.gone_at is not None]
    for some in in_chunks([row.pk for row in back]):
        Hole.objects.filter(pk__in=some).update(gone_at=None)
    return back


def _close(rows: Sequence[Hole], now: datetime) -> None:
    for some in in_chunks([row.pk for row in rows]):
        Hole.objects.filter(pk__in=some).update(gone_at=now)


def _change(pairs: Sequence[tuple[Hole, Found]]) -> None:
    for row, one in pairs:
        row.path, row.target, row.params = one.path, one.target, dict(one.params)
        row.severity, row.mender = int(one.severity or 0), one.mender
    fields = ["path", "target", "params", "severity", "mender"]
    Hole.objects.bulk_update([row for row, _one in pairs], fields, batch_size=200)


def _open(found: Sequence[Found], now: datetime) -> None:
    waived = _waived(found, now)
    Hole.objects.bulk_create(
        (
            Hole(
                check_key=one.check,
                path=one.path,
                subject=one.subject,
                target=one.target,
                severity=int(one.severity or 0),
                mender=one.mender,
                sees=checks()[one.check].sees,
                params=dict(one.params),
                since_at=now,
                waived_until=waived.get(one.key),
            )
            for one in found
        ),
        batch_size=500,
    )


def _waived(found: Sequence[Found], now: datetime) -> dict[tuple[str, str], datetime]:
    """Give until when holes may stand that come back while their waiver holds."""
    keys = {one.key for one in found}
    held: dict[tuple[str, str], datetime] = {}
    if not keys:
        return held
    standing = Waiver.objects.filter(ended_at=None, until_at__gt=now)
    if len(keys) < PLACES:
        standing = standing.filter(subject__in=[subject for _check, subject in keys])
    for check, subject, until in standing.values_list("check_key", "subject", "until_at"):
        if (check, subject) in keys:
            held[check, subject] = until
    return held


# --- everything ----------------------------------------------------------------


def look_everywhere(
    path: str,
    *,
    by: Viewer | str,
    now: datetime,
    clock: Callable[[], datetime] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    is_nightly: bool = False,
    asked_by: UUID | None = None,
) -> Look:
    """Look at everything at and below a place, a thousand places at a time, each in a transaction of its own.

    May be broken off and begun again anywhere. `/` is the whole node.
    """
    require(by, "readiness.see", at=path)
    person = by.id if isinstance(by, Viewer) else asked_by
    look = Look.objects.create(
        id=uuid7(now), path=path, is_nightly=is_nightly, asked_by=person, started_at=now
    )
    paths = _paths_below(path)
    appeared, gone, done = Counter[str](), Counter[str](), 0
    progress(0, len(paths))
    for scope in spans_of(paths, path, PLACES):
        changes = look_at(scope, clock() if clock else now)
        appeared.update(changes.appeared)
        gone.update(changes.gone)
        done = min(done + PLACES, len(paths))
        progress(done, len(paths))
    changes = Changes(appeared, gone)
    return _end(look, len(paths), changes, clock() if clock else now, by)


def _paths_below(path: str) -> list[str]:
    units: QuerySet[Unit] = current()
    if path != "/":
        units = units.filter(path__under=path)
    return list(units.order_by("path").values_list("path", flat=True))


@transaction.atomic
def _end(look: Look, places: int, changes: Changes, now: datetime, by: Any) -> Look:
    take_turn(now)
    ask_menders([look.path], now=now)
    look.places, look.ended_at = places, now
    look.appeared, look.gone = changes.appeared.total(), changes.gone.total()
    look.save()
    journal.record(
        "readiness.looked",
        look,
        by=by,
        at=now,
        places=places,
        appeared=look.appeared,
        gone=look.gone,
        appeared_by_check=changes.appeared,
        gone_by_check=changes.gone,
    )
    return look


# --- what a change touched --------------------------------------------------------


@transaction.atomic
def look_again(now: datetime, *, most: int = AT_ONCE) -> int:
    """Look again at places that facts have touched, the longest waiting first; return how many lists of places.

    What is taken from the list is taken before anything is read: a change that
    comes in meanwhile is noted anew and not lost.
    """
    if not Touched.objects.exists():
        return 0
    take_turn(now)
    changes = Changes()
    taken = _take(most)
    for family, scope in taken:
        changes += _look(scope, now, [family])
    if changes.paths:
        ask_menders(changes.paths, now=now)
    if changes.appeared or changes.gone:
        journal.record(
            "readiness.changed",
            Change(uuid7(now), common_path(changes.paths) or ""),
            by=BY,
            at=now,
            appeared=changes.appeared.total(),
            gone=changes.gone.total(),
            appeared_by_check=changes.appeared,
            gone_by_check=changes.gone,
        )
    return len(taken)


@dataclass(frozen=True, slots=True)
class Change:
    """What a fact of the journal is about that tells of holes after a change."""

    id: UUID
    path: str


def _take(most: int) -> list[tuple[Family, Scope]]:
    """Take places off the list: those by name together, and a part of the first that goes deep."""
    rows = list(Touched.objects.order_by("pk")[:most])
    by_name = [row for row in rows if not row.is_deep]
    deep = next((row for row in rows if row.is_deep), None)
    same = [
        row
        for row in rows
        if deep and row.is_deep and (row.family, row.path, row.after) == _way(deep)
    ]
    Touched.objects.filter(pk__in=[row.pk for row in [*by_name, *same]]).delete()
    scopes: dict[str, set[str]] = {}
    for row in by_name:
        scopes.setdefault(row.family, set()).add(row.path)
    found = [(key, Scope(frozenset(paths))) for key, paths in scopes.items()]
    if deep is not None:
        found.append((deep.family, _part(deep, most)))
    known = ((family_of(key), scope) for key, scope in found)
    return [(family, scope) for family, scope in known if family is not None]


def _way(row: Touched) -> tuple[str, str, str]:
    return row.family, row.path, row.after


def _part(deep: Touched, most: int) -> Scope:
    """Give the next part of what goes deep, and put the rest back on the list."""
    low, end = deep.after or deep.path, after_all_below(deep.path)
    units = current().filter(path__gte=low, path__lt=end).order_by("path")
    further = list(units.values_list("path", flat=True)[most : most + 1])
    if not further:
        return Scope(spans=((low, end),))
    Touched.objects.create(
        family=deep.family, path=deep.path, is_deep=True, after=further[0], at=deep.at
    )
    return Scope(spans=((low, further[0]),))
