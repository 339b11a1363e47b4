"""A city's tree: brought in beside a bare bulk insert of its rows, then looked at, and derived anew.

The tree is the real one of Chongqing where the folder of real data lies beside
the project, else one of the same size. The bare side is Django's `bulk_create`
of the same units and first versions. Pages are measured at the selectors, with
a drawn district of 100 communities and more; routes and tallies at 100,000 posts.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from math import cos, pi, sin
from pathlib import Path
from typing import Any

import orjson
from django.db import connection, transaction

from renwang.base.pure.ids import uuid7
from renwang.chain import routes, selectors, tallies
from renwang.chain.imports.divisions import import_divisions
from renwang.chain.models import (
    Contact,
    Grant,
    Holding,
    Person,
    Post,
    Tally,
    Unit,
    UnitVersion,
)
from renwang.chain.reach import Viewer, viewer_of

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
ADMIN = Path(__file__).resolve().parents[2] / "shared" / "data" / "admin"
REAL = ("areas.csv", "streets_chongqing.csv", "villages_chongqing.csv")
ROUNDS, VIEWS, POSTS, CORNERS = 3, 100, 100_000, 60


def run(report: Callable[..., None]) -> None:
    files, kind = divisions()
    report_import(report, files, kind)
    viewer = prepare_city()
    report_pages(report, viewer)
    report_derived(report)
    report_lists(report, viewer)


def divisions() -> tuple[dict[str, bytes], str]:
    """The real lists, else invented ones of the same size."""
    if ADMIN.is_dir():
        return {name: (ADMIN / name).read_bytes() for name in REAL}, "Chongqing"
    areas = [f"50{number:04}" for number in range(101, 139)]
    streets = [f"{areas[n % 38]}{n // 38 + 1:03}" for n in range(1_031)]
    villages = [f"{streets[n % 1_031]}{n // 1_031 + 1:03}" for n in range(11_270)]
    tables = zip(REAL, (areas, streets, villages), strict=True)
    return {name: _csv(codes) for name, codes in tables}, "a tree of Chongqing's size"


def _csv(codes: list[str]) -> bytes:
    rows = "".join(f"{code},某{code}社区居民委员会\n" for code in codes)
    return f"code,name\n{rows}".encode()


def bring_in(files: dict[str, bytes]) -> float:
    begun = time.perf_counter()
    import_divisions(files, province="50", root_name="重庆市", by="node:bench", now=NOW)
    return time.perf_counter() - begun


def bare_insert(units: list[Unit], versions: list[UnitVersion]) -> float:
    begun = time.perf_counter()
    with transaction.atomic():
        Unit.objects.bulk_create(units)
        UnitVersion.objects.bulk_create(versions)
    return time.perf_counter() - begun


def empty() -> None:
    """Take the tree away again, leaves first."""
    Tally.objects.all().delete()
    UnitVersion.objects.all().delete()
    for depth in range(6, -1, -1):
        Unit.objects.filter(depth=depth)._raw_delete("default")


def report_import(report: Callable[..., None], files: dict[str, bytes], kind: str) -> None:
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(bring_in(files))
        units = list(Unit.objects.order_by("depth"))
        versions = list(UnitVersion.objects.all())
        empty()
        bare.append(bare_insert(units, versions))
        empty()
    took, plain = statistics.median(ours), statistics.median(bare)
    report(f"import of {kind} ({len(units):,} units)", took, "s", ratio=took / plain, bar=5)
    bring_in(files)
    again = statistics.median(bring_in(files) for _ in range(ROUNDS))
    report("the same import again, nothing new", again, "s", ratio=again / plain)


def prepare_city() -> Viewer:
    """Draw every unit of the fullest district, and fill 100,000 posts."""
    root = Unit.objects.get(depth=0)
    person = Person.objects.create(id=uuid7(NOW), name="运维员", unit=root, path=root.path)
    Grant.objects.create(
        id=uuid7(NOW),
        person=person,
        bundle="operator",
        unit=root,
        path=root.path,
        from_at=NOW - timedelta(days=1),
    )
    drawn = []
    for number, unit in enumerate(Unit.objects.filter(path__under=district().path)):
        unit.boundary = orjson.dumps(
            _ring(106 + number % 40 / 100, 29 + number // 40 / 100)
        ).decode()
        drawn.append(unit)
    Unit.objects.bulk_update(drawn, ["boundary"], batch_size=100)
    fill_posts()
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return viewer_of(person, NOW)


def district() -> Unit:
    """The first district with at least 100 communities."""
    found = Tally.objects.filter(unit__depth=1, units__gt=100).order_by("units", "unit__code")
    return found.select_related("unit").first().unit


def _ring(lon: float, lat: float) -> dict[str, Any]:
    turns = (2 * pi * corner / CORNERS for corner in range(CORNERS))
    ring = [[round(lon + cos(t) / 200, 6), round(lat + sin(t) / 200, 6)] for t in turns]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def fill_posts() -> None:
    """Nine grids to each community with a post that answers, its holder and his telephone."""
    leaves = list(Unit.objects.filter(depth=3))
    grids = (
        Unit(
            id=uuid7(NOW),
            ref=f"B{number}-{index}",
            code=f"{leaf.code}{index:03}",
            name=f"第{index}网格",
            search=f"第{index}网格",
            structure="china_urban",
            level="grid",
            depth=4,
            parent_id=leaf.pk,
            path=f"{leaf.path}{leaf.code}{index:03}/",
            households=300,
            residents=800,
            since_on=NOW.date(),
        )
        for number, leaf in enumerate(leaves)
        for index in range(1, 1 + POSTS // len(leaves))
    )
    for batch in _batches(grids, 5_000):
        Unit.objects.bulk_create(batch)
        _staff(batch)
    _staff(leaves)


def _staff(units: list[Unit]) -> None:
    people = [Person(id=uuid7(NOW), name="某人", unit=u, path=u.path, search="某人") for u in units]
    posts = [
        Post(id=uuid7(NOW), title="网格员", role="grid_worker", unit=u, path=u.path, answers=True)
        for u in units
    ]
    pairs = list(zip(people, posts, strict=True))
    Person.objects.bulk_create(people)
    Post.objects.bulk_create(posts)
    Holding.objects.bulk_create(
        Holding(id=uuid7(NOW), post=post, person=person, from_on=NOW.date())
        for person, post in pairs
    )
    Contact.objects.bulk_create(
        Contact(id=uuid7(NOW), person=person, kind="sms", address="13900000000")
        for person in people
    )


def _batches(items: Iterator[Unit], size: int) -> Iterator[list[Unit]]:
    batch: list[Unit] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def p95(work: Callable[[], Any], views: int = VIEWS) -> float:
    """Milliseconds within which 95 of 100 views are answered."""
    took = []
    for _ in range(views):
        begun = time.perf_counter()
        work()
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.quantiles(took, n=20)[-1]


def report_pages(report: Callable[..., None], viewer: Viewer) -> None:
    place, city = district(), Unit.objects.get(depth=0)
    page = p95(lambda: selectors.unit_page(viewer, place))
    report("unit page of a district, p95", page, "ms", ratio=page / 100, bar=1)
    page = p95(lambda: selectors.unit_page(viewer, city))
    report("unit page of the city, p95", page, "ms", ratio=page / 100, bar=1)
    count = len(selectors.map_features(viewer, place, 2)["features"])
    page = p95(lambda: orjson.dumps(selectors.map_features(viewer, place, 2)))
    report(f"map of a district with {count} drawn units, p95", page, "ms", ratio=page / 100, bar=1)
    page = p95(lambda: selectors.search_everything(viewer, "网格"), 20)
    report("search over everything in the city, p95", page, "ms", ratio=page / 100, bar=1)


def report_derived(report: Callable[..., None]) -> None:
    begun = time.perf_counter()
    routes.rebuild_routes()
    middle = time.perf_counter()
    tallies.rebuild_tallies()
    end = time.perf_counter()
    posts = Post.objects.count()
    report(f"routes of {posts:,} posts derived anew", middle - begun, "s")
    report("tallies of the city counted anew", end - middle, "s")
    path = Post.objects.order_by("path").first().path
    report(
        "tallies of one grid's line after a deed, p95",
        p95(lambda: tallies.refresh_tallies(path), 20),
        "ms",
    )


def report_lists(report: Callable[..., None], viewer: Viewer) -> None:
    def page(cursor: str) -> Any:
        return selectors.list_posts(viewer, sort="place", cursor=cursor)

    cursor = ""
    for _ in range(200):
        cursor = page(cursor).next
    first, far = p95(lambda: page(""), 30), p95(lambda: page(cursor), 30)
    report("first page of posts, p95", first, "ms")
    report("201st page of posts, p95", far, "ms", ratio=far / first, bar=1.5)
