"""Dividing into grids, beside METIS alone on the same ground in the same run.

On 20,000 scattered buildings, and on as many of an invented city, whose communities
are given, 400 grids; and on real footprints where they lie beside this checkout.
METIS alone gets the whole ground without communities, which is the easier task. The time is
the processor's, of the cut itself; laying out the ground is told apart.
"""

import gzip
import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pymetis
from shapely.geometry import shape

from renwang.chain.dividing import Barrier, Ground, divide, lay_out, measure
from renwang.chain.invented.places import invent
from renwang.chain.invented.sizes import Size
from renwang.chain.rules import line_above

GRIDS, ROUNDS = 400, 3
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "osm"
_LAYERS = {
    "water": Barrier.WATER, "avenue": Barrier.ROAD, "street": Barrier.STREET, "lane": Barrier.LANE,
}  # fmt: skip


def run(report: Callable[..., None]) -> None:
    """Divide the invented city and the real places."""
    _compare(report, "scattered", *_scattered())
    _compare(report, "invented city", *_city())
    for name, at, work in _real():
        ground = lay_out(at, work)
        _compare(report, name, ground, ground, {0: max(2, len(at) // 50)})


def _compare(
    report: Callable[..., None], name: str, ground: Ground, alone: Ground, grids: dict[int, int]
) -> None:
    """Report balance, pieces, cut and time against METIS, for which the ground is `alone`."""
    wanted = sum(grids.values())
    own_s, labels = _timed(lambda: divide(ground, grids))
    metis_s, other = _timed(lambda: _metis(alone, wanted))
    own, metis = measure(ground, labels), measure(alone, other)
    whole = measure(alone, labels)
    report(f"{name}: buildings", len(ground), "")
    report(f"{name}: grids", own.grids, "")
    report(f"{name}: worst over the mean", 100 * own.over, "%", bar=3)
    report(f"{name}: worst under the mean", 100 * own.under, "%", bar=3)
    report(f"{name}: METIS, worst deviation", 100 * metis.worst, "%")
    report(f"{name}: grids in pieces", own.broken, "", bar=0)
    report(f"{name}: METIS, grids in pieces", metis.broken, "")
    report(f"{name}: compactness", own.compactness, "", ratio=own.compactness / metis.compactness)
    report(f"{name}: neighbours parted", whole.cut, "", ratio=whole.cut / metis.cut, bar=1.05)
    report(f"{name}: what the borders cost", whole.cost, "", ratio=whole.cost / metis.cost)
    report(f"{name}: time", own_s, "s", ratio=own_s / metis_s, bar=5)


def _timed(cut: Callable[[], Any]) -> tuple[float, Any]:
    """Run it a few times; the middle of the processor times, and what it gave."""
    times, given = [], None
    for _round in range(ROUNDS):
        begun = time.process_time()
        given = cut()
        times.append(time.process_time() - begun)
    return statistics.median(times), given


def _metis(ground: Ground, grids: int) -> list[int]:
    ends = np.concatenate([ground.edges[:, 0], ground.edges[:, 1]])
    others = np.concatenate([ground.edges[:, 1], ground.edges[:, 0]])
    order = np.argsort(ends, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=len(ground)))])
    return list(
        pymetis.part_graph(
            grids,
            adjacency=pymetis.CSRAdjacency(starts, others[order]),
            vweights=ground.work,
            eweights=np.concatenate([ground.costs, ground.costs])[order],
            options=pymetis.Options(contig=True),
        ).vertex_part
    )


def _city() -> tuple[Ground, Ground, dict[int, int]]:
    """Lay out an invented city with and without its communities, and give each of these grids by its work."""
    at, work, homes, names = [], [], [], {}
    barriers: list[Any] = []
    begun = time.process_time()
    for part in invent(Size(30_000, 32), 1):
        doors: dict[Any, int] = {}
        for door in part.households:
            doors[door.building_id] = doors.get(door.building_id, 0) + 1
        communities = {one.path for one in part.units if one.level == "community"}
        for one in part.buildings:
            line = [*line_above(one.path), one.path]
            community = next(above for above in line if above in communities)
            at.append((one.lon, one.lat))
            work.append(doors.get(one.id, 0) + 5)
            homes.append(names.setdefault(community, len(names)))
        for layer in part.layers:
            if layer.kind in _LAYERS:
                barriers.append((shape(layer.geometry), _LAYERS[layer.kind]))
        if len(at) >= 20_000:
            break
    print(f"invented in {time.process_time() - begun:.1f} s", flush=True)
    begun = time.process_time()
    ground = lay_out(at, work, communities=homes, barriers=barriers)
    print(f"laid out in {time.process_time() - begun:.1f} s", flush=True)
    alone = lay_out(at, work, barriers=barriers)
    return ground, alone, _shared_out(ground)


def _scattered() -> tuple[Ground, Ground, dict[int, int]]:
    """Lay out 20,000 scattered buildings with work of 1 to 60 in twenty communities of one size."""
    draw = np.random.default_rng(7)
    spots = draw.random((20_000, 2))
    work = draw.integers(1, 61, 20_000).tolist()
    homes = (np.floor(spots[:, 0] * 5) * 4 + np.floor(spots[:, 1] * 4)).astype(int).tolist()
    at = [(160 + x / 10, 30 + y / 10) for x, y in spots.tolist()]
    ground = lay_out(at, work, communities=homes)
    return ground, lay_out(at, work), _shared_out(ground)


def _shared_out(ground: Ground) -> dict[int, int]:
    """Share the grids out among the communities by their work, each at least one (largest remainder)."""
    loads = np.bincount(ground.communities, ground.work)
    wanted = loads * GRIDS / loads.sum()
    grids = {home: max(1, int(share)) for home, share in enumerate(wanted)}
    rest = sorted(grids, key=lambda home: grids[home] - wanted[home])
    for home in rest[: max(0, GRIDS - sum(grids.values()))]:
        grids[home] += 1
    return grids


def _real() -> Iterator[tuple[str, list[tuple[float, float]], list[int]]]:
    """Give the real footprints: where each building stands and its floor area in tens of square metres."""
    for name, file in (
        ("campus, real footprints", "tsinghua_beijing_buildings.geojson"),
        ("dense quarter, real footprints", "hunghom_hongkong_buildings.geojson.gz"),
    ):
        path = REAL / file
        if not path.exists():
            continue
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        shapes = [
            shape(one["geometry"])
            for one in json.loads(data)["features"]
            if one["geometry"]["type"] in ("Polygon", "MultiPolygon")
        ]
        yield (
            name,
            [(one.centroid.x, one.centroid.y) for one in shapes],
            [max(1, min(200, round(one.area * 111_195**2 * 0.8 / 10))) for one in shapes],
        )
