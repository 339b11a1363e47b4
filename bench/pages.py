"""The pages people look at while it rains: a city's tree, a district of 100,000 posts under a relay, a million facts.

Every page is asked for 120 times through Django's handler, signed in where it
has to be, without anything kept from the time before but what the node itself
keeps. Reported are the median and the 95th percentile of the time on the server,
which other work on the machine stretches; the 95th percentile of the processor time, the
node's and its PostgreSQL process's together, which it does not; and the number
of statements. PostgreSQL may not share a page among several processes, so that
none of its work goes uncounted.
"""

import gc
import os
import statistics
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from bench import _city
from bench._clock import processor_time
from renwang.alerts.models import Relay
from renwang.chain.models import Account, Person, Unit
from renwang.outreach.models import Call

ASKED = int(os.environ.get("BENCH_ASKED", 120))
BAR, CAP_BAR = 100, 3.5  # milliseconds


def run(report: Callable[..., None]) -> None:
    """Make the place or find it made, then ask for the pages."""
    database = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    get_resolver().url_patterns  # noqa: B018 (reading it imports every door, as a server does at its start)
    relay = _city.prepare()
    gc.collect()
    gc.freeze()  # as a server does at its start, too
    settings.ALLOWED_HOSTS = ["testserver"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
    only = os.environ.get("BENCH_PAGE", "")
    for name, client, address, bar in _pages(relay):
        if only in name:
            _measure(report, f"{name}, {database}", client, address, bar)


def _pages(relay: Relay) -> list[tuple[str, Client, str, float]]:
    officer, carrier, anybody = _browser(_city.OFFICER), _browser(_city.CARRIER), Client()
    top = Unit.objects.get(pk=relay.unit_id)
    _city.secretary_of(Unit.objects.filter(depth=3, path__under=top.path).order_by("path")[0])
    secretary = _browser(_city.SECRETARY)
    city, street, community, grid = (
        Unit.objects.filter(depth=depth, path__under=top.path if depth else "/").order_by("path")[0]
        for depth in (0, 2, 3, 4)
    )
    board, warning = f"/desk/relays/{relay.pk}/", f"/desk/alerts/{relay.alert_id}/"
    calls = Call.objects.filter(notice=relay.notice_id)
    call = calls.get(person_id=Account.objects.get(username=_city.CARRIER).person_id)
    silent = calls.filter(depth=5, understood_at=None).order_by("path")[0]
    name = Person.objects.filter(path__under=grid.path).order_by("path")[0].name
    return [
        ("overview of the desk", officer, "/desk/", BAR),
        ("overview, whether anything is new", officer, "/desk/live/", BAR),
        ("overview, map data", officer, "/desk/units.json", BAR),
        ("unit page, district", officer, f"/desk/units/{top.ref}/", BAR),
        ("unit page, community", officer, f"/desk/units/{community.ref}/", BAR),
        ("history of a unit", officer, f"/desk/units/{top.ref}/history/", BAR),
        ("tree of the units", officer, "/desk/units/", BAR),
        ("table of the units", officer, "/desk/units/?view=table", BAR),
        ("alert board, district", officer, board, BAR),
        ("alert board, live part", officer, f"{board}live/", BAR),
        ("alert board, the missing", officer, f"{board}missing/", BAR),
        ("alert board, who owes the carrying on", officer, f"{board}missing/?which=slow", BAR),
        ("alert board, what happened", officer, f"{board}story/", BAR),
        ("alert board, one call", officer, f"{board}calls/{silent.pk}/", BAR),
        ("map data of the board", officer, f"{board}units.json", BAR),
        ("map data of the district", officer, f"/desk/units/{top.ref}/map.json", BAR),
        ("map data of a street", officer, f"/desk/units/{street.ref}/map.json", BAR),
        ("list of warnings", officer, "/desk/alerts/", BAR),
        ("one warning", officer, warning, BAR),
        ("map data of a warning", officer, f"{warning}units.json", BAR),
        ("posts", officer, "/desk/posts/", BAR),
        ("posts without a holder", officer, "/desk/posts/?lacking=holder", BAR),
        ("people", officer, "/desk/people/", BAR),
        ("people of one community", secretary, "/desk/people/", BAR),
        ("posts of one community", secretary, "/desk/posts/", BAR),
        ("organisations", officer, "/desk/organisations/", BAR),
        ("buildings", officer, "/desk/buildings/", BAR),
        ("journal", officer, "/desk/journal/", BAR),
        ("journal of one verb", officer, f"/desk/journal/?verb={_city.VERBS[0]}", BAR),
        ("search for a person", officer, f"/desk/search?q={name}", BAR),
        ("grants", officer, "/desk/grants/", BAR),
        ("status of the node", officer, "/desk/status/", BAR),
        ("field home", carrier, "/field/", BAR),
        ("field, one warning", carrier, f"/field/calls/{call.pk}/", BAR),
        ("field, whom to ring", officer, "/field/ring/", BAR),
        ("public page of a grid", anybody, f"/places/{grid.ref}/", BAR),
        ("public page of the district", anybody, f"/places/{top.ref}/", BAR),
        ("public start", anybody, f"/?public&city={city.ref}", BAR),
        ("public feed", anybody, f"/places/{top.ref}/alerts.atom", BAR),
        ("published .cap", anybody, f"/alerts/{relay.alert_id}.cap", CAP_BAR),
    ]


def _browser(username: str) -> Client:
    client = Client()
    client.force_login(
        Account.objects.get(username=username),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def _measure(
    report: Callable[..., None], name: str, client: Client, address: str, bar: float
) -> None:
    for _warming in range(3):  # the first answer compiles templates, the second meets what it noted
        answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    spent, busy = [], []
    for _asked in range(ASKED):
        begun, worked = time.perf_counter(), processor_time()
        _ = client.get(address).content
        busy.append(1000 * (processor_time() - worked))
        spent.append(1000 * (time.perf_counter() - begun))
    with CaptureQueriesContext(connection) as statements:
        client.get(address)
    report(f"{name}, median", statistics.median(spent), "ms")
    slowest, busiest = (statistics.quantiles(some, n=20)[-1] for some in (spent, busy))
    report(f"{name}, 95th percentile", slowest, "ms", slowest / bar, f"≤ {bar:g} ms")
    report(f"{name}, processor time, 95th percentile", busiest, "ms", busiest / bar)
    report(f"{name}, statements", len(statements), "statements")
    if busiest > bar / 2:
        for one in sorted(statements.captured_queries, key=lambda one: -float(one["time"]))[:3]:
            print(f"    {one['time']} s  {one['sql'][:2000]}")
