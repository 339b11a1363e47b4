"""The pages people look at while it rains: a district of 100,000 posts, a million journal facts, a warning half-way down.

Every page is asked for 120 times through Django's handler, signed in where it
has to be, without anything kept from the time before but what the node itself
keeps. Reported are the 95th percentile of the time on the server, the
processor time of the node's own process (which a busy machine does not
stretch) and the number of statements.
"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import orjson
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from bench.relay import invent_district, timed
from renwang.alerts import cap
from renwang.alerts.models import Alert, Relay
from renwang.alerts.rules import Source
from renwang.alerts.services import receive_alert, relay_alert
from renwang.base.models import Entry
from renwang.base.pure.clock import read_clock
from renwang.base.pure.ids import uuid7
from renwang.base.sealing import seal_all
from renwang.chain.models import Account, Building, Grant, Household, Person, Route, Unit
from renwang.chain.tallies import rebuild_tallies
from renwang.outreach.models import Call
from renwang.outreach.rules import Order, Receipt, Terms
from renwang.outreach.services import Slip, count_notice, record_receipts

FACTS = int(os.environ.get("BENCH_FACTS", 1_000_000))
ASKED = 120
BAR, CAP_BAR = 100, 3.5  # milliseconds
DRAWN_LEVELS = 3  # streets, communities and grids have boundaries
VERBS = ("outreach.answered", "alerts.relayed", "chain.unit_changed")


def run(report: Callable[..., None]) -> None:
    """Write the district, send a warning down half of it, then ask for the pages."""
    database = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    get_resolver().url_patterns  # noqa: B018 (reading it imports every door, as a server does at its start)
    now = read_clock()
    top = invent_district()
    _draw(top)
    _settle(top)
    rebuild_tallies(top.path)
    officer, carrier = _people(top, now)
    relay = _relay(top, now)
    _answer(relay, now)
    facts = timed(lambda: _remember(relay, now))
    report(f"facts written, {database}", FACTS / facts, "facts/s")
    seal_all()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    settings.ALLOWED_HOSTS = ["testserver"]
    for name, client, address, bar in _pages(top, relay, officer, carrier):
        _measure(report, f"{name}, {database}", client, address, bar)


def _pages(top: Unit, relay: Relay, officer: Client, carrier: Client) -> list[tuple]:
    street = Unit.objects.filter(depth=1).order_by("path").first()
    community = Unit.objects.filter(depth=2).order_by("path").first()
    grid = Unit.objects.filter(depth=3).order_by("path").first()
    board = f"/desk/relays/{relay.pk}/"
    anybody = Client()
    return [
        ("overview of the desk", officer, "/desk/", BAR),
        ("overview, whether anything is new", officer, "/desk/live/", BAR),
        ("unit page, district", officer, f"/desk/units/{top.ref}/", BAR),
        ("unit page, community", officer, f"/desk/units/{community.ref}/", BAR),
        ("tree of the units", officer, "/desk/units/", BAR),
        ("alert board, district", officer, board, BAR),
        ("alert board, live part", officer, f"{board}live/", BAR),
        ("alert board, the missing", officer, f"{board}missing/", BAR),
        ("alert board, what happened", officer, f"{board}story/", BAR),
        ("map data of the board", officer, f"{board}units.json", BAR),
        ("map data of a street", officer, f"/desk/units/{street.ref}/map.json", BAR),
        ("list of warnings", officer, "/desk/alerts/", BAR),
        ("journal", officer, "/desk/journal/", BAR),
        ("search for a person", officer, "/desk/search?q=人19", BAR),
        ("field home", carrier, "/field/", BAR),
        ("public page of a grid", anybody, f"/places/{grid.ref}/", BAR),
        ("public start", anybody, "/", BAR),
        ("published .cap", anybody, f"/alerts/{relay.alert_id}.cap", CAP_BAR),
    ]


def _measure(
    report: Callable[..., None], name: str, client: Client, address: str, bar: float
) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    begun = time.process_time()
    spent = [timed(lambda: client.get(address).content) for _asked in range(ASKED)]
    busy = 1000 * (time.process_time() - begun) / ASKED
    with CaptureQueriesContext(connection) as statements:
        client.get(address)
    slowest = 1000 * statistics.quantiles(spent, n=20)[-1]
    report(f"{name}, 95th percentile", slowest, "ms", slowest / bar, f"≤ {bar:g} ms")
    report(f"{name}, processor time of the node, mean", busy, "ms")
    report(f"{name}, statements", len(statements), "statements")
    if slowest > bar:
        for one in sorted(statements.captured_queries, key=lambda one: -float(one["time"]))[:3]:
            print(f"    {one['time']} s  {one['sql'][:400]}")


# --- what the pages show ------------------------------------------------------


def _draw(top: Unit) -> None:
    """Give the upper levels square boundaries, each inside the one above."""
    boxes = {top.path: (106.0, 29.0, 107.0, 30.0)}
    drawn = []
    for unit in Unit.objects.filter(depth__lte=DRAWN_LEVELS).order_by("path"):
        if unit.path not in boxes:
            parent, place = unit.path[: unit.path[:-1].rfind("/") + 1], int(unit.path[-4:-1])
            west, south, east, north = boxes[parent]
            wide, high = (east - west) / 4, (north - south) / 3
            left, low = west + wide * (place % 4), south + high * (place // 4)
            boxes[unit.path] = (left, low, left + wide, low + high)
        west, south, east, north = boxes[unit.path]
        unit.west, unit.south, unit.east, unit.north = boxes[unit.path]
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        unit.boundary = orjson.dumps({"type": "Polygon", "coordinates": [ring]}).decode()
        unit.name = unit.name or "区"
        drawn.append(unit)
    fields = ["boundary", "west", "south", "east", "north"]
    Unit.objects.bulk_update(drawn, fields, batch_size=500)


def _settle(top: Unit) -> None:
    """Put a building with doors into one grid, so that doors are counted and knocked at."""
    leaf = Unit.objects.filter(depth=5).order_by("path").first()
    house = Building.objects.create(
        id=uuid7(read_clock()), unit=leaf, path=leaf.path, name="一号楼"
    )
    Household.objects.bulk_create(
        Household(
            id=uuid7(read_clock()), building=house, unit=leaf, path=leaf.path, door=f"{n // 4 + 1}0{n % 4 + 1}"
        )
        for n in range(40)
    )  # fmt: skip


def _people(top: Unit, now: datetime) -> tuple[Client, Client]:
    """Sign in a duty officer of the district, and somebody who is asked to carry on."""
    officer = Person.objects.create(id=uuid7(now), name="值班员", unit=top, path=top.path)
    for bundle in ("duty_officer", "operator"):
        Grant.objects.create(
            id=uuid7(now), person=officer, bundle=bundle, unit=top, path=top.path,
            from_at=now - timedelta(days=1),
        )  # fmt: skip
    carrier = Route.objects.filter(depth=5).order_by("path").first().person
    return _browser(officer, "officer"), _browser(carrier, "carrier")


def _browser(person: Person, username: str) -> Client:
    account = Account.objects.create_user(username, None, person=person)
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _relay(top: Unit, now: datetime) -> Relay:
    info = cap.Info(
        categories=(cap.Category.MET,),
        event="暴雨",
        urgency=cap.Urgency.IMMEDIATE,
        severity=cap.Severity.SEVERE,
        certainty=cap.Certainty.LIKELY,
        language="zh-CN",
        headline="柳湾区气象台发布暴雨橙色预警",
        description="预计未来3小时降雨量将达50毫米以上。",
        instruction="低洼地带人员立即转移。",
        expires=cap.Moment.of(now + timedelta(hours=6)),
        areas=(cap.Area(top.name, geocodes=(cap.Named("division", top.code),)),),
    )
    message = cap.Alert(
        identifier="99010541600000_pages",
        sender="99010541600000",
        sent=cap.Moment.of(now),
        status=cap.Status.ACTUAL,
        msg_type=cap.MsgType.ALERT,
        scope=cap.Scope.PUBLIC,
        infos=(info,),
    )
    alert: Alert = receive_alert(cap.write(message), Source.FILE, by="node:bench", now=now)
    terms = Terms(Order.TOGETHER, 3600, 7200, 7200)
    return relay_alert(alert.pk, top, by="node:bench", now=now, terms=terms)


def _answer(relay: Relay, now: datetime) -> None:
    """Let 3 of 4 posts answer and half carry on; the signed-in carrier is among the silent ones."""
    count_notice(relay.notice_id)
    calls = Call.objects.exclude(person_id=Account.objects.get(username="carrier").person_id)
    keys = list(calls.filter(notice=relay.notice_id).order_by("pk").values_list("pk", flat=True))
    slips = [
        Slip(
            Receipt.CARRIED if key % 4 < 2 else Receipt.UNDERSTOOD,
            now + timedelta(seconds=key % 600),
            "app",
            call_id=key,
        )
        for key in keys
        if key % 4 < 3
    ]
    for at in range(0, len(slips), 2000):
        record_receipts(slips[at : at + 2000], by="node:bench", now=now + timedelta(minutes=11))


def _remember(relay: Relay, now: datetime) -> None:
    """Fill the journal: facts about many units, people and calls, a year of them."""
    paths = list(Unit.objects.order_by("path").values_list("path", "pk", "ref")[:20_000])
    people = list(Person.objects.values_list("pk", flat=True)[:500])
    begun = now - timedelta(days=365)
    step = timedelta(days=364) / FACTS
    for first in range(0, FACTS, 10_000):
        rows = []
        for number in range(first, min(first + 10_000, FACTS)):
            path, key, ref = paths[number * 7919 % len(paths)]
            at = begun + step * number
            rows.append(
                Entry(
                    fact=uuid7(at),
                    verb=VERBS[number % 3],
                    subject_kind="unit",
                    subject_id=str(key),
                    subject_ref=ref,
                    place=path,
                    actor=f"person:{people[number % len(people)]}",
                    at=at,
                    recorded_at=at,
                    body=f'{{"number":{number}}}',
                )
            )
        Entry.objects.bulk_create(rows)
