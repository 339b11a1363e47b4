"""The journal at a million facts: appending, sealing, paging, verifying, asking what is new."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from renwang.base import journal
from renwang.base.models import Entry
from renwang.base.pure.ids import uuid7
from renwang.base.reading import Filter, read_page
from renwang.base.sealing import seal_all, seal_entries
from renwang.base.verifying import verify_journal

FACTS = int(os.environ.get("BENCH_FACTS", 1_000_000))
START = datetime(2026, 1, 1, tzinfo=UTC)
VERBS = ("bench.asked", "bench.answered", "bench.carried")


class Thing:
    """Something that facts are about."""

    def __init__(self, number: int):
        self.id = UUID(int=number)
        self.ref = f"T-{number}"
        self.path = f"/50/500105/{number % 97}/"


def run(report: Callable[..., None]) -> None:
    """Measure appending against a bare INSERT, then fill up to a million and measure the rest."""
    journal.declare({verb: verb for verb in VERBS})
    _appending(report, 3000)
    begun = time.perf_counter()
    _fill(FACTS)
    report("facts written in bulk for the rest", FACTS / (time.perf_counter() - begun), "facts/s")
    begun = time.perf_counter()
    sealed = seal_all()
    report("sealing", sealed / (time.perf_counter() - begun), "facts/s")
    _appending(report, 1000, label="appending to a full journal")
    _idle(report)
    _pages(report)
    begun = time.perf_counter()
    marks: list[int] = []
    verdict = verify_journal(lambda checked, total: marks.append(checked))
    seconds = time.perf_counter() - begun
    report("verifying, progress shown", verdict.checked / seconds, "facts/s")
    report("verifying the whole journal", seconds, "s")


def _appending(report: Callable[..., None], count: int, label: str = "appending") -> None:
    """One fact per durable transaction, beside the same row by a bare INSERT in the same run."""
    thing = Thing(1)

    def append() -> None:
        with transaction.atomic():
            journal.record(VERBS[0], thing, by="node:bench", at=START, number=1)

    append()
    names = [field.column for field in Entry._meta.concrete_fields if field.column != "id"]
    template = Entry.objects.order_by("-id").first()
    table = Entry._meta.db_table
    places = ", ".join(["%s"] * len(names))
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"

    def bare() -> None:
        values = [
            field.get_db_prep_save(getattr(template, field.attname), connection)
            for field in Entry._meta.concrete_fields
            if field.column != "id"
        ]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)

    spent = [0.0, 0.0]
    for _round in range(count // 100):  # in turns, so that a noisy moment hits both
        for index, act in enumerate((append, bare)):
            begun = time.perf_counter()
            for _one in range(100):
                act()
            spent[index] += time.perf_counter() - begun
    rounds = count // 100 * 100
    report(label, rounds / spent[0], "facts/s, durable", spent[0] / spent[1], "bare INSERT = 1")


def _fill(count: int) -> None:
    things = [Thing(number) for number in range(2000)]
    for first in range(0, count, 10_000):
        rows = []
        for number in range(first, min(first + 10_000, count)):
            thing, at = things[number % 2000], START + timedelta(seconds=number)
            rows.append(
                Entry(
                    fact=uuid7(at),
                    verb=VERBS[number % 3],
                    subject_kind="thing",
                    subject_id=str(thing.id),
                    subject_ref=thing.ref,
                    place=thing.path,
                    actor=f"person:{UUID(int=number % 500)}",
                    at=at,
                    recorded_at=at,
                    body=f'{{"number":{number}}}',
                )
            )
        Entry.objects.bulk_create(rows)


def _median(act: Callable[[], object], times: int = 31) -> float:
    act()
    spent = []
    for _one in range(times):
        begun = time.perf_counter()
        act()
        spent.append(time.perf_counter() - begun)
    return sorted(spent)[times // 2] * 1000


def _idle(report: Callable[..., None]) -> None:
    report("anything new? (last number)", _median(journal.last_seq), "ms")
    report("sealer with nothing to do", _median(seal_entries), "ms")


def _pages(report: Callable[..., None]) -> None:
    end = journal.last_seq()
    filters = {
        "all": Filter(),
        "a place": Filter(under=("/50/500105/13/",)),
        "the district": Filter(under=("/50/500105/",)),
        "two verbs": Filter(verbs=VERBS[:2]),
        "a person": Filter(actor=f"person:{UUID(int=7)}"),
        "a subject": Filter(subject_id=str(UUID(int=7))),
        "an hour": Filter(
            since=START + timedelta(seconds=end // 2),
            until=START + timedelta(seconds=end // 2 + 3600),
        ),
    }
    for name, wanted in filters.items():
        first = _median(lambda wanted=wanted: read_page(wanted))
        deep = _median(lambda wanted=wanted: read_page(wanted, before=end // 20))
        report(f"deep page of 50, {name}", deep, "ms", deep / first, "≤ 1.5")
