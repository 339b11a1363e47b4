"""Sensor readings by the thousand: taken in by batches with triggers looking, against bare inserts of the same rows.

The bare side writes the same columns of the same readings into a table of the
same shape, in the same batches, on the same connection with the node's own
settings (a commit waits for the disk). On ours every reading is judged, the
series stand where they are, every tenth series is watched by the national
rainstorm rule, and triggers look after each batch as the worker does.

Beside that, a whole node: readings arrive over HTTP at the rate of the bar for
a while, and desk pages are asked for at the same time.
"""

import os
import random
import statistics
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.db import connection, connections, transaction
from django.test import Client
from tests import make

from renwang.chain.models import Person, Unit
from renwang.chain.services.accounts import issue_token
from renwang.chain.services.grants import give_grant
from renwang.signals.models import Proposal, Pulse, Reading, Sensor, Series, Trigger
from renwang.signals.services import evaluate_changed, switch_trigger, take_in
from renwang.signals.shipping import add_shipped

SERIES = int(os.environ.get("BENCH_SERIES", 2000))
WATCHED = 10  # every so many
MINUTES = int(os.environ.get("BENCH_MINUTES", 60))
START = datetime(2026, 7, 15, tzinfo=UTC)
STEP = timedelta(seconds=60)


def run(report: Callable[..., None]) -> None:
    database = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    bar = 100_000 if connection.vendor == "postgresql" else 20_000
    unit = _invent()
    batches = _batches()
    readings = sum(len(batch) for batch in batches)
    bare = _timed(lambda: _bare(batches))
    report(f"bare inserts, {database}", readings / bare * 60, "readings/min")
    alone = _timed(lambda: _ours(batches, looks=False))
    report(
        f"readings taken in and judged, {database}",
        readings / alone * 60,
        "readings/min",
        alone / bare,
    )
    _forget()
    switch_trigger(Trigger.objects.get().pk, True, by="node:bench", now=START)
    begun, processor = time.perf_counter(), time.process_time()
    _ours(batches, looks=True)
    whole, processor = time.perf_counter() - begun, time.process_time() - processor
    report(
        f"readings taken in with triggers looking, {database}",
        readings / whole * 60, "readings/min", whole / bare, f"≥ {bar:,} readings/min",
    )  # fmt: skip
    report(
        f"share of one core at {bar:,} readings a minute, {database}",
        processor / readings * bar / 60 * 100, "%",
    )  # fmt: skip
    report(f"proposals that came of it, {database}", Proposal.objects.count(), "proposals")
    _desk(report, unit, database, bar)


def _invent() -> Unit:
    """Make the sensors, each with one series, and a trigger that watches every tenth; straight to the tables."""
    unit = make.unit("青石街道", "subdistrict", code="990105001")
    sensors = [
        Sensor(
            id=uuid4(), ref=f"I{n}", name=f"雨量站 {n}", code=f"B{n}", unit=unit, path=unit.path,
            added_at=START,
        )
        for n in range(SERIES)
    ]  # fmt: skip
    Sensor.objects.bulk_create(sensors, batch_size=1000)
    Series.objects.bulk_create(
        [
            Series(
                sensor=sensor, key=f"b{n}.rain", quantity="rain" if n % WATCHED == 0 else "other",
                unit_of_measure="mm", every=60, low=0, high=30, jump=25, resting=0.0,
                stuck_for=6 * 3600,
            )
            for n, sensor in enumerate(sensors)
        ],
        batch_size=1000,
    )  # fmt: skip
    Pulse.objects.bulk_create([Pulse(series=one) for one in Series.objects.all()], batch_size=1000)
    add_shipped("rainstorm", unit, by="node:bench", now=START)
    return unit


def _batches() -> list[list[tuple[str, datetime, float]]]:
    """One reading of every series in each minute, in an order that no two minutes share."""
    chance = random.Random(1)
    found = []
    for minute in range(MINUTES):
        numbers = list(range(SERIES))
        chance.shuffle(numbers)
        at = START + (minute + 1) * STEP
        found.append([(f"b{n}.rain", at, round(chance.uniform(0, 2.4), 1)) for n in numbers])
    return found


def _bare(batches: list[list[tuple[str, datetime, float]]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bare (series_id bigint NOT NULL, at "
            + ("timestamptz" if connection.vendor == "postgresql" else "datetime")
            + " NOT NULL, value double precision NOT NULL, doubt smallint NOT NULL,"
            " PRIMARY KEY (series_id, at))"
        )
    keys = dict(Series.objects.values_list("key", "pk"))
    adapt = connection.ops.adapt_datetimefield_value
    for batch in batches:
        rows = [(keys[key], adapt(at), value, 0) for key, at, value in batch]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bare VALUES (%s, %s, %s, %s)", rows)


def _ours(batches: list[list[tuple[str, datetime, float]]], *, looks: bool) -> None:
    for batch in batches:
        now = batch[0][1]
        take_in(batch, by="node:bench", now=now)
        while looks and evaluate_changed(now):
            pass


def _forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Reading._meta.db_table}")
    Pulse.objects.update(
        last_at=None, last_value=None, changed_at=None, heard_at=None, late_at=None, streaks={},
        writes=0, judged=0,
    )  # fmt: skip


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


# --- the desk meanwhile -----------------------------------------------------------------


def _desk(report: Callable[..., None], unit: Unit, database: str, bar: int) -> None:
    """Ask for sensors and proposals over HTTP's own path while readings come in at the rate of the bar."""
    person = Person.objects.create(id=uuid4(), name="程运维", unit=unit, path=unit.path)
    now = datetime.now(UTC)
    give_grant(person=person, bundle="operator", unit=unit, by="node:bench", now=now)
    _, secret = issue_token(
        person=person, label="b", scopes=["signals.see", "sensors.feed"], by="node:bench", now=now
    )
    client = Client(headers={"authorization": f"Bearer {secret}"}, raise_request_exception=True)
    paths = ("/api/v1/proposals", "/api/v1/sensors?limit=50", "/api/v1/signals")
    quiet = _asked(client, paths, 20)
    done = threading.Event()
    fed = [0]
    feeder = threading.Thread(target=_feed, args=(done, bar, fed))
    begun = time.perf_counter()
    feeder.start()
    busy = []
    while time.perf_counter() - begun < 20:
        busy += _asked(client, paths, 1)
        time.sleep(0.05)
    done.set()
    feeder.join()
    minutes = (time.perf_counter() - begun) / 60
    report(f"readings fed meanwhile, {database}", fed[0] / minutes, "readings/min")
    report(f"median answer without readings, {database}", statistics.median(quiet) * 1000, "ms")
    report(
        f"median answer while readings come in, {database}",
        statistics.median(busy) * 1000, "ms", statistics.median(busy) / statistics.median(quiet),
    )  # fmt: skip
    report(
        f"95 of 100 answers while readings come in, {database}",
        statistics.quantiles(busy, n=20)[-1] * 1000, "ms", None, "≤ 500 ms",
    )  # fmt: skip


def _feed(done: threading.Event, bar: int, fed: list[int]) -> None:
    batch = 500
    pause = batch / bar * 60
    number, next_at = 0, time.perf_counter()
    try:
        while not done.is_set():
            now = datetime.now(UTC)
            rows = [
                (f"b{(number + n) % SERIES}.rain", now + timedelta(microseconds=n), 0.1)
                for n in range(batch)
            ]
            take_in(rows, by="node:bench", now=now)
            evaluate_changed(now)
            fed[0] += batch
            number += batch
            next_at += pause
            done.wait(max(0, next_at - time.perf_counter()))
    finally:
        connections.close_all()


def _asked(client: Client, paths: tuple[str, ...], times: int) -> list[float]:
    taken = []
    for _turn in range(times):
        for path in paths:
            begun = time.perf_counter()
            assert client.get(path).status_code == 200
            taken.append(time.perf_counter() - begun)
    return taken
