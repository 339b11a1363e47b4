"""Texts of cases: a new one held against 10,000; hot spots of 10,000 and 50,000, and the comparison of every pair beside it.

The texts are put together from pieces and noise, 40 characters each; the peer is
the dense product of all rows with all rows, on the same weights, in numpy.
"""

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from renwang.base.pure.text import search_key
from renwang.cases.alike_rules import Shelf, Trace
from renwang.cases.topic_pass import group_apart
from renwang.cases.topic_rules import Voice, group

THINGS = (
    "路灯",
    "电梯",
    "井盖",
    "垃圾桶",
    "消防通道",
    "水管",
    "停车位",
    "油烟",
    "护栏",
    "树枝",
    "电动车",
    "下水道",
)
TROUBLES = (
    "坏了好几天",
    "没人修",
    "堵住了",
    "声音太大",
    "味道很重",
    "漏水严重",
    "掉下来了",
    "被占用",
    "很危险",
)
ENDS = (
    "老人晚上出门摔过",
    "孩子放学都走这里",
    "希望社区尽快处理",
    "已经说了三次物业不管",
    "下雨就更严重了",
)
A_PLACE = 500  # cases


def run(report: Callable[..., None]) -> None:
    """Compare, then group 10,000 and 50,000 texts; the larger one as the node does it, in a child process."""
    _compare_new_ones(report)
    for number, way, name in ((10_000, group, "here"), (50_000, group_apart, "in a child process")):
        voices = _voices(number)
        began = time.perf_counter()
        found = way(voices)
        spent = time.perf_counter() - began
        ratio = spent / 60 if number == 50_000 else None
        report(
            f"hot spots: {number:,} texts {name}", spent, "s", ratio=ratio, bar=1 if ratio else None
        )
        report(f"hot spots: groups among {number:,}", len(found), "")
    own, dense = _beside_dense(2_000)
    report("hot spots: 2,000 texts of one place", own, "s", ratio=own / dense, bar=1)


def _compare_new_ones(report: Callable[..., None]) -> None:
    now, voices = datetime(2026, 7, 15, tzinfo=UTC), _voices(10_200)
    traces = [
        Trace(search_key(one.words), f"/{one.place}/", now - timedelta(days=one.day % 50), "road")
        for one in voices
    ]
    shelf = Shelf()
    began = time.perf_counter()
    for number, one in enumerate(traces[:10_000]):
        shelf.put(number, one)
    report("a shelf of 10,000 texts filled", 1000 * (time.perf_counter() - began), "ms")
    spent = []
    for one in traces[10_000:]:
        began = time.perf_counter()
        shelf.most_alike(Trace(search_key(one.key), one.path, one.at, one.kind))
        spent.append(1000 * (time.perf_counter() - began))
    slow = statistics.quantiles(spent, n=20)[-1]
    report("a new text against 10,000, the middle of 200", statistics.median(spent), "ms")
    report("the same, 95th percentile", slow, "ms", ratio=slow / 5, bar=1)


def _voices(number: int) -> list[Voice]:
    draw = random.Random(26)
    noise = [chr(0x4E00 + at) for at in range(3_000)]

    def text() -> str:
        middle = "".join(draw.choices(noise, k=8))
        said = f"{draw.choice(THINGS)}{draw.choice(TROUBLES)}，{middle}，{draw.choice(ENDS)}"
        return f"{draw.randint(1, 60)}号楼{said}"

    return [
        Voice(text(), str(draw.randrange(max(number // A_PLACE, 1))), draw.random() * 90)
        for _one in range(number)
    ]


def _beside_dense(number: int) -> tuple[float, float]:
    voices: list[Any] = [Voice(one.words, "", 0) for one in _voices(number)]
    began = time.perf_counter()
    group(voices)
    own = time.perf_counter() - began
    began = time.perf_counter()
    columns: dict[str, int] = {}
    rows = np.zeros((number, 80_000), dtype=np.float32)
    for at, one in enumerate(voices):
        for size in (2, 3):
            for start in range(len(one.words) - size + 1):
                gram = columns.setdefault(one.words[start : start + size], len(columns))
                rows[at, gram] += 1
    rows = rows[:, : len(columns)]
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    np.argwhere(rows @ rows.T >= 0.3)
    return own, time.perf_counter() - began
