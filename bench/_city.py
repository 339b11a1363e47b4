"""The place that pages and plans are measured at: a city, and in one district of it a warning half-way down.

12,340 units from the real tree (or one of its size), and below the communities
of one district grids, building groups and contact households until 100,000
posts in it answer. Every post has a holder with two contacts; three in four
have answered, half have carried on. Making it takes minutes, so what finds it
made already uses it as it is.
"""

import os
import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection

from bench.divisions import bring_in, divisions
from renwang.alerts import cap
from renwang.alerts.models import Relay
from renwang.alerts.rules import Source
from renwang.alerts.services import receive_alert, relay_alert
from renwang.base.models import Entry
from renwang.base.pure.clock import read_clock
from renwang.base.pure.ids import uuid7
from renwang.base.sealing import seal_all
from renwang.chain.invented.names import _FAMILY, _FIRST_GIVEN, _SECOND_GIVEN
from renwang.chain.models import (
    Account,
    Building,
    Contact,
    Grant,
    Holding,
    Household,
    Organisation,
    Person,
    Post,
    Route,
    Unit,
)
from renwang.chain.routes import rebuild_routes
from renwang.chain.tallies import rebuild_tallies
from renwang.outreach.inward import deliver_inward
from renwang.outreach.models import Call
from renwang.outreach.rules import Order, Receipt, Terms
from renwang.outreach.services import Slip, count_notice, record_receipts

FACTS = int(os.environ.get("BENCH_FACTS", 1_000_000))
COMMUNITIES = 100
BELOW = (("grid", 9), ("building_group", 10), ("contact_household", 10))
LASTS = timedelta(days=365)  # what was made once may be looked at much later
VERBS = ("outreach.answered", "alerts.relayed", "chain.unit_changed")
OFFICER, CARRIER, SECRETARY = "officer", "carrier", "secretary"


def prepare() -> Relay:
    """Make the place unless it is there, and return the relay that is under way in it."""
    made = Relay.objects.first()
    if made is not None and Entry.objects.count() >= FACTS:
        return made
    now = read_clock()
    files, _kind = divisions()
    bring_in(files)
    top = _district()
    _deepen(top)
    _staff()
    _draw(top)
    _house(top)
    rebuild_routes()
    rebuild_tallies()
    analyse()
    _people(top, now)
    relay = _relay(top, now)
    _answer(relay, now)
    _remember(now)
    seal_all()
    analyse()
    return relay


def analyse() -> None:
    """Let PostgreSQL know what is in its tables, as its own watchman would a minute later."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


# --- the chain ----------------------------------------------------------------


def _district() -> Unit:
    """The first district with at least a hundred communities, and hardly more."""
    found = []
    for district in Unit.objects.filter(depth=1).order_by("path"):
        communities = Unit.objects.filter(depth=3, path__under=district.path).count()
        if communities >= COMMUNITIES:
            found.append((communities, district.path, district))
    return min(found)[2]


def _deepen(top: Unit) -> None:
    """Put grids, building groups and contact households below the district's first hundred communities."""
    above = list(Unit.objects.filter(depth=3, path__under=top.path).order_by("path")[:COMMUNITIES])
    for level, width in BELOW:
        above = [_unit(parent, level, n) for parent in above for n in range(1, width + 1)]
        Unit.objects.bulk_create(above, batch_size=5000)


def _unit(parent: Unit, level: str, n: int) -> Unit:
    key, name = uuid7(read_clock()), f"第{n}{'网格' if level == 'grid' else '组'}"
    return Unit(
        id=key, ref=f"B-{key.hex[6:]}", name=name, search=name, structure=parent.structure,
        level=level, depth=parent.depth + 1, parent_id=parent.pk, path=f"{parent.path}{n:02d}/",
        position=n, since_on=parent.since_on, households=10 if level == "contact_household" else 0,
        residents=26 if level == "contact_household" else 0,
    )  # fmt: skip


def _staff() -> None:
    """Give every unit a post that answers, its holder, his field app and his telephone."""
    draw = random.Random(7)
    units = Unit.objects.order_by("path").only("pk", "path", "since_on")
    for some in _batches(units.iterator(), 5000):
        posts, people, held, contacts = [], [], [], []
        for unit in some:
            now = read_clock()
            name = "".join(map(draw.choice, (_FAMILY, _FIRST_GIVEN, _SECOND_GIVEN)))
            person = Person(id=uuid7(now), name=name, search=name, unit=unit, path=unit.path)
            post = Post(
                id=uuid7(now), title="负责人", role="other", unit=unit, path=unit.path, answers=True
            )
            number = f"139{draw.randrange(10**8):08d}"
            people.append(person)
            posts.append(post)
            held.append(Holding(id=uuid7(now), post=post, person=person, from_on=unit.since_on))
            contacts += [
                Contact(id=uuid7(now), person=person, kind="app"),
                Contact(id=uuid7(now), person=person, kind="sms", address=number, position=1),
            ]
        for model, rows in ((Person, people), (Post, posts), (Holding, held), (Contact, contacts)):
            model.objects.bulk_create(rows, batch_size=5000)
        Organisation.objects.bulk_create(
            Organisation(
                id=uuid7(read_clock()), ref=f"O-{unit.pk.hex[6:]}", name="志愿队", search="志愿队",
                kind="self_organised", unit=unit, path=unit.path,
            )
            for unit in some[::50]
        )  # fmt: skip


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _draw(top: Unit) -> None:
    """Give the district's sub-districts, communities and grids square boundaries, each inside the one above."""
    boxes = {top.path: (106.0, 29.0, 107.0, 30.0)}
    drawn = []
    below = Unit.objects.filter(path__under=top.path, depth__lte=4).order_by("path")
    order: dict[str, int] = {}
    for unit in below:
        if unit.path not in boxes:
            parent = unit.path[: unit.path[:-1].rfind("/") + 1]
            place = order[parent] = order.get(parent, -1) + 1
            west, south, east, north = boxes[parent]
            wide, high = (east - west) / 6, (north - south) / 6
            left, low = west + wide * (place % 6), south + high * (place // 6)
            boxes[unit.path] = (left, low, left + wide, low + high)
        west, south, east, north = boxes[unit.path]
        unit.west, unit.south, unit.east, unit.north = boxes[unit.path]
        unit.lon, unit.lat = (west + east) / 2, (south + north) / 2
        unit.boundary = orjson.dumps(_outline(west, south, east, north)).decode()
        drawn.append(unit)
    fields = ["boundary", "west", "south", "east", "north", "lon", "lat"]
    Unit.objects.bulk_update(drawn, fields, batch_size=200)


def _outline(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A square of sixty corners, about as many as a real boundary keeps on such a map."""
    steps = [at / 15 for at in range(15)]
    wide, high = east - west, north - south
    ring = [[west + wide * at, south] for at in steps]
    ring += [[east, south + high * at] for at in steps]
    ring += [[east - wide * at, north] for at in steps]
    ring += [[west, north - high * at] for at in steps]
    ring = [[round(lon, 6), round(lat, 6)] for lon, lat in [*ring, ring[0]]]
    return {"type": "Polygon", "coordinates": [ring]}


def _house(top: Unit) -> None:
    """Put a building with forty doors into the place of whoever carries on, so that doors are knocked at."""
    leaf = _leaf(top)
    house = Building.objects.create(
        id=uuid7(read_clock()), unit=leaf, path=leaf.path, name="一号楼", search="一号楼"
    )
    Household.objects.bulk_create(
        Household(
            id=uuid7(read_clock()), building=house, unit=leaf, path=leaf.path,
            door=f"{n // 4 + 1}0{n % 4 + 1}", storey=n // 4 + 1,
        )
        for n in range(40)
    )  # fmt: skip


def _leaf(top: Unit) -> Unit:
    return Unit.objects.filter(path__under=top.path, depth=6).order_by("path").first()


def _people(top: Unit, now: datetime) -> None:
    """Give accounts to a duty officer of the district, and to somebody who is asked to carry on."""
    officer = Person.objects.create(id=uuid7(now), name="值班员", unit=top, path=top.path)
    for bundle in ("duty_officer", "operator"):
        Grant.objects.create(
            id=uuid7(now), person=officer, bundle=bundle, unit=top, path=top.path,
            from_at=now - timedelta(days=1),
        )  # fmt: skip
    carrier = Route.objects.filter(unit=_leaf(top), rung=0).get().person
    Account.objects.create_user(OFFICER, None, person=officer)
    Account.objects.create_user(CARRIER, None, person=carrier)


def secretary_of(unit: Unit) -> None:
    """Let the holder of a community's post see what is in his community, unless he does already."""
    if Account.objects.filter(username=SECRETARY).exists():
        return
    person = Route.objects.filter(unit=unit, rung=0).get().person
    Grant.objects.create(
        id=uuid7(read_clock()), person=person, bundle="secretary", unit=unit, path=unit.path,
        from_at=read_clock() - timedelta(days=1),
    )  # fmt: skip
    Account.objects.create_user(SECRETARY, None, person=person)


# --- the warning --------------------------------------------------------------


def warning(name: str, area: cap.Area, now: datetime, lasts: timedelta) -> bytes:
    """Write an orange rainstorm warning as the weather service would."""
    info = cap.Info(
        categories=(cap.Category.MET,),
        event="暴雨",
        urgency=cap.Urgency.IMMEDIATE,
        severity=cap.Severity.SEVERE,
        certainty=cap.Certainty.LIKELY,
        language="zh-CN",
        headline="气象台发布暴雨橙色预警",
        description="预计未来3小时降雨量将达50毫米以上。",
        instruction="低洼地带人员立即转移。",
        expires=cap.Moment.of(now + lasts),
        areas=(area,),
    )
    message = cap.Alert(
        identifier=name,
        sender="99010541600000",
        sent=cap.Moment.of(now),
        status=cap.Status.ACTUAL,
        msg_type=cap.MsgType.ALERT,
        scope=cap.Scope.PUBLIC,
        infos=(info,),
    )
    return cap.write(message)


def _relay(top: Unit, now: datetime) -> Relay:
    area = cap.Area(top.name, geocodes=(cap.Named("division", top.code),))
    data = warning("99010541600000_city", area, now, LASTS)
    alert = receive_alert(data, Source.FILE, by="node:bench", now=now)
    hours = int(LASTS.total_seconds())
    return relay_alert(
        alert.pk, top, by="node:bench", now=now, terms=Terms(Order.TOGETHER, hours, hours, hours)
    )


def _answer(relay: Relay, now: datetime) -> None:
    """Deliver; let 3 of 4 posts answer and half carry on, the signed-in carrier among the silent ones."""
    count_notice(relay.notice_id)
    deliver_inward(now)
    carrier = Account.objects.get(username=CARRIER).person_id
    calls = Call.objects.filter(notice=relay.notice_id).exclude(person_id=carrier)
    keys = list(calls.order_by("pk").values_list("pk", flat=True))
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


def _remember(now: datetime) -> None:
    """Fill the journal: facts about many units, people and calls, a year of them."""
    units = list(Unit.objects.order_by("path").values_list("path", "pk", "ref")[:40_000])
    people = list(Person.objects.values_list("pk", flat=True)[:500])
    begun = now - timedelta(days=365)
    step = timedelta(days=364) / FACTS
    for some in _batches(range(FACTS), 10_000):
        Entry.objects.bulk_create(
            _fact(number, begun + step * number, units[number * 7919 % len(units)], people)
            for number in some
        )


def _fact(number: int, at: datetime, unit: tuple, people: list) -> Entry:
    path, key, ref = unit
    return Entry(
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
