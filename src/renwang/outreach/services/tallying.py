"""The sums of a notice by unit: built once after the start, then kept with every change.

Every change to calls takes the notice's row first and so waits for its turn:
sums and calls can never drift apart, and no two writers can deadlock.
"""
# ruff: noqa: S608 - names come from the models only; every value is a parameter.

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import add
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from renwang.outreach.models import Call, Notice, Pace, Reach
from renwang.outreach.rules import pace_step
from renwang.outreach.setwise import adapt, add_or_insert, update_rows

SUMS = ("sent", "delivered", "read", "understood", "carried", "silent", "covered", "vacant")
PACE_FROM = 400
"""A unit with more posts than this keeps steps of pace; a smaller one has its calls read."""


_CALL = Call._meta.db_table


def _nothing() -> list[int]:
    return [0] * len(SUMS)


def take_turn(notice_id: UUID) -> Notice:
    """Take the notice's row until the transaction ends, and read it as it then is."""
    Notice.objects.filter(pk=notice_id).update(receipts=F("receipts"))
    return Notice.objects.get(pk=notice_id)


class Deltas:
    """What one batch changes in the sums of a notice; written once, at its end."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._sums: dict[str, list[int]] = defaultdict(_nothing)
        self._answers: dict[tuple[str, str, int], int] = defaultdict(int)

    def add(self, path: str, changes: Iterable[tuple[int, int]]) -> None:
        """Add (index into SUMS, number) changes of the call at a path to all that lies above it."""
        sums = self._sums[path]
        for index, number in changes:
            sums[index] += number

    def answered(self, path: str, channel: str, asked_at: datetime, at: datetime) -> None:
        """Count a first answer and how long it took."""
        step = pace_step(max(0.0, (at - asked_at).total_seconds()))
        self._answers[path, channel, step] += 1

    def write(self) -> None:
        """Add everything up the tree. A notice that is not counted yet will be counted with it."""
        if not self._notice.is_counted:
            return
        used = [at for at in range(len(SUMS)) if any(own[at] for own in self._sums.values())]
        if used:
            key = self._notice.pk
            own = {path: [sums[at] for at in used] for path, sums in self._sums.items() if path}
            # In one order everywhere, so that the index pages are visited in theirs.
            rows = [(key, path, *sums) for path, sums in sorted(_added_up(own).items())]
            update_rows(Reach, ("notice", "path"), [SUMS[at] for at in used], rows, adds=True)
        self._write_pace()

    def _write_pace(self) -> None:
        if not self._answers:
            return
        reaches = Reach.objects.filter(notice=self._notice, keeps_pace=True)
        large = frozenset(reaches.values_list("path", flat=True))
        if not large:
            return
        steps: dict[tuple[str, str, int], int] = defaultdict(int)
        places_above: dict[str, list[str]] = {}
        for (path, channel, step), number in self._answers.items():
            places = places_above.get(path)
            if places is None:
                places = places_above[path] = [one for one in prefixes(path) if one in large]
            for place in places:
                steps[place, channel, step] += number
        rows = [(self._notice.pk, *key, number) for key, number in sorted(steps.items())]
        add_or_insert(Pace, ("notice", "path", "channel", "step"), "number", rows)


def _added_up(sums: dict[str, list[int]]) -> dict[str, list[int]]:
    """Give the sums of every place from the bottom up, each adding its own to the one above it."""
    levels: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for path, own in sums.items():
        levels[path.count("/")][path] = own
    for depth in range(max(levels, default=0), 2, -1):
        upper = levels[depth - 1]
        for path, own in levels[depth].items():
            above = path[: path.rfind("/", 0, -1) + 1]
            there = upper.get(above)
            upper[above] = own if there is None else list(map(add, there, own))
    return {path: own for level in levels.values() for path, own in level.items()}


def prefixes(path: str) -> list[str]:
    """Give a path and every path above it."""
    found = []
    at = path.find("/", 1)
    while at != -1:
        found.append(path[: at + 1])
        at = path.find("/", at + 1)
    return found


@transaction.atomic
def count_notice(notice_id: UUID) -> bool:
    """Build the sums of a notice that has none yet, level by level; say whether there was anything to do."""
    notice = take_turn(notice_id)
    if notice.is_counted:
        return False
    _count(notice)
    return True


def recount_notice(notice: Notice) -> None:
    """Build the sums anew, after a change to very many calls at once; in the caller's turn."""
    Reach.objects.filter(notice=notice).delete()
    Pace.objects.filter(notice=notice).delete()
    _count(notice)


def _has(column: str) -> str:
    return f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END"


_OF_CALL = {
    "posts": "1",
    "vacant": "CASE WHEN person_id IS NULL THEN 1 ELSE 0 END",
    "sent": _has("sent_at"),
    "delivered": _has("delivered_at"),
    "read": _has("read_at"),
    "understood": _has("understood_at"),
    "carried": _has("carried_at"),
    "silent": "CASE WHEN state = 'silent' THEN 1 ELSE 0 END",
    "households": "households",
    "covered": "covered",
}
"""What one call adds to each sum."""


def _count(notice: Notice) -> None:
    """Add up from the bottom.

    The adding is done here and not by joins: the database knows nothing yet of
    the calls that were inserted a moment ago, and has been seen to choose a
    plan that takes minutes.
    """
    own: dict[str, tuple[str, int]] = {}
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * len(_OF_CALL))
    for path, parent_path, depth, *numbers in _inner_calls(notice):
        own[path] = (parent_path, depth)
        sums[path] = [one + other for one, other in zip(sums[path], numbers, strict=True)]
    for parent_path, *numbers in _leaves_by_parent(notice):
        sums[parent_path] = [a + b for a, b in zip(sums[parent_path], numbers, strict=True)]
    for path in sorted(own, key=lambda one: own[one][1], reverse=True):
        above = own[path][0]
        if above:
            sums[above] = [a + b for a, b in zip(sums[above], sums[path], strict=True)]
    at_posts = list(_OF_CALL).index("posts")
    Reach.objects.bulk_create(
        (
            Reach(
                notice=notice,
                path=path,
                parent_path=parent_path,
                depth=depth,
                keeps_pace=sums[path][at_posts] > PACE_FROM,
                **dict(zip(_OF_CALL, sums[path], strict=True)),
            )
            for path, (parent_path, depth) in own.items()
        ),
        batch_size=1000,
    )
    notice.is_counted = True
    Notice.objects.filter(pk=notice.pk).update(is_counted=True)
    _pace_so_far(notice)


def _inner_calls(notice: Notice) -> list[tuple]:
    return _rows(
        f"SELECT path, parent_path, depth, {', '.join(_OF_CALL.values())} FROM {_CALL}"
        f" WHERE notice_id = %s AND NOT is_leaf",
        notice,
    )


def _leaves_by_parent(notice: Notice) -> list[tuple]:
    summed = ", ".join(f"SUM({part})" for part in _OF_CALL.values())
    return _rows(
        f"SELECT parent_path, {summed} FROM {_CALL}"
        f" WHERE notice_id = %s AND is_leaf AND parent_path <> '' GROUP BY parent_path",
        notice,
    )


def _rows(sql: str, notice: Notice) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [adapt(Notice._meta.pk, notice.pk)])
        return cursor.fetchall()


def _pace_so_far(notice: Notice) -> None:
    """Count the answers that came in before the sums existed."""
    deltas = Deltas(notice)
    answered: Sequence = Call.objects.filter(
        notice=notice, understood_at__isnull=False
    ).values_list("path", "answered_via", "asked_at", "understood_at")
    for path, channel, asked_at, at in answered.iterator():
        deltas.answered(path, channel, asked_at or notice.started_at, at)
    deltas.write()
