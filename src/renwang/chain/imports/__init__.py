"""Bring in the user's own lists: first say what would happen, then do all of it or nothing.

    plan = preview_import("people", data, "roster.xlsx", by=viewer, now=now)
    commit_import("people", data, "roster.xlsx", by=viewer, now=now)

A row is recognised by its natural key, so the same file brought twice changes
nothing the second time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_number
from renwang.base.tables import read_table
from renwang.chain import routes, tallies
from renwang.chain.imports.buildings import BUILDINGS
from renwang.chain.imports.drafting import (
    JUDGED,
    READ,
    WRITTEN,
    By,
    Draft,
    ImportKind,
    ImportPlan,
    common_path,
    digest_of,
)
from renwang.chain.imports.households import HOUSEHOLDS
from renwang.chain.imports.organisations import ORGANISATIONS
from renwang.chain.imports.people import PEOPLE
from renwang.chain.imports.posts import POSTS
from renwang.chain.imports.rosters import ROSTERS
from renwang.chain.imports.streets import STREETS
from renwang.chain.imports.units import GRIDS, UNITS
from renwang.chain.reach import require_anywhere

KINDS: dict[str, ImportKind] = {
    kind.key: kind
    for kind in (
        UNITS,
        GRIDS,
        PEOPLE,
        POSTS,
        ROSTERS,
        ORGANISATIONS,
        BUILDINGS,
        HOUSEHOLDS,
        STREETS,
    )
}


def register_kind(kind: ImportKind) -> None:
    """Let an app above bring in its own list through the same door; called from its `ready`."""
    KINDS[kind.key] = kind


class ImportRefused(ValueError):
    """A file with a wrong row was to be committed; `plan.table.errors` say what is wrong where."""

    def __init__(self, plan: ImportPlan):
        super().__init__(f"{plan.table.error_count} errors in {plan.filename}")
        self.plan = plan


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One import, as the journal knows it."""

    id: UUID
    path: str
    ref: str = ""


Progress = Callable[[int, int], None]


def preview_import(
    kind: str,
    data: bytes,
    filename: str,
    *,
    by: By,
    now: datetime,
    progress: Progress = lambda done, total: None,
) -> ImportPlan:
    """Say what a file would create, change and leave, and what is wrong in it; nothing is written.

    Needs `imports.run` and the capability of the kind somewhere; rows about
    places out of reach are wrong. Refuses with TableRefused what is no table.
    `progress` is told rows done, as far as the whole import goes, and rows in all.
    """
    chosen = KINDS[kind]
    require_anywhere(by, "imports.run")
    require_anywhere(by, chosen.capability)
    reading = read_table(data, filename, chosen.columns, zone=timezone.get_default_timezone())
    total = len(reading.rows)

    def tell(share: float) -> None:
        progress(int(total * share), total)

    tell(READ)
    table, found = chosen.plan(Draft(reading), by, now)
    tell(JUDGED)
    return ImportPlan(kind, filename, digest_of(data), table, found, tell)


@transaction.atomic
def commit_import(
    kind: str,
    data: bytes,
    filename: str,
    *,
    by: By,
    now: datetime,
    progress: Progress = lambda done, total: None,
) -> ImportPlan:
    """Do what the preview said, all or nothing, as one fact of the journal.

    The file is judged again, because the world may have changed since the
    preview. Refuses with ImportRefused and TableRefused.
    """
    # The counter's row is held until the end: a second import waits, and then judges what the first
    # one wrote. Two at once would each find a person unknown, and create him twice.
    next_number("chain.import")
    plan = preview_import(kind, data, filename, by=by, now=now, progress=progress)
    if not plan.may_commit:
        raise ImportRefused(plan)
    touched: set[str] = set()
    if plan.table.to_create or plan.table.to_update:
        touched = KINDS[kind].write(plan, by, now)
        plan.tell(WRITTEN)
        derive_again(touched)
    record_import(kind, filename, plan.digest, plan.counts, touched, by=by, now=now)
    return plan


def derive_again(touched: set[str]) -> None:
    """Derive routes and tallies of everything that an import touched."""
    if not touched:
        return
    top = common_path(touched)
    routes.rebuild_routes(top)
    tallies.rebuild_tallies(*([top] if top else []))


def record_import(
    kind: str,
    filename: str,
    digest: str,
    counts: dict[str, int],
    touched: set[str],
    *,
    by: By,
    now: datetime,
) -> None:
    """Record one fact for a whole file: what it was, and what came of it."""
    journal.record(
        "chain.imported",
        ImportRun(uuid7(now), common_path(touched) or ""),
        by=by,
        at=now,
        kind=kind,
        filename=filename,
        digest=digest,
        **{name: counts[name] for name in ("created", "updated", "unchanged")},
    )


__all__ = [
    "KINDS",
    "ImportKind",
    "ImportPlan",
    "ImportRefused",
    "commit_import",
    "derive_again",
    "preview_import",
    "record_import",
    "register_kind",
]
