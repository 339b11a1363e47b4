"""What became of a text: two versions of it side by side, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# Figures and Latin words are compared whole: 14:30 for 16:30 is one change, not a 4 for a 6.
_TOKEN = re.compile(r"\d+(?:[.:：,]\d+)*|[A-Za-z]+(?:['’-][A-Za-z]+)*|\s+|.", re.DOTALL)


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text and what became of it."""

    change: Change
    text: str


def difference(before: str, after: str) -> list[Run]:
    """Cut two texts into what stayed, what went and what came.

    All pieces but the new ones together are the earlier text, all but the
    gone ones the later.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    runs: list[Run] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            runs.append(Run(Change.SAME, "".join(old[a:b])))
            continue
        if b > a:
            runs.append(Run(Change.GONE, "".join(old[a:b])))
        if d > c:
            runs.append(Run(Change.NEW, "".join(new[c:d])))
    return _joined(runs)


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Take single characters that stayed between two changes into them: nobody reads confetti."""
    found: list[Run] = []
    for at, run in enumerate(runs):
        is_between = 0 < at < len(runs) - 1
        if run.change is Change.SAME and is_between and len(run.text) == 1 and run.text.isalnum():
            found += [Run(Change.GONE, run.text), Run(Change.NEW, run.text)]
        else:
            found.append(run)
    return _sorted(found)


def _sorted(runs: Sequence[Run]) -> list[Run]:
    """Bring together what went and what came between two pieces that stayed: first the one, then the other."""
    found: list[Run] = []
    gone = new = ""
    for run in [*runs, Run(Change.SAME, "")]:
        if run.change is Change.GONE:
            gone += run.text
        elif run.change is Change.NEW:
            new += run.text
        else:
            found += [Run(Change.GONE, gone)] if gone else []
            found += [Run(Change.NEW, new)] if new else []
            gone = new = ""
            found += [run] if run.text else []
    return found
