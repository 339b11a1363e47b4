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
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.test import Client
from django.urls import get_resolver

from bench import cases_text, pages
from renwang.base.models import Counter
from renwang.base.pure.ids import uuid7
from renwang.base.pure.text import search_key
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
OFFICER, CODE = "bench-cases-officer", "BENCH23456789ABC"
BY = "node:bench"


def run(report: Callable[..., None]) -> None:
    """Fill a node or find it filled, then ask for the pages."""
    database = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    get_resolver().url_patterns  # noqa: B018 (reading it imports every door, as a server does)
    top = _prepare()
    gc.collect()
    gc.freeze()
    settings.ALLOWED_HOSTS = ["testserver"]
    officer, anybody = pages._browser(OFFICER), Client()
    some = Case.objects.filter(words__contains="电梯").order_by("-received_at")[0]
    street = Unit.objects.filter(parent=top).order_by("path")[3]
    for name, client, address in (
        ("inbox", officer, "/desk/cases/"),
        ("inbox, overdue", officer, "/desk/cases/?which=overdue"),
        ("inbox, one street and kind", officer, f"/desk/cases/?under={street.ref}&kind=rubbish"),
        ("inbox, closed ones", officer, "/desk/cases/?state=closed"),
        ("search among those not closed", officer, "/desk/cases/?q=电梯"),
        ("search among all, a common word", officer, "/desk/cases/?state=closed&q=电梯"),
        ("search among all, a rare one", officer, "/desk/cases/?state=closed&q=一二三四"),
        ("search for nothing that is there", officer, "/desk/cases/?state=closed&q=恐龙"),
        ("map", officer, "/desk/cases/map/"),
        ("one case", officer, f"/desk/cases/{some.ref}/"),
        ("public page of a case", anybody, f"/c/{CODE}/"),
    ):
        pages._measure(report, f"{name}, {CASES:,} cases, {database}", client, address, BAR)


def _prepare() -> Unit:
    now = datetime.now(UTC)
    if Counter.objects.filter(name="bench-cases", value=CASES).exists():
        return Unit.objects.get(parent=None)
    top, grids = _places(now)
    person = register_person(name="某值班员", unit=top, by=BY, now=now)
    open_account(person=person, username=OFFICER, password=None, by=BY, now=now)
    give_grant(person=person, bundle="duty_officer", unit=top, by=BY, now=now)
    _fill(grids, now)
    Counter.objects.create(name="bench-cases", value=CASES)
    return top


def _places(now: datetime) -> tuple[Unit, list[Unit]]:
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
        grids = [
            below(one, "grid", f"第{number}网格") for one in communities for number in range(10)
        ]
    return top, grids


def _fill(grids: list[Unit], now: datetime) -> None:
    indexes = [(model, one) for model in (Case, Clock, Step) for one in model._meta.indexes]
    with connection.schema_editor() as editor:
        for model, one in indexes:
            editor.remove_index(model, one)
    for model, rows in ((Case, _cases(grids, now)), (Clock, _clocks()), (Step, _steps())):
        _insert(model, rows)
    with connection.schema_editor() as editor:
        for model, one in indexes:
            editor.add_index(model, one)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _insert(model: type[models.Model], rows: Iterator[models.Model]) -> None:
    fields = [one for one in model._meta.concrete_fields if not isinstance(one, models.AutoField)]
    columns = ", ".join(f'"{one.column}"' for one in fields)
    marks = ", ".join("%s" for _one in fields)
    table = model._meta.db_table
    sql = f'INSERT INTO "{table}" ({columns}) VALUES ({marks})'
    while some := list(islice(rows, AT_ONCE)):
        values = [[_stored(one, getattr(row, one.attname)) for one in fields] for row in some]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, values)


def _stored(field: models.Field[Any, Any], value: Any) -> Any:
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
        words = known.text()
        key: UUID = uuid7(at)
        yield Case(
            id=key, ref=f"RWC-{number:07d}", came_at=at, received_at=at, since=at, words=words,
            code=intake.digest_of(CODE if number == CASES - 9 else key.hex),
            search=search_key(words), kind=draw.choice(KINDS), via="web", unit_id=unit.pk,
            path=unit.path, holder_id=unit.pk, held_path=unit.path,
            lon=106.5 + draw.random() / 5, lat=29.5 + draw.random() / 5,
            state=draw.choice(("received", "accepted", "in_hand")) if is_live else "closed",
            end="" if is_live else "done", closed_at=None if is_live else at + timedelta(days=5),
            due_at=at + timedelta(days=7) if is_live else None,
        )  # fmt: skip


class _Words:
    """Texts as `cases_text` puts them together, drawn quickly."""

    def __init__(self, draw: random.Random):
        self.draw = draw

    def text(self) -> str:
        """Draw one."""
        draw = self.draw
        middle = "".join(chr(0x4E00 + draw.randrange(3_000)) for _one in range(8))
        said = f"{draw.choice(cases_text.THINGS)}{draw.choice(cases_text.TROUBLES)}"
        return f"{draw.randint(1, 60)}号楼{said}，{middle}，{draw.choice(cases_text.ENDS)}"


def _clocks() -> Iterator[Clock]:
    live = Case.objects.exclude(state="closed").values_list("pk", "held_path", "received_at")
    for key, path, at in live.iterator(chunk_size=AT_ONCE):
        due = at + timedelta(days=7)
        yield Clock(case_id=key, kind="answer", path=path, begun_at=at, due_at=due, rung=1)


def _steps() -> Iterator[Step]:
    rows: Any = Case.objects.exclude(state="closed").values_list("pk", "received_at")
    for key, at in rows.iterator(chunk_size=AT_ONCE):
        yield Step(case_id=key, act="come", facts={"via": "web"}, is_shown=True, at=at)
