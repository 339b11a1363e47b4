"""Facilities by walking distance: the plain method on a city of 250,000 buildings, and a sub-district as the pages read it.

Of the sub-district the median of the time on the server and the number of
statements are reported; of the city the processor time of the pure method
alone, with a river and its bridges.
"""

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renwang.chain import reach
from renwang.chain.invented.loading import load_invented
from renwang.chain.invented.sizes import Size
from renwang.chain.models import Household, Person, Unit
from renwang.registers.facilities.coverage_rules import METRES_PER_DEGREE, Ground, Site
from renwang.registers.facilities.coverage_rules import reach as walk
from renwang.registers.facilities.invented import invent_facilities
from renwang.registers.facilities.naming import SHELTERS
from renwang.registers.facilities.selectors.coverage import Area
from renwang.registers.facilities.selectors.finding import find_holes
from renwang.registers.facilities.selectors.listing import Wanted, list_facilities, near

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
BUILDINGS, SITES, ACROSS_M = 250_000, 2_500, 40_000.0
TIMES = 5


def run(report: Callable[..., None]) -> None:
    """Let a city walk, then a sub-district with all its pages."""
    _city(report)
    _subdistrict(report)


def _city(report: Callable[..., None]) -> None:
    chance = random.Random(1)

    def spot() -> tuple[float, float]:
        return tuple(chance.uniform(0, ACROSS_M) / METRES_PER_DEGREE for _axis in range(2))

    homes = [spot() for _number in range(BUILDINGS)]
    heads = [chance.randrange(1, 120) for _number in range(BUILDINGS)]
    sites = [Site(*spot(), 1_000.0, chance.randrange(200, 6_000)) for _number in range(SITES)]
    began = time.process_time()
    found = walk(homes, heads, sites, detour=1.3, ground=_river())
    taken = round(time.process_time() - began, 2)
    report(
        "facilities: processor time for a city of 250,000 buildings and 2,500 shelters", taken, "s"
    )
    report("facilities: of its buildings beyond reach", round(100 * found.beyond.mean(), 1), "%")


def _river() -> Ground:
    """A river across the city with a bridge every two kilometres."""
    middle, wide = ACROSS_M / 2, 60.0

    def degrees(*metres: float) -> list[float]:
        return [one / METRES_PER_DEGREE for one in metres]

    water = shapely.box(*degrees(0, middle - wide, ACROSS_M, middle + wide))
    bridges = [
        shapely.LineString([degrees(x, middle - 300), degrees(x, middle + 300)])
        for x in range(1_000, int(ACROSS_M), 2_000)
    ]
    return Ground([water], bridges)


def _subdistrict(report: Callable[..., None]) -> None:
    database = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    root = Unit.objects.filter(parent=None).first() or load_invented(Size(30_000), now=NOW)
    began = time.perf_counter()
    made = invent_facilities(root, now=NOW)
    if made:
        report(
            "facilities: put on the list", round(made / (time.perf_counter() - began)), "a second"
        )
    report("facilities: households of the sub-district", Household.objects.count(), "")
    viewer = reach.Viewer(Person.objects.first(), NOW, {"facilities.see": (root.path,)})
    below = list(Unit.objects.filter(parent=root, ended_on=None))
    today = NOW.date()
    questions: list[tuple[str, Callable[[], Any]]] = [
        ("who can walk to a shelter", lambda: Area(root.path).cover(SHELTERS, below)),
        ("who can walk to a hydrant", lambda: Area(root.path).cover("hydrant", below)),
        ("everything that is wrong", lambda: find_holes(root.path, now=NOW)),
        ("what is wrong without walks", lambda: find_holes(root.path, now=NOW, with_coverage=False)),
        ("first page", lambda: list_facilities(viewer, Wanted(), today=today)),
        ("what is near", lambda: near(viewer, root.lon or 0, root.lat or 0)),
    ]  # fmt: skip
    for name, ask in questions:
        ask()
        taken = []
        for _turn in range(TIMES):
            began = time.perf_counter()
            ask()
            taken.append((time.perf_counter() - began) * 1000)
        with CaptureQueriesContext(connection) as asked:
            ask()
        report(f"facilities: {name}, {database}", round(statistics.median(taken), 1), "ms")
        report(f"facilities: {name}, statements, {database}", len(asked), "")
