"""A city's duties list, 10,000 duties over 250 communities: who answers, a page, the matrix, everything that is wrong.

Reported are the median of the time on the server and the number of statements.
"""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from renwang.base.pure.ids import uuid7
from renwang.chain import reach
from renwang.chain.models import Grant, Holding, Person, Post, Unit, UnitVersion
from renwang.registers.duties.models import Duty
from renwang.registers.duties.rules import DutyState, Phase
from renwang.registers.duties.selectors.answering import (
    answered_for,
    answering_at,
    answering_for,
)
from renwang.registers.duties.selectors.finding import Wanted, list_duties
from renwang.registers.duties.selectors.holding import duties_of_person
from renwang.registers.duties.selectors.holes import holes_at
from renwang.registers.hazards import kinds

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
SINCE = date(2020, 1, 1)
COMMUNITIES, HAZARDS = 250, 10


def run(report: Callable[..., None]) -> None:
    """Make the list, then ask what people ask of it."""
    database = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    city, communities, person = _city()
    viewer = reach.viewer_of(person, NOW)
    place = communities[-1]
    first = list_duties(viewer, Wanted()).next
    questions: list[tuple[str, int, Callable[[], Any]]] = [
        ("who answers", 200, lambda: answering_for(place, "fire", Phase.RESPOND, at=NOW)),
        ("who answered", 200, lambda: answered_for(place, "fire", Phase.RESPOND, at=NOW)),
        ("a matrix", 50, lambda: answering_at(place, at=NOW)),
        ("first page", 20, lambda: list_duties(viewer, Wanted())),
        ("second page", 20, lambda: list_duties(viewer, Wanted(), cursor=first or "")),
        ("in force, one hazard", 20, lambda: list_duties(viewer, Wanted(hazard="fire", standing="in_force"))),
        ("search", 20, lambda: list_duties(viewer, Wanted("第199社区"))),
        ("all one answers for", 20, lambda: duties_of_person(person, now=NOW)),
        ("what is wrong in a community", 20, lambda: holes_at(viewer, place, now=NOW)),
        ("what is wrong in the city", 3, lambda: holes_at(viewer, city, now=NOW)),
    ]  # fmt: skip
    for name, times, ask in questions:
        ask()
        taken = []
        for _turn in range(times):
            began = time.perf_counter()
            ask()
            taken.append((time.perf_counter() - began) * 1000)
        with CaptureQueriesContext(connection) as asked:
            ask()
        report(f"duties: {name}, {database}", round(statistics.median(taken), 2), "ms")
        report(f"duties: {name}, statements, {database}", len(asked), "")


def _city() -> tuple[Unit, list[Unit], Person]:
    """Found a city of communities, each with a held post and a duty for every hazard and phase."""
    city = _unit("某市", "city", "50", None, 0)
    communities = [
        _unit(f"第{number}社区", "community", f"50{number:04d}", city, 1)
        for number in range(COMMUNITIES)
    ]
    for unit in (city, *communities):
        unit.save(force_insert=True)
    UnitVersion.objects.bulk_create(
        UnitVersion(
            unit=one, from_on=SINCE, name=one.name, code=one.code, level=one.level,
            parent=one.parent, path=one.path,
        )
        for one in (city, *communities)
    )  # fmt: skip
    people = [
        Person(
            id=uuid7(NOW), name=f"某人{number}", search=f"某人{number}", unit=unit, path=unit.path
        )
        for number, unit in enumerate(communities)
    ]
    Person.objects.bulk_create(people)
    posts = [
        Post(id=uuid7(NOW), title="社区党委书记", role="other", unit=unit, path=unit.path)
        for unit in communities
    ]
    Post.objects.bulk_create(posts)
    Holding.objects.bulk_create(
        Holding(id=uuid7(NOW), post=post, person=person, from_on=SINCE)
        for post, person in zip(posts, people, strict=True)
    )
    Grant.objects.create(
        id=uuid7(NOW), person=people[0], bundle="operator", unit=city, path=city.path,
        from_at=NOW - timedelta(days=1),
    )  # fmt: skip
    Duty.objects.bulk_create(
        (
            _duty(number, unit, post, hazard, phase)
            for number, (unit, post, hazard, phase) in enumerate(
                (unit, post, hazard, phase)
                for unit, post in zip(communities, posts, strict=True)
                for hazard in ["fire", *list(kinds())[: HAZARDS - 1]]
                for phase in Phase
            )
        ),
        batch_size=500,
    )
    return city, communities, people[0]


def _unit(name: str, level: str, code: str, parent: Unit | None, depth: int) -> Unit:
    return Unit(
        id=uuid7(NOW), ref=f"U{code}", code=code, name=name, search=name, structure="china_urban",
        level=level, depth=depth, parent=parent, since_on=SINCE,
        path=f"{parent.path if parent else '/'}{code}/",
    )  # fmt: skip


def _duty(number: int, unit: Unit, post: Post, hazard: str, phase: Phase) -> Duty:
    return Duty(
        id=uuid7(NOW), ref=f"BD-{number:05d}", hazard=hazard, phase=phase.value, unit=unit,
        path=unit.path, state=DutyState.APPROVED, leader=post, sole="组织转移", gathering="值班室",
        held_from=NOW - timedelta(days=1), written_at=NOW, changed_at=NOW,
        search=f"{unit.name} {hazard} {post.title}",
    )  # fmt: skip
