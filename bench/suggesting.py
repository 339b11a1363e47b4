"""Suggested kinds: how often right and how quick, on invented voices that were not learned from.

Every third voice of each kind is kept back. Most speak of a thing in words
that no list of words has; that is what the words of the first day miss.
"""

import json
import time
from pathlib import Path

from renwang.cases.suggest_rules import by_learned, by_words, read_kind_words
from renwang.cases.suggesting_pass import learn_apart, unpack

PACKAGE = Path(__file__).parent.parent / "src" / "renwang" / "cases"
TIMES = 2_000


def voices() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Give invented voices with their kinds: those to learn from, mixed, and those kept back."""
    known = json.loads(Path(__file__).with_name("voices.json").read_text(encoding="utf-8"))
    early, late = [], []
    for kind, texts in known.items():
        for at, text in enumerate(texts):
            (late if at % 3 == 2 else early).append((text, kind))
    mixed = sorted(early, key=lambda pair: hash_of(pair[0]))
    return mixed, late


def hash_of(text: str) -> int:
    """Mix a list the same way each time."""
    return sum((at + 1) * ord(sign) for at, sign in enumerate(text)) % 9973


def run(report) -> None:
    """Learn, then try both ways on what was kept back; time one text, and reading what was learned."""
    words = read_kind_words(json.loads((PACKAGE / "kind_words.json").read_text(encoding="utf-8")))
    early, late = voices()
    begun = time.perf_counter()
    found = learn_apart(early, words, version=1)
    report("kinds learned in a process of its own", time.perf_counter() - begun, "s", bar=60)
    packed = found.packed()
    report("what was learned, as a file", len(packed) / 1e6, "MB", bar=3)
    begun = time.perf_counter()
    learned = unpack(packed).learned
    report("reading it", (time.perf_counter() - begun) * 1e3, "ms")
    by = {
        "known words": lambda text: by_words(text, words),
        "learned": lambda text: by_learned(text, learned, words),
    }
    for name, suggest in by.items():
        right = sum((one := suggest(text)) is not None and one.kind == kind for text, kind in late)
        report(
            f"kinds suggested rightly by {name}, of {len(late)} voices",
            100 * right / len(late),
            "%",
        )
        begun = time.perf_counter()
        for at in range(TIMES):
            suggest(late[at % len(late)][0])
        spent = (time.perf_counter() - begun) / TIMES
        report(f"one text, by {name}", spent * 1e3, "ms", bar=5)
