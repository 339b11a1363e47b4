"""The invented place: how quick it is made and loaded, and how quick a rehearsal on it is played."""

import resource
import time
from datetime import timedelta

import django


def run(report) -> None:
    """Make, load and rehearse the demo's sub-district."""
    django.setup()
    from renwang.base.pure.clock import read_clock
    from renwang.chain.invented.loading import load_invented
    from renwang.chain.invented.places import invent
    from renwang.chain.invented.sizes import DEMO, Size
    from renwang.response.playing import play
    from renwang.response.services import INSTANTLY, start_rehearsal

    began = time.process_time()
    rows = sum(len(part.households) for part in invent(DEMO, 1))
    made = time.process_time() - began
    report("invented.make", made, f"s CPU for {rows} households")

    before = _peak_mb()
    for _ in invent(Size(12_000, 12), 2):
        pass
    report("invented.city", _peak_mb() - before, "MB more at the peak for twelve sub-districts")

    began = time.perf_counter()
    root = load_invented(DEMO, 1, now=read_clock())
    loaded = time.perf_counter() - began
    report("invented.load", loaded, "s", ratio=loaded / 15, bar=1)

    now = read_clock()
    rehearsal = start_rehearsal("rainstorm", root, by="node:bench", now=now, speed=INSTANTLY)
    began = time.perf_counter()
    slowest, at = 0.0, rehearsal.shows_at
    while at < rehearsal.ends_at:
        at = min(at + timedelta(minutes=5), rehearsal.ends_at)
        slice_began = time.perf_counter()
        play(rehearsal, at, now=now)
        slowest = max(slowest, time.perf_counter() - slice_began)
    played = time.perf_counter() - began
    story = (rehearsal.ends_at - rehearsal.shows_at).total_seconds()
    report("rehearsal.play", played, "s for the whole story", ratio=story / played)
    # At 60 times real speed five minutes of the story last five seconds.
    report("rehearsal.slowest", slowest, "s for five minutes of it", ratio=slowest / 5, bar=1)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
