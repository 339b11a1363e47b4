"""A city's risk list, 100,000 risks over 1,000 communities: what each page of it asks.

Reported are the median of the time on the server and the number of statements.
"""

import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.duties import NOW, SINCE, _unit
from renwang.base.pure.ids import uuid7
from renwang.chain import reach
from renwang.chain.models import Grant, Person, Unit, UnitVersion
from renwang.registers.hazards import kinds
from renwang.registers.risks.counting import (
    count_findings,
    count_matrix,
    count_states,
    worst_by_unit,
)
from renwang.registers.risks.models import Risk
from renwang.registers.risks.rules import OVER, State
from renwang.registers.risks.scale_rules import Level
from renwang.registers.risks.selectors import list_risks

COMMUNITIES, DISTRICTS = 1_000, 10
RISKS = int(os.environ.get("BENCH_RISKS", 100_000))


def run(report: Callable[..., None]) -> None:
    """Make the list, then ask what people ask of it."""
    database = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    city, districts, person = _city()
    viewer = reach.viewer_of(person, NOW)
    with connection.cursor() as cursor:  # as a node does by itself within minutes
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    part, first = districts[3], list_risks(viewer, now=NOW).next
    paths = [one.path for one in districts]
    questions: list[tuple[str, int, Callable[[], Any]]] = [
        ("states of the city", 10, lambda: count_states(viewer)),
        ("states of a district", 10, lambda: count_states(viewer, under=part)),
        ("matrix of the city", 10, lambda: count_matrix(viewer, under=city)),
        ("holes of the city", 10, lambda: count_findings(viewer, now=NOW, under=city)),
        ("worst by district", 5, lambda: worst_by_unit(viewer, paths, top=city.path)),
        ("first page", 20, lambda: list_risks(viewer, now=NOW)),
        ("second page", 20, lambda: list_risks(viewer, now=NOW, cursor=first or "")),
        ("first page of a district", 20, lambda: list_risks(viewer, now=NOW, under=part)),
        ("without measures", 10, lambda: list_risks(viewer, now=NOW, finding="unmeasured")),
    ]
    for name, times, ask in questions:
        ask()
        taken = []
        for _turn in range(times):
            began = time.perf_counter()
            ask()
            taken.append((time.perf_counter() - began) * 1000)
        with CaptureQueriesContext(connection) as asked:
            ask()
        bar = 150 if name == "states of the city" else None
        report(f"risks: {name}, {database}", round(statistics.median(taken), 2), "ms", bar=bar)
        report(f"risks: {name}, statements, {database}", len(asked), "")


def _city() -> tuple[Unit, list[Unit], Person]:
    """Found a city of districts and communities, with risks at every point of their lives."""
    city = _unit("某市", "city", "50", None, 0)
    districts = [
        _unit(f"第{n}区", "district", f"50{n:02d}", city, 1) for n in range(DISTRICTS)
    ]  # fmt: skip
    communities = [
        _unit(f"第{n}社区", "community", f"C{n:04d}", districts[n % DISTRICTS], 2)
        for n in range(COMMUNITIES)
    ]
    units = (city, *districts, *communities)
    for unit in units:
        unit.save(force_insert=True)
    UnitVersion.objects.bulk_create(
        UnitVersion(
            unit=one, from_on=SINCE, name=one.name, code=one.code, level=one.level,
            parent=one.parent, path=one.path,
        )
        for one in units
    )  # fmt: skip
    person = Person.objects.create(
        id=uuid7(NOW), name="某人", search="某人", unit=city, path=city.path
    )
    Grant.objects.create(
        id=uuid7(NOW), person=person, bundle="operator", unit=city, path=city.path,
        from_at=NOW - timedelta(days=1),
    )  # fmt: skip
    chance = random.Random(7)
    Risk.objects.bulk_create((_risk(n, communities, chance) for n in range(RISKS)), batch_size=2000)
    return city, districts, person


def _risk(number: int, communities: list[Unit], chance: random.Random) -> Risk:
    unit = communities[number % len(communities)]
    state = chance.choices(list(State), weights=[5, 12, 3, 3, 3, 70, 4])[0]
    level = Level.UNKNOWN if state is State.FOUND else Level(chance.randint(1, 4))
    found = NOW - timedelta(hours=chance.randint(1, 20_000))
    is_judged = level is not Level.UNKNOWN
    return Risk(
        id=uuid7(NOW), ref=f"BF-{number:06d}", title=f"第{number}处隐患", words="墙体开裂，雨后渗水。" * 8,
        hazard=chance.choice(list(kinds())), unit=unit, path=unit.path, source="patrol",
        found_at=found, received_at=found, since=found, state=state.value, level=level,
        likelihood=chance.randint(1, 5) if is_judged else 0,
        harm=chance.randint(1, 5) if is_judged else 0,
        due_at=None if state in OVER else NOW + timedelta(hours=chance.randint(-200, 2_000)),
        accepted_until=NOW + timedelta(days=30) if state is State.ACCEPTED else None,
        asked=unit, asked_path=unit.path, exposed={"households": 40, "residents": 100},
    )  # fmt: skip
