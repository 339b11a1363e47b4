"""The main job: a warning relayed to 100,000 posts, receipts coming back, coverage read meanwhile.

The bare side is one INSERT … SELECT of the same columns into the same table.
Receipts in batches are held against three ways of taking in one at a time:
a bare UPDATE of the receipt's moment and the call's state with its commit,
which keeps no sums, no journal and no ladder; the same after reading and
locking the row, as the peers' tasks do; and our own service with one receipt
each, which does all that the batch does. All get receipts in a scattered
order, on the same connection with the node's own settings (a commit waits for
the disk). The processor's part is reported beside it, because disks differ.
The chain is an invented district of five levels; its rows are written
directly, since making it is measured elsewhere.
"""

import gc
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from bench._city import warning
from bench._clock import processor_time
from renwang.alerts import cap
from renwang.alerts.models import Alert, Relay
from renwang.alerts.rules import Source
from renwang.alerts.services import receive_alert, relay_alert
from renwang.base.pure.ids import uuid7
from renwang.chain.models import Contact, Person, Post, Route, Unit
from renwang.outreach.coverage import coverage
from renwang.outreach.inward import deliver_inward
from renwang.outreach.models import Call, Notice
from renwang.outreach.rules import CallState, Order, Receipt, Terms
from renwang.outreach.selectors import missing, relay_tree
from renwang.outreach.services import Slip, climb_calls, count_notice, record_receipts, start_notice
from renwang.outreach.services.starting import Message, _selection

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
WIDTHS = (9, 10, 10, 10, 10)  # streets, communities, grids, building groups, contact households
LEVELS = ("subdistrict", "community", "grid", "building_group", "contact_household")
ROUNDS, SINGLE = 5, 2000
BATCH = int(os.environ.get("BENCH_BATCH", 2000))
DISTRICT = cap.Area("柳湾区", geocodes=(cap.Named("division", "990105"),))
TOGETHER = Terms(Order.TOGETHER, 180, 600, 1200)
LATE = NOW + timedelta(minutes=30)
KINDS = (
    (Receipt.DELIVERED, CallState.ASKING),
    (Receipt.UNDERSTOOD, CallState.ASKING),
    (Receipt.CARRIED, CallState.CARRIED),
)


def run(report: Callable[..., None]) -> None:
    database = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    top = invent_district()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    posts = Route.objects.count()
    bare, ours = expansion(top)
    report(f"relay to {posts:,} posts, {database}", ours, "s", ours / bare, "≤ 1.5")
    report(f"the bare INSERT … SELECT, {database}", bare, "s")

    notice = Notice.objects.latest("started_at")
    report(
        f"sums of {posts:,} calls by unit, {database}", timed(lambda: count_notice(notice.pk)), "s"
    )
    receipts(report, notice, database)
    notice.refresh_from_db()
    levels(report, notice, database)
    climbing(report, top, posts, database)


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


# --- the invented district ---------------------------------------------------


def invent_district(widths: tuple[int, ...] = WIDTHS) -> Unit:
    """Write a district whose every unit has an answering post, held by a person of its own with one contact."""
    top = Unit(
        id=uuid7(NOW), ref="U0", code="990105", name="柳湾区", structure="china_urban",
        level="district", depth=0, path="/990105/", since_on=date(2020, 1, 1),
    )  # fmt: skip
    rows = [top]
    above = [top]
    for width, level in zip(widths, LEVELS, strict=False):
        above = [_unit(parent, level, n) for parent in above for n in range(width)]
        rows += above
    leaf = len(widths)
    Unit.objects.bulk_create(rows, batch_size=5000)
    posts = [
        Post(id=uuid7(NOW), title="值班", role="other", unit=one, path=one.path, answers=True)
        for one in rows
    ]
    Post.objects.bulk_create(posts, batch_size=5000)
    people = [Person(id=uuid7(NOW), name=f"人{n}", path="/9/") for n in range(len(posts))]
    Person.objects.bulk_create(people, batch_size=5000)
    contacts = [Contact(id=uuid7(NOW), person=one, kind="app", address="") for one in people]
    Contact.objects.bulk_create(contacts, batch_size=5000)
    routes = [
        Route(
            post=post, unit=post.unit, path=post.path, depth=post.unit.depth, rung=0,
            parent_path=post.path[: post.path[:-1].rfind("/") + 1] if post.unit.depth else "",
            person=people[n], contact=contacts[n], channel="app",
            ladder=f"{contacts[n].pk.hex}||",
            is_leaf=post.unit.depth == leaf, households=40 if post.unit.depth == leaf else 0,
        )
        for n, post in enumerate(posts)
    ]  # fmt: skip
    Route.objects.bulk_create(routes, batch_size=5000)
    return top


def _unit(parent: Unit, level: str, n: int) -> Unit:
    key = uuid7(NOW)
    return Unit(
        id=key, ref=key.hex[:32], name=f"{parent.name}{n}", structure="china_urban", level=level,
        depth=parent.depth + 1, parent=parent, path=f"{parent.path}{n:03d}/",
        since_on=date(2020, 1, 1),
    )  # fmt: skip


# --- from an accepted warning to a queue of calls ----------------------------


def expansion(top: Unit) -> tuple[float, float]:
    """Take turns: the bare statement, then receiving nothing new but relaying what was accepted."""
    bare, ours = [], []
    for n in range(ROUNDS):
        bare.append(_bare(top))
        name = f"99010541600000_2026071509300{n}"
        data = warning(name, DISTRICT, NOW, timedelta(hours=6))
        alert = receive_alert(data, Source.FILE, by="node:bench", now=NOW)
        ours.append(timed(lambda alert=alert: relay_alert(alert.pk, top, by="node:bench", now=NOW)))
        if n < ROUNDS - 1:
            _forget(alert)
    return statistics.median(bare), statistics.median(ours)


def _bare(top: Unit) -> float:
    notice = Notice.objects.create(
        id=uuid7(NOW), ref=str(time.time_ns()), kind="bench", subject_id=UUID(int=0), thread="b",
        path=top.path, title="", words="", order="together", contact_for=180, person_for=600,
        carry_for=1200, started_at=NOW,
    )  # fmt: skip
    columns, parts, values = _selection(notice, top.path, TOGETHER, NOW)

    def insert() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO outreach_call ({columns}) SELECT {parts} FROM chain_route r WHERE r.rung = 0",
                values,
            )

    spent = timed(insert)
    _drop_calls(notice)
    return spent


def _forget(alert: Alert) -> None:
    for relay in Relay.objects.filter(alert=alert):
        notice = Notice.objects.get(pk=relay.notice_id)
        relay.delete()
        _drop_calls(notice)


def _drop_calls(notice: Notice) -> None:
    Call.objects.filter(notice=notice)._raw_delete("default")
    notice.delete()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE outreach_call")
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# --- receipts and coverage ---------------------------------------------------


def scattered(calls: list[int]) -> list[int]:
    """Put calls in the worst order for a database: no two neighbours of it lie together."""
    return [calls[at * 7919 % len(calls)] for at in range(len(calls))]


def receipts(report: Callable[..., None], notice: Notice, database: str) -> None:
    """Take in one kind after the other; whoever answers one at a time is not in the batches."""
    calls = list(Call.objects.filter(notice=notice).order_by("id").values_list("id", flat=True))
    order = scattered(calls)
    bare, locked, served = (order[n * SINGLE : (n + 1) * SINGLE] for n in range(3))
    for receipt, state in KINDS:
        singly = {
            "a bare UPDATE and its commit": one_by_one(bare, receipt, state, locks=False),
            "the same after reading and locking": one_by_one(locked, receipt, state, locks=True),
            "our service, one at a time": in_batches(served, receipt, 1),
        }
        rate, cpu = in_batches(order[3 * SINGLE :], receipt, BATCH)
        name = f"receipts “{receipt.value}” in batches of {BATCH:,}, {database}"
        report(f"{name}, processor", cpu, "µs each")
        for way, (alone, alone_cpu) in singly.items():
            report(f"“{receipt.value}”, {way}, {database}", alone, "receipts/s")
            report(f"“{receipt.value}”, {way}, processor, {database}", alone_cpu, "µs each")
            report(f"{name}, against {way}", rate, "receipts/s", rate / alone, "≥ 12")


def one_by_one(
    calls: list[int], receipt: Receipt, state: str, *, locks: bool
) -> tuple[float, float]:
    """Write a receipt's moment and its state for some calls, one transaction each; the rate, and µs of processor."""
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    column = f"{receipt.value}_at"
    field = Call._meta.get_field(column)
    order = f"UPDATE outreach_call SET {column} = %s, state = %s WHERE id = %s"

    def work() -> None:
        with connection.cursor() as cursor:
            for at, call in enumerate(calls):
                moment = field.get_db_prep_save(NOW + timedelta(milliseconds=at), connection)
                if not locks:
                    cursor.execute(order, [moment, state, call])
                    continue
                with transaction.atomic():
                    cursor.execute(
                        f"SELECT state, {column} FROM outreach_call WHERE id = %s{lock}", [call]
                    )
                    cursor.fetchone()
                    cursor.execute(order, [moment, state, call])

    return rated(work, len(calls))


def in_batches(calls: list[int], receipt: Receipt, size: int) -> tuple[float, float]:
    """Hand in one receipt for every call, each with its own moment, so many at a time."""
    slips = [
        Slip(receipt, NOW + timedelta(milliseconds=at), "app", call_id=call)
        for at, call in enumerate(calls)
    ]
    now = NOW + timedelta(minutes=5)
    gc.collect()
    gc.freeze()  # what this measurement itself holds is not the node's to go through

    def work() -> None:
        for at in range(0, len(slips), size):
            record_receipts(slips[at : at + size], by="node:bench", now=now)

    return rated(work, len(slips))


def rated(work: Callable[[], object], count: int) -> tuple[float, float]:
    """Give how many were done in a second, and the microseconds of processor for each."""
    begun = processor_time()
    spent = timed(work)
    return count / spent, 1e6 * (processor_time() - begun) / count


def levels(report: Callable[..., None], notice: Notice, database: str) -> None:
    """Read coverage at every level, and the two lists beside it."""
    for depth in range(len(WIDTHS) + 1):
        paths = list(Call.objects.filter(notice=notice, depth=depth).values_list("path", flat=True))
        some = [paths[at * 31 % len(paths)] for at in range(40)]
        spent, busy = [], []
        for path in some:
            worked = processor_time()
            spent.append(timed(lambda path=path: coverage(notice, path)))
            busy.append(processor_time() - worked)
        name = f"coverage at level {depth}, 95th percentile, {database}"
        report(name, 1000 * statistics.quantiles(spent, n=20)[-1], "ms", bar="≤ 20 ms")
        report(
            f"the same, processor, {database}", 1000 * statistics.quantiles(busy, n=20)[-1], "ms"
        )
    report(f"the missing, a page of 50, {database}", 1000 * timed(lambda: missing(notice)), "ms")
    report(f"the tree below the top, {database}", 1000 * timed(lambda: relay_tree(notice)), "ms")


def climbing(report: Callable[..., None], top: Unit, posts: int, database: str) -> None:
    """Let the time of every call run out at the same moment."""
    message = Message(kind="bench", subject_id=UUID(int=0), title="t", words="w")
    notice = start_notice(
        message, top=top.path, places=[top.path], terms=TOGETHER, by="node:bench", now=NOW
    )
    count_notice(notice.pk)
    drill = uuid7(NOW)
    Notice.objects.filter(pk=notice.pk).update(drill=drill)
    for name, work in (
        ("delivering {posts:,} messages to the inbox", lambda: deliver_inward(NOW, drill=drill)),
        # Long after, so that the ladder goes on and does not wait for messages that went out late.
        ("a step for {posts:,} calls due at once", lambda: climb_calls(LATE, drill=drill)),
    ):
        worked = processor_time()
        spent = timed(work)
        report(f"{name.format(posts=posts)}, {database}", spent, "s")
        report(f"the same, processor, {database}", processor_time() - worked, "s")
