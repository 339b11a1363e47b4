"""What the tests of the base share: a verb, a subject, registries of their own."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import pytest
from django.db import transaction

from renwang.base import followers, jobs, journal
from renwang.base.models import Entry
from renwang.base.pure.ids import uuid7


@dataclass
class Thing:
    """Something a fact can be about."""

    id: UUID
    ref: str = "T-1"
    path: str = "/50/"
    extra: dict = field(default_factory=dict)


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_SENTENCES", dict(journal.sentences()))
    journal.declare(
        {"test.done": "{actor} did {subject}", "test.undone": "{actor} undid {subject}"}
    )


@pytest.fixture(autouse=True)
def _own_registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test register followers, beats and jobs without leaving them behind."""
    monkeypatch.setattr(followers, "_FOLLOWERS", {})
    monkeypatch.setattr(jobs, "_JOBS", {})
    monkeypatch.setattr(jobs, "_BEATS", {})


@pytest.fixture
def thing(now: datetime) -> Thing:
    """A subject for facts."""
    return Thing(uuid7(now))


@pytest.fixture
def record(db, thing: Thing, now: datetime):
    """Record facts in transactions of their own: `record(3)` makes three."""

    def act(count: int = 1, verb: str = "test.done", **changes) -> list[Entry]:
        made = []
        for number in range(count):
            given = {"by": "node:test", "at": now, "number": number, **changes}
            subject = given.pop("subject", thing)
            with transaction.atomic():
                made.append(journal.record(verb, subject, **given))
        return made

    return act
