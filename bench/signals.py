"""Sensor readings by the thousand: taken in by batches with triggers looking, against bare inserts of the same rows.

The bare side writes the same columns of the same readings into a table of the
same shape, in the same batches, on the same connection with the node's own
settings (a commit waits for the disk). On ours every reading is judged, the
series stand where they are, every tenth series is watched by the national
rainstorm rule, and triggers look after each batch as the worker does.

Beside that, a whole node in one process: readings come in at the rate of the
bar and triggers look, in one thread; in another somebody asks for the desk's
home, the board of a warning under way to a thousand posts, the sensors, and
the same over the API.
"""

import os
import random
import statistics
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import connection, connections, transaction
from django.test import Client
from tests import make

from bench._city import warning
from bench.relay import invent_district
from renwang.alerts import cap
from renwang.alerts.models import Relay
from renwang.alerts.rules import Source
from renwang.alerts.services import receive_alert, relay_alert
from renwang.chain.models import Account, Person, Unit
from renwang.chain.services.accounts import issue_token
from renwang.chain.services.grants import give_grant
from renwang.outreach.models import Call
from renwang.outreach.rules import Receipt
from renwang.outreach.services import Slip, count_notice, record_receipts
from renwang.signals.models import Proposal, Pulse, Reading, Sensor, Series, Trigger
from renwang.signals.services import evaluate_changed, switch_trigger, take_in
from renwang.signals.shipping import add_shipped

SERIES = int(os.environ.get("BENCH_SERIES", 2000))
WATCHED = 10  # every so many
MINUTES = int(os.environ.get("BENCH_MINUTES", 60))
SECONDS = 30  # so long the desk is watched
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
    """Ask for pages and for the API while readings come in at the rate of the bar."""
    settings.ALLOWED_HOSTS = ["testserver"]
    now = datetime.now(UTC)
    top = invent_district((9, 10, 10))
    asked = _pages(_relay(top, now), _officer(unit, top, now), now)
    quiet = {name: _asked(client, path, 20) for name, (client, path) in asked.items()}
    busy: dict[str, list[float]] = {name: [] for name in asked}
    done = threading.Event()
    fed = [0]
    feeder = threading.Thread(target=_feed, args=(done, bar, fed))
    begun = time.perf_counter()
    feeder.start()
    while time.perf_counter() - begun < SECONDS:
        for name, (client, path) in asked.items():
            busy[name] += _asked(client, path, 1)
            time.sleep(0.05)
    done.set()
    feeder.join()
    minutes = (time.perf_counter() - begun) / 60
    report(f"readings fed meanwhile, {database}", fed[0] / minutes, "readings/min")
    for name, taken in busy.items():
        before = statistics.median(quiet[name])
        report(f"{name} without readings, median, {database}", before * 1000, "ms")
        report(
            f"{name} while readings come in, median, {database}",
            statistics.median(taken) * 1000, "ms", statistics.median(taken) / before,
        )  # fmt: skip
        report(
            f"{name} while readings come in, 95th percentile of {len(taken)}, {database}",
            statistics.quantiles(taken, n=20)[-1] * 1000, "ms", None, "≤ 500 ms",
        )  # fmt: skip


def _officer(unit: Unit, top: Unit, now: datetime) -> Person:
    person = Person.objects.create(id=uuid4(), name="程运维", unit=unit, path=unit.path)
    for place in (unit, top):
        give_grant(person=person, bundle="operator", unit=place, by="node:bench", now=now)
    return person


def _relay(top: Unit, now: datetime) -> Relay:
    """Let a warning be under way: delivered to all, answered by half."""
    area = cap.Area(top.name, geocodes=(cap.Named("division", top.code),))
    data = warning("99010541600000_meanwhile", area, now, timedelta(hours=6))
    alert = receive_alert(data, Source.FILE, by="node:bench", now=now)
    relay = relay_alert(alert.pk, top, by="node:bench", now=now)
    count_notice(relay.notice_id)
    calls = Call.objects.filter(notice=relay.notice_id).order_by("pk").values_list("pk", flat=True)
    slips = [Slip(Receipt.CARRIED, now, "app", call_id=key) for key in calls[::2]]
    record_receipts(slips, by="node:bench", now=now)
    return relay


def _pages(relay: Relay, officer: Person, now: datetime) -> dict[str, tuple[Client, str]]:
    desk = Client()
    desk.force_login(
        Account.objects.create_user("officer", None, person=officer),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    scopes = ["signals.see", "sensors.feed"]
    _, secret = issue_token(person=officer, label="b", scopes=scopes, by="node:bench", now=now)
    api = Client(headers={"authorization": f"Bearer {secret}"})
    return {
        "desk home": (desk, "/desk/"),
        "alert board": (desk, f"/desk/relays/{relay.pk}/"),
        "desk sensors": (desk, "/desk/sensors/"),
        "API, proposals": (api, "/api/v1/proposals"),
        "API, sensors": (api, "/api/v1/sensors?limit=50"),
        "API, signals": (api, "/api/v1/signals"),
    }


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


def _asked(client: Client, path: str, times: int) -> list[float]:
    taken = []
    for _turn in range(times):
        begun = time.perf_counter()
        assert client.get(path).status_code == 200
        taken.append(time.perf_counter() - begun)
    return taken
