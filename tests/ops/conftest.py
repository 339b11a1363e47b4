"""Nodes as the shell sees them: a folder, a database, the command line in a process of its own."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.databases import drop_database, make_database

ROOT = Path(__file__).resolve().parents[2]
PLAIN, LATER = "renwang.conf.settings", "tests.ops.later_settings"
PATIENCE = 300  # seconds until a command that says nothing is taken for stuck
_numbers = count(1)


def environment(settings: str, **more: str) -> dict[str, str]:
    """What a process of a node sees: nothing of this machine's own node."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RENWANG_")}
    return {
        **kept,
        "RENWANG_LANGUAGE": "en",
        "RENWANG_SECRET_KEY": "for tests only",
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "PYTHONWARNINGS": "error::ResourceWarning",
        **more,
    }


@dataclass(frozen=True)
class ShellNode:
    """A node that is used through its command line only."""

    home: Path
    url: str
    settings: str
    nursery: Path

    def environment(self, **more: str) -> dict[str, str]:
        """What its processes see."""
        own = {"RENWANG_HOME": str(self.home), "RENWANG_DATABASE_URL": self.url}
        return environment(self.settings, **own, **more)

    def run(self, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `renwang …` in a process that has it loaded; return what it printed and its exit code."""
        line = [*map(str, arguments)]
        return subprocess.CompletedProcess(line, *self._ask(more, arguments=line))

    def start(self, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `renwang …` as a shell does, from nothing: seconds more, for what happens at the start."""
        return subprocess.run(
            [sys.executable, "-m", "renwang.ops", *map(str, arguments)],
            env=self.environment(**more),
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
        )

    def python(self, code: str) -> str:
        """Run Python in the node and return what it printed."""
        returncode, out, err = self._ask({}, code=code)
        assert returncode == 0, err
        return out.strip()

    def _ask(self, more: dict[str, str], **order: object) -> tuple[int, str, str]:
        order |= {"environment": self.environment(**more), "folder": str(self.home)}
        with closing(socket.socket(socket.AF_UNIX)) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(self.nursery))
            connection.sendall(json.dumps(order).encode() + b"\n")
            with connection.makefile(encoding="utf-8") as lines:
                return tuple(json.loads(lines.readline()))


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Path]]:
    """Give the socket of a process that has loaded everything under some settings; see `nursery.py`."""
    running: dict[str, tuple[Path, subprocess.Popen[str]]] = {}

    def start(settings: str) -> Path:
        if settings not in running:
            path = tmp_path_factory.mktemp("nursery") / "socket"
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.ops.nursery", str(path)],
                env=environment(settings, RENWANG_HOME=str(path.parent)),
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            running[settings] = path, process
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        return running[settings][0]

    yield start
    for _path, process in running.values():
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def make_node(nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable]:
    """Make nodes without a table in them: `make_node()`, or `make_node("sqlite")` whatever is tested.

    `make_node(migrated=True)` makes one that has been brought to this version:
    a copy of the first such.
    """
    server = os.environ.get("RENWANG_DATABASE_URL", "")
    made: list[str] = []
    migrated_nodes: dict[str, ShellNode] = {}

    def empty(home: Path, engine: str, settings: str, model: ShellNode | None) -> ShellNode:
        if engine == "sqlite" or not server.startswith("postgres"):
            file = home / "renwang.sqlite3"
            if model:
                shutil.copy(model.home / file.name, file)
            return ShellNode(home, f"sqlite:///{file}", settings, nursery(settings))
        name = f"renwang_ops_{os.getpid()}_{next(_numbers)}"
        make_database(server, name, urlsplit(model.url).path[1:] if model else "")
        made.append(name)
        url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        return ShellNode(home, url, settings, nursery(settings))

    def make(engine: str = "", settings: str = PLAIN, *, migrated: bool = False) -> ShellNode:
        model = None
        if migrated:
            if settings not in migrated_nodes:
                first = migrated_nodes[settings] = make("", settings)
                assert first.run("migrate").returncode == 0
            model = migrated_nodes[settings]
        return empty(tmp_path_factory.mktemp("node"), engine, settings, model)

    yield make
    for name in made:
        drop_database(server, name)
