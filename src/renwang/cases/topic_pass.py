"""Group texts in a process of its own: what it needs of memory goes back when it ends, and the node stays small.

Reads `[[words, place, day], …]` as JSON and writes the groups, as JSON.
"""

import subprocess
import sys
from collections.abc import Sequence

import orjson

from renwang.cases.topic_rules import Voice, group

LONGEST = 600  # seconds


def group_apart(voices: Sequence[Voice]) -> list[list[int]]:
    """Group texts in a child process; raises where it fails or takes too long."""
    if not voices:
        return []
    said = orjson.dumps([[one.words, one.place, one.day] for one in voices])
    done = subprocess.run(
        [sys.executable, "-m", __name__], input=said, capture_output=True, timeout=LONGEST, check=True,
    )  # fmt: skip
    found: list[list[int]] = orjson.loads(done.stdout)
    return found


def main() -> None:
    """Do what the module says, from standard input to standard output."""
    rows = orjson.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(orjson.dumps(group([Voice(*row) for row in rows])))


if __name__ == "__main__":
    main()
