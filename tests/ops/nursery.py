"""A process that has loaded the whole program and forks one child per command: a shell without the start-up.

A child reads its settings anew from the environment it is given, so it is the
command as a shell would start it, less the seconds of loading. Started as
`python -m tests.ops.nursery SOCKET`, once per settings module.
"""

import importlib
import json
import os
import socket
import sys
import tempfile
import traceback

import django
from django.conf import settings
from django.db import connections
from django.utils.functional import empty

from tests.forking import fork_for_each

# Not the modules of the commands: click reads its words when they are imported.
LOADED = (
    "django.db.backends.sqlite3.base",
    "django.db.backends.postgresql.base",
    "django.core.management.commands.migrate",
    "renwang.ops.cli",
    "renwang.ops.doctor",
    "renwang.ops.restore",
    "renwang.conf.urls",
    "tests.cast",
    "tests.conftest",
    "tests.make",
)


def main(path: str) -> None:
    """Load everything, then fork for every connection."""
    django.setup()
    for module in LOADED:
        importlib.import_module(module)
    fork_for_each(path, _obey)


def _obey(connection: socket.socket) -> None:
    """Do what one line asks for and answer with one line: exit code, output, complaints."""
    with connection.makefile("rw", encoding="utf-8") as lines:
        order = json.loads(lines.readline())
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            code = _run(order)
            sys.stdout.flush()
            sys.stderr.flush()
            out.seek(0)
            err.seek(0)
            lines.write(json.dumps([code, out.read(), err.read()]) + "\n")
    os._exit(0)


def _run(order: dict) -> int:
    try:
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["folder"])
        _forget_settings()
        if "code" in order:
            exec(compile(order["code"], "<test>", "exec"), {})
        else:
            from renwang.ops.cli import main as command_line

            sys.argv = ["renwang", *order["arguments"]]
            command_line()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        connections.close_all()  # also writes SQLite's log back into its file
    return 0


def _forget_settings() -> None:
    """Forget every setting, and what was derived from one, as if none had been read yet."""
    for name in {"renwang.conf.settings", os.environ["DJANGO_SETTINGS_MODULE"]}:
        sys.modules.pop(name, None)
    settings._wrapped = empty
    connections.__dict__.pop("settings", None)
    connections._settings = None
    if hasattr(connections._connections, "default"):
        del connections["default"]


if __name__ == "__main__":
    main(sys.argv[1])
