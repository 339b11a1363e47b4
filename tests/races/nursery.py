"""A process that has loaded everything and forks one child per connection: an actor in milliseconds.

A child talks through its connection: lines in, lines out, and as its
last line `= <result as JSON>`. Started as `python -m tests.races.nursery SOCKET`.
"""

import importlib
import json
import os
import socket
import sys
import traceback
from pathlib import Path

import django
from django.db import connections
from tests.forking import fork_for_each


def main(path: str) -> None:
    """Load everything, then fork for every connection."""
    django.setup()
    for room in sorted(Path(__file__).parent.glob("*actors.py")):
        importlib.import_module(f"tests.races.{room.stem}")
    fork_for_each(path, _be_an_actor)


def _be_an_actor(connection: socket.socket) -> None:
    code = 1
    try:
        os.dup2(connection.fileno(), 0)
        os.dup2(connection.fileno(), 1)
        connection.close()
        sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
        print(os.getpid(), flush=True)  # noqa: T201
        order = json.loads(sys.stdin.readline())
        module, function = order["function"].split(":")
        result = getattr(importlib.import_module(module), function)(*order["arguments"])
        connections.close_all()  # also writes SQLite's log back into its file
        print("=", json.dumps(result), flush=True)  # noqa: T201
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1])
