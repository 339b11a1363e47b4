"""How long what people said is kept, and the proof that it went in time.

A part says once what it keeps of people, how long and from when, and how many
wait whose time is over; the desk shows it to whoever watches over the node.
Each run of a forgetting leaves a proof in its fact: the kind, how many, up to
which moment, and a digest of the keys. It holds nothing of what stood there.
The digest can be made again from the notes of `base.forgetting`, which outlive
the database: so nobody can say afterwards that more was erased, or less.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import Count, Max, QuerySet

from renwang.base.models import Forgotten
from renwang.base.paging import count_together

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Retention:
    """What is kept of people under a kind of `base.forgetting`, how long, and under which verb its end is told."""

    kind: str
    name: Any  # translatable: what it is
    kept: Any  # translatable: how long, and from when
    verb: str
    overdue: Callable[[datetime], QuerySet[Any]]  # what is there whose time is over
    early: str = ""  # the verb under which it is told that it went before its time, where it can


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one kind: how many are overdue, how many were forgotten ever, and when the last."""

    retention: Retention
    overdue: int
    forgotten: int
    last_at: datetime | None


_RETENTIONS: dict[str, Retention] = {}


def retain(*retentions: Retention) -> None:
    """Say how long things are kept."""
    for one in retentions:
        if one.kind in _RETENTIONS:
            raise ValueError(f"two terms are said for {one.kind}")
        _RETENTIONS[one.kind] = one


def retentions() -> tuple[Retention, ...]:
    """Return everything that is kept for a time, in the order in which it was said."""
    return tuple(_RETENTIONS.values())


def verbs() -> tuple[str, ...]:
    """Return the verbs of every fact that tells of a forgetting, in time or early."""
    found = {one.verb for one in retentions()} | {one.early for one in retentions() if one.early}
    return tuple(sorted(found))


def standing(now: datetime) -> list[Standing]:
    """Say how it stands with every kind, counting up to `MOST`; two statements."""
    counted = Forgotten.objects.filter(kind__in=_RETENTIONS).order_by().values_list("kind")
    known = {row[0]: row[1:] for row in counted.annotate(Count("pk"), Max("at"))}
    waiting = count_together([one.overdue(now) for one in retentions()], most=MOST)
    return [
        Standing(one, number, *known.get(one.kind, (0, None)))
        for one, number in zip(retentions(), waiting, strict=True)
    ]


def proof_of(kind: str, keys: Iterable[Any], *, until: datetime) -> dict[str, Any]:
    """Give what a fact tells of a run: kind, how many, up to which moment their time was over, and the digest."""
    plain = sorted({str(key) for key in keys})
    return {
        "kind": kind,
        "number": len(plain),
        "until": until,
        "proof": _digest(kind, plain),
    }


def recount(kind: str, at: datetime) -> tuple[int, str]:
    """Make the proof of a run again from the notes of its moment: how many, and the digest."""
    keys = sorted(Forgotten.objects.filter(kind=kind, at=at).values_list("key", flat=True))
    return len(keys), _digest(kind, keys)


def _digest(kind: str, keys: Iterable[str]) -> str:
    return sha256("".join(f"{kind}:{key}\n" for key in keys).encode()).hexdigest()
