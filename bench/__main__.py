"""Measure: `python -m bench [--only NAME] [--json FILE]`.

Each `bench/<name>.py` has `run(report)` and is run in a process of its own,
with a fresh home and a fresh, migrated database: a SQLite file, or a database
made beside the one that RENWANG_DATABASE_URL names and dropped afterwards.
Every figure is printed as `name: figure unit, ratio R (bar B)` and written as
a JSON line together with the machine. Nothing here passes or fails. With
`--keep DIRECTORY` the databases stay, and the next run uses them as they are:
making a city with a million facts takes minutes.
"""

import argparse
import contextlib
import importlib
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DEFAULT_JSON = ROOT / "build" / "bench.jsonl"

Report = Callable[..., None]


def names() -> list[str]:
    """Every measurement there is, by name."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def machine() -> dict[str, str | int | float]:
    """Describe what the figures were measured on, without naming the machine."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024**2
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(memory, 1),
        "system": platform.platform(aliased=True, terse=True),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "database": "postgresql" if _postgres() else "sqlite",
        "load": round(os.getloadavg()[0], 2),
    }


def _postgres() -> bool:
    return os.environ.get("RENWANG_DATABASE_URL", "").startswith("postgres")


def line(name: str, figure: float, unit: str, ratio: float | None, bar: object) -> str:
    """Compose the line a reader sees: `sealing: 41,200 facts/s, ratio 1.3 (bar ≤ 1.5)`."""
    shown = f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:,.3g}"
    text = f"{name}: {shown} {unit}"
    if ratio is not None:
        text += f", ratio {ratio:.3g}"
    if bar is not None:
        text += f" (bar {bar})"
    return text


def reporter(bench: str, target: Path, where: dict) -> Report:
    """Make the function that a measurement reports its figures with."""

    def report(
        name: str, figure: float, unit: str, ratio: float | None = None, bar: object = None
    ) -> None:
        print(line(name, figure, unit, ratio, bar), flush=True)
        row = {
            "bench": bench, "name": name, "figure": figure, "unit": unit, "ratio": ratio,
            "bar": bar, "at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": where,
        }  # fmt: skip
        with target.open("a", encoding="utf-8") as out:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")

    return report


def run_alone(bench: str, target: Path, kept: Path | None) -> int:
    """Run one measurement in a process of its own and return its exit code."""
    if kept:
        home = kept.resolve() / bench
        home.mkdir(parents=True, exist_ok=True)
    else:
        home = Path(tempfile.mkdtemp(prefix=f"renwang-bench-{bench}-"))
    environment = {
        **os.environ,
        "RENWANG_HOME": str(home),
        "RENWANG_LOG_LEVEL": os.environ.get("RENWANG_LOG_LEVEL", "ERROR"),
        "DJANGO_SETTINGS_MODULE": "renwang.conf.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    try:
        command = [sys.executable, "-m", "bench", "--inside", bench, "--json", str(target)]
        command += ["--keep", str(kept)] if kept else []
        return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode
    finally:
        if not kept:
            shutil.rmtree(home, ignore_errors=True)


def run_inside(bench: str, target: Path, *, keeps: bool) -> int:
    """Run one measurement in this process, on a database made for it or kept."""
    url, drop = _database(bench, keeps=keeps)
    if url:
        os.environ["RENWANG_DATABASE_URL"] = url
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    try:
        importlib.import_module(f"bench.{bench}").run(reporter(bench, target, machine()))
    except Exception:
        traceback.print_exc()
        return 1
    finally:
        connections.close_all()
        drop()
    return 0


def _database(bench: str, *, keeps: bool) -> tuple[str, Callable[[], None]]:
    """Make an empty PostgreSQL database, or find the kept one, and say how to drop it; SQLite's lies in the home."""
    if not _postgres():
        return f"sqlite:///{Path(os.environ['RENWANG_HOME']) / 'renwang.sqlite3'}", lambda: None
    import psycopg
    from psycopg import sql

    server = os.environ["RENWANG_DATABASE_URL"]
    name = f"renwang_bench_{bench}" if keeps else f"renwang_bench_{bench}_{os.getpid()}"
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))

    def act(order: str) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL(order).format(sql.Identifier(name)))

    if keeps:
        with contextlib.suppress(psycopg.errors.DuplicateDatabase):
            act("CREATE DATABASE {}")
        return url, lambda: None
    act("CREATE DATABASE {}")
    return url, lambda: act("DROP DATABASE {} WITH (FORCE)")


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", action="append", metavar="NAME", help=", ".join(names()))
    parser.add_argument("--json", type=Path, default=DEFAULT_JSON, metavar="FILE")
    parser.add_argument(
        "--keep", type=Path, metavar="DIRECTORY", help="keep the databases for the next run"
    )
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return run_inside(options.inside, options.json, keeps=options.keep is not None)
    chosen = [part for name in options.only or [] for part in name.split(",") if part]
    if unknown := set(chosen) - set(names()):
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    target = options.json.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    print(", ".join(f"{key} {value}" for key, value in machine().items()))
    failed = []
    for bench in chosen or names():
        print(f"\n-- {bench}", flush=True)
        if run_alone(bench, target, options.keep):
            failed.append(bench)
    if failed:
        print(f"\nnot measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
