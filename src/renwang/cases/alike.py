"""Which cases may be about the same as one: looked for among the latest of its neighbourhood, held ready in memory.

Each process keeps a shelf for the neighbourhoods it was asked about last. A
shelf is brought up to date by one statement and read anew every hour, so that
what was erased or moved does not stay on it. What it finds is read from the
database before anybody is shown it: it says nothing of a case that the viewer
may not see, that was merged, or whose words are gone.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from renwang.base.pure.text import search_key
from renwang.cases.alike_rules import AT_MOST, Shelf, Trace
from renwang.cases.models import Case
from renwang.cases.selectors import visible_to
from renwang.chain.reach import Viewer

HELD = 10_000  # texts of a neighbourhood, the latest
SHELVES = 8
ANEW = timedelta(hours=1)
_LATE = timedelta(minutes=2)  # what a transaction that commits late may be behind
_SPARE = 4  # times as many as are shown: some of them the viewer may not see


@dataclass(slots=True)
class _Held:
    shelf: Shelf
    read_at: datetime
    last_at: datetime
    lately: set[UUID] = field(default_factory=set)


_shelves: OrderedDict[tuple[str, str], _Held] = OrderedDict()
_lock = Lock()


def alike(viewer: Viewer, case: Case, *, now: datetime) -> list[Case]:
    """Give the cases that may be about the same as one, the likeliest first, each with `likely` in per cent. Two statements.

    Looked for near its place within sixty days; those merged already stand behind the one they went into.
    """
    near = case.path if case.path.count("/") <= 3 else case.path.rsplit("/", 2)[0] + "/"
    with _lock:
        ranked = _shelf(near, now).most_alike(trace_of(case), most=AT_MOST * _SPARE + 1)
    shares = {key: share for key, share in ranked if key != case.pk}
    if not shares:
        return []
    found = visible_to(viewer).filter(pk__in=list(shares), merged_into=None).exclude(words="")
    rows = list(found.select_related("unit").defer("search", "unit__boundary"))
    for one in rows:
        one.likely = round(shares[one.pk] * 100)
    return sorted(rows, key=lambda one: (-shares[one.pk], one.ref))[:AT_MOST]


def trace_of(case: Case) -> Trace:
    """Give what a case is compared by."""
    return Trace(search_key(case.words), case.path, case.received_at, case.kind, case.lon, case.lat)


def _shelf(near: str, now: datetime) -> Shelf:
    """Bring the shelf of a neighbourhood up to date; within the lock."""
    name = (str(connection.settings_dict["NAME"]), near)
    held = _shelves.get(name)
    if held is None or not held.read_at <= now < held.read_at + ANEW or not _bring_up(held, near):
        held = _shelves[name] = _read(near, now)
    _shelves.move_to_end(name)
    while len(_shelves) > SHELVES:
        _shelves.popitem(last=False)
    return held.shelf


def _read(near: str, now: datetime) -> _Held:
    held = _Held(Shelf(), now, now)
    latest = list(_rows(Case.objects.filter(path__under=near)).order_by("-received_at")[:HELD])
    for row in reversed(latest):
        _put(held, row)
    held.last_at = latest[0][3] if latest else now
    held.lately = {row[0] for row in latest if row[3] >= held.last_at - _LATE}
    return held


def _bring_up(held: _Held, near: str) -> bool:
    """Put what has come in since on a shelf; False where its last texts are no longer there."""
    fresh = Case.objects.filter(path__under=near, received_at__gte=held.last_at - _LATE)
    rows = list(_rows(fresh).order_by("received_at"))
    if held.lately.isdisjoint(row[0] for row in rows):
        return False
    for row in rows:
        if row[0] not in held.lately:
            _put(held, row)
            held.lately.add(row[0])
            held.last_at = max(held.last_at, row[3])
    return True


def _rows(cases: QuerySet[Case]) -> QuerySet[Case, Any]:
    return cases.exclude(words="").values_list(
        "pk", "words", "path", "received_at", "kind", "lon", "lat"
    )


def _put(held: _Held, row: tuple[Any, ...]) -> None:
    key, words, *rest = row
    held.shelf.put(key, Trace(search_key(words), *rest))
