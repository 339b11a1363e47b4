#!/usr/bin/env python3
"""Run the suite: on SQLite, then on PostgreSQL, then in the browser.

What a machine lacks is left out with a sentence; with RENWANG_REQUIRE_ALL=1,
as in CI, that is a failure. Prints what each part took.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(Path(__file__).resolve().parent))
import with_postgres  # noqa: E402

APART = [
    "tests/races",
    "tests/browser",
    "tests/house",
]  # have databases of their own, or none
PYTEST = [sys.executable, "-m", "pytest"]


def run(*command: str) -> bool:
    """Run a command; say whether it went well."""
    print("$", " ".join(command[1:] if command[0] == sys.executable else command), flush=True)
    return not subprocess.run(command, cwd=ROOT, check=False).returncode


def on_this_database(jobs: str) -> bool:
    """Run what touches a database, on the one that RENWANG_DATABASE_URL names."""
    apart = [f"--ignore={path}" for path in APART]
    bulk = run(*PYTEST, "-n", jobs, "--dist", "loadfile", *apart, "tests")
    return run(*PYTEST, "-n", jobs, "--dist", "loadfile", "tests/races") and bulk


def sqlite(jobs: str) -> bool | None:
    """The suite on SQLite, the house's own tests with it."""
    os.environ.pop("RENWANG_DATABASE_URL", None)
    house = run(*PYTEST, "-n", jobs, "tests/house")
    return on_this_database(jobs) and house


def postgresql(jobs: str) -> bool | None:
    """The suite on a PostgreSQL of its own; None when there is none."""
    if with_postgres.find_binaries() is None:
        return absent(
            "PostgreSQL is not installed, so nothing ran on it. apt-get install postgresql"
        )
    inner = [sys.executable, "tools/run_tests.py", "--only", "database", "--jobs", jobs]
    return run(sys.executable, "tools/with_postgres.py", "--", *inner)


def browser(jobs: str) -> bool | None:
    """The journeys in a headless browser; None when there is none."""
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        return absent("Chromium is not installed, so no journey ran. apt-get install chromium")
    if not (ROOT / "tests" / "browser").is_dir():
        return absent("There are no journeys in tests/browser.")
    os.environ.pop("RENWANG_DATABASE_URL", None)
    return run(*PYTEST, "tests/browser")


def frontend(jobs: str) -> bool | None:
    """The front end's types and tests."""
    return run(sys.executable, "tools/frontend.py", "--check")


def absent(sentence: str) -> bool | None:
    """Say what is left out; a failure where everything is required."""
    print(sentence, flush=True)
    return False if os.environ.get("RENWANG_REQUIRE_ALL") == "1" else None


PARTS: dict[str, Callable[[str], bool | None]] = {
    "sqlite": sqlite,
    "postgresql": postgresql,
    "frontend": frontend,
    "browser": browser,
}


def main() -> int:
    """Run the parts asked for and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", choices=[*PARTS, "database"])
    parser.add_argument("--jobs", default="2")
    options = parser.parse_args()
    if options.only == "database":
        return 0 if on_this_database(options.jobs) else 1
    results: dict[str, tuple[str, float]] = {}
    for name, part in PARTS.items():
        if options.only in (None, name):
            begun = time.monotonic()
            went = part(options.jobs)
            word = {True: "passed", False: "FAILED", None: "left out"}[went]
            results[name] = (word, time.monotonic() - begun)
    print()
    for name, (word, seconds) in results.items():
        print(f"{name:12} {word:8} {seconds:6.0f} s")
    return 1 if any(word == "FAILED" for word, _seconds in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
