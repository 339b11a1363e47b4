"""The follower of sharing: agreements lie where their units lie."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery

from renwang.base.followers import follower
from renwang.base.models import Entry
from renwang.cases.sharing.models import Sharing
from renwang.chain.models import Unit
from renwang.chain.verbs import DIVISION


@follower("sharing.division", *DIVISION)
def _follow_division(_entries: Sequence[Entry], _now: datetime) -> None:
    follow_division()


def follow_division() -> int:
    """Let every agreement lie where its sides and its place lie today; return how many rows moved."""
    moved = 0
    for unit in ("giver", "taker", "place"):
        path = f"{unit}_path"
        own = Unit.objects.filter(pk=OuterRef(f"{unit}_id"), ended_on=None)
        own = own.exclude(path=OuterRef(path))
        found = Sharing.objects.filter(Exists(own))
        moved += found.update(**{path: Subquery(own.values("path"))})
    return moved
