"""The readiness check: a sub-district of 30,000 households with all its lists, and a city of 11,000 communities with theirs.

`BENCH_PLACE=subdistrict` leaves the city out, which takes minutes to make;
`BENCH_PLACE=city` leaves the sub-district out.

Each is looked at twice: the first look finds and keeps every hole, the second
finds the same again and writes nothing. Reported are the time on the clock and
of the processor, what memory the look adds, what one change costs, and a page.
The ratio is against the bound: three seconds, and five minutes.
"""

import os
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from bench._city import _staff, analyse
from bench._clock import processor_time
from bench.divisions import bring_in, divisions
from renwang.base.pure.ids import uuid7
from renwang.chain.invented.loading import load_invented
from renwang.chain.invented.signins import demo_signins
from renwang.chain.invented.sizes import Size
from renwang.chain.models import Grant, Person, Post, Unit
from renwang.chain.reach import viewer_of
from renwang.chain.routes import rebuild_routes
from renwang.chain.tallies import rebuild_tallies
from renwang.ops.demo import fill
from renwang.registers.duties.models import Duty
from renwang.registers.duties.rules import DutyState, Phase
from renwang.registers.readiness.catalogue import checks, families
from renwang.registers.readiness.models import Hole, Look, Touched
from renwang.registers.readiness.selectors import Wanted, count_below, list_holes, trend_of
from renwang.registers.readiness.services import look_again, look_everywhere
from renwang.registers.risks.models import Risk
from renwang.registers.risks.rules import State

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
HOUSEHOLDS = 30_000
HAZARDS = ("fire", "flood", "rainstorm")
RISKS = 3  # of each community


def run(report: Callable[..., None]) -> None:
    """Look at the sub-district, then at the city, in the same database one after the other."""
    report("readiness: checks", len(checks()), "")
    wanted = os.environ.get("BENCH_PLACE", "")
    if wanted != "city":
        settings.DEMO = True  # only a demonstration has sign-ins that are printed
        root = load_invented(Size(HOUSEHOLDS), now=NOW)
        fill(root, demo_signins(root, now=NOW), now=NOW)
        analyse()
        _measure(report, "a sub-district of 30,000 households", 3)
        if wanted == "subdistrict":
            return
        _empty()
    _city()
    _measure(report, "a city of 11,000 communities", 300)
    _change(report)
    _pages(report)


def _measure(report: Callable[..., None], place: str, bar: int) -> None:
    kind = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    for turn in ("first look", "second look"):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began, spent = time.perf_counter(), processor_time()
        look = look_everywhere("/", by="node:bench", now=NOW)
        wall, spent = time.perf_counter() - began, processor_time() - spent
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        name = f"readiness: {place}, {turn}, {kind}"
        report(name, round(wall, 2), "s", ratio=round(wall / bar, 3), bar="≤ 1")
        report(f"{name}, processor", round(spent, 2), "s", ratio=round(spent / bar, 3))
        report(f"{name}, memory added", round(grown, 1), "MB")
        report(f"{name}, places", look.places, "")
        report(f"{name}, new holes", look.appeared, "")


def _change(report: Callable[..., None]) -> None:
    """One place that a fact touched, by every family of checks."""
    path = Unit.objects.filter(depth=3).order_by("path")[5_000].path
    Touched.objects.bulk_create(Touched(family=one.key, path=path, at=NOW) for one in families())
    began = time.perf_counter()
    look_again(NOW)
    report(
        "readiness: one changed place of the city",
        round((time.perf_counter() - began) * 1e3, 1),
        "ms",
    )


def _pages(report: Callable[..., None]) -> None:
    city = Unit.objects.get(depth=0)
    person = Person.objects.order_by("pk").first()
    Grant.objects.create(
        id=uuid7(NOW), person=person, bundle="operator", unit=city, path=city.path,
        from_at=NOW - timedelta(days=1),
    )  # fmt: skip
    viewer = viewer_of(person, NOW)
    first = list_holes(viewer, Wanted(), now=NOW)
    questions: list[tuple[str, Callable[[], Any]]] = [
        ("first page", lambda: list_holes(viewer, Wanted(), now=NOW)),
        ("second page", lambda: list_holes(viewer, Wanted(), now=NOW, cursor=first.next or "")),
        ("the parts", lambda: count_below(viewer, city, NOW)),
        ("the trend", lambda: trend_of(viewer, city.path, now=NOW)),
    ]
    for name, ask in questions:
        ask()
        began = time.perf_counter()
        ask()
        report(
            f"readiness: {name} of the city's {Hole.objects.count():,} holes",
            round((time.perf_counter() - began) * 1e3, 1),
            "ms",
        )


def _empty() -> None:
    """Make room for the city: everything goes, the tables stay."""
    from django.apps import apps
    from django.core.management import call_command

    assert apps.ready
    call_command("flush", interactive=False, verbosity=0)


def _city() -> None:
    """A city's tree with a held post at every unit, duties for three hazards in every phase, and three risks each."""
    files, _kind = divisions()
    bring_in(files)
    _staff()
    rebuild_routes()
    rebuild_tallies()
    posts = dict(Post.objects.values_list("unit_id", "pk"))
    communities = list(Unit.objects.filter(depth=3).order_by("path").only("pk", "path"))
    Duty.objects.bulk_create(
        (
            _duty(f"BD-{number}-{hazard}-{phase}", unit, posts[unit.pk], hazard, phase)
            for number, unit in enumerate(communities)
            for hazard in HAZARDS
            for phase in Phase
        ),
        batch_size=2_000,
    )
    Risk.objects.bulk_create(
        (
            _risk(f"BR-{number}-{turn}", unit, turn)
            for number, unit in enumerate(communities)
            for turn in range(RISKS)
        ),
        batch_size=2_000,
    )
    analyse()
    assert not Look.objects.exists()


def _duty(ref: str, unit: Unit, post: Any, hazard: str, phase: Phase) -> Duty:
    return Duty(
        id=uuid7(NOW), ref=ref, hazard=hazard, phase=phase.value, unit=unit, path=unit.path,
        state=DutyState.APPROVED, leader_id=post, sole="组织转移", gathering="值班室",
        resources="街道仓库", basis="防汛条例", held_from=NOW - timedelta(days=1), written_at=NOW,
        changed_at=NOW,
    )  # fmt: skip


def _risk(ref: str, unit: Unit, turn: int) -> Risk:
    level = (1, 2, 3)[turn]
    return Risk(
        id=uuid7(NOW), ref=ref, hazard=HAZARDS[turn], title="边坡", words="边坡开裂", unit=unit,
        path=unit.path, source="patrol", found_at=NOW, received_at=NOW, state=State.OPEN,
        level=level, likelihood=turn + 1, harm=turn + 2, since=NOW, asked=unit,
        asked_path=unit.path, due_at=NOW + timedelta(days=turn - 1),
    )  # fmt: skip
