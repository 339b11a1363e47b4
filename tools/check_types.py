#!/usr/bin/env python3
"""Check types strictly where a wrong one would change a decision: rules, pure parts, codecs.

The front end's types are checked with its tests. The list is found, not kept: every `rules.py` (or `*_rules.py`), everything in
`base/pure` and `base/tables`, every module of the foreign formats.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "renwang"
STRICT = (
    "**/rules.py",
    "**/*_rules.py",
    "base/pure/*.py",
    "alerts/cap/*.py",
    "alerts/composing/*.py",
    "alerts/plain_text.py",
    "alerts/warnings_list.py",
    "chain/dividing/*.py",
    "signals/payloads.py",
)
SPEAKS = {"words.py"}  # sentences for refusals: Django's lazy strings, which have no types


def strict_files() -> list[str]:
    """Every file that is checked strictly."""
    found = {path for pattern in STRICT for path in PACKAGE.glob(pattern)}
    return sorted(str(path.relative_to(ROOT)) for path in found if path.name not in SPEAKS)


def main() -> int:
    """Run mypy."""
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *strict_files()], cwd=ROOT, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
