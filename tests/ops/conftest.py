"""Nodes as the shell sees them: a folder, a database, the command line in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
_numbers = count(1)


@dataclass(frozen=True)
class ShellNode:
    """A node that is used through its command line only."""

    home: Path
    url: str
    settings: str = "renwang.conf.settings"

    def environment(self, **more: str) -> dict[str, str]:
        """What its processes see."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("RENWANG_")}
        return {
            **kept,
            "RENWANG_HOME": str(self.home),
            "RENWANG_DATABASE_URL": self.url,
            "RENWANG_LANGUAGE": "en",
            "RENWANG_SECRET_KEY": "for tests only",
            "DJANGO_SETTINGS_MODULE": self.settings,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "PYTHONWARNINGS": "error::ResourceWarning",
            **more,
        }

    def run(self, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `renwang …` and return what it printed and its exit code."""
        return subprocess.run(
            [sys.executable, "-m", "renwang.ops", *map(str, arguments)],
            env=self.environment(**more),
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )

    def python(self, code: str) -> str:
        """Run Python in the node and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            env=self.environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module")
def make_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """Make nodes: `make_node()` in the engine under test, `make_node("sqlite")` in that one."""
    server = os.environ.get("RENWANG_DATABASE_URL", "")
    made: list[str] = []

    def make(engine: str = "", settings: str = "renwang.conf.settings") -> ShellNode:
        number = next(_numbers)
        home = tmp_path_factory.mktemp(f"node{number}")
        if engine == "sqlite" or not server.startswith("postgres"):
            return ShellNode(home, f"sqlite:///{home / 'renwang.sqlite3'}", settings)
        name = f"renwang_ops_{os.getpid()}_{number}"
        _order(server, "CREATE DATABASE {}", name)
        made.append(name)
        return ShellNode(home, urlunsplit(urlsplit(server)._replace(path=f"/{name}")), settings)

    yield make
    for name in made:
        _order(server, "DROP DATABASE {} WITH (FORCE)", name)


def _order(server: str, words: str, name: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(words).format(sql.Identifier(name)))
