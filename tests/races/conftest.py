"""Races run in processes of their own, on a database of their own: the parent never holds a lock.

`node.start("tests.races.actors:append", …)` runs a function in a process that
dies with `kill()` as in a power cut. It prints lines, and waits for a line
where it is told to, so a test decides what happens when without ever sleeping.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from tests.databases import drop_database, make_database

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds until an actor that says nothing is taken for stuck


class Actor:
    """One function running in a process of its own."""

    def __init__(self, nursery: Path, function: str, arguments: tuple[Any, ...]):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(str(nursery))
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.pid = int(self.lines.readline())
        self.function = function
        self._send(json.dumps({"function": function, "arguments": arguments}))

    def line(self) -> str:
        """Wait for the next line it prints; empty when it has ended."""
        return self.lines.readline().strip()

    def go_on(self) -> None:
        """Let it go on where it waits for a line."""
        self._send("")

    def kill(self) -> None:
        """End it as a power cut would, and wait until it is gone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with suppress(OSError):
            while self.lines.readline():
                pass
        self.close()

    def result(self) -> Any:
        """Wait for its end and return what the function returned."""
        for line in self.lines:
            if line.startswith("= "):
                self.close()
                return json.loads(line[2:])
        raise AssertionError(f"{self.function} failed; its traceback is above")

    def close(self) -> None:
        """Let go of the connection."""
        self.lines.close()
        self.socket.close()

    def _send(self, line: str) -> None:
        self.socket.sendall(line.encode() + b"\n")


@dataclass
class Node:
    """A migrated, empty database and the processes that work on it."""

    url: str
    nursery: Path
    actors: list[Actor] = field(default_factory=list)

    @property
    def on_postgresql(self) -> bool:
        """Whether two may write at the same time."""
        return self.url.startswith("postgres")

    def start(self, function: str, *arguments: Any) -> Actor:
        """Run `module:function` with arguments that JSON can carry."""
        self.actors.append(Actor(self.nursery, function, arguments))
        return self.actors[-1]

    def run(self, function: str, *arguments: Any) -> Any:
        """Run a function to its end and return what it returned."""
        return self.start(function, *arguments).result()

    def at_once(self, functions: str, *orders: tuple[Any, ...]) -> list[Any]:
        """Let every hand get ready, then let all go; give what came of each, in their order.

        An order is the name of a function behind `functions`, such as `tests.races.actors:`, and its arguments.
        """
        actors = [self.start(functions + deed, *arguments) for deed, *arguments in orders]
        for actor in actors:
            assert actor.line() == "ready"
        for actor in actors:
            actor.go_on()
        return [actor.result() for actor in actors]

    def close(self) -> None:
        """End whatever still runs."""
        for actor in self.actors:
            if not actor.lines.closed:
                actor.kill()


@dataclass(frozen=True)
class Stage:
    """Where the races of one test run happen: one address, refilled from a migrated copy for each test."""

    url: str
    nursery: Path
    copy: str  # a file, or a database's name

    def refill(self) -> None:
        """Put a migrated, empty database where the actors look for theirs."""
        if self.url.startswith("sqlite"):
            path = Path(self.url.removeprefix("sqlite:///"))
            for rest in path.parent.glob(f"{path.name}-*"):
                rest.unlink()
            shutil.copy(self.copy, path)
            return
        name = urlsplit(self.url).path[1:]
        drop_database(self.url, name)
        make_database(self.url, name, self.copy)


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A process that has loaded everything, and a migrated database to copy from."""
    home = tmp_path_factory.mktemp("races")
    server = os.environ.get("RENWANG_DATABASE_URL", "")
    if server.startswith("postgres"):
        name = f"renwang_races_{os.getpid()}"
        url, copy = urlunsplit(urlsplit(server)._replace(path=f"/{name}")), f"{name}_migrated"
        make_database(server, name)
    else:
        url, copy = f"sqlite:///{home / 'node.sqlite3'}", str(home / "migrated.sqlite3")
    environment = {
        **os.environ,
        "RENWANG_DATABASE_URL": url,
        "RENWANG_HOME": str(home),
        "RENWANG_SECRET_KEY": "for tests only",
        "RENWANG_LOG_LEVEL": "CRITICAL",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    nursery = home / "nursery"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.races.nursery", str(nursery)],
        env=environment,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout.readline() == "ready\n"
        Node(url, nursery).run("tests.races.actors:migrate")
        if url.startswith("sqlite"):
            shutil.copy(url.removeprefix("sqlite:///"), copy)
        else:
            make_database(server, copy, urlsplit(url).path[1:])
        yield Stage(url, nursery, copy)
    finally:
        process.kill()
        process.communicate()
        if url.startswith("postgres"):
            for name in (urlsplit(url).path[1:], copy):
                drop_database(server, name)


@pytest.fixture
def node(stage: Stage) -> Iterator[Node]:
    """A node with an empty database."""
    stage.refill()
    made = Node(stage.url, stage.nursery)
    yield made
    made.close()
