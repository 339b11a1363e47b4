"""A million cases: the inbox, filtered, searched in Chinese, the map, a case and the public page of one.

A district of ten streets, a hundred communities and a thousand grids in which
a million invented cases came in over three years; one in thirty is not closed
yet. Everything is asked for through Django's handler by an officer who sees the
whole district; reported are the median and the 95th percentile of the time on
the server, of the processor's time, and the number of statements.
BENCH_CASES says how many cases.
"""

import gc
import os
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.test import Client
from django.urls import get_resolver

from bench import cases_text, pages
from renwang.base import paging
from renwang.base.models import Counter
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
from renwang.cases import seeking
from renwang.cases.models import Case, Clock, Step
from renwang.cases.services import intake
from renwang.chain.models import Unit
from renwang.chain.services.accounts import open_account
from renwang.chain.services.grants import give_grant
from renwang.chain.services.people import register_person
from renwang.chain.services.units import create_unit

CASES = int(os.environ.get("BENCH_CASES", 1_000_000))
AT_ONCE = 20_000
BAR = 150  # milliseconds
DAYS = 3 * 365
KINDS = ("road", "gas", "noise", "rubbish", "parking", "idea", "other")
WAYS = ("web", "web", "web", "field", "telephone", "sms")
OPEN = ("received", "received", "screened", "accepted", "assigned", "in_hand", "answered")
CODE = "BENCH23456789ABC"
VIEWERS = (  # who looks, what he may, and how many levels below the district his place lies
    ("district officer", "duty_officer", 0),
    ("sub-district officer", "duty_officer", 1),
    ("community secretary", "secretary", 2),
)
DEEP = 0.9  # of all cases that the deep page leaves behind it
BY = "node:bench"


def run(report: Callable[..., None]) -> None:
    """Fill a node or find it filled, then ask for the pages."""
    database = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    get_resolver().url_patterns  # noqa: B018 (reading it imports every door, as a server does)
    _prepare()
    gc.collect()
    gc.freeze()
    settings.ALLOWED_HOSTS = ["testserver"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
    only = os.environ.get("BENCH_PAGE", "")
    for who, _bundle, depth in VIEWERS:
        client = pages._browser(_username(depth))
        for name, address in _pages(depth):
            if only in f"{who}: {name}":
                pages._measure(report, f"{who}: {name}, {database}", client, address, BAR)
    if only in "public page of a case":
        pages._measure(report, f"public page of a case, {database}", Client(), f"/c/{CODE}/", BAR)


def _username(depth: int) -> str:
    return f"bench-cases-{depth}"


def _seat(depth: int) -> Unit:
    return Unit.objects.filter(depth=depth).order_by("path")[3 if depth else 0]


def _pages(depth: int) -> list[tuple[str, str]]:
    seat = _seat(depth)
    seen = Case.objects.filter(path__under=seat.path)
    below = Unit.objects.filter(parent=seat).order_by("path")[3]
    some = seen.filter(words__contains="电梯").exclude(state="closed").order_by("-received_at")[0]
    rare = seen.order_by("received_at")[CASES // 1000].words.split("，")[-2]
    closed = "/desk/cases/?state=closed"
    behind = _cursor(("-received_at",), seen.order_by("-received_at"))
    return [
        ("inbox", "/desk/cases/"),
        ("inbox, deep page", f"/desk/cases/?after={behind}"),
        ("all of them", "/desk/cases/?state=all"),
        ("all of them, deep page", f"/desk/cases/?state=all&after={behind}"),
        ("new", "/desk/cases/?state=new"),
        ("overdue", "/desk/cases/?which=overdue"),
        ("climbed", "/desk/cases/?which=climbed"),
        ("mine", "/desk/cases/?state=all&which=mine"),
        ("word of danger", "/desk/cases/?state=all&which=alarm"),
        ("returned", "/desk/cases/?state=all&which=returned"),
        ("older than 30 days", "/desk/cases/?age=30"),
        ("the longest due first", "/desk/cases/?sort=due"),
        ("by place", "/desk/cases/?sort=place"),
        ("a place and a kind", f"/desk/cases/?under={below.ref}&kind=rubbish"),
        ("closed, a place and a kind", f"{closed}&under={below.ref}&kind=rubbish"),
        ("closed, a way", f"{closed}&via=sms"),
        ("search among the open, a common word", "/desk/cases/?q=电梯"),
        ("search, a common word", f"{closed}&q=电梯"),
        ("search, a longer common one", f"{closed}&q=老人晚上出门摔过"),
        ("search, two common ones", f"{closed}&q=电梯+漏水严重"),
        ("search, the commonest", "/desk/cases/?state=all&q=号楼"),
        ("search, a rare word", f"{closed}&q={rare[:2]}"),
        ("search, a rare longer one", f"{closed}&q={rare[:4]}"),
        ("search, a word of other years", f"{closed}&q=台风"),
        ("search, one sign", f"{closed}&q={rare[:1]}"),
        ("search for nothing that is there", f"{closed}&q=恐龙"),
        ("search for nothing, longer", f"{closed}&q=恐龙从天而降"),
        ("search for a number", f"{closed}&q={some.ref}"),
        ("map", "/desk/cases/map/"),
        ("map, marks", "/desk/cases/marks.json"),
        ("to ring back", "/desk/cases/ring/"),
        ("one case", f"/desk/cases/{some.ref}/"),
        ("start page", "/desk/"),
    ]


def _cursor(order: tuple[str, ...], rows: Any) -> str:
    """Compose the address of a page far behind the first, as the list itself would."""
    at = int(CASES * DEEP * rows.count() / max(Case.objects.count(), 1))
    row = rows.only("pk", "received_at")[at]
    return quote(paging._cursor("n", (*order, "pk"), row))


def _prepare() -> None:
    now = datetime.now(UTC)
    if Counter.objects.filter(name="bench-cases", value=CASES).exists():
        return
    grids = _places(now)
    for _who, bundle, depth in VIEWERS:
        seat = _seat(depth)
        person = register_person(name="某值班员", unit=seat, by=BY, now=now)
        open_account(person=person, username=_username(depth), password=None, by=BY, now=now)
        give_grant(person=person, bundle=bundle, unit=seat, by=BY, now=now)
    _fill(grids, now)
    Counter.objects.create(name="bench-cases", value=CASES)


def _places(now: datetime) -> list[Unit]:
    def below(parent: Unit | None, level: str, name: str) -> Unit:
        return create_unit(
            name=name, level=level, parent=parent, by=BY, now=now, structure_key="china_urban",
            households=400 if level == "grid" else 0,
        )  # fmt: skip

    with transaction.atomic():
        top = below(None, "district", "某区")
        streets = [below(top, "subdistrict", f"第{number}街道") for number in range(10)]
        communities = [
            below(one, "community", f"{one.name}第{number}社区")
            for one in streets
            for number in range(10)
        ]
        return [
            below(one, "grid", f"第{number}网格") for one in communities for number in range(10)
        ]


def _fill(grids: list[Unit], now: datetime) -> None:
    indexes = [(model, one) for model in (Case, Clock, Step) for one in model._meta.indexes]
    with connection.schema_editor() as editor:
        for model, one in indexes:
            editor.remove_index(model, one)
        seeking.drop_index(None, editor)
    for model, rows in ((Case, _cases(grids, now)), (Clock, _clocks()), (Step, _steps())):
        _insert(model, rows)
    with connection.schema_editor() as editor:
        for model, one in indexes:
            editor.add_index(model, one)
        seeking.index_words(None, editor)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _insert(model: type[models.Model], rows: Iterator[models.Model]) -> None:
    fields = [one for one in model._meta.concrete_fields if not isinstance(one, models.AutoField)]
    columns = ", ".join(f'"{one.column}"' for one in fields)
    marks = ", ".join("%s" for _one in fields)
    table = model._meta.db_table
    while some := list(islice(rows, AT_ONCE)):
        values = [[_stored(one, getattr(row, one.attname)) for one in fields] for row in some]
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as out:
                    for row in values:
                        out.write_row(row)
            else:
                cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', values)


def _stored(field: models.Field, value: Any) -> Any:
    if value is None or (type(value) is str and isinstance(field, models.CharField)):
        return value
    return field.get_db_prep_save(value, connection)


def _cases(grids: list[Unit], now: datetime) -> Iterator[Case]:
    draw = random.Random(5)
    known = _Words(draw)
    for number in range(CASES):
        at = now - timedelta(days=DAYS * (1 - (number + 1) / CASES))
        unit = draw.choice(grids)
        is_live = draw.random() < (0.5 if now - at < timedelta(days=30) else 0.02)
        words = known.text(at)
        key: UUID = uuid7(at)
        yield Case(
            id=key, ref=f"RWC-{number:07d}", came_at=at, received_at=at, since=at, words=words,
            code=intake.digest_of(CODE if number == CASES - 9 else key.hex),
            search=search_key(words), kind=draw.choice(KINDS), via=draw.choice(WAYS),
            unit_id=unit.pk, path=unit.path, holder_id=unit.pk, held_path=unit.path,
            lon=106.5 + draw.random() / 5, lat=29.5 + draw.random() / 5,
            alarm="漏气" if draw.random() < 0.01 else "", returns=int(draw.random() < 0.02),
            state=draw.choice(OPEN) if is_live else "closed",
            end="" if is_live else "done", closed_at=None if is_live else at + timedelta(days=5),
            due_at=at + timedelta(days=7) if is_live else None,
        )  # fmt: skip


class _Words:
    """Texts as `cases_text` puts them together, drawn quickly."""

    def __init__(self, draw: random.Random):
        self.draw = draw

    def text(self, at: datetime) -> str:
        """Draw one of a day; three years ago many spoke of a typhoon, and nobody since."""
        draw = self.draw
        middle = "".join(chr(0x4E00 + draw.randrange(3_000)) for _one in range(8))
        said = f"{draw.choice(cases_text.THINGS)}{draw.choice(cases_text.TROUBLES)}"
        storm = "台风过后，" if (datetime.now(UTC) - at).days > DAYS - 100 else ""
        return f"{storm}{draw.randint(1, 60)}号楼{said}，{middle}，{draw.choice(cases_text.ENDS)}"


def _clocks() -> Iterator[Clock]:
    live = Case.objects.exclude(state="closed").values_list("pk", "held_path", "received_at")
    for key, path, at in live.iterator(chunk_size=AT_ONCE):
        due = at + timedelta(days=7)
        yield Clock(case_id=key, kind="answer", path=path, begun_at=at, due_at=due, rung=1)


def _steps() -> Iterator[Step]:
    rows: Any = Case.objects.exclude(state="closed").values_list("pk", "received_at")
    for key, at in rows.iterator(chunk_size=AT_ONCE):
        yield Step(case_id=key, act="come", facts={"via": "web"}, is_shown=True, at=at)
